#include "hmac_sha256.h"

typedef struct sha256 {
    uint32_t state[8];
    uint8_t block[64];
    uint64_t length;
} sha256;

static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotated(uint32_t word, unsigned bits) { return word >> bits | word << (32 - bits); }

static void compress(sha256 *hash) {
    uint32_t words[64];
    for (int at = 0; at < 16; at++) {
        const uint8_t *bytes = hash->block + 4 * at;
        words[at] = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
    }
    for (int at = 16; at < 64; at++) {
        uint32_t early = words[at - 15], late = words[at - 2];
        words[at] = words[at - 16] + (rotated(early, 7) ^ rotated(early, 18) ^ early >> 3) + words[at - 7] +
                    (rotated(late, 17) ^ rotated(late, 19) ^ late >> 10);
    }
    uint32_t a = hash->state[0], b = hash->state[1], c = hash->state[2], d = hash->state[3];
    uint32_t e = hash->state[4], f = hash->state[5], g = hash->state[6], h = hash->state[7];
    for (int at = 0; at < 64; at++) {
        uint32_t first = h + (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) + ((e & f) ^ (~e & g)) +
                         constants[at] + words[at];
        uint32_t second = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + first, d = c, c = b, b = a, a = first + second;
    }
    const uint32_t sums[8] = {a, b, c, d, e, f, g, h};
    for (int at = 0; at < 8; at++) {
        hash->state[at] += sums[at];
    }
}

static void put(sha256 *hash, const uint8_t *bytes, size_t length) {
    while (length-- > 0) {
        hash->block[hash->length++ % 64] = *bytes++;
        if (hash->length % 64 == 0) {
            compress(hash);
        }
    }
}

static void start(sha256 *hash) {
    static const uint32_t initial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    for (int at = 0; at < 8; at++) {
        hash->state[at] = initial[at];
    }
    hash->length = 0;
}

static void finish(sha256 *hash, uint8_t *digest) {
    uint64_t bits = 8 * hash->length;
    const uint8_t one = 0x80, zero = 0;
    put(hash, &one, 1);
    while (hash->length % 64 != 56) {
        put(hash, &zero, 1);
    }
    for (int shift = 56; shift >= 0; shift -= 8) {
        const uint8_t byte = (uint8_t)(bits >> shift);
        put(hash, &byte, 1);
    }
    for (int at = 0; at < 32; at++) {
        digest[at] = (uint8_t)(hash->state[at / 4] >> (24 - 8 * (at % 4)));
    }
}

void hmac_sha256(const uint8_t *key, size_t key_length, const char *message, size_t length, uint8_t *code) {
    uint8_t inner[64], outer[64];
    for (size_t at = 0; at < 64; at++) {
        const uint8_t byte = at < key_length ? key[at] : 0;
        inner[at] = byte ^ 0x36;
        outer[at] = byte ^ 0x5c;
    }
    sha256 hash;
    start(&hash);
    put(&hash, inner, 64);
    put(&hash, (const uint8_t *)message, length);
    finish(&hash, code);
    start(&hash);
    put(&hash, outer, 64);
    put(&hash, code, 32);
    finish(&hash, code);
}
