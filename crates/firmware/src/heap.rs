//! The memory that TLS allocates, and how much of it was in use at most.

use core::alloc::{GlobalAlloc, Layout};
use core::sync::atomic::{AtomicUsize, Ordering};

use embedded_alloc::LlffHeap;

/// A heap that remembers its highest level.
pub struct Heap {
    heap: LlffHeap,
    used: AtomicUsize,
    peak: AtomicUsize,
}

impl Heap {
    /// A heap without memory.
    #[must_use]
    pub const fn new() -> Self {
        Self { heap: LlffHeap::empty(), used: AtomicUsize::new(0), peak: AtomicUsize::new(0) }
    }

    /// Gives it its memory, once and before anything is allocated.
    pub fn start<const WORDS: usize>(&self, memory: &'static mut [u64; WORDS]) {
        // SAFETY: the memory is exclusively the heap's for the rest of the program.
        unsafe { self.heap.init(memory.as_mut_ptr() as usize, size_of_val(memory)) }
    }

    /// The most bytes that were allocated at a time.
    pub fn peak(&self) -> u32 {
        self.peak.load(Ordering::Relaxed) as u32
    }
}

impl Default for Heap {
    fn default() -> Self {
        Self::new()
    }
}

// SAFETY: every request is handed on to a heap that upholds the contract; the numbers beside it change nothing.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's layout is handed on.
        let memory = unsafe { self.heap.alloc(layout) };
        if !memory.is_null() {
            let used = self.used.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
            self.peak.fetch_max(used, Ordering::Relaxed);
        }
        memory
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        self.used.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the memory came from `alloc` with this layout.
        unsafe { self.heap.dealloc(memory, layout) }
    }
}
