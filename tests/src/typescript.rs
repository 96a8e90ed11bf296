//! The TypeScript client, generated from the contracts' JSON schemas: one module per contract with the types of its
//! messages and answers, a client to query it and one to send to it.
//!
//! Types are structural and depend on nothing; `chain.ts` says what a client library must offer.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value};

/// The part of a client library that the generated clients call.
pub const CHAIN: &str = include_str!("typescript/chain.ts");

/// The module of one contract, from its whole schema.
///
/// # Panics
/// The schema uses a form that is not handled, or two types share a name.
pub fn module(api: &Value) -> String {
    let name = api["contract_name"].as_str().unwrap();
    let mut types = Types::default();
    for root in ["instantiate", "execute", "query", "migrate"] {
        types.root(&api[root]);
    }
    let answers = api["responses"].as_object().into_iter().flatten();
    let answers: BTreeMap<&str, String> = answers
        .map(|(query, schema)| (query.as_str(), types.root(schema).unwrap()))
        .collect();
    let mut text = format!(
        "// Generated from schema/{name}.json (`scripts/schema`): do not edit.\n\n\
         import type * as chain from \"./chain.js\";\n"
    );
    for (name, (comment, shape)) in &types.declared {
        let space = if shape.starts_with('\n') { "" } else { " " };
        write!(text, "\n{comment}export type {name} ={space}{shape};\n").unwrap();
    }
    text + &clients(name, api, &answers)
}

/// Declared types by name: documentation and definition.
#[derive(Default)]
struct Types {
    declared: BTreeMap<String, (String, String)>,
}

impl Types {
    /// Declares a root schema and its definitions; its name.
    fn root(&mut self, schema: &Value) -> Option<String> {
        for (name, definition) in schema["definitions"].as_object().into_iter().flatten() {
            self.declare(name, definition);
        }
        let title = schema["title"].as_str()?;
        // `Array_of_X` and the like are written out where they are answered.
        if title.contains('_') || schema["type"] == "string" {
            return Some(shape(schema, 0));
        }
        self.declare(title, schema);
        Some(title.to_owned())
    }

    fn declare(&mut self, name: &str, schema: &Value) {
        let declaration = (documentation(schema, 0), shape(schema, 0));
        let old = self.declared.insert(name.to_owned(), declaration.clone());
        assert!(
            old.is_none_or(|old| old == declaration),
            "two types are called {name}"
        );
    }
}

/// A comment of the first paragraph of a description.
fn documentation(schema: &Value, depth: usize) -> String {
    let text = schema["description"].as_str().unwrap_or_default();
    let first = text.split("\n\n").next().unwrap_or_default().trim();
    if first.is_empty() {
        return String::new();
    }
    let line = first.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{}/** {} */\n", indent(depth), line.replace("*/", "*\\/"))
}

fn indent(depth: usize) -> String {
    "  ".repeat(depth)
}

/// The type expression of a schema.
fn shape(schema: &Value, depth: usize) -> String {
    if schema == &Value::Bool(true) {
        return "unknown".to_owned();
    }
    if let Some(reference) = schema["$ref"].as_str() {
        return reference.rsplit('/').next().unwrap().to_owned();
    }
    if let Some(values) = schema["enum"].as_array() {
        return joined(values.iter().map(Value::to_string));
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        if let Some(options) = schema[key].as_array() {
            assert!(key != "allOf" || options.len() == 1, "{schema}");
            return alternatives(options, depth);
        }
    }
    match &schema["type"] {
        Value::String(kind) => plain(kind, schema, depth),
        Value::Array(kinds) => joined(
            kinds
                .iter()
                .map(|kind| plain(kind.as_str().unwrap(), schema, depth)),
        ),
        _ => panic!("no type for {schema}"),
    }
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(" | ")
}

/// One after the other; documented ones on lines of their own.
fn alternatives(options: &[Value], depth: usize) -> String {
    let documented = options.iter().any(|o| o["description"].is_string()) && options.len() > 1;
    if !documented {
        return joined(options.iter().map(|option| shape(option, depth)));
    }
    let mut text = String::new();
    for option in options {
        let (lead, inner) = (indent(depth + 1), shape(option, depth + 1));
        write!(
            text,
            "\n{}{lead}| {inner}",
            documentation(option, depth + 1)
        )
        .unwrap();
    }
    text
}

fn plain(kind: &str, schema: &Value, depth: usize) -> String {
    match kind {
        "string" | "boolean" | "null" => kind.to_owned(),
        "integer" | "number" => "number".to_owned(),
        "array" => list(&schema["items"], depth),
        "object" => object(schema, depth),
        _ => panic!("no type for {kind}"),
    }
}

fn list(items: &Value, depth: usize) -> String {
    if let Some(each) = items.as_array() {
        let each: Vec<String> = each.iter().map(|item| shape(item, depth)).collect();
        return format!("[{}]", each.join(", "));
    }
    let item = shape(items, depth);
    if item.contains(' ') && !item.starts_with('[') {
        format!("({item})[]")
    } else {
        format!("{item}[]")
    }
}

fn object(schema: &Value, depth: usize) -> String {
    let empty = Map::new();
    let fields = schema["properties"].as_object().unwrap_or(&empty);
    if fields.is_empty() {
        return "Record<string, never>".to_owned();
    }
    let required = schema["required"].as_array().map_or(&[][..], Vec::as_slice);
    let mut text = "{\n".to_owned();
    for (name, field) in fields {
        let mark = if required.iter().any(|r| r == name.as_str()) {
            ""
        } else {
            "?"
        };
        let (comment, inner) = (documentation(field, depth + 1), shape(field, depth + 1));
        writeln!(text, "{comment}{}{name}{mark}: {inner};", indent(depth + 1)).unwrap();
    }
    text + &indent(depth) + "}"
}

/// The messages of an enum: name, documentation, arguments.
fn messages(schema: &Value) -> Vec<(String, String, Value)> {
    let mut all = Vec::new();
    for variant in schema["oneOf"].as_array().into_iter().flatten() {
        let comment = documentation(variant, 1);
        for (name, arguments) in variant["properties"].as_object().into_iter().flatten() {
            all.push((name.clone(), comment.clone(), arguments.clone()));
        }
    }
    all
}

/// What a method takes: nothing for a message without fields.
fn arguments(schema: &Value) -> Option<String> {
    let none =
        schema["type"] == "object" && schema["properties"].as_object().is_none_or(Map::is_empty);
    (!none).then(|| shape(schema, 1))
}

fn clients(name: &str, api: &Value, answers: &BTreeMap<&str, String>) -> String {
    let class = capitalised(name, '-');
    let mut text = head(&format!("{class}Reader"), name, &READER);
    for (query, comment, fields) in messages(&api["query"]) {
        let (taken, given) = call(arguments(&fields));
        let answer = &answers[query.as_str()];
        write!(
            text,
            "\n{comment}  {}({taken}): Promise<{answer}> {{\n    return this.#chain.queryContractSmart(this.#address, \
             {{ {query}: {given} }} satisfies QueryMsg);\n  }}\n",
            method(&query)
        )
        .unwrap();
    }
    text += "}\n";
    let sent = messages(&api["execute"]);
    if sent.is_empty() {
        return text;
    }
    text += &head(&format!("{class}Writer<R>"), name, &WRITER);
    text += SEND;
    for (verb, comment, fields) in sent {
        let (taken, given) = call(arguments(&fields));
        let lead = if taken.is_empty() { "" } else { ", " };
        write!(
            text,
            "\n{comment}  {}({taken}{lead}funds: readonly chain.Coin[] = [], fee: chain.Fee = \"auto\"): Promise<R> {{\n    \
             return this.execute({{ {verb}: {given} }}, funds, fee);\n  }}\n",
            method(&verb)
        )
        .unwrap();
    }
    text + "}\n"
}

/// What a class says of itself, and the fields it is made from.
type Head = (&'static str, &'static [(&'static str, &'static str)]);

const READER: Head = (
    "Asks the contract",
    &[("chain", "chain.Reader"), ("address", "string")],
);
const WRITER: Head = (
    "Sends as one party to the contract",
    &[
        ("chain", "chain.Writer<R>"),
        ("address", "string"),
        ("sender", "string"),
    ],
);
const SEND: &str = "
  /** Sends any message. */
  execute(msg: ExecuteMsg, funds: readonly chain.Coin[] = [], fee: chain.Fee = \"auto\", memo?: string): Promise<R> {
    return this.#chain.execute(this.#sender, this.#address, msg, fee, memo, funds);
  }
";

/// A class up to its methods. Fields are private, so that no message can share a name with one.
fn head(class: &str, contract: &str, (says, fields): &Head) -> String {
    let mut text = format!("\n/** {says} `{contract}`. */\nexport class {class} {{\n");
    for (name, kind) in *fields {
        writeln!(text, "  readonly #{name}: {kind};").unwrap();
    }
    let taken: Vec<String> = fields
        .iter()
        .map(|(name, kind)| format!("{name}: {kind}"))
        .collect();
    write!(text, "\n  constructor({}) {{\n", taken.join(", ")).unwrap();
    for (name, _) in *fields {
        writeln!(text, "    this.#{name} = {name};").unwrap();
    }
    text + "  }\n"
}

/// A method's parameter and what it passes on.
fn call(arguments: Option<String>) -> (String, &'static str) {
    match arguments {
        Some(arguments) => (format!("args: {arguments}"), "args"),
        None => (String::new(), "{}"),
    }
}

fn capitalised(name: &str, separator: char) -> String {
    let words = name.split(separator);
    words
        .map(|word| word[..1].to_uppercase() + &word[1..])
        .collect()
}

/// `take_quotes` as `takeQuotes`.
fn method(name: &str) -> String {
    let name = capitalised(name, '_');
    name[..1].to_lowercase() + &name[1..]
}
