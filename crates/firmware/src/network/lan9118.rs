//! A polled driver for the SMSC LAN9118, the Ethernet controller of the MPS2 boards.
//!
//! Names and numbers are those of its data sheet (revision 1.5, chapter 5). Receiving and sending copy through two
//! buffers of one frame each; a board with many frames to move would use interrupts and DMA.

use smoltcp::phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::time::Instant;
use smoltcp::wire::EthernetAddress;

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
const FRAME_BYTES: usize = 1514;
pub(super) const FRAME_WORDS: usize = FRAME_BYTES.div_ceil(4);

/// More tries than any register takes to become ready.
const PATIENCE: u32 = 1_000_000;

/// Memory of one frame; words, because the controller's FIFOs take nothing else.
pub(super) type Frame = [u32; FRAME_WORDS];

/// The controller and its two frame buffers.
pub(super) struct Lan9118 {
    received: &'static mut Frame,
    sending: &'static mut Frame,
}

/// The controller does not answer as a LAN9118 does.
#[derive(Debug, Clone, Copy)]
pub struct NoController;

impl Lan9118 {
    /// Resets the controller and starts it.
    pub(super) fn new([received, sending]: &'static mut [Frame; 2]) -> Result<Self, NoController> {
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
    pub(super) fn address(&self) -> Result<EthernetAddress, NoController> {
        let [a, b, c, d] = mac_read(MAC_ADDRL)?.to_le_bytes();
        let [e, f, ..] = mac_read(MAC_ADDRH)?.to_le_bytes();
        Ok(EthernetAddress([a, b, c, d, e, f]))
    }
}

impl Device for Lan9118 {
    type RxToken<'a> = Received<'a>;
    type TxToken<'a> = Sending<'a>;

    fn receive(&mut self, _: Instant) -> Option<(Received<'_>, Sending<'_>)> {
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
                return Some((Received { words: self.received, length }, Sending { words: self.sending }));
            }
        }
    }

    fn transmit(&mut self, _: Instant) -> Option<Sending<'_>> {
        // Two command words and a frame.
        let free = (read(TX_FIFO_INF) & 0xffff) as usize;
        (free >= FRAME_BYTES + 12).then_some(Sending { words: self.sending })
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ethernet;
        capabilities.max_transmission_unit = FRAME_BYTES;
        capabilities.max_burst_size = Some(1);
        capabilities
    }
}

/// A frame that has arrived.
pub struct Received<'a> {
    words: &'a Frame,
    length: usize,
}

impl RxToken for Received<'_> {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, work: F) -> R {
        // SAFETY: any initialised words are bytes; FRAME_WORDS * 4 of them, and `length` is no more.
        let bytes =
            unsafe { core::slice::from_raw_parts(self.words.as_ptr().cast::<u8>(), self.words.len() * 4) };
        work(bytes.get(..self.length).unwrap_or_default())
    }
}

/// Room for a frame to be sent.
pub struct Sending<'a> {
    words: &'a mut Frame,
}

impl TxToken for Sending<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, work: F) -> R {
        let count = self.words.len() * 4;
        // SAFETY: as above, and borrowed exclusively.
        let bytes = unsafe { core::slice::from_raw_parts_mut(self.words.as_mut_ptr().cast::<u8>(), count) };
        let result = work(bytes.get_mut(..length).unwrap_or_default());
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
