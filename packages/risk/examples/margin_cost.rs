//! How long a margin takes natively: `cargo run --release -p risk --example margin_cost`.

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::Instant;

use risk::{Kind, Leg, Level, assess};
use support::*;

fn main() {
    for (count, dates) in [(1_usize, 1_usize), (16, 1), (64, 4), (128, 4)] {
        let legs: Vec<Leg> = (0..count)
            .map(|i| {
                let kind = if i % 2 == 0 { Kind::Call } else { Kind::Put };
                let strike = 40 + (i / dates) as u32;
                leg(
                    LINEAR,
                    DAYS[i % dates],
                    strike,
                    kind,
                    10 * (i as i64 % 7 - 3) + 1,
                )
            })
            .collect();
        let book = book(&[(0, 1_000_000_000), (1, 100_000_000)], &legs);
        let context = context();
        let start = Instant::now();
        let mut surplus = 0;
        for _ in 0..20 {
            surplus = assess(&book, &context, Level::Initial).map_or(0, |found| found.surplus);
        }
        let each = start.elapsed() / 20;
        println!("{count} legs over {dates} expiries: {each:?} (surplus {surplus})");
    }
}
