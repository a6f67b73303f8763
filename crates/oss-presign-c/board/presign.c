/* Signs one URL, from the strings of a configuration, and says what that cost. The day's key is derived from the secret; with
 * DAY_KEY it is part of the configuration, in place of the secret. With ENDPOINT, the configuration may have an endpoint. */
#include "board.h"
#include "oss_presign.h"
#include "request.h"

static char buffer[REQUEST_URL_BYTES];
static volatile uint64_t now = REQUEST_NOW;
static oss_presign_status status;

#define REGION OSS_PRESIGN_TEXT_INIT("cn-hangzhou")

static oss_presign_status make(oss_presign_signer *signer) {
#ifdef DAY_KEY
    static const oss_presign_day_key day_key = {
        .identity = {.access_key_id = OSS_PRESIGN_TEXT_INIT("fake-access-key-id")},
        .scope = {.region = REGION},
        .day = REQUEST_NOW,
        /* The HMAC chain of OSS's documentation over "fake-access-key-secret", 20241112, cn-hangzhou, oss. */
        .signing_key = {0xff, 0x03, 0x8d, 0x20, 0xd5, 0x32, 0xdf, 0xaa, 0xcf, 0x0a, 0xf2, 0x9b, 0x90, 0xc3, 0x50, 0xa6,
                        0x08, 0x18, 0x12, 0x79, 0x81, 0xef, 0xb7, 0x96, 0x47, 0x6c, 0xc3, 0x98, 0x45, 0xec, 0x31, 0x55},
    };
    return oss_presign_signer_init_day_key(signer, &day_key);
#else
    static const oss_presign_credentials credentials = {
        .access_key_id = OSS_PRESIGN_TEXT_INIT("fake-access-key-id"),
        .access_key_secret = OSS_PRESIGN_TEXT_INIT("fake-access-key-secret"),
    };
    static const oss_presign_scope scope = {.region = REGION};
    return oss_presign_signer_init(signer, &credentials, &scope, now);
#endif
}

/* Returns the endpoint of the configuration; NULL if it is the public one of the region. */
static const oss_presign_endpoint *configured(oss_presign_endpoint *endpoint) {
#ifdef ENDPOINT
    /* The compiler must not know that there is none. */
    static const char *volatile host = NULL;
    const oss_presign_text text = oss_presign_text_of(host);
    if (text.data != NULL) {
        static const oss_presign_scope scope = {.region = REGION};
        status = oss_presign_endpoint_init_host(endpoint, text, OSS_PRESIGN_VIRTUAL_HOSTED, &scope);
        return endpoint;
    }
#endif
    (void)endpoint;
    return NULL;
}

static void sign(void) {
    oss_presign_signer signer = OSS_PRESIGN_SIGNER_INIT;
    status = make(&signer);
    oss_presign_endpoint memory;
    const oss_presign_endpoint *endpoint = configured(&memory);
    if (status != OSS_PRESIGN_STATUS_OK) {
        return;
    }
    const oss_presign_field headers[] = {{OSS_PRESIGN_TEXT("content-type"), OSS_PRESIGN_TEXT("image/jpeg")}};
    const oss_presign_request request = {
        .method = OSS_PRESIGN_PUT,
        .bucket = OSS_PRESIGN_TEXT("examplebucket"),
        .key = OSS_PRESIGN_TEXT("devices/7f3a9c/photos/2024-11-12/\xc3\xbc +1.jpg"),
        .headers = headers,
        .header_count = 1,
    };
    oss_presign_url url;
    status = oss_presign_sign_url(&signer, &request, endpoint, now, 600, buffer, sizeof buffer, &url);
    oss_presign_signer_clear(&signer);
}

int main(void) {
    board_measure(sign);
    board_say("url=");
    board_say(buffer);
    board_say("\n");
    return status;
}
