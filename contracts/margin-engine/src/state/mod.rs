//! The engine's storage. Nothing outside this folder names a namespace.
//!
//! | namespace | key | record |
//! |---|---|---|
//! | `owner` | | ownership (two-step), kept by `protocol-std` |
//! | `c` | | configuration: oracle, treasury, guardian, pause, parameters, coins, venues |
//! | `n` | | number of the next account |
//! | `a` | account | cash, sums per market, legs |
//! | `i` | account | owner, offer, delegates, admitted venues |
//! | `o` | owner (32 bytes), account | index of accounts by owner |
//! | `m` | market | terms and parameters |
//! | `y` | symbol (16 bytes) | market number |
//! | `f` | underlying | margin profile |
//! | `b` | | betas |
//! | `e` | market, expiry | series count, fixing terms, settlement price |
//! | `s` | series (10 bytes) | open interest, payoff, net quantity not yet settled |
//! | `l` | coin | ledger |
//! | `q` | coin | withdrawal queue |
//! | `w` | coin, account, recipient | a queued withdrawal |
//! | `k` | | the liquidation contracts there have been, the one in office last |
//! | `u` | market | insurance, and its part of the deficits |
//! | `x` | account | deficit of an account seen insolvent, by market |
//! | `p` | account | what insurance is still to pay of its deficit as legs are closed |
//! | `g` | market | loss and the round that shares it |
//! | `h` | market, round | a round that has ended, until everybody has his rest |
//! | `j` | market, account | what is withheld of an account's gains |

mod codec;
mod config;
mod key;
mod loss;
mod market;
mod meta;
mod profile;
mod queue;
mod waterfall;

use cosmwasm_std::Storage;
use protocol_std::binary::{Item, Map, Page};
use risk::liquidation::{Ended, Fund};
use risk::{SERIES_KEY_BYTES, SeriesKey};
use sha2::{Digest, Sha256};

pub use config::{CoinRecord, CoinTerms, Config, Params, Timed};
pub use key::Key;
pub use market::{Expiry, Market, MarketParams, Series, Settled};
pub use meta::{Delegate, Meta};
pub use profile::{Betas, ProfileRecord};

use crate::core::account::Account;
use crate::core::ledger::Ledger;
use crate::core::loss::{Gain, Loss};
use crate::core::queue::{Claim, Queue, Recipient};
use crate::error::EngineError;

/// Coin, account and recipient.
pub type ClaimKey = (u16, u64, Recipient);

const CONFIG: Item<Config> = Item::new("c");
const NEXT: Item<config::Next> = Item::new("n");
const ACCOUNTS: Map<u64, Account> = Map::new("a");
const METAS: Map<u64, Meta> = Map::new("i");
const OWNERS: Map<([u8; 32], u64), meta::Mark> = Map::new("o");
const MARKETS: Map<u16, Market> = Map::new("m");
const SYMBOLS: Map<[u8; 16], config::Number> = Map::new("y");
const PROFILES: Map<u16, Timed<ProfileRecord>> = Map::new("f");
const BETAS: Item<Timed<Betas>> = Item::new("b");
const EXPIRIES: Map<(u16, u32), Expiry> = Map::new("e");
const SERIES: Map<[u8; SERIES_KEY_BYTES], Series> = Map::new("s");
const LEDGERS: Map<u16, Ledger> = Map::new("l");
const QUEUES: Map<u16, Queue> = Map::new("q");
const CLAIMS: Map<ClaimKey, Claim> = Map::new("w");
const LIQUIDATORS: Item<waterfall::Addresses> = Item::new("k");
const FUNDS: Map<u16, waterfall::FundRecord> = Map::new("u");
const DEFICITS: Map<u64, waterfall::Deficit> = Map::new("x");
const INSURED: Map<u64, waterfall::Amount> = Map::new("p");
const LOSSES: Map<u16, Loss> = Map::new("g");
const ENDED: Map<(u16, u32), loss::EndedRecord> = Map::new("h");
const GAINS: Map<(u16, u64), Gain> = Map::new("j");

type Result<T> = core::result::Result<T, EngineError>;

/// The configuration.
pub fn load_config(storage: &dyn Storage) -> Result<Config> {
    Ok(CONFIG.load(storage)?)
}

/// Saves the configuration.
pub fn save_config(storage: &mut dyn Storage, config: &Config) -> Result<()> {
    Ok(CONFIG.save(storage, config)?)
}

/// Number of the next account.
pub fn next_account(storage: &dyn Storage) -> Result<u64> {
    Ok(NEXT.may_load(storage)?.map_or(1, |next| next.0))
}

/// Takes the next account number.
pub fn take_account_number(storage: &mut dyn Storage) -> Result<u64> {
    let id = next_account(storage)?;
    let next = id.checked_add(1).ok_or(EngineError::Overflow)?;
    NEXT.save(storage, &config::Next(next))?;
    Ok(id)
}

/// An account; [`EngineError::NoAccount`] for one that was never opened.
pub fn load_account(storage: &dyn Storage, id: u64) -> Result<Account> {
    let stored = ACCOUNTS.may_load(storage, &id)?;
    stored.ok_or(EngineError::NoAccount { account: id })
}

/// Saves an account.
pub fn save_account(storage: &mut dyn Storage, id: u64, account: &Account) -> Result<()> {
    Ok(ACCOUNTS.save(storage, &id, account)?)
}

/// The SHA-256 of an account's stored record: whoever names it sees no other account. All of it, since an owner who offers
/// his account chooses what is hashed.
pub fn fingerprint(storage: &dyn Storage, id: u64) -> Vec<u8> {
    let stored = storage.get(&ACCOUNTS.key(&id)).unwrap_or_default();
    Sha256::digest(stored).to_vec()
}

/// The SHA-256 of an account's legs, each its packed key and its quantity, big endian: whoever names it buys of no other book.
/// Legs alone, since anyone may give an account coins, and a slice is priced as it is taken.
pub fn legs_fingerprint(account: &Account) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for leg in &account.legs {
        bytes.extend(leg.key.pack()?);
        bytes.extend(leg.quantity.to_be_bytes());
    }
    Ok(Sha256::digest(bytes).to_vec())
}

/// A page of accounts by number.
pub fn page_accounts(
    storage: &dyn Storage,
    after: Option<u64>,
    limit: usize,
) -> Result<Vec<(u64, Account)>> {
    Ok(ACCOUNTS.page(storage, &Page::ascending(after, limit))?)
}

/// Owner, delegates and venues of an account.
pub fn load_meta(storage: &dyn Storage, id: u64) -> Result<Meta> {
    METAS
        .may_load(storage, &id)?
        .ok_or(EngineError::NoAccount { account: id })
}

/// Saves owner, delegates and venues of an account.
pub fn save_meta(storage: &mut dyn Storage, id: u64, meta: &Meta) -> Result<()> {
    Ok(METAS.save(storage, &id, meta)?)
}

/// Notes in the index that `owner` (canonical, padded) owns an account.
pub fn index_owner(storage: &mut dyn Storage, owner: [u8; 32], id: u64) -> Result<()> {
    Ok(OWNERS.save(storage, &(owner, id), &meta::Mark)?)
}

/// Removes an account from an owner's index.
pub fn unindex_owner(storage: &mut dyn Storage, owner: [u8; 32], id: u64) {
    OWNERS.remove(storage, &(owner, id));
}

/// A page of an owner's accounts by number.
pub fn page_owned(
    storage: &dyn Storage,
    owner: [u8; 32],
    after: Option<u64>,
    limit: usize,
) -> Result<Vec<u64>> {
    let page = Page::ascending(after.map(|id| (owner, id)), limit);
    Ok(OWNERS
        .page_of(storage, &owner, &page)?
        .into_iter()
        .map(|((_, id), _)| id)
        .collect())
}

/// A market by number.
pub fn load_market(storage: &dyn Storage, id: u16) -> Result<Market> {
    let unknown = || EngineError::Unknown {
        name: format!("market {id}"),
    };
    MARKETS.may_load(storage, &id)?.ok_or_else(unknown)
}

/// Saves a market.
pub fn save_market(storage: &mut dyn Storage, id: u16, market: &Market) -> Result<()> {
    Ok(MARKETS.save(storage, &id, market)?)
}

/// A page of markets by number.
pub fn page_markets(
    storage: &dyn Storage,
    after: Option<u16>,
    limit: usize,
) -> Result<Vec<(u16, Market)>> {
    Ok(MARKETS.page(storage, &Page::ascending(after, limit))?)
}

/// The number of the market with this symbol.
pub fn find_market(storage: &dyn Storage, symbol: &str) -> Result<Option<u16>> {
    let Some(key) = symbol_key(symbol) else {
        return Ok(None);
    };
    Ok(SYMBOLS.may_load(storage, &key)?.map(|number| number.0))
}

/// Notes a market's symbol.
pub fn index_symbol(storage: &mut dyn Storage, symbol: &str, id: u16) -> Result<()> {
    let key = symbol_key(symbol).ok_or(EngineError::Range { field: "symbol" })?;
    Ok(SYMBOLS.save(storage, &key, &config::Number(id))?)
}

/// The profile of an underlying, if one was set.
pub fn load_profile(storage: &dyn Storage, id: u16) -> Result<Option<Timed<ProfileRecord>>> {
    Ok(PROFILES.may_load(storage, &id)?)
}

/// Saves the profile of an underlying.
pub fn save_profile(
    storage: &mut dyn Storage,
    id: u16,
    profile: &Timed<ProfileRecord>,
) -> Result<()> {
    Ok(PROFILES.save(storage, &id, profile)?)
}

/// The betas, if any were set.
pub fn load_betas(storage: &dyn Storage) -> Result<Option<Timed<Betas>>> {
    Ok(BETAS.may_load(storage)?)
}

/// Saves the betas.
pub fn save_betas(storage: &mut dyn Storage, betas: &Timed<Betas>) -> Result<()> {
    Ok(BETAS.save(storage, betas)?)
}

/// An expiry of a market, if a series of it was ever listed; `expiry` in unix minutes.
pub fn load_expiry(storage: &dyn Storage, market: u16, expiry: u32) -> Result<Option<Expiry>> {
    Ok(EXPIRIES.may_load(storage, &(market, expiry))?)
}

/// Saves an expiry.
pub fn save_expiry(
    storage: &mut dyn Storage,
    market: u16,
    expiry: u32,
    record: &Expiry,
) -> Result<()> {
    Ok(EXPIRIES.save(storage, &(market, expiry), record)?)
}

/// A page of a market's expiries in time order.
pub fn page_expiries(
    storage: &dyn Storage,
    market: u16,
    after: Option<u32>,
    limit: usize,
) -> Result<Vec<(u32, Expiry)>> {
    let page = Page::ascending(after.map(|expiry| (market, expiry)), limit);
    let rows = EXPIRIES.page_of(storage, &market, &page)?;
    Ok(rows
        .into_iter()
        .map(|((_, expiry), record)| (expiry, record))
        .collect())
}

/// A series, if it was listed.
pub fn load_series(storage: &dyn Storage, key: &SeriesKey) -> Result<Option<Series>> {
    Ok(SERIES.may_load(storage, &key.pack()?)?)
}

/// Saves a series.
pub fn save_series(storage: &mut dyn Storage, key: &SeriesKey, series: &Series) -> Result<()> {
    Ok(SERIES.save(storage, &key.pack()?, series)?)
}

/// A page of a market's series by expiry, strike and kind.
pub fn page_series(
    storage: &dyn Storage,
    market: u16,
    after: Option<SeriesKey>,
    limit: usize,
) -> Result<Vec<(SeriesKey, Series)>> {
    let after = after.map(|key| key.pack()).transpose()?;
    let rows = SERIES.page_of(storage, &market, &Page::ascending(after, limit))?;
    rows.into_iter()
        .map(|(key, series)| Ok((SeriesKey::unpack(&key)?, series)))
        .collect()
}

/// The ledger of a coin; empty before its first use.
pub fn load_ledger(storage: &dyn Storage, coin: u16) -> Result<Ledger> {
    Ok(LEDGERS.may_load(storage, &coin)?.unwrap_or_default())
}

/// Saves the ledger of a coin.
pub fn save_ledger(storage: &mut dyn Storage, coin: u16, ledger: &Ledger) -> Result<()> {
    Ok(LEDGERS.save(storage, &coin, ledger)?)
}

/// The withdrawal queue of a coin; empty before its first use.
pub fn load_queue(storage: &dyn Storage, coin: u16) -> Result<Queue> {
    Ok(QUEUES.may_load(storage, &coin)?.unwrap_or_default())
}

/// Saves the withdrawal queue of a coin.
pub fn save_queue(storage: &mut dyn Storage, coin: u16, queue: &Queue) -> Result<()> {
    Ok(QUEUES.save(storage, &coin, queue)?)
}

/// What an account queued of a coin for a recipient; an empty claim if nothing.
pub fn load_claim(storage: &dyn Storage, key: &ClaimKey) -> Result<Claim> {
    Ok(CLAIMS.may_load(storage, key)?.unwrap_or_default())
}

/// What is queued of a coin: all claims that wait or are due.
pub fn claims_of(storage: &dyn Storage, coin: u16) -> Result<Vec<(ClaimKey, Claim)>> {
    Ok(CLAIMS.page_of(storage, &coin, &Page::ascending(None, usize::MAX))?)
}

/// Saves a claim, or removes it when it is paid.
pub fn save_claim(storage: &mut dyn Storage, key: &ClaimKey, claim: &Claim) -> Result<()> {
    if claim.amount == 0 {
        CLAIMS.remove(storage, key);
        return Ok(());
    }
    Ok(CLAIMS.save(storage, key, claim)?)
}

/// The liquidation contract's address, once named.
pub fn load_liquidator(storage: &dyn Storage) -> Result<Option<String>> {
    Ok(load_liquidators(storage)?.pop())
}

/// The addresses of all liquidation contracts there have been, the one of the day last.
pub fn load_liquidators(storage: &dyn Storage) -> Result<Vec<String>> {
    let found = LIQUIDATORS.may_load(storage)?;
    Ok(found.map_or(vec![], |addresses| addresses.0))
}

/// Saves the addresses of the liquidation contracts.
pub fn save_liquidators(storage: &mut dyn Storage, addresses: Vec<String>) -> Result<()> {
    Ok(LIQUIDATORS.save(storage, &waterfall::Addresses(addresses))?)
}

/// The insurance of a market; empty before its first use.
pub fn load_fund(storage: &dyn Storage, market: u16) -> Result<Fund> {
    let fund = FUNDS.may_load(storage, &market)?;
    Ok(fund.map_or_else(Fund::default, |record| record.0))
}

/// Saves the insurance of a market.
pub fn save_fund(storage: &mut dyn Storage, market: u16, fund: Fund) -> Result<()> {
    Ok(FUNDS.save(storage, &market, &waterfall::FundRecord(fund))?)
}

/// Amounts by market, quote base units.
pub type Parts = Vec<(u16, u128)>;

/// The recorded deficit of an account: its part of each market, quote base units.
pub fn load_deficit(storage: &dyn Storage, account: u64) -> Result<Parts> {
    let found = DEFICITS.may_load(storage, &account)?;
    Ok(found.map_or(vec![], |deficit| deficit.0))
}

/// Saves or, when there is none, removes the deficit of an account, and with it what insurance is
/// still to pay of it.
pub fn save_deficit(
    storage: &mut dyn Storage,
    account: u64,
    parts: Vec<(u16, u128)>,
) -> Result<()> {
    if parts.is_empty() {
        DEFICITS.remove(storage, &account);
        INSURED.remove(storage, &account);
        return Ok(());
    }
    Ok(DEFICITS.save(storage, &account, &waterfall::Deficit(parts))?)
}

/// What insurance is still to pay of a deficit as legs are closed; `None` before the first closing.
pub fn load_insured(storage: &dyn Storage, account: u64) -> Result<Option<u128>> {
    let amount = INSURED.may_load(storage, &account)?;
    Ok(amount.map(|amount| amount.0))
}

/// Saves what insurance is still to pay of a deficit.
pub fn save_insured(storage: &mut dyn Storage, account: u64, amount: u128) -> Result<()> {
    Ok(INSURED.save(storage, &account, &waterfall::Amount(amount))?)
}

/// A page of deficits by account.
pub fn page_deficits(
    storage: &dyn Storage,
    after: Option<u64>,
    limit: usize,
) -> Result<Vec<(u64, Parts)>> {
    let rows = DEFICITS.page(storage, &Page::ascending(after, limit))?;
    Ok(rows
        .into_iter()
        .map(|(id, deficit)| (id, deficit.0))
        .collect())
}

/// The loss of a market; none before its first.
pub fn load_loss(storage: &dyn Storage, market: u16) -> Result<Loss> {
    Ok(LOSSES.may_load(storage, &market)?.unwrap_or_default())
}

/// Saves the loss of a market.
pub fn save_loss(storage: &mut dyn Storage, market: u16, loss: &Loss) -> Result<()> {
    Ok(LOSSES.save(storage, &market, loss)?)
}

/// A round of a market that has ended; empty once everybody has his rest.
pub fn load_ended(storage: &dyn Storage, key: (u16, u32)) -> Result<Ended> {
    let ended = ENDED.may_load(storage, &key)?;
    Ok(ended.map_or_else(Ended::default, |record| record.0))
}

/// Saves a round that has ended, or removes it when nobody waits for his rest.
pub fn save_ended(storage: &mut dyn Storage, key: (u16, u32), ended: &Ended) -> Result<()> {
    if ended.waiting == 0 {
        ENDED.remove(storage, &key);
        return Ok(());
    }
    Ok(ENDED.save(storage, &key, &loss::EndedRecord(*ended))?)
}

/// A page of a market's rounds that have ended and owe somebody his rest.
pub fn page_ended(
    storage: &dyn Storage,
    market: u16,
    after: Option<u32>,
    limit: usize,
) -> Result<Vec<(u32, Ended)>> {
    let page = Page::ascending(after.map(|round| (market, round)), limit);
    let rows = ENDED.page_of(storage, &market, &page)?;
    Ok(rows
        .into_iter()
        .map(|((_, round), ended)| (round, ended.0))
        .collect())
}

/// What is withheld of an account's gains in a market; nothing before the first time.
pub fn load_gain(storage: &dyn Storage, key: (u16, u64)) -> Result<Gain> {
    Ok(GAINS.may_load(storage, &key)?.unwrap_or_default())
}

/// Saves what is withheld of an account's gains, or removes it when that is nothing.
pub fn save_gain(storage: &mut dyn Storage, key: (u16, u64), gain: &Gain) -> Result<()> {
    if gain.part.gains == 0 {
        GAINS.remove(storage, &key);
        return Ok(());
    }
    Ok(GAINS.save(storage, &key, gain)?)
}

/// A page of what is withheld in a market, by account.
pub fn page_gains(
    storage: &dyn Storage,
    market: u16,
    after: Option<u64>,
    limit: usize,
) -> Result<Vec<(u64, Gain)>> {
    let page = Page::ascending(after.map(|account| (market, account)), limit);
    let rows = GAINS.page_of(storage, &market, &page)?;
    Ok(rows
        .into_iter()
        .map(|((_, account), gain)| (account, gain))
        .collect())
}

/// A symbol padded with zeros; `None` when it is empty or too long.
fn symbol_key(symbol: &str) -> Option<[u8; 16]> {
    let mut key = [0_u8; 16];
    if symbol.is_empty() {
        return None;
    }
    key.get_mut(..symbol.len())?
        .copy_from_slice(symbol.as_bytes());
    Some(key)
}
