//! As `upload`, with embassy: an address by DHCP, the time by SNTP, a presigned PUT, a presigned GET, and every byte compared;
//! and another task that goes on meanwhile. Settings are those of `upload`, and
//! `address_seconds`, how long DHCP may take.
#![no_std]
#![no_main]

use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicU32, Ordering};

use embassy_executor::Spawner;
use embassy_net::{Runner, Stack};
use embassy_time::{Duration, Ticker, with_timeout};
use firmware::async_network::{self, Buffers, Ethernet, Memory, Stream, sntp};
use firmware::async_upload::upload;
use firmware::board::{exit, say, say_number};
use firmware::clock::{self, Clock};
use firmware::executor;
use firmware::failure::Failure;
use firmware::measure::{Paint, static_bytes};
use firmware::settings::{self, HEAD_BYTES, Settings};
use oss_presign::Scheme;
use oss_upload_embedded::asynchronous::Connection;
use oss_upload_embedded::{Error, HttpRequest, Now};

#[cortex_m_rt::entry]
fn main() -> ! {
    // `entry` hands these out once, as `&'static mut`.
    static mut MEMORY: Memory = Memory::new();
    static mut BUFFERS: Buffers = Buffers::new();
    static mut EXECUTOR: executor::Memory = None;

    let paint = Paint::below_here();
    executor::run(EXECUTOR, |spawner| {
        if let Err(failure) = start(spawner, MEMORY, BUFFERS, paint) {
            exit(failure.say());
        }
    })
}

fn start(
    spawner: Spawner,
    memory: &'static mut Memory,
    buffers: &'static mut Buffers,
    paint: Paint,
) -> Result<(), Failure> {
    let peripherals = cortex_m::Peripherals::take().ok_or(Failure::Board)?;
    clock::start(peripherals.SYST);
    let (stack, runner) = async_network::start(memory).map_err(|_| Failure::Board)?;
    spawner.spawn(network(runner).map_err(|_| Failure::Board)?);
    spawner.spawn(beat().map_err(|_| Failure::Board)?);
    spawner.spawn(upload_once(stack, buffers, paint).map_err(|_| Failure::Board)?);
    Ok(())
}

/// Moves frames, answers ARP, renews the address, sends again what was lost.
#[embassy_executor::task]
async fn network(mut runner: Runner<'static, Ethernet>) -> ! {
    runner.run().await
}

static BEATS: AtomicU32 = AtomicU32::new(0);

/// Whatever else the device does, every ten milliseconds.
#[embassy_executor::task]
async fn beat() {
    let mut ticker = Ticker::every(Duration::from_millis(10));
    loop {
        ticker.next().await;
        BEATS.fetch_add(1, Ordering::Relaxed);
    }
}

#[embassy_executor::task]
async fn upload_once(stack: Stack<'static>, buffers: &'static mut Buffers, paint: Paint) {
    let code = match run(stack, buffers).await {
        Ok(()) => {
            say("result=verified\n");
            0
        }
        Err(failure) => failure.say(),
    };
    say_number("stack", paint.stack_bytes());
    say_number("static", static_bytes());
    #[cfg(feature = "instructions")]
    say_number("instructions", clock::instructions());
    say_number("beats", BEATS.load(Ordering::Relaxed));
    exit(code)
}

async fn run(stack: Stack<'static>, buffers: &mut Buffers) -> Result<(), Failure> {
    let mut line = [MaybeUninit::uninit(); settings::BYTES];
    let settings = Settings::read(&mut line);
    // A question that is lost is asked again after ten seconds.
    let patience = Duration::from_secs(settings.number("address_seconds", 30).into());
    with_timeout(patience, stack.wait_config_up()).await.map_err(|_| Failure::NoAddress)?;

    let mut clock = Clock::default();
    // A clock that stays unset is found out when it is read.
    let time = match sntp::ask(stack, settings.host_port("sntp")).await {
        Ok(unix) => Some(unix),
        Err(_) => time_of_oss(stack, buffers, &settings).await,
    };
    if let Some(unix) = time {
        clock.set(unix);
    }
    // Without the time nothing can be signed, so there is nothing to connect for.
    clock.now()?;
    let mut stream = Stream::connect(stack, buffers, settings.host_port("oss")).await.map_err(Error::Io)?;
    let outcome = upload(&mut stream, Scheme::Http, &settings, &clock).await;
    stream.close().await;
    outcome
}

/// Without SNTP: any answer of OSS has a `Date`, and one without a signature is a refusal. Unlike a time server behind a
/// firewall, OSS is certainly reachable where something is to be uploaded; over TLS the time is even authentic.
async fn time_of_oss(stack: Stack<'static>, buffers: &mut Buffers, settings: &Settings<'_>) -> Option<u64> {
    // For a request that does not expire, any time since 2020 will do.
    let now = Now::from_unix(1_577_836_800).ok()?;
    let request = HttpRequest::new("GET", settings.text("host", "10.0.2.2"), "/", &[], None).ok()?;
    let mut head = [0; HEAD_BYTES];
    let stream = Stream::connect(stack, buffers, settings.host_port("oss")).await.ok()?;
    let mut connection = Connection::new(stream, &mut head);
    let time = match connection.get(&request, &mut [], now).await {
        Ok(answer) => answer.date(),
        Err(_) => connection.service_error().and_then(|refusal| refusal.date()),
    };
    connection.into_stream().close().await;
    time
}
