/* Signs one URL, from the strings of a configuration, the day's key included, and says what that cost. */
#include "board.h"
#include "oss_presign.h"
#include "request.h"

static char buffer[REQUEST_URL_BYTES];
static volatile uint64_t now = REQUEST_NOW;
static oss_presign_status status;

static void sign(void) {
    const oss_presign_credentials credentials = {
        .access_key_id = OSS_PRESIGN_TEXT("fake-access-key-id"),
        .access_key_secret = OSS_PRESIGN_TEXT("fake-access-key-secret"),
    };
    const oss_presign_scope scope = {.region = OSS_PRESIGN_TEXT("cn-hangzhou")};
    oss_presign_signer signer = OSS_PRESIGN_SIGNER_INIT;
    status = oss_presign_signer_init(&signer, &credentials, &scope, now);
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
    status = oss_presign_sign_url(&signer, &request, NULL, now, 600, buffer, sizeof buffer, &url);
    oss_presign_signer_clear(&signer);
}

int main(void) {
    board_measure(sign);
    board_say("url=");
    board_say(buffer);
    board_say("\n");
    return status;
}
