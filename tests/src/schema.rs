//! What is generated from the code and committed: each contract's JSON schema and TypeScript client, and who may send
//! which message; what they refuse with and what they tell; and what is generated from the committed snapshots.
//!
//! The version in a schema is that of the interface, not of a release.

use std::path::{Path, PathBuf};

use crate::{costs, sources, typescript};
use cosmwasm_schema::generate_api;
use protocol_api::{access, engine, exchange, lens, liquidation, oracle};

/// A generated file: its path from the repository's root, and its text.
pub type Page = (PathBuf, String);

/// Every generated file.
pub fn pages() -> Vec<Page> {
    let json = |name: &str, text: String| {
        (
            Path::new("schema").join(name).with_extension("json"),
            text + "\n",
        )
    };
    let mut pages = vec![
        json("oracle-adapter", oracle_schema()),
        json("margin-engine", engine_schema()),
        json("exchange", exchange_schema()),
        json("lens", lens_schema()),
        json("liquidation", liquidation_schema()),
        ("tests/chain/local.json".into(), local_config()),
        ("docs/access.md".into(), access_table()),
        ("docs/measurements.md".into(), costs::page()),
        ("docs/errors.md".into(), sources::errors_page()),
        ("docs/events.md".into(), sources::events_page()),
    ];
    let clients: Vec<Page> = pages.iter().filter_map(client).collect();
    pages.extend(clients);
    pages.push(("schema/client/chain.ts".into(), typescript::CHAIN.into()));
    pages
}

/// The TypeScript module beside a schema.
fn client((path, text): &Page) -> Option<Page> {
    let name = path.file_stem()?.to_str()?;
    let api = (path.parent() == Some(Path::new("schema"))).then(|| serde_json::from_str(text))?;
    let module = typescript::module(&api.unwrap());
    Some((format!("schema/client/{name}.ts").into(), module))
}

/// Pages whose committed text differs, by path.
pub fn outdated(root: &Path) -> Vec<PathBuf> {
    let differs =
        |(path, text): &Page| std::fs::read_to_string(root.join(path)).ok().as_ref() != Some(text);
    pages()
        .into_iter()
        .filter(differs)
        .map(|(path, _)| path)
        .collect()
}

/// Writes every page.
///
/// # Errors
/// A file cannot be written.
pub fn write(root: &Path) -> std::io::Result<()> {
    for (path, text) in pages() {
        let path = root.join(path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, text)?;
    }
    Ok(())
}

/// What `optio deploy` puts on the local network.
fn local_config() -> String {
    serde_json::to_string_pretty(&sandbox::setup::quick_config()).unwrap() + "\n"
}

fn oracle_schema() -> String {
    generate_api! {
        name: "oracle-adapter",
        version: "1",
        instantiate: oracle::InstantiateMsg,
        execute: oracle::ExecuteMsg,
        query: oracle::QueryMsg,
        migrate: oracle::MigrateMsg,
    }
    .render()
    .to_string()
    .unwrap()
}

fn engine_schema() -> String {
    generate_api! {
        name: "margin-engine",
        version: "1",
        instantiate: engine::InstantiateMsg,
        execute: engine::ExecuteMsg,
        query: engine::QueryMsg,
        migrate: engine::MigrateMsg,
    }
    .render()
    .to_string()
    .unwrap()
}

fn exchange_schema() -> String {
    generate_api! {
        name: "exchange",
        version: "1",
        instantiate: exchange::InstantiateMsg,
        execute: exchange::ExecuteMsg,
        query: exchange::QueryMsg,
        migrate: exchange::MigrateMsg,
    }
    .render()
    .to_string()
    .unwrap()
}

fn lens_schema() -> String {
    generate_api! {
        name: "lens",
        version: "1",
        instantiate: lens::InstantiateMsg,
        query: lens::QueryMsg,
    }
    .render()
    .to_string()
    .unwrap()
}

fn liquidation_schema() -> String {
    generate_api! {
        name: "liquidation",
        version: "1",
        instantiate: liquidation::InstantiateMsg,
        execute: liquidation::ExecuteMsg,
        query: liquidation::QueryMsg,
        migrate: liquidation::MigrateMsg,
    }
    .render()
    .to_string()
    .unwrap()
}

fn access_table() -> String {
    let sections = [
        access::section("oracle-adapter", oracle::ACCESS),
        access::section("margin-engine", engine::ACCESS),
        access::section("exchange", exchange::ACCESS),
        access::section("lens", &[]),
        access::section("liquidation", liquidation::ACCESS),
    ];
    format!(
        "# Who may send which message\n\nGenerated from the tables that the contracts' gates read (`scripts/schema`).\n\n{}",
        sections.join("\n")
    )
}
