//! An image, from its bytes to the bytes of the result.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits};

use super::bounds;
use super::parameter::Action;
use crate::error::{OssError, Result};

/// The image, and what is known of it before its pixels are.
pub(super) struct Header<'b> {
    reader: ImageReader<Cursor<&'b [u8]>>,
    format: ImageFormat,
    size: (u32, u32),
    /// Bytes of a pixel.
    depth: u64,
}

fn unreadable() -> OssError {
    OssError::new(400, "BadRequest", "The object is not a JPEG, PNG or WebP image that can be read.")
}

/// Reads what stands before the pixels.
pub(super) fn read_header(bytes: &[u8]) -> Result<Header<'_>> {
    let open = || ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| unreadable());
    let format = open()?.format().ok_or_else(unreadable)?;
    let decoder = open()?.into_decoder().map_err(|_| unreadable())?;
    let (size, depth) = (decoder.dimensions(), u64::from(decoder.color_type().bytes_per_pixel()));
    Ok(Header { reader: open()?, format, size, depth })
}

/// The most bytes that the pixels of the image and of its intermediate results take at once.
pub(super) fn cost(header: &Header<'_>, actions: &[Action]) -> Result<u64> {
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

/// Does the work; `go_on` is asked between its steps. Returns the result and its media type.
pub(super) fn run(
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

/// Nobody waits for the result any more.
pub(super) fn gone() -> OssError {
    OssError::new(499, "ClientClosedRequest", "The client has gone.")
}

#[cfg(test)]
mod tests {
    use super::super::parameter::parse;
    use super::*;

    #[test]
    fn what_is_no_image_is_refused() {
        assert_eq!(read_header(b"no image").err().unwrap().code, "BadRequest");
    }

    /// The hostile request that took 900 MB: 225 million pixels of 4 bytes, from an image of 68 bytes.
    #[tokio::test]
    async fn what_takes_more_memory_than_there_is_for_all_is_refused_before_it_is_decoded() {
        let mut png = Cursor::new(Vec::new());
        DynamicImage::new_rgba8(1, 1).write_to(&mut png, ImageFormat::Png).unwrap();
        let png = png.into_inner();
        let cost = |process| cost(&read_header(&png).unwrap(), &parse(process).unwrap()).unwrap();
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
        assert!(run(read_header(&png).unwrap(), png.len(), &actions, go_on).is_err());
        assert_eq!(asked.get(), 2);
    }
}
