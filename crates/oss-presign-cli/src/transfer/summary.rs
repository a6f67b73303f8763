//! How many files went how.

use super::{Done, Problem};

/// Counts of files, and the bytes of those that were transferred.
#[derive(Default)]
pub(super) struct Summary {
    transferred: u64,
    bytes: u64,
    same: u64,
    planned: u64,
    failed: u64,
}

impl Summary {
    pub(super) fn add(&mut self, result: &Result<Done, Problem>) {
        match result {
            Ok(done) if done.action == "same" => self.same += 1,
            Ok(done) => {
                let count = if done.action == "planned" { &mut self.planned } else { &mut self.transferred };
                *count += 1;
                self.bytes += done.bytes;
            }
            Err(_) => self.failed += 1,
        }
    }

    pub(super) fn text(&self) -> String {
        let mut text = match self.planned {
            0 => format!("{} transferred, {} bytes", self.transferred, self.bytes),
            planned => format!("{planned} would be transferred, {} bytes", self.bytes),
        };
        if self.same > 0 {
            text.push_str(&format!("; {} there already", self.same));
        }
        if self.failed > 0 {
            text.push_str(&format!("; {} failed", self.failed));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Class;

    #[test]
    fn what_there_is_is_told() {
        let mut summary = Summary::default();
        for (action, bytes) in [("stored", 3), ("received", 4), ("same", 100)] {
            summary.add(&Ok(Done::without_transfer(action, bytes)));
        }
        assert_eq!(summary.text(), "2 transferred, 7 bytes; 1 there already");
        summary.add(&Err(Problem::new(Class::Network, "")));
        assert_eq!(summary.text(), "2 transferred, 7 bytes; 1 there already; 1 failed");
        let mut summary = Summary::default();
        summary.add(&Ok(Done::without_transfer("planned", 5)));
        assert_eq!(summary.text(), "1 would be transferred, 5 bytes");
    }
}
