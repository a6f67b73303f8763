//! Texts, as C gives and takes them.

use core::ffi::c_char;
use core::ptr;

use crate::foreign::list;
use crate::status::Status;

/// A text: UTF-8 bytes with their number. A text is absent if `data` is NULL (and `length` 0), as in an initializer that
/// leaves it out. As an argument it needs no NUL byte at its end. As a result it points into the caller's buffer, to a text
/// that the caller gave, or to static memory, and only the URL of `oss_presign_sign_url` is followed by a NUL byte.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Text {
    /// The bytes, or NULL for no text.
    pub data: *const c_char,
    /// The number of bytes.
    pub length: usize,
}

impl Text {
    pub(crate) const ABSENT: Self = Self { data: ptr::null(), length: 0 };

    pub(crate) const fn of(text: &str) -> Self {
        Self { data: text.as_ptr().cast(), length: text.len() }
    }

    pub(crate) const fn is_absent(&self) -> bool {
        self.data.is_null() && self.length == 0
    }

    /// Returns the bytes, or `None` for an absent text.
    ///
    /// # Safety
    /// `data` is NULL, or points to `length` bytes that nobody changes during `'a`.
    pub(crate) unsafe fn bytes<'a>(self) -> Result<Option<&'a [u8]>, Status> {
        if self.data.is_null() {
            return if self.length == 0 { Ok(None) } else { Err(Status::TextWithoutData) };
        }
        // SAFETY: the caller's contract.
        unsafe { list(self.data.cast(), self.length) }.map(Some)
    }

    /// Returns the text, or `None` for an absent one.
    ///
    /// # Safety
    /// As [`Text::bytes`].
    pub(crate) unsafe fn optional<'a>(self) -> Result<Option<&'a str>, Status> {
        // SAFETY: the caller's contract.
        if self.is_absent() { Ok(None) } else { unsafe { self.required() }.map(Some) }
    }

    /// Returns the text, where an absent one is as good as an empty one: the core refuses both in the same words.
    ///
    /// # Safety
    /// As [`Text::bytes`].
    #[inline(never)]
    pub(crate) unsafe fn required<'a>(self) -> Result<&'a str, Status> {
        // SAFETY: the caller's contract.
        let bytes = unsafe { self.bytes() }?.unwrap_or_default();
        core::str::from_utf8(bytes).map_err(|_| Status::TextNotUtf8)
    }
}

/// A name with its value: a header, a query parameter, or a field of a form.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Field {
    /// The name.
    pub name: Text,
    /// The value. Absent is the same as empty.
    pub value: Text,
}

impl Field {
    pub(crate) const fn of(name: &str, value: &str) -> Self {
        Self { name: Text::of(name), value: Text::of(value) }
    }

    /// Returns name and value.
    ///
    /// # Safety
    /// Both are as [`Text::bytes`] needs them.
    pub(crate) unsafe fn read<'a>(&self) -> Result<(&'a str, &'a str), Status> {
        // SAFETY: the caller's contract.
        unsafe { Ok((self.name.required()?, self.value.required()?)) }
    }
}

/// Fills an array of a result, and returns how many there are.
pub(crate) fn fill<'f>(
    places: &mut [Field],
    fields: impl Iterator<Item = (&'f str, &'f str)>,
) -> Result<usize, Status> {
    let mut count = 0;
    for (name, value) in fields {
        *places.get_mut(count).ok_or(Status::Internal)? = Field::of(name, value);
        count += 1;
    }
    Ok(count)
}
