//! `oss-presign explain`: the cause of a refusal, from the saved answer, and from the secret if it is at hand.

mod described;
mod form;
mod judgement;
mod request;
mod saved;
mod seen;

use std::path::Path;

use oss_presign::Timestamp;
use oss_presign::diagnose::Refusal;
use oss_upload::driver::ResponseHead;
use oss_upload::{ServiceError, parse_http_date};
use serde::Serialize;

use crate::arguments::Explain;
use crate::causes::{self, Cause, Certainty};
use crate::diagnosis::server_time;
use crate::failure::Failure;
use crate::form_input::FormInput;
use crate::known_secrets::KnownSecrets;
use crate::output;
use crate::presigned_input;
use described::Described;
use form::DescribedForm;
use saved::Saved;
use seen::Seen;

/// The argument in place of an answer, if there is none.
const NO_ANSWER: &str = "none";

#[derive(Serialize)]
struct Report<'a> {
    /// `None` if the answer does not contain it.
    status: Option<u16>,
    code: &'a str,
    message: &'a str,
    ec: &'a str,
    request_id: &'a str,
    sentence: String,
    certainty: Certainty,
    causes: Vec<Cause>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_difference: Option<String>,
}

/// Reads the answer and the request, finds the causes, and prints them.
pub(crate) fn run(arguments: &Explain, json: bool) -> Result<(), Failure> {
    let text =
        if arguments.answer == Path::new(NO_ANSWER) { None } else { Some(saved::read(&arguments.answer)?) };
    let saved = text.as_deref().map(Saved::read);
    let input = Input::read(arguments)?;
    let head = response_head(saved.as_ref(), arguments.status);
    let error = ServiceError::read(&head, saved.as_ref().map_or(&[][..], |saved| saved.body.as_bytes()));
    if saved.is_some() && head.status == 0 && error.code().is_empty() {
        return Err(Failure::unusable("this is neither the XML of an error nor an answer of `curl -i`")
            .with_hint(
                "without an answer, write `none` in its place: then the signature itself is examined",
            ));
    }
    if (1..300).contains(&head.status) {
        let status = head.status;
        return Err(Failure::unusable(format!("the answer has status {status}: nothing was refused")));
    }
    let given = |text| Some(text).filter(|text: &&str| !text.is_empty());
    let (canonical_request, string_to_sign) = (error.field("CanonicalRequest"), error.field("StringToSign"));
    let by_date = || Timestamp::from_unix(parse_http_date(head.date?)?).ok();
    let refusal = saved.is_some().then(|| Refusal {
        status: head.status,
        code: given(error.code()),
        ec: given(error.ec()),
        message: given(error.message()),
        canonical_request: canonical_request.as_deref(),
        string_to_sign: string_to_sign.as_deref(),
        server_time: error.field("ServerTime").and_then(|time| server_time(&time)).or_else(by_date),
    });
    let seen = canonical_request.as_deref().and_then(Seen::read);
    let secrets = KnownSecrets::find(arguments.profile.as_deref())?;
    let judgement = match &input {
        Input::Request(described) => request::judge(described, refusal.as_ref(), seen.as_ref(), &secrets)?,
        Input::Form(form) => form::judge(form, refusal.as_ref(), &secrets)?,
    };
    if json {
        return output::json(&Report {
            status: Some(head.status).filter(|status| *status != 0),
            code: error.code(),
            message: error.message(),
            ec: error.ec(),
            request_id: error.request_id(),
            sentence: judgement.sentence(),
            certainty: judgement.certainty,
            causes: judgement.causes,
            first_difference: judgement.first_difference,
        });
    }
    let mut text = causes::text(&judgement.causes);
    if let Some(difference) = &judgement.first_difference {
        text.push_str(&format!("First difference, {}\n", output::escaped(difference)));
    }
    text.push_str(&format!("certainty: {}", judgement.certainty.as_str()));
    if !error.request_id().is_empty() {
        text.push_str(&format!("\nrequest id: {}", output::escaped(error.request_id())));
    }
    for line in &judgement.advice {
        text.push_str(&format!("\n{}", output::escaped(line)));
    }
    output::line(text)
}

/// What is explained.
enum Input {
    Request(Described),
    Form(DescribedForm),
}

impl Input {
    fn read(arguments: &Explain) -> Result<Self, Failure> {
        let text = presigned_input::text(&arguments.request)?;
        let Some(handed_out) = FormInput::read(&text)? else {
            if arguments.sent_form.is_some() {
                return Err(Failure::unusable("--sent-form is for a form, and this is a request")
                    .with_hint("give --sent-url, -X and -H for what was sent"));
            }
            return Described::read(&text, arguments).map(Self::Request);
        };
        if arguments.sent_url.is_some() || arguments.method.is_some() || !arguments.headers.is_empty() {
            return Err(Failure::unusable("--sent-url, -X and -H are for a request, and this is a form")
                .with_hint("give --sent-form with the fields that were sent"));
        }
        let sent = match &arguments.sent_form {
            Some(argument) => {
                let sent = FormInput::read(&presigned_input::text(argument)?)?;
                Some(sent.ok_or_else(|| Failure::unusable("--sent-form: no form with a field `policy`"))?)
            }
            None => None,
        };
        Ok(Self::Form(DescribedForm { handed_out, sent }))
    }
}

fn response_head<'s>(saved: Option<&Saved<'s>>, given: Option<u16>) -> ResponseHead<'s> {
    let mut head = ResponseHead::new(saved.and_then(|saved| saved.status).or(given).unwrap_or_default());
    for (name, value) in saved.iter().flat_map(|saved| &saved.headers) {
        head.record(name, value.as_bytes());
    }
    head
}
