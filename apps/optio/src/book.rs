//! The book of `optio margin` as its file says it.

use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::error::{CliError, Result};

/// What is held; docs/data.md says what each key is.
#[derive(Debug, Deserialize)]
pub struct BookFile {
    /// Dollars.
    pub cash_usd: Option<Number>,
    /// Amounts of coins.
    pub coins: Option<Amounts>,
    legs: Option<Vec<Box<RawValue>>>,
    /// Which snapshot of a file.
    pub timestamp: Option<String>,
}

/// So much of an option.
#[derive(Debug, Deserialize)]
pub struct LegFile {
    /// The option.
    pub instrument_name: String,
    /// Units of its underlying, negative for short.
    pub quantity: Number,
}

/// A number as it is written: a float would change what is beyond its digits.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Number(Box<RawValue>);

impl Number {
    /// Its text, whatever kind of value it is.
    pub fn text(&self) -> &str {
        self.0.get()
    }
}

impl BookFile {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read, is no such object, or holds nothing.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|error| CliError::file(path, error))?;
        let wrong = |error: String| CliError::file(path, error);
        let file: Self = object(text.trim_start_matches('\u{feff}')).map_err(wrong)?;
        // Keys that are not known are passed over, so a misspelt book would hold nothing and need nothing.
        if file.cash_usd.is_none() && file.coins.is_none() && file.legs.is_none() {
            return Err(CliError::input(format!(
                "{}: the book has none of cash_usd, coins and legs",
                path.display()
            )));
        }
        Ok(file)
    }

    /// Its options, in the file's order.
    ///
    /// # Errors
    /// At the first that is no such object.
    pub fn legs(&self) -> Result<Vec<LegFile>> {
        let leg = |(at, text): (usize, &str)| {
            let wrong = |error| CliError::input(format!("leg {}: {error}", at + 1));
            object(text).map_err(wrong)
        };
        let legs = self.legs.iter().flatten().map(|leg| leg.get());
        legs.enumerate().map(leg).collect()
    }
}

/// Reads an object: the reader would take a list for its fields in order.
fn object<T: DeserializeOwned>(text: &str) -> std::result::Result<T, String> {
    if !text.trim_start().starts_with('{') {
        return Err(format!("not an object in braces: {}", short(text)));
    }
    serde_json::from_str(text).map_err(|error| error.to_string())
}

fn short(text: &str) -> String {
    text.trim().chars().take(40).collect()
}

/// The members of an object, in the file's order; a map would keep the last of several of one name.
#[derive(Debug)]
pub struct Amounts(pub Vec<(String, Number)>);

impl<'de> Deserialize<'de> for Amounts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Members;
        impl<'de> serde::de::Visitor<'de> for Members {
            type Value = Amounts;

            fn expecting(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                to.write_str("amounts by symbol")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> std::result::Result<Amounts, A::Error> {
                let mut found: Vec<(String, Number)> = Vec::new();
                while let Some((name, amount)) = map.next_entry()? {
                    if found.iter().any(|(known, _)| *known == name) {
                        return Err(serde::de::Error::custom(format!("{name} comes twice")));
                    }
                    found.push((name, amount));
                }
                Ok(Amounts(found))
            }
        }
        deserializer.deserialize_map(Members)
    }
}
