//! The market record in human units, its validity, and what that allows.

use cosmwasm_std::{Binary, Decimal, Storage};
use fixed_math::Fx;
use protocol_api::decimal::{binary_floor, decimal_floor};
use protocol_api::oracle::{
    ACTIONS, ActionRule, AgePolicy, AllowedActionsResponse, BandView, ComponentView, EvidenceView,
    ExpiryView, PendingView, RecordResponse, Validity, ValidityResponse, permission, validity_at,
};
use protocol_api::record::{Evidence, MarketRecord, PackedExpiry, PackedPending, to_state};
use protocol_std::expiry::seconds;
use risk::{Band, FixingStage, UnderlyingState, WEIGHT_ONE};

use crate::core::feed::from_stored;
use crate::error::{ContractError, FeedError};
use crate::state;

fn load(
    storage: &dyn Storage,
    feed: u16,
    now: u64,
) -> Result<(MarketRecord, usize), ContractError> {
    state::feed(storage, feed, now)?;
    Ok(state::record(storage, feed)?.ok_or(FeedError::Silent { feed })?)
}

pub fn record(storage: &dyn Storage, feed: u16, now: u64) -> Result<RecordResponse, ContractError> {
    let (record, bytes) = load(storage, feed, now)?;
    let price = |stored: u64| from_stored(stored, record.price_bits);
    let known = to_state(feed, &record, now)?;
    let pending = record
        .pending
        .iter()
        .map(|entry| pending(&record, entry, &known));
    Ok(RecordResponse {
        feed,
        sequence: record.sequence,
        report_time: u64::from(record.report_time),
        publish_time: u64::from(record.publish_time),
        live_since: u64::from(record.live_since),
        validity: validity_at(&record, now),
        ages: AgePolicy {
            aging: record.ages.aging,
            stale: record.ages.stale,
            dead: record.ages.dead,
        },
        band: BandView {
            low: price(record.band.low),
            mid: price(record.band.mid),
            high: price(record.band.high),
        },
        slow_price: price(record.slow),
        regime: binary_floor(record.regime.into(), 24),
        regime_maintenance: binary_floor(record.regime_maintenance.into(), 24),
        pending: pending.collect(),
        expiries: record
            .expiries
            .iter()
            .map(|entry| expiry(&record, entry))
            .collect(),
        evidence: evidence(&record.evidence),
        stored_bytes: u32::try_from(bytes).unwrap_or(u32::MAX),
    })
}

fn expiry(record: &MarketRecord, entry: &PackedExpiry) -> ExpiryView {
    let deficit = binary_floor(entry.discount_deficit.into(), 32);
    let components = entry.slice.0.iter().map(|part| ComponentView {
        weight: binary_floor(part.weight.into(), 16),
        forward: binary_floor(part.forward, 32),
        total_vol: binary_floor(part.total_vol, 32),
    });
    ExpiryView {
        expiry: seconds(entry.expiry),
        forward: from_stored(entry.forward, record.price_bits),
        discount: Decimal::one().saturating_sub(deficit),
        confidence: binary_floor(entry.confidence.into(), 8),
        components: components.collect(),
    }
}

fn pending(record: &MarketRecord, entry: &PackedPending, known: &UnderlyingState) -> PendingView {
    let mean = entry.sum.checked_div(u64::from(entry.filled));
    let price = |stored: u64| from_stored(stored, record.price_bits);
    PendingView {
        expiry: seconds(entry.expiry),
        filled: u32::from(entry.filled),
        confirmed: u32::from(entry.confirmed),
        mean: mean.map(price),
        hull: band(&hull(known, entry.expiry)),
    }
}

/// What the ladder can still return, as margin knows it: lowest, expected, highest. In the window, prices to come are taken to
/// lie in the spot band.
pub fn hull(known: &UnderlyingState, expiry: u32) -> Band {
    let spot = &known.spot;
    let followed = known.fixings.iter().find(|fixing| fixing.expiry == expiry);
    match followed.map(|fixing| fixing.stage) {
        Some(FixingStage::Pending { hull }) => hull,
        Some(FixingStage::Window { passed, observed }) if passed >= WEIGHT_ONE => observed,
        Some(FixingStage::Window { passed, observed }) if passed > 0 => Band {
            low: observed.low.min(spot.low),
            mid: between(spot.mid, observed.mid, passed),
            high: observed.high.max(spot.high),
        },
        _ => *spot,
    }
}

/// The share `passed` of the way from one price to another, in units of `2^-16`, rounded down.
fn between(from: Fx, to: Fx, passed: u32) -> Fx {
    let way = to.saturating_sub(from);
    from.saturating_add(way.saturating_mul(Fx::from_bits(i128::from(passed) << 48)))
}

/// A band in human units.
pub fn band(band: &Band) -> BandView {
    BandView {
        low: decimal_floor(band.low),
        mid: decimal_floor(band.mid),
        high: decimal_floor(band.high),
    }
}

/// Evidence with the bitmap spelled out.
pub fn evidence(evidence: &Evidence) -> EvidenceView {
    let signed = |bit: &u8| {
        evidence
            .signers
            .checked_shr(u32::from(*bit))
            .is_some_and(|s| s & 1 == 1)
    };
    EvidenceView {
        epoch: evidence.epoch,
        signers: (0_u8..32).filter(signed).collect(),
        digest: Binary::from(evidence.digest),
    }
}

pub fn validity(
    storage: &dyn Storage,
    feed: u16,
    now: u64,
) -> Result<ValidityResponse, ContractError> {
    let (record, _) = load(storage, feed, now)?;
    let age = now.saturating_sub(u64::from(record.publish_time));
    Ok(ValidityResponse {
        validity: validity_at(&record, now),
        published: Validity::from_byte(record.level),
        age,
    })
}

pub fn allowed_actions(
    storage: &dyn Storage,
    feed: u16,
    now: u64,
) -> Result<AllowedActionsResponse, ContractError> {
    let (record, _) = load(storage, feed, now)?;
    let validity = validity_at(&record, now);
    let rule = |action| ActionRule {
        action,
        permission: permission(validity, action),
    };
    Ok(AllowedActionsResponse {
        validity,
        actions: ACTIONS.map(rule).to_vec(),
    })
}
