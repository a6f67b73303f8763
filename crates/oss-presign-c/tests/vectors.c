/* Signs the vectors and writes `name=url` lines, on a host and on the board; whoever runs it compares. The vectors are made of
 * the core's test data. */
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

static oss_presign_status sign(const vector *given, oss_presign_signer *signer) {
    static char buffer[768];
    oss_presign_endpoint endpoint = OSS_PRESIGN_ENDPOINT_INIT;
    oss_presign_status status =
        oss_presign_endpoint_init_host(&endpoint, given->host, given->addressing, &given->scope);
    if (status != OSS_PRESIGN_STATUS_OK) {
        return status;
    }
    oss_presign_url url;
    status = oss_presign_sign_url(signer, &given->request, &endpoint, given->now, given->expires_in, buffer,
                                  sizeof buffer, &url);
    if (status == OSS_PRESIGN_STATUS_OK) {
        say(given->name);
        say("=");
        say_bytes(url.url.data, url.url.length);
        say("\n");
    }
    return status;
}

int main(void) {
    for (size_t at = 0; at < sizeof vectors / sizeof *vectors; at++) {
        const vector *given = &vectors[at];
        oss_presign_signer signer = OSS_PRESIGN_SIGNER_INIT;
        oss_presign_status status =
            oss_presign_signer_init(&signer, &given->credentials, &given->scope, given->now);
        if (status == OSS_PRESIGN_STATUS_OK) {
            status = sign(given, &signer);
        }
        oss_presign_signer_clear(&signer);
        if (status != OSS_PRESIGN_STATUS_OK) {
            say(given->name);
            say(": ");
            say(oss_presign_status_text(status));
            say("\n");
            return 1;
        }
    }
    return 0;
}
