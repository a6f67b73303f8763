//! Objects that are stored in parts.

use super::*;

/// A request for a step, at this server, that never expires.
pub fn sign(server: &str, step: PlanStep, id: &str) -> PresignedRequest {
    let query: Vec<_> = step.query(id).into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    presigned(step.method().as_str(), format!("{server}/b/k?{}", query.join("&")), &[])
}

const PART: usize = 100 << 10;
const SIZE: usize = 2 * PART + 17;

fn plan(server: &Recorder) -> MultipartPlan {
    let layout = PartLayout::new(SIZE as u64, PART as u64).unwrap();
    MultipartPlan::sign(layout, "ID", |step| Ok::<_, ()>(sign(&server.url(), step, "ID"))).unwrap()
}

fn part(number: usize) -> Vec<u8> {
    let bytes = pattern(SIZE);
    bytes[(number - 1) * PART..SIZE.min(number * PART)].to_vec()
}

fn part_stored(number: usize) -> Reply {
    Reply::new(
        200,
        &[("etag", &format!("\"P{number}\"")), ("x-oss-hash-crc64ecma", &crc(&part(number)))],
        b"",
    )
}

fn completed(bytes: &[u8]) -> Reply {
    Reply::new(
        200,
        &[("x-oss-hash-crc64ecma", &crc(bytes))],
        b"<CompleteMultipartUploadResult><ETag>\"M-3\"</ETag></CompleteMultipartUploadResult>",
    )
}

fn multipart(server: &Recorder, folder: &std::path::Path, plan: MultipartPlan) -> Multipart {
    let file = folder.join("a");
    std::fs::write(&file, pattern(SIZE)).unwrap();
    Multipart {
        plan,
        file,
        checkpoint: Some(folder.join("a.checkpoint")),
        parallel: 1,
        sign: None,
        server: server.url(),
    }
}

fn parts_job(server: &Recorder, multipart: Multipart) -> Job {
    job("PUT", server, Action::Multipart(multipart))
}

pub(super) fn multiparts() -> Vec<Scenario> {
    const BODY: &str = "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>\"P1\"</ETag></Part>\
        <Part><PartNumber>2</PartNumber><ETag>\"P2\"</ETag></Part><Part><PartNumber>3</PartNumber><ETag>\"P3\"</ETag></Part></CompleteMultipartUpload>";
    vec![
        Scenario {
            name: "parts make an object, and the checkpoint goes",
            script: || vec![part_stored(1), part_stored(2), part_stored(3), completed(&pattern(SIZE))],
            job: |server, folder| parts_job(server, multipart(server, folder, plan(server))),
            check: |ending, requests, folder| {
                let done = uploaded(ending);
                assert_eq!(
                    (done.bytes, done.verified, done.etag.as_deref()),
                    (SIZE as u64, true, Some("\"M-3\""))
                );
                assert_eq!(done.crc64, Crc64::of(&pattern(SIZE)));
                assert_eq!(
                    lines(requests),
                    [
                        "PUT /b/k?partNumber=1&uploadId=ID HTTP/1.1",
                        "PUT /b/k?partNumber=2&uploadId=ID HTTP/1.1",
                        "PUT /b/k?partNumber=3&uploadId=ID HTTP/1.1",
                        "POST /b/k?uploadId=ID HTTP/1.1"
                    ]
                );
                assert!(requests[1].body == part(2));
                assert_eq!(std::str::from_utf8(&requests[3].body).unwrap(), BODY);
                for request in requests {
                    assert_eq!(request.names(), ["accept", "content-length", "host", "user-agent"]);
                }
                assert_eq!(folder.read_dir().unwrap().count(), 1);
            },
        },
        Scenario {
            name: "a failed part leaves a checkpoint with the others",
            script: || vec![part_stored(1), error(403, "AccessDenied")],
            job: |server, folder| parts_job(server, multipart(server, folder, plan(server))),
            check: |ending, requests, folder| {
                assert!(
                    matches!(ending, Err(TransferError::Service(error)) if error.code() == "AccessDenied")
                );
                assert_eq!(requests.len(), 2);
                let kept = std::fs::read_to_string(folder.join("a.checkpoint")).unwrap();
                assert!(kept.contains("\"parts\":[{\"number\":1,\"etag\":\"\\\"P1\\\"\""), "{kept}");
                assert_eq!(folder.read_dir().unwrap().count(), 2);
            },
        },
        Scenario {
            name: "a part is tried again by itself",
            script: || {
                vec![
                    part_stored(1),
                    Reply::hang_up(),
                    error(500, "InternalError"),
                    part_stored(2),
                    part_stored(3),
                    completed(&pattern(SIZE)),
                ]
            },
            job: |server, folder| parts_job(server, multipart(server, folder, plan(server))),
            check: |ending, requests, _| {
                uploaded(ending);
                assert_eq!(requests.len(), 6);
            },
        },
        Scenario {
            name: "the holder initiates, and has the rest signed",
            script: || {
                vec![
                Reply::new(200, &[], b"<InitiateMultipartUploadResult><UploadId>NEW</UploadId></InitiateMultipartUploadResult>"),
                part_stored(1), part_stored(2), part_stored(3), completed(&pattern(SIZE)),
            ]
            },
            job: |server, folder| {
                let layout = PartLayout::new(SIZE as u64, PART as u64).unwrap();
                let plan = MultipartPlan::to_initiate(layout, sign(&server.url(), PlanStep::Initiate, ""));
                parts_job(
                    server,
                    Multipart { sign: Some(std::sync::Arc::new(sign)), ..multipart(server, folder, plan) },
                )
            },
            check: |ending, requests, _| {
                uploaded(ending);
                assert_eq!(requests[0].line(), "POST /b/k?uploads= HTTP/1.1");
                assert_eq!(requests[3].line(), "PUT /b/k?partNumber=3&uploadId=NEW HTTP/1.1");
                assert_eq!(requests[4].line(), "POST /b/k?uploadId=NEW HTTP/1.1");
            },
        },
        Scenario {
            name: "without somebody to sign, the missing step is named",
            script: || vec![Reply::new(200, &[], b"<R><UploadId>NEW</UploadId></R>")],
            job: |server, folder| {
                let layout = PartLayout::new(SIZE as u64, PART as u64).unwrap();
                let plan = MultipartPlan::to_initiate(layout, sign(&server.url(), PlanStep::Initiate, ""));
                parts_job(server, multipart(server, folder, plan))
            },
            check: |ending, _, _| {
                assert!(
                    matches!(
                        ending,
                        Err(TransferError::Plan(PlanError::Missing { step: PlanStep::Part { number: 1 } }))
                    ),
                    "{ending:?}"
                );
            },
        },
        Scenario {
            name: "a file of another size than the plan is refused",
            script: Vec::new,
            job: |server, folder| {
                let multipart = multipart(server, folder, plan(server));
                std::fs::write(&multipart.file, b"short").unwrap();
                parts_job(server, multipart)
            },
            check: |ending, requests, _| {
                assert!(requests.is_empty());
                assert!(
                    matches!(ending, Err(TransferError::Plan(PlanError::Size { found: 5, .. }))),
                    "{ending:?}"
                );
            },
        },
        Scenario {
            name: "a checkpoint of a changed file is refused",
            script: Vec::new,
            job: |server, folder| {
                let multipart = multipart(server, folder, plan(server));
                let kept =
                    oss_upload::Checkpoint::new(&multipart.plan, "ID", Some(oss_upload::Modified::new(1, 2)));
                std::fs::write(folder.join("a.checkpoint"), serde_json::to_vec(&kept).unwrap()).unwrap();
                parts_job(server, multipart)
            },
            check: |ending, requests, _| {
                assert!(requests.is_empty());
                assert!(
                    matches!(ending, Err(TransferError::Checkpoint(CheckpointError::OtherFile))),
                    "{ending:?}"
                );
            },
        },
        Scenario {
            name: "a wrong combined checksum is never done",
            script: || {
                vec![
                    part_stored(1),
                    part_stored(2),
                    part_stored(3),
                    completed(b"x"),
                    completed(b"x"),
                    completed(b"x"),
                ]
            },
            job: |server, folder| parts_job(server, multipart(server, folder, plan(server))),
            check: |ending, _, folder| {
                assert!(
                    matches!(ending, Err(TransferError::Integrity(IntegrityError::Crc { .. }))),
                    "{ending:?}"
                );
                assert!(folder.join("a.checkpoint").exists());
            },
        },
        Scenario {
            name: "an error inside a 200 of the completion is an error",
            script: || {
                let failed = Reply::new(200, &[], b"<Error><Code>InternalError</Code></Error>");
                vec![part_stored(1), part_stored(2), part_stored(3), failed, completed(&pattern(SIZE))]
            },
            job: |server, folder| parts_job(server, multipart(server, folder, plan(server))),
            check: |ending, requests, _| {
                assert_eq!(uploaded(ending).attempts, 2);
                assert_eq!(requests.len(), 5);
            },
        },
        Scenario {
            name: "a completion whose answer was lost is found out",
            script: || {
                let there = Reply {
                    bytes: format!(
                        "HTTP/1.1 200 OK\r\ncontent-length: {SIZE}\r\nx-oss-hash-crc64ecma: {}\r\n\r\n",
                        crc(&pattern(SIZE))
                    )
                    .into_bytes(),
                    close: false,
                    ..Reply::default()
                };
                vec![
                    part_stored(1),
                    part_stored(2),
                    part_stored(3),
                    Reply::hang_up(),
                    error(404, "NoSuchUpload"),
                    there,
                ]
            },
            job: |server, folder| parts_job(server, multipart(server, folder, plan(server))),
            check: |ending, requests, _| {
                assert!(uploaded(ending).verified);
                assert_eq!(requests[5].line(), "HEAD /b/k? HTTP/1.1");
            },
        },
        Scenario {
            name: "a completion with a wrong checksum stays one when the upload is gone",
            script: || {
                let there = Reply {
                    bytes: b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\nx-oss-hash-crc64ecma: 7\r\n\r\n"
                        .to_vec(),
                    close: false,
                    ..Reply::default()
                };
                vec![
                    part_stored(1),
                    part_stored(2),
                    part_stored(3),
                    completed(b"x"),
                    error(404, "NoSuchUpload"),
                    there,
                ]
            },
            job: |server, folder| parts_job(server, multipart(server, folder, plan(server))),
            check: |ending, _, _| {
                assert!(
                    matches!(ending, Err(TransferError::Integrity(IntegrityError::Crc { .. }))),
                    "{ending:?}"
                );
            },
        },
        Scenario {
            name: "an initiation whose answer is cut off is tried again",
            script: || {
                vec![
                    Reply::headless(200, &[], 90).cut(b"<InitiateMultipartUploadResult><Upl"),
                    Reply::new(200, &[], b"<R><UploadId>NEW</UploadId></R>"),
                    part_stored(1),
                    part_stored(2),
                    part_stored(3),
                    completed(&pattern(SIZE)),
                ]
            },
            job: |server, folder| {
                let layout = PartLayout::new(SIZE as u64, PART as u64).unwrap();
                let plan = MultipartPlan::to_initiate(layout, sign(&server.url(), PlanStep::Initiate, ""));
                let sign = Some(std::sync::Arc::new(sign) as Sign);
                parts_job(server, Multipart { sign, ..multipart(server, folder, plan) })
            },
            check: |ending, requests, _| {
                uploaded(ending);
                assert_eq!(requests[5].line(), "POST /b/k?uploadId=NEW HTTP/1.1");
            },
        },
        Scenario {
            name: "an initiation whose answer falls silent is tried again",
            script: || {
                let silent = Reply { stall: true, ..Reply::headless(200, &[], 90) };
                vec![
                    silent,
                    Reply::new(200, &[], b"<R><UploadId>NEW</UploadId></R>"),
                    part_stored(1),
                    part_stored(2),
                    part_stored(3),
                    completed(&pattern(SIZE)),
                ]
            },
            job: |server, folder| {
                let layout = PartLayout::new(SIZE as u64, PART as u64).unwrap();
                let plan = MultipartPlan::to_initiate(layout, sign(&server.url(), PlanStep::Initiate, ""));
                let sign = Some(std::sync::Arc::new(sign) as Sign);
                let job = parts_job(server, Multipart { sign, ..multipart(server, folder, plan) });
                Job { idle: Some(std::time::Duration::from_millis(500)), ..job }
            },
            check: |ending, requests, _| {
                uploaded(ending);
                let initiated = lines(requests).iter().filter(|line| line.contains("?uploads=")).count();
                assert_eq!(initiated, 2);
                assert_eq!(requests[5].line(), "POST /b/k?uploadId=NEW HTTP/1.1");
            },
        },
        Scenario {
            name: "an upload that is gone is an error",
            script: || {
                vec![
                    part_stored(1),
                    part_stored(2),
                    part_stored(3),
                    error(404, "NoSuchUpload"),
                    error(404, "NoSuchKey"),
                ]
            },
            job: |server, folder| parts_job(server, multipart(server, folder, plan(server))),
            check: |ending, _, _| {
                assert!(
                    matches!(ending, Err(TransferError::Service(error)) if error.code() == "NoSuchUpload")
                );
            },
        },
        Scenario {
            name: "an abort throws the parts away and the checkpoint too",
            script: || vec![Reply::new(204, &[], b"")],
            job: |server, folder| {
                let multipart = multipart(server, folder, plan(server));
                std::fs::write(
                    folder.join("c"),
                    serde_json::to_vec(&oss_upload::Checkpoint::new(&multipart.plan, "ID", None)).unwrap(),
                )
                .unwrap();
                job("DELETE", server, Action::Abort(multipart.plan, Some(folder.join("c"))))
            },
            check: |ending, requests, folder| {
                assert!(matches!(ending, Ok(Outcome::Aborted)), "{ending:?}");
                assert_eq!(lines(requests), ["DELETE /b/k?uploadId=ID HTTP/1.1"]);
                assert!(!folder.join("c").exists());
            },
        },
    ]
}
