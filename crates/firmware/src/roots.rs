//! The certificates that a server's chain may end at, in the program's flash: those of the folder `FIRMWARE_ROOTS` at build
//! time.

include!(concat!(env!("OUT_DIR"), "/roots.rs"));
