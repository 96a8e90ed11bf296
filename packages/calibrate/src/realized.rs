//! Realised volatility of an index, as publishers report it (docs/spec/oracle.md).

/// How far back moves count, seconds.
const DAY: u64 = 86_400;
/// Seconds of a year of 365 days.
const YEAR: f64 = 31_536_000.0;

/// Annualised realised vol at the last observation: `sqrt(sum of squared log returns / years)` over the moves that end within the 24
/// hours before it, each with all the time it took. Observations: unix seconds and price, ascending in time; zero for fewer than two.
#[must_use]
pub fn realized_vol(observations: &[(u64, f64)]) -> f64 {
    let Some(now) = observations.last().map(|last| last.0) else {
        return 0.0;
    };
    let inside = |pair: &&[(u64, f64)]| pair[1].0 + DAY > now;
    let moves = observations.windows(2).rev().take_while(inside);
    let (squares, seconds) = moves.fold((0.0, 0.0), |(squares, seconds), pair| {
        let [before, after] = [pair[0], pair[1]];
        let log_return = libm::log(after.1 / before.1);
        let took = after.0.saturating_sub(before.0) as f64;
        (squares + log_return * log_return, seconds + took)
    });
    if seconds > 0.0 {
        libm::sqrt(squares / (seconds / YEAR))
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::realized_vol;

    #[test]
    fn spec_example_realized_vol() {
        let prices = [100.0, 102.0, 99.0, 101.0, 100.0];
        let mut observed: Vec<(u64, f64)> = (0..5).map(|i| 21_600 * i).zip(prices).collect();
        // To 40 digits by decimal arithmetic elsewhere: 0.80657821161245..., 0.71234530530458...
        assert!((realized_vol(&observed) - 0.806_578_211_612).abs() < 1e-12);
        observed.push((108_000, 100.0));
        assert!((realized_vol(&observed) - 0.712_345_305_305).abs() < 1e-12);
    }

    #[test]
    fn a_move_counts_with_all_its_time_and_none_is_zero() {
        assert_eq!(realized_vol(&[]), 0.0);
        assert_eq!(realized_vol(&[(5, 100.0)]), 0.0);
        // One move of two days, 1 %: ln(1.01) / sqrt(2 / 365).
        let slow = [(0, 100.0), (172_800, 101.0)];
        assert!((realized_vol(&slow) - 0.134_421_567_637).abs() < 1e-11);
    }
}
