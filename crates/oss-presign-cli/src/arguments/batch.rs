//! Arguments of `batch`, and the format of its lines.

use std::path::Path;

use clap::Args;

use super::place::day_key_file;
use crate::batch::Detail;

/// Every example is a line that `batch` takes; one that is too wide goes on in lines that begin further right.
pub(crate) const BATCH_HELP: &str = "\
Each line in is a JSON object, and each line out its answer, in the same order and as soon as there is one. A line that cannot be \
signed, or has a field that is not listed here, is answered with {\"id\":…,\"error\":{\"code\":…,\"message\":…}}, and the others go on. The status is 1 where a line was \
refused, and 2 where one was no JSON object.

Fields of every kind:
  id                 anything; the answer repeats it
  kind               presign (the default), header or post-policy
  region             OSS_REGION, or that of the profile or the day key, by default
  product            oss (the default) or oss-cloudbox
  timestamp          signed at, in seconds since 1970; or now
  access_key_id, access_key_secret, security_token
                     all of the line, or none of it

Fields of presign and header:
  method             GET, PUT, POST, HEAD, DELETE or OPTIONS
  bucket             the bucket
  key                the object's key, not encoded; may be left out
  headers            to bind: [[\"content-type\",\"image/jpeg\"],…]
  additional_headers names of headers that OSS signs only if named
  query              parameters: [[\"versionId\",\"1\"],[\"acl\",null],…]
  endpoint, style, scheme
                     as --endpoint and --style of `put`; https or http
  allow_dot_segments true to sign a key with `..` segments as it is
  expires            of presign: seconds that the URL works; or 3600

Fields of post-policy:
  policy             the policy as an object
  policy_json        or as text, which is signed to the letter

Answers of presign have method, url, headers to send, expires_at and signature; those of header have authorization instead of \
expires_at; those of post-policy have policy_base64, signature and the form's fields. With --explain, the first two have \
canonical_request and string_to_sign as well.

Examples, where one that takes several lines here must be one line:
  {\"id\":1,\"method\":\"GET\",\"bucket\":\"examplebucket\",\"key\":\"a.jpg\"}
  {\"method\":\"PUT\",\"bucket\":\"examplebucket\",\"key\":\"a.jpg\",
   \"expires\":600,\"headers\":[[\"content-type\",\"image/jpeg\"]]}
  {\"method\":\"GET\",\"bucket\":\"examplebucket\",
   \"query\":[[\"list-type\",\"2\"],[\"prefix\",\"photos/\"]]}
  {\"kind\":\"header\",\"method\":\"DELETE\",
   \"bucket\":\"examplebucket\",\"key\":\"a.jpg\"}
  {\"kind\":\"post-policy\",
   \"policy\":{\"expiration\":\"2027-01-31T00:00:00.000Z\",
   \"conditions\":[{\"bucket\":\"examplebucket\"},{\"key\":\"a.jpg\"}]}}";

#[derive(Args)]
#[command(after_help = BATCH_HELP)]
pub(crate) struct Batch {
    /// Print only the URL for each line; for a refused line print an empty one, and the error on standard error
    #[arg(long, conflicts_with_all = ["json", "explain"])]
    url: bool,
    /// Add the texts that were signed to each answer: canonical_request and string_to_sign
    #[arg(long)]
    explain: bool,
    /// Take what lines leave out from this profile of the Alibaba Cloud CLI, its SDKs or ossutil
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Sign lines without credentials of their own by the key in this file, which `oss-presign day-key` printed
    #[arg(long, env = "OSS_DAY_KEY_FILE", value_name = "FILE", conflicts_with = "profile")]
    day_key: Option<String>,
}

impl Batch {
    /// The file of the day key. An empty variable counts as not set.
    pub(crate) fn day_key(&self) -> Option<&Path> {
        day_key_file(self.day_key.as_deref())
    }

    /// What each answer tells.
    pub(crate) fn detail(&self) -> Detail {
        match (self.url, self.explain) {
            (true, _) => Detail::Url,
            (false, true) => Detail::Explained,
            (false, false) => Detail::Request,
        }
    }
}
