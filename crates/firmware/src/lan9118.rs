//! The SMSC LAN9118, the Ethernet controller of the MPS2 boards: frames in and out, for whichever network stack.
//!
//! Names and numbers are those of its data sheet (revision 1.5, chapter 5). Receiving and sending copy through two
//! buffers of one frame each; a board with many frames to move would use DMA.

const BASE: usize = 0x4020_0000;
const RX_DATA_FIFO: usize = 0x00;
const TX_DATA_FIFO: usize = 0x20;
const RX_STATUS_FIFO: usize = 0x40;
const TX_STATUS_FIFO: usize = 0x48;
const BYTE_TEST: usize = 0x64;
const TX_CFG: usize = 0x70;
const HW_CFG: usize = 0x74;
const RX_FIFO_INF: usize = 0x7c;
const TX_FIFO_INF: usize = 0x80;
const MAC_CSR_CMD: usize = 0xa4;
const MAC_CSR_DATA: usize = 0xa8;

/// Registers behind `MAC_CSR_CMD`.
const MAC_CR: u32 = 1;
const MAC_ADDRH: u32 = 2;
const MAC_ADDRL: u32 = 3;
const MAC_BUSY: u32 = 1 << 31;
const MAC_READ: u32 = 1 << 30;

/// Bytes of a frame without its check sequence: 14 of header and 1500 of payload, in words.
pub(crate) const FRAME_BYTES: usize = 1514;
pub(crate) const FRAME_WORDS: usize = FRAME_BYTES.div_ceil(4);

/// More tries than any register takes to become ready.
const PATIENCE: u32 = 1_000_000;

/// Memory of one frame; words, because the controller's FIFOs take nothing else.
pub(crate) type Frame = [u32; FRAME_WORDS];

/// The controller and its two frame buffers.
pub(crate) struct Lan9118 {
    received: &'static mut Frame,
    sending: &'static mut Frame,
}

/// The controller does not answer as a LAN9118 does.
#[derive(Debug, Clone, Copy)]
pub struct NoController;

impl Lan9118 {
    /// Resets the controller and starts it.
    pub(crate) fn new([received, sending]: &'static mut [Frame; 2]) -> Result<Self, NoController> {
        write(HW_CFG, 1);
        wait_until(|| read(HW_CFG) & 1 == 0)?;
        if read(BYTE_TEST) != 0x8765_4321 {
            return Err(NoController);
        }
        // Store and forward; 5 KiB of the FIFO for sending.
        write(HW_CFG, 1 << 20 | 5 << 16);
        // Sending on; status words are dropped when nobody reads them.
        write(TX_CFG, 1 << 2 | 1 << 1);
        let control = mac_read(MAC_CR)?;
        // Sender and receiver on.
        mac_write(MAC_CR, control | 1 << 3 | 1 << 2)?;
        Ok(Self { received, sending })
    }

    /// The address that the controller was given.
    pub(crate) fn address(&self) -> Result<[u8; 6], NoController> {
        let [a, b, c, d] = mac_read(MAC_ADDRL)?.to_le_bytes();
        let [e, f, ..] = mac_read(MAC_ADDRH)?.to_le_bytes();
        Ok([a, b, c, d, e, f])
    }

    /// Takes the next intact frame out of the controller, and gives its length; none if there is none.
    pub(crate) fn take_frame(&mut self) -> Option<usize> {
        loop {
            let waiting = read(RX_FIFO_INF) >> 16 & 0xff;
            if waiting == 0 {
                return None;
            }
            let status = read(RX_STATUS_FIFO);
            let length = (status >> 16 & 0x3fff) as usize;
            for index in 0..length.div_ceil(4) {
                let word = read(RX_DATA_FIFO);
                if let Some(slot) = self.received.get_mut(index) {
                    *slot = word;
                }
            }
            // The last four bytes are the frame's check sequence. Bit 15: the frame is broken.
            let length = length.saturating_sub(4);
            if status & 1 << 15 == 0 && length <= FRAME_BYTES {
                return Some(length);
            }
        }
    }

    /// The frame that was taken, and room for an answer to it.
    pub(crate) fn taken(&mut self, length: usize) -> (Received<'_>, Sending<'_>) {
        (Received { words: self.received, length }, Sending { words: self.sending })
    }

    /// Room for a frame to be sent; none as long as the controller has not got that much.
    pub(crate) fn room(&mut self) -> Option<Sending<'_>> {
        // Two command words and a frame.
        let free = (read(TX_FIFO_INF) & 0xffff) as usize;
        (free >= FRAME_BYTES + 12).then_some(Sending { words: self.sending })
    }
}

/// A frame that has arrived.
pub struct Received<'a> {
    words: &'a mut Frame,
    length: usize,
}

impl<'a> Received<'a> {
    /// Its bytes, which a network stack may use to work in.
    pub(crate) fn bytes(self) -> &'a mut [u8] {
        bytes_of(self.words).get_mut(..self.length).unwrap_or_default()
    }
}

/// Room for a frame to be sent.
pub struct Sending<'a> {
    words: &'a mut Frame,
}

impl Sending<'_> {
    /// Has the frame written, and sends it.
    pub(crate) fn send<R>(self, length: usize, write_frame: impl FnOnce(&mut [u8]) -> R) -> R {
        let result = write_frame(bytes_of(self.words).get_mut(..length).unwrap_or_default());
        // First and last buffer of the frame, its bytes; then the length of the whole frame.
        write(TX_DATA_FIFO, 1 << 13 | 1 << 12 | length as u32);
        write(TX_DATA_FIFO, length as u32);
        for &word in self.words.iter().take(length.div_ceil(4)) {
            write(TX_DATA_FIFO, word);
        }
        while read(TX_FIFO_INF) >> 16 & 0xff > 0 {
            read(TX_STATUS_FIFO);
        }
        result
    }
}

fn bytes_of(words: &mut Frame) -> &mut [u8] {
    let count = words.len() * 4;
    // SAFETY: any initialised words are bytes, FRAME_WORDS * 4 of them; they are borrowed exclusively.
    unsafe { core::slice::from_raw_parts_mut(words.as_mut_ptr().cast::<u8>(), count) }
}

/// A program that does other things meanwhile has the controller tell it of the next frame.
#[cfg(feature = "async")]
pub(crate) mod interrupt {
    use super::write;

    const IRQ_CFG: usize = 0x54;
    const INT_STS: usize = 0x58;
    const INT_EN: usize = 0x5c;
    /// More frames wait than `FIFO_INT` says, which is none after a reset.
    const RX_STATUS_FIFO_LEVEL: u32 = 1 << 3;

    /// Drives the line to the processor: high when there is an interrupt.
    pub(crate) fn connect() {
        write(IRQ_CFG, 1 << 8 | 1 << 4 | 1);
    }

    /// From now on, a frame that arrives causes an interrupt.
    pub(crate) fn on() {
        write(INT_STS, RX_STATUS_FIFO_LEVEL);
        write(INT_EN, RX_STATUS_FIFO_LEVEL);
    }

    /// Frames are silent again; the interrupt's handler must do this, or it would be called for ever.
    pub(crate) fn off() {
        write(INT_EN, 0);
    }
}

fn mac_read(register: u32) -> Result<u32, NoController> {
    write(MAC_CSR_CMD, MAC_BUSY | MAC_READ | register);
    wait_until(|| read(MAC_CSR_CMD) & MAC_BUSY == 0)?;
    Ok(read(MAC_CSR_DATA))
}

fn mac_write(register: u32, value: u32) -> Result<(), NoController> {
    write(MAC_CSR_DATA, value);
    write(MAC_CSR_CMD, MAC_BUSY | register);
    wait_until(|| read(MAC_CSR_CMD) & MAC_BUSY == 0)
}

fn wait_until(mut ready: impl FnMut() -> bool) -> Result<(), NoController> {
    if (0..PATIENCE).any(|_| ready()) { Ok(()) } else { Err(NoController) }
}

fn read(register: usize) -> u32 {
    // SAFETY: `register` is one of the constants above, and this driver is the only one to touch the controller.
    unsafe { ((BASE + register) as *const u32).read_volatile() }
}

fn write(register: usize, value: u32) {
    // SAFETY: as for `read`.
    unsafe { ((BASE + register) as *mut u32).write_volatile(value) }
}
