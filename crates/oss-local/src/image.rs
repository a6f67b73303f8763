//! `x-oss-process=image/…`: `resize` and `info`.

mod bounds;

use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::header::{self, HeaderValue};
use image::imageops::{self, FilterType};
use image::{
    DynamicImage, GenericImageView, ImageDecoder as _, ImageFormat, ImageReader, Limits, Rgba, RgbaImage,
};

use crate::body::Body;
use crate::call::Call;
use crate::error::{OssError, Result};
use crate::respond::{self, Answer};
use crate::state::State;
use crate::store::Found;

/// OSS's limits: 20 MiB in, and no side over 16384 pixels out.
const MAX_INPUT: u64 = 20 * 1024 * 1024;
const MAX_SIDE: u32 = 16_384;
const MAX_PIXELS: u64 = 250_000_000;
/// Operations in one request.
const MAX_ACTIONS: usize = 10;

/// What is to be done with an image.
#[derive(Clone, Debug, PartialEq)]
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

#[derive(Clone, Debug, PartialEq)]
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

/// Whether somebody still waits for the result: not once this is dropped.
struct Wanted(Arc<AtomicBool>);

impl Default for Wanted {
    fn default() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
    }
}

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// Processes an object as the parameter says.
pub(crate) async fn answer(state: &State, call: &Call, found: Found, process: &str) -> Result<Answer> {
    let actions = parse(process)?;
    let size = found.meta.size;
    if size > MAX_INPUT {
        return Err(OssError::new(
            400,
            "ImageTooLarge",
            "This image is too large: at most 20 MiB can be processed.",
        ));
    }
    tokio::select! {
        done = process_in_turn(state, found, &actions) => done,
        // One that is still to send something has no image to ask for, so a closed side means that it has gone.
        () = call.stream.gone() => Err(gone()),
    }
}

fn gone() -> OssError {
    OssError::new(499, "ClientClosedRequest", "The client has gone.")
}

async fn process_in_turn(state: &State, found: Found, actions: &[Action]) -> Result<Answer> {
    // Before the image is read: those that wait hold nothing.
    let turn = bounds::turn().await?;
    let Found { meta, source } = found;
    let size = meta.size;
    let bytes = state.store.run(move |_| {
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        source.read_chunks(0..size, |chunk| {
            bytes.extend_from_slice(&chunk);
            Ok(())
        })?;
        Ok(bytes)
    });
    let bytes = bytes.await?;
    let memory = bounds::memory(cost(&header(&bytes)?, actions)?).await?;
    let actions = actions.to_vec();
    let wanted = Wanted::default();
    let still = wanted.0.clone();
    let work = move || {
        // Held until the work ends, which is later than the client's leaving.
        let _held = (turn, memory);
        run(header(&bytes)?, bytes.len(), &actions, || still.load(Ordering::Relaxed))
    };
    let done = tokio::task::spawn_blocking(work).await;
    let (output, media_type) = done
        .unwrap_or_else(|_| Err(OssError::new(500, "InternalError", "The image could not be processed.")))?;
    let mut answer = respond::empty(200);
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    respond::set(answer.headers_mut(), "last-modified", &respond::http_date(meta.modified));
    respond::set(answer.headers_mut(), "x-oss-object-type", meta.kind.as_str());
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
    if actions.len() > MAX_ACTIONS {
        return Err(invalid("x-oss-process names more than 10 image operations", process));
    }
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

/// The image, and what is known of it before its pixels are.
struct Header<'b> {
    reader: ImageReader<Cursor<&'b [u8]>>,
    format: ImageFormat,
    size: (u32, u32),
    /// Bytes of a pixel.
    depth: u64,
}

fn unreadable() -> OssError {
    OssError::new(400, "BadRequest", "The object is not a JPEG, PNG or WebP image that can be read.")
}

fn header(bytes: &[u8]) -> Result<Header<'_>> {
    let open = || ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| unreadable());
    let format = open()?.format().ok_or_else(unreadable)?;
    let decoder = open()?.into_decoder().map_err(|_| unreadable())?;
    let (size, depth) = (decoder.dimensions(), u64::from(decoder.color_type().bytes_per_pixel()));
    Ok(Header { reader: open()?, format, size, depth })
}

/// The most bytes that the pixels of the image and of its intermediate results take at once.
fn cost(header: &Header<'_>, actions: &[Action]) -> Result<u64> {
    let pixels = |(width, height): (u32, u32)| u64::from(width) * u64::from(height);
    let (mut size, depth) = (header.size, header.depth.max(4));
    // A decoder may hold its planes beside the image.
    let mut most = pixels(size).saturating_mul(2 * depth);
    for action in actions {
        let Action::Resize(resize) = action else {
            break;
        };
        let steps = resize.steps(size)?;
        // The resampler works in two passes, with 16 bytes for each pixel between them.
        let between = u64::from(size.0) * u64::from(steps.scaled.1) * 16;
        let held = pixels(size) * depth + between + pixels(steps.scaled) * depth;
        let finished = pixels(steps.scaled) * 2 * depth + pixels(steps.finished) * 2 * depth;
        most = most.max(held).max(finished);
        size = steps.finished;
    }
    // The copy that is encoded, and what it becomes.
    Ok(most.max(pixels(size).saturating_mul(3 * depth)))
}

/// Does the work; `go_on` is asked between its steps.
fn run(
    header: Header<'_>,
    bytes: usize,
    actions: &[Action],
    go_on: impl Fn() -> bool,
) -> Result<(Vec<u8>, &'static str)> {
    let Header { mut reader, format, .. } = header;
    let mut limits = Limits::default();
    limits.max_alloc = Some(bounds::MAX_PIXEL_BYTES);
    reader.limits(limits);
    let mut image = reader.decode().map_err(|_| unreadable())?;
    for action in actions {
        if !go_on() {
            return Err(gone());
        }
        match action {
            Action::Info => return Ok((info(bytes, format, &image).into(), "application/json")),
            Action::Resize(resize) => image = resize.apply(image)?,
        }
    }
    let mut output = Cursor::new(Vec::new());
    if format == ImageFormat::Jpeg {
        // It has no transparency.
        image = DynamicImage::ImageRgb8(image.to_rgb8());
    }
    image.write_to(&mut output, format).map_err(|_| unreadable())?;
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

/// What a resize makes of an image: first its scaled size, then what is cropped or padded from it.
#[derive(Debug, PartialEq, Eq)]
struct Steps {
    scaled: (u32, u32),
    finished: (u32, u32),
}

impl Resize {
    /// Computes the sizes without touching a pixel.
    fn steps(&self, size: (u32, u32)) -> Result<Steps> {
        let (width, height) = size;
        let plain = |width: u64, height: u64| {
            let scaled = scaled(size, width, height, self.limit)?;
            Ok(Steps { scaled, finished: scaled })
        };
        if let (Some(percent), None, None) = (self.percent, self.width, self.height) {
            let scale = |side: u32| (u64::from(side) * u64::from(percent) / 100).max(1);
            return plain(scale(width), scale(height));
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
            (Some(w), None) => return plain(u64::from(w), side(high * f64::from(w) / wide)),
            (None, Some(h)) => return plain(side(wide * f64::from(h) / high), u64::from(h)),
            (None, None) => return Ok(Steps { scaled: size, finished: size }),
        };
        let (by_width, by_height) = (f64::from(to_width) / wide, f64::from(to_height) / high);
        let scale = match self.mode {
            Mode::Fixed => return plain(u64::from(to_width), u64::from(to_height)),
            Mode::Lfit | Mode::Pad => by_width.min(by_height),
            Mode::Mfit | Mode::Fill => by_width.max(by_height),
        };
        let scaled = scaled(size, side(wide * scale), side(high * scale), self.limit)?;
        let finished = match self.mode {
            Mode::Fill => (to_width.min(scaled.0), to_height.min(scaled.1)),
            Mode::Pad => check(u64::from(to_width), u64::from(to_height))?,
            _ => scaled,
        };
        Ok(Steps { scaled, finished })
    }

    fn apply(&self, image: DynamicImage) -> Result<DynamicImage> {
        let Steps { scaled, finished } = self.steps(image.dimensions())?;
        let image = if image.dimensions() == scaled {
            image
        } else {
            image.resize_exact(scaled.0, scaled.1, FilterType::Triangle)
        };
        if finished == scaled {
            return Ok(image);
        }
        let (width, height) = finished;
        if self.mode == Mode::Fill {
            return Ok(image.crop_imm((scaled.0 - width) / 2, (scaled.1 - height) / 2, width, height));
        }
        let [r, g, b] = self.color;
        let mut canvas = RgbaImage::from_pixel(width, height, Rgba([r, g, b, 255]));
        let at = |outer: u32, inner: u32| (i64::from(outer) - i64::from(inner)) / 2;
        imageops::overlay(&mut canvas, &image.to_rgba8(), at(width, scaled.0), at(height, scaled.1));
        Ok(DynamicImage::ImageRgba8(canvas))
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

/// The size to scale to: that of the image where the result would be larger and must not be.
fn scaled(from: (u32, u32), width: u64, height: u64, limit: bool) -> Result<(u32, u32)> {
    let larger = width > u64::from(from.0) || height > u64::from(from.1);
    if limit && larger { Ok(from) } else { check(width, height) }
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
            (&format!("image{}", "/resize,w_1".repeat(11)), "InvalidArgument"),
        ] {
            assert_eq!(parse(process).unwrap_err().code, code, "{process}");
        }
        assert_eq!(header(b"no image").err().unwrap().code, "BadRequest");
    }

    /// The hostile request that took 900 MB: 225 million pixels of 4 bytes, from an image of 68 bytes.
    #[tokio::test]
    async fn what_takes_more_memory_than_there_is_for_all_is_refused_before_it_is_decoded() {
        let mut png = Cursor::new(Vec::new());
        DynamicImage::new_rgba8(1, 1).write_to(&mut png, ImageFormat::Png).unwrap();
        let png = png.into_inner();
        let cost = |process| cost(&header(&png).unwrap(), &parse(process).unwrap()).unwrap();
        let hostile = cost("image/resize,w_15000,h_15000,m_fixed,limit_0");
        assert!(hostile >= 900_000_000, "{hostile}");
        assert_eq!(bounds::memory(hostile).await.unwrap_err().code, "ImageTooLarge");
        let modest = cost("image/resize,w_1000,h_1000,m_fixed,limit_0");
        assert!((4_000_000..32_000_000).contains(&modest), "{modest}");
    }

    /// The estimate covers what is held: the two images of a step, and 16 bytes a pixel between the two passes.
    #[test]
    fn the_cost_counts_every_step() {
        let header = Header {
            reader: ImageReader::new(Cursor::new(&[][..])),
            format: ImageFormat::Png,
            size: (100, 100),
            depth: 4,
        };
        let cost = |process| cost(&header, &parse(process).unwrap()).unwrap();
        assert_eq!(cost("image/resize,w_100"), 100 * 100 * 16 + 2 * 100 * 100 * 4);
        // The second step begins with the result of the first.
        let second = 1000 * 1000 * 16 + 2 * 1000 * 1000 * 4;
        assert_eq!(cost("image/resize,w_1000,limit_0/resize,w_1000"), second);
    }

    #[test]
    fn work_stops_when_nobody_waits_for_it() {
        let mut png = Cursor::new(Vec::new());
        DynamicImage::new_rgba8(1, 1).write_to(&mut png, ImageFormat::Png).unwrap();
        let png = png.into_inner();
        let actions = parse("image/resize,w_1/resize,w_1/resize,w_1").unwrap();
        let asked = std::cell::Cell::new(0);
        let go_on = || {
            asked.set(asked.get() + 1);
            asked.get() < 2
        };
        assert!(run(header(&png).unwrap(), png.len(), &actions, go_on).is_err());
        assert_eq!(asked.get(), 2);
        let wanted = Wanted::default();
        let still = wanted.0.clone();
        drop(wanted);
        assert!(!still.load(Ordering::Relaxed));
    }
}
