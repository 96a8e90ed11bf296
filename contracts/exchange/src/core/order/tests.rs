use proptest::prelude::*;
use protocol_api::exchange::adr036_document;
use sha2::{Digest, Sha256};

use super::*;

fn leg(series: &str, ratio: i64, price: i64) -> QuoteLeg {
    QuoteLeg {
        series: series.into(),
        ratio,
        price,
    }
}

/// docs/spec/exchange.md, "Worked example".
#[test]
fn spec_example_best_quote_first() {
    let legs = |short: i64, long: i64| {
        vec![
            leg("BTC-25DEC26-100000-C", -2, short),
            leg("BTC-25DEC26-120000-C", 1, long),
        ]
    };
    let a = cost_per_lot(&legs(520, 180)).unwrap();
    let b = cost_per_lot(&legs(515, 181)).unwrap();
    assert_eq!((a, b), (860, 849));
    let offers = [Offer { left: 3, cost: a }, Offer { left: 4, cost: b }];
    let demand = Demand {
        lots: 6,
        min_lots: 6,
        limit: 853,
    };
    let filled = allocate(demand, &offers).unwrap();
    assert_eq!(
        filled,
        Allocation {
            taken: vec![2, 4],
            cost: 5_116
        }
    );
    let refused = allocate(
        Demand {
            limit: 852,
            ..demand
        },
        &offers,
    );
    assert_eq!(
        refused,
        Err(ContractError::Limit {
            cost: 5_116,
            bound: 5_112
        })
    );
}

/// docs/spec/exchange.md, "What is signed": text, document and hashes as on the page.
#[test]
fn spec_example_what_is_signed() {
    let page = include_str!("../../../../../docs/spec/exchange.md");
    let quote = Quote {
        account: 7,
        nonce: 12_u64.into(),
        expires_at: 1_798_185_600_u64,
        taker: None,
        lots: 3_u64.into(),
        max_fee_per_lot: 250_000_u128.into(),
        legs: vec![
            leg("BTC-25DEC26-100000-C", -2, 520),
            leg("BTC-25DEC26-120000-C", 1, 180),
        ],
    };
    let text = quote.text("optio-1", "optio1exchange");
    let document = adr036_document("optio1maker", &text);
    assert_eq!((text.len(), document.len()), (201, 439));
    assert!(page.contains(&format!("```\n{text}```")), "{text}");
    assert!(page.contains(&format!("    {document}\n")), "{document}");
    for (signed, expected) in [
        (
            text,
            "281249961fc3efb630c2bf90f81ab989851419a01c7cf5a013ac3997a0f4e4aa",
        ),
        (
            document,
            "d4cede972c9b58e70ea30958038d47b2d5d1920993a5da4754bbfca11566788a",
        ),
    ] {
        let digest = Sha256::digest(signed.as_bytes());
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, expected);
        assert!(page.contains(expected));
    }
}

#[test]
fn legs_must_be_of_one_market_and_distinct() {
    assert_eq!(check_legs(&[leg("BTC-25DEC26-1-C", 1, 1)]), Ok(()));
    let bad: [&[QuoteLeg]; 7] = [
        &[],
        &[leg("BTC-25DEC26-1-C", 0, 1)],
        &[leg("BTC-25DEC26-1-C", 1, 1), leg("ETH-25DEC26-1-C", 1, 1)],
        &[leg("BTC-25DEC26-1-C", 1, 1), leg("BTC-25DEC26-1-C", -1, 1)],
        &[leg("BTC", 1, 1)],
        &[leg("-25DEC26", 1, 1)],
        &[leg("BTC-25DEC26-1-C\nbuy", 1, 1)],
    ];
    for legs in bad {
        assert_eq!(check_legs(legs), Err(ContractError::BadLegs), "{legs:?}");
    }
    let many: Vec<QuoteLeg> = (0..17)
        .map(|k| leg(&format!("BTC-25DEC26-{k}-C"), 1, 1))
        .collect();
    assert_eq!(check_legs(&many), Err(ContractError::BadLegs));
    assert_eq!(check_legs(&many[..16]), Ok(()));
}

#[test]
fn demand_is_checked() {
    let offers = [Offer { left: 5, cost: 10 }];
    let ask = |lots, min_lots, limit| {
        allocate(
            Demand {
                lots,
                min_lots,
                limit,
            },
            &offers,
        )
    };
    assert_eq!(ask(0, 0, 10), Err(ContractError::ZeroLots));
    assert_eq!(ask(3, 4, 10), Err(ContractError::ZeroLots));
    assert_eq!(
        ask(6, 6, 10),
        Err(ContractError::TooFewLots {
            available: 5,
            wanted: 6
        })
    );
    assert_eq!(ask(6, 5, 10).unwrap().taken, vec![5]);
    assert_eq!(ask(6, 5, i128::MAX).unwrap().taken, vec![5]);
}

proptest! {
    /// No other choice of the same number of lots is cheaper: moving one lot never helps.
    #[test]
    fn no_lot_could_be_had_cheaper(
        lots in 1u64..50,
        offers in prop::collection::vec((0u64..20, -1_000i128..1_000), 1..8),
    ) {
        let offers: Vec<Offer> =
            offers.into_iter().map(|(left, cost)| Offer { left, cost }).collect();
        let available: u64 = offers.iter().map(|offer| offer.left).sum();
        let result = allocate(Demand { lots, min_lots: 0, limit: 1_000 }, &offers);
        if available == 0 {
            prop_assert!(result.is_err());
            return Ok(());
        }
        let filled = result.unwrap();
        prop_assert_eq!(filled.taken.iter().sum::<u64>(), lots.min(available));
        let worst_used = offers.iter().zip(&filled.taken).filter(|(_, t)| **t > 0).map(|(o, _)| o.cost).max();
        let best_left = offers.iter().zip(&filled.taken).filter(|(o, t)| **t < o.left).map(|(o, _)| o.cost).min();
        if let (Some(used), Some(left)) = (worst_used, best_left) {
            prop_assert!(used <= left);
        }
    }
}
