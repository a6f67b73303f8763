//! `multipart/form-data`, streamed: the fields before the file, then the file.

use bytes::Bytes;
use multer::{Field, Multipart};
use tokio::sync::mpsc;

use crate::error::{OssError, Result};
use crate::receive::Chunked;
use crate::request_body::RequestBody;

/// The most bytes of all fields together, names included.
const MAX_FIELDS_BYTES: usize = 256 * 1024;
/// Parts that wait to be read.
const AHEAD: usize = 4;

/// The fields of a form in their order, names as they came.
pub(crate) type Fields = Vec<(String, String)>;

/// A form whose fields are read and whose file is about to be.
pub(crate) struct Form {
    parts: Multipart<'static>,
    pub(crate) fields: Fields,
    pub(crate) file: File,
}

/// The file of a form.
pub(crate) struct File {
    field: Field<'static>,
    pub(crate) name: Option<String>,
    pub(crate) media_type: Option<String>,
}

pub(crate) fn malformed(why: impl Into<std::borrow::Cow<'static, str>>) -> OssError {
    OssError::new(400, "MalformedPOSTRequest", why)
}

fn wrong_number_of_files() -> OssError {
    OssError::new(
        400,
        "IncorrectNumberOfFilesInPOSTRequest",
        "POST requires exactly one file upload per request, in the field named file.",
    )
}

/// Reads the body of a form while `handle` works on it.
///
/// # Errors
/// Those of `handle`, those of the body, and MalformedPOSTRequest for what is no form.
pub(crate) async fn with_form<T>(
    content_type: Option<&str>,
    body: &mut RequestBody,
    handle: impl AsyncFnOnce(Form) -> Result<T>,
) -> Result<T> {
    let boundary = content_type.and_then(|value| multer::parse_boundary(value).ok());
    let boundary = boundary.ok_or_else(|| {
        malformed("The body of your POST request is not well-formed multipart/form-data: its Content-Type names no boundary.")
    })?;
    let (sender, queue) = mpsc::channel::<std::io::Result<Bytes>>(AHEAD);
    let stream = futures_util::stream::unfold(queue, async |mut queue| Some((queue.recv().await?, queue)));
    let parts = Multipart::new(Box::pin(stream), boundary);
    let pump = async {
        while let Some(bytes) = body.next().await? {
            // A closed queue: the form has been judged without its end.
            if sender.send(Ok(bytes)).await.is_err() {
                break;
            }
        }
        drop(sender);
        Ok(())
    };
    let handled = async {
        let form = Form::read(parts).await?;
        handle(form).await
    };
    tokio::pin!(pump, handled);
    tokio::select! {
        // What breaks the body says more than what follows from it.
        biased;
        pumped = &mut pump => match pumped {
            Ok(()) => handled.await,
            Err(error) => Err(error),
        },
        handled = &mut handled => handled,
    }
}

impl Form {
    async fn read(mut parts: Multipart<'static>) -> Result<Self> {
        let (mut fields, mut size) = (Fields::new(), 0);
        while let Some(mut field) = parts.next_field().await.map_err(broken)? {
            let name = field.name().ok_or_else(|| malformed("A part of the form has no name."))?.to_owned();
            if name.eq_ignore_ascii_case("file") {
                let media_type = field.headers().get("content-type").and_then(|value| value.to_str().ok());
                let media_type = media_type.map(str::to_owned);
                let file = File { name: field.file_name().map(str::to_owned), media_type, field };
                return Ok(Self { parts, fields, file });
            }
            let mut value = Vec::new();
            size += name.len();
            while let Some(bytes) = field.chunk().await.map_err(broken)? {
                size += bytes.len();
                if size > MAX_FIELDS_BYTES {
                    return Err(OssError::new(
                        400,
                        "FieldItemTooLong",
                        "The form fields before the file are too long.",
                    ));
                }
                value.extend_from_slice(&bytes);
            }
            let value =
                String::from_utf8(value).map_err(|_| malformed(format!("The field {name} is not UTF-8.")))?;
            fields.push((name, value));
            if fields.len() > oss_presign::verify::MAX_FORM_FIELDS {
                return Err(malformed("The form has too many fields."));
            }
        }
        Err(wrong_number_of_files())
    }

    /// Reads to the end of the form. Fields behind the file are ignored, as OSS does, but a second file is refused.
    pub(crate) async fn finish(mut self) -> Result<()> {
        drop(self.file);
        while let Some(field) = self.parts.next_field().await.map_err(broken)? {
            if field.name().is_some_and(|name| name.eq_ignore_ascii_case("file")) {
                return Err(wrong_number_of_files());
            }
        }
        Ok(())
    }
}

impl Chunked for File {
    async fn chunk(&mut self) -> Result<Option<Bytes>> {
        self.field.chunk().await.map_err(broken)
    }
}

fn broken(error: multer::Error) -> OssError {
    malformed(format!("The body of your POST request is not well-formed multipart/form-data: {error}."))
}

/// The value of a field, whatever the letter case of its name.
pub(crate) fn field<'f>(fields: &'f Fields, name: &str) -> Option<&'f str> {
    fields.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}
