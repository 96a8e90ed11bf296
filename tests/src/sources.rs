//! docs/errors.md and docs/events.md: what the contracts refuse with and what they tell, read off the sources.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Packages whose errors a caller can see: the contracts, and what they are made of.
const REFUSING: [&str; 10] = [
    "contracts/oracle-adapter",
    "contracts/margin-engine",
    "contracts/exchange",
    "contracts/liquidation",
    "contracts/lens",
    "packages/protocol-std",
    "packages/protocol-api",
    "packages/risk",
    "packages/pricing",
    "packages/fixed-math",
];
/// Where the contracts' events are declared.
const TELLING: [(&str, &str); 5] = [
    ("oracle-adapter, margin-engine, liquidation", "governance"),
    ("oracle-adapter", "oracle"),
    ("margin-engine", "engine"),
    ("exchange", "exchange"),
    ("liquidation", "liquidation"),
];

/// Every error code, its text and its meaning.
///
/// # Panics
/// A source cannot be read.
pub fn errors_page() -> String {
    let mut page = "# Errors\n\nGenerated from the sources (`scripts/schema`). Every refusal of a contract starts with a stable code and changes \
                    nothing; `{...}` stands for a value. A message that cannot be read has none: ``near `field`: ...`` says where.\n"
        .to_owned();
    for package in REFUSING {
        let mut rows: Vec<[String; 3]> = rust_files(&root().join(package).join("src"))
            .iter()
            .flat_map(|path| errors(&read(path)))
            .collect();
        rows.sort();
        rows.dedup();
        if rows.is_empty() {
            continue;
        }
        let name = package.rsplit('/').next().unwrap();
        write!(
            page,
            "\n## {name}\n\n| code | text | when |\n|---|---|---|\n"
        )
        .unwrap();
        for [code, text, when] in rows {
            writeln!(page, "| `{code}` | {} | {} |", cell(&text), cell(&when)).unwrap();
        }
    }
    page
}

/// Every event and its attributes.
///
/// # Panics
/// A source cannot be read.
pub fn events_page() -> String {
    let mut page = "# Events\n\nGenerated from the sources (`scripts/schema`). The chain shows each with the prefix `wasm-`; attributes come in \
                    this order, numbers as decimal integers.\n"
        .to_owned();
    for (contract, module) in TELLING {
        let path = format!("packages/protocol-api/src/{module}/events.rs");
        write!(
            page,
            "\n## {contract}\n\n| event | when | attributes |\n|---|---|---|\n"
        )
        .unwrap();
        for [name, when, attributes] in events(&read(&root().join(path))) {
            writeln!(
                page,
                "| `{name}` | {} | {} |",
                cell(&when),
                cell(&attributes)
            )
            .unwrap();
        }
    }
    page
}

/// Code, text and doc comment of every variant with an error text that starts with a code.
fn errors(source: &str) -> Vec<[String; 3]> {
    let (mut rows, mut docs) = (Vec::new(), Vec::new());
    let mut lines = source.lines().map(str::trim);
    while let Some(line) = lines.next() {
        if let Some(doc) = line.strip_prefix("///") {
            docs.push(doc.trim());
            continue;
        }
        if line.starts_with("#[error(") {
            let mut attribute = line.to_owned();
            while !attribute.ends_with(")]") {
                attribute += lines.next().expect("an attribute that ends");
            }
            let text = attribute
                .split_once('"')
                .and_then(|(_, rest)| rest.rsplit_once('"'));
            let text = text.map_or("", |(text, _)| text);
            let end =
                text.find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'));
            let (code, rest) = text.split_at(end.unwrap_or(text.len()));
            if code.starts_with("E_") {
                let rest = rest.trim_start_matches([':', ' ']).replace("\\\"", "\"");
                rows.push([code.to_owned(), rest, docs.join(" ")]);
            }
        }
        docs.clear();
    }
    rows
}

/// Name, doc comment and attributes of every event that a macro declares.
fn events(source: &str) -> Vec<[String; 3]> {
    let (mut rows, mut docs): (Vec<[String; 3]>, Vec<&str>) = (Vec::new(), Vec::new());
    for line in source.lines().map(str::trim) {
        if let Some(doc) = line.strip_prefix("///") {
            docs.push(doc.trim());
            continue;
        }
        let declared = line
            .split_once(" = \"")
            .and_then(|(_, rest)| rest.trim_end_matches('}').strip_suffix("\" {"));
        let field = line.split_once(": ").filter(|(name, _)| is_name(name));
        if let Some(name) = declared {
            rows.push([name.to_owned(), docs.join(" "), String::new()]);
        } else if let (Some(row), Some((field, _)), false) =
            (rows.last_mut(), field, docs.is_empty())
        {
            let gap = if row[2].is_empty() { "" } else { "<br>" };
            row[2] += &format!("{gap}`{field}`: {}", docs.join(" "));
        }
        docs.clear();
    }
    rows
}

fn is_name(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
        .replace("[`", "`")
        .replace("`]", "`")
}

/// All Rust files of a folder and those in it, by path.
///
/// # Panics
/// It cannot be read.
pub fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_declared_is_found() {
        let source = "/// Too\n/// early.\n#[error(\n    \"E_X_EARLY: at {time}, not \\\"now\\\"\"\n)]\nEarly,\n/// Other.\n#[error(transparent)]\nOther,";
        let row = ["E_X_EARLY", "at {time}, not \"now\"", "Too early."].map(str::to_owned);
        assert_eq!(errors(source), [row]);
        let source = "/// Sold.\nSold = \"sold\" {\n/// What.\ncount: u64,\n/// To whom.\nto: String => show,\n}";
        let row = ["sold", "Sold.", "`count`: What.<br>`to`: To whom."].map(str::to_owned);
        assert_eq!(events(source), [row]);
        let source = "/// Over.\nOver = \"over\" {}";
        let row = ["over", "Over.", ""].map(str::to_owned);
        assert_eq!(events(source), [row]);
    }

    /// Every name that the messages' package gives an event is on the page.
    #[test]
    fn no_event_is_missing() {
        let page = events_page();
        let sources = rust_files(&root().join("packages/protocol-api/src"));
        let mut found = 0;
        for path in sources.iter().filter(|path| path.ends_with("events.rs")) {
            for rest in read(path).split(" = \"").skip(1) {
                let (name, _) = rest.split_once('"').expect("a name that ends");
                assert!(
                    page.contains(&format!("| `{name}` |")),
                    "{}: {name}",
                    path.display()
                );
                found += 1;
            }
        }
        assert!(found > 50, "{found}");
    }

    /// No contract tells or refuses in another way: every code in its sources is on the page.
    #[test]
    fn no_code_is_missing() {
        let page = errors_page();
        for package in REFUSING {
            for path in rust_files(&root().join(package).join("src")) {
                for found in read(&path).split("\"E_").skip(1) {
                    let end = found.find(|c: char| {
                        !(c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit())
                    });
                    let code = format!("`E_{}`", &found[..end.unwrap_or(found.len())]);
                    assert!(page.contains(&code), "{}: {code}", path.display());
                }
            }
        }
    }
}
