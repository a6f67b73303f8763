//! Signs by the key of one day, and says what that costs and what happens at the day's end. There is no secret in it.
#![no_std]
#![no_main]

use core::hint::black_box;

use firmware::board::{exit, say, say_bytes, say_number};
use firmware::day_key::day_key;
use firmware::measure::{measure, static_bytes};
use firmware::signing::{NOW, URL_BYTES, presign};
use oss_presign::{Error, Signer, Timestamp};

#[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
#[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
fn main() -> ! {
    let mut url = [0; URL_BYTES];
    let (result, cost) = measure(|| sign(black_box(NOW), black_box(&mut url[..])));
    say("url=");
    say_bytes(url.get(..result.unwrap_or_default()).unwrap_or_default());
    say("\n");
    let midnight = day_key().map_or(0, |key| key.signs_until().unix());
    for (name, second) in [("before_midnight=", midnight.wrapping_sub(1)), ("midnight=", midnight)] {
        say(name);
        say(match sign(black_box(second), &mut url) {
            Ok(_) => "signed",
            Err(Error::Presign(error)) => error.code(),
            Err(_) => "refused",
        });
        say("\n");
    }
    cost.say();
    say_number("static", static_bytes());
    exit(0)
}

/// From the key to a URL, whose length it returns.
#[inline(never)]
fn sign(unix: u64, url: &mut [u8]) -> Result<usize, Error> {
    presign(&signer()?, Timestamp::from_unix(unix)?, url)
}

/// In a function of its own, because what it needs is off the stack when the URL is written.
#[inline(never)]
fn signer() -> Result<Signer<'static>, Error> {
    Ok(Signer::from_day_key(&day_key()?))
}
