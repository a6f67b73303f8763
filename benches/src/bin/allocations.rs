//! Allocations of one call, a line for each row. A program of its own: counting costs time, so nothing is
//! timed where it happens.

use oss_presign_benches::cases::Case;
use oss_presign_benches::ours::Prepared;
use oss_presign_benches::rounds::Row;

fn main() {
    for case in Case::both() {
        let prepared = Prepared::new(&case);
        let (at, mut template) = (prepared.at(), vec![0; 4096]);
        let many = prepared.many_keys(&at, &mut template);
        print(case.name, prepared.rows(&at, &many));
        #[cfg(feature = "peers")]
        oss_presign_benches::peers::with_rows(&case, |rows| print(case.name, rows));
    }
}

fn print(case: &str, rows: Vec<Row<'_>>) {
    for mut row in rows {
        // What is kept for the next call is allocated by the first.
        (row.run)(2);
        let counted = allocation_counter::measure(|| (row.run)(1));
        println!("{case} {} {}", row.name, counted.count_total);
    }
}
