//! The Ethernet controller as embassy-net wants it: a task that finds no frame is woken by the interrupt of the next one.

use core::task::Context;

use embassy_net_driver::{Capabilities, Driver, HardwareAddress, LinkState, RxToken, TxToken};
use embassy_sync::waitqueue::AtomicWaker;

use crate::board;
use crate::lan9118::{FRAME_BYTES, Frame, Lan9118, NoController, Received, Sending, interrupt};

/// The task that waits for a frame.
static WAITING: AtomicWaker = AtomicWaker::new();

/// The handler of the controller's interrupt.
pub(crate) extern "C" fn ethernet_interrupt() {
    interrupt::off();
    WAITING.wake();
}

/// The controller, its address, and its interrupt.
pub struct Ethernet {
    controller: Lan9118,
    address: [u8; 6],
}

impl Ethernet {
    /// Resets the controller and starts it.
    pub(super) fn new(frames: &'static mut [Frame; 2]) -> Result<Self, NoController> {
        let controller = Lan9118::new(frames)?;
        let address = controller.address()?;
        interrupt::connect();
        board::unmask_ethernet();
        Ok(Self { controller, address })
    }
}

impl Driver for Ethernet {
    type RxToken<'a> = Received<'a>;
    type TxToken<'a> = Sending<'a>;

    fn receive(&mut self, context: &mut Context<'_>) -> Option<(Received<'_>, Sending<'_>)> {
        let length = match self.controller.take_frame() {
            Some(length) => length,
            None => {
                WAITING.register(context.waker());
                interrupt::on();
                // A frame that came before the interrupt was on causes none.
                self.controller.take_frame()?
            }
        };
        Some(self.controller.taken(length))
    }

    fn transmit(&mut self, context: &mut Context<'_>) -> Option<Sending<'_>> {
        let room = self.controller.room();
        if room.is_none() {
            // A frame is sent within a tenth of a millisecond: asking again at once is simpler than another interrupt.
            context.waker().wake_by_ref();
        }
        room
    }

    /// Always up. A product asks its transceiver, and embassy-net asks for a new address when the cable is back.
    fn link_state(&mut self, _: &mut Context<'_>) -> LinkState {
        LinkState::Up
    }

    fn capabilities(&self) -> Capabilities {
        let mut capabilities = Capabilities::default();
        capabilities.max_transmission_unit = FRAME_BYTES;
        capabilities.max_burst_size = Some(1);
        capabilities
    }

    fn hardware_address(&self) -> HardwareAddress {
        HardwareAddress::Ethernet(self.address)
    }
}

impl RxToken for Received<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, work: F) -> R {
        work(self.bytes())
    }
}

impl TxToken for Sending<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, work: F) -> R {
        self.send(length, work)
    }
}
