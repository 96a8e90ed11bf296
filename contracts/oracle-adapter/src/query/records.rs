//! The market record in human units, its validity, and what that allows.

use cosmwasm_std::{Binary, Decimal, Storage};
use protocol_api::decimal::{binary_floor, decimal_floor};
use protocol_api::oracle::{
    ACTIONS, ActionRule, AgePolicy, AllowedActionsResponse, BandView, ComponentView, EvidenceView,
    ExpiryView, PendingView, RecordResponse, Validity, ValidityResponse, permission, validity_at,
};
use protocol_api::record::{Evidence, MarketRecord, PackedExpiry, PackedPending, to_state};
use protocol_std::expiry::seconds;
use risk::{Band, FixingStage, FixingState};

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
    let fixings = to_state(feed, &record, now)?.fixings;
    let pending = record
        .pending
        .iter()
        .map(|entry| pending(&record, entry, &fixings));
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

fn pending(record: &MarketRecord, entry: &PackedPending, states: &[FixingState]) -> PendingView {
    let mean = entry.sum.checked_div(u64::from(entry.filled));
    let state = states.iter().find(|state| state.expiry == entry.expiry);
    let price = |stored: u64| from_stored(stored, record.price_bits);
    let hull = match state.map(|state| state.stage) {
        Some(FixingStage::Pending { hull }) => band(&hull),
        _ => BandView {
            low: price(record.band.low),
            mid: price(record.band.mid),
            high: price(record.band.high),
        },
    };
    PendingView {
        expiry: seconds(entry.expiry),
        filled: u32::from(entry.filled),
        confirmed: u32::from(entry.confirmed),
        mean: mean.map(price),
        hull,
    }
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
