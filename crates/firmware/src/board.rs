//! Output, exit and faults, by semihosting: the emulator (or a debugger) does what the program asks for.

use semihosting::sys::arm_compat::sys_writec;

/// Writes text to the host's terminal.
pub fn say(text: &str) {
    say_bytes(text.as_bytes());
}

/// Likewise, text that nobody has checked to be UTF-8.
pub fn say_bytes(text: &[u8]) {
    for &byte in text {
        sys_writec(byte);
    }
}

/// Writes `name=value` and a line end; without `core::fmt`, which would cost more than signing does.
pub fn say_number(name: &str, mut value: u32) {
    let mut digits = [0; 10];
    let mut used = 0;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (value % 10) as u8;
        value /= 10;
        used += 1;
        if value == 0 {
            break;
        }
    }
    say(name);
    sys_writec(b'=');
    for &digit in digits.iter().skip(digits.len() - used) {
        sys_writec(digit);
    }
    sys_writec(b'\n');
}

/// Ends the program, and the emulator with it.
pub fn exit(code: i32) -> ! {
    semihosting::process::exit(code)
}

/// Exit code of a panic.
pub const EXIT_PANIC: i32 = 101;
/// Exit code of a fault of the processor.
pub const EXIT_FAULT: i32 = 102;

#[cfg(not(feature = "no-panics"))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    say("panicked\n");
    exit(EXIT_PANIC)
}

#[cfg(feature = "no-panics")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    unsafe extern "C" {
        /// Defined nowhere: the linker asks for it exactly when a panic is reachable.
        fn a_panic_is_reachable() -> !;
    }
    // SAFETY: a program that contains this call does not link.
    unsafe { a_panic_is_reachable() }
}

/// The interrupt of the AN386's Ethernet controller.
#[cfg(feature = "async")]
#[derive(Clone, Copy)]
struct Ethernet;

#[cfg(feature = "async")]
impl Ethernet {
    const NUMBER: u16 = 13;
}

// SAFETY: it is one number, and the processor has an interrupt of that number.
#[cfg(feature = "async")]
unsafe impl cortex_m::interrupt::InterruptNumber for Ethernet {
    fn number(self) -> u16 {
        Self::NUMBER
    }
}

/// Has the processor take the interrupts of the Ethernet controller from now on.
#[cfg(feature = "async")]
pub fn unmask_ethernet() {
    // SAFETY: no critical section relies on this interrupt being masked.
    unsafe { cortex_m::peripheral::NVIC::unmask(Ethernet) }
}

/// The handlers of the interrupts that the devices of both Arm boards have: 32. Only the asynchronous program switches one on.
#[cfg(target_arch = "arm")]
#[unsafe(link_section = ".vector_table.interrupts")]
#[unsafe(no_mangle)]
static __INTERRUPTS: [unsafe extern "C" fn(); 32] = {
    unsafe extern "C" {
        /// The one that `cortex-m-rt` has for all.
        fn DefaultHandler();
    }
    let handlers: [unsafe extern "C" fn(); 32] = [DefaultHandler; 32];
    #[cfg(feature = "async")]
    let handlers = {
        let mut handlers = handlers;
        handlers[Ethernet::NUMBER as usize] = crate::async_network::ethernet_interrupt;
        handlers
    };
    handlers
};

#[cfg(target_arch = "arm")]
#[cortex_m_rt::exception(trampoline = false)]
unsafe fn HardFault() -> ! {
    say("hard fault\n");
    exit(EXIT_FAULT)
}

#[cfg(target_arch = "riscv32")]
#[unsafe(no_mangle)]
extern "C" fn ExceptionHandler(_: &riscv_rt::TrapFrame) -> ! {
    say("exception\n");
    exit(EXIT_FAULT)
}
