//! Image processing where the feature is off: refused.

use crate::call::Call;
use crate::error::{OssError, Result};
use crate::respond::Answer;
use crate::state::State;
use crate::store::Found;

/// Says that the parameter is not offered.
pub(crate) async fn answer(_: &State, _: &Call, _: Found, process: &str) -> Result<Answer> {
    Err(OssError::not_implemented(format_args!(
        "x-oss-process={process}: it was built without the feature `image`"
    )))
}
