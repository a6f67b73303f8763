//! `oss-presign post-policy`: a form that a browser uploads with.

use oss_presign::{Bucket, ObjectKey, PostPolicyWithCapacity, PresignedForm};

use crate::arguments::{Named, PostPolicyArguments};
use crate::curl::quote;
use crate::failure::Failure;
use crate::object_signer::presigner;
use crate::output;

/// As many conditions as the flags of one command line may ask for.
type Policy<'a> = PostPolicyWithCapacity<'a, 32>;

/// Signs, and prints the form as it was asked for.
pub(crate) fn run(arguments: &PostPolicyArguments) -> Result<(), Failure> {
    let presigner = presigner(&arguments.signing.place)?;
    let (one_of, none_of) = (lists(&arguments.one_of), lists(&arguments.none_of));
    let Named { bucket, key } = arguments.name.named()?;
    if key.is_some() == arguments.prefix.is_some() {
        return Err(Failure::unusable(
            "a form is for one object, or for a prefix: give oss://BUCKET/KEY, or oss://BUCKET and --prefix",
        ));
    }
    let policy = policy(arguments, place(&bucket, key.as_deref(), arguments)?, &one_of, &none_of)?;
    let form = presigner.post_form(&policy, arguments.signing.life)?;
    let text = if arguments.html {
        form.to_html()
    } else if arguments.curl {
        curl(&form, arguments.file.as_deref()).map_err(Failure::unusable)?
    } else {
        return output::json(&form);
    };
    output::write(text)
}

/// Fields and their values, which are separated by commas.
fn lists(pairs: &[(String, String)]) -> Vec<(&str, Vec<&str>)> {
    pairs.iter().map(|(field, values)| (field.as_str(), values.split(',').collect())).collect()
}

type Lists<'a> = [(&'a str, Vec<&'a str>)];

fn policy<'a>(
    arguments: &'a PostPolicyArguments,
    mut policy: Policy<'a>,
    one_of: &'a Lists<'a>,
    none_of: &'a Lists<'a>,
) -> Result<Policy<'a>, oss_presign::Error> {
    if let Some(media_type) = &arguments.content_type {
        policy.content_type(media_type)?;
    }
    if let Some((least, most)) = arguments.content_length_range {
        policy.content_length_range(least..=most)?;
    }
    for (field, value) in &arguments.eq {
        policy.equals(field, value)?;
    }
    for (field, prefix) in &arguments.starts_with {
        policy.starts_with(field, prefix)?;
    }
    for (field, values) in one_of {
        policy.one_of(field, values)?;
    }
    for (field, values) in none_of {
        policy.none_of(field, values)?;
    }
    for (field, value) in &arguments.value {
        policy.value(field, value)?;
    }
    if let Some(status) = arguments.success_action_status {
        policy.success_action_status(status)?;
    }
    if let Some(url) = &arguments.success_action_redirect {
        policy.success_action_redirect(url)?;
    }
    Ok(policy)
}

fn place<'a>(
    bucket: &'a str,
    key: Option<&'a str>,
    arguments: &'a PostPolicyArguments,
) -> Result<Policy<'a>, oss_presign::Error> {
    let bucket = Bucket::new(bucket)?;
    Ok(match key {
        Some(key) => Policy::for_key(bucket, ObjectKey::new(key)?)?,
        None => Policy::for_prefix(bucket, arguments.prefix.as_deref().unwrap_or_default())?,
    })
}

/// The form as a curl command. curl cannot ask for what the form leaves open.
fn curl(form: &PresignedForm, file: Option<&str>) -> Result<String, String> {
    if let Some(field) = form.open_fields().first() {
        return Err(format!("the form leaves `{field}` open: give curl a value with --value {field}=…"));
    }
    let mut command = "curl --no-progress-meter --fail-with-body".to_owned();
    for (name, value) in form.fields() {
        command.push_str(" --form-string ");
        command.push_str(&quote(&format!("{name}={value}")));
    }
    // curl takes `;` and `,` in a file name for its own, but not between double quotes.
    let file = file.unwrap_or("-").replace('\\', r"\\").replace('"', r#"\""#);
    command.push_str(" --form ");
    command.push_str(&quote(&format!("file=@\"{file}\"")));
    command.push_str(&format!(" {}\n", quote(form.url())));
    Ok(command)
}
