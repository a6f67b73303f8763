//! Headers that are signed beyond the default ones.
//!
//! Few requests have any. What they take (checks, the host as a header, two lists of names) is reached through a table
//! that the first of them puts into its request: a program that signs none does not link it, and a microcontroller has
//! a kilobyte of flash for something better.

use core::cmp::Ordering;
use core::fmt;

use crate::encode::Position;
use crate::endpoint::Endpoint;
use crate::excerpt::Excerpt;
use crate::output::Output;
use crate::presign_error::PresignError;
use crate::request::{Header, RequestView, compare_names};

/// The additional headers of a request that has some.
#[derive(Clone, Copy)]
pub(crate) struct Additional<'r> {
    /// In order, each once, in any letter case.
    pub(crate) names: &'r [&'r str],
    pub(crate) code: &'static Code,
}

/// What signing needs for them.
pub(crate) struct Code {
    check: for<'r> fn(&RequestView<'r>, &[&'r str], &Endpoint<'_>) -> Option<Refused<'r>>,
    write_host_before: WriteHostBefore,
    write_names: fn(&mut dyn Output, &[&str]),
    write_parameter: fn(&mut dyn Output, &[&str]),
}

type WriteHostBefore =
    fn(&mut dyn Output, &RequestView<'_>, &[&str], &Endpoint<'_>, next: Option<&Header<'_>>) -> bool;

pub(crate) static CODE: Code = Code {
    check,
    write_host_before,
    write_names: |mut output, names| write_names(&mut output, names),
    write_parameter: |mut output, names| {
        output.put(b"x-oss-additional-headers=");
        write_names(&mut Escaping(&mut output), names);
        output.put(b"&");
    },
};

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code")
    }
}

/// A refusal, before it becomes an error: that is too large to pass through here.
struct Refused<'r> {
    /// Whether the value of the host is refused, and no missing header.
    host: bool,
    text: &'r str,
}

impl Additional<'_> {
    /// Refuses an additional header that has no value, and a `host` that is not the endpoint's.
    pub(crate) fn check(
        self,
        request: &RequestView<'_>,
        endpoint: &Endpoint<'_>,
    ) -> Result<(), PresignError> {
        let Some(Refused { host, text }) = (self.code.check)(request, self.names, endpoint) else {
            return Ok(());
        };
        let excerpt = Excerpt::of(text);
        Err(if host {
            PresignError::HostMismatch { given: excerpt }
        } else {
            PresignError::AdditionalHeaderMissing { name: excerpt }
        })
    }

    /// Writes the line of the host where it is signed, its value is the endpoint's, and it comes before the next
    /// header, and says whether that was so.
    pub(crate) fn write_host_before(
        self,
        output: &mut dyn Output,
        request: &RequestView<'_>,
        endpoint: &Endpoint<'_>,
        next: Option<&Header<'_>>,
    ) -> bool {
        (self.code.write_host_before)(output, request, self.names, endpoint, next)
    }

    /// Writes their names in lower case, which is also their canonical order.
    pub(crate) fn write_names(self, output: &mut dyn Output) {
        (self.code.write_names)(output, self.names);
    }

    /// The same, as a query parameter and the `&` behind it.
    pub(crate) fn write_parameter(self, output: &mut dyn Output) {
        (self.code.write_parameter)(output, self.names);
    }
}

fn check<'r>(request: &RequestView<'r>, names: &[&'r str], endpoint: &Endpoint<'_>) -> Option<Refused<'r>> {
    for name in names {
        let given = request.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        match given {
            Some(header) if header.name.eq_ignore_ascii_case("host") => {
                let mut expected = Expected { rest: header.value.as_bytes(), matches: true };
                endpoint.write_host(request.bucket, &mut expected);
                if !expected.matches || !expected.rest.is_empty() {
                    return Some(Refused { host: true, text: header.value });
                }
            }
            Some(_) => {}
            None if name.eq_ignore_ascii_case("host") => {}
            None => return Some(Refused { host: false, text: name }),
        }
    }
    None
}

fn write_host_before(
    mut output: &mut dyn Output,
    request: &RequestView<'_>,
    names: &[&str],
    endpoint: &Endpoint<'_>,
    next: Option<&Header<'_>>,
) -> bool {
    let is_host = |name: &str| name.eq_ignore_ascii_case("host");
    let owed =
        names.iter().any(|name| is_host(name)) && !request.headers.iter().any(|header| is_host(header.name));
    let comes = owed && next.is_none_or(|next| compare_names("host", next.name) == Ordering::Less);
    if comes {
        output.put(b"host:");
        endpoint.write_host(request.bucket, &mut output);
        output.put(b"\n");
    }
    comes
}

fn write_names(output: &mut impl Output, names: &[&str]) {
    let mut first = true;
    for name in names {
        if !first {
            output.put(b";");
        }
        first = false;
        output.put_lower_case(name.as_bytes());
    }
}

/// Compares what is written with an expected text.
struct Expected<'e> {
    rest: &'e [u8],
    matches: bool,
}

impl Output for Expected<'_> {
    fn put(&mut self, bytes: &[u8]) {
        match self.rest.strip_prefix(bytes) {
            Some(rest) => self.rest = rest,
            None => self.matches = false,
        }
    }
}

/// Percent-encodes on the way, as for a query.
struct Escaping<'o, O>(&'o mut O);

impl<O: Output> Output for Escaping<'_, O> {
    fn put(&mut self, bytes: &[u8]) {
        self.0.put_encoded(bytes, Position::Query);
    }
}
