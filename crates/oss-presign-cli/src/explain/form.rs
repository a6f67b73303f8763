//! Explaining a PostObject form. Its signature covers its policy and nothing else.

use oss_presign::diagnose::{Attempt, Message, Refusal, diagnose};
use oss_presign::explain::{DEFAULT_BUDGET, Explanation, Finding, FormEvidence, explain_form};
use oss_presign_std::{Clock as _, SystemClock};

use super::judgement::Judgement;
use crate::causes::{Cause, Certainty};
use crate::diagnosis::pairs;
use crate::failure::Failure;
use crate::form_input::FormInput;
use crate::known_secrets::KnownSecrets;

/// The fields of a signature.
const OF_SIGNATURE: [&str; 6] = [
    "policy",
    "x-oss-signature-version",
    "x-oss-credential",
    "x-oss-date",
    "x-oss-security-token",
    "x-oss-signature",
];

/// A form as the signer handed it out, and as it was sent, if that is known to be another.
pub(super) struct DescribedForm {
    pub(super) handed_out: FormInput,
    pub(super) sent: Option<FormInput>,
}

impl DescribedForm {
    fn sent(&self) -> &FormInput {
        self.sent.as_ref().unwrap_or(&self.handed_out)
    }
}

/// Finds the causes: by what the two forms or the service's answer show, by the secret, or by what is likely.
pub(super) fn judge(
    form: &DescribedForm,
    refusal: Option<&Refusal<'_>>,
    secrets: &KnownSecrets,
) -> Result<Judgement, Failure> {
    let code = refusal.and_then(|refusal| refusal.code);
    let of_signature = code.is_none_or(|code| code == "SignatureDoesNotMatch");
    let searched = if of_signature { search(form, refusal, secrets)? } else { None };
    let is_right = searched.as_ref().is_some_and(|found| matches!(found.finding(), Finding::Right { .. }));
    let mut judgement = if let Some(after_file) = after_file(form.sent()) {
        after_file
    } else if let Some(proved) = searched.as_ref().and_then(Judgement::proved) {
        proved
    } else if let Some(changed) = changed(form, refusal) {
        changed
    } else if let Some(refusal) = refusal.filter(|_| !of_signature) {
        Judgement::diagnosed(&diagnosed(form.sent(), refusal))
    } else if is_right {
        right(refusal.is_some())
    } else {
        let says = "Perhaps the policy was signed with another secret, signed in another base64 than it was sent in, or \
                    changed after it was signed: the form does not show which.";
        Judgement::new(Certainty::Guessed, vec![Cause::new("unknown", says)])
    };
    let mut wanted = Vec::new();
    if form.sent.is_none() {
        wanted.push("the form as the signer printed it, and as it was sent with --sent-form");
    }
    if refusal.is_none_or(|refusal| refusal.string_to_sign.is_none()) {
        wanted.push("the XML of the answer, as the service sent it");
    }
    judgement.advise(searched.as_ref(), secrets, &wanted);
    Ok(judgement)
}

/// Fields of the signature that OSS does not read.
fn after_file(form: &FormInput) -> Option<Judgement> {
    let is_signed = |name: &&String| OF_SIGNATURE.iter().any(|field| name.eq_ignore_ascii_case(field));
    let name = form.ignored.iter().find(is_signed)?;
    let says =
        format!("The field `{name}` comes after `file`, and OSS ignores it: send `file` as the last field.");
    Some(Judgement::new(Certainty::Shown, vec![Cause::new("unknown", says)]))
}

/// What two forms, or the form and the service's string to sign, show to be different.
fn changed(form: &DescribedForm, refusal: Option<&Refusal<'_>>) -> Option<Judgement> {
    let sent = form.sent();
    let mut causes = Vec::new();
    for name in OF_SIGNATURE {
        let says = match (form.handed_out.field(name), sent.field(name)) {
            (signed, sent) if signed == sent => continue,
            (Some(_), None) => "was signed, but not sent: send it exactly as the signer printed it",
            (None, _) => "was sent, but is not in the form that the signer printed: leave it out",
            (Some(_), Some(_)) => "was changed after signing: send it exactly as the signer printed it",
        };
        let code = if name == "x-oss-security-token" { "security-token" } else { "query-value" };
        causes.push(Cause::new(code, format!("Field `{name}` {says}.")));
    }
    let received = refusal.and_then(|refusal| refusal.string_to_sign).map(str::trim);
    if let (Some(received), Some(policy)) = (received, sent.field("policy"))
        && received != policy.trim()
    {
        let same = received.bytes().zip(policy.bytes()).take_while(|(a, b)| a == b).count();
        let says = format!(
            "The service received another policy than the form has: they differ from character {} on. Look for what \
             encodes or breaks the fields on the way.",
            same + 1
        );
        let shown = |text: &str| text.get(same..).map(|rest| rest.chars().take(40).collect());
        let (signed, sent) = (shown(policy), shown(received));
        causes.push(Cause { signed, sent, ..Cause::new("query-value", says) });
    }
    (!causes.is_empty()).then(|| Judgement::new(Certainty::Shown, causes))
}

fn diagnosed(form: &FormInput, refusal: &Refusal<'_>) -> oss_presign::diagnose::Diagnosis {
    // A form has no query, so only the answer's own words tell; and no header of it is signed.
    let url = form.url.as_deref().unwrap_or("");
    let sent = Message { method: "POST", url, headers: &[] };
    diagnose(&Attempt { signed: None, sent, clock: None }, refusal)
}

/// The secret makes the signature of the form.
fn right(is_refused: bool) -> Judgement {
    if is_refused {
        let says = "The secret at hand makes this signature for the policy of the form. If the service received the same \
                    policy, it has another secret for this access key: check whether the access key was replaced, and \
                    whether its id belongs to this secret.";
        return Judgement::new(Certainty::Guessed, vec![Cause::new("secret", says)]);
    }
    let says = "The signature is right for the policy of this form. Whether the form meets its policy, `oss-presign verify` \
                tells.";
    Judgement::new(Certainty::Proved, vec![Cause::new("unknown", says)])
}

/// Looks for the mistakes that make the signature; `None` without a secret.
fn search(
    form: &DescribedForm,
    refusal: Option<&Refusal<'_>>,
    secrets: &KnownSecrets,
) -> Result<Option<Explanation>, Failure> {
    let secrets = secrets.to_core()?;
    if secrets.is_empty() {
        return Ok(None);
    }
    let now = match refusal {
        Some(refusal) => refusal.server_time,
        None => Some(SystemClock.timestamp()?),
    };
    let evidence = FormEvidence {
        fields: &pairs(&form.sent().fields),
        signed_policy: form.handed_out.field("policy"),
        secrets: &secrets,
        region: None,
        now,
    };
    Ok(Some(explain_form(&evidence, DEFAULT_BUDGET)))
}
