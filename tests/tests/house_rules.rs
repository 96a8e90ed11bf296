//! The house's own rules, read off cargo's metadata and the sources: who may import whom, what is pure, how long a
//! file and a function may be. ARCHITECTURE and CONTRIBUTING say why.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use optio_tests::sources::rust_files;
use serde_json::Value;

const PURE: [&str; 3] = ["fixed-math", "pricing", "risk"];
const CONTRACT_MAY: [&str; 5] = [
    "protocol-api",
    "protocol-std",
    "risk",
    "pricing",
    "fixed-math",
];

/// The deployed protocol, in process.
const SANDBOX_MAY: [&str; 8] = [
    "wasm-chain",
    "protocol-api",
    "calibrate",
    "oracle-adapter",
    "margin-engine",
    "exchange",
    "lens",
    "liquidation",
];

/// Which of our crates a crate may import. `None`: everything.
fn may_import(name: &str, folder: &str) -> Option<&'static [&'static str]> {
    match (name, folder) {
        ("fixed-math" | "protocol-std" | "wasm-chain" | "chain-client", _) => Some(&[]),
        ("pricing", _) => Some(&["fixed-math"]),
        ("risk", _) => Some(&["pricing", "fixed-math"]),
        ("protocol-api", _) => Some(&["risk", "pricing", "fixed-math"]),
        ("adversary" | "calibrate", _) => Some(&["risk", "pricing", "fixed-math"]),
        ("sandbox", _) => Some(&SANDBOX_MAY),
        ("math-probe", _) => Some(&["risk", "pricing", "fixed-math"]),
        (_, "contracts") => Some(&CONTRACT_MAY),
        (_, "testdata") => Some(&[]),
        (_, "apps") | ("optio-tests", _) => None,
        _ => panic!("say in this test what {name} may import"),
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Our crates: name, the folder it lies in, names of the crates it imports (not for tests or building).
fn members() -> Vec<(String, String, BTreeSet<String>)> {
    let metadata = cargo(&[
        "metadata",
        "--no-deps",
        "--format-version",
        "1",
        "--offline",
        "--locked",
    ]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    packages.iter().map(member).collect()
}

fn member(package: &Value) -> (String, String, BTreeSet<String>) {
    let manifest = Path::new(package["manifest_path"].as_str().unwrap());
    let folder = manifest
        .parent()
        .unwrap()
        .parent()
        .unwrap()
        .file_name()
        .unwrap();
    let normal = |dependency: &&Value| dependency["kind"].is_null();
    let imports = package["dependencies"]
        .as_array()
        .unwrap()
        .iter()
        .filter(normal);
    let imports = imports.map(|dependency| dependency["name"].as_str().unwrap().to_owned());
    (
        package["name"].as_str().unwrap().to_owned(),
        folder.to_str().unwrap().to_owned(),
        imports.collect(),
    )
}

#[test]
fn who_may_import_whom() {
    let members = members();
    let ours: BTreeSet<&str> = members.iter().map(|(name, ..)| name.as_str()).collect();
    let mut broken = Vec::new();
    for (name, folder, imports) in &members {
        let Some(allowed) = may_import(name, folder) else {
            continue;
        };
        for import in imports {
            if ours.contains(import.as_str()) && !allowed.contains(&import.as_str()) {
                broken.push(format!("{name} imports {import}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(members.len() >= 12, "the workspace was not read");
}

#[test]
fn pure_crates_pull_in_no_chain() {
    const FORBIDDEN: [&str; 12] = [
        "cosmwasm",
        "cw-",
        "cw2",
        "wasmer",
        "serde_json",
        "schemars",
        "rand",
        "libm",
        "chrono",
        "time",
        "tokio",
        "protocol-",
    ];
    for package in PURE {
        let tree = cargo(&[
            "tree",
            "-p",
            package,
            "-e",
            "normal",
            "--prefix",
            "none",
            "--offline",
            "--locked",
        ]);
        let names: Vec<&str> = tree
            .lines()
            .filter_map(|line| line.split(' ').next())
            .collect();
        assert!(names.contains(&package));
        for forbidden in FORBIDDEN {
            let found: Vec<_> = names
                .iter()
                .filter(|name| name.starts_with(forbidden))
                .collect();
            assert!(found.is_empty(), "{package} pulls in {found:?}");
        }
    }
}

#[test]
fn one_chain_library() {
    let tree = cargo(&[
        "tree",
        "--workspace",
        "-e",
        "normal",
        "--prefix",
        "none",
        "--offline",
        "--locked",
    ]);
    let versions: BTreeSet<&str> = tree
        .lines()
        .filter(|line| line.starts_with("cosmwasm-std "))
        .filter_map(|line| line.split(' ').nth(1))
        .collect();
    assert_eq!(versions, BTreeSet::from(["v3.0.10"]));
}

/// All Rust sources of a folder, generated ones left out.
fn sources(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for path in rust_files(folder) {
        let text = std::fs::read_to_string(&path).unwrap();
        // Tables come from a generator, which says so.
        let table = |line: &str| line.contains("enerated") || line.contains("do not edit");
        if !text.lines().take(4).any(table) {
            found.push((path, text));
        }
    }
}

/// Sources of the crates that ship or decide, with their paths from the root.
fn shipped() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for (name, folder, _) in members() {
        if folder == "packages" || folder == "contracts" || folder == "apps" {
            sources(&root().join(folder).join(name).join("src"), &mut found);
        }
    }
    assert!(found.len() > 50, "the sources were not read");
    found
}

/// Lines of code before the tests: neither blank nor comment.
fn production(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .take_while(|line| !line.starts_with("#[cfg(test)]"))
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
}

#[test]
fn files_stay_short() {
    let mut long = BTreeMap::new();
    for (path, text) in shipped() {
        let name = path.file_name().unwrap().to_str().unwrap();
        let lines = production(&text).count();
        let most = if ["lib.rs", "contract.rs", "main.rs"].contains(&name) {
            149
        } else {
            500
        };
        if lines > most {
            long.insert(path, format!("{lines} lines, {most} allowed"));
        }
    }
    assert!(long.is_empty(), "{long:#?}");
}

/// The function a line declares.
fn declared(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("fn ")?;
    let qualifies =
        |word: &str| word.starts_with("pub") || ["const", "unsafe", "async"].contains(&word);
    let name = after.split(['(', '<']).next()?;
    before.split_whitespace().all(qualifies).then_some(name)
}

/// Functions before the tests, with the lines of their bodies; blank lines and comments count. As rustfmt lays them out:
/// a signature ends in `{`, and the brace that closes the body stands where the function's first word does.
fn functions(text: &str) -> Vec<(&str, usize)> {
    let lines: Vec<&str> = text
        .lines()
        .take_while(|line| !line.starts_with("#[cfg(test)]"))
        .collect();
    let mut found = Vec::new();
    for (first, line) in lines.iter().enumerate() {
        let Some(name) = declared(line) else { continue };
        let mut rest = lines[first..].iter();
        let signature = rest.find(|line| line.ends_with(['{', '}', ';'])).unwrap();
        if signature.ends_with('{') {
            let indent = &line[..line.len() - line.trim_start().len()];
            let last = format!("{indent}}}");
            found.push((
                name,
                rest.take_while(|line| !line.starts_with(&last)).count(),
            ));
        }
    }
    found
}

#[test]
fn functions_stay_short() {
    let (mut all, mut long) = (0, Vec::new());
    for (path, text) in shipped() {
        if path.ends_with("tests.rs") {
            continue;
        }
        for (name, lines) in functions(&text) {
            all += 1;
            if lines > 40 {
                long.push(format!("{}: {name}, {lines} lines", path.display()));
            }
        }
    }
    assert!(long.is_empty(), "{long:#?}");
    assert!(all > 1_000, "{all} functions: they were not read");
}

#[test]
fn lines_of_a_function_are_those_between_its_braces() {
    let text = "\
trait Counts {
    fn count(&self) -> usize;
}

impl Counts for () {
    fn count(&self) -> usize {
        // One.

        1
    }
}

pub(crate) const fn nothing() {}

fn long_signature<T>(
    first: [T; 2],
) -> [T; 2]
where
    T: Copy,
{
    if true {
        first
    } else {
        first
    }
}

#[cfg(test)]
mod tests {
    fn is_no_production() {
        ();
    }
}
";
    assert_eq!(functions(text), [("count", 3), ("long_signature", 5)]);
}

/// Lines of code that ship on chain, with the file each stands in.
fn lines_on_chain() -> Vec<(String, String)> {
    const OFF_CHAIN: [&str; 5] = [
        "packages/adversary",
        "packages/calibrate",
        "packages/sandbox",
        "packages/wasm-chain",
        "apps/",
    ];
    let mut lines = Vec::new();
    for (path, text) in shipped() {
        let name = path.strip_prefix(root()).unwrap().to_str().unwrap();
        let is_off = OFF_CHAIN.iter().any(|start| name.starts_with(start));
        if is_off || name.ends_with("tests.rs") {
            continue;
        }
        lines.extend(production(&text).map(|line| (name.to_owned(), line.to_owned())));
    }
    lines
}

#[test]
fn shipped_code_has_no_floats_and_no_unsafe() {
    let is_banned = |part: &str| ["f32", "f64", "unsafe"].contains(&part);
    let no_word = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    let mut broken = lines_on_chain();
    broken.retain(|(_, line)| line.split(no_word).any(is_banned));
    assert!(broken.is_empty(), "{broken:#?}");
}

/// What may pass its type wraps nowhere: kernels outside `fixed-math` use its `Proved`, which traps in every native test.
#[test]
fn nothing_wraps_outside_the_limb_kernels() {
    let wraps = ["add", "sub", "mul", "neg", "abs"].map(|what| format!(".wrapping_{what}"));
    let mut broken = lines_on_chain();
    broken.retain(|(name, line)| {
        !name.starts_with("packages/fixed-math") && wraps.iter().any(|wrap| line.contains(wrap))
    });
    assert!(broken.is_empty(), "{broken:#?}");
}

/// Names of the functions in all of our Rust files, tests among them.
fn all_functions() -> BTreeSet<String> {
    let name = |line: &str| {
        let after = line.trim_start().strip_prefix("fn ")?;
        after.split(['(', '<']).next().map(str::to_owned)
    };
    let mut names = BTreeSet::new();
    for folder in ["apps", "contracts", "packages", "tests"] {
        for path in rust_files(&root().join(folder)) {
            let text = std::fs::read_to_string(path).unwrap();
            names.extend(text.lines().filter_map(name));
        }
    }
    names
}

/// The numbered attacks that a test's name claims: `attack_risk_43_and_options_21_many_...`, `attack_options_4_and_35_...`.
fn numbers(test: &str) -> Vec<(&str, u32)> {
    let mut register = None;
    let mut found = Vec::new();
    for word in test.split('_').skip(1) {
        match (word, register, word.parse()) {
            ("risk" | "options", ..) => register = Some(word),
            (_, Some(register), Ok(number)) => found.push((register, number)),
            ("and", ..) => {}
            _ => break,
        }
    }
    found
}

#[test]
fn attacks_and_their_page_agree() {
    const REGISTERS: [(&str, u32); 2] = [("risk", 45), ("options", 40)];
    let page = std::fs::read_to_string(root().join("docs/attacks.md")).unwrap();
    let known = all_functions();
    let is_test = |word: &&str| word.matches('_').count() > 1 && !word.contains([' ', '/', '.']);
    let named: BTreeSet<&str> = page.split('`').skip(1).step_by(2).filter(is_test).collect();
    let strange: Vec<_> = named
        .iter()
        .filter(|name| !known.contains(**name))
        .collect();
    assert!(strange.is_empty(), "no such tests: {strange:#?}");

    let attacks: Vec<&String> = known
        .iter()
        .filter(|name| name.starts_with("attack_"))
        .collect();
    assert!(attacks.len() > 150, "the tests were not read");
    let absent: Vec<_> = attacks
        .iter()
        .filter(|name| !named.contains(name.as_str()))
        .collect();
    assert!(absent.is_empty(), "not on docs/attacks.md: {absent:#?}");

    // Each number has its row, with a test or a reason, and every test is in the rows of its numbers.
    for (register, rows) in REGISTERS {
        let section = page.split(&format!("| {register} |")).nth(1).unwrap();
        let section = section.split("\n#").next().unwrap();
        for number in 1..=rows {
            let start = format!("| {number} | ");
            let row: Vec<&str> = section
                .lines()
                .filter(|line| line.starts_with(&start))
                .collect();
            assert!(
                row.len() == 1 && !row[0].ends_with("|  |"),
                "{register} {number}"
            );
            let claims = |name: &&&String| numbers(name).contains(&(register, number));
            for name in attacks.iter().filter(claims) {
                assert!(
                    row[0].contains(&format!("`{name}`")),
                    "{register} {number}: {name}"
                );
            }
        }
    }
}

/// Seconds fit a JSON number, in every language: only what may pass `2^53` is a string.
#[test]
fn times_are_numbers_on_the_wire() {
    let is_time = |name: &str| {
        let ends = [
            "_at",
            "time",
            "seconds",
            "since",
            "until",
            "age",
            "expiry",
            "timestamp",
        ];
        ends.iter().any(|end| name.ends_with(end))
    };
    let mut seen = 0;
    for (path, text) in shipped() {
        if !path.starts_with(root().join("packages/protocol-api")) {
            continue;
        }
        for line in text.lines() {
            let Some((name, kind)) = line.trim().split_once(": ") else {
                continue;
            };
            if is_time(name.trim_start_matches("pub ")) {
                seen += 1;
                assert!(!kind.contains("Uint"), "{}: {line}", path.display());
            }
        }
    }
    assert!(seen > 50, "{seen}");
}
