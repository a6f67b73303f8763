// Uses everything that the package declares, as a program in TypeScript does. It is compiled, strictly, and not run.

import { load, OssPresignError } from "oss-presign";
import type {
  Causes, Credentials, Explained, Inspected, OssPresign, Pairs, Refused, Signed, SignedRequest, SignRequest, Verdict, VerifyRequest,
} from "oss-presign";
import { load as loadWithSearch, OssPresignError as ErrorOfSearch } from "oss-presign/explain";
import { abort, unfinished, upload, UploadError } from "oss-presign/upload";
import type { MultipartPlan, Options, PresignedRequest, Sign, Unfinished, Uploaded } from "oss-presign/upload";

const credentials: Credentials = { access_key_id: "fake-access-key-id", access_key_secret: "fake-access-key-secret", security_token: null };
const parameters: Pairs<string | null> = { uploads: null };
const required: Pairs = [["content-type", "image/jpeg"]];

function sign(oss: OssPresign): SignedRequest {
  const request: SignRequest = {
    credentials, region: "cn-hangzhou", product: "oss", method: "PUT", bucket: "examplebucket", key: "photos/1.jpg", allow_dot_segments: false,
    endpoint: "oss-cn-hangzhou.aliyuncs.com", addressing: "virtual-hosted", scheme: "https", headers: required,
    additional_headers: ["content-length"], query: parameters, now: 1_731_400_358, expires: 600,
  };
  const signed: Signed = oss.sign(request);
  console.log(signed.canonical_request, signed.string_to_sign, signed.signature);
  const { method, url, headers, expires_at } = signed.request;
  if (expires_at !== undefined) console.log(new Date(expires_at * 1000));
  // What fetch takes.
  void fetch(url, { method, headers });
  // @ts-expect-error A request has a region.
  oss.sign({ credentials, method: "GET" });
  // @ts-expect-error There are two products.
  oss.sign({ ...request, product: "s3" });
  return signed.request;
}

function check(oss: OssPresign, request: VerifyRequest): string {
  const inspected: Inspected = oss.inspect(request.url);
  const { scheme, host, path, access_key_id, region, product, signed_at, expires_at } = inspected;
  console.log(scheme, host, path, access_key_id, region, product, signed_at + expires_at);
  console.log(inspected.temporary_credentials, inspected.host_is_signed, inspected.additional_headers.join());
  const verdict: Verdict = oss.verify({ ...request, bucket: null, region: "cn-hangzhou", now: 1_731_400_358, headers: [["host", host]] });
  // @ts-expect-error A refusal alone has a message.
  console.log(verdict.message);
  if (verdict.valid) return `${verdict.access_key_id} ${verdict.signed_at} ${verdict.expires_at?.toFixed()}`;
  return `${verdict.status} ${verdict.code} ${verdict.ec?.length} ${verdict.message} ${told(verdict)}`;
}

function told({ certainty, causes }: Causes): string[] {
  const sure: boolean = certainty === "proved" || certainty === "shown";
  return causes.map(({ code, says, signed, sent, remedy }) => `${sure} ${code} ${says} ${signed ?? ""} ${sent ?? ""} ${remedy ?? ""}`);
}

function explain(oss: OssPresign, signed: SignedRequest): Explained {
  const refused: Refused = {
    url: signed.url, method: signed.method, headers: signed.headers, signed, secrets: [{ ...credentials, name: "today's" }],
    bucket: "examplebucket", region: "cn-hangzhou", answer: { status: 403, xml: "<Error/>" }, now: 1_731_400_358,
  };
  const explained = oss.explain(refused);
  console.log(explained.first_difference?.length, explained.right_for, explained.signatures_tried.toFixed(), told(explained));
  return explained;
}

const ask: Sign = async (upload_id: string | null): Promise<MultipartPlan | PresignedRequest> => {
  const answer = await fetch("/sign", { method: "POST", body: JSON.stringify({ upload_id }) });
  return answer.json();
};

async function send(file: File, stop: AbortController): Promise<Uploaded> {
  const options: Options = {
    destination: "uploads/a", sign: ask, signal: stop.signal, parallel: 2, attempts: 3,
    onprogress: ({ sent, total, parts }) => console.log(sent / total, parts.toFixed()),
    onretry: ({ step, attempt, reason, wait }) => console.log(step, attempt.toFixed(), reason, wait.toFixed()),
  };
  // @ts-expect-error A path is no file.
  void upload("a.jpg", options);
  try {
    const uploaded = await upload(file, options);
    console.log(uploaded.verified ? BigInt(uploaded.crc64) : 0n, uploaded.etag?.length, uploaded.status.toFixed(), uploaded.requests.toFixed());
    return uploaded;
  } catch (error) {
    if (error instanceof UploadError) console.error(error.code, error.status, error.step, error.ec, error.request_id, error.xml, error.message);
    const kept: Unfinished[] = await unfinished();
    for (const { destination, name, size, modified, target, upload_id, part_size, parts } of kept) {
      console.log(name, size.toFixed(), new Date(modified), target, upload_id, part_size.toFixed());
      for (const { number, etag, crc64, bytes } of parts) console.log(number.toFixed(), etag.length, BigInt(crc64), bytes.toFixed());
      await abort({ destination, sign: ask });
    }
    throw error;
  }
}

// A plan as a service writes it.
function plan(request: PresignedRequest): MultipartPlan {
  const { method, url, headers, expires_at } = request;
  console.log(method.length, url.length, headers.length, expires_at.toFixed());
  return {
    version: 1, size: 9 << 20, part_size: 8 << 20, upload_id: "fake", initiate: request, parts: [request, request],
    complete: request, abort: request, check: request,
  };
}

export async function all(file: File, compiled: WebAssembly.Module, request: PresignedRequest): Promise<void> {
  for (const source of ["/presign.wasm", new URL("https://example.com/presign.wasm"), new Uint8Array(8), compiled, fetch("/presign.wasm")]) {
    await load(source);
  }
  const oss = await load();
  try {
    const signed = sign(oss);
    console.log(check(oss, { credentials, ...signed }));
    explain(await loadWithSearch(), signed);
  } catch (error) {
    if (error instanceof OssPresignError || error instanceof ErrorOfSearch) console.error(error.code, error.message);
  }
  console.log(plan(request), await send(file, new AbortController()));
}
