//! A chain with the adapter, seven signers (five needed) and one feed.

use cosmwasm_std::{Addr, Binary, Decimal, StdError};
use cw_multi_test::{App, AppResponse, ContractWrapper, Executor};
use k256::ecdsa::{Signature, SigningKey, signature::hazmat::PrehashSigner};
use oracle_adapter::contract;
use pricing::calendar::certify;
use pricing::shock::PreparedSlice;
use pricing::slice::{Component, Slice};
use protocol_api::oracle::report::{Domain, ExpiryReport, Report, SourcePrice};
use protocol_api::oracle::{
    AgePolicy, Driver, ExecuteMsg, FeedKind, FeedPolicy, FeedTerms, FixingEvidenceResponse,
    FixingResponse, FixingTerms, InstantiateMsg, QueryMsg, RecordResponse, ReportSignature, Source,
    Validity, ValidityResponse,
};
use protocol_api::record::{PackedExpiry, PackedSlice};
pub use protocol_std::expiry::seconds;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use wasm_chain::Code;

/// 1 January 2026, 00:00 UTC.
pub const START: u64 = 1_767_225_600;
/// The feed every world has.
pub const FEED: u16 = 1;
/// Fraction bits of its prices.
pub const BITS: u8 = 32;
/// Its price at the start.
pub const PRICE: u64 = 100_000;
/// Minutes from the start to the expiry that every report carries.
pub const YEAR: u32 = 365 * 1_440;
/// The signers that usually sign.
pub const QUORUM: [u8; 5] = [0, 1, 2, 3, 4];

/// The adapter, as entry points and as an artefact.
const CODE: Code = Code::new("oracle_adapter", || {
    Box::new(
        ContractWrapper::new(contract::execute, contract::instantiate, contract::query)
            .with_migrate(contract::migrate),
    )
});

pub struct World {
    pub app: App,
    pub code: u64,
    pub adapter: Addr,
    pub owner: Addr,
    pub guardian: Addr,
    pub stranger: Addr,
    pub keys: Vec<SigningKey>,
}

pub fn key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

pub fn public(key: &SigningKey) -> Binary {
    Binary::from(key.verifying_key().to_encoded_point(true).as_bytes())
}

pub fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// A whole price in stored units.
pub fn stored(price: u64) -> u64 {
    price << BITS
}

/// The stable code of an error: its last word that starts with `E_`.
pub fn code(error: &StdError) -> String {
    let text = error.to_string();
    let words = text.split(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'));
    let found = words.rev().find(|word| word.starts_with("E_"));
    found.map_or(text.clone(), str::to_owned)
}

pub fn terms(buckets: u8, bucket_seconds: u8) -> FeedTerms {
    FeedTerms {
        kind: FeedKind::Market,
        symbol: "BTC".into(),
        price_bits: BITS,
        reference_price: decimal("100000"),
        fixing: FixingTerms {
            buckets,
            bucket_seconds,
        },
    }
}

/// Five reported sources of three families.
pub fn policy() -> FeedPolicy {
    let source = |(name, family): (&str, u8)| Source {
        name: name.into(),
        family,
        driver: Driver::Report {},
    };
    FeedPolicy {
        sources: [("a", 0), ("b", 0), ("c", 1), ("d", 1), ("e", 2)]
            .map(source)
            .to_vec(),
        min_sources: 3,
        min_price: decimal("1000"),
        max_price: decimal("1000000"),
        source_age: 10,
        uncertain_above: decimal("0.01"),
        max_confidence: decimal("0.05"),
        jump: decimal("0.1"),
        slow_rate: decimal("0.0001"),
        ages: AgePolicy {
            aging: 10,
            stale: 60,
            dead: 300,
        },
        normal_vol: decimal("0.5"),
        max_regime: decimal("2"),
    }
}

impl World {
    pub fn new() -> Self {
        let mut world = Self::empty();
        world.add_feed(FEED, &terms(60, 30), &policy()).unwrap();
        world
    }

    /// With a window of 6 buckets of 60 s.
    pub fn with_short_window() -> Self {
        let mut world = Self::empty();
        world.add_feed(FEED, &terms(6, 60), &policy()).unwrap();
        world
    }

    pub fn empty() -> Self {
        let mut app = App::default();
        app.update_block(|block| block.time = cosmwasm_std::Timestamp::from_seconds(START));
        let code = app.store_code(wasm_chain::contract(&CODE));
        let [owner, guardian, stranger] =
            ["owner", "guardian", "stranger"].map(|name| app.api().addr_make(name));
        let keys: Vec<SigningKey> = (1..=7).map(key).collect();
        let setup = InstantiateMsg {
            owner: owner.to_string(),
            guardian: Some(guardian.to_string()),
            signers: keys.iter().map(public).collect(),
            threshold: 5,
        };
        let admin = Some(owner.to_string());
        let adapter = app
            .instantiate_contract(code, owner.clone(), &setup, &[], "oracle", admin)
            .unwrap();
        Self {
            app,
            code,
            adapter,
            owner,
            guardian,
            stranger,
            keys,
        }
    }

    pub fn add_feed(
        &mut self,
        feed: u16,
        terms: &FeedTerms,
        policy: &FeedPolicy,
    ) -> Result<AppResponse, String> {
        let (terms, policy) = (terms.clone(), policy.clone());
        let owner = self.owner.clone();
        self.execute(
            &owner,
            &ExecuteMsg::AddFeed {
                feed,
                terms,
                policy,
            },
        )
    }

    /// The owner plans a policy of the feed.
    pub fn set_policy(
        &mut self,
        policy: &FeedPolicy,
        effective_at: u64,
    ) -> Result<AppResponse, String> {
        let (owner, policy) = (self.owner.clone(), policy.clone());
        let msg = ExecuteMsg::SetPolicy {
            feed: FEED,
            policy,
            effective_at,
        };
        self.execute(&owner, &msg)
    }

    pub fn execute(&mut self, sender: &Addr, msg: &ExecuteMsg) -> Result<AppResponse, String> {
        let done = self
            .app
            .execute_contract(sender.clone(), self.adapter.clone(), msg, &[]);
        done.map_err(|error| code(&error))
    }

    pub fn query<T: DeserializeOwned>(&self, msg: &QueryMsg) -> Result<T, String> {
        self.app
            .wrap()
            .query_wasm_smart(&self.adapter, msg)
            .map_err(|error| code(&error))
    }

    pub fn now(&self) -> u64 {
        self.app.block_info().time.seconds()
    }

    pub fn set_time(&mut self, seconds: u64) {
        self.app.update_block(|block| {
            block.time = cosmwasm_std::Timestamp::from_seconds(seconds);
            block.height += 1;
        });
    }

    pub fn advance(&mut self, seconds: u64) {
        let now = self.now();
        self.set_time(now + seconds);
    }

    pub fn domain(&self) -> Domain<'static> {
        Domain {
            chain_id: "cosmos-testnet-14002",
            contract: Box::leak(self.adapter.to_string().into_boxed_str()),
            feed: FEED,
            kind: FeedKind::Market,
        }
    }

    pub fn sign(&self, domain: &Domain<'_>, report: &[u8], signers: &[u8]) -> Vec<ReportSignature> {
        sign(&self.keys, domain, report, signers)
    }

    pub fn publish_raw(
        &mut self,
        report: &[u8],
        signatures: Vec<ReportSignature>,
    ) -> Result<AppResponse, String> {
        let sender = self.stranger.clone();
        let msg = ExecuteMsg::Publish {
            report: Binary::from(report),
            signatures,
        };
        self.execute(&sender, &msg)
    }

    /// Signs and carries a report.
    pub fn publish(&mut self, report: &Report) -> Result<AppResponse, String> {
        let bytes = report.to_bytes().unwrap();
        let domain = Domain {
            feed: report.feed,
            ..self.domain()
        };
        let signatures = self.sign(&domain, &bytes, &QUORUM);
        self.publish_raw(&bytes, signatures)
    }

    /// A report of the block time, every source at `price`, with one expiry a year after the start.
    pub fn report(&self, price: u64) -> Report {
        let source = |source| SourcePrice {
            source,
            price: stored(price),
            confidence: 0,
            age: 0,
        };
        Report {
            feed: FEED,
            epoch: 1,
            time: u32::try_from(self.now()).unwrap(),
            realized_vol: 1 << 15,
            sources: (0..5).map(source).collect(),
            expiries: surface(vec![entry(minutes(YEAR), price, lognormal(500))]),
        }
    }

    pub fn record(&self) -> RecordResponse {
        self.query(&QueryMsg::Record { feed: FEED }).unwrap()
    }

    pub fn validity(&self) -> Validity {
        let answer: ValidityResponse = self.query(&QueryMsg::Validity { feed: FEED }).unwrap();
        answer.validity
    }

    pub fn fixing(&self, expiry: u32) -> FixingResponse {
        self.query(&QueryMsg::Fixing {
            feed: FEED,
            expiry: seconds(expiry),
        })
        .unwrap()
    }

    pub fn evidence(&self, expiry: u32) -> FixingEvidenceResponse {
        self.query(&QueryMsg::FixingEvidence {
            feed: FEED,
            expiry: seconds(expiry),
            start_after: None,
            limit: None,
        })
        .unwrap()
    }

    pub fn fix(&mut self, expiry: u32) -> Result<AppResponse, String> {
        let sender = self.stranger.clone();
        let expiry = seconds(expiry);
        self.execute(&sender, &ExecuteMsg::Fix { feed: FEED, expiry })
    }
}

pub fn sign(
    keys: &[SigningKey],
    domain: &Domain<'_>,
    report: &[u8],
    signers: &[u8],
) -> Vec<ReportSignature> {
    let digest = Sha256::digest(domain.preimage(report));
    let one = |signer: &u8| {
        let signature: Signature = keys[usize::from(*signer)].sign_prehash(&digest).unwrap();
        let signature = signature.normalize_s().unwrap_or(signature);
        ReportSignature {
            signer: *signer,
            signature: Binary::from(&signature.to_bytes()[..]),
        }
    };
    signers.iter().map(one).collect()
}

/// `START` plus so many minutes, in unix minutes.
pub fn minutes(after_start: u32) -> u32 {
    u32::try_from(START / 60).unwrap() + after_start
}

/// A slice of one lognormal with a total vol in thousandths.
pub fn lognormal(total_vol: u64) -> PackedSlice {
    let total_vol = (total_vol << 32) / 1_000;
    PackedSlice(vec![Component {
        weight: 1 << 16,
        forward: 1 << 32,
        total_vol,
    }])
}

/// Four lognormals around the forward; every total vol near `total_vol` thousandths.
pub fn mixture(total_vol: u64) -> PackedSlice {
    let unit = (total_vol << 32) / 1_000;
    // Weights 1/8, 3/8, 3/8, 1/8 and forwards at +-3 and +-1 quarters of the vol: the mean is exactly one.
    let step = unit / 4;
    let part = |weight: u32, forward: u64, vol: u64| Component {
        weight,
        forward,
        total_vol: unit * vol / 100,
    };
    PackedSlice(vec![
        part(8_192, (1 << 32) - 3 * step, 110),
        part(24_576, (1 << 32) - step, 80),
        part(24_576, (1 << 32) + step, 75),
        part(8_192, (1 << 32) + 3 * step, 120),
    ])
}

pub fn prepared(slice: &PackedSlice) -> PreparedSlice {
    let parts = slice.0.iter().map(|part| Component {
        weight: part.weight,
        forward: part.forward,
        total_vol: part.total_vol,
    });
    PreparedSlice::new(&Slice::new(parts.collect()).unwrap())
}

/// An expiry entry at the spot price.
pub fn entry(expiry: u32, forward: u64, slice: PackedSlice) -> PackedExpiry {
    PackedExpiry {
        expiry,
        forward: stored(forward),
        discount_deficit: 0,
        confidence: 0,
        slice,
    }
}

/// Reports with certificates between neighbours: geometric grids, as coarse as the proof allows.
pub fn surface(entries: Vec<PackedExpiry>) -> Vec<ExpiryReport> {
    let marks: Vec<_> = entries
        .iter()
        .map(|e| prepared(&e.slice).mark().unwrap())
        .collect();
    let grids: Vec<Vec<u32>> = (0..entries.len())
        .map(|index| match marks.get(index + 1) {
            None => Vec::new(),
            Some(later) => {
                let v = prepared(&entries[index].slice).atm_total_vol() as f64 / 2_f64.powi(32);
                let fits = (6..=120).map(|points| geometric(v, points));
                let mut proofs = fits.filter(|grid| certify(&marks[index], later, grid).is_ok());
                proofs.next().unwrap_or_else(|| geometric(v, 120))
            }
        })
        .collect();
    let pairs = entries.into_iter().zip(grids);
    pairs
        .map(|(entry, grid)| ExpiryReport {
            quoted: quoted(&entry),
            entry,
            grid,
        })
        .collect()
}

fn quoted(entry: &PackedExpiry) -> [u32; 2] {
    let v = prepared(&entry.slice).atm_total_vol() as f64 / 2_f64.powi(32);
    [-2.0, 2.0].map(|steps: f64| ((v * steps).exp() * 2_f64.powi(24)) as u32)
}

fn geometric(v: f64, points: usize) -> Vec<u32> {
    let step = |index: usize| (index as f64 / (points - 1) as f64 * 2.0 - 1.0) * 6.5 * v;
    (0..points)
        .map(|index| (step(index).exp() * 2_f64.powi(24)) as u32)
        .collect()
}
