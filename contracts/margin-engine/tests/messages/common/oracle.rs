//! A stand-in for the oracle adapter: it stores the bytes it is told, and builds real records.

use cosmwasm_std::{
    Binary, Deps, DepsMut, Empty, Env, MessageInfo, Response, StdError, StdResult, Uint64,
    to_json_binary,
};
use cw_multi_test::{Contract, ContractWrapper};
use fixed_math::Fx;
use protocol_api::oracle::{ProgressResponse, QueryMsg, Validity};
use protocol_api::record::{
    Ages, Component, Evidence, FixingRecord, MarketRecord, PackedBand, PackedExpiry, PackedPending,
    PackedSlice, decode, encode, market_record_key, price_from_fx,
};

/// Raw key and value.
pub type Raw = (Binary, Binary);

pub fn contract() -> Box<dyn Contract<Empty>> {
    fn instantiate(_: DepsMut, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
        Ok(Response::new())
    }
    fn execute(deps: DepsMut, _: Env, _: MessageInfo, (key, value): Raw) -> StdResult<Response> {
        if value.is_empty() {
            deps.storage.remove(&key);
        } else {
            deps.storage.set(&key, &value);
        }
        Ok(Response::new())
    }
    fn query(deps: Deps, _: Env, msg: QueryMsg) -> StdResult<Binary> {
        let QueryMsg::Progress { feed, expiry } = msg else {
            return Err(StdError::msg("only progress and raw queries"));
        };
        let minutes = protocol_std::expiry::minutes(expiry).expect("a whole minute");
        if let Some(told) = deps.storage.get(&progress_key(minutes)) {
            return Ok(told.into());
        }
        // Nothing was observed.
        let bytes = deps.storage.get(&market_record_key(feed));
        let record: MarketRecord = decode(&bytes.unwrap_or_default()).map_err(StdError::msg)?;
        to_json_binary(&ProgressResponse {
            filled: 0,
            confirmed: 0,
            sum: Uint64::zero(),
            lowest: Uint64::zero(),
            highest: Uint64::zero(),
            before: record.band.mid.into(),
        })
    }
    Box::new(ContractWrapper::new(execute, instantiate, query))
}

pub const BITS: u8 = 24;

/// Under this key lies the answer to a question about a window.
pub fn progress_key(expiry: u32) -> Vec<u8> {
    [b"progress".as_slice(), &expiry.to_be_bytes()].concat()
}

/// A window with these buckets, in dollars, and a price before it.
pub fn progress(buckets: &[u64], before: u64) -> Vec<u8> {
    let price = |dollars: u64| dollars << BITS;
    let count = u8::try_from(buckets.len()).unwrap();
    to_json_binary(&ProgressResponse {
        filled: count,
        confirmed: count,
        sum: price(buckets.iter().sum()).into(),
        lowest: price(buckets.iter().copied().min().unwrap_or(0)).into(),
        highest: price(buckets.iter().copied().max().unwrap_or(0)).into(),
        before: price(before).into(),
    })
    .unwrap()
    .to_vec()
}

/// A market as the tests see it: spot in dollars, one vol for every expiry.
#[derive(Clone, Debug)]
pub struct Market {
    pub spot: u64,
    /// Half width of the band, dollars.
    pub half_band: u64,
    pub slow: u64,
    /// What the discount factor lacks to one, units of `2^-32`.
    pub discount_deficit: u32,
    pub level: Validity,
    pub published: u64,
    /// Since when prices came without a gap.
    pub live_since: u64,
    /// Expiries in unix minutes with their total vol in per mille.
    pub expiries: Vec<(u32, u64)>,
    pub pending: Vec<PackedPending>,
}

impl Market {
    pub fn new(spot: u64, published: u64, expiries: &[(u32, u64)]) -> Self {
        Self {
            spot,
            half_band: spot / 1_000,
            slow: spot,
            discount_deficit: 0,
            level: Validity::Valid,
            published,
            live_since: 0,
            expiries: expiries.to_vec(),
            pending: vec![],
        }
    }

    pub fn record(&self) -> Vec<u8> {
        let price = |dollars: u64| price_from_fx(Fx::from_num(dollars), BITS).unwrap();
        let expiry = |&(expiry, vol): &(u32, u64)| PackedExpiry {
            expiry,
            forward: price(self.spot),
            discount_deficit: self.discount_deficit,
            confidence: 0,
            slice: PackedSlice(vec![Component {
                weight: 65_536,
                forward: 1 << 32,
                total_vol: (vol << 32) / 1_000,
            }]),
        };
        encode(&MarketRecord {
            price_bits: BITS,
            level: self.level.byte(),
            sequence: 1,
            report_time: self.published as u32,
            publish_time: self.published as u32,
            live_since: self.live_since as u32,
            ages: Ages {
                aging: 10,
                stale: 60,
                dead: 300,
            },
            band: PackedBand {
                low: price(self.spot - self.half_band),
                mid: price(self.spot),
                high: price(self.spot + self.half_band),
            },
            slow: price(self.slow),
            regime: 1 << 24,
            regime_maintenance: 1 << 24,
            buckets: 60,
            bucket_seconds: 30,
            expiries: self.expiries.iter().map(expiry).collect(),
            pending: self.pending.clone(),
            newest_bucket: 0,
            slice_jump: 0,
            evidence: Evidence {
                epoch: 1,
                signers: 1,
                digest: [0; 32],
            },
        })
        .unwrap()
    }
}

pub fn fixing(dollars: u64, at: u64) -> Vec<u8> {
    encode(&FixingRecord {
        price_bits: BITS,
        rung: 1,
        filled: 60,
        confirmed: 60,
        price: Fx::from_num(dollars),
        fixed_at: at as u32,
        evidence: [0; 32],
    })
    .unwrap()
}
