//! CRC-64/XZ, the checksum in `x-oss-hash-crc64ecma`.

/// Reflected polynomial of CRC-64/XZ (ECMA-182).
const POLYNOMIAL: u64 = 0xC96C_5795_D787_0F42;

#[cfg(feature = "std")]
type Digest = crc_fast::Digest;

#[cfg(not(feature = "std"))]
type Digest = crc::Digest<'static, u64, crc::NoTable>;

#[cfg(not(feature = "std"))]
static CRC_64: crc::Crc<u64, crc::NoTable> = crc::Crc::<u64, crc::NoTable>::new(&crc::CRC_64_XZ);

#[cfg(feature = "std")]
fn new_digest() -> Digest {
    crc_fast::Digest::new(crc_fast::CrcAlgorithm::Crc64Xz)
}

#[cfg(not(feature = "std"))]
fn new_digest() -> Digest {
    CRC_64.digest()
}

/// A running CRC-64/XZ over bytes that pass by, with their count.
///
/// OSS answers an upload with the CRC-64 of what it stored (`x-oss-hash-crc64ecma`, in decimal).
/// With feature `std` the processor's carry-less multiplication does the work. Without it each bit is one step: 60
/// instructions a byte are far below what a microcontroller's network costs, and a table would take 2 KiB of flash.
///
/// ```
/// let mut crc = oss_upload::Crc64::new();
/// crc.update(b"12345");
/// crc.update(b"6789");
/// assert_eq!(crc.value(), 0x995D_C9BB_DF19_39FA);
/// assert_eq!(crc.length(), 9);
/// ```
#[derive(Clone)]
pub struct Crc64 {
    digest: Digest,
    length: u64,
}

impl Crc64 {
    /// The checksum of nothing yet.
    pub fn new() -> Self {
        Self { digest: new_digest(), length: 0 }
    }

    /// Takes in the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        self.length = self.length.saturating_add(bytes.len() as u64);
    }

    /// The checksum of everything taken in so far.
    pub fn value(&self) -> u64 {
        self.digest.clone().finalize()
    }

    /// How many bytes were taken in.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The checksum of all bytes at once.
    pub fn of(bytes: &[u8]) -> u64 {
        let mut crc = Self::new();
        crc.update(bytes);
        crc.value()
    }

    /// The checksum of `first ++ second` from the checksums of both and the length of `second` in bytes.
    ///
    /// This is how OSS makes the CRC-64 of a multipart object from those of its parts.
    ///
    /// ```
    /// use oss_upload::Crc64;
    /// assert_eq!(Crc64::combine(Crc64::of(b"12345"), Crc64::of(b"6789"), 4), Crc64::of(b"123456789"));
    /// ```
    pub fn combine(first: u64, second: u64, second_length: u64) -> u64 {
        // first · x^(8·length) mod P, in the reflected representation where the top bit is x^0.
        let mut square = 1 << (63 - 8);
        let mut power = 1 << 63;
        let mut left = second_length;
        while left != 0 {
            if left & 1 == 1 {
                power = multiply(square, power);
            }
            square = multiply(square, square);
            left >>= 1;
        }
        multiply(power, first) ^ second
    }
}

/// Product of two polynomials over GF(2), modulo the CRC's.
fn multiply(mut a: u64, mut b: u64) -> u64 {
    let mut product = 0;
    while a != 0 {
        if a >> 63 == 1 {
            product ^= b;
        }
        a <<= 1;
        b = if b & 1 == 1 { (b >> 1) ^ POLYNOMIAL } else { b >> 1 };
    }
    product
}

impl Default for Crc64 {
    fn default() -> Self {
        Self::new()
    }
}

impl core::fmt::Debug for Crc64 {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Crc64").field("value", &self.value()).field("length", &self.length).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn check_value_of_the_catalogue() {
        assert_eq!(Crc64::of(b"123456789"), 0x995D_C9BB_DF19_39FA);
        assert_eq!(Crc64::of(b""), 0);
    }

    /// 48.8 TiB of zeros after one byte, by doubling with the definition alone.
    #[test]
    fn combines_over_the_largest_object() {
        let mut doubled = Crc64::of(&[0; 1024]);
        let mut length = 1024_u64;
        while length < 1 << 45 {
            doubled = Crc64::combine(doubled, doubled, length);
            length *= 2;
        }
        let first = Crc64::of(b"x");
        let once = Crc64::combine(first, doubled, length);
        let half = {
            let mut half = Crc64::of(&[0; 1024]);
            let mut n = 1024_u64;
            while n < 1 << 44 {
                half = Crc64::combine(half, half, n);
                n *= 2;
            }
            half
        };
        let twice = Crc64::combine(Crc64::combine(first, half, 1 << 44), half, 1 << 44);
        assert_eq!(once, twice);
    }

    // Miri takes seconds for more.
    const LONGEST: usize = if cfg!(miri) { 600 } else { 4096 };

    proptest! {
        #[test]
        fn any_split_combines_to_the_whole(bytes in proptest::collection::vec(any::<u8>(), 0..LONGEST), at in any::<prop::sample::Index>()) {
            let (a, b) = bytes.split_at(at.index(bytes.len() + 1));
            prop_assert_eq!(Crc64::combine(Crc64::of(a), Crc64::of(b), b.len() as u64), Crc64::of(&bytes));
            let table = crc::Crc::<u64>::new(&crc::CRC_64_XZ);
            prop_assert_eq!(Crc64::of(&bytes), table.checksum(&bytes));
        }
    }
}
