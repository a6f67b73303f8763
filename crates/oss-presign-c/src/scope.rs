//! Region and product.

use oss_presign::{Product, Region};

use crate::status::Status;
use crate::text::Text;

/// A constant of `OSS_PRESIGN_OSS` and `OSS_PRESIGN_CLOUD_BOX`.
pub type ProductNumber = u32;
/// OSS in a region; what an initializer gives that leaves the product out.
pub const OSS_PRESIGN_OSS: ProductNumber = 0;
/// OSS on a cloud box, whose id stands in place of the region.
pub const OSS_PRESIGN_CLOUD_BOX: ProductNumber = 1;

/// Where signatures hold: a region and a product.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Scope {
    /// The region's id, such as `cn-hangzhou`, or the id of a cloud box.
    pub region: Text,
    /// `OSS_PRESIGN_OSS` (0) or `OSS_PRESIGN_CLOUD_BOX`.
    pub product: ProductNumber,
}

impl Scope {
    /// Returns the core's values.
    ///
    /// # Safety
    /// The region is as [`Text::bytes`] needs it.
    pub(crate) unsafe fn read<'a>(&self) -> Result<(Region<'a>, Product), Status> {
        let product = match self.product {
            OSS_PRESIGN_OSS => Product::Oss,
            OSS_PRESIGN_CLOUD_BOX => Product::CloudBox,
            _ => return Err(Status::UnknownConstant),
        };
        // SAFETY: the caller's contract.
        let region = unsafe { self.region.required() }?;
        Ok((Region::new(region)?, product))
    }
}
