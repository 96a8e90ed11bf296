//! The steps of a random life and how they are drawn: small numbers, so that what fails shrinks to something readable.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::model::TRADERS;
use crate::model::series::{SERIES, UNLISTED_PLACE};
use crate::model::venue::Signed;

/// What a maker offers beside its legs.
#[derive(Clone, Debug)]
pub struct OfferDraft {
    pub maker: usize,
    pub nonce: u64,
    /// Seconds.
    pub lifetime: u64,
    pub reserved: Option<usize>,
    pub lots: u64,
    pub max_fee: Option<u32>,
    /// One a leg, from the lowest that is usual there.
    pub prices: [u16; 3],
    pub signed: Signed,
    /// The first leg turned round: another quote's legs.
    pub odd: bool,
}

/// Several quotes for the same legs: places and ratios.
#[derive(Clone, Debug)]
pub struct GroupDraft {
    pub legs: Vec<(usize, i64)>,
    pub offers: Vec<OfferDraft>,
}

/// What a taker wants of a group.
#[derive(Clone, Debug)]
pub struct Demand {
    pub taker: usize,
    /// Which of its quotes, a bit each.
    pub which: u8,
    pub lots: u64,
    pub min_lots: u64,
    /// Above what the first quote costs.
    pub limit: Option<i16>,
    pub max_fee: Option<u32>,
    pub reduce_only: bool,
    pub by_stranger: bool,
}

/// What one source says: dollars beside spot, age, or a price beyond the feed's bounds.
#[derive(Clone, Copy, Debug)]
pub struct SourceDraft {
    pub beside: i8,
    pub age: u8,
    pub wild: bool,
}

/// A report: spot in hundredths of a percent beside 90,000.
#[derive(Clone, Debug)]
pub struct ReportDraft {
    pub basis_points: i16,
    /// Seconds beside the block's time.
    pub beside: i8,
    /// By rising source; absent: silent.
    pub sources: [Option<SourceDraft>; 5],
    pub signers: usize,
}

#[derive(Clone, Debug)]
pub enum Step {
    Deposit {
        account: usize,
        sender: usize,
        coins: Vec<u32>,
    },
    /// Per coin a percentage of what is held.
    Withdraw {
        account: usize,
        sender: usize,
        percents: Vec<(usize, u8)>,
        to_vault: bool,
    },
    Trade {
        group: GroupDraft,
        demand: Demand,
    },
    /// Once more of a group that was there before, the newest first.
    Again {
        back: usize,
        demand: Demand,
    },
    /// The taker gives back lots of a leg, the first from this place on.
    Close {
        maker: usize,
        taker: usize,
        place: usize,
        lots: u64,
        price: u16,
        reduce_only: bool,
    },
    /// Several times, with a gap between.
    Cancel {
        maker: usize,
        sender: usize,
        from: u64,
        length: i8,
        times: u64,
        far: bool,
    },
    Prune {
        maker: usize,
        from: u64,
        length: u64,
    },
    Publish(ReportDraft),
    /// The newest report is carried again.
    Carry,
    Wait {
        seconds: u64,
    },
    /// Goes through the next window: which buckets get a report, where spot is then and how far from it in each, whether a
    /// report follows.
    Window {
        filled: u8,
        level: i16,
        moves: [i16; 6],
        after: bool,
    },
    Fix {
        date: usize,
    },
    TakeOver {
        market: usize,
        date: usize,
    },
    Settle {
        accounts: Vec<usize>,
    },
    Claim {
        account: usize,
        coin: usize,
        to_vault: bool,
    },
    Collect {
        coin: usize,
    },
    /// Coins sent to the engine unasked.
    Gift {
        coin: usize,
        amount: u32,
    },
}

fn trader() -> std::ops::Range<usize> {
    0..TRADERS
}

/// The owner himself, mostly.
fn with_sender() -> impl Strategy<Value = (usize, usize)> {
    (trader(), trader(), 0_u8..8)
        .prop_map(|(account, other, which)| (account, if which == 0 { other } else { account }))
}

fn rarely(one_in: u32) -> impl Strategy<Value = bool> {
    (0..one_in).prop_map(move |drawn| drawn + 1 == one_in)
}

fn signed() -> impl Strategy<Value = Signed> {
    prop_oneof![
        40 => Just(Signed::Maker),
        1 => Just(Signed::Stranger),
        1 => Just(Signed::OtherTerms),
        1 => Just(Signed::OtherChain),
    ]
}

fn max_fee() -> impl Strategy<Value = Option<u32>> {
    prop_oneof![9 => Just(None), 1 => option::of(0_u32..500_000)]
}

fn nonce() -> impl Strategy<Value = u64> {
    prop_oneof![120 => 0_u64..80, 1 => Just(1 << 48), 1 => Just((1 << 48) + 90)]
}

fn lots() -> impl Strategy<Value = u64> {
    prop_oneof![1 => Just(0_u64), 24 => 1_u64..60, 4 => 60_u64..3_000]
}

/// At times nothing: there a fee has another floor.
fn price() -> impl Strategy<Value = u16> {
    prop_oneof![1 => Just(0_u16), 8 => any::<u16>()]
}

fn offer() -> impl Strategy<Value = OfferDraft> {
    let reserved = prop_oneof![12 => Just(None), 1 => option::of(trader())];
    let terms = (nonce(), 0_u64..150, reserved, lots(), max_fee());
    (
        trader(),
        terms,
        [price(), price(), price()],
        signed(),
        rarely(60),
    )
        .prop_map(
            |(maker, (nonce, lifetime, reserved, lots, max_fee), prices, signed, odd)| OfferDraft {
                maker,
                nonce,
                lifetime,
                reserved,
                lots,
                max_fee,
                prices,
                signed,
                odd,
            },
        )
}

fn leg() -> impl Strategy<Value = usize> {
    prop_oneof![12 => 0_usize..7, 60 => 0_usize..SERIES.len(), 1 => Just(UNLISTED_PLACE)]
}

fn group() -> impl Strategy<Value = GroupDraft> {
    let inverse = SERIES.len() - 6..SERIES.len();
    let ratio = prop_oneof![40 => 1_i64..4, 40 => -4_i64..0, 1 => Just(0_i64)];
    let legs = |place: BoxedStrategy<usize>| vec((place, ratio.clone()), 1..4);
    let legs = prop_oneof![
        24 => legs((0_usize..7).boxed()),
        12 => legs(inverse.boxed()),
        1 => legs(leg().boxed()),
    ];
    (legs, vec(offer(), 1..4)).prop_map(|(mut legs, offers)| {
        // Mostly no series twice: that is refused. Left as drawn where the first two are the same.
        let first = legs[0].0;
        let twice = legs
            .get(1)
            .is_some_and(|second| second.0 == first && second.1 == 1);
        if !twice {
            legs.sort_by_key(|(place, _)| *place);
            legs.dedup_by_key(|(place, _)| *place);
        }
        GroupDraft { legs, offers }
    })
}

fn demand() -> impl Strategy<Value = Demand> {
    let limit = prop_oneof![3 => Just(None), 1 => any::<i16>().prop_map(Some)];
    let which = prop_oneof![16 => Just(7_u8), 8 => 1_u8..7, 1 => Just(0_u8)];
    let lots = prop_oneof![1 => Just(0_u64), 32 => 1_u64..40, 6 => 40_u64..3_000];
    let amounts = (lots, 0_u64..8, limit, max_fee());
    (trader(), which, amounts, rarely(16), rarely(40)).prop_map(
        |(taker, which, (lots, min_lots, limit, max_fee), reduce_only, by_stranger)| Demand {
            taker,
            which,
            lots,
            min_lots,
            limit,
            max_fee,
            reduce_only,
            by_stranger,
        },
    )
}

fn source() -> impl Strategy<Value = Option<SourceDraft>> {
    let said = (
        -120_i8..120,
        prop_oneof![9 => 0_u8..=10, 1 => 11_u8..14],
        rarely(20),
    );
    let said = said.prop_map(|(beside, age, wild)| SourceDraft { beside, age, wild });
    prop_oneof![1 => Just(None), 9 => said.prop_map(Some)]
}

fn report() -> impl Strategy<Value = ReportDraft> {
    let moves = prop_oneof![40 => -700_i16..700, 1 => -4_000_i16..6_000];
    let beside = prop_oneof![16 => Just(0_i8), 2 => -12_i8..6, 1 => Just(6_i8), 1 => -62_i8..-58];
    let sources = [source(), source(), source(), source(), source()];
    let silent = prop_oneof![20 => sources, 1 => Just([None; 5])];
    let signers = prop_oneof![20 => Just(5_usize), 1 => 0_usize..5];
    (moves, beside, silent, signers).prop_map(|(basis_points, beside, sources, signers)| {
        ReportDraft {
            basis_points,
            beside,
            sources,
            signers,
        }
    })
}

fn wait() -> impl Strategy<Value = Step> {
    let seconds = prop_oneof![
        24 => 1_u64..12,
        8 => 12_u64..80,
        3 => 80_u64..1_200,
        2 => 3_600_u64..36_000,
        1 => Just(86_400_u64),
    ];
    seconds.prop_map(|seconds| Step::Wait { seconds })
}

fn window() -> impl Strategy<Value = Step> {
    let some_move = || -300_i16..300;
    let moves = [
        some_move(),
        some_move(),
        some_move(),
        some_move(),
        some_move(),
        some_move(),
    ];
    let level = prop_oneof![1 => -500_i16..500, 1 => -5_000_i16..6_000];
    let filled = prop_oneof![2 => Just(63_u8), 3 => 0_u8..63];
    (filled, level, moves, any::<bool>()).prop_map(|(filled, level, moves, after)| Step::Window {
        filled,
        level,
        moves,
        after,
    })
}

fn money() -> impl Strategy<Value = Step> {
    let coins = prop_oneof![1 => vec(0_u32..1, 0), 30 => vec(0_u32..2_000_000_000, 1..3)];
    let percent = prop_oneof![12 => 1_u8..=100, 1 => Just(0_u8), 1 => Just(101_u8)];
    prop_oneof![
        6 => (with_sender(), coins)
            .prop_map(|((account, sender), coins)| Step::Deposit { account, sender, coins }),
        6 => (with_sender(), vec((0_usize..2, percent), 1..3), rarely(4)).prop_map(
            |((account, sender), percents, to_vault)| Step::Withdraw { account, sender, percents, to_vault },
        ),
        1 => (trader(), 0_usize..2, rarely(4))
            .prop_map(|(account, coin, to_vault)| Step::Claim { account, coin, to_vault }),
        1 => (0_usize..2).prop_map(|coin| Step::Collect { coin }),
        1 => (0_usize..2, 1_u32..1_000_000).prop_map(|(coin, amount)| Step::Gift { coin, amount }),
    ]
}

/// Mostly with somebody else.
fn fresh((mut group, demand, own): (GroupDraft, Demand, bool)) -> Step {
    for offer in &mut group.offers {
        if offer.maker == demand.taker && !own {
            offer.maker = (offer.maker + 1 + offer.nonce as usize % 3) % TRADERS;
        }
    }
    Step::Trade { group, demand }
}

fn trade() -> impl Strategy<Value = Step> {
    let times = prop_oneof![9 => Just(1_u64), 1 => 1_u64..20];
    let close = (
        trader(),
        1..TRADERS,
        0..SERIES.len(),
        1_u64..100,
        price(),
        any::<bool>(),
    );
    prop_oneof![
        8 => (group(), demand(), rarely(20)).prop_map(fresh),
        4 => (0_usize..6, demand()).prop_map(|(back, demand)| Step::Again { back, demand }),
        2 => close.prop_map(|(maker, away, place, lots, price, reduce_only)| Step::Close {
            maker,
            taker: (maker + away) % TRADERS,
            place,
            lots,
            price,
            reduce_only,
        }),
        1 => (with_sender(), 0_u64..80, -1_i8..9, times, rarely(12)).prop_map(
            |((maker, sender), from, length, times, far)| Step::Cancel {
                maker,
                sender,
                from,
                length,
                times,
                far,
            },
        ),
        1 => (trader(), 0_u64..80, 0_u64..40)
            .prop_map(|(maker, from, length)| Step::Prune { maker, from, length }),
    ]
}

fn settlement() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (0_usize..3).prop_map(|date| Step::Fix { date }),
        1 => (0_usize..2, 0_usize..3).prop_map(|(market, date)| Step::TakeOver { market, date }),
        1 => vec(trader(), 0..4).prop_map(|accounts| Step::Settle { accounts }),
    ]
}

/// One step.
pub fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        28 => trade(),
        10 => money(),
        16 => report().prop_map(Step::Publish),
        2 => Just(Step::Carry),
        10 => wait(),
        1 => window(),
        3 => settlement(),
    ]
}

/// What happens once every date has its price: mostly all want their money.
pub fn ending() -> impl Strategy<Value = Step> {
    let all = (
        trader(),
        0_usize..2,
        prop_oneof![3 => Just(100_u8), 1 => 1_u8..100],
        rarely(4),
    );
    let all = all.prop_map(|(account, coin, percent, to_vault)| Step::Withdraw {
        account,
        sender: account,
        percents: vec![(coin, percent)],
        to_vault,
    });
    let claim = (trader(), 0_usize..2, rarely(4));
    let claim = claim.prop_map(|(account, coin, to_vault)| Step::Claim {
        account,
        coin,
        to_vault,
    });
    prop_oneof![5 => all, 2 => money(), 2 => claim, 1 => settlement()]
}
