/** Names and values, as pairs or as an object. */
export type Pairs<Value = string> = ReadonlyArray<readonly [string, Value]> | Readonly<Record<string, Value>>;

/** An access key. */
export interface Credentials {
  access_key_id: string;
  access_key_secret: string;
  /** The token that STS issued with a temporary access key. */
  security_token?: string | null;
}

/** A request to sign. */
export interface SignRequest {
  credentials: Credentials;
  /** The region of the bucket, such as `cn-hangzhou`. */
  region: string;
  /** `oss` unless it is `oss-cloudbox`. */
  product?: "oss" | "oss-cloudbox" | null;
  method: string;
  bucket?: string | null;
  /** The object's key, not encoded. */
  key?: string | null;
  /** Allows keys with a segment `.` or `..`, which browsers and many clients remove from a URL. */
  allow_dot_segments?: boolean;
  /** A host, without the bucket; the region's public endpoint without it. */
  endpoint?: string | null;
  /** Where a URL has the bucket; `virtual-hosted` (`bucket.host`) without it. */
  addressing?: "virtual-hosted" | "path" | "cname" | null;
  /** `https` without it. */
  scheme?: "https" | "http" | null;
  /** Headers that the sender must send with exactly these values. */
  headers?: Pairs;
  /** Names of headers to sign that are not signed by default. */
  additional_headers?: readonly string[];
  /** Parameters; `null` stands for one without a value. */
  query?: Pairs<string | null>;
  /** Seconds since 1970; the clock's without it. */
  now?: number;
  /** How many seconds a URL works: 1 to 604 800. Without it the request is signed by the header `authorization`. */
  expires?: number | null;
}

/** A request to send, with exactly these headers. A URL with a signature is a secret until it expires. */
export interface SignedRequest {
  method: string;
  url: string;
  headers: [string, string][];
  /** Seconds since 1970. Absent for a signature in a header. */
  expires_at?: number;
}

/** A signed request, and how its signature is made. The texts hold the security token, where there is one. */
export interface Signed {
  request: SignedRequest;
  canonical_request: string;
  string_to_sign: string;
  /** HMAC-SHA256 of the string to sign by the day's signing key, in hex. */
  signature: string;
}

/** What a presigned URL says of itself: nothing secret. */
export interface Inspected {
  scheme: "https" | "http";
  host: string;
  /** Percent-encoded, as it is in the URL. */
  path: string;
  access_key_id: string;
  region: string;
  product: string;
  /** Seconds since 1970. */
  signed_at: number;
  /** Seconds since 1970. */
  expires_at: number;
  /** Whether the URL has a security token: it ends with that, if that is sooner. */
  temporary_credentials: boolean;
  host_is_signed: boolean;
  /** Headers, besides those signed by default, that must be sent with the values they were signed with. */
  additional_headers: string[];
}

/** Why a request is refused. */
export interface Causes {
  /** `proved`: the signature was made again under these causes. `shown`: the request or the answer shows it. */
  certainty: "proved" | "shown" | "guessed";
  causes: {
    /** A stable name for programs. */
    code: string;
    says: string;
    signed: string | null;
    sent: string | null;
    /** What to do, where `says` does not. */
    remedy: string | null;
  }[];
}

/** A request as a server receives it, and who may have signed it. */
export interface VerifyRequest {
  credentials: Credentials;
  method: string;
  url: string;
  /** All headers but `host`. */
  headers?: Pairs;
  /** The bucket, where the host has it or belongs to it. Without it the path is tried, and then the host's first label. */
  bucket?: string | null;
  /** The region of the bucket; the one that the signature names without it. */
  region?: string | null;
  /** Seconds since 1970; the clock's without it. */
  now?: number;
}

export type Verdict =
  | { valid: true; access_key_id: string; signed_at: number; expires_at: number | null }
  | ({ valid: false; status: number; code: string; ec: string | null; message: string } & Causes);

/** What is known of a request that was refused. */
export interface Refused {
  /** As it was sent, damaged or not. */
  url: string;
  method?: string | null;
  /** All headers that were sent, where they are known. */
  headers?: Pairs | null;
  /** What the signer handed out, where that is known. */
  signed?: { method: string; url: string; headers?: Pairs } | null;
  /** Secrets that may have signed, the likeliest first. Used by the module with the search, and named in no result. */
  secrets?: readonly (Credentials & { name?: string | null })[];
  bucket?: string | null;
  region?: string | null;
  /** What the service answered: its status, and its body. */
  answer?: { status?: number; xml?: string } | null;
  /** Seconds since 1970; the clock's without it. */
  now?: number;
}

export interface Explained extends Causes {
  /** The first line in which the service's canonical request differs from what was signed. */
  first_difference: string | null;
  /** The method for which the signature is right, where nothing is wrong with it. */
  right_for: string | null;
  signatures_tried: number;
}

/** The functions of the module. Each throws {@link OssPresignError} for what it refuses. */
export interface OssPresign {
  /** Signs a request, as a URL or by header. */
  sign(request: SignRequest): Signed;
  /** Reads a presigned URL. It needs no secret and verifies nothing. */
  inspect(url: string): Inspected;
  /** Says what the service would say. */
  verify(request: VerifyRequest): Verdict;
  /** Says why a request was refused. With the search it proves the mistake, where it knows the secret. */
  explain(refused: Refused): Explained;
}

export declare class OssPresignError extends Error {
  /** A stable name for programs. */
  readonly code: string;
}

type Source = string | URL | Response | BufferSource | WebAssembly.Module;

/** Compiles the module; without an argument the file beside this one. */
export declare function load(source?: Source | Promise<Source>): Promise<OssPresign>;
