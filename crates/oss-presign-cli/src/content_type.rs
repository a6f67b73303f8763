//! The media type that an object's name suggests: a browser shows what is stored with one, and saves the rest.

/// The headers of one object: those that were asked for, and a type unless there is one or none is wanted.
pub(crate) fn with_guessed(headers: &[(String, String)], key: &str, guess: bool) -> Vec<(String, String)> {
    let mut headers = headers.to_vec();
    let is_given = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    if guess
        && !is_given
        && let Some(media_type) = mime_guess::from_path(key).first_raw()
    {
        headers.push(("content-type".to_owned(), media_type.to_owned()));
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(key: &str) -> Option<String> {
        with_guessed(&[], key, true).pop().map(|(_, value)| value)
    }

    #[test]
    fn by_extension() {
        for (key, media_type) in [
            ("www/index.html", "text/html"),
            ("a.CSS", "text/css"),
            ("a/b.jpg", "image/jpeg"),
            ("data.json", "application/json"),
            ("ü.svg", "image/svg+xml"),
        ] {
            assert_eq!(guessed(key).as_deref(), Some(media_type), "{key}");
        }
        for key in ["Makefile", ".profile", "a.html/b", "folder/", "a.unheard-of"] {
            assert_eq!(guessed(key), None, "{key}");
        }
    }

    #[test]
    fn what_was_asked_for_stays() {
        let own = [("Content-Type".to_owned(), "text/x-odd".to_owned())];
        assert_eq!(with_guessed(&own, "a.html", true), own);
        assert!(with_guessed(&[], "a.html", false).is_empty());
    }
}
