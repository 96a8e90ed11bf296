//! The configured terms as the contracts show them. Where a contract stores a decimal in binary units, its own rounding is
//! applied here, field by field: everything is then compared exactly.

use cosmwasm_std::{Decimal, Uint128, Uint256};
use protocol_api::engine::{CoinListing, MarketListing};
use serde::Serialize;
use serde_json::{Value, json, to_value};
use wasm_chain::ChainError;

use super::look::{Before, Look, Place};
use super::{Config, ENGINE, Feed, ORACLE, Site};

/// Bits below the point of the engine's weights, and of its strike steps and payouts.
const WEIGHT_BITS: u32 = 16;
const PRICE_BITS: u32 = 64;

pub(super) fn value<T: Serialize>(of: &T) -> Result<Value, ChainError> {
    to_value(of).map_err(|error| ChainError::new(error.to_string()))
}

/// A look at what comes with a contract.
fn comes(query: &str, place: &'static str, shows: Value) -> Look {
    Look {
        query: json!({ query: {} }),
        place: Place::At(place),
        before: Before::Never,
        shows,
    }
}

/// The oracle's guardian and its present signers.
pub(super) fn oracle(config: &Config, _: &Site) -> Vec<Look> {
    let signers = json!({ "signers": config.signers, "threshold": config.threshold });
    vec![
        comes("config", "", json!({ "guardian": config.guardian })),
        comes("signer_epoch", "", signers),
    ]
}

/// The engine's configuration, and the quote coin: coin 0.
pub(super) fn engine(config: &Config, site: &Site) -> Vec<Look> {
    let set_up = json!({
        "guardian": config.guardian,
        "oracle": site.at(ORACLE),
        "params": { "current": config.params },
        "cap_ramp": config.cap_ramp,
    });
    let coin = &config.quote_coin;
    let caps = json!({ "current": { "cap": coin.cap, "debt_cap": coin.debt_cap } });
    let coin = json!({ "denom": coin.denom, "decimals": coin.decimals, "terms": caps });
    vec![
        comes("config", "", set_up),
        comes("coins", "/coins/0", coin),
    ]
}

/// The lens's contracts.
pub(super) fn lens(_: &Config, site: &Site) -> Vec<Look> {
    let reads = json!({ "engine": site.at(ENGINE), "oracle": site.at(ORACLE) });
    vec![comes("config", "", reads)]
}

/// The exchange's engine.
pub(super) fn exchange(_: &Config, site: &Site) -> Vec<Look> {
    vec![comes("config", "", json!({ "engine": site.at(ENGINE) }))]
}

/// The liquidation contract's engine and terms.
pub(super) fn liquidation(config: &Config, site: &Site) -> Vec<Look> {
    let terms = json!({ "current": config.liquidation });
    let shows = json!({ "engine": site.at(ENGINE), "terms": terms });
    vec![comes("config", "", shows)]
}

/// A feed as the oracle shows it: prices in units of `2^-price_bits`, the lower bound rounded up.
pub(super) fn feed(feed: &Feed) -> Result<Look, ChainError> {
    let mut shown = feed.clone();
    let bits = u32::from(feed.terms.price_bits);
    let (terms, policy) = (&mut shown.terms, &mut shown.policy);
    terms.reference_price = in_units_floor(terms.reference_price, bits);
    policy.min_price = in_units_ceil(policy.min_price, bits);
    policy.max_price = in_units_floor(policy.max_price, bits);
    Ok(Look {
        query: json!({ "feed": { "feed": feed.feed } }),
        place: Place::At(""),
        before: Before::Refusal("E_FEED_UNKNOWN"),
        shows: scheduled(value(&shown)?, "policy"),
    })
}

/// A coin as the engine shows it: weights in units of 2^-16.
pub(super) fn coin(listing: &CoinListing) -> Result<Look, ChainError> {
    let mut shown = listing.clone();
    let terms = &mut shown.terms;
    for weight in [
        &mut terms.weight_initial,
        &mut terms.weight_maintenance,
        &mut terms.depeg,
    ] {
        *weight = in_units_floor(*weight, WEIGHT_BITS);
    }
    Ok(Look {
        query: json!({ "coins": {} }),
        place: Place::Listed("/coins", "denom", listing.denom.clone()),
        before: Before::Shows(Value::Null),
        shows: scheduled(value(&shown)?, "terms"),
    })
}

/// A market as the engine shows it: strike step and payout in units of 2^-64.
pub(super) fn market(listing: &MarketListing) -> Result<Look, ChainError> {
    let mut shown = listing.clone();
    shown.strike_step = in_units_floor(shown.strike_step, PRICE_BITS);
    shown.digital_payout = in_units_floor(shown.digital_payout, PRICE_BITS);
    Ok(Look {
        query: json!({ "market": { "market": listing.symbol } }),
        place: Place::At(""),
        before: Before::Refusal("E_ENGINE_UNKNOWN"),
        shows: scheduled(value(&shown)?, "params"),
    })
}

/// A listing as its query shows it: the part that may change lies under `current`.
fn scheduled(mut listing: Value, part: &str) -> Value {
    if let Some(field) = listing.get_mut(part) {
        *field = json!({ "current": field.take() });
    }
    listing
}

/// A decimal as it is shown that was stored in units of `2^-bits`, rounded down.
fn in_units_floor(value: Decimal, bits: u32) -> Decimal {
    in_units(value, bits, false)
}

/// A decimal as it is shown that was stored in units of `2^-bits`, rounded up to a unit; the unit is shown rounded down.
fn in_units_ceil(value: Decimal, bits: u32) -> Decimal {
    in_units(value, bits, true)
}

fn in_units(value: Decimal, bits: u32, up: bool) -> Decimal {
    let one = Uint256::from(Decimal::one().atomics());
    let scaled = Uint256::from(value.atomics()) << bits;
    let spare = if up {
        one - Uint256::one()
    } else {
        Uint256::zero()
    };
    let units = (scaled + spare) / one;
    let shown = (units * one) >> bits;
    Decimal::new(Uint128::try_from(shown).expect("no more than a decimal and a unit"))
}

#[cfg(test)]
mod tests {
    use super::{in_units_ceil, in_units_floor};
    use cosmwasm_std::Decimal;

    #[test]
    fn what_is_stored_in_binary_units_is_shown_so() {
        let decimal = |text: &str| text.parse::<Decimal>().expect("a decimal");
        // 0.9 x 2^16 = 58,982.4; 58,982 / 2^16 = 0.899993896484375.
        let shown = decimal("0.899993896484375");
        assert_eq!(in_units_floor(decimal("0.9"), 16), shown);
        // 58,983 / 2^16 = 0.9000091552734375.
        let shown = decimal("0.9000091552734375");
        assert_eq!(in_units_ceil(decimal("0.9"), 16), shown);
        // 1 / 10 in binary ends nowhere: a unit of the eighteenth digit is lost.
        let shown = decimal("0.099999999999999999");
        assert_eq!(in_units_floor(decimal("0.1"), 64), shown);
        for whole in ["0", "1", "5000000", "0.5"] {
            assert_eq!(in_units_floor(decimal(whole), 32), decimal(whole));
            assert_eq!(in_units_ceil(decimal(whole), 32), decimal(whole));
        }
    }
}
