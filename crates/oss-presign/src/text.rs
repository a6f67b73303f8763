//! Conversion traits of values that are texts.

/// Implements `AsRef<str>` and `Display` by `as_str`, and `Serialize` with the feature `serde`.
macro_rules! shown_as_text {
    ([$($generics:tt)*] $type:ty) => {
        impl<$($generics)*> AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl<$($generics)*> core::fmt::Display for $type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        #[cfg(feature = "serde")]
        impl<$($generics)*> serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

/// Implements the traits of [`shown_as_text!`] and `TryFrom<&str>` for a type that `new` makes from a borrowed text.
macro_rules! borrowed_text {
    ($type:ident, $error:ty) => {
        $crate::text::shown_as_text!(['a] $type<'a>);

        impl<'a> TryFrom<&'a str> for $type<'a> {
            type Error = $error;

            fn try_from(text: &'a str) -> Result<Self, $error> {
                Self::new(text)
            }
        }
    };
}

/// Implements the traits of [`shown_as_text!`], `FromStr`, `TryFrom<&str>` and, with the feature `serde`, `Deserialize` for a type that
/// a function parses.
macro_rules! parsed_text {
    ($type:ty, $parse:path, $error:ty) => {
        $crate::text::shown_as_text!([] $type);

        impl core::str::FromStr for $type {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, $error> {
                $parse(text)
            }
        }

        impl TryFrom<&str> for $type {
            type Error = $error;

            fn try_from(text: &str) -> Result<Self, $error> {
                $parse(text)
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = alloc::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                $parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use {borrowed_text, parsed_text, shown_as_text};
