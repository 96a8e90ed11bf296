//! A stand-in for the oracle adapter: it stores the bytes it is told, and builds real records.

use cosmwasm_std::{Binary, Deps, DepsMut, Empty, Env, MessageInfo, Response, StdError, StdResult};
use cw_multi_test::{Contract, ContractWrapper};
use fixed_math::Fx;
use protocol_api::oracle::Validity;
use protocol_api::record::{
    Ages, Evidence, FixingRecord, MarketRecord, PackedBand, PackedComponent, PackedExpiry,
    PackedPending, PackedSlice, encode, price_from_fx,
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
    fn query(_: Deps, _: Env, _: Empty) -> StdResult<Binary> {
        Err(StdError::msg("only raw queries"))
    }
    Box::new(ContractWrapper::new(execute, instantiate, query))
}

pub const BITS: u8 = 24;

/// A market as the tests see it: spot in dollars, one vol for every expiry.
#[derive(Clone, Debug)]
pub struct Market {
    pub spot: u64,
    /// Half width of the band, dollars.
    pub half_band: u64,
    pub slow: u64,
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
            discount_deficit: 0,
            confidence: 0,
            slice: PackedSlice(vec![PackedComponent {
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
