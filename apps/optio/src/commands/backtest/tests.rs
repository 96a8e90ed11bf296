//! On a made-up chain.

use std::collections::BTreeMap;

use risk::{Level, assess};

use super::books::{Shape, draw};
use crate::demo::pace::Pace;
use crate::demo::synthetic::{Listing, Weather};
use crate::fitted::fit;
use crate::margined::{MULTIPLIER, alone};
use crate::random::Random;

/// 1 January 2026, 08:00 UTC.
const START: u64 = 1_767_254_400;

/// Two fits of one chain give short options and strangles margins within 2 %, and nearly all other books; what a spread's
/// small margin differs by is small against its contracts.
#[test]
fn margins_do_not_depend_on_the_number_of_lognormals() {
    let weather = Weather {
        spot: 90_000.0,
        vol: 0.5,
        stress: 0.2,
        carry: 0.03,
    };
    let expiries = [2, 9, 30, 91, 182].map(|days| START + days * 86_400);
    let mut random = Random::new(3);
    let pace = Pace::calm(START);
    let listing = Listing {
        coin: "BTC",
        grid: 100.0,
        expiries: &expiries,
    };
    let made = listing.chain(START, &pace, &weather, &mut random);
    let [three, four] =
        [3, 4].map(|components| alone(&fit(&made, &BTreeMap::new(), components).unwrap()));
    let (mut books, mut close, mut largest) = (0, 0, 0.0_f64);
    for shape in Shape::ALL {
        for _ in 0..60 {
            // A spread of an option against itself is no book.
            let Some(book) = draw(shape, &made, &mut random) else {
                continue;
            };
            let margin = |context| assess(&book, context, Level::Maintenance).unwrap().margin;
            let (a, b) = (margin(&three), margin(&four));
            let contracts: i64 = book.legs.iter().map(|leg| leg.quantity.abs()).sum();
            let gross = contracts as f64 * MULTIPLIER as f64 * weather.spot;
            let (apart, larger) = ((a - b).abs() as f64, a.max(b) as f64);
            let same = apart <= 0.02 * larger;
            let spread = !matches!(shape, Shape::Short | Shape::Strangle);
            assert!(same || spread, "{shape:?} {a} {b}: {book:?}");
            assert!(apart <= 1e-3 * gross, "{shape:?} {a} {b}: {book:?}");
            largest = largest.max(1e4 * apart / gross);
            books += usize::from(a > 0);
            close += usize::from(a > 0 && same);
        }
    }
    println!("{close} of {books} margins within 2 %, the others within {largest:.2} bp of gross");
    assert!(
        books > 250 && close * 100 >= books * 95,
        "{close} of {books}"
    );
}
