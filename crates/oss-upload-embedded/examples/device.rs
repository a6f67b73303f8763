//! What a device does: sign, upload, and say why it failed. A socket of the standard library stands for the network
//! stack; firmware for a real board is in `crates/firmware`.
//!
//! `cargo run -p oss-upload-embedded --example device -- 127.0.0.1:9000`, with `oss-presign serve` at that address.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use oss_presign::{
    Bucket, Credentials, Endpoint, Expiry, ObjectKey, Region, RequestWithCapacity, Scheme, Signer,
};
use oss_upload_embedded::blocking::Connection;
use oss_upload_embedded::{Error, HttpRequest, Now};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).ok_or("give the address of a server, such as 127.0.0.1:9000")?;

    // SNTP, a modem, or the `Date` of any answer on a board. A clock that was never set is refused here.
    let now = Now::from_unix(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;

    let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret")?;
    let signer = Signer::new(&credentials, Region::new("cn-hangzhou")?, now.timestamp());
    let (bucket, key) = (Bucket::new("examplebucket")?, ObjectKey::new("devices/7f3a/photo.jpg")?);
    let mut request = RequestWithCapacity::<1>::put(bucket, key);
    request.content_type("image/jpeg")?;
    let endpoint = Endpoint::path_style(&address)?.with_scheme(Scheme::Http);
    let mut url = [0; 512];
    let presigned = signer.presign(&request, &endpoint, now.timestamp(), Expiry::secs(600)?, &mut url)?;

    let stream = TcpStream::connect(&address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.set_write_timeout(Some(Duration::from_secs(10)))?;
    let mut buffer = [0; 1024];
    let mut connection = Connection::new(Socket(stream), &mut buffer);
    match connection.put(&HttpRequest::presigned(&presigned)?, b"not really a photo", now) {
        Ok(answer) => println!("stored, checksum verified: {}", answer.is_verified()),
        Err(Error::Service { .. }) => {
            if let Some(reason) = connection.service_error() {
                println!("{reason}; the server's clock says {:?}", reason.date());
            }
        }
        Err(error) => println!("{error}"),
    }
    Ok(())
}

/// A socket of the standard library as an embedded stream.
struct Socket(TcpStream);

impl embedded_io::ErrorType for Socket {
    type Error = std::io::Error;
}

impl embedded_io::Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buffer)
    }
}

impl embedded_io::Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}
