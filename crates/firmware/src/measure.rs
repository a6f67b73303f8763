//! Stack by painting, instructions by the board's counter.

use core::arch::asm;

use crate::board::say_number;

/// What a call cost.
#[derive(Clone, Copy)]
pub struct Cost {
    /// From the caller's stack pointer to the deepest byte written.
    pub stack_bytes: u32,
    /// Instructions, if QEMU runs with `-icount shift=0`; anything otherwise. Exact on RISC-V, to within 125 on Arm.
    pub instructions: u32,
}

impl Cost {
    /// Writes both figures.
    pub fn say(self) {
        say_number("stack", self.stack_bytes);
        say_number("instructions", self.instructions);
    }
}

const PAINT: u32 = 0xa5c3_5a3c;

/// The unused stack, painted in order to see later how much of it was used.
pub struct Paint {
    top: usize,
}

impl Paint {
    /// Paints from the end of the static data to the caller's stack pointer.
    #[inline(always)]
    pub fn below_here() -> Self {
        let top = stack_pointer();
        let mut at = stack_limit();
        while at < top {
            // SAFETY: between the end of the static data and the stack pointer there is nothing but unused stack. An
            // interrupt may write there, and is gone again before the next store.
            unsafe { (at as *mut u32).write_volatile(PAINT) };
            at += 4;
        }
        Self { top }
    }

    /// From where it was painted to the deepest byte written since.
    #[inline(always)]
    pub fn stack_bytes(&self) -> u32 {
        let mut at = stack_limit();
        // SAFETY: as above; reading disturbs nothing.
        while at < self.top && unsafe { (at as *const u32).read_volatile() } == PAINT {
            at += 4;
        }
        (self.top - at) as u32
    }
}

/// Runs `work` and measures it.
#[inline(never)]
pub fn measure<T>(work: impl FnOnce() -> T) -> (T, Cost) {
    let paint = Paint::below_here();
    let start = counter::read();
    let result = call(work);
    let end = counter::read();
    (result, Cost { stack_bytes: paint.stack_bytes(), instructions: counter::instructions(start, end) })
}

/// Keeps the frame of the work below the stack pointer that `measure` has read.
#[inline(never)]
fn call<T>(work: impl FnOnce() -> T) -> T {
    work()
}

/// Bytes of static data (`.data`, `.bss`): from the start of RAM to where the stack may grow down to.
pub fn static_bytes() -> u32 {
    let start = if cfg!(target_arch = "arm") { 0x2000_0000 } else { 0x8010_0000 };
    (stack_limit() - start) as u32
}

#[inline(always)]
fn stack_pointer() -> usize {
    let pointer: usize;
    // SAFETY: reads a register.
    unsafe {
        #[cfg(target_arch = "arm")]
        asm!("mov {}, sp", out(reg) pointer, options(nomem, nostack, preserves_flags));
        #[cfg(target_arch = "riscv32")]
        asm!("mv {}, sp", out(reg) pointer, options(nomem, nostack, preserves_flags));
    }
    pointer
}

/// Where the static data ends, as both start-up crates name it.
fn stack_limit() -> usize {
    unsafe extern "C" {
        static __sheap: u32;
    }
    &raw const __sheap as usize
}

#[cfg(target_arch = "arm")]
mod counter {
    use cortex_m::peripheral::SYST;

    /// Under `-icount shift=0` an instruction is a nanosecond, and SysTick runs at 25 MHz on the AN386 and at 16 MHz on
    /// the micro:bit: half-nanoseconds a tick.
    const HALF_NS_PER_TICK: u32 = if cfg!(board = "mps2-an386") { 80 } else { 125 };

    /// Starts the counter when it is not running, and reads it.
    pub(super) fn read() -> u32 {
        // SAFETY: the registers of SysTick; whoever else uses it (the clock of the upload program) has started it with
        // another period, and does not count instructions.
        let syst = unsafe { &*SYST::PTR };
        // SAFETY: as above.
        unsafe {
            if syst.csr.read() & 1 == 0 {
                syst.rvr.write(0x00ff_ffff);
                syst.cvr.write(0);
                // Enabled, the processor's clock, no interrupt.
                syst.csr.write(0b101);
            }
        }
        syst.cvr.read()
    }

    pub(super) fn instructions(start: u32, end: u32) -> u32 {
        (start.wrapping_sub(end) & 0x00ff_ffff).wrapping_mul(HALF_NS_PER_TICK) / 2
    }
}

#[cfg(target_arch = "riscv32")]
mod counter {
    pub(super) fn read() -> u32 {
        riscv::register::minstret::read() as u32
    }

    pub(super) fn instructions(start: u32, end: u32) -> u32 {
        end.wrapping_sub(start)
    }
}
