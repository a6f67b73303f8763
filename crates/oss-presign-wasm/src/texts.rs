//! Arguments and results as a row of texts: each has its length in bytes, as four bytes with the least significant first,
//! and its UTF-8. The length [`ABSENT`] stands for a text that is not there. Numbers are in decimal; a list is its number of
//! items, and the items.

use crate::failure::Failure;

/// The length of a text that is not there.
pub const ABSENT: u32 = u32::MAX;

/// Reads a row of texts.
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Reads from the first text.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    fn take(&mut self, bytes: usize) -> Result<&'a [u8], Failure> {
        let (taken, rest) = self.0.split_at_checked(bytes).ok_or_else(malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    /// Returns the next text, or `None` where it is not there.
    ///
    /// # Errors
    /// Bytes that are no row of texts.
    pub fn optional(&mut self) -> Result<Option<&'a str>, Failure> {
        let length = self.take(4)?.try_into().map(u32::from_le_bytes).map_err(|_| malformed())?;
        if length == ABSENT {
            return Ok(None);
        }
        let bytes = self.take(usize::try_from(length).map_err(|_| malformed())?)?;
        std::str::from_utf8(bytes).map(Some).map_err(|_| malformed())
    }

    /// Returns the next text.
    ///
    /// # Errors
    /// A text that is not there, and as [`optional`](Self::optional).
    pub fn text(&mut self) -> Result<&'a str, Failure> {
        self.optional()?.ok_or_else(malformed)
    }

    /// Returns the next text as a number, or `None` where it is not there.
    ///
    /// # Errors
    /// A text that is no number of the type, and as [`optional`](Self::optional).
    pub fn optional_number<N: TryFrom<u64>>(&mut self) -> Result<Option<N>, Failure> {
        let number = |text: &str| N::try_from(text.parse::<u64>().ok()?).ok();
        self.optional()?.map(|text| number(text).ok_or_else(malformed)).transpose()
    }

    /// Returns the next text as a number.
    ///
    /// # Errors
    /// As [`optional_number`](Self::optional_number), and a text that is not there.
    pub fn number<N: TryFrom<u64>>(&mut self) -> Result<N, Failure> {
        self.optional_number()?.ok_or_else(malformed)
    }

    /// Returns the next list, each of whose items `item` reads, or `None` where it is not there.
    ///
    /// # Errors
    /// Those of `item`, and as [`optional_number`](Self::optional_number).
    pub fn optional_list<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<T, Failure>,
    ) -> Result<Option<Vec<T>>, Failure> {
        let Some(count) = self.optional_number::<u32>()? else { return Ok(None) };
        let mut list = Vec::new();
        for _ in 0..count {
            list.push(item(self)?);
        }
        Ok(Some(list))
    }

    /// Returns the next list of names and values, or `None` where it is not there.
    ///
    /// # Errors
    /// As [`optional_list`](Self::optional_list).
    pub fn optional_pairs(&mut self) -> Result<Option<Vec<(&'a str, &'a str)>>, Failure> {
        self.optional_list(|texts| Ok((texts.text()?, texts.text()?)))
    }

    /// Returns the next list of names and values; it is empty where it is not there.
    ///
    /// # Errors
    /// As [`optional_list`](Self::optional_list).
    pub fn pairs(&mut self) -> Result<Vec<(&'a str, &'a str)>, Failure> {
        Ok(self.optional_pairs()?.unwrap_or_default())
    }
}

fn malformed() -> Failure {
    Failure::new("Argument", "the arguments are not those of this function")
}

/// Writes a row of texts.
#[derive(Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// Creates an empty row.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Appends a text.
    pub fn text(&mut self, text: &str) {
        self.optional(Some(text));
    }

    /// Appends a text, or that it is not there.
    pub fn optional(&mut self, text: Option<&str>) {
        // A text of 4 GiB does not fit beside its source into the memory of WebAssembly.
        let length = text.and_then(|text| u32::try_from(text.len()).ok());
        self.0.extend_from_slice(&length.unwrap_or(ABSENT).to_le_bytes());
        self.0.extend_from_slice(text.unwrap_or_default().as_bytes());
    }

    /// Appends a number.
    pub fn number(&mut self, number: impl Into<u64>) {
        self.text(&number.into().to_string());
    }

    /// Returns the row.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut writer = Writer::new();
        writer.text("ä");
        writer.optional(None);
        writer.text("");
        writer.number(2_u32);
        ["a", "1", "b", ""].into_iter().for_each(|text| writer.text(text));
        let bytes = writer.into_bytes();
        assert_eq!(bytes[..6], [2, 0, 0, 0, 0xC3, 0xA4]);
        assert_eq!(bytes[6..10], [0xFF; 4]);
        let mut reader = Reader::new(&bytes);
        assert_eq!(reader.text().ok(), Some("ä"));
        assert_eq!(reader.optional().ok(), Some(None));
        assert_eq!(reader.optional().ok(), Some(Some("")));
        assert_eq!(reader.pairs().ok(), Some(vec![("a", "1"), ("b", "")]));
        assert!(reader.optional().is_err());
    }

    #[test]
    fn what_is_no_row_is_refused() {
        for bytes in [&[0][..], &[1, 0, 0, 0], &[1, 0, 0, 0, 0xFF], &[0xFE, 0xFF, 0xFF, 0xFF, b'a']] {
            assert!(Reader::new(bytes).optional().is_err(), "{bytes:?}");
        }
        assert!(Reader::new(&[0xFF; 4]).text().is_err());
        assert!(Reader::new(&[1, 0, 0, 0, b'-']).number::<u64>().is_err());
        assert!(Reader::new(&[3, 0, 0, 0, b'2', b'5', b'6']).number::<u8>().is_err());
        // A count alone reserves no memory.
        assert!(Reader::new(&[9, 0, 0, 0, 52, 50, 57, 52, 57, 54, 55, 50, 57]).pairs().is_err());
    }
}
