//! What the uploads over TLS share, whichever library speaks it: why a certificate is refused, and the program.

use core::fmt;

use embedded_io::{Read, Write};
use oss_presign::{Scheme, Timestamp};
use oss_upload_embedded::Error;

use crate::board::{exit, say, say_number};
use crate::clock::{self, Clock};
use crate::measure::{measure, static_bytes};
use crate::network::{Buffers, Network, Slots, sntp};
use crate::settings::{self, Settings};
use crate::upload::{Failure, upload};

/// Why the certificate of a server is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It was valid before.
    Expired,
    /// It will be valid later.
    NotYetValid,
    /// It is another server's.
    OtherName,
    /// No root that is trusted has issued it, directly or by way of others that may issue certificates.
    Untrusted,
    /// The server has not shown any.
    Missing,
    /// The server has not shown that the certificate's key is its own.
    NotOwned,
    /// It cannot be read, is for another purpose, or needs an algorithm that this program has not got.
    Unusable,
}

impl Refused {
    /// One word for each reason.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::NotYetValid => "not-yet-valid",
            Self::OtherName => "other-name",
            Self::Untrusted => "untrusted",
            Self::Missing => "missing",
            Self::NotOwned => "not-owned",
            Self::Unusable => "unusable",
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A library that speaks TLS.
pub trait Client {
    /// Shakes hands with the server of that name over a connected stream.
    ///
    /// # Errors
    /// If the server's certificate is refused at that time, or TLS fails.
    fn connect<'s, S: Read + Write + 's>(
        self,
        stream: S,
        name: &str,
        now: Timestamp,
    ) -> Result<impl Read + Write, Failure>;
}

/// The whole program: uploads, says what came of it and what it cost, and exits.
///
/// Settings: those of the upload over plain HTTP, and `name`, the server's. `heap` tells how much memory was allocated.
pub fn run(
    buffers: &'static mut Buffers,
    slots: &'static mut Slots,
    client: impl Client,
    heap: impl FnOnce() -> u32,
) -> ! {
    let mut handshake = 0;
    let (outcome, cost) = measure(|| upload_over_tls(buffers, slots, client, &mut handshake));
    let code = match outcome {
        Ok(()) => {
            say("result=verified\n");
            0
        }
        Err(failure) => failure.say(),
    };
    say_number("instructions", clock::instructions());
    say_number("handshake", handshake);
    say_number("stack", cost.stack_bytes);
    say_number("static", static_bytes());
    say_number("heap", heap());
    exit(code)
}

#[inline(never)]
fn upload_over_tls(
    buffers: &'static mut Buffers,
    slots: &'static mut Slots,
    client: impl Client,
    handshake: &mut u32,
) -> Result<(), Failure> {
    let mut line = [core::mem::MaybeUninit::uninit(); settings::BYTES];
    let settings = Settings::read(&mut line);
    let peripherals = cortex_m::Peripherals::take().ok_or(Failure::Board)?;
    clock::start(peripherals.SYST);
    let mut network = Network::new(buffers, slots).map_err(|_| Failure::Board)?;

    // Certificates are valid at a time, so the time cannot come from the server.
    let mut clock = Clock::default();
    if let Ok(unix) = sntp::ask(&mut network, settings.host_port("sntp")) {
        clock.set(unix);
    }
    let now = clock.now()?.timestamp();

    let stream = network.connect(settings.host_port("oss")).map_err(Error::Io)?;
    let before = clock::instructions();
    let session = client.connect(stream, settings.text("name", "localhost"), now)?;
    *handshake = clock::instructions() - before;
    upload(session, Scheme::Https, &settings, &clock)
}
