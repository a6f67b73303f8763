//! What every client has to do, and how it is checked.

use std::path::PathBuf;

use super::clients::{BROWSER, CURL, Client};
use super::job::{Job, Outcome};
use super::observe;
use super::process::Call;
use super::signer::{Signed, Signer, VERSIONED};
use super::workshop::Workshop;

/// A row of the table: requests of a client, and what must have come of them.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) jobs: Vec<Job>,
    pub(super) check: Check,
}

type Check = Box<dyn Fn(&[Outcome]) -> Result<(), String>>;
type Built = Result<Case, String>;

/// Keys that some client, or some encoder, is known to get wrong.
const AWKWARD: [&str; 12] = [
    "a blank and  two.txt",
    "plus+plus.txt",
    "ümlaut/中文/😀.txt",
    "100%.txt",
    "100%25 %7E%2F.txt",
    "'()!*~.txt",
    "a&b=c?d#e;f,g:h@i$j.txt",
    "[x]{y}|^`\"<>\\.txt",
    "a//b.txt",
    "...dots.../.txt",
    "CASE/case.TXT",
    "e\u{301}/\u{e9}.txt",
];

/// Bodies, each in a file whose extension no browser has a type for.
pub(super) struct Bodies {
    whole: Body,
    empty: Body,
    /// Its extension makes a browser send a Content-Type.
    typed: Body,
    image: Body,
    awkward: Vec<Body>,
}

#[derive(Clone)]
struct Body {
    path: PathBuf,
    bytes: Vec<u8>,
}

impl Bodies {
    /// Writes the files.
    pub(super) fn write(workshop: &Workshop) -> Result<Self, String> {
        let folder = workshop.folder("bodies")?;
        let write = |name: &str, bytes: Vec<u8>| {
            let path = folder.join(name);
            std::fs::write(&path, &bytes).map_err(|error| format!("{}: {error}", path.display()))?;
            Ok::<_, String>(Body { path, bytes })
        };
        let image = workshop.programs.join("image.png");
        let bytes = std::fs::read(&image).map_err(|error| format!("{}: {error}", image.display()))?;
        let five_mib = noise(5 << 20);
        Ok(Self {
            whole: write("5MiB.interop", five_mib.clone())?,
            empty: write("empty.interop", Vec::new())?,
            typed: write("5MiB.jpg", five_mib)?,
            image: Body { path: image, bytes },
            awkward: AWKWARD
                .iter()
                .enumerate()
                .map(|(index, key)| write(&format!("awkward-{index}.interop"), key.as_bytes().to_vec()))
                .collect::<Result<_, _>>()?,
        })
    }
}

/// Bytes without a pattern that a wrong chunk order would leave unseen (xorshift64).
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// The cases of one client.
pub(super) fn all(client: &Client, signer: &Signer, bodies: &Bodies) -> Result<Vec<Case>, String> {
    let mut cases = vec![
        put("put 5 MiB", client, signer, &bodies.whole, "5MiB.bin")?,
        put("put 0 bytes", client, signer, &bodies.empty, "empty.bin")?,
        awkward(client, signer, bodies)?,
        bound_headers(client, signer, &bodies.whole)?,
        wrong_content_type(client, signer, &bodies.whole)?,
        get(client, signer, &bodies.whole)?,
        image(client, signer, &bodies.image)?,
        version(client, signer, bodies)?,
    ];
    if client.knows_localhost {
        cases.push(virtual_hosted(client, signer, &bodies.whole)?);
    }
    if client.name == CURL {
        cases.push(curl_command(signer, &bodies.whole)?);
    }
    if client.name == BROWSER {
        cases.push(unbound_content_type(client, signer, &bodies.typed)?);
    }
    Ok(cases)
}

fn put(name: &'static str, client: &Client, signer: &Signer, body: &Body, key: &str) -> Built {
    let key = format!("{}/{key}", client.slug);
    let stored = signer.sign("get", &key, &[])?;
    let expected = body.bytes.clone();
    Ok(Case {
        name,
        jobs: vec![Job::put(signer.sign("put", &key, &[])?, &body.path)],
        check: Box::new(move |outcomes| {
            outcomes[0].expect("200")?;
            same(&fetch(&stored)?.body, &expected)
        }),
    })
}

fn awkward(client: &Client, signer: &Signer, bodies: &Bodies) -> Built {
    let mut jobs = Vec::new();
    let mut stored = Vec::new();
    for (key, body) in AWKWARD.iter().zip(&bodies.awkward) {
        let full = format!("{}/{key}", client.slug);
        jobs.push(Job::put(signer.sign("put", &full, &[])?, &body.path));
        stored.push((*key, signer.sign("get", &full, &[])?));
    }
    let check = move |outcomes: &[Outcome]| {
        for ((key, stored), outcome) in stored.iter().zip(outcomes) {
            let arrived = outcome.expect("200").and_then(|_| same(&fetch(stored)?.body, key.as_bytes()));
            arrived.map_err(|why| format!("key `{key}`: {why}"))?;
        }
        Ok(())
    };
    Ok(Case { name: "awkward keys", jobs, check: Box::new(check) })
}

fn bound_headers(client: &Client, signer: &Signer, body: &Body) -> Built {
    const BOUND: [(&str, &str); 3] = [
        ("content-type", "text/plain; charset=utf-8"),
        ("x-oss-meta-owner", "4 2"),
        ("x-oss-meta-note", "a, b; c=d/e"),
    ];
    const ADDITIONAL: (&str, &str) = ("content-disposition", "attachment; filename=\"a b.txt\"");
    let key = format!("{}/headers.txt", client.slug);
    let lines = BOUND.map(|(name, value)| format!("{name}: {value}"));
    let mut arguments: Vec<_> = lines.iter().flat_map(|line| ["--header", line.as_str()]).collect();
    let additional = format!("{}: {}", ADDITIONAL.0, ADDITIONAL.1);
    arguments.extend(["--additional-header", &additional]);
    let stored = signer.sign("get", &key, &[])?;
    let expected = body.bytes.clone();
    Ok(Case {
        name: "bound Content-Type, x-oss-meta-*, Content-Disposition",
        jobs: vec![Job::put(signer.sign("put", &key, &arguments)?, &body.path)],
        check: Box::new(move |outcomes| {
            outcomes[0].expect("200")?;
            let answer = fetch(&stored)?;
            for (name, value) in BOUND.iter().chain([&ADDITIONAL]) {
                let arrived = answer.header(name);
                if arrived != Some(value) {
                    return Err(format!("{name} is stored as {arrived:?}"));
                }
            }
            same(&answer.body, &expected)
        }),
    })
}

/// 5 MiB under a Content-Type that is not the signed one: the client has to see the refusal, not a broken connection.
fn wrong_content_type(client: &Client, signer: &Signer, body: &Body) -> Built {
    let key = format!("{}/refused.jpg", client.slug);
    let mut signed = signer.sign("put", &key, &["--content-type", "image/jpeg"])?;
    signed.headers = vec![("content-type".into(), "image/png".into())];
    let (json, missing) = (signed.json.clone(), signer.sign("get", &key, &[])?);
    Ok(Case {
        name: "wrong Content-Type: 403, seen and explained",
        jobs: vec![Job::put(signed, &body.path)],
        check: refused(signer, &json, "image/png", missing),
    })
}

/// Nobody has bound a Content-Type, and the browser sends one on its own.
fn unbound_content_type(client: &Client, signer: &Signer, body: &Body) -> Built {
    let key = format!("{}/unbound.jpg", client.slug);
    let signed = signer.sign("put", &key, &[])?;
    let (json, missing) = (signed.json.clone(), signer.sign("get", &key, &[])?);
    Ok(Case {
        name: "unbound Content-Type: 403, seen and explained",
        jobs: vec![Job::put(signed, &body.path)],
        check: refused(signer, &json, "image/jpeg", missing),
    })
}

/// Whether the refusal was seen whole, nothing was stored, and our command finds the cause in what the client saw.
fn refused(signer: &Signer, signed: &str, sent: &'static str, missing: Signed) -> Check {
    let (signer, signed) = (signer.clone(), signed.to_owned());
    Box::new(move |outcomes| {
        let answer = outcomes[0].expect("403")?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        if !answer.contains("<Code>SignatureDoesNotMatch</Code>") {
            return Err(format!("the refusal did not arrive whole: {answer}"));
        }
        observe::request("GET", &missing, &[])?.expect(404)?;
        let explanation = signer.explain(&outcomes[0].answer, &signed, sent)?;
        if !explanation.to_ascii_lowercase().contains("content-type") || !explanation.contains(sent) {
            return Err(format!("no explanation: {explanation}"));
        }
        Ok(())
    })
}

/// What the first case has stored.
fn get(client: &Client, signer: &Signer, body: &Body) -> Built {
    let expected = body.bytes.clone();
    Ok(Case {
        name: "get 5 MiB",
        jobs: vec![Job::get(signer.sign("get", &format!("{}/5MiB.bin", client.slug), &[])?)],
        check: Box::new(move |outcomes| same(&outcomes[0].expect("200")?, &expected)),
    })
}

fn image(client: &Client, signer: &Signer, body: &Body) -> Built {
    let key = format!("{}/image.png", client.slug);
    let upload = signer.sign("put", &key, &["--content-type", "image/png"])?;
    observe::request("PUT", &upload, &body.bytes)?.expect(200)?;
    let resize = ["--query", "x-oss-process=image/resize,w_32"];
    let info = ["--query", "x-oss-process=image/info"];
    Ok(Case {
        name: "get, x-oss-process=image/resize and image/info",
        jobs: vec![Job::get(signer.sign("get", &key, &resize)?), Job::get(signer.sign("get", &key, &info)?)],
        check: Box::new(|outcomes| {
            let small = outcomes[0].expect("200")?;
            // A PNG's width and height are at fixed places: 64 x 48 halved.
            if small.get(1..4) != Some(b"PNG") || small.get(16..24) != Some(&[0, 0, 0, 32, 0, 0, 0, 24]) {
                return Err("no PNG of 32 x 24 pixels".into());
            }
            let info = String::from_utf8_lossy(&outcomes[1].expect("200")?).replace(' ', "");
            match info.contains(r#""ImageWidth":{"value":"64"}"#) {
                true => Ok(()),
                false => Err(format!("image/info says {info}")),
            }
        }),
    })
}

/// The first of two versions is fetched by its id, the second without.
fn version(client: &Client, signer: &Signer, bodies: &Bodies) -> Built {
    let key = format!("{}/versions.bin", client.slug);
    let upload = signer.path_style("put", VERSIONED, &key, &[])?;
    let first = observe::request("PUT", &upload, &bodies.awkward[0].bytes)?.expect(200)?;
    let id = first.header("x-oss-version-id").ok_or("the server gave no version id")?;
    observe::request("PUT", &upload, &bodies.awkward[1].bytes)?.expect(200)?;
    let version = format!("versionId={id}");
    let old = signer.path_style("get", VERSIONED, &key, &["--query", &version])?;
    let new = signer.path_style("get", VERSIONED, &key, &[])?;
    let expected = [bodies.awkward[0].bytes.clone(), bodies.awkward[1].bytes.clone()];
    Ok(Case {
        name: "get, versionId",
        jobs: vec![Job::get(old), Job::get(new)],
        check: Box::new(move |outcomes| {
            same(&outcomes[0].expect("200")?, &expected[0])?;
            same(&outcomes[1].expect("200")?, &expected[1])
        }),
    })
}

fn virtual_hosted(client: &Client, signer: &Signer, body: &Body) -> Built {
    let key = format!("{}/virtual hosted.bin", client.slug);
    let stored = signer.sign("get", &key, &[])?;
    let expected = body.bytes.clone();
    Ok(Case {
        name: "put and get, virtual-hosted",
        jobs: vec![
            Job::put(signer.virtual_hosted("put", &key)?, &body.path),
            Job::get(signer.virtual_hosted("get", &key)?),
        ],
        check: Box::new(move |outcomes| {
            outcomes[0].expect("200")?;
            same(&outcomes[1].expect("200")?, &expected)?;
            same(&fetch(&stored)?.body, &expected)
        }),
    })
}

/// The line that `oss-presign put --curl` prints, given to a shell as it is.
fn curl_command(signer: &Signer, body: &Body) -> Built {
    let key = "curl/it's a \"line\" of $HOME.bin";
    let line = signer.curl_command(key, &body.path.to_string_lossy())?;
    let stored = signer.sign("get", key, &[])?;
    let expected = body.bytes.clone();
    Ok(Case {
        name: "the line that --curl prints",
        jobs: Vec::new(),
        check: Box::new(move |_| {
            Call::new("sh", 60).args(["-c", &line]).captured()?;
            same(&fetch(&stored)?.body, &expected)
        }),
    })
}

fn fetch(stored: &Signed) -> Result<observe::Answer, String> {
    observe::request("GET", stored, &[])?.expect(200)
}

fn same(arrived: &[u8], expected: &[u8]) -> Result<(), String> {
    if arrived == expected {
        return Ok(());
    }
    let at = arrived.iter().zip(expected).take_while(|(a, b)| a == b).count();
    Err(format!(
        "{} bytes arrived, {} expected; they differ from byte {at} on",
        arrived.len(),
        expected.len()
    ))
}
