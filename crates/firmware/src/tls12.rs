//! TLS 1.2 by Mbed TLS, as a stream of `embedded-io` over another one.
//!
//! A server is accepted only with a chain of certificates that ends at one of the roots, for the name that was asked for,
//! while all of them are valid. Mbed TLS is written in C: `unsafe` here is where it is called, and where it calls back.

mod clock;

use core::ffi::{CStr, c_int, c_uchar, c_void};
use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ptr::{self, NonNull, addr_of_mut};

use embedded_io::{Error as _, ErrorKind, ErrorType, Read, Write};
use mbedtls_rs_sys as sys;
use rand_core::TryCryptoRng;
use sys::hook::timer::hook_timer;
use sys::hook::wall_clock::hook_wall_clock;
// The functions of C's library that Mbed TLS calls.
use tinyrlibc as _;

use crate::tls::Refused;
use crate::upload::Failure;
use clock::CLOCK;

pub use clock::set_time;

/// Where Mbed TLS keeps a session. Its buffers for records and the certificates of the server are on the heap.
pub struct Memory<R>(MaybeUninit<State<R>>);

struct State<R> {
    context: sys::mbedtls_ssl_context,
    config: sys::mbedtls_ssl_config,
    roots: sys::mbedtls_x509_crt,
    random: R,
}

impl<R> Memory<R> {
    /// Memory without a session.
    #[must_use]
    pub const fn new() -> Self {
        Self(MaybeUninit::uninit())
    }
}

impl<R> Default for Memory<R> {
    fn default() -> Self {
        Self::new()
    }
}

/// Why there is no session, or why it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsError {
    /// The certificate of the server is refused.
    Certificate(Refused),
    /// The random generator or any other part of Mbed TLS failed: a negative number that its header files name.
    Mbed(i32),
    /// The stream below failed.
    Stream(ErrorKind),
}

impl core::fmt::Display for TlsError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Certificate(reason) => write!(f, "the server's certificate is refused: {reason}"),
            Self::Mbed(code) => write!(f, "Mbed TLS: {code}"),
            Self::Stream(kind) => write!(f, "the stream failed: {kind:?}"),
        }
    }
}

impl core::error::Error for TlsError {}

impl From<TlsError> for Failure {
    fn from(error: TlsError) -> Self {
        match error {
            TlsError::Certificate(reason) => Self::Certificate { reason: reason.name() },
            TlsError::Mbed(_) => Self::Tls,
            TlsError::Stream(kind) => oss_upload_embedded::Error::Io(kind).into(),
        }
    }
}

impl embedded_io::Error for TlsError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Stream(kind) => *kind,
            Self::Certificate(_) | Self::Mbed(_) => ErrorKind::Other,
        }
    }
}

/// An established session. Dropping it tells the server that it ends.
pub struct Session<'m, S: Read + Write, R> {
    /// Valid and exclusively this session's for `'m`; a pointer, because Mbed TLS holds pointers into it.
    state: NonNull<State<R>>,
    stream: S,
    /// What the stream failed with: Mbed TLS hands on only that it failed.
    failure: Option<ErrorKind>,
    memory: PhantomData<&'m mut Memory<R>>,
}

impl<'m, S: Read + Write, R: TryCryptoRng> Session<'m, S, R> {
    /// Shakes hands with a server over a connected stream.
    ///
    /// * `roots`: certificates in DER format; a chain may end at any of them
    /// * `name`: the server's name, which its certificate must have
    ///
    /// [`set_time`] comes first: at an unknown time, no certificate is valid.
    ///
    /// # Errors
    /// [`TlsError`]
    pub fn connect(
        memory: &'m mut Memory<R>,
        stream: S,
        roots: &[&'static [u8]],
        name: &CStr,
        random: R,
    ) -> Result<Self, TlsError> {
        let state = memory.0.as_mut_ptr();
        // SAFETY: `state` points to memory of its type that nobody else uses for `'m`. Each structure is initialized by
        // its own function before anything reads it. The hooks are static.
        unsafe {
            hook_timer(Some(&CLOCK));
            hook_wall_clock(Some(&CLOCK));
            sys::mbedtls_ssl_init(addr_of_mut!((*state).context));
            sys::mbedtls_ssl_config_init(addr_of_mut!((*state).config));
            sys::mbedtls_x509_crt_init(addr_of_mut!((*state).roots));
            addr_of_mut!((*state).random).write(random);
        }
        let state = NonNull::new(state).ok_or(TlsError::Mbed(0))?;
        // From here on, dropping it frees what Mbed TLS holds.
        let mut session = Self { state, stream, failure: None, memory: PhantomData };
        session.configure(roots, name)?;
        // SAFETY: the context is set up.
        let outcome = session.call(|context| unsafe { sys::mbedtls_ssl_handshake(context) });
        if let Err(TlsError::Mbed(sys::MBEDTLS_ERR_X509_CERT_VERIFY_FAILED)) = outcome {
            // SAFETY: likewise.
            let reasons = session.call_raw(|context| unsafe { sys::mbedtls_ssl_get_verify_result(context) });
            return Err(TlsError::Certificate(refused(reasons)));
        }
        outcome.map(|_| session)
    }

    fn configure(&mut self, roots: &[&'static [u8]], name: &CStr) -> Result<(), TlsError> {
        let state = self.state.as_ptr();
        // SAFETY: the structures are initialized, stay where they are as long as `self`, and the roots are static.
        unsafe {
            let config = addr_of_mut!((*state).config);
            checked(sys::mbedtls_ssl_config_defaults(
                config,
                sys::MBEDTLS_SSL_IS_CLIENT as c_int,
                sys::MBEDTLS_SSL_TRANSPORT_STREAM as c_int,
                sys::MBEDTLS_SSL_PRESET_DEFAULT as c_int,
            ))?;
            sys::mbedtls_ssl_conf_authmode(config, sys::MBEDTLS_SSL_VERIFY_REQUIRED as c_int);
            for root in roots {
                let chain = addr_of_mut!((*state).roots);
                checked(sys::mbedtls_x509_crt_parse_der_nocopy(chain, root.as_ptr(), root.len()))?;
            }
            sys::mbedtls_ssl_conf_ca_chain(config, addr_of_mut!((*state).roots), ptr::null_mut());
            let random = addr_of_mut!((*state).random).cast();
            sys::mbedtls_ssl_conf_rng(config, Some(fill_random::<R>), random);
            let context = addr_of_mut!((*state).context);
            checked(sys::mbedtls_ssl_setup(context, config))?;
            checked(sys::mbedtls_ssl_set_hostname(context, name.as_ptr()))?;
        }
        Ok(())
    }
}

impl<S: Read + Write, R> Session<'_, S, R> {
    /// Calls a function of Mbed TLS that uses the stream.
    fn call_raw<T>(&mut self, function: impl FnOnce(*mut sys::mbedtls_ssl_context) -> T) -> T {
        let context = self.context();
        let this = ptr::from_mut(self).cast();
        // SAFETY: the callbacks get `self` back, which outlives this call, and are taken away after it.
        unsafe {
            sys::mbedtls_ssl_set_bio(context, this, Some(send::<S, R>), Some(receive::<S, R>), None);
        }
        let result = function(context);
        // SAFETY: the context is initialized.
        unsafe { sys::mbedtls_ssl_set_bio(context, ptr::null_mut(), None, None, None) };
        result
    }

    /// Likewise, and tells failures apart.
    fn call(
        &mut self,
        function: impl FnOnce(*mut sys::mbedtls_ssl_context) -> c_int,
    ) -> Result<usize, TlsError> {
        let result = self.call_raw(function);
        match self.failure.take() {
            Some(kind) => Err(TlsError::Stream(kind)),
            None => checked(result),
        }
    }

    fn context(&self) -> *mut sys::mbedtls_ssl_context {
        // SAFETY: a pointer into what `state` points to; nothing is read.
        unsafe { addr_of_mut!((*self.state.as_ptr()).context) }
    }
}

impl<S: Read + Write, R> ErrorType for Session<'_, S, R> {
    type Error = TlsError;
}

impl<S: Read + Write, R> Read for Session<'_, S, R> {
    /// A stream that ends without TLS's own end is cut short, which is an error.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TlsError> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let (to, length) = (buffer.as_mut_ptr(), buffer.len());
        // SAFETY: the context is set up, and the buffer has this length.
        match self.call(|context| unsafe { sys::mbedtls_ssl_read(context, to, length) }) {
            Ok(0) => Err(TlsError::Stream(ErrorKind::ConnectionReset)),
            Err(TlsError::Mbed(sys::MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY)) => Ok(0),
            outcome => outcome,
        }
    }
}

impl<S: Read + Write, R> Write for Session<'_, S, R> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, TlsError> {
        // SAFETY: the context is set up, and the bytes have this length.
        self.call(|context| unsafe { sys::mbedtls_ssl_write(context, bytes.as_ptr(), bytes.len()) })
    }

    fn flush(&mut self) -> Result<(), TlsError> {
        self.stream.flush().map_err(|error| TlsError::Stream(error.kind()))
    }
}

impl<S: Read + Write, R> Drop for Session<'_, S, R> {
    fn drop(&mut self) {
        // The upload has ended whether or not the server hears of it.
        // SAFETY: the context is initialized; before the end of a handshake this does nothing.
        let _ = self.call(|context| unsafe { sys::mbedtls_ssl_close_notify(context) });
        let state = self.state.as_ptr();
        // SAFETY: all four were initialized by `connect` and are not used again.
        unsafe {
            sys::mbedtls_ssl_free(addr_of_mut!((*state).context));
            sys::mbedtls_ssl_config_free(addr_of_mut!((*state).config));
            sys::mbedtls_x509_crt_free(addr_of_mut!((*state).roots));
            ptr::drop_in_place(addr_of_mut!((*state).random));
        }
    }
}

/// What the bits say that Mbed TLS names `MBEDTLS_X509_BADCERT_…`. Without trust, nothing else in a certificate counts.
fn refused(reasons: u32) -> Refused {
    let reasons_and_names = [
        (sys::MBEDTLS_X509_BADCERT_NOT_TRUSTED, Refused::Untrusted),
        (sys::MBEDTLS_X509_BADCERT_EXPIRED, Refused::Expired),
        (sys::MBEDTLS_X509_BADCERT_FUTURE, Refused::NotYetValid),
        (sys::MBEDTLS_X509_BADCERT_CN_MISMATCH, Refused::OtherName),
        (sys::MBEDTLS_X509_BADCERT_MISSING, Refused::Missing),
    ];
    let first = reasons_and_names.into_iter().find(|(bit, _)| reasons & bit != 0);
    first.map_or(Refused::Unusable, |(_, reason)| reason)
}

/// A number of bytes, or the error of a negative result.
fn checked(result: c_int) -> Result<usize, TlsError> {
    usize::try_from(result).map_err(|_| TlsError::Mbed(result))
}

/// Sends for Mbed TLS.
unsafe extern "C" fn send<S: Read + Write, R>(
    session: *mut c_void,
    bytes: *const c_uchar,
    length: usize,
) -> c_int {
    // SAFETY: `call_raw` passes its session, and Mbed TLS bytes of this length.
    let (session, bytes) =
        unsafe { (&mut *session.cast::<Session<'_, S, R>>(), core::slice::from_raw_parts(bytes, length)) };
    match session.stream.write(bytes) {
        Ok(count) => count as c_int,
        Err(error) => session.failed(error.kind()),
    }
}

/// Receives for Mbed TLS.
unsafe extern "C" fn receive<S: Read + Write, R>(
    session: *mut c_void,
    buffer: *mut c_uchar,
    length: usize,
) -> c_int {
    // SAFETY: likewise; Mbed TLS gives a buffer of this length.
    let (session, buffer) = unsafe {
        (&mut *session.cast::<Session<'_, S, R>>(), core::slice::from_raw_parts_mut(buffer, length))
    };
    match session.stream.read(buffer) {
        Ok(0) => sys::MBEDTLS_ERR_SSL_CONN_EOF,
        Ok(count) => count as c_int,
        Err(error) => session.failed(error.kind()),
    }
}

impl<S: Read + Write, R> Session<'_, S, R> {
    fn failed(&mut self, kind: ErrorKind) -> c_int {
        self.failure = Some(kind);
        sys::MBEDTLS_ERR_SSL_CONN_EOF
    }
}

/// Random bytes for Mbed TLS.
unsafe extern "C" fn fill_random<R: TryCryptoRng>(
    random: *mut c_void,
    bytes: *mut c_uchar,
    length: usize,
) -> c_int {
    // SAFETY: `configure` passes the generator, and Mbed TLS a buffer of this length.
    let (random, bytes) =
        unsafe { (&mut *random.cast::<R>(), core::slice::from_raw_parts_mut(bytes, length)) };
    match random.try_fill_bytes(bytes) {
        Ok(()) => 0,
        Err(_) => sys::MBEDTLS_ERR_CTR_DRBG_ENTROPY_SOURCE_FAILED,
    }
}
