//! The protocol with a surface of two expiries, and what the lens says of it.

use calibrate::{Component, IntegerSlice};
use protocol_api::lens::{ChainResponse, QueryMsg, Ticker};
use protocol_api::record::{MarketRecord, decode, encode, market_record_key};
use sandbox::Sandbox;
use sandbox::report::{SurfaceExpiry, build, stored};
use sandbox::setup::{BTC, WINDOW, Window};
use wasm_chain::{ChainError, Mode};

use crate::model::Expiry;

/// 1 January 2026, 00:00 UTC, a Thursday.
pub const START: u64 = 1_767_225_600;
/// 2 January 2026, 08:00 UTC, in minutes.
pub const NEAR: u32 = ((START + 32 * 3_600) / 60) as u32;
/// 9 January 2026, 08:00 UTC, in minutes.
pub const FAR: u32 = NEAR + 7 * 1_440;
/// Of the far expiry; the near one's is 1.
pub const DISCOUNT: f64 = 1.0 - 1.0 / 32.0;
pub const SPOT: f64 = 100_000.0;

/// The worked example of docs/spec/surface.md.
pub fn example_slice() -> IntegerSlice {
    let part = |(weight, forward, total_vol)| Component {
        weight,
        forward,
        total_vol,
    };
    let parts = [
        (16_384, 3_865_470_565, 644_245_094),
        (49_152, 4_438_132_873, 429_496_729),
    ];
    IntegerSlice {
        components: parts.map(part).to_vec(),
    }
}

fn near(forward: f64) -> SurfaceExpiry {
    SurfaceExpiry::flat(NEAR, forward, 0.03125)
}

fn far(forward: f64) -> SurfaceExpiry {
    SurfaceExpiry {
        expiry: FAR,
        forward,
        discount: DISCOUNT,
        slice: example_slice(),
        quoted: [0.8, 1.2],
    }
}

/// An expiry of the surface as the model reads it, so many seconds after the start.
pub fn expiry(minutes: u32, forward: f64, passed: u64) -> Expiry {
    let shown = if minutes == NEAR {
        near(forward)
    } else {
        far(forward)
    };
    Expiry {
        forward,
        discount: shown.discount,
        years: (u64::from(minutes) * 60 - START - passed) as f64 / 31_536_000.0,
        slice: shown.slice,
    }
}

pub struct World {
    pub sandbox: Sandbox,
}

impl World {
    /// Forwards at the spot.
    pub fn new() -> Self {
        let sandbox = Sandbox::deploy(Mode::chosen(), START, WINDOW).expect("deployed");
        let mut world = Self { sandbox };
        world.publish(SPOT, SPOT);
        world
    }

    /// Fixings are observed in this window; one date, at the spot, valid.
    pub fn observed(window: Window, date: &SurfaceExpiry) -> Self {
        let sandbox = Sandbox::deploy(Mode::chosen(), START, window).expect("deployed");
        let mut world = Self { sandbox };
        // The feed begins at 90,000 and follows.
        for _ in 0..5 {
            world.report(SPOT, std::slice::from_ref(date));
            world.advance(60);
        }
        world.report(SPOT, std::slice::from_ref(date));
        world
    }

    /// A report with this spot and surface.
    pub fn report(&mut self, spot: f64, surface: &[SurfaceExpiry]) {
        let now = self.sandbox.chain.now();
        let report = build(BTC, now, spot, surface).expect("longer expiries are dearer");
        self.sandbox.publish(&report).expect("published");
    }

    /// A report with these forwards, the near one's first.
    pub fn publish(&mut self, near_forward: f64, far_forward: f64) {
        self.report(SPOT, &[near(near_forward), far(far_forward)]);
    }

    /// A report without the near expiry.
    pub fn publish_far_only(&mut self) {
        self.report(SPOT, &[far(SPOT)]);
    }

    /// A report whose sources differ.
    pub fn publish_spots(&mut self, spots: [f64; 5]) {
        let now = self.sandbox.chain.now();
        let mut report = build(BTC, now, SPOT, &[far(SPOT)]).expect("one expiry");
        for (source, spot) in report.sources.iter_mut().zip(spots) {
            source.price = stored(spot);
        }
        self.sandbox.publish(&report).expect("published");
    }

    pub fn advance(&mut self, seconds: u64) {
        self.sandbox.chain.advance(seconds);
    }

    pub fn list(&mut self, series: &[&str]) {
        self.sandbox.list_series(series).expect("listed");
    }

    /// The market record counts no window any more.
    pub fn forget_windows(&mut self) {
        let oracle = self.sandbox.oracle.clone();
        let mut storage = self.sandbox.chain.app_mut().contract_storage_mut(&oracle);
        let key = market_record_key(BTC);
        let mut record: MarketRecord = decode(&storage.get(&key).unwrap()).unwrap();
        record.pending.clear();
        storage.set(&key, &encode(&record).unwrap());
    }

    /// A page, or why there is none.
    pub fn chain(&self, query: &QueryMsg) -> Result<Vec<Ticker>, String> {
        let answer = self.sandbox.chain.query(&self.sandbox.lens, query);
        let answer: Result<ChainResponse, ChainError> = answer;
        answer
            .map(|answer| answer.tickers)
            .map_err(|error| error.to_string())
    }

    /// All tickers of a market.
    pub fn tickers(&self, market: &str) -> Vec<Ticker> {
        let query = QueryMsg::Chain {
            market: market.into(),
            expiry: None,
            start_after: None,
            limit: Some(50),
        };
        self.chain(&query).expect("tickers")
    }

    /// The ticker of one series.
    pub fn ticker(&self, market: &str, series: &str) -> Ticker {
        let mut all = self.tickers(market).into_iter();
        let found = all.find(|ticker| ticker.instrument_name == series);
        found.unwrap_or_else(|| panic!("{series} is listed"))
    }
}
