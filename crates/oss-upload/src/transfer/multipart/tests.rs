use super::super::scenario::{Driver, Reply, World, answer, presigned};
use super::*;
use crate::crc64::Crc64;
use crate::part_layout::PartLayout;
use crate::retry::RetryPolicy;

const SIZE: u64 = 250_000;
const PART_SIZE: u64 = 102_400;

fn layout() -> PartLayout {
    PartLayout::new(SIZE, PART_SIZE).unwrap()
}

fn planned() -> MultipartPlan {
    MultipartPlan::sign(layout(), "ID", |step| Ok::<_, ()>(presigned(step.method().as_str(), 3600))).unwrap()
}

fn options() -> Options {
    Options::default().retry(RetryPolicy::default().max_attempts(2))
}

fn upload(plan: MultipartPlan, earlier: Option<Checkpoint>, signable: bool) -> Multipart {
    Multipart::new(plan, SIZE, None, earlier, options(), signable).unwrap()
}

/// Drives the request of an action.
fn send(upload: &mut Multipart, action: MultipartAction, replies: Vec<Reply>) -> Result<(), TransferError> {
    let MultipartAction::Send(mut step) = action else { panic!("{action:?}") };
    let mut driver = Driver::new(replies);
    driver.body = match &step.body {
        StepBody::Part(part) => body(part.length),
        StepBody::Text(_) => b"",
    };
    let ending = driver.run(&mut step.put, &World::new());
    upload.sent(&step, ending)
}

fn save(upload: &mut Multipart) -> Checkpoint {
    let action = upload.next_action().unwrap();
    let MultipartAction::Save(checkpoint) = action else { panic!("{action:?}") };
    upload.saved();
    checkpoint
}

fn stored() -> Reply {
    answer(200, &[("etag", "\"P\"")], b"")
}

/// An upload of which all parts are there.
fn sent() -> Multipart {
    let mut upload = upload(planned(), None, false);
    assert!(save(&mut upload).parts().is_empty());
    assert!(matches!(upload.next_action(), Ok(MultipartAction::Split)));
    for number in 1..=3 {
        let action = upload.next_action().unwrap();
        send(&mut upload, action, [stored()].into()).unwrap();
        assert_eq!(save(&mut upload).parts().len(), number);
    }
    assert!(matches!(upload.next_action(), Ok(MultipartAction::Join)));
    upload.joined(Ok(()));
    upload
}

/// So many bytes of 7. Miri would take minutes for their checksum: there one byte stands for all of a part.
fn body(length: u64) -> &'static [u8] {
    const BYTES: &[u8] = &[7; SIZE as usize];
    &BYTES[..if cfg!(miri) { 1 } else { usize::try_from(length).unwrap() }]
}

/// CRC-64 of the object.
fn crc() -> String {
    if cfg!(miri) {
        let part = Crc64::of(body(PART_SIZE));
        let two = Crc64::combine(part, part, PART_SIZE);
        return Crc64::combine(two, part, SIZE - 2 * PART_SIZE).to_string();
    }
    Crc64::of(body(SIZE)).to_string()
}

#[test]
fn parts_are_sent_kept_and_made_an_object() {
    let mut upload = sent();
    let action = upload.next_action().unwrap();
    let MultipartAction::Send(step) = &action else { panic!("{action:?}") };
    let StepBody::Text(xml) = &step.body else { panic!("{:?}", step.body) };
    assert_eq!(xml.matches("<ETag>\"P\"</ETag>").count(), 3);
    send(
        &mut upload,
        action,
        [answer(200, &[("etag", "\"M-3\""), ("x-oss-hash-crc64ecma", &crc())], b"")].into(),
    )
    .unwrap();
    assert!(matches!(upload.next_action(), Ok(MultipartAction::Forget)));
    let Ok(MultipartAction::Done(done)) = upload.next_action() else { panic!("not done") };
    assert_eq!((done.bytes, done.verified, done.etag.as_deref()), (SIZE, true, Some("\"M-3\"")));
}

#[test]
fn the_upload_is_initiated_signed_and_kept_before_the_first_part() {
    let plan = MultipartPlan::to_initiate(layout(), presigned("POST", 3600));
    let mut upload = upload(plan, None, true);
    let action = upload.next_action().unwrap();
    send(&mut upload, action, [answer(200, &[], b"<R><UploadId>NEW</UploadId></R>")].into()).unwrap();
    assert_eq!(save(&mut upload).upload_id(), "NEW");
    assert!(matches!(upload.next_action(), Ok(MultipartAction::Split)));
    let action = upload.next_action().unwrap();
    let MultipartAction::Sign { step, upload_id } = action else { panic!("{action:?}") };
    assert_eq!((step, upload_id.as_str()), (PlanStep::Part { number: 1 }, "NEW"));
    let action = upload.signed(step, Ok(presigned("PUT", 60))).unwrap();
    assert!(matches!(action, MultipartAction::Send(step) if step.upload_id == "NEW"));
    let refused = upload.signed(step, Err("no".into()));
    assert!(matches!(refused, Err(TransferError::Refresh(_))));
}

#[test]
fn an_initiation_without_an_id_is_none() {
    let plan = MultipartPlan::to_initiate(layout(), presigned("POST", 3600));
    let mut upload = upload(plan, None, true);
    let action = upload.next_action().unwrap();
    let ending = send(&mut upload, action, [answer(200, &[], b"<R></R>")].into());
    assert!(matches!(ending, Err(TransferError::UnexpectedAnswer { what: "no UploadId" })), "{ending:?}");
}

#[test]
fn one_lane_writes_the_checkpoint_while_the_others_go_on() {
    let mut upload = upload(planned(), None, false);
    save(&mut upload);
    upload.next_action().unwrap();
    let (one, two) = (upload.next_action().unwrap(), upload.next_action().unwrap());
    send(&mut upload, one, [stored()].into()).unwrap();
    let writing = upload.next_action().unwrap();
    assert!(matches!(writing, MultipartAction::Save(kept) if kept.parts().len() == 1));
    send(&mut upload, two, [stored()].into()).unwrap();
    // The second lane does not wait for the first one's disk.
    assert!(matches!(upload.next_action(), Ok(MultipartAction::Send(_))));
    upload.saved();
    assert_eq!(save(&mut upload).parts().len(), 2);
}

#[test]
fn what_is_done_is_kept_when_a_lane_fails() {
    let mut upload = upload(planned(), None, false);
    save(&mut upload);
    upload.next_action().unwrap();
    let (one, two) = (upload.next_action().unwrap(), upload.next_action().unwrap());
    send(&mut upload, one, [stored()].into()).unwrap();
    // The lane is stopped while it writes.
    assert!(matches!(upload.next_action(), Ok(MultipartAction::Save(_))));
    let failed = send(&mut upload, two, [answer(403, &[], b"")].into());
    upload.joined(failed);
    assert_eq!(save(&mut upload).parts().len(), 1);
    assert!(matches!(upload.next_action(), Err(TransferError::Service(error)) if error.status() == 403));
}

#[test]
fn a_checkpoint_leaves_the_rest() {
    let mut earlier = Checkpoint::new(&planned(), "ID", None);
    earlier.record(DonePart::new(2, "\"P\"", 5));
    let mut upload = upload(planned(), Some(earlier), false);
    assert_eq!(upload.done_bytes(), PART_SIZE);
    save(&mut upload);
    upload.next_action().unwrap();
    for expected in [1, 3] {
        let action = upload.next_action().unwrap();
        let MultipartAction::Send(step) = action else { panic!("{action:?}") };
        assert_eq!(step.step, PlanStep::Part { number: expected });
    }
    assert!(matches!(upload.next_action(), Ok(MultipartAction::Join)));
}

/// Completes with an upload that nobody knows, after the answers in `before`; then asks about the object.
fn lost(before: Vec<Reply>, found: Reply) -> Result<(), TransferError> {
    let mut upload = sent();
    let action = upload.next_action().unwrap();
    let mut replies = before;
    replies.push(answer(404, &[], b"<Error><Code>NoSuchUpload</Code></Error>"));
    send(&mut upload, action, replies).unwrap();
    let action = upload.next_action().unwrap();
    let MultipartAction::Check(mut ask, PlanStep::Check, _) = action else { panic!("{action:?}") };
    let ending = Driver::new([found]).run(ask.as_mut(), &World::new());
    upload.checked(ending)?;
    assert!(matches!(upload.next_action(), Ok(MultipartAction::Forget)));
    Ok(())
}

#[test]
fn a_completion_whose_answer_was_lost_is_found_out() {
    lost([Reply::Cut].into(), answer(200, &[("x-oss-hash-crc64ecma", &crc())], b"")).unwrap();
    let other = lost([Reply::Cut].into(), answer(200, &[("x-oss-hash-crc64ecma", "8")], b""));
    assert!(matches!(other, Err(TransferError::Service(error)) if error.code() == "NoSuchUpload"));
    let missing = lost([].into(), answer(404, &[], b""));
    assert!(matches!(missing, Err(TransferError::Service(error)) if error.code() == "NoSuchUpload"));
}

#[test]
fn a_completion_with_a_wrong_checksum_stays_one() {
    let wrong = answer(200, &[("etag", "\"M-3\""), ("x-oss-hash-crc64ecma", "8")], b"");
    let ending = lost([wrong].into(), answer(404, &[], b""));
    assert!(matches!(ending, Err(TransferError::Integrity(IntegrityError::Crc { remote: 8, .. }))));
}

#[test]
fn a_step_that_nobody_signs_is_named() {
    let plan = MultipartPlan::to_initiate(layout(), presigned("POST", 3600));
    let mut upload = upload(plan, None, false);
    let action = upload.next_action().unwrap();
    send(&mut upload, action, [answer(200, &[], b"<R><UploadId>NEW</UploadId></R>")].into()).unwrap();
    save(&mut upload);
    upload.next_action().unwrap();
    let missing = PlanError::Missing { step: PlanStep::Part { number: 1 } };
    assert!(matches!(upload.next_action(), Err(TransferError::Plan(error)) if error == missing));
}
