//! `TakeQuotes`: what is filled, and every reason for a refusal, with nothing changed.

mod common;

use common::*;
use cosmwasm_std::{Int64, Uint64, Uint128};
use protocol_api::engine::{Consent, Fill, FillLeg};
use protocol_api::exchange::*;

#[test]
fn one_quote_is_taken_in_parts_and_then_used_up() {
    let mut world = World::new();
    let quote = world.signed(world.quote(1, 5, 500));
    world
        .take(world.order(vec![quote.clone()], 3, 1_000))
        .unwrap();
    let fill = world.fills().remove(0);
    assert_eq!(fill.maker.account, MAKER);
    assert_eq!(
        fill.maker.consent,
        Consent::Key {
            public_key: public(&key(1))
        }
    );
    assert_eq!(fill.maker.max_fee, Some(Uint128::new(27)));
    assert_eq!(fill.taker.account, TAKER);
    let caller = Consent::Address {
        address: world.owner_of(TAKER).into_string(),
    };
    assert_eq!(fill.taker.consent, caller);
    assert_eq!(fill.taker.max_fee, Some(Uint128::new(33)));
    assert_eq!(fill.legs.len(), 1);
    assert_eq!(
        fill.legs[0].quantity,
        Int64::new(6),
        "the maker sells two a lot: the taker buys"
    );
    assert_eq!(fill.legs[0].price_ticks, Int64::new(500));
    assert_eq!(world.status(MAKER, 1).filled.u64(), 3);

    world.refused(
        world.order(vec![quote.clone()], 3, 1_000),
        "E_EXCHANGE_TOO_FEW_LOTS",
    );
    world
        .take(world.order(vec![quote.clone()], 2, 1_000))
        .unwrap();
    // A replay of the same order finds nothing left.
    world.refused(world.order(vec![quote], 2, 1_000), "E_EXCHANGE_FILLED");
}

/// Whoever takes, cancels or lets lapse the best of several quotes leaves the others to the order.
#[test]
fn attack_a_used_up_quote_does_not_end_the_order() {
    let mut world = World::new();
    let best = world.signed(world.quote(1, 1, 499));
    world
        .take(world.order(vec![best.clone()], 1, 1_000))
        .unwrap();
    let lapsed = world.signed(Quote {
        expires_at: 0u64,
        ..world.quote(2, 5, 498)
    });
    let maker = world.owner_of(MAKER);
    let cancelled = world.signed(world.quote(3, 5, 497));
    let cancel = ExecuteMsg::CancelQuotes {
        account: MAKER,
        from: 3u64.into(),
        to: 3u64.into(),
    };
    world.send(&maker, &cancel).unwrap();
    let left = world.signed(world.quote(4, 10, 500));
    let over = vec![best, lapsed, cancelled];
    let order = world.order(over.iter().cloned().chain([left]).collect(), 10, 1_000);
    let preview: PreviewResponse = world
        .query(&QueryMsg::Preview {
            order: order.clone(),
        })
        .unwrap();
    assert_eq!(preview.taken, [0, 0, 0, 10].map(Uint64::new));
    world.take(order).unwrap();
    assert_eq!(world.fills().len(), 1);
    // Nothing left at all: the first quote says why.
    world.refused(world.order(over, 1, 1_000), "E_EXCHANGE_FILLED");
}

#[test]
fn several_quotes_cheapest_first_within_the_average() {
    let mut world = World::new();
    let dear = world.signed(world.quote(1, 3, 520));
    let cheap = world.signed(world.quote(2, 4, 515));
    let order = world.order(vec![dear, cheap], 6, 1_034);
    // 4 x 1,030 + 2 x 1,040 = 6,200 <= 6 x 1,034.
    world.take(order.clone()).unwrap();
    let quantities: Vec<i64> = world
        .fills()
        .iter()
        .map(|f| f.legs[0].quantity.i64())
        .collect();
    assert_eq!(quantities, [4, 8]);
    let mut world = World::new();
    world.refused(
        TakeQuotes {
            limit: 1_033.into(),
            ..order
        },
        "E_EXCHANGE_LIMIT",
    );
}

#[test]
fn the_largest_fee_a_lot_is_no_limit() {
    let mut world = World::new();
    let mut quote = world.quote(1, 5, 500);
    quote.max_fee_per_lot = Uint128::MAX;
    let signed = world.signed(quote);
    let mut order = world.order(vec![signed], 3, 1_000);
    order.max_fee_per_lot = Uint128::MAX;
    world.take(order).unwrap();
    let fill = world.fills().remove(0);
    assert_eq!(fill.maker.max_fee, Some(Uint128::MAX));
    assert_eq!(fill.taker.max_fee, Some(Uint128::MAX));
}

#[test]
fn a_preview_refuses_quantities_that_no_fill_can_have() {
    let mut world = World::new();
    let mut quote = world.quote(1, u64::MAX, 0);
    quote.legs[0].ratio = 2;
    let signed = world.signed(quote);
    let order = world.order(vec![signed], 1 << 62, 0);
    let preview: Result<PreviewResponse, _> = world.app.wrap().query_wasm_smart(
        &world.exchange,
        &QueryMsg::Preview {
            order: order.clone(),
        },
    );
    let error = preview.unwrap_err().to_string();
    assert!(error.contains("E_EXCHANGE_OVERFLOW"), "{error}");
    world.refused(order, "E_EXCHANGE_OVERFLOW");
}

#[test]
fn preview_equals_the_fill_and_writes_nothing() {
    let mut world = World::new();
    let dear = world.signed(world.quote(1, 3, 520));
    let cheap = world.signed(world.quote(2, 4, 515));
    let order = world.order(vec![dear, cheap], 6, 1_034);
    let before = world.dump();
    let preview = QueryMsg::Preview {
        order: order.clone(),
    };
    let answer: PreviewResponse = world.query(&preview).unwrap();
    // All four of the cheap ones at 2 x 515 ticks, two of the dear ones at 2 x 520.
    let told = PreviewResponse {
        taken: vec![2u64.into(), 4u64.into()],
        cost: 6_200.into(),
    };
    assert_eq!(answer, told);
    assert_eq!(world.dump(), before);

    world.take(order).unwrap();
    let filled = [1, 2].map(|nonce| world.status(MAKER, nonce).filled);
    assert_eq!(filled.as_slice(), answer.taken);
    let cost = |fill: &Fill| {
        let legs = fill.legs.iter();
        let ticks = |leg: &FillLeg| leg.quantity.i64() * leg.price_ticks.i64();
        legs.map(ticks).sum::<i64>()
    };
    let paid: i64 = world.fills().iter().map(cost).sum();
    assert_eq!(i128::from(paid), answer.cost.i128());
}

#[test]
fn a_wallet_signature_consents_with_its_address() {
    let mut world = World::new();
    let quote = world.quote(1, 5, 500);
    let (signature, address) = adr036(&world, &key(9), &world.text(&quote));
    world
        .take(world.order(vec![SignedQuote { quote, signature }], 1, 1_000))
        .unwrap();
    let consent = world.fills().remove(0).maker.consent;
    assert_eq!(
        consent,
        Consent::Address {
            address: address.into_string()
        }
    );
}

#[test]
fn only_the_signed_terms_on_this_chain_and_exchange_count() {
    let mut world = World::new();
    let quote = world.quote(1, 5, 500);
    let chain = world.app.block_info().chain_id;
    let here = world.exchange.to_string();
    let texts = [
        quote.text("another-chain", &here),
        quote.text(&chain, world.engine.as_str()),
        Quote {
            lots: 6u64.into(),
            ..quote.clone()
        }
        .text(&chain, &here),
        Quote {
            account: 9,
            ..quote.clone()
        }
        .text(&chain, &here),
        Quote {
            taker: Some(TAKER),
            ..quote.clone()
        }
        .text(&chain, &here),
    ];
    for text in texts {
        let signature = direct(&key(1), &text);
        let signed = SignedQuote {
            quote: quote.clone(),
            signature,
        };
        world.refused(world.order(vec![signed], 1, 1_000), "E_EXCHANGE_SIGNATURE");
    }
}

#[test]
fn malformed_and_malleable_signatures_are_refused() {
    let mut world = World::new();
    let quote = world.quote(1, 5, 500);
    let text = world.text(&quote);
    let Signature::Direct {
        public_key: good_key,
        signature: good,
    } = direct(&key(1), &text)
    else {
        unreachable!()
    };
    let cases = [
        high_s(&key(1), &text),
        Signature::Direct {
            public_key: public(&key(2)),
            signature: good.clone(),
        },
        Signature::Direct {
            public_key: good_key.clone(),
            signature: good[..63].to_vec().into(),
        },
        Signature::Direct {
            public_key: good_key.clone(),
            signature: vec![0; 64].into(),
        },
        Signature::Direct {
            public_key: good_key.clone(),
            signature: [&good[..], &[0]].concat().into(),
        },
        Signature::Direct {
            public_key: vec![2; 33].into(),
            signature: good.clone(),
        },
        Signature::Direct {
            public_key: vec![].into(),
            signature: good.clone(),
        },
        // The right signature, but made for the other form.
        Signature::Adr036 {
            public_key: good_key,
            signature: good,
        },
    ];
    for signature in cases {
        let signed = SignedQuote {
            quote: quote.clone(),
            signature,
        };
        world.refused(world.order(vec![signed], 1, 1_000), "E_EXCHANGE_SIGNATURE");
    }
}

#[test]
fn quotes_that_may_not_be_taken() {
    let mut world = World::new();
    let base = world.quote(1, 5, 500);
    let now = world.now();
    let cases = [
        (
            Quote {
                expires_at: now,
                ..base.clone()
            },
            "E_EXCHANGE_EXPIRED",
        ),
        (
            Quote {
                account: TAKER,
                ..base.clone()
            },
            "E_EXCHANGE_SELF_TRADE",
        ),
        (
            Quote {
                taker: Some(99),
                ..base.clone()
            },
            "E_EXCHANGE_NOT_FOR_TAKER",
        ),
        (
            Quote {
                lots: 0u64.into(),
                ..base.clone()
            },
            "E_EXCHANGE_FILLED",
        ),
        (
            Quote {
                legs: vec![],
                ..base.clone()
            },
            "E_EXCHANGE_BAD_LEGS",
        ),
        (
            Quote {
                account: 666,
                ..base.clone()
            },
            "E_ENGINE_MARGIN",
        ),
    ];
    for (quote, code) in cases {
        let signed = world.signed(quote);
        world.refused(world.order(vec![signed], 1, 1_000), code);
    }
    world
        .take(world.order(
            vec![world.signed(Quote {
                taker: Some(TAKER),
                ..base
            })],
            1,
            1_000,
        ))
        .unwrap();
}

#[test]
fn orders_that_make_no_sense() {
    let mut world = World::new();
    let signed = world.signed(world.quote(1, 5, 500));
    let other_legs = {
        let mut quote = world.quote(2, 5, 500);
        quote.legs[0].ratio = -3;
        world.signed(quote)
    };
    let many: Vec<_> = (0..9)
        .map(|nonce| world.signed(world.quote(nonce, 5, 500)))
        .collect();
    world.refused(world.order(vec![], 1, 1_000), "E_EXCHANGE_NO_QUOTES");
    world.refused(world.order(many, 1, 1_000), "E_EXCHANGE_TOO_MANY_QUOTES");
    world.refused(
        world.order(vec![signed.clone(), signed.clone()], 1, 1_000),
        "E_EXCHANGE_DUPLICATE_QUOTE",
    );
    world.refused(
        world.order(vec![signed.clone(), other_legs], 1, 1_000),
        "E_EXCHANGE_LEGS_DIFFER",
    );
    world.refused(
        world.order(vec![signed.clone()], 0, 1_000),
        "E_EXCHANGE_ZERO_LOTS",
    );
    world.refused(world.order(vec![signed], 1, 999), "E_EXCHANGE_LIMIT");
}

#[test]
fn amounts_beyond_their_types_are_refused() {
    let mut world = World::new();
    let mut quote = world.quote(1, u64::MAX, 500);
    quote.legs[0].ratio = i64::MIN;
    quote.legs[0].price = i64::MIN;
    let signed = world.signed(quote);
    world.refused(
        world.order(vec![signed.clone()], u64::MAX, 0),
        "E_EXCHANGE_OVERFLOW",
    );
    world.refused(
        world.order(vec![signed], 1, i128::MAX),
        "E_EXCHANGE_OVERFLOW",
    );
    // The largest limit is none, for any number of lots.
    let signed = world.signed(world.quote(2, 5, 500));
    world.take(world.order(vec![signed], 5, i128::MAX)).unwrap();
}

#[test]
fn coins_sent_along_are_refused() {
    let mut world = World::new();
    let sender = world.owner_of(TAKER);
    let coins = cosmwasm_std::coins(5, "usdc");
    world.app.init_modules(|router, _, storage| {
        router
            .bank
            .init_balance(storage, &sender, coins.clone())
            .unwrap();
    });
    let order = world.order(vec![world.signed(world.quote(1, 5, 500))], 1, 1_000);
    let exchange = world.exchange.clone();
    let error = cw_multi_test::Executor::execute_contract(
        &mut world.app,
        sender,
        exchange,
        &ExecuteMsg::TakeQuotes(order),
        &coins,
    )
    .unwrap_err();
    assert!(format!("{error:?}").contains("E_FUNDS_UNWANTED"));
}
