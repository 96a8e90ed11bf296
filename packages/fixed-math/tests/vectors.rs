//! Certified rows, reproduced bit for bit: those in `tests/reference/rows` always, and those of another folder where
//! there is one, named by `OPTIO_VECTORS` or found as `../shared/vectors` beside the workspace.

use fixed_math::{Fx, MathError, exp, ln, norm_cdf, norm_pdf, norm_quantile, sqrt};
use std::path::{Path, PathBuf};

type Function = fn(Fx) -> Result<Fx, MathError>;

const FUNCTIONS: [(&str, Function); 6] = [
    ("exp", exp),
    ("ln", ln),
    ("sqrt", sqrt),
    ("norm_cdf", norm_cdf),
    ("norm_pdf", norm_pdf),
    ("norm_quantile", norm_quantile),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every line of `x,y` after the heading, if there is one; returns how many there were.
fn check(path: &Path, (name, function): (&str, Function)) -> usize {
    let text =
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let rows = text.lines().filter(|line| *line != "x,y");
    let mut wrong = Vec::new();
    let mut count = 0;
    for row in rows {
        let (x, y) = row.split_once(',').unwrap();
        let [x, y] = [x, y].map(|bits| Fx::from_bits(bits.parse().unwrap()));
        count += 1;
        let got = function(x);
        if got != Ok(y) {
            wrong.push(format!("{name}({}): {got:?}, not {y:?}", x.to_bits()));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {count} misrounded: {wrong:#?}",
        wrong.len()
    );
    count
}

#[test]
fn committed_rows_are_reproduced_bit_for_bit() {
    let folder = root().join("tests/reference/rows");
    for (name, function) in FUNCTIONS {
        let rows = check(&folder.join(format!("{name}.csv")), (name, function));
        // 200 random ones and the ends of the domain that are not among them.
        assert!(rows > 200, "{name}");
    }
}

/// A folder that was named is there and has a file for every function but the quantile.
#[test]
fn rows_of_another_folder_are_reproduced_bit_for_bit() {
    let named = std::env::var_os("OPTIO_VECTORS").map(PathBuf::from);
    let beside = Some(root().join("../shared/vectors")).filter(|folder| folder.is_dir());
    let Some(folder) = named.or(beside) else {
        return;
    };
    for (name, function) in FUNCTIONS {
        let path = folder.join(format!("{name}.csv"));
        if name != "norm_quantile" || path.is_file() {
            assert!(check(&path, (name, function)) > 0, "{name} has no rows");
        }
    }
}
