//! Resizing: the sizes that a request asks for, and the image that comes of them.

use image::imageops::{self, FilterType};
use image::{DynamicImage, GenericImageView, Rgba, RgbaImage};

use crate::error::{OssError, Result};

/// OSS's limits of a result.
pub(super) const MAX_SIDE: u32 = 16_384;
const MAX_PIXELS: u64 = 250_000_000;

/// How the sides of the result relate to the named ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Lfit,
    Mfit,
    Fill,
    Pad,
    Fixed,
}

/// The options of `resize`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Resize {
    pub(super) mode: Mode,
    pub(super) width: Option<u32>,
    pub(super) height: Option<u32>,
    pub(super) longest: Option<u32>,
    pub(super) shortest: Option<u32>,
    pub(super) percent: Option<u32>,
    /// Leave the image as it is where the result would be larger; OSS's default.
    pub(super) limit: bool,
    pub(super) color: [u8; 3],
}

/// What a resize makes of an image: first its scaled size, then what is cropped or padded from it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Steps {
    pub(super) scaled: (u32, u32),
    pub(super) finished: (u32, u32),
}

impl Resize {
    /// Computes the sizes without touching a pixel.
    pub(super) fn steps(&self, size: (u32, u32)) -> Result<Steps> {
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

    pub(super) fn apply(&self, image: DynamicImage) -> Result<DynamicImage> {
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

/// The refusal of an option of `x-oss-process`.
pub(super) fn invalid(why: &'static str, value: &str) -> OssError {
    OssError::invalid_argument(why, "x-oss-process", value)
}

#[cfg(test)]
mod tests {
    use super::super::parameter::{Action, parse};
    use super::*;

    fn resize(options: &str) -> Resize {
        let actions = parse(&format!("image/{options}")).unwrap();
        let [Action::Resize(resize)] = actions.as_slice() else { panic!("{options}") };
        resize.clone()
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
            assert_eq!(
                resize(options).apply(DynamicImage::new_rgb8(from.0, from.1)).unwrap().dimensions(),
                to,
                "{options}"
            );
        }
    }

    #[test]
    fn padding_has_the_colour_that_was_asked_for() {
        let padded =
            resize("resize,m_pad,w_10,h_20,color_FF0080").apply(DynamicImage::new_rgb8(20, 20)).unwrap();
        assert_eq!(padded.get_pixel(5, 0), Rgba([255, 0, 128, 255]));
        assert_eq!(padded.get_pixel(5, 10), Rgba([0, 0, 0, 255]));
    }
}
