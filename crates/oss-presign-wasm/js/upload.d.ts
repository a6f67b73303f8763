/** A presigned request, in the JSON that signers print. */
export interface PresignedRequest {
  method: string;
  url: string;
  /** Headers that must be sent with exactly these values. */
  headers: [string, string][];
  /** Seconds since 1970. */
  expires_at: number;
}

/** A multipart upload: a request for every step. Version 1 of the JSON of `oss_upload::MultipartPlan`. */
export interface MultipartPlan {
  version: 1;
  /** Bytes of the file. */
  size: number;
  /** Bytes of every part but the last. */
  part_size: number;
  /** Absent where the browser is to begin the upload with `initiate`; `sign` is then called with the id that it got. */
  upload_id?: string;
  initiate?: PresignedRequest;
  parts?: PresignedRequest[];
  complete?: PresignedRequest;
  abort?: PresignedRequest;
  /** HEAD of the object: tells whether a completion took place whose answer was lost. */
  check?: PresignedRequest;
}

/**
 * Asks your service to sign: for a new upload without an id, for the upload with this id otherwise. It is called when an upload
 * begins or goes on, and when URLs have expired. A request by itself is a single PUT of the whole file, as small files want.
 * What it throws ends the upload; the checkpoint is kept.
 */
export type Sign = (upload_id: string | null) => Promise<MultipartPlan | PresignedRequest>;

export interface Options {
  /** What the upload is remembered by: one name for one object, its key for instance. */
  destination: string;
  sign: Sign;
  /** Stops the upload. What is done is kept: `upload` with the same file goes on. */
  signal?: AbortSignal;
  onprogress?(progress: {
    /** Bytes that the service has, and those under way. */
    sent: number;
    total: number;
    /** Finished parts, those of earlier runs included. */
    parts: number;
  }): void;
  /** A request is sent again: after `wait` milliseconds, or at once because its URL had expired. */
  onretry?(retry: { step: number | string; attempt: number; reason: number | string; wait: number }): void;
  /** Parts sent at a time; 4 without it. */
  parallel?: number;
  /** Attempts for each request, the first included; 10 without it: a service that is away for half a minute is waited for. */
  attempts?: number;
}

export interface Uploaded {
  /** Whether the service said the CRC-64 of the whole object, and it is the file's. It is hidden unless the bucket's CORS rule
   * exposes `x-oss-hash-crc64ecma`; parts are compared likewise. */
  verified: boolean;
  /** CRC-64/XZ of the file, in decimal. */
  crc64: string;
  /** `null` where the CORS rule hides it. */
  etag: string | null;
  /** 200; 203 where the object is stored, but its callback failed. */
  status: number;
  /** Parts that this run sent; 1 for a single PUT. */
  requests: number;
}

/** An interrupted upload. It holds no URL and no secret. */
export interface Unfinished {
  destination: string;
  name: string;
  size: number;
  /** `lastModified` of the file. */
  modified: number;
  /** Scheme, host and path of the object. */
  target: string;
  upload_id: string;
  part_size: number;
  parts: { number: number; etag: string; crc64: string; bytes: number }[];
}

/**
 * Uploads a file. Where an earlier upload to the destination was interrupted, only the missing parts are sent; the visitor must
 * choose the same file: name, size and date are compared. The bucket's CORS rule must expose `ETag`.
 */
export declare function upload(file: File, options: Options): Promise<Uploaded>;

/** Lists the interrupted uploads of this browser and origin. */
export declare function unfinished(): Promise<Unfinished[]>;

/** Ends an interrupted upload: the service throws its parts away, the browser its checkpoint. Nothing happens without one. */
export declare function abort(options: Pick<Options, "destination" | "sign" | "signal" | "onretry" | "attempts">): Promise<void>;

/**
 * Why an upload ended. `code` is OSS's (`AccessDenied`, `NoSuchUpload`), or one of: `Busy` (another tab), `OtherFile`, `OtherPlan`,
 * `EtagHidden`, `Checksum`, `NoAnswer` and `Status` (an answer without a code).
 */
export declare class UploadError extends Error {
  readonly code: string;
  readonly status?: number;
  readonly step?: number | string;
  readonly ec?: string;
  readonly request_id?: string;
  /** The body of the answer, which `explain` reads. */
  readonly xml?: string;
}
