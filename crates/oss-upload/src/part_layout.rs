//! How an object is cut into parts.

use core::fmt;

/// The smallest part that is not the last: 100 KiB.
pub const MIN_PART_SIZE: u64 = 100 << 10;
/// The largest part: 5 GiB.
pub const MAX_PART_SIZE: u64 = 5 << 30;
/// The most parts of an object.
pub const MAX_PARTS: u32 = 10_000;
/// The largest object: 10 000 parts of 5 GiB, about 48.8 TiB.
pub const MAX_OBJECT_SIZE: u64 = MAX_PART_SIZE * MAX_PARTS as u64;

/// Sizes that OSS accepts: every part but the last has the same size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartLayout {
    size: u64,
    part_size: u64,
}

/// One part of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its number, from 1.
    pub number: u32,
    /// Offset of its first byte.
    pub offset: u64,
    /// Its length in bytes.
    pub length: u64,
}

impl Part {
    /// Where its bytes are among those of an object of `size` bytes in memory.
    pub fn range(&self, size: usize) -> core::ops::Range<usize> {
        let within = |position: u64| usize::try_from(position).unwrap_or(usize::MAX).min(size);
        within(self.offset)..within(self.offset.saturating_add(self.length))
    }
}

/// Why an object cannot be cut like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LayoutError {
    /// Parts below 100 KiB, and more than one of them.
    PartTooSmall {
        /// The size asked for, in bytes.
        part_size: u64,
    },
    /// Parts above 5 GiB.
    PartTooLarge {
        /// The size asked for, in bytes.
        part_size: u64,
    },
    /// More than 10 000 parts.
    TooManyParts {
        /// The least part size that would do, in bytes.
        least_part_size: u64,
    },
    /// An object above 48.8 TiB.
    ObjectTooLarge {
        /// Its size in bytes.
        size: u64,
    },
}

impl fmt::Display for LayoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PartTooSmall { part_size } => {
                write!(f, "parts of {part_size} bytes are too small: take {MIN_PART_SIZE} (100 KiB) or more")
            }
            Self::PartTooLarge { part_size } => {
                write!(f, "parts of {part_size} bytes are too large: take {MAX_PART_SIZE} (5 GiB) or less")
            }
            Self::TooManyParts { least_part_size } => {
                write!(f, "more than 10000 parts: take parts of {least_part_size} bytes or more")
            }
            Self::ObjectTooLarge { size } => {
                write!(f, "{size} bytes are more than an object can have ({MAX_OBJECT_SIZE}, about 48.8 TiB)")
            }
        }
    }
}

impl core::error::Error for LayoutError {}

impl PartLayout {
    /// An object of `size` bytes in parts of `part_size` bytes.
    ///
    /// # Errors
    /// [`LayoutError`] where OSS would refuse it.
    pub fn new(size: u64, part_size: u64) -> Result<Self, LayoutError> {
        if size > MAX_OBJECT_SIZE {
            return Err(LayoutError::ObjectTooLarge { size });
        }
        if part_size > MAX_PART_SIZE {
            return Err(LayoutError::PartTooLarge { part_size });
        }
        // The last part may be smaller, and an only part is the last one.
        if part_size == 0 || (part_size < MIN_PART_SIZE && size > part_size) {
            return Err(LayoutError::PartTooSmall { part_size });
        }
        if size.div_ceil(part_size) > u64::from(MAX_PARTS) {
            return Err(LayoutError::TooManyParts { least_part_size: size.div_ceil(u64::from(MAX_PARTS)) });
        }
        Ok(Self { size, part_size })
    }

    /// An object of `size` bytes in parts of 8 MiB, or of as many whole MiB as 10 000 parts need.
    ///
    /// # Errors
    /// [`LayoutError::ObjectTooLarge`].
    pub fn automatic(size: u64) -> Result<Self, LayoutError> {
        let least = size.div_ceil(u64::from(MAX_PARTS));
        let whole = least.div_ceil(1 << 20).saturating_mul(1 << 20);
        // Just below the largest object a whole MiB more would be too much.
        Self::new(size, whole.clamp(8 << 20, MAX_PART_SIZE))
    }

    /// Bytes in the object.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Bytes in every part but the last.
    pub fn part_size(&self) -> u64 {
        self.part_size
    }

    /// How many parts there are, 1 to 10 000; an empty object has one empty part.
    pub fn count(&self) -> u32 {
        u32::try_from(self.size.div_ceil(self.part_size)).unwrap_or(MAX_PARTS).max(1)
    }

    /// The part with this number, counted from 1.
    pub fn part(&self, number: u32) -> Option<Part> {
        let before = number.checked_sub(1).filter(|_| number <= self.count())?;
        let offset = u64::from(before).checked_mul(self.part_size)?;
        Some(Part { number, offset, length: self.part_size.min(self.size.saturating_sub(offset)) })
    }

    /// All parts, in order.
    pub fn parts(&self) -> impl Iterator<Item = Part> + use<> {
        let layout = *self;
        (1..=layout.count()).filter_map(move |number| layout.part(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_of_oss() {
        assert_eq!(
            PartLayout::new(1 << 30, MIN_PART_SIZE - 1),
            Err(LayoutError::PartTooSmall { part_size: 102_399 })
        );
        assert_eq!(PartLayout::new(1 << 30, 0), Err(LayoutError::PartTooSmall { part_size: 0 }));
        assert_eq!(
            PartLayout::new(1, MAX_PART_SIZE + 1),
            Err(LayoutError::PartTooLarge { part_size: 5_368_709_121 })
        );
        assert_eq!(PartLayout::new(MIN_PART_SIZE * 10_000, MIN_PART_SIZE).map(|l| l.count()), Ok(10_000));
        assert_eq!(
            PartLayout::new(MIN_PART_SIZE * 10_000 + 1, MIN_PART_SIZE),
            Err(LayoutError::TooManyParts { least_part_size: 102_401 })
        );
        assert_eq!(PartLayout::new(50, 100).map(|l| l.count()), Ok(1));
        assert_eq!(
            PartLayout::new(MIN_PART_SIZE + 1, MIN_PART_SIZE).unwrap().part(2),
            Some(Part { number: 2, offset: 102_400, length: 1 })
        );
    }

    /// 10 000 × 5 GiB = 53 687 091 200 000 bytes = 48.828 TiB.
    #[test]
    fn the_largest_object() {
        assert_eq!(MAX_OBJECT_SIZE, 53_687_091_200_000);
        let layout = PartLayout::new(MAX_OBJECT_SIZE, MAX_PART_SIZE).unwrap();
        assert_eq!(layout.count(), 10_000);
        assert_eq!(
            layout.part(10_000),
            Some(Part { number: 10_000, offset: 53_681_722_490_880, length: MAX_PART_SIZE })
        );
        assert_eq!(layout.part(10_001), None);
        assert_eq!(Part { number: 2, offset: 4, length: 4 }.range(6), 4..6);
        assert_eq!(layout.parts().map(|part| part.length).sum::<u64>(), MAX_OBJECT_SIZE);
        assert_eq!(PartLayout::automatic(MAX_OBJECT_SIZE), Ok(layout));
        let too_large = MAX_OBJECT_SIZE + 1;
        assert_eq!(PartLayout::automatic(too_large), Err(LayoutError::ObjectTooLarge { size: too_large }));
        assert_eq!(PartLayout::automatic(u64::MAX), Err(LayoutError::ObjectTooLarge { size: u64::MAX }));
    }

    #[test]
    fn automatic_sizes() {
        let cut = |size| PartLayout::automatic(size).map(|l| (l.part_size(), l.count())).unwrap();
        assert_eq!(cut(0), (8 << 20, 1));
        assert_eq!(cut((8 << 20) + 1), (8 << 20, 2));
        assert_eq!(cut((8 << 20) * 10_000), (8 << 20, 10_000));
        assert_eq!(cut((8 << 20) * 10_000 + 1), (9 << 20, 8_889));
        assert_eq!(PartLayout::automatic(0).unwrap().part(1), Some(Part { number: 1, offset: 0, length: 0 }));
        assert_eq!(PartLayout::automatic(0).unwrap().part(0), None);
    }
}
