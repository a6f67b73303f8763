//! Credentials leave nothing behind: the process's own memory is searched for a secret and a token after the credentials,
//! and what signed with them, were dropped.
//!
//! Unoptimized code copies values wherever it likes, so only an optimized build can promise this: `cargo test --release
//! --test erased`. What the processor's registers hold, and what the system has swapped out, is not looked at.

#![cfg(all(target_os = "linux", feature = "providers", feature = "serde"))]
#![allow(clippy::unwrap_used)] // Clippy knows test functions, not those they call.

use std::hint::black_box;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use oss_presign_std::{
    CliProfile, CredentialProcess, Credentials, DayKey, ManualClock, OssutilProfile, Presigner,
    ProvideCredentials, SharedProfile, Timestamp,
};

// Constants are in memory that cannot be written, where nothing is searched. Characters that URLs escape are in the half
// that is searched for, so that a URL, which holds the token, is not taken for a copy.
const SECRET: &str = "FakeSecretWithAnUnusedFirstHalf/AndWithASecondHalf+OfItsOwn=";
const TOKEN: &str = "FakeTokenWithAFirstHalfThatIsLong/AndASecondHalf+OfItsOwnToo=";

/// The second halves: an allocator writes its own notes over the first bytes of what was freed.
fn halves() -> [&'static [u8]; 2] {
    [&SECRET.as_bytes()[32..], &TOKEN.as_bytes()[34..]]
}

/// How often each half occurs in the writable memory of this process.
fn occurrences() -> [usize; 2] {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let mut memory = std::fs::File::open("/proc/self/mem").unwrap();
    let mut counts = [0; 2];
    let writable = |line: &&str| line.split(' ').nth(1).is_some_and(|rights| rights.starts_with("rw"));
    for line in maps.lines().filter(writable) {
        let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let [from, to] = [from, to].map(|address| u64::from_str_radix(address, 16).unwrap());
        memory.seek(SeekFrom::Start(from)).unwrap();
        let mut bytes = vec![0; (to - from) as usize];
        if memory.read_exact(&mut bytes).is_err() {
            continue;
        }
        for (count, half) in counts.iter_mut().zip(halves()) {
            *count += bytes.windows(half.len()).filter(|window| *window == half).count();
        }
        // The next search must not find what this one has read.
        bytes.fill(0);
        black_box(&bytes);
    }
    counts
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_unix(seconds).unwrap()
}

/// Signs a URL; returns what is found while the credentials live.
#[inline(never)]
fn sign(credentials: Credentials) -> [usize; 2] {
    let presigner = Presigner::builder()
        .credentials(credentials)
        .region("cn-hangzhou")
        .clock(ManualClock::new(at(1_731_400_358)))
        .build()
        .unwrap();
    let url = presigner.put("examplebucket", "a").content_type("a/b").presign().unwrap();
    assert!(url.url().contains("x-oss-signature="));
    occurrences()
}

#[inline(never)]
fn given() -> Credentials {
    Credentials::with_security_token("fake-access-key-id", SECRET, TOKEN).unwrap()
}

/// A file's texts go from constants to the disk, and are nowhere in this process.
fn write(path: &Path, parts: &[&str]) {
    let mut file = std::fs::File::create(path).unwrap();
    parts.iter().for_each(|part| std::io::Write::write_all(&mut file, part.as_bytes()).unwrap());
}

#[inline(never)]
fn of_the_cli(folder: &Path) -> Credentials {
    let path = folder.join("config.json");
    let begin = r#"{"current":"a","profiles":[{"name":"a","mode":"StsToken","access_key_id":"i","access_key_secret":""#;
    write(&path, &[begin, SECRET, r#"","sts_token":""#, TOKEN, r#""}]}"#]);
    CliProfile::new().path(path).provide().unwrap()
}

#[inline(never)]
fn of_the_sdks(folder: &Path) -> Credentials {
    let path = folder.join("credentials.ini");
    let begin = "[default]\ntype=sts\naccess_key_id=i\naccess_key_secret=";
    write(&path, &[begin, SECRET, "\nsecurity_token=", TOKEN, "\n"]);
    SharedProfile::new().path(path).provide().unwrap()
}

#[inline(never)]
fn of_ossutil(folder: &Path) -> Credentials {
    let path = folder.join("ossutilconfig");
    let begin = "[default]\nmode=StsToken\naccessKeyID=i\naccessKeySecret=";
    write(&path, &[begin, SECRET, "\nstsToken=", TOKEN, "\n"]);
    OssutilProfile::new().path(path).provide().unwrap()
}

#[inline(never)]
fn of_a_process(folder: &Path) -> Credentials {
    let path = folder.join("printed.json");
    write(
        &path,
        &[r#"{"access_key_id":"i","access_key_secret":""#, SECRET, r#"","sts_token":""#, TOKEN, r#""}"#],
    );
    CredentialProcess::new("cat", [path.to_str().unwrap()]).provide().unwrap()
}

/// A day key has no secret, and its own bytes are searched for by the core's test. Its token comes and goes with it.
#[inline(never)]
fn by_day_key() -> [usize; 2] {
    let (now, end) = (at(1_731_400_358), at(1_731_404_000));
    let credentials = given().expiring_at(end);
    let key = DayKey::derive(&credentials, "cn-hangzhou", oss_presign_std::Product::Oss, now).unwrap();
    drop(credentials);
    let read = DayKey::from_json(&key.to_json()).unwrap();
    drop(key);
    let presigner = Presigner::builder().day_key(read).clock(ManualClock::new(now)).build().unwrap();
    let url = presigner.get("examplebucket", "a").clamp_to_credentials().presign().unwrap();
    assert!(url.url().contains("x-oss-signature="));
    occurrences()
}

/// One test: threads of tests beside it would have credentials in their memory.
#[test]
fn nothing_is_left_of_credentials() {
    if cfg!(debug_assertions) {
        println!("skipped: only an optimized build keeps the promise; run it with --release");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert_eq!(occurrences(), [0, 0], "the search finds itself");
    let sources: [(&str, &dyn Fn() -> Credentials); 5] = [
        ("arguments", &given),
        ("the CLI's profile", &|| of_the_cli(folder)),
        ("the SDKs' profile", &|| of_the_sdks(folder)),
        ("ossutil's profile", &|| of_ossutil(folder)),
        ("a process", &|| of_a_process(folder)),
    ];
    for (source, credentials) in sources {
        // The search finds them where they are.
        let while_they_live = sign(credentials());
        assert!(while_they_live.iter().all(|&count| count > 0), "{source}: {while_they_live:?}");
        assert_eq!(occurrences(), [0, 0], "{source}; while they lived: {while_they_live:?}");
    }
    let while_it_lives = by_day_key();
    assert!(while_it_lives[0] == 0 && while_it_lives[1] > 0, "{while_it_lives:?}");
    assert_eq!(occurrences(), [0, 0], "while it lived: {while_it_lives:?}");
}
