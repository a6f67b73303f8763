/*
 * oss_presign.h - presigned URLs for Alibaba Cloud OSS (V4), for C99, C++ and firmware.
 *
 * Made by cbindgen from the Rust sources; do not edit. README.md beside the sources shows how to build and link.
 *
 * What holds for every function:
 *
 * - It does no input or output, reads no clock, takes no lock, has no global state, and allocates nothing: the time is an
 *   argument, and results are written to memory of the caller's. It never panics and never calls `abort`. Any thread may call
 *   it; two threads may use one signer at a time, but not while it is made or cleared.
 * - It returns an `oss_presign_status`: OSS_PRESIGN_STATUS_OK, or why it refused. `oss_presign_status_text` says what that
 *   means and what to do instead. After a refusal nothing was signed, and a result has no texts.
 * - A pointer that is not NULL must point to an object of its type that is initialized (unless a result is written there),
 *   aligned, and not changed by anyone during the call. Which pointers may be NULL is said at each function and member.
 * - Arguments are only read, and may go when the function returns, but for two cases: a signer and an endpoint point to
 *   texts that they were made of, and a result points to the caller's buffer and to texts of the arguments.
 * - A buffer that is too small is refused with OSS_PRESIGN_STATUS_BUFFER_TOO_SMALL, and the result's `needed` says how large
 *   it must be. Memory for results must not overlap arguments.
 * - An initializer such as `oss_presign_request request = {.method = OSS_PRESIGN_PUT, ...}` leaves the other members absent.
 */
#ifndef OSS_PRESIGN_H
#define OSS_PRESIGN_H


#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Version of this header. */
#define OSS_PRESIGN_VERSION "0.1.0"

/** Initializer of an `oss_presign_text` from a string literal, such as a constant of a program. */
#define OSS_PRESIGN_TEXT_INIT(literal) {"" literal, sizeof(literal) - 1}

/** An `oss_presign_text` from a string literal. */
#ifdef __cplusplus
#define OSS_PRESIGN_TEXT(literal) (oss_presign_text OSS_PRESIGN_TEXT_INIT(literal))
#else
#define OSS_PRESIGN_TEXT(literal) ((oss_presign_text)OSS_PRESIGN_TEXT_INIT(literal))
#endif

/** Initializer of an `oss_presign_signer` that is not made yet. */
#define OSS_PRESIGN_SIGNER_INIT {{0}}

/** Initializer of an `oss_presign_endpoint` that is not made yet. */
#define OSS_PRESIGN_ENDPOINT_INIT {{0}}

/** The two arguments of printf for the conversion `%.*s`: `printf("%.*s", OSS_PRESIGN_PRINT(text))`. */
#define OSS_PRESIGN_PRINT(text) (int)(text).length, (text).data


/**
 * The number of bytes of a signing key.
 */
#define OSS_PRESIGN_KEY_BYTES 32

/**
 * The number of conditions that a policy can have, the sizes of the file included.
 */
#define OSS_PRESIGN_MAX_CONDITIONS 8

/**
 * The number of values that all lists of a policy can have together.
 */
#define OSS_PRESIGN_MAX_VALUES 16

/**
 * The number of headers of a request, and of fields of a form, that can be verified.
 */
#define OSS_PRESIGN_MAX_RECEIVED 64

/**
 * The number of headers, with additional headers that have no value, that a request can have.
 */
#define OSS_PRESIGN_MAX_HEADERS 8

/**
 * The number of query parameters that a request can have.
 */
#define OSS_PRESIGN_MAX_QUERY 8

/**
 * The number of fields that a form can have: its key, those of its conditions, and six of the signature.
 */
#define OSS_PRESIGN_MAX_FIELDS 15

/**
 * The number of headers that a request signed by header can have: its own, and those that signing adds.
 */
#define OSS_PRESIGN_MAX_SIGNED_HEADERS 12

/**
 * What a function returns: `OSS_PRESIGN_STATUS_OK`, or why it refused. The documentation of each value is the text that
 * `oss_presign_status_text` returns for it.
 */
enum oss_presign_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * nothing was refused
     */
    OSS_PRESIGN_STATUS_OK = 0,
    /**
     * a pointer is NULL that must not be: see the function's documentation
     */
    OSS_PRESIGN_STATUS_NULL_POINTER = 1,
    /**
     * a text has a length but no data: set both, or leave both out
     */
    OSS_PRESIGN_STATUS_TEXT_WITHOUT_DATA = 2,
    /**
     * a text is not UTF-8: convert it before
     */
    OSS_PRESIGN_STATUS_TEXT_NOT_UTF8 = 3,
    /**
     * the signer was never made or has been cleared: call oss_presign_signer_init first
     */
    OSS_PRESIGN_STATUS_SIGNER_NOT_READY = 4,
    /**
     * a number is none of the constants of its kind (method, target, product, endpoint, condition, flags)
     */
    OSS_PRESIGN_STATUS_UNKNOWN_CONSTANT = 5,
    /**
     * a text is given that goes unused with this kind of target or condition: leave it out, or choose another kind
     */
    OSS_PRESIGN_STATUS_UNUSED_TEXT = 6,
    /**
     * the buffer is too small: `needed` in the result says how many bytes it must have
     */
    OSS_PRESIGN_STATUS_BUFFER_TOO_SMALL = 7,
    /**
     * a defect of the library, and nothing was signed: please report the request
     */
    OSS_PRESIGN_STATUS_INTERNAL = 8,
    /**
     * refused for a reason that this version of the interface has no number for
     */
    OSS_PRESIGN_STATUS_UNLISTED = 9,
    /**
     * a time is after the year 9999: give seconds since 1970, not milliseconds
     */
    OSS_PRESIGN_STATUS_TIME_AFTER_YEAR9999 = 10,
    /**
     * the access key id, the secret or the security token is empty
     */
    OSS_PRESIGN_STATUS_CREDENTIALS_EMPTY = 20,
    /**
     * the access key id, the secret or the security token begins or ends with white space: copy it without
     */
    OSS_PRESIGN_STATUS_CREDENTIALS_OUTER_BLANK = 21,
    /**
     * the access key id, the secret or the security token has a control character: copy it again
     */
    OSS_PRESIGN_STATUS_CREDENTIALS_CONTROL_CHARACTER = 22,
    /**
     * the access key id has a `/` or a `,`: give only the id, without a scope
     */
    OSS_PRESIGN_STATUS_CREDENTIALS_ACCESS_KEY_ID_SEPARATOR = 23,
    /**
     * no region is given: write one like `cn-hangzhou`
     */
    OSS_PRESIGN_STATUS_REGION_EMPTY = 30,
    /**
     * a region has at most 64 bytes
     */
    OSS_PRESIGN_STATUS_REGION_TOO_LONG = 31,
    /**
     * the region has `oss-`, `-internal`, a host name or blanks around it: write one like `cn-hangzhou`
     */
    OSS_PRESIGN_STATUS_REGION_DECORATED = 32,
    /**
     * a region has only the characters `a-z 0-9 -`, and no hyphen at its end or beside another
     */
    OSS_PRESIGN_STATUS_REGION_CHARACTER = 33,
    /**
     * a region begins with two letters and a hyphen, as `cn-hangzhou` does
     */
    OSS_PRESIGN_STATUS_REGION_SHAPE = 34,
    /**
     * this is a zone: write the region without the letter at its end
     */
    OSS_PRESIGN_STATUS_REGION_ZONE = 35,
    /**
     * a bucket's name has 3 to 63 bytes
     */
    OSS_PRESIGN_STATUS_BUCKET_LENGTH = 40,
    /**
     * a bucket's name is lower-case: write it with `a-z 0-9 -` only
     */
    OSS_PRESIGN_STATUS_BUCKET_UPPER_CASE = 41,
    /**
     * a bucket's name has no dots: give the bare name, and a host through the endpoint
     */
    OSS_PRESIGN_STATUS_BUCKET_DOT = 42,
    /**
     * a bucket's name has only the characters `a-z 0-9 -`
     */
    OSS_PRESIGN_STATUS_BUCKET_CHARACTER = 43,
    /**
     * a bucket's name begins and ends with a letter or a digit
     */
    OSS_PRESIGN_STATUS_BUCKET_HYPHEN_AT_END = 44,
    /**
     * an object's key has at least one byte: give one, or set the target to the bucket
     */
    OSS_PRESIGN_STATUS_KEY_EMPTY = 50,
    /**
     * an object's key has at most 1023 bytes of UTF-8
     */
    OSS_PRESIGN_STATUS_KEY_TOO_LONG = 51,
    /**
     * OSS refuses keys that begin with `/` or `\`: drop it
     */
    OSS_PRESIGN_STATUS_KEY_LEADING_SLASH = 52,
    /**
     * the key has a segment `.` or `..`, which HTTP clients resolve away: use another key, or
     * OSS_PRESIGN_ALLOW_DOT_SEGMENTS if the client sends the path untouched
     */
    OSS_PRESIGN_STATUS_KEY_DOT_SEGMENT = 53,
    /**
     * the endpoint has no host: write one like `oss-cn-hangzhou.aliyuncs.com`
     */
    OSS_PRESIGN_STATUS_ENDPOINT_EMPTY = 60,
    /**
     * an endpoint's scheme is `https://` or `http://`
     */
    OSS_PRESIGN_STATUS_ENDPOINT_SCHEME = 61,
    /**
     * an endpoint's port is a number from 1 to 65535
     */
    OSS_PRESIGN_STATUS_ENDPOINT_PORT = 62,
    /**
     * the endpoint is only a host, without path, query or user
     */
    OSS_PRESIGN_STATUS_ENDPOINT_NOT_A_HOST = 63,
    /**
     * write the endpoint in lower case, as HTTP clients send it
     */
    OSS_PRESIGN_STATUS_ENDPOINT_UPPER_CASE = 64,
    /**
     * the endpoint is not a valid host: write one like `oss-cn-hangzhou.aliyuncs.com` or `127.0.0.1:9000`
     */
    OSS_PRESIGN_STATUS_ENDPOINT_CHARACTER = 65,
    /**
     * the endpoint begins with a bucket, which is given apart: write the host without it, or use OSS_PRESIGN_CNAME
     */
    OSS_PRESIGN_STATUS_ENDPOINT_BEGINS_WITH_BUCKET = 66,
    /**
     * the endpoint is in another region than the signer: write the region of the bucket in both
     */
    OSS_PRESIGN_STATUS_ENDPOINT_OTHER_REGION = 67,
    /**
     * a cloud box has no endpoint that follows from its id: give its host to oss_presign_endpoint_init_host
     */
    OSS_PRESIGN_STATUS_ENDPOINT_OF_CLOUD_BOX = 68,
    /**
     * the endpoint was never made: call oss_presign_endpoint_init first, or give NULL for the public endpoint of the region
     */
    OSS_PRESIGN_STATUS_ENDPOINT_NOT_READY = 69,
    /**
     * a header's name has letters, digits and hyphens, without blanks or a colon
     */
    OSS_PRESIGN_STATUS_HEADER_NAME = 70,
    /**
     * the value of a header has a control character: only tabs are allowed
     */
    OSS_PRESIGN_STATUS_HEADER_VALUE_CONTROL_CHARACTER = 71,
    /**
     * a header is given twice (letter case does not count): join the values or drop one
     */
    OSS_PRESIGN_STATUS_DUPLICATE_HEADER = 72,
    /**
     * a header is given that signing writes (authorization, x-oss-date, x-oss-security-token): leave it out
     */
    OSS_PRESIGN_STATUS_RESERVED_HEADER = 73,
    /**
     * an additional header has an empty value, which servers and proxies drop: give it one, or do not sign it
     */
    OSS_PRESIGN_STATUS_ADDITIONAL_HEADER_EMPTY = 74,
    /**
     * a query parameter needs a name
     */
    OSS_PRESIGN_STATUS_QUERY_NAME_EMPTY = 75,
    /**
     * a query parameter is given twice: drop one
     */
    OSS_PRESIGN_STATUS_DUPLICATE_QUERY = 76,
    /**
     * a query parameter is given that signing writes (x-oss-signature, x-oss-date and the like): leave it out
     */
    OSS_PRESIGN_STATUS_RESERVED_QUERY = 77,
    /**
     * more than OSS_PRESIGN_MAX_HEADERS headers (with additional ones) or OSS_PRESIGN_MAX_QUERY query parameters
     */
    OSS_PRESIGN_STATUS_TOO_MANY = 78,
    /**
     * a URL works for at least 1 second: give 1 to 604800 seconds
     */
    OSS_PRESIGN_STATUS_EXPIRY_ZERO = 80,
    /**
     * a URL works for at most 604800 seconds (7 days): sign again when it is needed
     */
    OSS_PRESIGN_STATUS_EXPIRY_TOO_LONG = 81,
    /**
     * the credentials have expired: fetch new ones
     */
    OSS_PRESIGN_STATUS_CREDENTIALS_EXPIRED = 82,
    /**
     * the URL would outlive its credentials: ask for less, or use OSS_PRESIGN_CLAMP_EXPIRY
     */
    OSS_PRESIGN_STATUS_EXPIRY_OUTLIVES_CREDENTIALS = 83,
    /**
     * the signer is that of another UTC day: make the signer of the day that `now` is on
     */
    OSS_PRESIGN_STATUS_STALE_KEY = 90,
    /**
     * an additional header has no value: add the header, or do not sign it
     */
    OSS_PRESIGN_STATUS_ADDITIONAL_HEADER_MISSING = 91,
    /**
     * the header `host` is not the host of the URL: leave its value out
     */
    OSS_PRESIGN_STATUS_HOST_MISMATCH = 92,
    /**
     * the bytes of the signing key are all zeros: fill them in
     */
    OSS_PRESIGN_STATUS_DAY_KEY_ZERO = 93,
    /**
     * the external signer returned no signature: its function said false, or wrote nothing
     */
    OSS_PRESIGN_STATUS_EXTERNAL_SIGNER = 94,
    /**
     * no key begins with this prefix: write it without a leading `/` or `\`, without segments `.` and `..`, and shorter
     * than 1023 bytes
     */
    OSS_PRESIGN_STATUS_POLICY_KEY_PREFIX = 100,
    /**
     * OSS replaces `${filename}` in a key by the name of the file: give the prefix before it, and the form adds it
     */
    OSS_PRESIGN_STATUS_POLICY_KEY_VARIABLE = 101,
    /**
     * no form has a field of this name: write the bare name, such as `content-type`, without `$`
     */
    OSS_PRESIGN_STATUS_POLICY_FIELD_NAME = 102,
    /**
     * a condition names a field that signing writes, or that the policy has a member of its own for: leave it out
     */
    OSS_PRESIGN_STATUS_POLICY_RESERVED_FIELD = 103,
    /**
     * a value of a condition has a line end or another control character, which browsers change: drop it
     */
    OSS_PRESIGN_STATUS_POLICY_CONTROL_CHARACTER = 104,
    /**
     * a condition has an empty list of values: give one, or drop the condition
     */
    OSS_PRESIGN_STATUS_POLICY_EMPTY_LIST = 105,
    /**
     * no value of a field meets all its conditions: drop one
     */
    OSS_PRESIGN_STATUS_POLICY_CONTRADICTION = 106,
    /**
     * no file has a size in this range: give the smaller number first, at most 5 GiB
     */
    OSS_PRESIGN_STATUS_POLICY_LENGTH_RANGE = 107,
    /**
     * more than OSS_PRESIGN_MAX_CONDITIONS conditions, or OSS_PRESIGN_MAX_VALUES values in their lists
     */
    OSS_PRESIGN_STATUS_POLICY_TOO_MANY = 108,
    /**
     * received: a parameter, header or field of the signature is missing
     */
    OSS_PRESIGN_STATUS_RECEIVED_PARAMETER_MISSING = 120,
    /**
     * received: a query parameter is there twice
     */
    OSS_PRESIGN_STATUS_RECEIVED_DUPLICATE_PARAMETER = 121,
    /**
     * received: a header that is needed is there twice
     */
    OSS_PRESIGN_STATUS_RECEIVED_DUPLICATE_HEADER = 122,
    /**
     * received: the value of a header that is needed is not UTF-8
     */
    OSS_PRESIGN_STATUS_RECEIVED_HEADER_NOT_TEXT = 123,
    /**
     * received: more headers, parameters or fields than can be verified
     */
    OSS_PRESIGN_STATUS_RECEIVED_TOO_MANY = 124,
    /**
     * received: the path does not begin with a slash
     */
    OSS_PRESIGN_STATUS_RECEIVED_PATH_MALFORMED = 125,
    /**
     * received: the signature version is not OSS4-HMAC-SHA256
     */
    OSS_PRESIGN_STATUS_RECEIVED_SIGNATURE_VERSION = 126,
    /**
     * received: the credential is not AK/YYYYMMDD/region/product/aliyun_v4_request
     */
    OSS_PRESIGN_STATUS_RECEIVED_CREDENTIAL_MALFORMED = 127,
    /**
     * received: the date in the credential is not YYYYMMDD
     */
    OSS_PRESIGN_STATUS_RECEIVED_CREDENTIAL_DATE = 128,
    /**
     * received: the Authorization header is not OSS4-HMAC-SHA256 Credential=...,Signature=...
     */
    OSS_PRESIGN_STATUS_RECEIVED_AUTHORIZATION_MALFORMED = 129,
    /**
     * received: x-oss-date is not YYYYMMDDTHHMMSSZ
     */
    OSS_PRESIGN_STATUS_RECEIVED_DATE = 130,
    /**
     * received: neither x-oss-date nor Date is there
     */
    OSS_PRESIGN_STATUS_RECEIVED_DATE_MISSING = 131,
    /**
     * received: x-oss-expires is not a number from 1 to 604800
     */
    OSS_PRESIGN_STATUS_RECEIVED_EXPIRES = 132,
    /**
     * received: x-oss-content-sha256 is not UNSIGNED-PAYLOAD
     */
    OSS_PRESIGN_STATUS_RECEIVED_CONTENT_SHA256 = 133,
    /**
     * received: the list of additional headers is empty, has an empty name or is too long
     */
    OSS_PRESIGN_STATUS_RECEIVED_ADDITIONAL_HEADERS = 134,
    /**
     * received: an additional header is not in the request
     */
    OSS_PRESIGN_STATUS_RECEIVED_HEADER_MISSING = 135,
    /**
     * received: the signature is for another day than its date
     */
    OSS_PRESIGN_STATUS_RECEIVED_SCOPE_DATE = 136,
    /**
     * received: the signature is for another region
     */
    OSS_PRESIGN_STATUS_RECEIVED_SCOPE_REGION = 137,
    /**
     * received: the signature is for another product
     */
    OSS_PRESIGN_STATUS_RECEIVED_SCOPE_PRODUCT = 138,
    /**
     * received: nobody knows this access key id
     */
    OSS_PRESIGN_STATUS_RECEIVED_UNKNOWN_ACCESS_KEY_ID = 139,
    /**
     * received: the URL has expired
     */
    OSS_PRESIGN_STATUS_RECEIVED_EXPIRED = 140,
    /**
     * received: the date is more than 15 minutes in the future
     */
    OSS_PRESIGN_STATUS_RECEIVED_NOT_YET_VALID = 141,
    /**
     * received: the date differs by more than 15 minutes from the time
     */
    OSS_PRESIGN_STATUS_RECEIVED_TIME_TOO_SKEWED = 142,
    /**
     * received: the credentials that signed have expired
     */
    OSS_PRESIGN_STATUS_RECEIVED_CREDENTIALS_EXPIRED = 143,
    /**
     * received: the security token is missing or not that of the access key
     */
    OSS_PRESIGN_STATUS_RECEIVED_SECURITY_TOKEN = 144,
    /**
     * received: the signature is empty
     */
    OSS_PRESIGN_STATUS_RECEIVED_SIGNATURE_EMPTY = 145,
    /**
     * received: the signature is not the one that the key gives
     */
    OSS_PRESIGN_STATUS_RECEIVED_SIGNATURE_MISMATCH = 146,
    /**
     * received: a form field is there twice
     */
    OSS_PRESIGN_STATUS_RECEIVED_DUPLICATE_FIELD = 150,
    /**
     * received: the policy is not base64 of a policy's JSON
     */
    OSS_PRESIGN_STATUS_RECEIVED_POLICY_MALFORMED = 151,
    /**
     * received: the policy has no condition for a field that must have one
     */
    OSS_PRESIGN_STATUS_RECEIVED_POLICY_LACKS = 152,
    /**
     * received: the policy has expired
     */
    OSS_PRESIGN_STATUS_RECEIVED_POLICY_EXPIRED = 153,
    /**
     * received: a field does not meet a condition of the policy
     */
    OSS_PRESIGN_STATUS_RECEIVED_CONDITION_NOT_MET = 154,
    /**
     * received: the file is smaller than the policy allows
     */
    OSS_PRESIGN_STATUS_RECEIVED_FILE_TOO_SMALL = 155,
    /**
     * received: the file is larger than the policy allows
     */
    OSS_PRESIGN_STATUS_RECEIVED_FILE_TOO_LARGE = 156,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum oss_presign_status oss_presign_status;
#else
typedef int32_t oss_presign_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * A text: UTF-8 bytes with their number. A text is absent if `data` is NULL (and `length` 0), as in an initializer that
 * leaves it out. As an argument it needs no NUL byte at its end. As a result it points into the caller's buffer, to a text
 * that the caller gave, or to static memory, and only the URL of `oss_presign_sign_url` is followed by a NUL byte.
 */
typedef struct oss_presign_text {
    /**
     * The bytes, or NULL for no text.
     */
    const char *data;
    /**
     * The number of bytes.
     */
    size_t length;
} oss_presign_text;

/**
 * A constant of `OSS_PRESIGN_OSS` and `OSS_PRESIGN_CLOUD_BOX`.
 */
typedef uint32_t oss_presign_product;

/**
 * Where signatures hold: a region and a product.
 */
typedef struct oss_presign_scope {
    /**
     * The region's id, such as `cn-hangzhou`, or the id of a cloud box.
     */
    struct oss_presign_text region;
    /**
     * `OSS_PRESIGN_OSS` (0) or `OSS_PRESIGN_CLOUD_BOX`.
     */
    oss_presign_product product;
} oss_presign_scope;

/**
 * A signer: an access key's signing key for one UTC day, one region and one product. What is in it is the library's.
 *
 * Give it zeros first (`OSS_PRESIGN_SIGNER_INIT`), make it with `oss_presign_signer_init`, use it from any number of threads
 * at a time, and erase it with `oss_presign_signer_clear`. Do not copy it: a copy leaves a key behind. It points to the
 * texts of the credentials and to the region, which must stay where they are and as they are until it is cleared; the secret
 * itself is not needed any more.
 */
typedef struct oss_presign_signer {
    /**
     * The library's: 256 bytes on all machines, with room to grow.
     */
    uint64_t opaque[32];
} oss_presign_signer;

/**
 * An access key without its secret. The texts are not copied.
 */
typedef struct oss_presign_identity {
    /**
     * The access key id. Required.
     */
    struct oss_presign_text access_key_id;
    /**
     * The security token of temporary (STS) credentials; absent for others.
     */
    struct oss_presign_text security_token;
    /**
     * When temporary credentials expire, in seconds since 1970; 0 for others.
     */
    uint64_t expires_at;
} oss_presign_identity;

/**
 * A day key: what a device needs that must not have the access key's secret. A server that has the secret derives the bytes,
 * by `oss_presign_derive_day_key` or by `oss-presign day-key`, and sends them.
 *
 * Whoever has a day key can sign everything that its access key may do in the region, for a whole UTC day: any method, bucket
 * and object. It signs URLs that work for up to seven days, also after the day is over, with a time of that day. Bound it from
 * outside: derive it from the STS credentials of a role for each device, whose policy allows one prefix of one bucket.
 */
typedef struct oss_presign_day_key {
    /**
     * What the key signs for. With the STS credentials' token and expiry, if it was derived from such.
     */
    struct oss_presign_identity identity;
    /**
     * The region and the product that the key was derived for.
     */
    struct oss_presign_scope scope;
    /**
     * Any second of the UTC day that the key was derived for, in seconds since 1970.
     */
    uint64_t day;
    /**
     * The signing key. All zeros are refused.
     */
    uint8_t signing_key[OSS_PRESIGN_KEY_BYTES];
} oss_presign_day_key;

/**
 * Where requests are sent. What is in it is the library's: make it with `oss_presign_endpoint_init` or
 * `oss_presign_endpoint_init_host`. It may be copied. It points to the region or to the host that it was made of, which must
 * stay where it is and as it is.
 */
typedef struct oss_presign_endpoint {
    /**
     * The library's: 128 bytes on all machines, with room to grow.
     */
    uint64_t opaque[16];
} oss_presign_endpoint;

/**
 * One of the constants from `OSS_PRESIGN_PUBLIC` to `OSS_PRESIGN_ACCELERATE_OVERSEAS`.
 */
typedef uint32_t oss_presign_endpoint_kind;

/**
 * One of `OSS_PRESIGN_VIRTUAL_HOSTED`, `OSS_PRESIGN_PATH` and `OSS_PRESIGN_CNAME`: where a URL has the bucket.
 */
typedef uint32_t oss_presign_addressing;

/**
 * Signs a string: writes its HMAC-SHA256 under the signing key of the day, the region and the product that the string names to
 * `signature` (`OSS_PRESIGN_KEY_BYTES` bytes) and returns true, or returns false if it cannot. `context` is that of the signer. The string is gone
 * when the function returns. It must return: no `longjmp`, no C++ exception.
 */
typedef bool (*oss_presign_sign)(void *context, struct oss_presign_text string_to_sign, uint8_t *signature);

/**
 * A signer whose key is somewhere else: in an HSM, a secure element or a key management service.
 */
typedef struct oss_presign_external_signer {
    /**
     * What the key signs for.
     */
    struct oss_presign_identity identity;
    /**
     * The region and the product of the key.
     */
    struct oss_presign_scope scope;
    /**
     * Signs a string. Must not be NULL.
     */
    oss_presign_sign sign;
    /**
     * The first argument of `sign`. May be NULL.
     */
    void *context;
} oss_presign_external_signer;

/**
 * One of the constants from `OSS_PRESIGN_GET` to `OSS_PRESIGN_OPTIONS`.
 */
typedef uint32_t oss_presign_method;

/**
 * One of `OSS_PRESIGN_OBJECT`, `OSS_PRESIGN_BUCKET` and `OSS_PRESIGN_SERVICE`. It is said apart, so that a key that was
 * forgotten never turns a request for an object into one for its bucket.
 */
typedef uint32_t oss_presign_target;

/**
 * The sum of `OSS_PRESIGN_ALLOW_DOT_SEGMENTS`, `OSS_PRESIGN_CLAMP_EXPIRY` and `OSS_PRESIGN_KEY_IS_PREFIX`, or 0.
 */
typedef uint32_t oss_presign_flags;

/**
 * A name with its value: a header, a query parameter, or a field of a form.
 */
typedef struct oss_presign_field {
    /**
     * The name.
     */
    struct oss_presign_text name;
    /**
     * The value. Absent is the same as empty.
     */
    struct oss_presign_text value;
} oss_presign_field;

/**
 * The description of a request. Members that an initializer leaves out are absent.
 */
typedef struct oss_presign_request {
    /**
     * One of the constants from `OSS_PRESIGN_GET` to `OSS_PRESIGN_OPTIONS`. Required: 0 is refused.
     */
    oss_presign_method method;
    /**
     * What the request is for; 0 is `OSS_PRESIGN_OBJECT`.
     */
    oss_presign_target target;
    /**
     * The sum of `OSS_PRESIGN_ALLOW_DOT_SEGMENTS` and `OSS_PRESIGN_CLAMP_EXPIRY`, or 0.
     */
    oss_presign_flags flags;
    /**
     * The bucket's name, without a host.
     */
    struct oss_presign_text bucket;
    /**
     * The object's key, not encoded.
     */
    struct oss_presign_text key;
    /**
     * Headers: `content-type`, `content-md5` and every `x-oss-*` are signed, and the sender must send them exactly so. May be
     * NULL if `header_count` is 0.
     */
    const struct oss_presign_field *headers;
    /**
     * The number of headers.
     */
    size_t header_count;
    /**
     * The names of other headers that are signed too, such as `content-length`. Each has its value in `headers`, but for
     * `host`, which has that of the endpoint. May be NULL if `additional_header_count` is 0.
     */
    const struct oss_presign_text *additional_headers;
    /**
     * The number of additional headers.
     */
    size_t additional_header_count;
    /**
     * Query parameters, not encoded. May be NULL if `query_count` is 0.
     */
    const struct oss_presign_field *query;
    /**
     * The number of query parameters.
     */
    size_t query_count;
} oss_presign_request;

/**
 * A presigned URL, with what its holder must send.
 */
typedef struct oss_presign_url {
    /**
     * The URL, in the caller's buffer, followed by a NUL byte. Treat it as a secret until it expires: anyone who has it can
     * use it.
     */
    struct oss_presign_text url;
    /**
     * The part of the URL that is the value of the `Host` header.
     */
    struct oss_presign_text host;
    /**
     * Path and query of the URL: what follows the method in HTTP/1.1.
     */
    struct oss_presign_text target;
    /**
     * When the URL expires, in seconds since 1970.
     */
    uint64_t expires_at;
    /**
     * The headers that must be sent exactly so, beside `Host`. They point to what the request pointed to.
     */
    struct oss_presign_field headers[OSS_PRESIGN_MAX_HEADERS];
    /**
     * The number of headers.
     */
    size_t header_count;
    /**
     * With `OSS_PRESIGN_STATUS_BUFFER_TOO_SMALL` the bytes that the buffer must have, else 0.
     */
    size_t needed;
} oss_presign_url;

/**
 * A request that is signed by header.
 */
typedef struct oss_presign_signed_request {
    /**
     * The URL, in the caller's buffer. It is no secret: without the headers it gives no access.
     */
    struct oss_presign_text url;
    /**
     * The part of the URL that is the value of the `Host` header.
     */
    struct oss_presign_text host;
    /**
     * Path and query of the URL: what follows the method in HTTP/1.1.
     */
    struct oss_presign_text target;
    /**
     * All headers that must be sent exactly so, beside `Host`; the first is `authorization`. They point into the buffer, to
     * what the request and the credentials pointed to, and to static memory.
     */
    struct oss_presign_field headers[OSS_PRESIGN_MAX_SIGNED_HEADERS];
    /**
     * The number of headers.
     */
    size_t header_count;
    /**
     * With `OSS_PRESIGN_STATUS_BUFFER_TOO_SMALL` the bytes that the buffer must have, else 0.
     */
    size_t needed;
} oss_presign_signed_request;

/**
 * One of the constants from `OSS_PRESIGN_EQUALS` to `OSS_PRESIGN_SUGGESTED`.
 */
typedef uint32_t oss_presign_rule;

/**
 * A condition for a field of a form.
 */
typedef struct oss_presign_condition {
    /**
     * One of the constants from `OSS_PRESIGN_EQUALS` to `OSS_PRESIGN_SUGGESTED`. Required: 0 is refused.
     */
    oss_presign_rule rule;
    /**
     * The field's name, such as `content-type`.
     */
    struct oss_presign_text field;
    /**
     * The value or the prefix, for the rules that have one; absent for the others.
     */
    struct oss_presign_text value;
    /**
     * The values, for `OSS_PRESIGN_ONE_OF` and `OSS_PRESIGN_NONE_OF`.
     */
    const struct oss_presign_text *values;
    /**
     * The number of values; 0 for the other rules.
     */
    size_t value_count;
} oss_presign_condition;

/**
 * The description of a form that uploads one file: what it may upload, and its fields.
 */
typedef struct oss_presign_policy {
    /**
     * The sum of `OSS_PRESIGN_KEY_IS_PREFIX`, `OSS_PRESIGN_ALLOW_DOT_SEGMENTS` and `OSS_PRESIGN_CLAMP_EXPIRY`, or 0.
     */
    uint32_t flags;
    /**
     * The bucket's name, without a host.
     */
    struct oss_presign_text bucket;
    /**
     * The key of the object, or the prefix of its key with `OSS_PRESIGN_KEY_IS_PREFIX`. With an empty prefix (which is not an
     * absent one) the form's user can overwrite every object of the bucket.
     */
    struct oss_presign_text key;
    /**
     * The least size of the file, in bytes.
     */
    uint64_t least_bytes;
    /**
     * The greatest size of the file, in bytes; 0 if the policy is to say nothing about sizes.
     */
    uint64_t most_bytes;
    /**
     * Conditions for other fields. May be NULL if `condition_count` is 0.
     */
    const struct oss_presign_condition *conditions;
    /**
     * The number of conditions.
     */
    size_t condition_count;
} oss_presign_policy;

/**
 * A signed form. It is sent by POST as `multipart/form-data`, with the field `file` behind all others.
 */
typedef struct oss_presign_form {
    /**
     * Where the form is sent to, in the caller's buffer.
     */
    struct oss_presign_text url;
    /**
     * When the form expires, in seconds since 1970.
     */
    uint64_t expires_at;
    /**
     * The fields that have a value. They point into the buffer, to what the policy and the credentials pointed to, and to
     * static memory.
     */
    struct oss_presign_field fields[OSS_PRESIGN_MAX_FIELDS];
    /**
     * The number of fields.
     */
    size_t field_count;
    /**
     * The names of fields that have conditions but no value: the form's user fills them in.
     */
    struct oss_presign_text open_fields[OSS_PRESIGN_MAX_CONDITIONS];
    /**
     * The number of open fields.
     */
    size_t open_field_count;
    /**
     * With `OSS_PRESIGN_STATUS_BUFFER_TOO_SMALL` the bytes that the buffer must have, else 0.
     */
    size_t needed;
} oss_presign_form;

/**
 * An access key. The texts are not copied.
 */
typedef struct oss_presign_credentials {
    /**
     * The access key id, which is public. Required.
     */
    struct oss_presign_text access_key_id;
    /**
     * The access key's secret. Required.
     */
    struct oss_presign_text access_key_secret;
    /**
     * The security token of temporary (STS) credentials; absent for others.
     */
    struct oss_presign_text security_token;
    /**
     * When temporary credentials expire, in seconds since 1970; 0 for others.
     */
    uint64_t expires_at;
} oss_presign_credentials;

/**
 * A request as a server received it. Nothing is decoded or left out.
 */
typedef struct oss_presign_received_request {
    /**
     * The method's name.
     */
    struct oss_presign_text method;
    /**
     * The bucket, if the host has it or belongs to it; absent if the path has it.
     */
    struct oss_presign_text bucket;
    /**
     * The path, percent-encoded as it was received.
     */
    struct oss_presign_text path;
    /**
     * The query, percent-encoded as it was received, without its `?`.
     */
    struct oss_presign_text query;
    /**
     * All headers, `host` included. The letter case of names does not count, and values need not be UTF-8. May be NULL if
     * `header_count` is 0.
     */
    const struct oss_presign_field *headers;
    /**
     * The number of headers.
     */
    size_t header_count;
} oss_presign_received_request;

/**
 * What a server knows of an access key. The texts must stay as they are until verification returns.
 */
typedef struct oss_presign_known_key {
    /**
     * The access key's secret; absent if `signing_key` is given.
     */
    struct oss_presign_text access_key_secret;
    /**
     * The `OSS_PRESIGN_KEY_BYTES` bytes of the day key of the date and of the scope, if the secret is absent; else NULL. They
     * must stay as they are until verification returns.
     */
    const uint8_t *signing_key;
    /**
     * The security token that STS issued with the access key, which must be presented; absent for others.
     */
    struct oss_presign_text security_token;
    /**
     * When temporary credentials expire, in seconds since 1970; 0 for others.
     */
    uint64_t expires_at;
} oss_presign_known_key;

/**
 * Finds what is known of an access key: returns true and writes it to `key`, whose members are absent before, or returns false
 * if it is unknown. `context` is the argument of verification, `access_key_id` is the one presented, and `date` the day of the
 * signature, `YYYYMMDD`; both texts are gone when the function returns. It must return: no `longjmp`, no C++ exception.
 */
typedef bool (*oss_presign_lookup)(void *context,
                                   struct oss_presign_text access_key_id,
                                   struct oss_presign_text date,
                                   struct oss_presign_known_key *key);

/**
 * The outcome of verification.
 */
typedef struct oss_presign_verified {
    /**
     * With `OSS_PRESIGN_STATUS_OK`, the signing time in seconds since 1970.
     */
    uint64_t signed_at;
    /**
     * With `OSS_PRESIGN_STATUS_OK`, when the signature expires in seconds since 1970; 0 for one in a header.
     */
    uint64_t expires_at;
    /**
     * If the request was refused, the status of OSS's response, else 0.
     */
    uint32_t http_status;
    /**
     * If the request was refused, the `Code` of OSS's error response, else absent.
     */
    struct oss_presign_text code;
    /**
     * If the request was refused, the fine-grained code (`EC`) of OSS's error response, if it is documented.
     */
    struct oss_presign_text ec;
} oss_presign_verified;

/**
 * A form as a server received it.
 */
typedef struct oss_presign_received_form {
    /**
     * The bucket that the form was sent to.
     */
    struct oss_presign_text bucket;
    /**
     * The fields before `file`. The letter case of names does not count. In the value of `key`, `${filename}` must already be
     * replaced by the name of the file. May be NULL if `field_count` is 0.
     */
    const struct oss_presign_field *fields;
    /**
     * The number of fields.
     */
    size_t field_count;
    /**
     * The size of the file in bytes.
     */
    uint64_t file_bytes;
} oss_presign_received_form;

/**
 * The public endpoint of the region: `oss-REGION.aliyuncs.com`.
 */
#define OSS_PRESIGN_PUBLIC 1

/**
 * The internal endpoint of the region, for machines inside it: `oss-REGION-internal.aliyuncs.com`.
 */
#define OSS_PRESIGN_INTERNAL 2

/**
 * The endpoint of the region with IPv6 and IPv4 addresses: `REGION.oss.aliyuncs.com`.
 */
#define OSS_PRESIGN_DUAL_STACK 3

/**
 * Transfer acceleration worldwide: `oss-accelerate.aliyuncs.com`.
 */
#define OSS_PRESIGN_ACCELERATE 4

/**
 * Transfer acceleration outside mainland China: `oss-accelerate-overseas.aliyuncs.com`.
 */
#define OSS_PRESIGN_ACCELERATE_OVERSEAS 5

/**
 * `https://BUCKET.HOST/KEY`.
 */
#define OSS_PRESIGN_VIRTUAL_HOSTED 1

/**
 * `https://HOST/BUCKET/KEY`, as for a server under test.
 */
#define OSS_PRESIGN_PATH 2

/**
 * `https://HOST/KEY`: the host belongs to one bucket.
 */
#define OSS_PRESIGN_CNAME 3

/**
 * The form has the field with this value, and OSS accepts no other.
 */
#define OSS_PRESIGN_EQUALS 1

/**
 * OSS accepts only values with this prefix; the form's user fills the field in.
 */
#define OSS_PRESIGN_STARTS_WITH 2

/**
 * OSS accepts only the values in `values`; the form's user fills the field in.
 */
#define OSS_PRESIGN_ONE_OF 3

/**
 * OSS accepts no value in `values`; the form's user fills the field in.
 */
#define OSS_PRESIGN_NONE_OF 4

/**
 * The form has the field with this value, and OSS accepts others too.
 */
#define OSS_PRESIGN_SUGGESTED 5

/**
 * GET
 */
#define OSS_PRESIGN_GET 1

/**
 * PUT
 */
#define OSS_PRESIGN_PUT 2

/**
 * POST
 */
#define OSS_PRESIGN_POST 3

/**
 * HEAD
 */
#define OSS_PRESIGN_HEAD 4

/**
 * DELETE
 */
#define OSS_PRESIGN_DELETE 5

/**
 * OPTIONS
 */
#define OSS_PRESIGN_OPTIONS 6

/**
 * An object: bucket and key are required; what an initializer gives that leaves it out.
 */
#define OSS_PRESIGN_OBJECT 0

/**
 * A bucket, such as a list of its objects: the key is absent.
 */
#define OSS_PRESIGN_BUCKET 1

/**
 * The service, such as a list of buckets: bucket and key are absent.
 */
#define OSS_PRESIGN_SERVICE 2

/**
 * In a request: accepts a key with a segment `.` or `..`, or with a leading slash. Most HTTP clients change these; use it
 * only for one that is known to send the path untouched.
 */
#define OSS_PRESIGN_ALLOW_DOT_SEGMENTS 1

/**
 * In a request or a policy: shortens the lifetime to that of the credentials, instead of refusing a longer one.
 */
#define OSS_PRESIGN_CLAMP_EXPIRY 2

/**
 * In a policy: the key is a prefix, and the form's user chooses what follows it.
 */
#define OSS_PRESIGN_KEY_IS_PREFIX 4

/**
 * OSS in a region; what an initializer gives that leaves the product out.
 */
#define OSS_PRESIGN_OSS 0

/**
 * OSS on a cloud box, whose id stands in place of the region.
 */
#define OSS_PRESIGN_CLOUD_BOX 1

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Derives the bytes of a day key from an access key's secret, for the UTC day of `now`.
 *
 * `scope` must not be NULL. `signing_key` must point to memory for `OSS_PRESIGN_KEY_BYTES` bytes; they are zero after a refusal.
 * Treat them as a secret.
 */
oss_presign_status oss_presign_derive_day_key(struct oss_presign_text access_key_secret,
                                              const struct oss_presign_scope *scope,
                                              uint64_t now,
                                              uint8_t *signing_key);

/**
 * Makes a signer of a day key, for its day, region and product; `oss_presign_signer_init` with the secret makes the same.
 *
 * `signer` must not be NULL, and may have anything in it. `day_key` must not be NULL; it may go afterwards and should be erased,
 * but not the texts of the access key id, the security token and the region.
 */
oss_presign_status oss_presign_signer_init_day_key(struct oss_presign_signer *signer,
                                                   const struct oss_presign_day_key *day_key);

/**
 * Makes the endpoint of a region, or that of transfer acceleration. Nobody needs it who wants the public endpoint of the
 * signer's region: that is what signing takes NULL for.
 *
 * `endpoint` must not be NULL, and may have anything in it. `scope` must not be NULL; it may go afterwards, but not the text
 * of its region.
 */
oss_presign_status oss_presign_endpoint_init(struct oss_presign_endpoint *endpoint,
                                             oss_presign_endpoint_kind kind,
                                             const struct oss_presign_scope *scope);

/**
 * Makes an endpoint of a host. It may have a scheme before it (`https://` is the default) and a port behind it.
 *
 * `addressing` says where URLs have the bucket. `endpoint` must not be NULL, and may have anything in it. `scope` must not be
 * NULL: a host that is known to be in another region is refused. It may go afterwards, but not the text of the host.
 */
oss_presign_status oss_presign_endpoint_init_host(struct oss_presign_endpoint *endpoint,
                                                  struct oss_presign_text host,
                                                  oss_presign_addressing addressing,
                                                  const struct oss_presign_scope *scope);

/**
 * Signs a request as a URL, by a key that is somewhere else. The arguments are otherwise those of `oss_presign_sign_url`; the
 * signature is that of the UTC day of `now`. The function calls `sign` once, and returns when that returns.
 */
oss_presign_status oss_presign_sign_url_externally(const struct oss_presign_external_signer *signer,
                                                   const struct oss_presign_request *request,
                                                   const struct oss_presign_endpoint *endpoint,
                                                   uint64_t now,
                                                   uint32_t expires_in,
                                                   char *buffer,
                                                   size_t capacity,
                                                   struct oss_presign_url *url);

/**
 * Signs a request by its `Authorization` header, by a key that is somewhere else. The arguments are otherwise those of
 * `oss_presign_sign_header`; the signature is that of the UTC day of `now`.
 */
oss_presign_status oss_presign_sign_header_externally(const struct oss_presign_external_signer *signer,
                                                      const struct oss_presign_request *request,
                                                      const struct oss_presign_endpoint *endpoint,
                                                      uint64_t now,
                                                      char *buffer,
                                                      size_t capacity,
                                                      struct oss_presign_signed_request *signed_request);

/**
 * Signs a form, by a key that is somewhere else. The arguments are otherwise those of `oss_presign_sign_form`; the signature is
 * that of the UTC day of `now`.
 */
oss_presign_status oss_presign_sign_form_externally(const struct oss_presign_external_signer *signer,
                                                    const struct oss_presign_policy *policy,
                                                    const struct oss_presign_endpoint *endpoint,
                                                    uint64_t now,
                                                    uint32_t expires_in,
                                                    char *buffer,
                                                    size_t capacity,
                                                    struct oss_presign_form *form);

/**
 * Signs a form (PostObject), which a browser sends by itself.
 *
 * The arguments are those of `oss_presign_sign_url`, with a policy in place of a request. After a refusal `buffer` has only
 * NUL bytes, and `form` nothing but `needed`.
 */
oss_presign_status oss_presign_sign_form(const struct oss_presign_signer *signer,
                                         const struct oss_presign_policy *policy,
                                         const struct oss_presign_endpoint *endpoint,
                                         uint64_t now,
                                         uint32_t expires_in,
                                         char *buffer,
                                         size_t capacity,
                                         struct oss_presign_form *form);

/**
 * Signs a request by its `Authorization` header, for whoever has the signer and sends the request at once: OSS accepts it for
 * 15 minutes.
 *
 * The arguments are those of `oss_presign_sign_url`, without a lifetime. After a refusal `buffer` has only NUL bytes, and
 * `signed_request` nothing but `needed`.
 */
oss_presign_status oss_presign_sign_header(const struct oss_presign_signer *signer,
                                           const struct oss_presign_request *request,
                                           const struct oss_presign_endpoint *endpoint,
                                           uint64_t now,
                                           char *buffer,
                                           size_t capacity,
                                           struct oss_presign_signed_request *signed_request);

/**
 * Signs a request as a URL.
 *
 * `endpoint` may be NULL for the public endpoint of the signer's region. `now` is in seconds since 1970, and `expires_in` in
 * seconds: 1 to 604800. The URL is written to `buffer`, which has room for `capacity` bytes and must not overlap any argument;
 * it may be NULL if `capacity` is 0. If that is too little, nothing is signed, and `url->needed` says how much is needed.
 * `signer`, `request` and `url` must not be NULL. After a refusal `buffer` has only NUL bytes, and `url` nothing but `needed`.
 */
oss_presign_status oss_presign_sign_url(const struct oss_presign_signer *signer,
                                        const struct oss_presign_request *request,
                                        const struct oss_presign_endpoint *endpoint,
                                        uint64_t now,
                                        uint32_t expires_in,
                                        char *buffer,
                                        size_t capacity,
                                        struct oss_presign_url *url);

/**
 * Makes a signer for the UTC day of `now`, which takes about twice as long as a signature: keep it for the day. On another
 * day signing is refused with `OSS_PRESIGN_STATUS_STALE_KEY`: make it again then.
 *
 * `signer` must not be NULL, and may have anything in it. `credentials` and `scope` must not be NULL; they may go afterwards,
 * but not the texts of the access key id, the security token and the region. `now` is in seconds since 1970.
 */
oss_presign_status oss_presign_signer_init(struct oss_presign_signer *signer,
                                           const struct oss_presign_credentials *credentials,
                                           const struct oss_presign_scope *scope,
                                           uint64_t now);

/**
 * Erases a signer and the key in it, and what making it and signing have left on the stack below the caller: call it in the
 * function that called them, or in one that called that. NULL and zeros are left alone. Signing with it is refused with
 * `OSS_PRESIGN_STATUS_SIGNER_NOT_READY` afterwards, until it is made again.
 */
void oss_presign_signer_clear(struct oss_presign_signer *signer);

/**
 * Returns what a status means and what to do, in English. The text is static: it is never NULL and never freed. A number
 * that is no status gets a text that says so.
 */
const char *oss_presign_status_text(int32_t status);

/**
 * Verifies a request with a signature in its URL: scope, access key, time, security token and signature.
 *
 * `received`, `scope`, `lookup` and `verified` must not be NULL. `scope` is what the server serves; any other is refused.
 * `now` is in seconds since 1970. `context` is passed to `lookup`, and may be NULL. Only `OSS_PRESIGN_STATUS_OK` means that the
 * request is genuine; with a status of 120 or more `verified` has what OSS would respond.
 */
oss_presign_status oss_presign_verify_url(const struct oss_presign_received_request *received,
                                          const struct oss_presign_scope *scope,
                                          uint64_t now,
                                          oss_presign_lookup lookup,
                                          void *context,
                                          struct oss_presign_verified *verified);

/**
 * Verifies a request with a signature in its `Authorization` header. The arguments are those of `oss_presign_verify_url`.
 */
oss_presign_status oss_presign_verify_header(const struct oss_presign_received_request *received,
                                             const struct oss_presign_scope *scope,
                                             uint64_t now,
                                             oss_presign_lookup lookup,
                                             void *context,
                                             struct oss_presign_verified *verified);

/**
 * Verifies a form: its signature, and whether its fields and its file meet its policy. The arguments are those of
 * `oss_presign_verify_url`.
 */
oss_presign_status oss_presign_verify_form(const struct oss_presign_received_form *received,
                                           const struct oss_presign_scope *scope,
                                           uint64_t now,
                                           oss_presign_lookup lookup,
                                           void *context,
                                           struct oss_presign_verified *verified);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

/**
 * Returns the text of a string that ends with a NUL byte; an absent text for NULL. The text is as long-lived as the string.
 */
static inline oss_presign_text oss_presign_text_of(const char *string) {
    oss_presign_text text = {string, 0};
    while (string != NULL && string[text.length] != '\0') {
        text.length++;
    }
    return text;
}

/**
 * Copies a text to `buffer` and ends it with a NUL byte, for functions that need one. Returns false, and writes an empty string
 * if there is room for one, if the text does not fit into `capacity` bytes with its NUL byte.
 */
static inline bool oss_presign_copy(oss_presign_text text, char *buffer, size_t capacity) {
    bool fits = text.length < capacity;
    size_t length = fits ? text.length : 0;
    for (size_t at = 0; at < length; at++) {
        buffer[at] = text.data[at];
    }
    if (capacity > 0) {
        buffer[length] = '\0';
    }
    return fits;
}

#endif /* OSS_PRESIGN_H */
