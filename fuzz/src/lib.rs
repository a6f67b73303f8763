//! What several fuzz targets need: plain second implementations to compare with, and the texts that inputs are written in.

pub mod plain;
pub mod policy;
pub mod text;
