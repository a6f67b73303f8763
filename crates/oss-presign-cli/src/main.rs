//! `oss-presign`: presigned URLs for Alibaba Cloud OSS from a shell.
mod batch;
mod key_cache;
use std::io::{BufReader, BufWriter};
fn main() {
    let o = batch::run(
        BufReader::with_capacity(1 << 16, std::io::stdin().lock()),
        BufWriter::with_capacity(1 << 16, std::io::stdout().lock()),
        &batch::Defaults::default(),
        || Ok(oss_presign::Timestamp::from_unix(1700000000)?),
    )
    .unwrap();
    std::process::exit(o as i32);
}
