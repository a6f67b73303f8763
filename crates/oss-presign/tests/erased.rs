//! A signing key leaves nothing behind: the process's own memory is searched for it after it was dropped.
//!
//! Unoptimized code copies values wherever it likes, so only an optimized build can promise this: `cargo test --release
//! --test erased`. What the processor's registers hold, and what the system has swapped out, is not looked at.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)] // Clippy knows test functions, not those they call.

use std::hint::black_box;
use std::io::{Read, Seek, SeekFrom};
use std::process::Command;

use hmac::{Hmac, KeyInit, Mac};
use oss_presign::{
    Bucket, Credentials, DayKey, Endpoint, Expiry, Identity, ObjectKey, Product, Region, Request, Scope,
    Signer, SigningKey, Timestamp,
};
use sha2::Sha256;
use sha2::block_api::compress256;

/// Hides the texts that are searched from the search itself.
const MASK: u8 = 0xa5;
const ROLE: &str = "OSS_PRESIGN_TEST_PRINTS_KEYS";

fn now() -> Timestamp {
    Timestamp::from_unix(1_731_400_358).unwrap()
}

fn code(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// An HMAC key's padded block (RFC 2104).
fn block(key: &[u8], pad: u8) -> [u8; 64] {
    let mut block = [pad; 64];
    block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
    block
}

/// The state after that block, in memory order.
fn state(key: &[u8], pad: u8) -> Vec<u8> {
    let mut state = [
        0x6a09_e667,
        0xbb67_ae85,
        0x3c6e_f372,
        0xa54f_f53a,
        0x510e_527f,
        0x9b05_688c,
        0x1f83_d9ab,
        0x5be0_cd19,
    ];
    compress256(&mut state, &[block(key, pad)]);
    state.iter().flat_map(|word: &u32| word.to_ne_bytes()).collect()
}

/// How many of the secrets below are what a signer keeps: both states of the signing key, which come last.
const KEPT: usize = 2;
/// How many there are: the secret itself and its key in three forms, then each derived key with its two states.
const SECRETS: usize = 4 + 4 * 3;

/// What may not be found, from the secret to the signing key.
fn secrets() -> Vec<Vec<u8>> {
    let first = b"aliyun_v4fake-access-key-secret";
    let blocks = [0, 0x36, 0x5c].map(|pad| block(first, pad)[..first.len()].to_vec());
    let mut secrets = Vec::from(blocks);
    // A block without its beginning is the secret.
    secrets.push(b"fake-access-key-secret".to_vec());
    let mut key = code(first, b"20241112");
    for part in ["cn-hangzhou", "oss", "aliyun_v4_request"] {
        secrets.extend([key.to_vec(), state(&key, 0x36), state(&key, 0x5c)]);
        key = code(&key, part.as_bytes());
    }
    secrets.extend([key.to_vec(), state(&key, 0x36), state(&key, 0x5c)]);
    secrets
}

/// Only in a process of its own: computing them leaves them in memory.
#[test]
fn prints_keys() {
    if std::env::var_os(ROLE).is_some() {
        for secret in secrets() {
            let masked = secret.iter().map(|byte| format!("{:02x}", byte ^ MASK));
            println!("key={}", masked.collect::<String>());
        }
    }
}

fn masked_secrets() -> Vec<Vec<u8>> {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "prints_keys", "--nocapture"])
        .env(ROLE, "1")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().filter_map(|line| line.split_once("key=").map(|(_, hex)| hex.trim()));
    let bytes = |hex: &str| -> Vec<u8> {
        (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect()
    };
    lines.map(bytes).collect()
}

/// How often each text, masked, occurs in the writable memory of this process.
fn occurrences(masked: &[Vec<u8>]) -> Vec<usize> {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let mut memory = std::fs::File::open("/proc/self/mem").unwrap();
    let mut counts = vec![0; masked.len()];
    for line in
        maps.lines().filter(|line| line.split(' ').nth(1).is_some_and(|rights| rights.starts_with("rw")))
    {
        let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let [from, to] = [from, to].map(|address| u64::from_str_radix(address, 16).unwrap());
        memory.seek(SeekFrom::Start(from)).unwrap();
        let mut bytes = vec![0; (to - from) as usize];
        if memory.read_exact(&mut bytes).is_err() {
            continue;
        }
        for (count, text) in counts.iter_mut().zip(masked) {
            let is_it = |window: &&[u8]| window.iter().zip(text).all(|(byte, masked)| byte ^ MASK == *masked);
            *count += bytes.windows(text.len()).filter(is_it).count();
        }
        // The next search must not find what this one has read.
        bytes.fill(0);
        black_box(&bytes);
    }
    counts
}

/// Derives a key and signs with it; returns how often its states are found while it lives.
#[inline(never)]
fn sign(masked: &[Vec<u8>]) -> Vec<usize> {
    let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret").unwrap();
    // Made where it stays: a move is a copy, and what is moved away from is not erased.
    let signer = Signer::new(&credentials, Region::new("cn-hangzhou").unwrap(), now());
    let request = Request::put(Bucket::new("examplebucket").unwrap(), ObjectKey::new("a").unwrap());
    let endpoint = Endpoint::public(signer.scope().region());
    let mut url = [0; 512];
    let url = black_box(&signer).presign(&request, &endpoint, now(), Expiry::secs(600).unwrap(), &mut url);
    assert!(url.unwrap().url().len() > 300);
    occurrences(masked)
}

/// Derives the bytes of a day key and signs by it; returns how often they and its states are found while it lives.
#[inline(never)]
fn sign_by_day_key(masked: &[Vec<u8>]) -> Vec<usize> {
    let scope = Scope::new(now(), Region::new("cn-hangzhou").unwrap(), Product::Oss);
    let bytes = SigningKey::derive_bytes("fake-access-key-secret", &scope);
    let identity = Identity::new("fake-access-key-id").unwrap();
    let signer = Signer::from_day_key(&DayKey::from_bytes(identity, scope, black_box(&bytes).as_bytes()));
    let request = Request::put(Bucket::new("examplebucket").unwrap(), ObjectKey::new("a").unwrap());
    let endpoint = Endpoint::public(signer.scope().region());
    let mut url = [0; 512];
    let url = black_box(&signer).presign(&request, &endpoint, now(), Expiry::secs(600).unwrap(), &mut url);
    assert!(url.unwrap().url().len() > 300);
    occurrences(masked)
}

/// Calls a function so far down the stack that the search after it does not write over what it left there.
#[inline(never)]
fn far_down(sign: fn(&[Vec<u8>]) -> Vec<usize>, masked: &[Vec<u8>]) -> Vec<usize> {
    let room = black_box([0_u8; 1 << 16]);
    let found = sign(masked);
    black_box(&room);
    found
}

/// One test for both kinds of signers: threads of tests beside it would have keys in their memory.
#[test]
fn nothing_is_left_of_a_key() {
    if cfg!(debug_assertions) {
        println!("skipped: only an optimized build keeps the promise; run it with --release");
        return;
    }
    let masked = masked_secrets();
    assert_eq!(masked.len(), SECRETS);
    // The search finds the key where it is.
    let while_it_lives = far_down(sign, &masked);
    assert!(while_it_lives[SECRETS - KEPT..].iter().all(|&count| count > 0), "{while_it_lives:?}");
    assert_eq!(occurrences(&masked), [0; SECRETS], "while it lived: {while_it_lives:?}");
    let while_it_lives = far_down(sign_by_day_key, &masked);
    // The bytes of a day key are kept, too.
    assert!(while_it_lives[SECRETS - KEPT - 1..].iter().all(|&count| count > 0), "{while_it_lives:?}");
    assert_eq!(occurrences(&masked), [0; SECRETS], "while it lived: {while_it_lives:?}");
}
