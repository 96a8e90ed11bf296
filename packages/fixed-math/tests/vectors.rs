//! The shared reference vectors: every row must be reproduced bit for bit.
//!
//! The files are looked for in the directory `OPTIO_VECTORS`, else in `../shared/vectors` beside the
//! workspace. Where they are absent the test says so; the committed references still run.

use fixed_math::{Fx, MathError, exp, ln, norm_cdf, norm_pdf, sqrt};
use std::path::PathBuf;

type Function = fn(Fx) -> Result<Fx, MathError>;

fn directory() -> PathBuf {
    std::env::var_os("OPTIO_VECTORS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors"),
        PathBuf::from,
    )
}

fn misrounded(name: &str, function: Function) -> Option<(usize, usize)> {
    let path = directory().join(format!("{name}.csv"));
    let Ok(text) = std::fs::read_to_string(&path) else {
        assert!(
            std::env::var_os("OPTIO_VECTORS").is_none(),
            "missing {}",
            path.display()
        );
        println!("SKIPPED: {} not found", path.display());
        return None;
    };
    let (mut rows, mut wrong) = (0, 0);
    for line in text.lines().skip(1) {
        let (x, y) = line.split_once(',').unwrap();
        let (x, y) = (
            Fx::from_bits(x.parse().unwrap()),
            Fx::from_bits(y.parse().unwrap()),
        );
        rows += 1;
        let got = function(x);
        if got != Ok(y) {
            wrong += 1;
            println!(
                "{name}({}) = {got:?}, expected {}",
                x.to_bits(),
                y.to_bits()
            );
        }
    }
    Some((rows, wrong))
}

#[test]
fn shared_vectors_are_reproduced_bit_for_bit() {
    let all: [(&str, Function); 5] = [
        ("exp", exp),
        ("ln", ln),
        ("sqrt", sqrt),
        ("norm_cdf", norm_cdf),
        ("norm_pdf", norm_pdf),
    ];
    for (name, function) in all {
        if let Some((rows, wrong)) = misrounded(name, function) {
            assert!(rows > 0, "{name} has no rows");
            assert_eq!(wrong, 0, "{name}: {wrong} of {rows} misrounded");
            println!("{name}: {rows} rows exact");
        }
    }
}
