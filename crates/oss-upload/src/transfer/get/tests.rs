use super::super::scenario::{Driver, Reply, World, answer, cut, setup};
use super::*;

/// CRC-64/XZ of "123456789": 0x995DC9BBDF1939FA.
const CRC: &str = "11051210869376104954";
const WHOLE: &[(&str, &str)] = &[("etag", "\"A\""), ("content-length", "9"), ("x-oss-hash-crc64ecma", CRC)];
const REST: &[(&str, &str)] = &[("etag", "\"A\""), ("content-range", "bytes 4-8/9")];

fn get() -> Get {
    Get::new(setup("GET", 3), None, true)
}

#[test]
fn a_cut_download_goes_on_where_it_was() {
    let mut driver = Driver::new([cut(200, WHOLE, b"1234"), answer(206, REST, b"56789")]);
    let done = driver.run(&mut get(), &World::new()).unwrap();
    assert_eq!((&driver.delivered[..], done.attempts, done.verified), (&b"123456789"[..], 2, true));
    assert_eq!(driver.header(0, "range"), None);
    assert_eq!(driver.header(1, "range").as_deref(), Some("bytes=4-"));
    assert_eq!(driver.header(1, "if-match").as_deref(), Some("\"A\""));
}

#[test]
fn an_answer_that_ends_early_is_gone_on_with() {
    let mut driver = Driver::new([answer(200, WHOLE, b"1234"), answer(206, REST, b"56789")]);
    driver.run(&mut get(), &World::new()).unwrap();
    assert_eq!(driver.delivered, b"123456789");
}

#[test]
fn a_wrong_checksum_voids_everything() {
    let mut driver = Driver::new([answer(200, WHOLE, b"12345678X"), answer(200, WHOLE, b"123456789")]);
    driver.run(&mut get(), &World::new()).unwrap();
    assert_eq!((&driver.delivered[..], driver.header(1, "range")), (&b"123456789"[..], None));
}

#[test]
fn a_changed_object_comes_from_its_beginning() {
    let new: &[(&str, &str)] = &[("etag", "\"B\""), ("content-length", "3")];
    let mut driver = Driver::new([cut(200, WHOLE, b"1234"), answer(412, &[], b""), answer(200, new, b"abc")]);
    let done = driver.run(&mut get(), &World::new()).unwrap();
    assert_eq!((&driver.delivered[..], done.etag.as_deref()), (&b"abc"[..], Some("\"B\"")));
}

#[test]
fn what_is_delivered_for_good_is_never_void() {
    for second in [answer(200, WHOLE, b"123456789"), answer(412, &[], b"")] {
        let mut driver = Driver::new([cut(200, WHOLE, b"1234"), second]);
        let ending = driver.run(&mut Get::new(setup("GET", 9), None, false), &World::new());
        assert!(ending.is_err() && driver.delivered == b"1234", "{ending:?}");
    }
}

#[test]
fn more_than_the_caller_wants_is_not_delivered() {
    let mut driver = Driver::new([answer(200, WHOLE, b"123456789")]);
    let ending = driver.run(&mut get().at_most(8), &World::new());
    assert!(matches!(ending, Err(TransferError::TooLarge { limit: 8 })), "{ending:?}");
    assert!(driver.delivered.is_empty());
    // Without an announced length it shows when it comes.
    let unknown = Reply::Answer(
        super::super::scenario::head(200, &[("etag", "\"A\""), ("transfer-encoding", "chunked")]),
        [&b"1234"[..], b"56789"].into(),
        super::super::scenario::Ending::Complete,
    );
    let mut driver = Driver::new([unknown]);
    assert!(driver.run(&mut get().at_most(8), &World::new()).is_err());
    assert_eq!(driver.delivered, b"1234");
}

#[test]
fn an_object_whose_end_nothing_tells_is_not_done() {
    let run = |headers: &[(&str, &str)], allow| {
        let mut setup = setup("GET", 3);
        setup.options.allow_close_delimited = allow;
        let mut driver = Driver::new([answer(200, headers, b"123456789")]);
        driver.run(&mut Get::new(setup, None, true), &World::new())
    };
    let etag = ("etag", "\"A\"");
    let refused = run(&[etag], false);
    assert!(matches!(refused, Err(TransferError::UnexpectedAnswer { .. })), "{refused:?}");
    assert!(run(&[etag], true).is_ok());
    for end in [("content-length", "9"), ("transfer-encoding", "Chunked"), ("x-oss-hash-crc64ecma", CRC)] {
        assert!(run(&[etag, end], false).is_ok(), "{end:?}");
    }
}

#[test]
fn a_success_without_an_object_is_none() {
    for status in [201, 204, 205] {
        let mut driver = Driver::new([answer(status, WHOLE, b"")]);
        let ending = driver.run(&mut get(), &World::new());
        assert!(matches!(ending, Err(TransferError::UnexpectedAnswer { .. })), "{status}: {ending:?}");
    }
}

#[test]
fn the_announced_md5_is_compared_where_wanted() {
    // MD5 of "hello": 5d41402abc4b2a76b9719d911017c592
    let headers = [("etag", "\"A\""), ("content-length", "5"), ("content-md5", "XUFAKrxLKna5cZ2REBfFkg==")];
    let mut setup = setup("GET", 1);
    setup.options.verify_md5 = true;
    let run = |body| {
        let mut driver = Driver::new([answer(200, &headers, body)]);
        driver.run(&mut Get::new(setup.clone(), None, true), &World::new())
    };
    assert!(run(b"hello").is_ok());
    assert!(matches!(run(b"hullo"), Err(TransferError::Integrity(IntegrityError::Md5))));
}

#[test]
fn a_signed_range_is_not_added_to() {
    let mut fixed = setup("GET", 3);
    fixed.presigned = fixed.presigned.with_header("range", "bytes=2-5").unwrap();
    let partial = [("etag", "\"A\""), ("content-range", "bytes 2-5/9")];
    let mut driver = Driver::new([cut(206, &partial, b"34"), answer(206, &partial, b"3456")]);
    driver.run(&mut Get::new(fixed, None, true), &World::new()).unwrap();
    assert_eq!(driver.delivered, b"3456");
    assert_eq!(driver.header(1, "range").as_deref(), Some("bytes=2-5"));
    assert_eq!(driver.header(1, "if-match"), None);
}
