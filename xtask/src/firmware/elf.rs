//! The sizes in an ELF file, as `size` gives them.

use std::path::Path;

/// Bytes of an ELF that a microcontroller stores in flash.
pub(super) fn flash_bytes(path: &Path) -> Result<u64, String> {
    let file = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    sum(&file).ok_or_else(|| format!("{} is no 32-bit little-endian ELF", path.display()))
}

/// Text, read-only data and the initial values of data: sections that are allocated and have contents.
fn sum(file: &[u8]) -> Option<u64> {
    if !file.starts_with(b"\x7fELF\x01\x01") {
        return None;
    }
    let word = |at: usize| Some(u32::from_le_bytes(*file.get(at..)?.first_chunk()?));
    let half = |at: usize| Some(u16::from_le_bytes(*file.get(at..)?.first_chunk()?));
    let (table, entry, count) = (word(0x20)? as usize, half(0x2e)? as usize, half(0x30)? as usize);
    let mut bytes = 0;
    for index in 0..count {
        let header = table + index * entry;
        let (kind, flags, size) = (word(header + 4)?, word(header + 8)?, word(header + 0x14)?);
        const NO_BITS: u32 = 8;
        const ALLOCATED: u32 = 2;
        if kind != NO_BITS && flags & ALLOCATED != 0 {
            bytes += u64::from(size);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allocated_sections_with_contents_count() {
        // A header of 52 bytes, then three section headers of 40.
        let mut file = vec![0; 52 + 3 * 40];
        file[..6].copy_from_slice(b"\x7fELF\x01\x01");
        file[0x20] = 52;
        file[0x2e] = 40;
        file[0x30] = 3;
        // Contents, allocated; none, allocated (.bss); contents, not allocated (debug information).
        for (index, (kind, flags, size)) in [(1, 6, 100), (8, 3, 50), (1, 0, 7)].into_iter().enumerate() {
            let header = 52 + index * 40;
            file[header + 4] = kind;
            file[header + 8] = flags;
            file[header + 0x14] = size;
        }
        assert_eq!(sum(&file), Some(100));
        assert_eq!(sum(&file[..100]), None);
        assert_eq!(sum(b"MZ"), None);
    }
}
