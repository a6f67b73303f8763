//! Where requests are sent.

use core::mem::MaybeUninit;

use oss_presign::{Addressing, Endpoint as CoreEndpoint, Product, Region, Scope as CoreScope};

use crate::foreign::reference;
use crate::scope::Scope;
use crate::status::Status;
use crate::text::Text;

/// One of the constants from `OSS_PRESIGN_PUBLIC` to `OSS_PRESIGN_ACCELERATE_OVERSEAS`.
pub type EndpointKind = u32;
/// The public endpoint of the region: `oss-REGION.aliyuncs.com`.
pub const OSS_PRESIGN_PUBLIC: EndpointKind = 1;
/// The internal endpoint of the region, for machines inside it: `oss-REGION-internal.aliyuncs.com`.
pub const OSS_PRESIGN_INTERNAL: EndpointKind = 2;
/// The endpoint of the region with IPv6 and IPv4 addresses: `REGION.oss.aliyuncs.com`.
pub const OSS_PRESIGN_DUAL_STACK: EndpointKind = 3;
/// Transfer acceleration worldwide: `oss-accelerate.aliyuncs.com`.
pub const OSS_PRESIGN_ACCELERATE: EndpointKind = 4;
/// Transfer acceleration outside mainland China: `oss-accelerate-overseas.aliyuncs.com`.
pub const OSS_PRESIGN_ACCELERATE_OVERSEAS: EndpointKind = 5;

/// One of `OSS_PRESIGN_VIRTUAL_HOSTED`, `OSS_PRESIGN_PATH` and `OSS_PRESIGN_CNAME`: where a URL has the bucket.
pub type AddressingNumber = u32;
/// `https://BUCKET.HOST/KEY`.
pub const OSS_PRESIGN_VIRTUAL_HOSTED: AddressingNumber = 1;
/// `https://HOST/BUCKET/KEY`, as for a server under test.
pub const OSS_PRESIGN_PATH: AddressingNumber = 2;
/// `https://HOST/KEY`: the host belongs to one bucket.
pub const OSS_PRESIGN_CNAME: AddressingNumber = 3;

/// Where requests are sent. What is in it is the library's: make it with `oss_presign_endpoint_init` or
/// `oss_presign_endpoint_init_host`. It may be copied. It points to the region or to the host that it was made of, which must
/// stay where it is and as it is.
#[repr(C)]
pub struct Endpoint {
    /// The library's: 128 bytes on all machines, with room to grow.
    opaque: [MaybeUninit<u64>; 16],
}

/// What is in the memory of an [`Endpoint`].
struct State {
    /// [`READY`] if `endpoint` is initialized.
    ready: u32,
    endpoint: MaybeUninit<CoreEndpoint<'static>>,
}

/// Neither zeros nor a pattern that memory is likely to be filled with.
const READY: u32 = 0x3d0c_9a51;

const _: () =
    assert!(size_of::<State>() <= size_of::<Endpoint>() && align_of::<State>() <= align_of::<Endpoint>());

/// Makes the endpoint of a region, or that of transfer acceleration. Nobody needs it who wants the public endpoint of the
/// signer's region: that is what signing takes NULL for.
///
/// `endpoint` must not be NULL, and may have anything in it. `scope` must not be NULL; it may go afterwards, but not the text
/// of its region.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oss_presign_endpoint_init(
    endpoint: *mut Endpoint,
    kind: EndpointKind,
    scope: *const Scope,
) -> Status {
    // SAFETY: the caller's contract.
    unsafe { make(endpoint, scope, |region, product| of_kind(kind, region, product)) }
}

fn of_kind(kind: EndpointKind, region: Region<'_>, product: Product) -> Result<CoreEndpoint<'_>, Status> {
    match kind {
        OSS_PRESIGN_ACCELERATE => Ok(CoreEndpoint::accelerate()),
        OSS_PRESIGN_ACCELERATE_OVERSEAS => Ok(CoreEndpoint::accelerate_overseas()),
        OSS_PRESIGN_PUBLIC => public(region, product),
        OSS_PRESIGN_INTERNAL | OSS_PRESIGN_DUAL_STACK if product != Product::Oss => {
            Err(Status::EndpointOfCloudBox)
        }
        OSS_PRESIGN_INTERNAL => Ok(CoreEndpoint::internal(region)),
        OSS_PRESIGN_DUAL_STACK => Ok(CoreEndpoint::dual_stack(region)),
        _ => Err(Status::UnknownConstant),
    }
}

fn public(region: Region<'_>, product: Product) -> Result<CoreEndpoint<'_>, Status> {
    match product {
        Product::Oss => Ok(CoreEndpoint::public(region)),
        _ => Err(Status::EndpointOfCloudBox),
    }
}

/// Makes an endpoint of a host. It may have a scheme before it (`https://` is the default) and a port behind it.
///
/// `addressing` says where URLs have the bucket. `endpoint` must not be NULL, and may have anything in it. `scope` must not be
/// NULL: a host that is known to be in another region is refused. It may go afterwards, but not the text of the host.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oss_presign_endpoint_init_host(
    endpoint: *mut Endpoint,
    host: Text,
    addressing: AddressingNumber,
    scope: *const Scope,
) -> Status {
    // SAFETY: the caller's contract.
    unsafe {
        make(endpoint, scope, |region, _| {
            let addressing = match addressing {
                OSS_PRESIGN_VIRTUAL_HOSTED => Addressing::VirtualHosted,
                OSS_PRESIGN_PATH => Addressing::Path,
                OSS_PRESIGN_CNAME => Addressing::Cname,
                _ => return Err(Status::UnknownConstant),
            };
            let endpoint = CoreEndpoint::new(host.required()?, addressing)?;
            endpoint.check_region(region)?;
            Ok(endpoint)
        })
    }
}

/// Makes an endpoint where C wants it, or leaves one that is not ready.
///
/// # Safety
/// `endpoint` is NULL or points to memory for an endpoint, and `scope` is as [`Scope::read`] needs it. What the endpoint borrows
/// lives as long as it.
unsafe fn make<'a>(
    endpoint: *mut Endpoint,
    scope: *const Scope,
    of: impl FnOnce(Region<'a>, Product) -> Result<CoreEndpoint<'a>, Status>,
) -> Status {
    if endpoint.is_null() {
        return Status::NullPointer;
    }
    let state = endpoint.cast::<State>();
    // SAFETY: it is not NULL, and the caller's contract. A `State` fits there.
    unsafe { (&raw mut (*state).ready).write(0) };
    // SAFETY: the caller's contract.
    let scope = unsafe { reference(scope).and_then(|scope| scope.read()) };
    match scope.and_then(|(region, product)| of(region, product)) {
        Ok(made) => {
            // SAFETY: as above. An endpoint is `Copy`, so what was there needs no destructor.
            unsafe {
                (&raw mut (*state).endpoint).cast::<CoreEndpoint<'a>>().write(made);
                (&raw mut (*state).ready).write(READY);
            }
            Status::Ok
        }
        Err(status) => status,
    }
}

impl Endpoint {
    /// Returns the endpoint that is in this memory; for NULL, the public one of the scope, which is put into `public`.
    ///
    /// # Safety
    /// `endpoint` is NULL, or points to an endpoint that is zero or that [`make`] made, and that nobody changes during `'e`.
    pub(crate) unsafe fn read<'e, 'a: 'e>(
        endpoint: *const Self,
        scope: &CoreScope<'a>,
        public: &'e mut Option<CoreEndpoint<'a>>,
    ) -> Result<&'e CoreEndpoint<'a>, Status> {
        // SAFETY: the caller's contract. A `State` fits there, and zeros are one.
        match unsafe { endpoint.cast::<State>().as_ref() } {
            None => Ok(public.insert(self::public(scope.region(), scope.product())?)),
            // SAFETY: `make` has set `ready` after it had initialized the endpoint.
            Some(state) if state.ready == READY => Ok(unsafe { state.endpoint.assume_init_ref() }),
            Some(_) => Err(Status::EndpointNotReady),
        }
    }
}
