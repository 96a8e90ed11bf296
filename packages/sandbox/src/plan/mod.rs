//! What is deployed, as data: contracts in order, then the messages that wire and list. One list serves the VM in this
//! process and a real chain.

mod look;
mod terms;

use std::collections::BTreeMap;

use cosmwasm_std::{Addr, Binary};
use protocol_api::engine::{
    self, CoinListing, EngineParams, ExecuteMsg as Engine, MarketListing, QuoteCoin,
};
use protocol_api::oracle::{self, FeedPolicy, FeedTerms};
use protocol_api::{exchange, lens, liquidation};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use wasm_chain::{ChainError, Code, Outcome};

use crate::codes;
use crate::network::{Network, json as encode};

pub use look::{Before, Look, LookError, Place};

/// Everything about a deployment but the chain, its keys and the wasm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Decides the addresses, with code and deployer: 1 to 64 bytes.
    pub salt: String,
    /// May pause for a while, in oracle and engine.
    pub guardian: Option<String>,
    /// Public keys of the publishers, compressed.
    pub signers: Vec<Binary>,
    /// How many of them must sign.
    pub threshold: u8,
    /// Engine-wide parameters.
    pub params: EngineParams,
    /// How long a new or raised cap of a coin waits and grows, seconds.
    pub cap_ramp: u64,
    /// Coin 0.
    pub quote_coin: QuoteCoin,
    /// Terms of liquidation.
    pub liquidation: liquidation::Terms,
    /// Feeds of the oracle.
    pub feeds: Vec<Feed>,
    /// Further coins.
    pub coins: Vec<CoinListing>,
    /// Markets.
    pub markets: Vec<MarketListing>,
}

/// A feed of the oracle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    /// Its number.
    pub feed: u16,
    /// What never changes.
    pub terms: FeedTerms,
    /// What may.
    pub policy: FeedPolicy,
}

/// Where things are: the deployer and the contracts by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Deploys and owns.
    pub owner: Addr,
    /// Address of each contract deployed so far.
    pub contracts: BTreeMap<&'static str, Addr>,
}

impl Site {
    /// A contract's address; empty before it is deployed, which no contract takes for one.
    pub fn at(&self, name: &str) -> Addr {
        let found = self.contracts.get(name).cloned();
        found.unwrap_or_else(|| Addr::unchecked(""))
    }
}

/// A contract of the deployment.
pub struct Part {
    /// Name and label.
    pub name: &'static str,
    /// Its code.
    pub code: &'static Code,
    /// Its first message; contracts before it in the list have their addresses.
    pub init: fn(&Config, &Site) -> Result<Value, ChainError>,
    /// How its queries show the terms of that message; the owner is left out, who may have handed it on.
    pub shows: fn(&Config, &Site) -> Vec<Look>,
}

/// The oracle adapter's name in [`PARTS`].
pub const ORACLE: &str = "oracle";
/// The margin engine's.
pub const ENGINE: &str = "engine";
/// The exchange's.
pub const EXCHANGE: &str = "exchange";
/// The lens's.
pub const LENS: &str = "lens";
/// The liquidation contract's.
pub const LIQUIDATION: &str = "liquidation";

/// The contracts, each after those it names.
pub const PARTS: [Part; 5] = [
    Part {
        name: ORACLE,
        code: &codes::ORACLE,
        init: |config, site| {
            encode(&oracle::InstantiateMsg {
                owner: site.owner.to_string(),
                guardian: config.guardian.clone(),
                signers: config.signers.clone(),
                threshold: config.threshold,
            })
        },
        shows: terms::oracle,
    },
    Part {
        name: ENGINE,
        code: &codes::ENGINE,
        init: |config, site| {
            encode(&engine::InstantiateMsg {
                owner: site.owner.to_string(),
                guardian: config.guardian.clone(),
                oracle: site.at(ORACLE).to_string(),
                params: config.params.clone(),
                cap_ramp: config.cap_ramp,
                quote_coin: config.quote_coin.clone(),
            })
        },
        shows: terms::engine,
    },
    Part {
        name: LENS,
        code: &codes::LENS,
        init: |_, site| {
            encode(&lens::InstantiateMsg {
                engine: site.at(ENGINE).to_string(),
                oracle: site.at(ORACLE).to_string(),
            })
        },
        shows: terms::lens,
    },
    Part {
        name: EXCHANGE,
        code: &codes::EXCHANGE,
        init: |_, site| {
            encode(&exchange::InstantiateMsg {
                engine: site.at(ENGINE).to_string(),
            })
        },
        shows: terms::exchange,
    },
    Part {
        name: LIQUIDATION,
        code: &codes::LIQUIDATION,
        init: |config, site| {
            encode(&liquidation::InstantiateMsg {
                owner: site.owner.to_string(),
                engine: site.at(ENGINE).to_string(),
                terms: config.liquidation.clone(),
            })
        },
        shows: terms::liquidation,
    },
];

/// A message after the contracts are there, and how one sees that it has been done.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What it does.
    pub what: String,
    /// The contract, by name.
    pub to: &'static str,
    /// The message. A string `"$answer"` in it, and in what the look shows, stands for what `needs` finds.
    pub msg: Value,
    /// A query to the same contract, and where in its answer the value lies that `msg` needs.
    pub needs: Option<(Value, &'static str)>,
    /// A look at the same contract.
    pub look: Look,
}

/// What stands for the answer in [`Step::msg`].
pub const ANSWER: &str = "$answer";

/// The messages of the owner, in order.
///
/// # Errors
/// A part of the configuration is no JSON.
pub fn steps(config: &Config, site: &Site) -> Result<Vec<Step>, ChainError> {
    let mut steps = Vec::new();
    for feed in &config.feeds {
        steps.push(add_feed(feed)?);
    }
    steps.extend(treasury(site));
    steps.extend(venues(site));
    for listing in &config.coins {
        steps.push(add_coin(listing)?);
    }
    for listing in &config.markets {
        steps.push(add_market(listing)?);
    }
    Ok(steps)
}

fn add_feed(feed: &Feed) -> Result<Step, ChainError> {
    Ok(Step {
        what: format!("add feed {}", feed.terms.symbol),
        to: ORACLE,
        msg: json!({ "add_feed": terms::value(feed)? }),
        needs: None,
        look: terms::feed(feed)?,
    })
}

/// The owner's first account takes the fees.
fn treasury(site: &Site) -> [Step; 2] {
    let accounts = json!({ "accounts_by_owner": { "owner": site.owner, "limit": 1 } });
    [
        Step {
            what: "open the treasury's account".to_owned(),
            to: ENGINE,
            msg: json!({ "create_account": { "venues": [] } }),
            needs: None,
            look: Look {
                query: accounts.clone(),
                place: Place::At("/accounts"),
                before: Before::Shows(json!([])),
                shows: json!([{ "owner": site.owner }]),
            },
        },
        Step {
            what: "name the treasury".to_owned(),
            to: ENGINE,
            msg: json!({ "set_treasury": { "account": ANSWER } }),
            needs: Some((accounts, "/accounts/0/account")),
            look: named("/treasury", json!(ANSWER)),
        },
    ]
}

/// A look at what the engine's owner names.
fn named(place: &'static str, shows: Value) -> Look {
    Look {
        query: json!({ "config": {} }),
        place: Place::At(place),
        before: Before::Shows(Value::Null),
        shows,
    }
}

/// The contract that may trade for accounts, and the one that may liquidate them.
fn venues(site: &Site) -> [Step; 2] {
    let (venue, liquidator) = (site.at(EXCHANGE), site.at(LIQUIDATION));
    [
        Step {
            what: "authorise the exchange".to_owned(),
            to: ENGINE,
            msg: json!({ "set_venue": { "venue": venue, "authorized": true } }),
            needs: None,
            look: Look {
                query: json!({ "venue": { "venue": venue } }),
                place: Place::At("/authorized"),
                before: Before::Shows(json!(false)),
                shows: json!(true),
            },
        },
        Step {
            what: "name the liquidation contract".to_owned(),
            to: ENGINE,
            msg: json!({ "set_liquidator": { "liquidator": liquidator } }),
            needs: None,
            look: named("/liquidator", json!(liquidator)),
        },
    ]
}

fn add_coin(listing: &CoinListing) -> Result<Step, ChainError> {
    Ok(Step {
        what: format!("list {}", listing.denom),
        to: ENGINE,
        msg: encode(&Engine::AddCoin {
            listing: listing.clone(),
        })?,
        needs: None,
        look: terms::coin(listing)?,
    })
}

fn add_market(listing: &MarketListing) -> Result<Step, ChainError> {
    Ok(Step {
        what: format!("list market {}", listing.symbol),
        to: ENGINE,
        msg: encode(&Engine::AddMarket {
            listing: listing.clone(),
        })?,
        needs: None,
        look: terms::market(listing)?,
    })
}

/// Whether a step has been done with exactly the configured terms.
///
/// # Errors
/// It has been done with other terms, or the contract's answer does not say.
pub fn is_done<N: Network + ?Sized>(
    chain: &N,
    site: &Site,
    step: &Step,
) -> Result<bool, LookError> {
    let contract = site.at(step.to);
    let mut look = step.look.clone();
    if let Some((query, place)) = &step.needs {
        let answer = chain.ask(&contract, query)?;
        look.shows = fill(&look.shows, answer.pointer(place).unwrap_or(&Value::Null));
    }
    look.is_done(chain, &contract, &step.what)
}

/// Passes when a contract that is there was set up with exactly the configured terms.
///
/// # Errors
/// It has other terms, or does not answer.
pub fn check_part<N: Network + ?Sized>(
    chain: &N,
    config: &Config,
    site: &Site,
    part: &Part,
) -> Result<(), LookError> {
    let contract = site.at(part.name);
    let what = format!("{} at {contract}", part.name);
    for look in (part.shows)(config, site) {
        look.is_done(chain, &contract, &what)?;
    }
    Ok(())
}

/// Takes a step, done or not.
///
/// # Errors
/// The contract refuses.
pub fn take<N: Network + ?Sized>(
    chain: &mut N,
    site: &Site,
    step: &Step,
) -> Result<Outcome, ChainError> {
    let contract = site.at(step.to);
    let msg = match &step.needs {
        None => step.msg.clone(),
        Some((query, place)) => {
            let answer = chain.ask(&contract, query)?;
            fill(&step.msg, answer.pointer(place).unwrap_or(&Value::Null))
        }
    };
    chain.send(&site.owner, &contract, &msg, &[])
}

/// Makes every contract and takes every step on a chain where none of it has been done; `make` makes one contract with
/// its first message. Where everything is.
///
/// # Errors
/// A contract refuses.
pub fn deploy<N: Network>(
    chain: &mut N,
    config: &Config,
    owner: Addr,
    mut make: impl FnMut(&mut N, &Part, &Value) -> Result<Addr, ChainError>,
) -> Result<Site, ChainError> {
    let mut site = Site {
        owner,
        contracts: BTreeMap::new(),
    };
    for part in PARTS {
        let msg = (part.init)(config, &site)?;
        site.contracts.insert(part.name, make(chain, &part, &msg)?);
    }
    for step in steps(config, &site)? {
        take(chain, &site, &step)?;
    }
    Ok(site)
}

/// A message with the needed answer in its place.
pub fn fill(msg: &Value, answer: &Value) -> Value {
    match msg {
        Value::String(text) if text == ANSWER => answer.clone(),
        Value::Object(fields) => fields
            .iter()
            .map(|(key, part)| (key.clone(), fill(part, answer)))
            .collect(),
        Value::Array(parts) => parts.iter().map(|part| fill(part, answer)).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::fill;
    use serde_json::json;

    #[test]
    fn an_answer_takes_its_place() {
        let msg = json!({ "set": { "account": "$answer", "list": ["$answer", "else"] } });
        assert_eq!(
            fill(&msg, &json!(7)),
            json!({ "set": { "account": 7, "list": [7, "else"] } })
        );
    }
}
