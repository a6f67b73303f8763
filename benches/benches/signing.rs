//! The rows of `cargo xtask bench`, by criterion: for the history of one row, where the other program is for
//! the comparison of all.

use std::time::Instant;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use oss_presign_benches::cases::Case;
use oss_presign_benches::ours::Prepared;
use oss_presign_benches::rounds::{Row, floor};

fn signing(criterion: &mut Criterion) {
    for case in Case::both() {
        let prepared = Prepared::new(&case);
        let (at, mut template) = (prepared.at(), vec![0; 4096]);
        let many = prepared.many_keys(&at, &mut template);
        let mut rows = vec![floor(case.compressions)];
        rows.extend(prepared.rows(&at, &many));
        group(criterion, case.name, rows);
        #[cfg(feature = "peers")]
        oss_presign_benches::peers::with_rows(&case, |rows| group(criterion, case.name, rows));
    }
}

fn group(criterion: &mut Criterion, name: &str, rows: Vec<Row<'_>>) {
    let mut group = criterion.benchmark_group(name);
    for mut row in rows {
        group.throughput(Throughput::Elements(row.per_run.into()));
        group.bench_function(BenchmarkId::from_parameter(&row.name), |bencher| {
            bencher.iter_custom(|times| {
                let start = Instant::now();
                (row.run)(u32::try_from(times).unwrap_or(u32::MAX));
                start.elapsed()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, signing);
criterion_main!(benches);
