//! The number of signatures that a search may make.

/// Counts the signatures of a search, and ends it when the budget is spent.
pub(super) struct Budget {
    most: u32,
    made: u32,
}

/// The budget is spent.
pub(super) struct Spent;

impl Budget {
    pub(super) const fn new(most: u32) -> Self {
        Self { most, made: 0 }
    }

    /// Counts a signature, before it is made.
    pub(super) const fn spend(&mut self) -> Result<(), Spent> {
        if self.made >= self.most {
            return Err(Spent);
        }
        self.made += 1;
        Ok(())
    }

    /// Returns the number of signatures that were made.
    pub(super) const fn made(&self) -> u32 {
        self.made
    }
}
