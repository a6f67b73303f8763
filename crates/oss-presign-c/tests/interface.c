/* Uses every function as a C program does, and fails at the first surprise. Run under valgrind. */
#include "oss_presign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                        \
    do {                                                                        \
        if (!(condition)) {                                                     \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);     \
            exit(1);                                                            \
        }                                                                       \
    } while (0)

#define NOW UINT64_C(1731400358) /* 2024-11-12T08:32:38Z */

static const oss_presign_scope scope = {OSS_PRESIGN_TEXT_INIT("cn-hangzhou"), OSS_PRESIGN_OSS};

static bool equals(oss_presign_text text, const char *string) {
    return text.data != NULL && text.length == strlen(string) && memcmp(text.data, string, text.length) == 0;
}

static bool begins_with(oss_presign_text text, const char *prefix) {
    return text.length >= strlen(prefix) && memcmp(text.data, prefix, strlen(prefix)) == 0;
}

/* On the heap and of exactly that size, so that valgrind sees one byte too many. */
static char *exactly(const char *string) {
    size_t length = strlen(string);
    char *bytes = malloc(length);
    CHECK(bytes != NULL);
    memcpy(bytes, string, length);
    return bytes;
}

static bool lookup(void *context, oss_presign_text access_key_id, oss_presign_text date, oss_presign_known_key *key) {
    int *calls = context;
    (*calls)++;
    CHECK(equals(date, "20241112"));
    if (!equals(access_key_id, "fake-access-key-id")) {
        return false;
    }
    key->access_key_secret = OSS_PRESIGN_TEXT("fake-access-key-secret");
    return true;
}

static void texts(void) {
    char small[4];
    CHECK(oss_presign_copy(OSS_PRESIGN_TEXT("abc"), small, sizeof small) && strcmp(small, "abc") == 0);
    CHECK(!oss_presign_copy(OSS_PRESIGN_TEXT("abcd"), small, sizeof small) && strcmp(small, "") == 0);
    CHECK(oss_presign_text_of(NULL).data == NULL && oss_presign_text_of("ab").length == 2);
    CHECK(strcmp(oss_presign_status_text(OSS_PRESIGN_STATUS_OK), "nothing was refused") == 0);
    CHECK(strstr(oss_presign_status_text(OSS_PRESIGN_STATUS_REGION_ZONE), "without the letter") != NULL);
    CHECK(strstr(oss_presign_status_text(-1), "no status") != NULL);
}

/* A URL from texts that end where their memory ends, then its verification. */
static void url(const oss_presign_signer *signer) {
    char *key = exactly("photos/a b.jpg"), *type = exactly("image/jpeg");
    const oss_presign_field headers[] = {{OSS_PRESIGN_TEXT("content-type"), {type, 10}}};
    const oss_presign_request request = {
        .method = OSS_PRESIGN_PUT,
        .bucket = OSS_PRESIGN_TEXT("examplebucket"),
        .key = {key, 14},
        .headers = headers,
        .header_count = 1,
    };
    oss_presign_url url;
    CHECK(oss_presign_sign_url(signer, &request, NULL, NOW, 600, NULL, 0, &url) ==
          OSS_PRESIGN_STATUS_BUFFER_TOO_SMALL);
    size_t needed = url.needed;
    char *buffer = malloc(needed);
    CHECK(buffer != NULL);
    CHECK(oss_presign_sign_url(signer, &request, NULL, NOW, 600, buffer, needed - 1, &url) ==
          OSS_PRESIGN_STATUS_BUFFER_TOO_SMALL);
    CHECK(buffer[0] == '\0' && url.url.data == NULL && url.needed == needed);
    CHECK(oss_presign_sign_url(signer, &request, NULL, NOW, 600, buffer, needed, &url) == OSS_PRESIGN_STATUS_OK);
    CHECK(strlen(buffer) == needed - 1 && url.url.data == buffer && url.url.length == needed - 1);
    CHECK(equals(url.host, "examplebucket.oss-cn-hangzhou.aliyuncs.com"));
    CHECK(begins_with(url.target, "/photos/a%20b.jpg?x-oss-credential="));
    CHECK(url.expires_at == NOW + 600 && url.header_count == 1 && equals(url.headers[0].value, "image/jpeg"));

    const char *mark = memchr(url.target.data, '?', url.target.length);
    oss_presign_received_request received = {
        .method = OSS_PRESIGN_TEXT("PUT"),
        .bucket = OSS_PRESIGN_TEXT("examplebucket"),
        .path = {url.target.data, (size_t)(mark - url.target.data)},
        .query = {mark + 1, url.target.length - (size_t)(mark + 1 - url.target.data)},
        .headers = url.headers,
        .header_count = url.header_count,
    };
    oss_presign_verified verified;
    int calls = 0;
    CHECK(oss_presign_verify_url(&received, &scope, NOW, lookup, &calls, &verified) == OSS_PRESIGN_STATUS_OK);
    CHECK(calls == 1 && verified.signed_at == NOW && verified.expires_at == NOW + 600);
    received.header_count = 0;
    CHECK(oss_presign_verify_url(&received, &scope, NOW, lookup, &calls, &verified) ==
          OSS_PRESIGN_STATUS_RECEIVED_SIGNATURE_MISMATCH);
    CHECK(verified.http_status == 403 && equals(verified.code, "SignatureDoesNotMatch"));
    CHECK(oss_presign_verify_url(&received, &scope, NOW, NULL, NULL, &verified) ==
          OSS_PRESIGN_STATUS_NULL_POINTER);
    free(buffer);
    free(type);
    free(key);
}

static void header(const oss_presign_signer *signer) {
    const oss_presign_field query[] = {{OSS_PRESIGN_TEXT("prefix"), OSS_PRESIGN_TEXT("photos/")}};
    const oss_presign_text additional[] = {OSS_PRESIGN_TEXT("host")};
    const oss_presign_request request = {
        .method = OSS_PRESIGN_GET,
        .target = OSS_PRESIGN_BUCKET,
        .bucket = OSS_PRESIGN_TEXT("examplebucket"),
        .additional_headers = additional,
        .additional_header_count = 1,
        .query = query,
        .query_count = 1,
    };
    oss_presign_endpoint endpoint = OSS_PRESIGN_ENDPOINT_INIT;
    oss_presign_signed_request signed_request;
    char buffer[512];
    CHECK(oss_presign_sign_header(signer, &request, &endpoint, NOW, buffer, sizeof buffer, &signed_request) ==
          OSS_PRESIGN_STATUS_ENDPOINT_NOT_READY);
    CHECK(oss_presign_endpoint_init(&endpoint, OSS_PRESIGN_INTERNAL, &scope) == OSS_PRESIGN_STATUS_OK);
    CHECK(oss_presign_sign_header(signer, &request, &endpoint, NOW, buffer, sizeof buffer, &signed_request) ==
          OSS_PRESIGN_STATUS_OK);
    CHECK(equals(signed_request.target, "/?prefix=photos%2F"));
    CHECK(equals(signed_request.host, "examplebucket.oss-cn-hangzhou-internal.aliyuncs.com"));
    CHECK(signed_request.header_count == 3 && equals(signed_request.headers[0].name, "authorization"));

    oss_presign_field headers[OSS_PRESIGN_MAX_SIGNED_HEADERS + 1];
    memcpy(headers, signed_request.headers, sizeof signed_request.headers);
    headers[signed_request.header_count] = (oss_presign_field){OSS_PRESIGN_TEXT("Host"), signed_request.host};
    const oss_presign_received_request received = {
        .method = OSS_PRESIGN_TEXT("GET"),
        .bucket = OSS_PRESIGN_TEXT("examplebucket"),
        .path = OSS_PRESIGN_TEXT("/"),
        .query = OSS_PRESIGN_TEXT("prefix=photos%2F"),
        .headers = headers,
        .header_count = signed_request.header_count + 1,
    };
    oss_presign_verified verified;
    int calls = 0;
    CHECK(oss_presign_verify_header(&received, &scope, NOW + 900, lookup, &calls, &verified) ==
          OSS_PRESIGN_STATUS_OK);
    CHECK(verified.expires_at == 0);
    CHECK(oss_presign_verify_header(&received, &scope, NOW + 901, lookup, &calls, &verified) ==
          OSS_PRESIGN_STATUS_RECEIVED_TIME_TOO_SKEWED);
}

static void form(const oss_presign_signer *signer) {
    const oss_presign_text types[] = {OSS_PRESIGN_TEXT("image/jpeg"), OSS_PRESIGN_TEXT("image/png")};
    const oss_presign_condition conditions[] = {
        {.rule = OSS_PRESIGN_ONE_OF, .field = OSS_PRESIGN_TEXT("content-type"), .values = types, .value_count = 2},
        {.rule = OSS_PRESIGN_EQUALS,
         .field = OSS_PRESIGN_TEXT("success_action_status"),
         .value = OSS_PRESIGN_TEXT("201")},
    };
    const oss_presign_policy policy = {
        .flags = OSS_PRESIGN_KEY_IS_PREFIX,
        .bucket = OSS_PRESIGN_TEXT("examplebucket"),
        .key = OSS_PRESIGN_TEXT("user/eric/"),
        .least_bytes = 1,
        .most_bytes = 1000,
        .conditions = conditions,
        .condition_count = 2,
    };
    oss_presign_endpoint endpoint;
    CHECK(oss_presign_endpoint_init_host(&endpoint, OSS_PRESIGN_TEXT("http://127.0.0.1:9000"), OSS_PRESIGN_PATH,
                                         &scope) == OSS_PRESIGN_STATUS_OK);
    oss_presign_form form;
    char buffer[1024];
    CHECK(oss_presign_sign_form(signer, &policy, &endpoint, NOW, 600, buffer, sizeof buffer, &form) ==
          OSS_PRESIGN_STATUS_OK);
    CHECK(equals(form.url, "http://127.0.0.1:9000/examplebucket/"));
    CHECK(form.open_field_count == 1 && equals(form.open_fields[0], "content-type"));
    CHECK(form.field_count == 7 && equals(form.fields[0].value, "user/eric/${filename}"));

    oss_presign_field fields[OSS_PRESIGN_MAX_FIELDS + 1];
    memcpy(fields, form.fields, sizeof form.fields);
    fields[0].value = OSS_PRESIGN_TEXT("user/eric/a.png");
    fields[form.field_count] = (oss_presign_field){OSS_PRESIGN_TEXT("Content-Type"), OSS_PRESIGN_TEXT("image/png")};
    oss_presign_received_form received = {
        .bucket = OSS_PRESIGN_TEXT("examplebucket"),
        .fields = fields,
        .field_count = form.field_count + 1,
        .file_bytes = 1000,
    };
    oss_presign_verified verified;
    int calls = 0;
    CHECK(oss_presign_verify_form(&received, &scope, NOW, lookup, &calls, &verified) == OSS_PRESIGN_STATUS_OK);
    received.file_bytes = 1001;
    CHECK(oss_presign_verify_form(&received, &scope, NOW, lookup, &calls, &verified) ==
          OSS_PRESIGN_STATUS_RECEIVED_FILE_TOO_LARGE);
    CHECK(verified.http_status == 400 && equals(verified.code, "EntityTooLarge"));
}

static bool sign_elsewhere(void *context, oss_presign_text string_to_sign, uint8_t *signature) {
    CHECK(begins_with(string_to_sign, "OSS4-HMAC-SHA256\n20241112T083238Z\n20241112/cn-hangzhou/oss/"));
    if (context != NULL) {
        memcpy(signature, context, OSS_PRESIGN_KEY_BYTES);
    }
    return context != NULL;
}

static void other_keys(void) {
    oss_presign_day_key day_key = {
        .identity = {.access_key_id = OSS_PRESIGN_TEXT("fake-access-key-id")},
        .scope = scope,
        .day = NOW,
    };
    oss_presign_signer signer = OSS_PRESIGN_SIGNER_INIT;
    CHECK(oss_presign_signer_init_day_key(&signer, &day_key) == OSS_PRESIGN_STATUS_DAY_KEY_ZERO);
    CHECK(oss_presign_derive_day_key(OSS_PRESIGN_TEXT("fake-access-key-secret"), &scope, NOW,
                                     day_key.signing_key) == OSS_PRESIGN_STATUS_OK);
    CHECK(oss_presign_signer_init_day_key(&signer, &day_key) == OSS_PRESIGN_STATUS_OK);
    memset(&day_key.signing_key, 0, sizeof day_key.signing_key);
    /* What it signs is verified by the secret. */
    url(&signer);

    const oss_presign_request request = {
        .method = OSS_PRESIGN_GET,
        .bucket = OSS_PRESIGN_TEXT("examplebucket"),
        .key = OSS_PRESIGN_TEXT("photos/1.jpg"),
    };
    uint8_t signature[OSS_PRESIGN_KEY_BYTES] = {0x5a};
    oss_presign_external_signer external = {
        .identity = day_key.identity, .scope = scope, .sign = sign_elsewhere, .context = signature};
    oss_presign_url url;
    char buffer[512];
    CHECK(oss_presign_sign_url_externally(&external, &request, NULL, NOW, 600, buffer, sizeof buffer, &url) ==
          OSS_PRESIGN_STATUS_OK);
    CHECK(strstr(buffer, "&x-oss-signature=5a0000") != NULL);
    external.context = NULL;
    CHECK(oss_presign_sign_url_externally(&external, &request, NULL, NOW, 600, buffer, sizeof buffer, &url) ==
          OSS_PRESIGN_STATUS_EXTERNAL_SIGNER);
    CHECK(buffer[0] == '\0');
    oss_presign_signer_clear(&signer);
}

int main(void) {
    const oss_presign_credentials credentials = {
        .access_key_id = OSS_PRESIGN_TEXT("fake-access-key-id"),
        .access_key_secret = OSS_PRESIGN_TEXT("fake-access-key-secret"),
    };
    oss_presign_signer signer = OSS_PRESIGN_SIGNER_INIT;
    CHECK(oss_presign_signer_init(&signer, &credentials, &scope, NOW) == OSS_PRESIGN_STATUS_OK);
    texts();
    url(&signer);
    header(&signer);
    form(&signer);
    other_keys();
    oss_presign_signer_clear(&signer);
    const oss_presign_signer zero = OSS_PRESIGN_SIGNER_INIT;
    CHECK(memcmp(&signer, &zero, sizeof signer) == 0);
    puts("interface: all held");
    return 0;
}
