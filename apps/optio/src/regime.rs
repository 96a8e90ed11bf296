//! The regime multipliers that the oracle would hold at the snapshots of a folder.

use calibrate::realized_vol;
use oracle_adapter::{Regime as Stored, regime};
use protocol_api::decimal::ONE;
use protocol_api::oracle::FeedPolicy;
use protocol_api::record::REGIME_ONE;
use risk::Regime;
use sandbox::report::stored_vol;
use sandbox::setup::feed_policy;

use crate::data::chain::Chain;

/// Seconds of one report that count at most.
const STEP: u64 = 60;

/// The multipliers at each chain of one coin, ascending in time, under the sandbox's policy: calm at the first.
///
/// Publishers report every few seconds, so the multipliers have all of the time since the chain before to follow; what realised vol was
/// between two chains is not known, its value at the later one stands for it.
pub fn regimes(chains: &[Chain]) -> Vec<Regime> {
    let observed: Vec<(u64, f64)> = chains.iter().map(|c| (c.time, c.index)).collect();
    held(&observed)
}

/// The same from times and index prices.
fn held(observed: &[(u64, f64)]) -> Vec<Regime> {
    let policy = feed_policy("1", "1000000");
    let mut now = Stored {
        initial: REGIME_ONE,
        maintenance: REGIME_ONE,
    };
    let mut all = Vec::with_capacity(observed.len());
    for (at, (time, _)) in observed.iter().enumerate() {
        let target = target(stored_vol(realized_vol(&observed[..=at])), &policy);
        let before = observed[at.saturating_sub(1)].0;
        let mut left = time.saturating_sub(before);
        while left > 0 {
            now = regime(now, target, left.min(STEP));
            left -= left.min(STEP);
        }
        // As margin reads a record.
        all.push(Regime {
            initial: now.initial >> 8,
            maintenance: now.maintenance >> 8,
        });
    }
    all
}

/// `clamp(realised / normal, 1, most)` of a policy, units of `2^-24`, rounded down; realised vol in units of `2^-16`.
fn target(realized: u32, policy: &FeedPolicy) -> u32 {
    let [normal, most] = [policy.normal_vol, policy.max_regime].map(|r| r.atomics().u128());
    let one = u128::from(REGIME_ONE);
    let ratio = (u128::from(realized) << 8) * ONE / normal;
    ratio.clamp(one, most * one / ONE) as u32
}

/// A maintenance multiplier as a number.
pub fn multiple(regime: Regime) -> f64 {
    f64::from(regime.maintenance) / f64::from(risk::WEIGHT_ONE)
}

/// What a page says of the multipliers it used: of maintenance at each chain.
pub fn said(regimes: &[Regime]) -> String {
    let raised = regimes.iter().filter(|r| multiple(**r) > 1.0).count();
    let most = regimes.iter().map(|r| multiple(*r)).fold(1.0, f64::max);
    format!(
        "The regime is what the oracle would hold after the index prices of the snapshots: above one at {raised} of {} chains, {most:.2} at most.",
        regimes.len(),
    )
}

#[cfg(test)]
mod tests {
    use super::held;

    /// The numbers of docs/spec/oracle.md: normal vol 0.5, at most 2.
    #[test]
    fn multipliers_follow_as_the_oracle_s_do() {
        // 10 % within 260 seconds is far beyond twice the normal vol; then a day and an hour without a move.
        let observed = [(1_000, 100.0), (1_260, 90.0), (91_260, 90.0)];
        let all = held(&observed);
        let one = risk::WEIGHT_ONE;
        assert_eq!((all[0].initial, all[0].maintenance), (one, one));
        // 2 and 1.0634765625.
        assert_eq!((all[1].initial, all[1].maintenance), (2 * one, 69_696));
        // 2 - 90,000 x 48 / 2^24 = 1.7425079345703125, and one.
        assert_eq!((all[2].initial, all[2].maintenance), (114_197, one));
    }
}
