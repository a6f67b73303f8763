//! The upload over TLS 1.2, which every bucket speaks. Settings: those of `upload`, and `name`, the server's.
#![no_std]
#![no_main]

use core::ffi::CStr;
use core::mem::MaybeUninit;

use firmware::board::{exit, say, say_number};
use firmware::clock::{self, Clock};
use firmware::heap::Heap;
use firmware::host_random::HostRandom;
use firmware::measure::{measure, static_bytes};
use firmware::network::{Buffers, Network, Slots, sntp};
use firmware::roots::ROOTS;
use firmware::settings::{self, Settings};
use firmware::tls12::{self, Memory, Session};
use firmware::upload::{Failure, upload};
use oss_presign::Scheme;
use oss_upload_embedded::Error;

/// Records, certificates and numbers of 4096 bits, in units of eight bytes.
const HEAP_WORDS: usize = 5_000;

#[global_allocator]
static HEAP: Heap = Heap::new();

#[cortex_m_rt::entry]
fn main() -> ! {
    // `entry` hands these out once, as `&'static mut`.
    static mut BUFFERS: Buffers = Buffers::new();
    static mut SLOTS: Slots = Slots::new();
    static mut ALLOCATED: [u64; HEAP_WORDS] = [0; HEAP_WORDS];
    static mut MEMORY: Memory<HostRandom> = Memory::new();

    HEAP.start(ALLOCATED);
    let (outcome, cost) = measure(|| run(BUFFERS, SLOTS, MEMORY));
    let code = match outcome {
        Ok(()) => {
            say("result=verified\n");
            0
        }
        Err(failure) => failure.say(),
    };
    say_number("stack", cost.stack_bytes);
    say_number("static", static_bytes());
    say_number("heap", HEAP.peak());
    exit(code)
}

#[inline(never)]
fn run(
    buffers: &'static mut Buffers,
    slots: &'static mut Slots,
    memory: &mut Memory<HostRandom>,
) -> Result<(), Failure> {
    let mut line = [MaybeUninit::uninit(); settings::BYTES];
    let settings = Settings::read(&mut line);
    let peripherals = cortex_m::Peripherals::take().ok_or(Failure::Board)?;
    clock::start(peripherals.SYST);
    let mut network = Network::new(buffers, slots).map_err(|_| Failure::Board)?;

    // Certificates are valid at a time, so the time cannot come from the server.
    let mut clock = Clock::default();
    if let Ok(unix) = sntp::ask(&mut network, settings.host_port("sntp")) {
        clock.set(unix);
    }
    tls12::set_time(clock.now()?.timestamp());

    let name = &mut [0; NAME_BYTES];
    let name = zero_terminated(settings.text("name", "localhost"), name).ok_or(Failure::Tls)?;
    let random = HostRandom::new().map_err(|_| Failure::Board)?;
    let stream = network.connect(settings.host_port("oss")).map_err(Error::Io)?;
    let session = Session::connect(memory, stream, ROOTS, name, random)?;
    upload(session, Scheme::Https, &settings, &clock)
}

/// Longest name of a server in the DNS, and a zero.
const NAME_BYTES: usize = 254;

fn zero_terminated<'b>(text: &str, buffer: &'b mut [u8; NAME_BYTES]) -> Option<&'b CStr> {
    let (name, rest) = buffer.split_at_mut_checked(text.len())?;
    name.iter_mut().zip(text.bytes()).for_each(|(to, from)| *to = from);
    *rest.first_mut()? = 0;
    CStr::from_bytes_until_nul(buffer).ok()
}
