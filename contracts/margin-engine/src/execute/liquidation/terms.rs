//! The terms of a step, each within its hard range.

use protocol_api::engine::{
    LiquidateOrder, LiquidationTerms, MAX_PENALTY, MAX_TAKERS, MAX_TARGET, PPM,
};
use risk::liquidation::Schedule;

use crate::core::market::require;
use crate::core::num::{mul_div_floor, signed};
use crate::error::EngineError;

/// Amounts in terms stay below this.
const AMOUNT_LIMIT: u128 = 1 << 80;

/// Terms that passed.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// Reward by time.
    pub schedule: Schedule,
    /// Health aimed at, parts per million.
    pub target: u32,
    /// Penalty on a positive payment, parts per million.
    pub penalty: u32,
    /// Margin below which a rest is taken whole.
    pub dust: i128,
    tip: u128,
    chip: u32,
}

impl Terms {
    /// Checks an order's terms and the order of its takers.
    pub fn of(order: &LiquidateOrder) -> Result<Self, EngineError> {
        let LiquidationTerms {
            schedule,
            target,
            penalty,
            dust,
            tip,
            chip,
        } = &order.terms;
        let schedule = Schedule {
            start: schedule.start,
            knee: schedule.knee,
            end: schedule.end,
            knee_after: schedule.knee_after,
            end_after: schedule.end_after,
        };
        require(schedule.is_valid(), "schedule")?;
        require(PPM < *target && *target <= MAX_TARGET, "target")?;
        require(*penalty <= MAX_PENALTY && *chip <= PPM, "penalty")?;
        let (dust, tip) = (dust.u128(), tip.u128());
        require(dust < AMOUNT_LIMIT && tip < AMOUNT_LIMIT, "dust")?;
        // Open takers, who name no reward, come last.
        let rises = order
            .takers
            .is_sorted_by(|a, b| match (a.reward, b.reward) {
                (Some(a), Some(b)) => a <= b,
                (first, second) => first.is_some() || second.is_none(),
            });
        if order.takers.len() > MAX_TAKERS || !rises {
            return Err(EngineError::List { field: "takers" });
        }
        Ok(Self {
            schedule,
            target: *target,
            penalty: *penalty,
            dust: signed(dust)?,
            tip,
            chip: *chip,
        })
    }

    /// The keeper's part of a penalty: `min(tip + floor(chip x paid), penalty)`.
    pub fn keeper_part(&self, paid: u128, penalty: u128) -> Result<u128, EngineError> {
        let chip = mul_div_floor(paid, self.chip.into(), PPM.into())?;
        Ok(self.tip.saturating_add(chip).min(penalty))
    }
}
