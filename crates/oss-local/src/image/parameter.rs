//! The text of `x-oss-process=image/…`.

use super::resize::{MAX_SIDE, Mode, Resize, invalid};
use crate::error::{OssError, Result};

/// Operations in one request.
const MAX_ACTIONS: usize = 10;

/// What is to be done with an image.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Action {
    Info,
    Resize(Resize),
}

/// Reads the operations, in order.
pub(super) fn parse(process: &str) -> Result<Vec<Action>> {
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

#[cfg(test)]
mod tests {
    use super::*;

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
    }
}
