/* A vector: what an official SDK was given. */
#ifndef VECTOR_H
#define VECTOR_H

#include "oss_presign.h"

typedef struct vector {
    const char *name;
    oss_presign_credentials credentials;
    oss_presign_scope scope;
    oss_presign_text host;
    oss_presign_addressing addressing;
    oss_presign_request request;
    uint64_t now;
    uint32_t expires_in;
} vector;

#endif
