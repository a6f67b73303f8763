//! Time by SNTP, a presigned PUT, a presigned GET, and every byte compared: a whole upload on a Cortex-M4.
//!
//! Settings (see `settings`): `oss` and `sntp` are ports of the host; the others are those of `firmware::upload`.
#![no_std]
#![no_main]

use core::mem::MaybeUninit;

use firmware::board::{exit, say, say_number};
use firmware::clock::{self, Clock};
use firmware::measure::{measure, static_bytes};
use firmware::network::{Buffers, Network, Slots, sntp};
use firmware::settings::{self, Settings};
use firmware::upload::{Failure, HEAD_BYTES, upload};
use oss_presign::Scheme;
use oss_upload_embedded::blocking::Connection;
use oss_upload_embedded::{Error, HttpRequest, Now};

#[cortex_m_rt::entry]
fn main() -> ! {
    // `entry` hands these out once, as `&'static mut`.
    static mut BUFFERS: Buffers = Buffers::new();
    static mut SLOTS: Slots = Slots::new();

    let (outcome, cost) = measure(|| run(BUFFERS, SLOTS));
    let code = match outcome {
        Ok(()) => {
            say("result=verified\n");
            0
        }
        Err(failure) => failure.say(),
    };
    say_number("stack", cost.stack_bytes);
    say_number("static", static_bytes());
    #[cfg(feature = "instructions")]
    say_number("instructions", clock::instructions());
    exit(code)
}

#[inline(never)]
fn run(buffers: &'static mut Buffers, slots: &'static mut Slots) -> Result<(), Failure> {
    let mut line = [MaybeUninit::uninit(); settings::BYTES];
    let settings = Settings::read(&mut line);
    let peripherals = cortex_m::Peripherals::take().ok_or(Failure::Board)?;
    clock::start(peripherals.SYST);
    let mut network = Network::new(buffers, slots).map_err(|_| Failure::Board)?;

    let mut clock = Clock::default();
    // A clock that stays unset is found out when it is read.
    let time = sntp::ask(&mut network, settings.host_port("sntp")).ok();
    if let Some(unix) = time.or_else(|| time_of_oss(&mut network, &settings)) {
        clock.set(unix);
    }
    // Without the time nothing can be signed, so there is nothing to connect for.
    clock.now()?;
    let stream = network.connect(settings.host_port("oss")).map_err(Error::Io)?;
    upload(stream, Scheme::Http, &settings, &clock)
}

/// Without SNTP: any answer of OSS has a `Date`, and one without a signature is a refusal. Unlike a time server behind a
/// firewall, OSS is certainly reachable where something is to be uploaded; over TLS the time is even authentic.
#[inline(never)]
fn time_of_oss(network: &mut Network, settings: &Settings<'_>) -> Option<u64> {
    // For a request that does not expire, any time since 2020 will do.
    let now = Now::from_unix(1_577_836_800).ok()?;
    let request = HttpRequest::new("GET", settings.text("host", "10.0.2.2"), "/", &[], None).ok()?;
    let mut head = [0; HEAD_BYTES];
    let stream = network.connect(settings.host_port("oss")).ok()?;
    let mut connection = Connection::new(stream, &mut head);
    match connection.get(&request, &mut [], now) {
        Ok(answer) => answer.date(),
        Err(_) => connection.service_error().and_then(|refusal| refusal.date()),
    }
}
