/* HMAC-SHA256 (RFC 2104, FIPS 180-4), in place of the HSM that an external signer would ask. */
#ifndef HMAC_SHA256_H
#define HMAC_SHA256_H

#include <stddef.h>
#include <stdint.h>

/* Writes the code of a message to 32 bytes. The key has at most 64 bytes. */
void hmac_sha256(const uint8_t *key, size_t key_length, const char *message, size_t length, uint8_t *code);

#endif
