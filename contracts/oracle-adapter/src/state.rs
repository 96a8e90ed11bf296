//! What is stored, behind load and save functions. Namespaces of this contract:
//!
//! | namespace | key | what |
//! |---|---|---|
//! | `owner` | | ownership (protocol-std) |
//! | `config` | | guardian and present signer epoch |
//! | `epoch` | epoch | signer set |
//! | `feed` | feed | terms and policy, read by every report; a planned policy too, until the first report after its time |
//! | `names` | feed | names for people |
//! | `record` | feed | the market record, read raw by other contracts |
//! | `tape` | feed, bucket | one observation per bucket, kept ten days |
//! | `fixing` | feed, expiry | final settlement prices, read raw by other contracts |

use borsh::{BorshDeserialize, BorshSerialize};
use cosmwasm_std::Storage;
use protocol_api::record::{
    self, Evidence, FIXING_NAMESPACE, FIXING_VERSION, FixingRecord, MarketRecord,
};
use protocol_std::binary::{Item, Map, Page, Record, StoreError};

use crate::core::feed::{Feed, Names};
use crate::core::signers::SignerSet;
use crate::error::{ContractError, FeedError, SignersError};

/// Who may brake, and which epoch signs.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Config {
    /// The guardian.
    pub guardian: Option<String>,
    /// The present signer epoch.
    pub epoch: u32,
}

impl Record for Config {
    const VERSION: u8 = 1;
}

/// One observation.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct TapeEntry {
    /// Median over the sources, stored units.
    pub price: u64,
    /// A second family lay within 1 %.
    pub confirmed: bool,
    /// For a price too far from the slow price: the last valid price before it.
    pub valid_before: Option<u64>,
    /// Signer epoch.
    pub epoch: u32,
    /// Bitmap of the signers.
    pub signers: u32,
    /// Digest of the report.
    pub digest: [u8; 32],
}

impl Record for TapeEntry {
    const VERSION: u8 = 1;
}

impl TapeEntry {
    /// Whether the price was too far from the slow price.
    pub const fn jumped(&self) -> bool {
        self.valid_before.is_some()
    }

    /// The last valid price as of this observation.
    pub fn last_valid(&self) -> u64 {
        self.valid_before.unwrap_or(self.price)
    }

    /// Who vouched for it.
    pub const fn evidence(&self) -> Evidence {
        Evidence {
            epoch: self.epoch,
            signers: self.signers,
            digest: self.digest,
        }
    }
}

/// A fixing record under the layout that `protocol_api::record::decode` reads.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
struct StoredFixing(FixingRecord);

impl Record for StoredFixing {
    const VERSION: u8 = FIXING_VERSION;
}

const CONFIG: Item<Config> = Item::new("config");
const EPOCHS: Map<u32, SignerSet> = Map::new("epoch");
const FEEDS: Map<u16, Feed> = Map::new("feed");
const NAMES: Map<u16, Names> = Map::new("names");
const TAPE: Map<(u16, u32), TapeEntry> = Map::new("tape");
const FIXINGS: Map<(u16, u32), StoredFixing> = Map::new(FIXING_NAMESPACE);

/// Loads the configuration.
pub fn config(storage: &dyn Storage) -> Result<Config, StoreError> {
    CONFIG.load(storage)
}

/// Saves the configuration.
pub fn save_config(storage: &mut dyn Storage, config: &Config) -> Result<(), StoreError> {
    CONFIG.save(storage, config)
}

/// Loads a signer epoch.
pub fn epoch(storage: &dyn Storage, epoch: u32) -> Result<SignerSet, ContractError> {
    let set = EPOCHS.may_load(storage, &epoch)?;
    Ok(set.ok_or(SignersError::UnknownEpoch { epoch })?)
}

/// Saves a signer epoch.
pub fn save_epoch(
    storage: &mut dyn Storage,
    epoch: u32,
    set: &SignerSet,
) -> Result<(), StoreError> {
    EPOCHS.save(storage, &epoch, set)
}

/// A page of signer epochs.
pub fn epochs(
    storage: &dyn Storage,
    after: Option<u32>,
    limit: usize,
) -> Result<Vec<(u32, SignerSet)>, StoreError> {
    EPOCHS.page(storage, &Page::ascending(after, limit))
}

/// Loads a feed as of `now`: the policy in force then, and what is still planned.
pub fn feed(storage: &dyn Storage, feed: u16, now: u64) -> Result<Feed, ContractError> {
    let found = FEEDS.may_load(storage, &feed)?;
    Ok(as_of(found.ok_or(FeedError::Unknown { feed })?, now))
}

fn as_of(mut feed: Feed, now: u64) -> Feed {
    feed.is_behind = feed.policy.catch_up(now);
    feed
}

/// Whether a feed exists.
pub fn has_feed(storage: &dyn Storage, feed: u16) -> bool {
    FEEDS.has(storage, &feed)
}

/// Saves a feed.
pub fn save_feed(storage: &mut dyn Storage, id: u16, feed: &Feed) -> Result<(), StoreError> {
    FEEDS.save(storage, &id, feed)
}

/// Loads a feed's names as of `now`.
pub fn names(storage: &dyn Storage, feed: u16, now: u64) -> Result<Names, StoreError> {
    let mut names = NAMES.load(storage, &feed)?;
    names.sources.catch_up(now);
    Ok(names)
}

/// Saves a feed's names.
pub fn save_names(storage: &mut dyn Storage, feed: u16, names: &Names) -> Result<(), StoreError> {
    NAMES.save(storage, &feed, names)
}

/// A page of feeds as of `now`.
pub fn feeds(
    storage: &dyn Storage,
    after: Option<u16>,
    limit: usize,
    now: u64,
) -> Result<Vec<(u16, Feed)>, StoreError> {
    let page = Page::ascending(after, limit);
    let found = FEEDS.page(storage, &page)?;
    Ok(found
        .into_iter()
        .map(|(id, feed)| (id, as_of(feed, now)))
        .collect())
}

/// Loads a market record, with the size of its stored bytes.
pub fn record(
    storage: &dyn Storage,
    feed: u16,
) -> Result<Option<(MarketRecord, usize)>, ContractError> {
    let Some(bytes) = storage.get(&record::market_record_key(feed)) else {
        return Ok(None);
    };
    Ok(Some((record::decode(&bytes)?, bytes.len())))
}

/// Saves a market record.
pub fn save_record(
    storage: &mut dyn Storage,
    feed: u16,
    record: &MarketRecord,
) -> Result<(), ContractError> {
    storage.set(&record::market_record_key(feed), &record::encode(record)?);
    Ok(())
}

/// Loads a final fixing.
pub fn fixing(
    storage: &dyn Storage,
    feed: u16,
    expiry: u32,
) -> Result<Option<FixingRecord>, StoreError> {
    Ok(FIXINGS
        .may_load(storage, &(feed, expiry))?
        .map(|stored| stored.0))
}

/// Saves a final fixing.
pub fn save_fixing(
    storage: &mut dyn Storage,
    feed: u16,
    expiry: u32,
    fixing: FixingRecord,
) -> Result<(), StoreError> {
    FIXINGS.save(storage, &(feed, expiry), &StoredFixing(fixing))
}

/// A page of final fixings of a feed.
pub fn fixings(
    storage: &dyn Storage,
    feed: u16,
    after: Option<u32>,
    limit: usize,
) -> Result<Vec<(u32, FixingRecord)>, StoreError> {
    let page = Page::ascending(after.map(|expiry| (feed, expiry)), limit);
    let found = FIXINGS.page_of(storage, &feed, &page)?;
    Ok(found
        .into_iter()
        .map(|((_, expiry), stored)| (expiry, stored.0))
        .collect())
}

/// Writes an observation.
pub fn save_tape(
    storage: &mut dyn Storage,
    feed: u16,
    bucket: u32,
    entry: &TapeEntry,
) -> Result<(), StoreError> {
    TAPE.save(storage, &(feed, bucket), entry)
}

/// Deletes an observation.
pub fn remove_tape(storage: &mut dyn Storage, feed: u16, bucket: u32) {
    TAPE.remove(storage, &(feed, bucket));
}

/// The oldest observations of a feed, ascending.
pub fn oldest_tape(
    storage: &dyn Storage,
    feed: u16,
    limit: usize,
) -> Result<Vec<(u32, TapeEntry)>, StoreError> {
    tape_page(storage, feed, &Page::ascending(None, limit))
}

/// Observations of a feed below a bucket, newest first.
pub fn tape_before(
    storage: &dyn Storage,
    feed: u16,
    bucket: u32,
    limit: usize,
) -> Result<Vec<(u32, TapeEntry)>, StoreError> {
    tape_page(
        storage,
        feed,
        &Page {
            after: Some((feed, bucket)),
            limit,
            descending: true,
        },
    )
}

/// Observations in `[first, end)`, ascending, at most `limit`.
pub fn tape_between(
    storage: &dyn Storage,
    feed: u16,
    range: (u32, u32),
    limit: usize,
) -> Result<Vec<(u32, TapeEntry)>, StoreError> {
    let (first, end) = range;
    let after = first.checked_sub(1).map(|before| (feed, before));
    let found = tape_page(storage, feed, &Page::ascending(after, limit))?;
    Ok(found
        .into_iter()
        .filter(|(bucket, _)| *bucket < end)
        .collect())
}

fn tape_page(
    storage: &dyn Storage,
    feed: u16,
    page: &Page<(u16, u32)>,
) -> Result<Vec<(u32, TapeEntry)>, StoreError> {
    let found = TAPE.page_of(storage, &feed, page)?;
    Ok(found
        .into_iter()
        .map(|((_, bucket), entry)| (bucket, entry))
        .collect())
}
