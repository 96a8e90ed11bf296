//! What an expiry will settle at, or did. Decisions on plain data.

use cosmwasm_std::Decimal;
use fixed_math::Fx;
use protocol_api::decimal::{binary_floor, decimal_floor};
use protocol_api::lens::SettlementEstimateResponse;
use risk::{FixingStage, UnderlyingState};

/// The share of a window that has passed is counted in 2^-16.
const SHARE_BITS: u32 = 16;

/// The final price.
pub fn fixed(price: Fx) -> SettlementEstimateResponse {
    SettlementEstimateResponse {
        price: Some(decimal_floor(price)),
        share_passed: Decimal::one(),
        is_final: true,
    }
}

/// Before it is final: in the window `phi A + (1 - phi) F`, after it the middle of what the ladder can still return, before it F.
/// F is the date's forward, or the spot price where the surface has no such date.
pub fn estimate(state: Option<&UnderlyingState>, expiry: u32) -> SettlementEstimateResponse {
    let guess = state.map_or((None, Decimal::zero()), |state| guess(state, expiry));
    SettlementEstimateResponse {
        price: guess.0.map(decimal_floor),
        share_passed: guess.1,
        is_final: false,
    }
}

fn guess(state: &UnderlyingState, expiry: u32) -> (Option<Fx>, Decimal) {
    let date = state.expiries.iter().find(|date| date.expiry == expiry);
    let forward = date.map_or(state.spot.mid, |date| date.forward);
    let mut fixings = state.fixings.iter();
    match fixings
        .find(|fixing| fixing.expiry == expiry)
        .map(|fixing| fixing.stage)
    {
        None => (Some(forward), Decimal::zero()),
        Some(FixingStage::Window { passed, observed }) => (
            blend_floor(passed, observed.mid, forward),
            binary_floor(passed.into(), SHARE_BITS),
        ),
        Some(FixingStage::Pending { hull }) => (Some(hull.mid), Decimal::one()),
        Some(FixingStage::Final { price }) => (Some(price), Decimal::one()),
    }
}

/// `phi A + (1 - phi) F`, each product rounded down: less than `2^-63` is lost, and nobody is paid by it.
fn blend_floor(passed: u32, mean: Fx, forward: Fx) -> Option<Fx> {
    let share = Fx::from_bits(i128::from(passed).checked_shl(Fx::FRAC_NBITS - SHARE_BITS)?);
    let seen = share.checked_mul(mean)?;
    let rest = Fx::ONE.checked_sub(share)?.checked_mul(forward)?;
    seen.checked_add(rest)
}
