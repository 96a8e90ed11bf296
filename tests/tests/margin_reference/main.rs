//! The margin of random books against an independent model.

mod books;
mod numbers;
mod slack;
mod terms;

use std::thread;

use f256::f256;
use optio_tests::margin_reference::{self as model, Real};
use optio_tests::random::Random;
use risk::{Book, Context, Leg, Level};

use books::{Dice, market, random_book};
use slack::Slack;
use terms::{holdings, world};

/// Both margins, and the legs that differ most when each is alone.
fn explained<R: Real>(book: &Book, context: &Context, level: Level) -> String {
    let alone = |leg: &Leg| Book {
        cash: Vec::new(),
        legs: vec![*leg],
    };
    let legs = book.legs.iter();
    let mut lines: Vec<(f64, String)> = legs
        .map(|leg| {
            let off = Off::of::<R>(&alone(leg), context, level);
            (off.most(), format!("{off:.3?} {leg:?}"))
        })
        .collect();
    lines.sort_by(|a, b| b.0.total_cmp(&a.0));
    let lines: Vec<String> = lines.into_iter().take(5).map(|line| line.1).collect();
    let found = risk::assess(book, context, level).unwrap();
    let expected = model::margin::<R>(&holdings(book, context), &world(context, level));
    format!("{found:?} against {expected:?}\n{}", lines.join("\n"))
}

/// Distances as shares of what they may be.
#[derive(Clone, Copy, Debug, Default)]
struct Off {
    /// Surplus over the model's, and under it.
    above: f64,
    below: f64,
    /// Either way: it is at the middle of the kernel's bounds.
    equity: f64,
}

impl Off {
    fn of<R: Real>(book: &Book, context: &Context, level: Level) -> Self {
        let found = risk::assess(book, context, level).unwrap();
        let expected = model::margin::<R>(&holdings(book, context), &world(context, level));
        let slack = Slack::of::<R>(book, context, level);
        let surplus = (R::of(found.surplus) - expected.surplus).to_f64();
        let equity = (R::of(found.equity) - expected.equity).to_f64();
        Self {
            above: surplus / slack.above,
            below: -surplus / slack.below,
            equity: equity.abs() / slack.below,
        }
    }

    fn most(self) -> f64 {
        self.above.max(self.below).max(self.equity)
    }

    fn max(self, other: Self) -> Self {
        Self {
            above: self.above.max(other.above),
            below: self.below.max(other.below),
            equity: self.equity.max(other.equity),
        }
    }
}

/// Books that are drawn.
const BOOKS: u64 = 10_000;
/// Legs of a book.
const LEGS: u64 = 128;

/// Compares every `of`th book of a seed; returns how many, in how many of them surplus is above the model's, and how far off
/// the furthest is.
fn compare<R: Real>(seed: u64, of: u64) -> (u64, u64, Off) {
    let mut dice = Dice(Random::new(seed));
    let (mut compared, mut above, mut worst) = (0, 0, Off::default());
    let mut drawn = 0;
    while drawn < BOOKS / 2 {
        let market = market(&mut dice);
        for _ in 0..20 {
            let level = if dice.one_in(2) {
                Level::Initial
            } else {
                Level::Maintenance
            };
            let book = random_book(&mut dice, &market, LEGS);
            drawn += 1;
            if drawn % of != 0 {
                continue;
            }
            let off = Off::of::<R>(&book, &market.context, level);
            assert!(
                off.most() < 1.0,
                "seed {seed} book {drawn}: {off:?}\n{}",
                explained::<R>(&book, &market.context, level)
            );
            worst = worst.max(off);
            compared += 1;
            above += u64::from(off.above > 0.0);
            if compared % 500 == 0 {
                println!("seed {seed}, {compared} books, {above} above the model; {worst:.3?}");
            }
        }
    }
    (compared, above, worst)
}

fn run<R: Real>(of: u64) {
    let threads: Vec<_> = (1..=2)
        .map(|seed| thread::spawn(move || compare::<R>(seed, of)))
        .collect();
    for thread in threads {
        let (compared, above, worst) = thread.join().unwrap();
        println!("{compared} books, {above} above the model, most of what may be: {worst:.3?}");
    }
}

#[test]
fn ten_thousand_random_books_agree_with_the_model() {
    run::<f64>(1);
}

/// The same books in multiple precision: one of every market, or `MARGIN_BOOKS` of all, a divisor of their number. All take a quarter of an hour of one core:
///
/// `MARGIN_BOOKS=10000 cargo test -p optio-tests --test margin_reference exactly -- --nocapture`
#[test]
fn random_books_agree_exactly() {
    let books = std::env::var("MARGIN_BOOKS").map_or(500, |books| books.parse().unwrap());
    run::<f256>((BOOKS / books).max(1));
}
