/* Signs the vectors by the secret, by a day key and by an external signer, and writes `way name=url` lines, on a host and on
 * the board; whoever runs it compares. The vectors are made of the core's test data. With URLS_ONLY it does without the external
 * signer, as the library that is built with OSS_PRESIGN_URLS_ONLY does. */
#include "hmac_sha256.h"
#include "oss_presign.h"
#include "vector_data.h"

#ifdef BOARD
#include "board.h"
#define say_bytes board_write
#else
#include <stdio.h>
static void say_bytes(const char *bytes, size_t length) { fwrite(bytes, 1, length, stdout); }
#endif

static void say(const char *string) {
    oss_presign_text text = oss_presign_text_of(string);
    say_bytes(text.data, text.length);
}

typedef enum way { SECRET, DAY_KEY, EXTERNAL } way;

static const char *const ways[] = {"secret", "day-key", "external"};

#ifdef URLS_ONLY
#define LAST_WAY DAY_KEY
#else
#define LAST_WAY EXTERNAL

/* The external signer: its context is the key. */
static bool sign_elsewhere(void *context, oss_presign_text string_to_sign, uint8_t *signature) {
    hmac_sha256(context, OSS_PRESIGN_KEY_BYTES, string_to_sign.data, string_to_sign.length, signature);
    return true;
}
#endif

static oss_presign_status sign(const vector *given, way way, char *buffer, size_t capacity, oss_presign_url *url) {
    oss_presign_endpoint endpoint = OSS_PRESIGN_ENDPOINT_INIT;
    oss_presign_status status =
        oss_presign_endpoint_init_host(&endpoint, given->host, given->addressing, &given->scope);
    const oss_presign_identity identity = {
        .access_key_id = given->credentials.access_key_id,
        .security_token = given->credentials.security_token,
    };
    oss_presign_day_key day_key = {.identity = identity, .scope = given->scope, .day = given->now};
    if (status == OSS_PRESIGN_STATUS_OK) {
        status = oss_presign_derive_day_key(given->credentials.access_key_secret, &given->scope, given->now,
                                            day_key.signing_key);
    }
    oss_presign_signer signer = OSS_PRESIGN_SIGNER_INIT;
    if (status == OSS_PRESIGN_STATUS_OK && way == SECRET) {
        status = oss_presign_signer_init(&signer, &given->credentials, &given->scope, given->now);
    } else if (status == OSS_PRESIGN_STATUS_OK && way == DAY_KEY) {
        status = oss_presign_signer_init_day_key(&signer, &day_key);
    }
#ifndef URLS_ONLY
    if (status == OSS_PRESIGN_STATUS_OK && way == EXTERNAL) {
        const oss_presign_external_signer external = {
            .identity = identity,
            .scope = given->scope,
            .sign = sign_elsewhere,
            .context = day_key.signing_key,
        };
        status = oss_presign_sign_url_externally(&external, &given->request, &endpoint, given->now,
                                                 given->expires_in, buffer, capacity, url);
    } else
#endif
    if (status == OSS_PRESIGN_STATUS_OK) {
        status = oss_presign_sign_url(&signer, &given->request, &endpoint, given->now, given->expires_in,
                                      buffer, capacity, url);
    }
    oss_presign_signer_clear(&signer);
    return status;
}

int main(void) {
    for (way way = SECRET; way <= LAST_WAY; way++) {
        for (size_t at = 0; at < sizeof vectors / sizeof *vectors; at++) {
            static char buffer[768];
            oss_presign_url url;
            oss_presign_status status = sign(&vectors[at], way, buffer, sizeof buffer, &url);
            say(ways[way]);
            say(" ");
            say(vectors[at].name);
            say("=");
            say(status == OSS_PRESIGN_STATUS_OK ? url.url.data : oss_presign_status_text(status));
            say("\n");
            if (status != OSS_PRESIGN_STATUS_OK) {
                return 1;
            }
        }
    }
    return 0;
}
