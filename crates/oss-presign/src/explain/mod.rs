//! Explanation with proof: which mistake led to a wrong signature.
//!
//! A signature that does not match does not show why. With the secret, the cause can be found: [`explain`] changes the request
//! by the mistakes that people make (another content type, a key that was encoded twice, a region with `oss-` before it, a
//! secret with a line end after it) until one of them makes the signature that was sent. This is a proof, because the chance
//! that a wrong explanation makes the same signature is 1 in 2^256.
//!
//! The search tries each mistake by itself and then two together, the commonest first, until a budget of signatures is spent.
//! It never guesses: if no mistake makes the signature, it says so. Its output contains no secret, no security token and no
//! signature.
//!
//! A gateway can explain a request when it refuses it, and log the explanation. It should not send the explanation to the
//! requester, because it shows what the secret signed.
//!
//! ```
//! use oss_presign::explain::{DEFAULT_BUDGET, Evidence, KnownSecret, SentRequest, explain};
//! # use oss_presign::{Bucket, Credentials, Endpoint, Expiry, ObjectKey, Region, Request, Signer, Timestamp};
//! # let now = Timestamp::from_unix(1_731_400_358)?;
//! # let region = Region::new("cn-hangzhou")?;
//! # let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret")?;
//! # let mut request = Request::put(Bucket::new("examplebucket")?, ObjectKey::new("a.txt")?);
//! # request.content_type("text/plain")?;
//! # let signer = Signer::new(&credentials, region, now);
//! # let url = signer.presign_to_string(&request, &Endpoint::public(region), now, Expiry::secs(600)?)?;
//!
//! // A PUT that was sent with another content type than it was signed with.
//! let headers = [("content-type", "image/png")];
//! let sent = SentRequest { method: Some("PUT"), url: &url, headers: Some(&headers) };
//! let secrets = [KnownSecret {
//!     name: None,
//!     access_key_id: "fake-access-key-id",
//!     access_key_secret: "fake-access-key-secret",
//!     security_token: None,
//! }];
//! let explanation = explain(&Evidence::new(sent, &secrets), DEFAULT_BUDGET);
//! let [mistake] = explanation.mistakes() else { panic!("{explanation:?}") };
//! assert_eq!(mistake.code().as_str(), "content-type");
//! assert_eq!(
//!     mistake.says(),
//!     "The URL was signed with `content-type: text/plain`, but the request carried `image/png`.",
//! );
//! # Ok::<(), oss_presign::Error>(())
//! ```

mod agreement;
mod budget;
mod candidates;
mod change;
mod code;
mod describe;
mod draft;
mod evidence;
mod explanation;
mod form;
mod older;
mod part;
mod policy_text;
mod presented;
mod reading;
mod repair;
mod search;
mod signing_draft;
mod spelling;
mod target;
mod wording;

pub use code::MistakeCode;
pub use evidence::{BucketPlace, DEFAULT_BUDGET, Evidence, FormEvidence, KnownSecret, SentRequest};
pub use explanation::{Explanation, Finding, Mistake};
pub use form::explain_form;
pub use repair::recognize_escapes;
pub use search::explain;
