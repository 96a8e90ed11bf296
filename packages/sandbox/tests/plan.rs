//! A deployment looked at again: the same configuration is found done, any other one is refused by the field that differs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use cosmwasm_std::{Addr, Coin, Decimal, Storage, Uint128, Uint256};
use sandbox::Network;
use sandbox::plan::{self, Config, LookError, PARTS, Part, Site};
use sandbox::setup::{self, WINDOW};
use serde_json::Value;
use wasm_chain::{Chain, ChainError, GasReport, Mode, Outcome};

const START: u64 = 1_800_000_000;

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// Terms that no contract stores as they are written: every rounding that there is.
fn config() -> Config {
    let mut config = setup::config(WINDOW);
    config.guardian = Some(Chain::new(Mode::Native).address("guardian").into_string());
    let feed = &mut config.feeds[0];
    feed.terms.reference_price = decimal("90000.1");
    feed.policy.min_price = decimal("100.1");
    feed.policy.max_price = decimal("5000000.7");
    config.coins[0].terms.depeg = decimal("0.01");
    config.markets[0].strike_step = decimal("0.1");
    config.markets[0].digital_payout = decimal("1000.3");
    config
}

fn make(chain: &mut Chain, part: &Part, msg: &Value) -> Result<Addr, ChainError> {
    let owner = chain.address("owner");
    let code = chain.store(part.code)?;
    chain.instantiate(code, &owner, msg, &[], part.name)
}

fn deployed() -> (Chain, Site) {
    let mut chain = Chain::new(Mode::Native);
    chain.set_time(START);
    let owner = chain.address("owner");
    let site = plan::deploy(&mut chain, &config(), owner, make).unwrap();
    (chain, site)
}

/// How many looks find what they look for; the first that does not.
fn looked_at<N: Network>(chain: &N, config: &Config, site: &Site) -> Result<usize, LookError> {
    let mut done = 0;
    for part in &PARTS {
        plan::check_part(chain, config, site, part)?;
        done += 1;
    }
    for step in plan::steps(config, site).unwrap() {
        done += usize::from(plan::is_done(chain, site, &step)?);
    }
    Ok(done)
}

#[test]
fn the_same_configuration_is_found_done() {
    let (chain, site) = deployed();
    let steps = plan::steps(&config(), &site).unwrap().len();
    assert_eq!(
        looked_at(&chain, &config(), &site).unwrap(),
        PARTS.len() + steps
    );
}

/// The field that a look at another configuration names, with what is there and what was wanted.
fn refused(chain: &Chain, site: &Site, change: fn(&mut Config)) -> [String; 3] {
    let mut other = config();
    change(&mut other);
    match looked_at(chain, &other, site).unwrap_err() {
        LookError::Differs {
            field,
            there,
            wanted,
            ..
        } => [field, there, wanted],
        LookError::Chain(error) => panic!("{error}"),
    }
}

type Change = (fn(&mut Config), &'static str, &'static str, &'static str);

#[test]
fn attack_other_terms_under_the_same_salt_are_refused_by_field() {
    let (chain, site) = deployed();
    let cases: [Change; 20] = [
        (
            |c| c.signers.truncate(6),
            "signers",
            "a list of 7",
            "a list of 6",
        ),
        (|c| c.threshold = 4, "threshold", "5", "4"),
        (
            |c| c.params.debt_rate = decimal("0.06"),
            "params.current.debt_rate",
            "\"0.05\"",
            "\"0.06\"",
        ),
        (|c| c.cap_ramp = 1, "cap_ramp", "0", "1"),
        (|c| c.quote_coin.decimals = 7, "decimals", "6", "7"),
        (
            |c| c.quote_coin.denom = "uusdx".into(),
            "denom",
            "\"uusdc\"",
            "\"uusdx\"",
        ),
        (
            |c| c.quote_coin.debt_cap = Uint128::new(1),
            "terms.current.debt_cap",
            "\"10000000000000\"",
            "\"1\"",
        ),
        (
            |c| c.liquidation.tail = 601,
            "terms.current.tail",
            "600",
            "601",
        ),
        // Less than 2^-16 apart.
        (
            |c| c.feeds[0].policy.slow_rate = decimal("0.000115"),
            "policy.current.slow_rate",
            "\"0.0001\"",
            "\"0.000115\"",
        ),
        (
            |c| c.markets[0].params.maker_rate = decimal("0.00011"),
            "params.current.maker_rate",
            "\"0.0001\"",
            "\"0.00011\"",
        ),
        (
            |c| c.markets[0].params.maker_rate = Decimal::zero(),
            "params.current.maker_rate",
            "\"0.0001\"",
            "\"0\"",
        ),
        (
            |c| c.markets[1].tick = decimal("0.0001001"),
            "tick",
            "\"0.0001\"",
            "\"0.0001001\"",
        ),
        (
            |c| c.markets[0].calendar.daily = 5,
            "calendar.daily",
            "4",
            "5",
        ),
        // Reports name a source by its position.
        (
            |c| c.feeds[0].policy.sources.swap(0, 1),
            "policy.current.sources[0].name",
            "\"alpha\"",
            "\"beta\"",
        ),
        (
            |c| drop(c.feeds[1].policy.sources.pop()),
            "policy.current.sources",
            "a list of 5",
            "a list of 4",
        ),
        (
            |c| c.feeds[0].policy.sources[4].family = 1,
            "policy.current.sources[4].family",
            "2",
            "1",
        ),
        // A unit of the price is 2^-32, of a weight 2^-16: 58,982 of them are there.
        (
            |c| c.feeds[0].policy.min_price = decimal("100.2"),
            "policy.current.min_price",
            "\"100.100000000093132257\"",
            "\"100.200000000186264514\"",
        ),
        (
            |c| c.coins[0].terms.weight_initial = decimal("0.90001"),
            "terms.current.weight_initial",
            "\"0.899993896484375\"",
            "\"0.9000091552734375\"",
        ),
        (|c| c.coins[1].decimals = 10, "decimals", "9", "10"),
        (|c| c.guardian = None, "guardian", "\"GUARDIAN\"", "null"),
    ];
    for (change, field, there, wanted) in cases {
        let guardian = config().guardian.unwrap();
        let there = there.replace("GUARDIAN", &guardian);
        assert_eq!(refused(&chain, &site, change), [field, &there, wanted]);
    }
}

#[test]
fn a_contract_of_another_oracle_is_refused() {
    let (mut chain, mut site) = deployed();
    let msg = (PARTS[0].init)(&config(), &site).unwrap();
    let other = make(&mut chain, &PARTS[0], &msg).unwrap();
    site.contracts.insert(plan::ORACLE, other);
    let error = looked_at(&chain, &config(), &site).unwrap_err().to_string();
    assert!(
        error.starts_with("E_DEPLOY_OTHER_TERMS: engine at "),
        "{error}"
    );
    assert!(error.contains(": oracle is "), "{error}");
}

/// A chain that does not answer.
struct Silent(Chain);

impl Network for Silent {
    fn chain_id(&self) -> String {
        Network::chain_id(&self.0)
    }
    fn now(&self) -> u64 {
        Network::now(&self.0)
    }
    fn reach(&mut self, time: u64) -> Result<(), ChainError> {
        self.0.reach(time)
    }
    fn party(&mut self, name: &str) -> Addr {
        self.0.party(name)
    }
    fn fund(&mut self, to: &Addr, coins: &[Coin]) -> Result<(), ChainError> {
        self.0.fund(to, coins)
    }
    fn balance(&self, of: &Addr, denom: &str) -> Result<Uint256, ChainError> {
        Network::balance(&self.0, of, denom)
    }
    fn send(
        &mut self,
        sender: &Addr,
        contract: &Addr,
        msg: &Value,
        funds: &[Coin],
    ) -> Result<Outcome, ChainError> {
        self.0.send(sender, contract, msg, funds)
    }
    fn ask(&self, _: &Addr, _: &Value) -> Result<Value, ChainError> {
        Err(ChainError::new(
            "E_CHAIN_UNREACHABLE: http://127.0.0.1:1: connection refused",
        ))
    }
    fn storage(&self, contract: &Addr) -> Result<Box<dyn Storage + '_>, ChainError> {
        Network::storage(&self.0, contract)
    }
    fn take_gas(&mut self) -> Vec<GasReport> {
        self.0.take_gas()
    }
}

/// Else the treasury's account would be opened twice.
#[test]
fn attack_no_answer_does_not_mean_not_done() {
    let (chain, site) = deployed();
    let silent = Silent(chain);
    for step in plan::steps(&config(), &site).unwrap() {
        let error = plan::is_done(&silent, &site, &step).unwrap_err();
        assert!(
            matches!(error, LookError::Chain(_)),
            "{}: {error}",
            step.what
        );
    }
}

#[test]
fn what_has_not_been_done_is_known_without_an_error() {
    let mut chain = Chain::new(Mode::Native);
    chain.set_time(START);
    let owner = chain.address("owner");
    let mut site = Site {
        owner,
        contracts: std::collections::BTreeMap::new(),
    };
    for part in &PARTS {
        let msg = (part.init)(&config(), &site).unwrap();
        let address = make(&mut chain, part, &msg).unwrap();
        site.contracts.insert(part.name, address);
    }
    // No step has been taken, then one after the other.
    assert_eq!(looked_at(&chain, &config(), &site).unwrap(), PARTS.len());
    for (at, step) in plan::steps(&config(), &site).unwrap().iter().enumerate() {
        plan::take(&mut chain, &site, step).unwrap();
        let found = looked_at(&chain, &config(), &site).unwrap();
        assert_eq!(found, PARTS.len() + at + 1, "{}", step.what);
    }
}
