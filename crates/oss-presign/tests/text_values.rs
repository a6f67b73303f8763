//! Values that are texts: by each trait that makes one of a text, and each that shows it.
#![cfg(feature = "serde")]
#![allow(clippy::unwrap_used)] // Clippy knows test functions, not those they call.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use oss_presign::{
    Addressing, AppendPosition, Bucket, Callback, ContentLength, Excerpt, MetaName, Method, ObjectAcl,
    ObjectKey, PageSize, PartNumber, Product, Region, ResponseHeader, Scheme, StorageClass, SymlinkTarget,
    Tagging, TrafficLimit, ValueError,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Checks that each name is parsed and shown as itself, and that the other texts are refused, with the reason in the error.
fn parsed<T, E>(names: &[&str], refused: &[&str])
where
    T: FromStr<Err = E> + for<'a> TryFrom<&'a str, Error = E> + DeserializeOwned,
    T: AsRef<str> + Display + Serialize + Debug + PartialEq,
    E: Display + Debug,
{
    for name in names {
        let value: T = name.parse().unwrap();
        assert_eq!(value.as_ref(), *name);
        assert_eq!(format!("<{value:>24}>"), format!("<{name:>24}>"));
        let json = serde_json::to_string(&value).unwrap();
        assert_eq!(json, format!("\"{name}\""));
        assert_eq!(serde_json::from_str::<T>(&json).unwrap(), value);
        // JSON may write any character as an escape.
        let escaped: String = name.chars().map(|letter| format!("\\u{:04x}", u32::from(letter))).collect();
        assert_eq!(serde_json::from_str::<T>(&format!("\"{escaped}\"")).unwrap(), value);
        assert_eq!(T::try_from(name).unwrap(), value);
    }
    for text in refused {
        let reason = text.parse::<T>().unwrap_err().to_string();
        assert_eq!(T::try_from(text).unwrap_err().to_string(), reason);
        let error = serde_json::from_str::<T>(&format!("\"{text}\"")).unwrap_err().to_string();
        assert!(error.starts_with(&reason), "{error}");
        assert!(serde_json::from_str::<T>("1").is_err());
    }
}

/// The names are those of OSS's documentation; it distinguishes their letter case.
#[test]
fn names() {
    parsed::<StorageClass, _>(
        &["Standard", "IA", "Archive", "ColdArchive", "DeepColdArchive"],
        &["standard", "Glacier", ""],
    );
    parsed::<ObjectAcl, _>(
        &["default", "private", "public-read", "public-read-write"],
        &["Private", "public", ""],
    );
    parsed::<Product, _>(&["oss", "oss-cloudbox"], &["OSS", "s3", ""]);
    parsed::<Scheme, _>(&["https", "http"], &["HTTPS", "https://", "ftp", ""]);
    parsed::<Addressing, _>(&["virtual-hosted", "path", "cname"], &["virtual", "Path", ""]);
    parsed::<Method, _>(&["GET", "PUT", "POST", "HEAD", "DELETE", "OPTIONS"], &["PATCH", "GET ", ""]);
    parsed::<MetaName, _>(&["x-oss-meta-author"], &["", "x-oss-meta-", "author name"]);
    assert_eq!("author".parse::<MetaName>().unwrap().as_ref(), "x-oss-meta-author");
}

/// OSS, "GetObject": the parameters that set headers of the response.
#[test]
fn parameters_of_responses() {
    for (header, parameter) in [
        (ResponseHeader::ContentType, "response-content-type"),
        (ResponseHeader::ContentLanguage, "response-content-language"),
        (ResponseHeader::Expires, "response-expires"),
        (ResponseHeader::CacheControl, "response-cache-control"),
        (ResponseHeader::ContentDisposition, "response-content-disposition"),
        (ResponseHeader::ContentEncoding, "response-content-encoding"),
    ] {
        assert_eq!(header.parameter(), parameter);
    }
}

/// Checks a type that borrows its text.
fn borrowed<'a, T>(text: &'a str, refused: &'a str)
where
    T: TryFrom<&'a str, Error: Debug> + AsRef<str> + Display + Serialize + Debug,
{
    let value = T::try_from(text).unwrap();
    assert_eq!((value.as_ref(), value.to_string().as_str()), (text, text));
    assert_eq!(serde_json::to_value(&value).unwrap(), text);
    T::try_from(refused).unwrap_err();
}

#[test]
fn borrowed_texts() {
    borrowed::<Bucket<'_>>("examplebucket", "Example");
    borrowed::<ObjectKey<'_>>("a/ü b.txt", "");
    borrowed::<Region<'_>>("cn-hangzhou", "oss-cn-hangzhou");
    borrowed::<Tagging<'_>>("a=b&c=", "=b");
    // `{"a":1}` in base64, and `[]`, which is no object.
    borrowed::<Callback<'_>>("eyJhIjoxfQ==", "W10=");
    assert_eq!(Excerpt::of("a text").as_ref(), "a text");
}

/// The limits are those of OSS's documentation.
#[test]
fn numbers() {
    assert_eq!(PartNumber::try_from(10_000).unwrap().as_ref(), "10000");
    assert_eq!(PartNumber::try_from(10_001), Err(ValueError::PartNumber { number: 10_001 }));
    assert_eq!(PageSize::try_from(1_000).unwrap().as_ref(), "1000");
    assert_eq!(PageSize::try_from(1_001), Err(ValueError::PageSize { entries: 1_001 }));
    assert_eq!(TrafficLimit::try_from(819_200).unwrap().as_ref(), "819200");
    assert_eq!(TrafficLimit::try_from(819_199), Err(ValueError::TrafficLimit { bits: 819_199 }));
    assert_eq!(ContentLength::try_from(5 << 30).unwrap().as_ref(), "5368709120");
    let bytes = (5 << 30) + 1;
    assert_eq!(ContentLength::try_from(bytes), Err(ValueError::ContentLength { bytes }));
    assert_eq!(AppendPosition::from(0).to_string(), "0");
    assert_eq!(format!("{:?}", AppendPosition::from(7)), "AppendPosition(7)");
    assert_eq!(serde_json::to_value(AppendPosition::from(7)).unwrap(), "7");
}

/// OSS, "PutSymlink": the target is URL-encoded. `ü` is C3 BC in UTF-8.
#[test]
fn the_target_of_a_symbolic_link() {
    let target = |key| SymlinkTarget::<16>::try_from(ObjectKey::new(key).unwrap());
    assert_eq!(target("a/b c.txt").unwrap().as_ref(), "a/b%20c.txt");
    assert_eq!(target("ü/1234567890").unwrap_err(), ValueError::SymlinkTarget { capacity: 16 });
    assert_eq!(target("ü/123456789").unwrap().to_string(), "%C3%BC/123456789");
}
