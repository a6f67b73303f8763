//! Uploads and fetches over a stream that the compiler knows nothing about. With `no-panics` it links only if no panic is
//! reachable.
#![no_std]
#![no_main]

use core::hint::black_box;

use embedded_io::{ErrorKind, ErrorType, Read, Write};
use firmware::board::exit;
use firmware::opaque;
use oss_upload_embedded::blocking::Connection;
use oss_upload_embedded::{Error, HttpRequest, Now, Response};

#[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
#[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
fn main() -> ! {
    let mut buffer = [0; 512];
    let mut connection = Connection::new(Peer, black_box(&mut buffer[..]));
    let code = exchange(&mut connection).map_or_else(
        |error| match error {
            Error::Service { status } => usize::from(status),
            _ => 1,
        },
        |length| length,
    );
    let reason = connection.service_error().map_or(0, |reason| {
        let texts = [reason.code(), reason.ec(), reason.request_id()];
        let lengths: usize = texts.iter().flatten().map(|text| text.len()).sum();
        lengths
            + reason.xml().len()
            + reason.date().unwrap_or(0) as usize
            + usize::from(reason.is_transient())
    });
    exit((code + reason) as i32)
}

fn exchange(connection: &mut Connection<'_, Peer>) -> Result<usize, Error> {
    let now = Now::from_unix(black_box(0))?;
    let headers = [(opaque::text(), opaque::text())];
    let put = HttpRequest::new(opaque::text(), opaque::text(), opaque::text(), &headers, black_box(Some(1)))?;
    let get = HttpRequest::from_url(opaque::text(), opaque::text(), &headers)?;
    let mut object = [0; 64];
    let mut sum = of(connection.put(&put, opaque::text().as_bytes(), now)?);
    sum += of(connection.put_from(&put, Peer, black_box(7), now)?);
    sum += of(connection.get(&get, black_box(&mut object[..]), now)?);
    sum += of(connection.get_to(&get, Peer, black_box(7), now)?);
    Ok(sum)
}

fn of(response: Response<'_>) -> usize {
    let owed: usize = response.headers().map(|(name, value)| name.len() + value.len()).sum();
    let header = response.header(opaque::text()).map_or(0, str::len);
    usize::from(response.status())
        + response.body().len()
        + header
        + response.date().unwrap_or(0) as usize
        + owed
}

/// A stream of which nothing is known.
struct Peer;

impl ErrorType for Peer {
    type Error = ErrorKind;
}

impl Read for Peer {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        black_box(buffer);
        black_box(Ok(0))
    }
}

impl Write for Peer {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        black_box(bytes);
        black_box(Ok(0))
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        black_box(Ok(()))
    }
}
