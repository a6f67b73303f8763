/* Looks for copies of the day's key on the stack after a signer has been cleared. With DAY_KEY the signer is made of a day key;
 * with CONTROL the program leaves copies itself, which must be found. */
#include "board.h"
#include "oss_presign.h"
#include "request.h"

/* The HMAC's two inner states, of eight words each, which are as good as the key: an `oss_presign_signer` has them in these
 * words on a 32-bit machine. They are stored inverted, so that the search does not find them here. */
enum { STATE_WORDS = 8, FIRST_STATE = 14, SECOND_STATE = 24 };
static uint32_t inverted[SECOND_STATE + STATE_WORDS];

static volatile uint64_t now = REQUEST_NOW;
static oss_presign_status status;
extern uint32_t bss_end[], stack_top[];

static oss_presign_status make(oss_presign_signer *signer) {
    static const oss_presign_scope scope = {.region = OSS_PRESIGN_TEXT_INIT("cn-hangzhou")};
    const oss_presign_text secret = OSS_PRESIGN_TEXT("fake-access-key-secret");
#ifdef DAY_KEY
    static oss_presign_day_key day_key = {.identity = {.access_key_id = OSS_PRESIGN_TEXT_INIT("fake-access-key-id")}};
    day_key.scope = scope;
    day_key.day = now;
    oss_presign_status derived = oss_presign_derive_day_key(secret, &scope, now, day_key.signing_key);
    return derived == OSS_PRESIGN_STATUS_OK ? oss_presign_signer_init_day_key(signer, &day_key) : derived;
#else
    const oss_presign_credentials credentials = {
        .access_key_id = OSS_PRESIGN_TEXT("fake-access-key-id"),
        .access_key_secret = secret,
    };
    return oss_presign_signer_init(signer, &credentials, &scope, now);
#endif
}

#ifdef CONTROL
__attribute__((noinline)) static void leave_copies(const volatile uint32_t *signer) {
    volatile uint32_t copies[sizeof inverted / sizeof *inverted];
    for (size_t at = 0; at < sizeof copies / sizeof *copies; at++) {
        copies[at] = signer[at];
    }
}
#endif

static void sign_and_clear(void) {
    static oss_presign_signer signer;
    static char buffer[REQUEST_URL_BYTES];
    static oss_presign_url url;
    status = make(&signer);
    for (size_t at = 0; at < sizeof inverted / sizeof *inverted; at++) {
        inverted[at] = ~((const volatile uint32_t *)&signer)[at];
    }
    const oss_presign_request request = {
        .method = OSS_PRESIGN_PUT,
        .bucket = OSS_PRESIGN_TEXT("examplebucket"),
        .key = OSS_PRESIGN_TEXT("photos/1.jpg"),
    };
    if (status == OSS_PRESIGN_STATUS_OK) {
        status = oss_presign_sign_url(&signer, &request, NULL, now, 600, buffer, sizeof buffer, &url);
    }
#ifdef CONTROL
    leave_copies((const volatile uint32_t *)&signer);
#else
    oss_presign_signer_clear(&signer);
#endif
}

static uint32_t copies_of(size_t state) {
    uint32_t copies = 0;
    for (const volatile uint32_t *at = bss_end; at + STATE_WORDS <= stack_top; at++) {
        size_t same = 0;
        while (same < STATE_WORDS && ~at[same] == inverted[state + same]) {
            same++;
        }
        copies += same == STATE_WORDS;
    }
    return copies;
}

int main(void) {
    board_measure(sign_and_clear);
    board_say_number("copies", copies_of(FIRST_STATE) + copies_of(SECOND_STATE));
    return status;
}
