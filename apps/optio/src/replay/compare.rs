//! Our marks and deltas against the exchange's, option by option.

use fixed_math::Fx;

use crate::data::chain::Chain;
use crate::data::snapshot::Side;
use crate::fitted::FittedChain;

/// Absolute differences of every option of a chain.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// Marks, in basis points of the forward (1e-4 coin).
    pub marks: Vec<f64>,
    /// Deltas: ours at the volatility implied by our mark, as the exchange's is at its mark_iv.
    pub deltas: Vec<f64>,
    /// Options whose mark is too small to imply a volatility: compared by mark alone.
    pub without_delta: usize,
}

/// Compares a chain with its fit. Our numbers are those of `packages/pricing`.
pub fn compare(chain: &Chain, fitted: &FittedChain) -> Comparison {
    let mut comparison = Comparison::default();
    for expiry in &chain.expiries {
        let Some(e) = fitted.expiry(expiry.expiry) else {
            continue;
        };
        let (forward, years) = (Fx::from_num(e.forward), Fx::from_num(e.years));
        for strike in &expiry.strikes {
            let k = Fx::from_num(strike.strike);
            let Ok(prices) = e.slice.prices(forward, k) else {
                continue;
            };
            let view = e.slice.market_view(forward, k, years).ok();
            for row in strike.call.iter().chain(&strike.put) {
                let call = row.instrument.side == Side::Call;
                let ours = if call { prices.call } else { prices.put };
                let mark = ours.to_num::<f64>() / e.forward;
                comparison.marks.push(1e4 * (mark - row.mark).abs());
                match &view {
                    Some(view) => {
                        let delta = view.call_delta.to_num::<f64>() - if call { 0.0 } else { 1.0 };
                        comparison.deltas.push((delta - row.delta).abs());
                    }
                    None => comparison.without_delta += 1,
                }
            }
        }
    }
    comparison
}
