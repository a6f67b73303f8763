//! What signing and checking cost on the target that this is built for, in multiples of that target's own compressions:
//! a 32-bit processor or a WebAssembly engine hashes at another speed, and so the native figures say nothing of it.

use oss_presign_benches::cases::Case;
use oss_presign_benches::ours::Prepared;
use oss_presign_benches::rounds::measure;

/// Signing a described request, describing and signing it, and the server's half.
const ROWS: [&str; 3] = ["into_buffer", "described", "verify"];
const ROUNDS: usize = 100;

fn main() {
    for case in Case::both() {
        let prepared = Prepared::new(&case);
        let (at, mut template) = (prepared.at(), vec![0; 4096]);
        let many = prepared.many_keys(&at, &mut template);
        let mut rows = prepared.rows(&at, &many);
        rows.retain(|row| ROWS.contains(&row.name.as_str()));
        let costs = measure(case.compressions, &mut rows, ROUNDS);
        let figures: Vec<String> =
            costs.rows.iter().map(|cost| format!("{} {:.2}", cost.name, cost.ratio)).collect();
        println!("{}: {} (× floor of {:.0} ns)", case.name, figures.join(", "), costs.floor_ns);
    }
}
