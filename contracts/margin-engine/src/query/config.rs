//! Configuration, coins, the ledger, queues, venues.

use cosmwasm_std::{Decimal, Deps, Env, Int128, Uint128};
use protocol_api::decimal::{binary_floor, from_atomics};
use protocol_api::engine::{
    AccountId, CoinTerms as WireCoinTerms, CoinView, CoinsResponse, ConfigResponse, EngineParams,
    LedgerCoin, LedgerResponse, QueueResponse, VenueResponse, VenuesResponse,
};
use protocol_api::governance::Offer;
use protocol_api::{Planned, Scheduled};
use protocol_std::pagination::limit;
use protocol_std::{message, ownership};

use crate::desk::Desk;
use crate::error::EngineError;
use crate::execute::accounts::padded;
use crate::execute::withdraw::named_or_owner;
use crate::pausable::PAUSABLE;
use crate::state::{self, CoinTerms, Params, Timed};

/// Owner, guardian, oracle, treasury, parameters, pauses.
pub fn config(deps: Deps, env: &Env) -> Result<ConfigResponse, EngineError> {
    let config = state::load_config(deps.storage)?;
    let ownership = ownership::load(deps.storage)?;
    let now = env.block.time.seconds();
    let mut paused = Vec::new();
    for (action, bit, _) in PAUSABLE {
        if config.pause.holds(bit, now) {
            paused.push(action);
        }
    }
    Ok(ConfigResponse {
        owner: ownership.owner,
        offer: open_offer(ownership.offer, now),
        guardian: config.guardian.clone(),
        oracle: config.oracle.clone(),
        treasury: config.treasury,
        liquidator: state::load_liquidator(deps.storage)?,
        params: scheduled(&config.params, now, params),
        cap_ramp: config.cap_ramp.into(),
        paused,
        paused_until: config.pause.until,
        next_account: state::next_account(deps.storage)?,
    })
}

/// A timed value on the wire.
pub fn scheduled<T: Clone, W>(timed: &Timed<T>, now: u64, show: fn(&T) -> W) -> Scheduled<W> {
    Scheduled {
        current: show(timed.at(now)),
        next: timed.planned(now).map(|(from, value)| Planned {
            value: show(value),
            effective_at: *from,
        }),
    }
}

/// An offer on the wire, while it stands.
pub fn open_offer(offer: Option<ownership::Offer>, now: u64) -> Option<Offer> {
    let open = offer.filter(|offer| offer.is_open(now))?;
    Some(Offer {
        to: open.to,
        expires_at: open.expires_at,
    })
}

fn params(params: &Params) -> EngineParams {
    EngineParams {
        debt_grace: params.debt_grace.into(),
        debt_rate: from_atomics(params.debt_rate),
        collateral_discount: from_atomics(params.discount),
        discount_ramp: params.discount_ramp.into(),
        listing_fee: Uint128::new(params.listing_fee),
    }
}

/// Collateral coins by number.
pub fn coins(deps: Deps, env: &Env) -> Result<CoinsResponse, EngineError> {
    let config = state::load_config(deps.storage)?;
    let now = env.block.time.seconds();
    let view = |(id, coin): (u16, &state::CoinRecord)| {
        Ok(CoinView {
            id,
            denom: coin.denom.clone(),
            underlying: coin.underlying,
            decimals: coin.decimals,
            accepted: Uint128::new(config.cap(id, now)?),
            terms: scheduled(&coin.terms, now, coin_terms),
        })
    };
    let coins = (0..).zip(&config.coins).map(view);
    Ok(CoinsResponse {
        coins: coins.collect::<Result<_, EngineError>>()?,
    })
}

fn coin_terms(terms: &CoinTerms) -> WireCoinTerms {
    WireCoinTerms {
        weight_initial: share(terms.weight_initial),
        weight_maintenance: share(terms.weight_maintenance),
        depeg: share(terms.depeg),
        cap: Uint128::new(terms.cap.to),
        debt_cap: Uint128::new(terms.debt_cap),
    }
}

/// Every term of the ledger of each coin.
pub fn ledger(deps: Deps, env: &Env) -> Result<LedgerResponse, EngineError> {
    let config = state::load_config(deps.storage)?;
    let mut coins = Vec::with_capacity(config.coins.len());
    for (id, coin) in (0_u16..).zip(&config.coins) {
        let ledger = state::load_ledger(deps.storage, id)?;
        let bank = message::balance(deps.querier, &env.contract.address, &coin.denom)?;
        coins.push(LedgerCoin {
            denom: coin.denom.clone(),
            held: Uint128::new(ledger.held),
            bank: Uint128::try_from(bank).unwrap_or(Uint128::MAX),
            cash: Int128::new(ledger.cash()?),
            debt: Uint128::new(ledger.debt),
            reserved: Uint128::new(ledger.reserved),
            insurance: Uint128::new(ledger.insurance),
            withheld: Uint128::new(ledger.withheld),
            lost: Uint128::new(ledger.lost),
            fees: Uint128::new(ledger.fees),
            escrow: Uint128::new(ledger.escrow),
            interest: Int128::new(ledger.interest),
            unsettled: Int128::new(ledger.unsettled),
            uncollected: Uint128::new(ledger.uncollected),
        });
    }
    Ok(LedgerResponse { coins })
}

/// The withdrawal queue of a coin as `ClaimQueued` would find it.
pub fn queue(
    deps: Deps,
    env: &Env,
    denom: &str,
    account: Option<AccountId>,
    to: Option<String>,
) -> Result<QueueResponse, EngineError> {
    let mut desk = Desk::new(deps, env)?;
    let coin = desk.coin(denom)?;
    desk.serve_queue(coin)?;
    let queue = desk.queue(coin)?.clone();
    let (mut waits, mut due) = (0_u128, 0_u128);
    if let Some(account) = account {
        let meta = state::load_meta(deps.storage, account)?;
        let to = named_or_owner(deps.api, &meta, to)?;
        let key = (coin, account, padded(deps.api, &to)?);
        let claim = state::load_claim(deps.storage, &key)?;
        (waits, due) = (queue.waiting_of(&claim)?, queue.due_of(&claim)?);
    }
    Ok(QueueResponse {
        waiting: Uint128::new(queue.waiting),
        allotted: Uint128::new(queue.allotted),
        own_waiting: Uint128::new(waits),
        own_claimable: Uint128::new(due),
    })
}

/// Whether an address is an authorised venue.
pub fn venue(deps: Deps, venue: &str) -> Result<VenueResponse, EngineError> {
    let config = state::load_config(deps.storage)?;
    Ok(VenueResponse {
        authorized: config.venues.iter().any(|known| known == venue),
    })
}

/// Authorised venues by address.
pub fn venues(
    deps: Deps,
    start_after: Option<String>,
    asked: Option<u32>,
) -> Result<VenuesResponse, EngineError> {
    let config = state::load_config(deps.storage)?;
    let later = |venue: &String| start_after.as_ref().is_none_or(|after| venue > after);
    let venues = config
        .venues
        .into_iter()
        .filter(later)
        .take(limit(asked))
        .collect();
    Ok(VenuesResponse { venues })
}

/// Bits of a weight below the point.
pub const WEIGHT_BITS: u32 = 16;

/// `2^-16` as a decimal, rounded down.
fn share(units: u32) -> Decimal {
    binary_floor(units.into(), WEIGHT_BITS)
}
