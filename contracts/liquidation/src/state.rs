//! What is stored, behind load and save functions. Namespaces of this contract:
//!
//! | namespace | key | what |
//! |---|---|---|
//! | `owner` | | ownership (protocol-std) |
//! | `c` | | engine, quote coin, terms |
//! | `a` | account | its auction |
//! | `b` | rank of the reward, active at, account | a standing bid, in the order in which they fill |
//! | `p` | account, rank of the reward | when the account's bid there starts to count |
//! | `g` | group | a backstop |
//! | `n` | account | who stands nominated against it |
//! | `s` | group, series, holder | his shares |

use borsh::{BorshDeserialize, BorshSerialize};
use cosmwasm_std::{Api, Storage};
use protocol_std::binary::{Item, Map, Page, Record, StoreError};
use protocol_std::timed::Timed;

use crate::core::auction::Auction;
use crate::core::bids::{Bid, Place, rank, reward_of};
use crate::core::table::Table;
use crate::core::terms::Terms;
use crate::error::ContractError;

type Result<T> = core::result::Result<T, StoreError>;
type BidKey = (u32, u64, u64);
type ShareKey = (u16, u32, [u8; 32]);

const CONFIG: Item<Config> = Item::new("c");
const AUCTIONS: Map<u64, Auction> = Map::new("a");
const BIDS: Map<BidKey, Bid> = Map::new("b");
const PLACES: Map<(u64, u32), ActiveAt> = Map::new("p");
const BACKSTOPS: Map<u16, Backstop> = Map::new("g");
const TABLES: Map<u64, Table> = Map::new("n");
const SHARES: Map<ShareKey, Shares> = Map::new("s");

/// What every step reads.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Config {
    /// The margin engine.
    pub engine: String,
    /// Its quote coin.
    pub quote: String,
    /// The terms.
    pub terms: Timed<Terms>,
}

impl Record for Config {
    const VERSION: u8 = 1;
}

#[derive(Clone, Copy, Debug, BorshSerialize, BorshDeserialize)]
struct ActiveAt(u64);

impl Record for ActiveAt {
    const VERSION: u8 = 1;
}

/// A backstop.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Backstop {
    /// Its engine account.
    pub account: u64,
    /// Symbols of its markets.
    pub markets: Vec<String>,
    /// Shares of the present series.
    pub supply: u128,
    /// Which series of shares counts; those of earlier ones are lost.
    pub series: u32,
}

impl Record for Backstop {
    const VERSION: u8 = 1;
}

#[derive(Clone, Copy, Debug, Default, BorshSerialize, BorshDeserialize)]
struct Shares(u128);

impl Record for Shares {
    const VERSION: u8 = 1;
}

/// Engine, quote coin, terms.
pub fn load_config(storage: &dyn Storage) -> Result<Config> {
    CONFIG.load(storage)
}

/// Writes engine, quote coin, terms.
pub fn save_config(storage: &mut dyn Storage, config: &Config) -> Result<()> {
    CONFIG.save(storage, config)
}

/// The auction of an account.
pub fn load_auction(storage: &dyn Storage, account: u64) -> Result<Option<Auction>> {
    AUCTIONS.may_load(storage, &account)
}

/// Writes the auction of an account.
pub fn save_auction(storage: &mut dyn Storage, account: u64, auction: &Auction) -> Result<()> {
    AUCTIONS.save(storage, &account, auction)
}

/// Removes the auction of an account.
pub fn remove_auction(storage: &mut dyn Storage, account: u64) {
    AUCTIONS.remove(storage, &account);
}

/// The auction of an account, if a step touched it within its tail.
pub fn running_auction(
    storage: &dyn Storage,
    account: u64,
    now: u64,
    terms: &Terms,
) -> Result<Option<Auction>> {
    Ok(load_auction(storage, account)?.filter(|auction| auction.runs(now, terms.tail)))
}

/// What deleveraging goes by: the auction, which must run, and the table of nominees that stands in it, if any.
pub fn auction_and_table(
    storage: &dyn Storage,
    account: u64,
    now: u64,
    terms: &Terms,
) -> core::result::Result<(Auction, Option<Table>), ContractError> {
    let auction = running_auction(storage, account, now, terms)?;
    let auction = auction.ok_or(ContractError::NoAuction { account })?;
    let table = load_table(storage, account)?;
    let stands = |table: &Table| table.stands(auction.began, now, terms.nomination, terms.tail);
    let table = table.filter(stands);
    Ok((auction, table))
}

/// Who was nominated last against an account, whether or not the table still stands.
pub fn load_table(storage: &dyn Storage, account: u64) -> Result<Option<Table>> {
    TABLES.may_load(storage, &account)
}

/// Writes who stands nominated against an account.
pub fn save_table(storage: &mut dyn Storage, account: u64, table: &Table) -> Result<()> {
    TABLES.save(storage, &account, table)
}

/// Ends a table.
pub fn remove_table(storage: &mut dyn Storage, account: u64) {
    TABLES.remove(storage, &account);
}

/// Auctions by account number.
pub fn page_auctions(
    storage: &dyn Storage,
    after: Option<u64>,
    limit: usize,
) -> Result<Vec<(u64, Auction)>> {
    AUCTIONS.page(storage, &Page::ascending(after, limit))
}

/// Where the account's bid at a reward stands.
pub fn find_bid(storage: &dyn Storage, account: u64, reward: i32) -> Result<Option<Place>> {
    let found = PLACES.may_load(storage, &(account, rank(reward)))?;
    Ok(found.map(|ActiveAt(active_at)| Place {
        reward,
        active_at,
        account,
    }))
}

/// The bid at a place.
pub fn load_bid(storage: &dyn Storage, place: &Place) -> Result<Bid> {
    BIDS.load(storage, &bid_key(place))
}

/// Writes a bid that stands already.
pub fn save_bid(storage: &mut dyn Storage, place: &Place, bid: &Bid) -> Result<()> {
    BIDS.save(storage, &bid_key(place), bid)
}

/// Enters a bid.
pub fn add_bid(storage: &mut dyn Storage, place: &Place, bid: &Bid) -> Result<()> {
    let key = (place.account, rank(place.reward));
    PLACES.save(storage, &key, &ActiveAt(place.active_at))?;
    save_bid(storage, place, bid)
}

/// Strikes a bid out.
pub fn remove_bid(storage: &mut dyn Storage, place: &Place) {
    PLACES.remove(storage, &(place.account, rank(place.reward)));
    BIDS.remove(storage, &bid_key(place));
}

/// Bids in the order in which they fill.
pub fn page_bids(
    storage: &dyn Storage,
    after: Option<&Place>,
    limit: usize,
) -> Result<Vec<(Place, Bid)>> {
    let page = BIDS.page(storage, &Page::ascending(after.map(bid_key), limit))?;
    let place = |(rank, active_at, account)| Place {
        reward: reward_of(rank),
        active_at,
        account,
    };
    Ok(page
        .into_iter()
        .map(|(key, bid)| (place(key), bid))
        .collect())
}

/// Where an account's bids stand, by reward.
pub fn places_of(storage: &dyn Storage, account: u64, limit: usize) -> Result<Vec<Place>> {
    let page = PLACES.page_of(storage, &account, &Page::ascending(None, limit))?;
    let place = |((account, rank), ActiveAt(active_at))| Place {
        reward: reward_of(rank),
        active_at,
        account,
    };
    Ok(page.into_iter().map(place).collect())
}

/// A backstop, if there is one of this number.
pub fn may_load_backstop(storage: &dyn Storage, group: u16) -> Result<Option<Backstop>> {
    BACKSTOPS.may_load(storage, &group)
}

/// A backstop.
pub fn load_backstop(
    storage: &dyn Storage,
    group: u16,
) -> core::result::Result<Backstop, ContractError> {
    may_load_backstop(storage, group)?.ok_or(ContractError::NoBackstop { group })
}

/// Writes a backstop.
pub fn save_backstop(storage: &mut dyn Storage, group: u16, backstop: &Backstop) -> Result<()> {
    BACKSTOPS.save(storage, &group, backstop)
}

/// Backstops by number.
pub fn page_backstops(
    storage: &dyn Storage,
    after: Option<u16>,
    limit: usize,
) -> Result<Vec<(u16, Backstop)>> {
    BACKSTOPS.page(storage, &Page::ascending(after, limit))
}

/// A holder's shares of a series; zero when he has none.
pub fn load_shares(storage: &dyn Storage, key: &ShareKey) -> Result<u128> {
    Ok(SHARES.may_load(storage, key)?.unwrap_or_default().0)
}

/// Writes a holder's shares; none is no record.
pub fn save_shares(storage: &mut dyn Storage, key: &ShareKey, shares: u128) -> Result<()> {
    if shares == 0 {
        SHARES.remove(storage, key);
        return Ok(());
    }
    SHARES.save(storage, key, &Shares(shares))
}

/// The key of a holder's shares; his canonical address padded to 32 bytes.
pub fn share_key(
    api: &dyn Api,
    group: u16,
    series: u32,
    holder: &str,
) -> core::result::Result<ShareKey, ContractError> {
    let canonical = api.addr_canonicalize(holder)?;
    let mut key = [0_u8; 32];
    key.get_mut(..canonical.len())
        .ok_or(ContractError::Overflow)?
        .copy_from_slice(canonical.as_slice());
    Ok((group, series, key))
}

fn bid_key(place: &Place) -> BidKey {
    (rank(place.reward), place.active_at, place.account)
}
