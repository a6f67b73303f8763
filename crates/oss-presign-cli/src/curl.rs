//! A presigned request as a curl command that a shell runs as it stands.

use oss_presign::{Method, PresignedRequest};

/// The command. `file` is what it reads (PUT, POST) or writes (GET); standard input or output without one.
pub(crate) fn command(request: &PresignedRequest, file: Option<&str>) -> String {
    let mut words: Vec<String> = vec!["curl".into(), "--no-progress-meter".into(), "--fail-with-body".into()];
    let mut option = |name: &str, value: &str| words.extend([name.to_owned(), quote(value)]);
    // curl would put the local file's name behind a URL that ends in a slash.
    let path_ends_in_slash = request.url().split('?').next().unwrap_or_default().ends_with('/');
    let source = file.unwrap_or("-");
    match request.method() {
        Method::Put if path_ends_in_slash => {
            option("--request", "PUT");
            option("--data-binary", &format!("@{source}"));
            // --data-binary adds a media type, which the signature does not expect.
            if !request.headers().any(|(name, _)| name == "content-type") {
                option("--header", "content-type:");
            }
        }
        Method::Put => option("--upload-file", source),
        Method::Head => words.push("--head".into()),
        Method::Get => {
            if let Some(file) = file {
                option("--output", file);
            }
        }
        other => option("--request", other.as_str()),
    }
    for (name, value) in request.headers() {
        // curl takes `name;` for a header without a value, and would drop `name:`.
        let header = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
        words.extend(["--header".to_owned(), quote(&header)]);
    }
    // Without it, curl resolves dot segments and the signature no longer fits.
    words.push("--path-as-is".into());
    words.push(quote(request.url()));
    words.join(" ")
}

/// A word in single quotes, inside which a POSIX shell interprets nothing.
pub(crate) fn quote(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@%+,".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use oss_presign::Timestamp;

    fn request(method: &str, url: &str, headers: &[(&str, &str)]) -> PresignedRequest {
        let headers = headers.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        PresignedRequest::new(method, url, headers, Timestamp::from_unix(1).unwrap()).unwrap()
    }

    #[test]
    fn commands() {
        let put = request(
            "PUT",
            "https://h/a?b=1&c=2",
            &[("content-type", "text/plain"), ("x-oss-meta-a", "it's $5")],
        );
        insta::assert_snapshot!(
            command(&put, Some("a b.txt")),
            @r"curl --no-progress-meter --fail-with-body --upload-file 'a b.txt' --header 'content-type: text/plain' --header 'x-oss-meta-a: it'\''s $5' --path-as-is 'https://h/a?b=1&c=2'"
        );
        insta::assert_snapshot!(
            command(&request("PUT", "https://h/folder/?b", &[]), None),
            @"curl --no-progress-meter --fail-with-body --request PUT --data-binary @- --header content-type: --path-as-is 'https://h/folder/?b'"
        );
        insta::assert_snapshot!(
            command(&request("GET", "https://h/a?b", &[]), Some("a")),
            @"curl --no-progress-meter --fail-with-body --output a --path-as-is 'https://h/a?b'"
        );
        insta::assert_snapshot!(
            command(&request("HEAD", "https://h/a?b", &[]), None),
            @"curl --no-progress-meter --fail-with-body --head --path-as-is 'https://h/a?b'"
        );
        insta::assert_snapshot!(
            command(&request("DELETE", "https://h/a?b", &[]), None),
            @"curl --no-progress-meter --fail-with-body --request DELETE --path-as-is 'https://h/a?b'"
        );
    }

    #[test]
    fn a_shell_reads_back_what_was_quoted() {
        for word in ["", "a b", "it's", "$HOME `id` \"x\" \\ !", "é;&|<>*?[]{}~#", "a\tb"] {
            let script = format!("printf %s {}", quote(word));
            let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), word);
        }
    }
}
