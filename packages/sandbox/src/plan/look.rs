//! How one sees on a chain that something is done, and on which terms: a query, and what its answer must hold.

use cosmwasm_std::Addr;
use serde_json::Value;
use wasm_chain::ChainError;

use crate::network::Network;

/// A query to a contract, and what it shows once something is done.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// The query.
    pub query: Value,
    /// Where in its answer one looks.
    pub place: Place,
    /// What is found while it is not done.
    pub before: Before,
    /// What is found once it is done: fields that are not named here may hold anything.
    pub shows: Value,
}

/// A place in an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Place {
    /// A JSON pointer; the empty one is the whole answer.
    At(&'static str),
    /// The element of a list (a JSON pointer) whose field has this value.
    Listed(&'static str, &'static str, String),
}

/// What is found while something is not done.
#[derive(Debug, Clone, PartialEq)]
pub enum Before {
    /// Nothing: it comes with the contract.
    Never,
    /// The query is refused with this code.
    Refusal(&'static str),
    /// This value; null also where there is none.
    Shows(Value),
}

/// Why it is not known whether something is done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LookError {
    /// It is done, on other terms.
    #[error(
        "E_DEPLOY_OTHER_TERMS: {what}: {field} is {there}, not {wanted}; other terms want another salt"
    )]
    Differs {
        /// What was looked at.
        what: String,
        /// The first field that differs.
        field: String,
        /// Its value on the chain, JSON.
        there: String,
        /// The configured value as the contract would show it, JSON.
        wanted: String,
    },
    /// No answer, or a refusal that says nothing about it.
    #[error(transparent)]
    Chain(#[from] ChainError),
}

impl Look {
    /// Whether it is done.
    ///
    /// # Errors
    /// It is done on other terms, or the answer does not say.
    pub fn is_done<N: Network + ?Sized>(
        &self,
        chain: &N,
        contract: &Addr,
        what: &str,
    ) -> Result<bool, LookError> {
        let answer = match (chain.ask(contract, &self.query), &self.before) {
            (Err(error), Before::Refusal(code)) if error.code() == Some(*code) => return Ok(false),
            (answer, _) => answer?,
        };
        let there = self.place.find(&answer);
        if matches!(&self.before, Before::Shows(before) if before == there) {
            return Ok(false);
        }
        match difference(there, &self.shows, "") {
            None => Ok(true),
            Some((field, there, wanted)) => Err(LookError::Differs {
                what: what.to_owned(),
                field,
                there,
                wanted,
            }),
        }
    }
}

impl Place {
    fn find<'a>(&self, answer: &'a Value) -> &'a Value {
        let found = match self {
            Self::At(pointer) => answer.pointer(pointer),
            Self::Listed(list, field, name) => {
                let list = answer.pointer(list).and_then(Value::as_array);
                let named = |part: &&Value| part.get(field).is_some_and(|there| there == name);
                list.and_then(|list| list.iter().find(named))
            }
        };
        found.unwrap_or(&Value::Null)
    }
}

/// The first field in which an answer differs from what is wanted, the answer's value and the wanted one: every field
/// wanted of an object, every element of a list, in order, and no more of them.
fn difference(answer: &Value, wanted: &Value, path: &str) -> Option<(String, String, String)> {
    let differs = |there: String, wanted: String| Some((path.to_owned(), there, wanted));
    match (answer, wanted) {
        (Value::Object(there), Value::Object(wanted)) => wanted.iter().find_map(|(key, part)| {
            let dot = if path.is_empty() { "" } else { "." };
            let there = there.get(key).unwrap_or(&Value::Null);
            difference(there, part, &format!("{path}{dot}{key}"))
        }),
        (Value::Array(there), Value::Array(wanted)) => {
            let pairs = there.iter().zip(wanted).enumerate();
            let mut found = pairs.filter_map(|(at, (there, part))| {
                difference(there, part, &format!("{path}[{at}]"))
            });
            found.next().or_else(|| {
                let entries = |list: &[Value]| format!("a list of {}", list.len());
                let same = there.len() == wanted.len();
                if same {
                    None
                } else {
                    differs(entries(there), entries(wanted))
                }
            })
        }
        (there, wanted) if there == wanted => None,
        (there, wanted) => differs(there.to_string(), wanted.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, difference};
    use serde_json::{Value, json};

    #[test]
    fn an_answer_holds_what_is_wanted_in_order_and_whole() {
        let answer = json!({ "list": [{ "n": 1, "id": 7 }, { "n": 2 }], "x": 3, "none": null, "rate": "0.0001" });
        let at = |wanted: Value| difference(&answer, &wanted, "").map(|(field, ..)| field);
        for (wanted, field) in [
            (json!({ "list": [{ "n": 1 }, { "n": 2 }], "x": 3 }), None),
            (json!({ "none": null, "missing": null }), None),
            (
                json!({ "list": [{ "n": 2 }, { "n": 1 }] }),
                Some("list[0].n"),
            ),
            (json!({ "list": [{ "n": 1 }] }), Some("list")),
            (json!({ "list": [] }), Some("list")),
            (
                json!({ "list": [{ "n": 1 }, { "n": 2 }, { "n": 3 }] }),
                Some("list"),
            ),
            (json!({ "x": null }), Some("x")),
            (json!({ "x": "3" }), Some("x")),
            // Less than 2^-16 apart, and yet another rate.
            (json!({ "rate": "0.000115" }), Some("rate")),
        ] {
            assert_eq!(at(wanted.clone()).as_deref(), field, "{wanted}");
        }
    }

    #[test]
    fn a_place_is_a_pointer_or_a_name_in_a_list() {
        let answer = json!({ "coins": [{ "denom": "a", "n": 1 }, { "denom": "b", "n": 2 }] });
        let coin = |name: &str| Place::Listed("/coins", "denom", name.to_owned());
        assert_eq!(*coin("b").find(&answer), json!({ "denom": "b", "n": 2 }));
        assert!(coin("c").find(&answer).is_null());
        assert_eq!(*Place::At("/coins/0/n").find(&answer), json!(1));
        assert_eq!(*Place::At("").find(&answer), answer);
    }
}
