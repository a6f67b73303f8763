//! Who sent a request: the one place where signatures are judged, by the core's `verify`.

use oss_presign::verify::{
    ExpectedScope, FormError, ParsedSignature, ReceivedForm, ReceivedRequest, VerificationKey, VerifyError,
};
use oss_presign::{Product, Region, Scope, SigningKey, Timestamp};

use crate::address::Address;
use crate::credential::Credential;
use crate::error::{OssError, Result};
use crate::proof;
use crate::store::Acl;

/// What a request wants to do, for those who did not sign it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
    /// Never open to the public.
    Own,
}

/// Who sent a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Identity {
    /// Nobody signed.
    Anonymous,
    /// The holder of this access key, or of a URL that it signed.
    Signed { access_key_id: String },
}

impl Identity {
    /// Lets those pass who signed, and the public where the ACL opens the door to it.
    pub(crate) fn authorize(&self, access: Access, acl: Acl) -> Result<()> {
        let open = match access {
            Access::Read => acl != Acl::Private,
            Access::Write => acl == Acl::PublicReadWrite,
            Access::Own => false,
        };
        if open || *self != Self::Anonymous {
            return Ok(());
        }
        Err(OssError::access_denied("You have no right to access this object because of bucket acl.")
            .ec("0003-00000001"))
    }
}

/// The keys and the region that signatures are judged by.
#[derive(Debug)]
pub(crate) struct Authority {
    pub(crate) region: String,
    pub(crate) credentials: Vec<Credential>,
}

/// What of a request a signature covers.
pub(crate) struct Signed<'a> {
    pub(crate) method: &'a str,
    pub(crate) address: &'a Address,
    /// Still encoded.
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) headers: &'a http::HeaderMap,
}

impl Authority {
    /// Judges the signature of a request, if it has one.
    ///
    /// # Errors
    /// OSS's refusal.
    pub(crate) fn identify(&self, signed: &Signed<'_>, now: u64) -> Result<Identity> {
        self.judge(signed, now).map_err(|error| {
            if proof::is_of_signature(&error) {
                error.proved(proof::of_request(self, signed, now))
            } else {
                error
            }
        })
    }

    fn judge(&self, signed: &Signed<'_>, now: u64) -> Result<Identity> {
        let in_query = |names: &[&str]| {
            signed.query.split('&').any(|pair| names.contains(&pair.split('=').next().unwrap_or_default()))
        };
        let header = signed.headers.get(http::header::AUTHORIZATION);
        let url = in_query(&["x-oss-signature", "x-oss-signature-version", "x-oss-credential"]);
        let old_header = header.is_some_and(|value| !value.as_bytes().starts_with(b"OSS4-HMAC-SHA256"));
        if url && header.is_some() {
            return Err(OssError::new(
                400,
                "InvalidArgument",
                "The request is signed twice: leave out the Authorization header beside a presigned URL.",
            ));
        }
        if old_header || in_query(&["OSSAccessKeyId", "Signature"]) {
            return Err(OssError::new(
                400,
                "InvalidArgument",
                "The signature is not of version 4: sign with OSS4-HMAC-SHA256.",
            )
            .ec("0002-00000066"));
        }
        if !url && header.is_none() {
            return Ok(Identity::Anonymous);
        }
        let headers: Vec<_> =
            signed.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let address = signed.address;
        let received = ReceivedRequest {
            method: signed.method,
            bucket: address.bucket.as_deref().filter(|_| address.bucket_in_host),
            path: signed.path,
            query: signed.query,
            headers: &headers,
        };
        let presented = if url { received.presigned() } else { received.authorized() };
        let presented = presented.map_err(|error| refusal(&error))?;
        self.verify(&presented, now)
    }

    fn verify(&self, presented: &ParsedSignature<'_>, now: u64) -> Result<Identity> {
        let (expected, now) = self.expected(now)?;
        match presented.verify(&expected, now, |id, scope| self.known(id, scope)) {
            Ok(verified) => Ok(Identity::Signed { access_key_id: verified.access_key_id().to_owned() }),
            Err(error @ VerifyError::SignatureMismatch) => Err(mismatch(&error, presented, &expected)),
            Err(error) => Err(refusal(&error)),
        }
    }

    /// Judges a form: its signature and whether it meets its policy. Without a policy it is anonymous.
    ///
    /// `size` is that of the file; None while it is not known, and then no lower limit counts.
    ///
    /// # Errors
    /// OSS's refusal.
    pub(crate) fn identify_form(
        &self,
        bucket: &str,
        fields: &[(String, String)],
        size: Option<u64>,
        now: u64,
    ) -> Result<Identity> {
        let signs =
            |name: &str| name.eq_ignore_ascii_case("policy") || name.eq_ignore_ascii_case("x-oss-signature");
        if !fields.iter().any(|(name, _)| signs(name)) {
            return Ok(Identity::Anonymous);
        }
        let (expected, now) = self.expected(now)?;
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let received = ReceivedForm { bucket, fields: &fields, content_length: size.unwrap_or(0) };
        let presented = received.presented().map_err(|error| form_refusal(&error))?;
        let access_key_id = presented.credential().access_key_id().to_owned();
        match presented.verify(&expected, now, |id, scope| self.known(id, scope)) {
            Ok(_) => Ok(Identity::Signed { access_key_id }),
            Err(FormError::TooSmall { .. }) if size.is_none() => Ok(Identity::Signed { access_key_id }),
            Err(error @ FormError::Signature(VerifyError::SignatureMismatch)) => Err(form_refusal(&error)
                .proved(proof::of_form(self, &fields, now))
                .detail("OSSAccessKeyId", access_key_id)
                .detail("SignatureProvided", presented.signature())
                .detail("StringToSign", presented.string_to_sign())),
            Err(error) => Err(form_refusal(&error)),
        }
    }

    /// The scope that is served, and the time, as the core takes them.
    fn expected(&self, now: u64) -> Result<(ExpectedScope<'_>, Timestamp)> {
        let internal = || OssError::new(500, "InternalError", "The server's region or clock is not valid.");
        let region = Region::new(&self.region).map_err(|_| internal())?;
        let now = Timestamp::from_unix(now).map_err(|_| internal())?;
        Ok((ExpectedScope { region, product: Product::Oss }, now))
    }

    fn known(&self, id: &str, scope: &Scope<'_>) -> Option<VerificationKey<'_>> {
        let credential = self.credentials.iter().find(|credential| credential.id() == id)?;
        let mut known = VerificationKey::new(SigningKey::derive(credential.secret(), scope));
        if let Some(token) = credential.token() {
            known = known.with_security_token(token);
        }
        if let Some(expiry) = credential.expiry() {
            // A key that ends after the year 9999 does not end.
            known = Timestamp::from_unix(expiry).map_or(known.clone(), |at| known.expiring_at(at));
        }
        Some(known)
    }
}

/// OSS's wording of a refusal, with the elements that help to find the reason.
pub(crate) fn refusal(error: &VerifyError) -> OssError {
    let mut refusal = OssError::new(error.http_status(), error.code(), error.to_string());
    if let Some(ec) = error.ec() {
        refusal = refusal.ec(ec);
    }
    match error {
        VerifyError::Expired { expired_at, now } => {
            refusal.detail("Expires", iso8601(*expired_at)).detail("ServerTime", iso8601(*now))
        }
        VerifyError::TimeTooSkewed { signed_at, now } => refusal
            .detail("RequestTime", iso8601(*signed_at))
            .detail("ServerTime", iso8601(*now))
            .detail("MaxAllowedSkewMilliseconds", "900000"),
        VerifyError::UnknownAccessKeyId { id } => refusal.detail("OSSAccessKeyId", id.to_string()),
        _ => refusal,
    }
}

fn form_refusal(error: &FormError) -> OssError {
    let mut refusal = match error {
        FormError::Signature(error) => self::refusal(error),
        FormError::TooSmall { least, bytes } => OssError::new(400, "EntityTooSmall", error.to_string())
            .detail("MinSizeAllowed", least.to_string())
            .detail("ProposedSize", bytes.to_string()),
        FormError::TooLarge { most, bytes } => OssError::new(400, "EntityTooLarge", error.to_string())
            .detail("MaxSizeAllowed", most.to_string())
            .detail("ProposedSize", bytes.to_string()),
        _ => OssError::new(error.http_status(), error.code(), error.to_string()),
    };
    if let Some(ec) = error.ec() {
        refusal = refusal.ec(ec);
    }
    refusal
}

fn mismatch(error: &VerifyError, presented: &ParsedSignature<'_>, expected: &ExpectedScope<'_>) -> OssError {
    let (mut string_to_sign, mut canonical) = (String::new(), String::new());
    // Writing to a String fails only for a signed header that is not UTF-8: what came before it still helps.
    let _ = presented.write_string_to_sign(expected, &mut string_to_sign);
    let _ = presented.write_canonical_request(&mut canonical);
    let bytes: Vec<_> = string_to_sign.bytes().map(|byte| format!("{byte:02X}")).collect();
    refusal(error)
        .detail("OSSAccessKeyId", presented.credential().access_key_id())
        .detail("SignatureProvided", presented.signature())
        .detail("StringToSign", string_to_sign)
        .detail("StringToSignBytes", bytes.join(" "))
        .detail("CanonicalRequest", canonical)
}

/// `2024-11-12T08:32:38.000Z`, as OSS writes times in XML.
pub(crate) fn iso8601(time: Timestamp) -> String {
    let digits = time.iso8601_basic();
    let text: String = digits.iter().map(|&byte| char::from(byte)).collect();
    match (text.get(..4), text.get(4..6), text.get(6..11), text.get(11..13), text.get(13..15)) {
        (Some(year), Some(month), Some(day_hour), Some(minute), Some(second)) => {
            format!("{year}-{month}-{day_hour}:{minute}:{second}.000Z")
        }
        _ => text,
    }
}

/// The same, of seconds since 1970 UTC.
pub(crate) fn iso8601_unix(unix: u64) -> String {
    Timestamp::from_unix(unix).map(iso8601).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_in_oss_xml() {
        assert_eq!(iso8601_unix(1_731_400_358), "2024-11-12T08:32:38.000Z");
        assert_eq!(iso8601_unix(0), "1970-01-01T00:00:00.000Z");
    }
}
