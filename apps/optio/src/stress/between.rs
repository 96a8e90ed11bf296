//! Surfaces on the way from one chain to the next. Hours lie between two chains; a surface that kept its shape until the next one
//! would do at once what an oracle that publishes every few minutes does in many reports.

use crate::data::chain::{Chain, Expiry, Strike};
use crate::fitted::{FittedChain, FittedExpiry, fit};

/// A step for each such part of the forward that the at-the-money option of some expiry gains or loses, parts per million.
pub const STEP: u32 = 1_250;
/// Most steps from one chain to the next.
pub const MOST: usize = 12;
/// The at-the-money option over the forward is about its total volatility times 1/sqrt(2 pi).
const AT_THE_MONEY: f64 = 0.398_942_280_401_432_7;

/// The surfaces between two chains, evenly apart in time, ascending: fits of quotes whose vols at their moneyness and forwards over
/// spot are a growing share of the way to the next surface. One that the on-chain test refuses is left out.
pub fn between(
    (chain, fitted): (&Chain, &FittedChain),
    next: &FittedChain,
    components: usize,
) -> Vec<FittedChain> {
    let steps = steps(fitted, next);
    let mut before = fitted.memory();
    let on_the_way = |step: usize| {
        let share = step as f64 / steps as f64;
        let found = fit(&toward(chain, fitted, next, share), &before, components).ok()?;
        before = found.memory();
        Some(found)
    };
    (1..steps).filter_map(on_the_way).collect()
}

/// In how many steps a surface becomes the next.
fn steps(fitted: &FittedChain, next: &FittedChain) -> usize {
    let moved = |to: &FittedExpiry| {
        let from = fitted.expiry(to.expiry)?;
        let vols = vol(to, 1.0)? - vol(from, 1.0)?;
        Some((vols * to.years.sqrt() * AT_THE_MONEY).abs())
    };
    let most = next.expiries.iter().filter_map(moved).fold(0.0, f64::max);
    ((most * 1e6 / f64::from(STEP)).ceil() as usize).clamp(1, MOST)
}

/// The chain, its spot unmoved, a share of the way to the next surface; an expiry that the next one lacks keeps its vols.
fn toward(chain: &Chain, fitted: &FittedChain, next: &FittedChain, share: f64) -> Chain {
    let passed = (next.time.saturating_sub(chain.time) as f64 * share) as u64;
    let moved = |expiry: &Expiry| {
        let mut moved = expiry.clone();
        moved.minutes = expiry.minutes.checked_sub(passed / 60)?;
        if let (Some(from), Some(to)) = (fitted.expiry(expiry.expiry), next.expiry(expiry.expiry)) {
            let (now, then) = (from.forward / fitted.index, to.forward / next.index);
            moved.forward = chain.index * (now + share * (then - now));
            for strike in &mut moved.strikes {
                let k = strike.strike / expiry.forward;
                let change = vol(to, k)
                    .zip(vol(from, k))
                    .map_or(0.0, |(to, from)| to - from);
                shift(strike, share * change);
            }
        }
        Some(moved)
    };
    Chain {
        coin: chain.coin.clone(),
        time: chain.time + passed,
        index: chain.index,
        expiries: chain.expiries.iter().filter_map(moved).collect(),
    }
}

/// Vols below zero count as no quote.
fn shift(strike: &mut Strike, by: f64) {
    for row in strike.call.iter_mut().chain(&mut strike.put) {
        row.mark_iv += by;
    }
}

/// Annual vol of a surface at a moneyness.
fn vol(e: &FittedExpiry, moneyness: f64) -> Option<f64> {
    Some(e.mixture.implied_total_vol(moneyness)? / e.years.sqrt())
}

#[cfg(test)]
mod tests {
    use super::super::coin::Coin;
    use super::super::synthetic::chains;
    use super::*;

    /// A made-up chain and its surface; the next six hours later, every vol times so much.
    fn pair(by: f64) -> (Chain, FittedChain, FittedChain) {
        let mut made = chains("BTC", 100.0, 90_000.0, 2, 5);
        made.truncate(2);
        let (first, mut next) = (made[0].clone(), made.remove(0));
        next.time += 21_600;
        for expiry in &mut next.expiries {
            expiry.minutes -= 360;
            expiry.forward *= 1.002;
            let rows = expiry.strikes.iter_mut();
            for row in rows.flat_map(|s| s.call.iter_mut().chain(&mut s.put)) {
                row.mark_iv *= by;
            }
        }
        let mut fitted = Coin::fit("BTC", &[first, next]).chains;
        let next = fitted.remove(1).1;
        let (chain, fit) = fitted.remove(0);
        (chain, fit, next)
    }

    #[test]
    fn a_surface_that_moves_little_comes_at_once() {
        let (chain, fitted, next) = pair(1.001);
        assert!(between((&chain, &fitted), &next, 3).is_empty());
    }

    #[test]
    fn each_step_is_its_share_of_the_way() {
        let (chain, fitted, next) = pair(1.25);
        let made = between((&chain, &fitted), &next, 3);
        assert_eq!(made.len(), MOST - 1, "vols move by more than all steps");
        for (at, step) in made.iter().enumerate() {
            let share = (at + 1) as f64 / MOST as f64;
            assert_eq!(step.time, chain.time + 1_800 * (at as u64 + 1));
            assert_eq!(step.index, chain.index);
            for e in &step.expiries {
                let ends = [&fitted, &next].map(|ends| {
                    let own = ends.expiry(e.expiry).unwrap();
                    (vol(own, 1.0).unwrap(), own.forward / ends.index)
                });
                let [vol_due, basis_due] = [(ends[0].0, ends[1].0), (ends[0].1, ends[1].1)]
                    .map(|(from, to)| from + share * (to - from));
                let (found, basis) = (vol(e, 1.0).unwrap(), e.forward / step.index);
                assert!((found / vol_due - 1.0).abs() < 0.01, "{found} {vol_due}");
                assert!(
                    (basis / basis_due - 1.0).abs() < 1e-9,
                    "{basis} {basis_due}"
                );
            }
        }
    }

    #[test]
    fn an_expiry_that_the_next_lacks_stays_until_it_comes() {
        let (chain, fitted, mut next) = pair(1.05);
        let gone = next.expiries.remove(0).expiry;
        let made = between((&chain, &fitted), &next, 3);
        assert!(!made.is_empty());
        let before = vol(fitted.expiry(gone).unwrap(), 1.0).unwrap();
        for step in &made {
            let found = vol(step.expiry(gone).unwrap(), 1.0).unwrap();
            assert!((found / before - 1.0).abs() < 0.01, "{found} {before}");
        }
    }
}
