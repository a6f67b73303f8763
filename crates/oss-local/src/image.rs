//! `x-oss-process=image/…`: `resize` and `info`.

use std::io::Cursor;

use http::header::{self, HeaderValue};
use image::imageops::{self, FilterType};
use image::{DynamicImage, GenericImageView, ImageFormat, ImageReader, Limits, Rgba, RgbaImage};

use crate::body::Body;
use crate::error::{OssError, Result};
use crate::respond::{self, Answer};
use crate::state::State;
use crate::store::Found;

/// OSS's limits: 20 MiB in, and no side over 16384 pixels out.
const MAX_INPUT: u64 = 20 * 1024 * 1024;
const MAX_SIDE: u32 = 16_384;
const MAX_PIXELS: u64 = 250_000_000;

/// What is to be done with an image.
#[derive(Debug, PartialEq)]
enum Action {
    Info,
    Resize(Resize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Lfit,
    Mfit,
    Fill,
    Pad,
    Fixed,
}

#[derive(Debug, PartialEq)]
struct Resize {
    mode: Mode,
    width: Option<u32>,
    height: Option<u32>,
    longest: Option<u32>,
    shortest: Option<u32>,
    percent: Option<u32>,
    /// Leave the image as it is where the result would be larger; OSS's default.
    limit: bool,
    color: [u8; 3],
}

/// Processes an object as the parameter says.
pub(crate) async fn answer(state: &State, found: Found, process: &str) -> Result<Answer> {
    let actions = parse(process)?;
    let size = found.meta.size;
    if size > MAX_INPUT {
        return Err(OssError::new(
            400,
            "ImageTooLarge",
            "This image is too large: at most 20 MiB can be processed.",
        ));
    }
    let bytes = state.store.run(move |_| {
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        found.source.read_chunks(0..size, |chunk| {
            bytes.extend_from_slice(&chunk);
            Ok(())
        })?;
        Ok(bytes)
    });
    let bytes = bytes.await?;
    let done = tokio::task::spawn_blocking(move || run(&bytes, &actions)).await;
    let (output, media_type) = done
        .unwrap_or_else(|_| Err(OssError::new(500, "InternalError", "The image could not be processed.")))?;
    let mut answer = respond::empty(200);
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    respond::set(answer.headers_mut(), "last-modified", &respond::http_date(found.meta.modified));
    respond::set(answer.headers_mut(), "x-oss-object-type", found.meta.kind.as_str());
    *answer.body_mut() = Body::Bytes(output.into());
    Ok(answer)
}

fn parse(process: &str) -> Result<Vec<Action>> {
    let mut parts = process.split('/');
    if parts.next() != Some("image") {
        return Err(OssError::not_implemented(format_args!(
            "x-oss-process={process}; it offers image/resize and image/info"
        )));
    }
    let actions: Vec<_> = parts.filter(|part| !part.is_empty()).map(action).collect::<Result<_>>()?;
    if actions.is_empty() {
        return Err(invalid("x-oss-process names no image operation", process));
    }
    Ok(actions)
}

fn invalid(why: &'static str, value: &str) -> OssError {
    OssError::invalid_argument(why, "x-oss-process", value)
}

fn action(text: &str) -> Result<Action> {
    let mut options = text.split(',');
    match options.next() {
        Some("info") if options.next().is_none() => return Ok(Action::Info),
        Some("resize") => {}
        _ => {
            return Err(OssError::not_implemented(format_args!(
                "the image operation {text}; it offers resize and info"
            )));
        }
    }
    let mut resize = Resize {
        mode: Mode::Lfit,
        width: None,
        height: None,
        longest: None,
        shortest: None,
        percent: None,
        limit: true,
        color: [255; 3],
    };
    for option in options {
        let (name, value) =
            option.split_once('_').ok_or_else(|| invalid("An option is name_value", option))?;
        let number = |most: u32| {
            let number = value.parse().ok().filter(|number| (1..=most).contains(number));
            number.map(Some).ok_or_else(|| invalid("An option of resize is out of its range", option))
        };
        match name {
            "w" => resize.width = number(MAX_SIDE)?,
            "h" => resize.height = number(MAX_SIDE)?,
            "l" => resize.longest = number(MAX_SIDE)?,
            "s" => resize.shortest = number(MAX_SIDE)?,
            "p" => resize.percent = number(1000)?,
            "limit" if matches!(value, "0" | "1") => resize.limit = value == "1",
            "color" => {
                let parsed = (value.len() == 6).then(|| u32::from_str_radix(value, 16).ok()).flatten();
                let [_, color @ ..] = parsed.ok_or_else(|| invalid("color is RRGGBB", option))?.to_be_bytes();
                resize.color = color;
            }
            "m" => {
                resize.mode = match value {
                    "lfit" => Mode::Lfit,
                    "mfit" => Mode::Mfit,
                    "fill" => Mode::Fill,
                    "pad" => Mode::Pad,
                    "fixed" => Mode::Fixed,
                    _ => return Err(invalid("m is lfit, mfit, fill, pad or fixed", option)),
                };
            }
            _ => return Err(invalid("An option of resize is not known", option)),
        }
    }
    if [resize.width, resize.height, resize.longest, resize.shortest, resize.percent]
        .iter()
        .all(Option::is_none)
    {
        return Err(invalid("resize needs w, h, l, s or p", text));
    }
    Ok(Action::Resize(resize))
}

fn run(bytes: &[u8], actions: &[Action]) -> Result<(Vec<u8>, &'static str)> {
    let bad =
        || OssError::new(400, "BadRequest", "The object is not a JPEG, PNG or WebP image that can be read.");
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| bad())?;
    let format = reader.format().ok_or_else(bad)?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(30_000);
    limits.max_image_height = Some(30_000);
    reader.limits(limits);
    let mut image = reader.decode().map_err(|_| bad())?;
    for action in actions {
        match action {
            Action::Info => return Ok((info(bytes.len(), format, &image).into(), "application/json")),
            Action::Resize(resize) => image = resize.apply(image)?,
        }
    }
    let mut output = Cursor::new(Vec::new());
    if format == ImageFormat::Jpeg {
        // It has no transparency.
        image = DynamicImage::ImageRgb8(image.to_rgb8());
    }
    image.write_to(&mut output, format).map_err(|_| bad())?;
    Ok((output.into_inner(), format.to_mime_type()))
}

fn info(size: usize, format: ImageFormat, image: &DynamicImage) -> String {
    let name = match format {
        ImageFormat::Jpeg => "jpg",
        ImageFormat::WebP => "webp",
        _ => "png",
    };
    format!(
        "{{\n  \"FileSize\": {{\"value\": \"{size}\"}},\n  \"Format\": {{\"value\": \"{name}\"}},\n  \
         \"ImageHeight\": {{\"value\": \"{}\"}},\n  \"ImageWidth\": {{\"value\": \"{}\"}}\n}}",
        image.height(),
        image.width()
    )
}

impl Resize {
    fn apply(&self, image: DynamicImage) -> Result<DynamicImage> {
        let (width, height) = image.dimensions();
        if let (Some(percent), None, None) = (self.percent, self.width, self.height) {
            let scale = |side: u32| (u64::from(side) * u64::from(percent) / 100).max(1);
            return scaled(image, scale(width), scale(height), self.limit);
        }
        let (wide, high) = (f64::from(width), f64::from(height));
        let sides = if self.longest.is_some() || self.shortest.is_some() {
            // The named sides of the longer and the shorter edge.
            if width >= height { (self.longest, self.shortest) } else { (self.shortest, self.longest) }
        } else {
            (self.width, self.height)
        };
        let (to_width, to_height) = match sides {
            (Some(w), Some(h)) => (w, h),
            (Some(w), None) => {
                return scaled(image, u64::from(w), side(high * f64::from(w) / wide), self.limit);
            }
            (None, Some(h)) => {
                return scaled(image, side(wide * f64::from(h) / high), u64::from(h), self.limit);
            }
            (None, None) => return Ok(image),
        };
        let (by_width, by_height) = (f64::from(to_width) / wide, f64::from(to_height) / high);
        let scale = match self.mode {
            Mode::Fixed => return scaled(image, u64::from(to_width), u64::from(to_height), self.limit),
            Mode::Lfit | Mode::Pad => by_width.min(by_height),
            Mode::Mfit | Mode::Fill => by_width.max(by_height),
        };
        let fitted = scaled(image, side(wide * scale), side(high * scale), self.limit)?;
        let (width, height) = fitted.dimensions();
        match self.mode {
            Mode::Fill => {
                let (w, h) = (to_width.min(width), to_height.min(height));
                Ok(fitted.crop_imm((width - w) / 2, (height - h) / 2, w, h))
            }
            Mode::Pad if (width, height) != (to_width, to_height) => {
                check(u64::from(to_width), u64::from(to_height))?;
                let [r, g, b] = self.color;
                let mut canvas = RgbaImage::from_pixel(to_width, to_height, Rgba([r, g, b, 255]));
                let at = |outer: u32, inner: u32| (i64::from(outer) - i64::from(inner)) / 2;
                imageops::overlay(
                    &mut canvas,
                    &fitted.to_rgba8(),
                    at(to_width, width),
                    at(to_height, height),
                );
                Ok(DynamicImage::ImageRgba8(canvas))
            }
            _ => Ok(fitted),
        }
    }
}

/// A side in whole pixels.
fn side(length: f64) -> u64 {
    // Positive, and far below 2^53.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let pixels = length.round() as u64;
    pixels.max(1)
}

fn check(width: u64, height: u64) -> Result<(u32, u32)> {
    match (u32::try_from(width), u32::try_from(height)) {
        (Ok(w), Ok(h)) if w <= MAX_SIDE && h <= MAX_SIDE && width * height <= MAX_PIXELS => Ok((w, h)),
        _ => Err(invalid(
            "The result would have a side of more than 16384 pixels",
            &format!("{width}x{height}"),
        )),
    }
}

fn scaled(image: DynamicImage, width: u64, height: u64, limit: bool) -> Result<DynamicImage> {
    let larger = width > u64::from(image.width()) || height > u64::from(image.height());
    if limit && larger {
        return Ok(image);
    }
    let (width, height) = check(width, height)?;
    Ok(image.resize_exact(width, height, FilterType::Triangle))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resized(width: u32, height: u32, options: &str) -> (u32, u32) {
        let Ok(Action::Resize(resize)) = action(options) else { panic!("{options}") };
        resize.apply(DynamicImage::new_rgb8(width, height)).unwrap().dimensions()
    }

    #[test]
    fn sizes_are_those_of_the_documentation() {
        for (from, options, to) in [
            ((200, 100), "resize,w_100", (100, 50)),
            ((200, 100), "resize,h_20", (40, 20)),
            ((200, 100), "resize,m_lfit,w_50,h_50", (50, 25)),
            ((200, 100), "resize,m_mfit,w_50,h_50", (100, 50)),
            ((200, 100), "resize,m_fill,w_50,h_50", (50, 50)),
            ((200, 100), "resize,m_pad,w_50,h_50", (50, 50)),
            ((200, 100), "resize,m_fixed,w_50,h_50", (50, 50)),
            ((200, 100), "resize,l_100", (100, 50)),
            ((100, 200), "resize,l_100", (50, 100)),
            ((200, 100), "resize,s_50", (100, 50)),
            ((200, 100), "resize,p_50", (100, 50)),
            ((200, 100), "resize,w_400", (200, 100)),
            ((200, 100), "resize,w_400,limit_0", (400, 200)),
        ] {
            assert_eq!(resized(from.0, from.1, options), to, "{options}");
        }
    }

    #[test]
    fn padding_has_the_colour_that_was_asked_for() {
        let Ok(Action::Resize(resize)) = action("resize,m_pad,w_10,h_20,color_FF0080") else { panic!() };
        let padded = resize.apply(DynamicImage::new_rgb8(20, 20)).unwrap();
        assert_eq!(padded.get_pixel(5, 0), Rgba([255, 0, 128, 255]));
        assert_eq!(padded.get_pixel(5, 10), Rgba([0, 0, 0, 255]));
    }

    #[test]
    fn what_is_not_offered_is_said_clearly() {
        for (process, code) in [
            ("image/rotate,90", "NotImplemented"),
            ("video/snapshot", "NotImplemented"),
            ("image/resize", "InvalidArgument"),
            ("image/resize,w_0", "InvalidArgument"),
            ("image/resize,w_99999", "InvalidArgument"),
            ("image/resize,q_1", "InvalidArgument"),
            ("image/resize,w", "InvalidArgument"),
            ("image/resize,w_1,color_12", "InvalidArgument"),
            ("image/", "InvalidArgument"),
        ] {
            assert_eq!(parse(process).unwrap_err().code, code, "{process}");
        }
        assert_eq!(run(b"no image", &[Action::Info]).unwrap_err().code, "BadRequest");
    }
}
