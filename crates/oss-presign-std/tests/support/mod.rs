//! A fixed account, and the server's half of the signature.
#![allow(dead_code)] // Not every test uses all of it.

use std::env;
use std::ffi::OsStr;
use std::process::Command;

use oss_presign_std::oss_presign::verify::{
    ExpectedScope, ReceivedRequest, VerificationKey, Verified, VerifyError, verify_presigned,
};
use oss_presign_std::oss_presign::{Product, Region, SigningKey};
use oss_presign_std::{Credentials, PresignedRequest, Presigner, PresignerBuilder, Timestamp};

pub(crate) const ID: &str = "fake-access-key-id";
pub(crate) const SECRET: &str = "fake-access-key-secret";
pub(crate) const REGION: &str = "cn-hangzhou";
pub(crate) const BUCKET: &str = "examplebucket";

pub(crate) fn at(seconds: u64) -> Timestamp {
    Timestamp::from_unix(seconds).unwrap()
}

pub(crate) fn builder() -> PresignerBuilder {
    Presigner::builder().credentials(Credentials::new(ID, SECRET).unwrap()).region(REGION)
}

/// What OSS does with a request that is sent as it was handed out.
pub(crate) fn verify(request: &PresignedRequest, now: Timestamp) -> Result<Verified, VerifyError> {
    let rest = request.url().strip_prefix("https://").unwrap();
    let (host, target) = rest.split_once('/').unwrap();
    let (path, query) = target.split_once('?').unwrap();
    let (path, bucket) = (format!("/{path}"), host.split('.').next());
    let mut headers = vec![("host", host.as_bytes())];
    headers.extend(request.headers().map(|(name, value)| (name, value.as_bytes())));
    let received =
        ReceivedRequest { method: request.method().as_str(), bucket, path: &path, query, headers: &headers };
    let expected = ExpectedScope { region: Region::new(REGION).unwrap(), product: Product::Oss };
    verify_presigned(&received, &expected, now, |id, scope| {
        (id == ID).then(|| VerificationKey::new(SigningKey::derive(SECRET, scope)))
    })
}

/// The variable in which a process finds where to write which lines it has run.
const COVERAGE: &str = "LLVM_PROFILE_FILE";

/// Runs one test of this binary in a process with these variables and no others, and returns what it prints after `answer: `.
pub(crate) fn answer_of_child<N, V>(test: &str, variables: impl IntoIterator<Item = (N, V)>) -> String
where
    N: AsRef<OsStr>,
    V: AsRef<OsStr>,
{
    let child = Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env_clear()
        .envs(env::var_os(COVERAGE).map(|file| (COVERAGE, file)))
        .envs(variables)
        .output()
        .unwrap();
    let output = String::from_utf8(child.stdout).unwrap();
    let answer = output.lines().find_map(|line| line.split_once("answer: "));
    answer.unwrap_or_else(|| panic!("{output}")).1.to_owned()
}
