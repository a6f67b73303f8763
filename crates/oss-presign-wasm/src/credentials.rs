//! Credentials among the arguments: access key id, secret and, perhaps, security token.

use oss_presign::Credentials;

use crate::failure::Failure;
use crate::texts::Reader;

pub(crate) fn read<'a>(arguments: &mut Reader<'a>) -> Result<Credentials<'a>, Failure> {
    let credentials = Credentials::new(arguments.text()?, arguments.text()?)?;
    Ok(match arguments.optional()? {
        Some(token) => credentials.with_security_token(token)?,
        None => credentials,
    })
}
