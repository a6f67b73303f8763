//! Presigned URLs for Alibaba Cloud OSS (V4).
#![no_std]
#[cfg(feature = "alloc")]
extern crate alloc;
