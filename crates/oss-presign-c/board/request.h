/* The request that flash, stack and instructions are measured with: the one of crates/firmware/src/signing.rs. */
#ifndef REQUEST_H
#define REQUEST_H

/* 2024-11-12T08:32:38Z. */
#define REQUEST_NOW UINT64_C(1731400358)

/* Room for the URL. */
#define REQUEST_URL_BYTES 512

#endif
