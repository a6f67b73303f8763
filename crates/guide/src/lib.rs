//! The guide. Its chapters are Markdown files, which mdBook renders (`mdbook build crates/guide`) and which are the documentation
//! of the modules here, so that every example in Rust is tested as documentation is. `tests/links.rs` checks the links, and
//! `cargo xtask guide` runs the shell commands.

mod socket;

use oss_local::{BlockingServer, Credential, Server};
use oss_presign_std::{Credentials, Error, Presigner, PresignerBuilder};

pub use socket::Socket;

/// The secret of the examples, and of nobody.
const SECRET: &str = "fake-access-key-secret";

/// Starts a local server that has a bucket `examplebucket` and knows one access key.
///
/// # Errors
/// If no port is free.
pub fn server() -> std::io::Result<BlockingServer> {
    Server::new().credential(Credential::new("fake-access-key-id", SECRET)).start_blocking()
}

/// Configures a presigner with that access key for a local server.
///
/// # Errors
/// None in practice.
pub fn for_server(server: &BlockingServer) -> Result<PresignerBuilder, Error> {
    let credentials = Credentials::new("fake-access-key-id", SECRET)?;
    Ok(Presigner::builder().credentials(credentials).region("cn-hangzhou").path_style(server.url()))
}

/// Creates a presigner for a local server.
///
/// # Errors
/// As [`for_server`].
pub fn presigner(server: &BlockingServer) -> Result<Presigner, Error> {
    for_server(server)?.build()
}

/// Runs a future to its end.
///
/// # Errors
/// Those of the future.
pub fn block_on<T>(
    future: impl Future<Output = Result<T, Box<dyn std::error::Error>>>,
) -> Result<T, Box<dyn std::error::Error>> {
    tokio::runtime::Runtime::new()?.block_on(future)
}

macro_rules! chapters {
    ($($name:ident: $file:literal,)*) => {
        $(
            #[doc = include_str!(concat!("../chapters/", $file))]
            pub mod $name {}
        )*

        /// The files of the chapters.
        pub const CHAPTERS: &[&str] = &[$($file),*];
    };
}

chapters! {
    front_page: "README.md",
    first_upload: "first-upload.md",
    browsers: "browsers.md",
    servers: "servers.md",
    lifetimes: "lifetimes.md",
    endpoints: "endpoints.md",
    downloads: "downloads.md",
    large_files: "large-files.md",
    devices: "devices.md",
    gateways: "gateways.md",
    refusals: "refusals.md",
    testing: "testing.md",
    scaling: "scaling.md",
    security: "security.md",
    single_use: "single-use.md",
    moving: "moving.md",
}
