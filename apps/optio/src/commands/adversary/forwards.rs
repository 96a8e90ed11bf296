//! How far forwards move against each other: what the twist of the scenario set is chosen by.

use risk::default_profile;

use super::LEAST_MINUTES;
use crate::data::chain::{median, quantile};
use crate::fitted::{FittedChain, FittedExpiry};
use crate::table::Table;

/// Days to expiry at which a class begins.
const CLASSES: [f64; 8] = [0.0, 2.0, 8.0, 35.0, 90.0, 180.0, 270.0, 400.0];

/// One expiry's forward between two snapshots.
pub struct ForwardMove {
    coin: String,
    /// Days to expiry before.
    days: f64,
    /// Against the median expiry of its coin, basis points, without sign.
    size: f64,
    /// What the default profile's twist is worth there, basis points.
    twist: f64,
}

/// The moves of all expiries that outlive both chains.
pub fn moves(before: &FittedChain, next: &FittedChain) -> Vec<ForwardMove> {
    let ratio = |e: &FittedExpiry| {
        let alive = e.expiry > next.time + 60 * LEAST_MINUTES;
        let after = next.expiry(e.expiry).filter(|_| alive)?;
        Some((e.expiry, (after.forward / e.forward).ln()))
    };
    let ratios: Vec<(u64, f64)> = before.expiries.iter().filter_map(ratio).collect();
    let common = median(ratios.iter().map(|r| r.1).collect());
    let profile = default_profile();
    let own = |(expiry, ratio): (u64, f64)| {
        let left = expiry - before.time;
        ForwardMove {
            coin: before.coin.clone(),
            days: left as f64 / 86_400.0,
            size: (ratio - common).abs() * 1e4,
            twist: profile.forward_twist(left, 0) as f64 / 4_294_967_296.0 * 1e4,
        }
    };
    ratios.into_iter().map(own).collect()
}

/// Quantiles by days to expiry, beside the twist.
pub fn table(moves: &[ForwardMove]) -> Table {
    let mut table = Table::new(&[
        "coin",
        "days left",
        "moves",
        "median, bp",
        "99 %",
        "largest",
        "twist in the middle",
        "beyond it",
    ]);
    for coin in ["BTC", "ETH"] {
        for class in CLASSES.windows(2) {
            let inside =
                |m: &&ForwardMove| m.coin == coin && (class[0]..class[1]).contains(&m.days);
            let own: Vec<&ForwardMove> = moves.iter().filter(inside).collect();
            let beyond = own.iter().filter(|m| m.size > m.twist).count();
            let sizes: Vec<f64> = own.iter().map(|m| m.size).collect();
            let size = |share: f64| format!("{:.1}", quantile(sizes.clone(), share));
            let twist = median(own.iter().map(|m| m.twist).collect());
            table.row(vec![
                coin.to_owned(),
                format!("{} to {}", class[0], class[1]),
                own.len().to_string(),
                size(0.5),
                size(0.99),
                size(1.0),
                format!("{twist:.1}"),
                format!("{:.1} %", 100.0 * beyond as f64 / own.len().max(1) as f64),
            ]);
        }
    }
    table
}
