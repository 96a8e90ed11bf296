//! Reports as publishers sign them.

use calibrate::{Component, IntegerSlice, Mixture, certificate, round_mixture};
use cosmwasm_std::Binary;
use protocol_api::oracle::report::{Domain, ExpiryReport, Report, SourcePrice};
use protocol_api::oracle::{ExecuteMsg, ReportSignature};
use protocol_api::record::{PackedExpiry, PackedSlice};

use crate::keys::Signer;
use crate::setup::PRICE_BITS;

/// One expiry of a surface before it is packed.
#[derive(Clone, Debug)]
pub struct SurfaceExpiry {
    /// Expiry, unix minutes.
    pub expiry: u32,
    /// Forward, USD.
    pub forward: f64,
    /// Discount factor, at most 1.
    pub discount: f64,
    /// The slice.
    pub slice: IntegerSlice,
    /// Lowest and highest strike quoted, as moneyness.
    pub quoted: [f64; 2],
}

impl SurfaceExpiry {
    /// An expiry with one lognormal: flat implied vol.
    pub fn flat(expiry: u32, forward: f64, total_vol: f64) -> Self {
        let slice = round_mixture(&Mixture::flat(total_vol)).expect("one lognormal rounds exactly");
        let quoted = [(-2.0 * total_vol).exp(), (2.0 * total_vol).exp()];
        Self {
            expiry,
            forward,
            discount: 1.0,
            slice,
            quoted,
        }
    }
}

/// Four lognormals around the forward: weights 1/8, 3/8, 3/8, 1/8 at +-3/4 and +-1/4 of the vol.
pub fn four(total_vol: f64) -> IntegerSlice {
    let unit = (total_vol * 2_f64.powi(32)) as u64;
    let step = unit / 4;
    let part = |weight: u32, forward: u64, percent: u64| Component {
        weight,
        forward,
        total_vol: unit * percent / 100,
    };
    IntegerSlice {
        components: vec![
            part(8_192, (1 << 32) - 3 * step, 110),
            part(24_576, (1 << 32) - step, 80),
            part(24_576, (1 << 32) + step, 75),
            part(8_192, (1 << 32) + 3 * step, 120),
        ],
    }
}

/// A price in the feed's stored unit.
pub fn stored(price: f64) -> u64 {
    (price * (1u64 << PRICE_BITS) as f64).round() as u64
}

/// An annualised vol in the unit of a report, `2^-16`, to nearest.
pub fn stored_vol(vol: f64) -> u32 {
    (vol * f64::from(1u32 << 16)).round() as u32
}

/// A report whose sources all say `spot`; the surface with its calendar certificates. `None` when two neighbouring
/// slices break the calendar condition.
pub fn build(feed: u16, time: u64, spot: f64, surface: &[SurfaceExpiry]) -> Option<Report> {
    let source = |source| SourcePrice {
        source,
        price: stored(spot),
        confidence: 0,
        age: 0,
    };
    let mut expiries = Vec::with_capacity(surface.len());
    for (index, expiry) in surface.iter().enumerate() {
        let grid = match surface.get(index + 1) {
            Some(later) => certificate(&expiry.slice, &later.slice).ok()?,
            None => Vec::new(),
        };
        let quoted = expiry
            .quoted
            .map(|moneyness| (moneyness * f64::from(1u32 << 24)) as u32);
        expiries.push(ExpiryReport {
            entry: pack(expiry),
            quoted,
            grid,
        });
    }
    Some(Report {
        feed,
        epoch: 1,
        time: u32::try_from(time).ok()?,
        realized_vol: 1 << 15,
        sources: (0..5).map(source).collect(),
        expiries,
    })
}

/// A slice as it is published.
pub fn packed(slice: &IntegerSlice) -> PackedSlice {
    PackedSlice(slice.components.clone())
}

fn pack(expiry: &SurfaceExpiry) -> PackedExpiry {
    PackedExpiry {
        expiry: expiry.expiry,
        forward: stored(expiry.forward),
        discount_deficit: ((1.0 - expiry.discount) * 2f64.powi(32)).round() as u32,
        confidence: 0,
        slice: packed(&expiry.slice),
    }
}

/// The message that carries a report, signed by these members of its epoch, given by rising position.
pub fn sign(report: &Report, domain: &Domain<'_>, signers: &[(u8, &Signer)]) -> ExecuteMsg {
    let bytes = report.to_bytes().expect("slices with exact sums pack");
    let preimage = domain.preimage(&bytes);
    let signatures = signers
        .iter()
        .map(|(signer, key)| ReportSignature {
            signer: *signer,
            signature: key.sign(&preimage),
        })
        .collect();
    ExecuteMsg::Publish {
        report: Binary::from(bytes),
        signatures,
    }
}
