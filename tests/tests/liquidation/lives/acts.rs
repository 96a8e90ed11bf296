//! The acts of a random life of liquidations and how they are drawn: small numbers, so that what fails shrinks to something
//! readable.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::life::{GAMBLER, HOUSE, MARKETS, PEOPLE, SERIES};

/// Which account a message is about: mostly one that is below maintenance, or in debt, if there is any.
#[derive(Clone, Copy, Debug)]
pub struct Aim {
    pub sick: bool,
    pub pick: usize,
}

/// What an open taker says.
#[derive(Clone, Copy, Debug)]
pub struct Offer {
    pub who: usize,
    pub least: i32,
    /// Cents of what he has, or no limit.
    pub limit: Option<u8>,
    /// The account's fingerprint, or one of another account.
    pub fingerprint: Option<bool>,
    pub by_stranger: bool,
}

/// Prices: hundredths of a percent from those before, and who says so.
#[derive(Clone, Copy, Debug)]
pub struct Leap {
    pub basis_points: i16,
    /// Tenths of one.
    pub vol: u8,
    pub sources: usize,
    /// Whether the other feed, whose coin some hold, speaks from now on.
    pub ether: bool,
}

#[derive(Clone, Debug)]
pub enum Act {
    Trade {
        seller: usize,
        buyer: usize,
        series: usize,
        lots: u64,
        price: u8,
        /// A report comes with it, and the seller withdraws what he can: mostly.
        fresh: bool,
        spends: bool,
    },
    /// Withdraws what initial margin leaves, but a few dollars.
    Spend {
        who: usize,
        leave: u8,
    },
    Deposit {
        who: usize,
        sender: usize,
        coin: usize,
        amount: u64,
    },
    Withdraw {
        who: usize,
        coin: usize,
        percent: u8,
    },
    Prices(Leap),
    /// Silence.
    Wait {
        seconds: u64,
    },
    /// Time in which the same prices come again and again.
    Live {
        seconds: u64,
    },
    PlaceBid {
        who: usize,
        slot: i32,
        percent: u8,
    },
    WithdrawBid {
        who: usize,
        which: usize,
        sender: usize,
    },
    Step {
        aim: Aim,
        offer: Option<Offer>,
        keeper: Option<usize>,
        bids: Option<u32>,
    },
    /// Steps without a taker, so that the price falls.
    Touch {
        aim: Aim,
        times: u8,
    },
    /// The same to the end of the schedule and of the time for nominations, and a closing.
    LastRung {
        aim: Aim,
        named: u16,
    },
    Nominate {
        aim: Aim,
        named: u16,
    },
    Deleverage {
        aim: Aim,
    },
    OpenBackstop {
        group: u16,
        markets: u8,
    },
    Join {
        group: u16,
        who: usize,
        dollars: u32,
    },
    Leave {
        group: u16,
        who: usize,
        percent: u8,
    },
    TakeBackstop {
        group: u16,
        aim: Aim,
        keeper: Option<usize>,
    },
    Insure {
        market: usize,
        dollars: u32,
    },
    CoverDebt {
        aim: Aim,
    },
    ShareLoss {
        market: usize,
        named: u16,
    },
    BuyCollateral {
        buyer: usize,
        aim: Aim,
        coins: (usize, usize),
        percent: u8,
    },
    /// A day or more, after which keepers do what may be done about debts.
    Default {
        days: u64,
        named: u16,
    },
    /// Options of a near date sold against others of a later one, a leap, and a day in which nobody pays.
    Gamble {
        lots: u64,
        up: bool,
    },
    /// Through the next window, whose reports come or not.
    Expire {
        basis_points: i16,
        filled: u16,
    },
    Fix {
        date: usize,
    },
    TakeOver {
        market: usize,
        date: usize,
    },
    Settle {
        named: u16,
    },
    /// Coins that nobody asked for, to the engine or the liquidation contract.
    Gift {
        to_engine: bool,
        coin: usize,
        amount: u32,
    },
}

fn who() -> std::ops::Range<usize> {
    0..PEOPLE
}

/// Anybody but the house and the gambler.
fn guest() -> std::ops::Range<usize> {
    0..GAMBLER
}

/// The house, which has money, as often as anybody else.
fn rich() -> impl Strategy<Value = usize> {
    prop_oneof![2 => Just(HOUSE), 3 => who()]
}

fn aim() -> impl Strategy<Value = Aim> {
    let sick = prop_oneof![9 => Just(true), 1 => Just(false)];
    (sick, 0_usize..64).prop_map(|(sick, pick)| Aim { sick, pick })
}

fn keeper() -> impl Strategy<Value = Option<usize>> {
    option::of(who())
}

fn offer() -> impl Strategy<Value = Offer> {
    let least = prop_oneof![4 => Just(-20_000), 1 => Just(0), 1 => -100_000_i32..1_000_000];
    let limit = prop_oneof![3 => Just(None), 1 => (0_u8..100).prop_map(Some)];
    let fingerprint = prop_oneof![6 => Just(None), 3 => Just(Some(true)), 1 => Just(Some(false))];
    let stranger = prop_oneof![12 => Just(false), 1 => Just(true)];
    (rich(), least, limit, fingerprint, stranger).prop_map(
        |(who, least, limit, fingerprint, by_stranger)| Offer {
            who,
            least,
            limit,
            fingerprint,
            by_stranger,
        },
    )
}

fn leap() -> impl Strategy<Value = Leap> {
    let moves = prop_oneof![
        2 => -100_i16..=100,
        3 => -800_i16..800,
        3 => -2_500_i16..2_500,
        1 => -7_000_i16..7_000,
    ];
    let vol = prop_oneof![4 => Just(5_u8), 1 => 1_u8..30];
    let sources = prop_oneof![10 => Just(5_usize), 1 => 0_usize..5];
    let ether = prop_oneof![8 => Just(true), 1 => Just(false)];
    (moves, vol, sources, ether).prop_map(|(basis_points, vol, sources, ether)| Leap {
        basis_points,
        vol,
        sources,
        ether,
    })
}

fn trades() -> impl Strategy<Value = Act> {
    let lots = prop_oneof![1 => 1_u64..10, 4 => 10_u64..400];
    let mostly = || prop_oneof![5 => Just(true), 1 => Just(false)];
    let sell = (guest(), 1..PEOPLE, 0..SERIES.len(), lots, any::<u8>());
    let sell = (sell, mostly(), mostly());
    prop_oneof![
        4 => sell.prop_map(|((seller, away, series, lots, price), fresh, spends)| Act::Trade {
            seller,
            buyer: (seller + away) % PEOPLE,
            series,
            lots,
            price,
            fresh,
            spends,
        }),
        1 => (guest(), any::<u8>()).prop_map(|(who, leave)| Act::Spend { who, leave }),
    ]
}

fn money() -> impl Strategy<Value = Act> {
    let amount = prop_oneof![1 => 1_u64..100, 3 => 1_000_000_u64..5_000_000_000];
    let own = prop_oneof![4 => Just(0_usize), 1 => 1..PEOPLE];
    let deposit = (who(), own, 0_usize..3, amount);
    prop_oneof![
        4 => deposit.prop_map(|(who, away, coin, amount)| Act::Deposit {
            who,
            sender: (who + away) % PEOPLE,
            coin,
            amount,
        }),
        2 => (guest(), 0_usize..3, 1_u8..=100)
            .prop_map(|(who, coin, percent)| Act::Withdraw { who, coin, percent }),
        1 => (any::<bool>(), 0_usize..3, 1_u32..1_000_000)
            .prop_map(|(to_engine, coin, amount)| Act::Gift { to_engine, coin, amount }),
        2 => (0..MARKETS.len(), 1_u32..20_000)
            .prop_map(|(market, dollars)| Act::Insure { market, dollars }),
    ]
}

fn time() -> impl Strategy<Value = Act> {
    let wait = prop_oneof![
        12 => 1_u64..60,
        3 => 60_u64..400,
        3 => 400_u64..8_000,
        1 => 8_000_u64..100_000,
    ];
    prop_oneof![
        20 => leap().prop_map(Act::Prices),
        3 => wait.prop_map(|seconds| Act::Wait { seconds }),
        3 => (1_u64..200).prop_map(|seconds| Act::Live { seconds }),
        1 => (-1_500_i16..1_500, any::<u16>())
            .prop_map(|(basis_points, filled)| Act::Expire { basis_points, filled }),
    ]
}

fn bids() -> impl Strategy<Value = Act> {
    let slot = prop_oneof![4 => -2_i32..6, 1 => -3_i32..120];
    let sender = prop_oneof![4 => Just(0_usize), 1 => 1..PEOPLE];
    prop_oneof![
        3 => (who(), slot, 0_u8..=100)
            .prop_map(|(who, slot, percent)| Act::PlaceBid { who, slot, percent }),
        1 => (who(), 0_usize..3, sender).prop_map(|(who, which, away)| Act::WithdrawBid {
            who,
            which,
            sender: (who + away) % PEOPLE,
        }),
    ]
}

fn steps() -> impl Strategy<Value = Act> {
    let bids = prop_oneof![6 => Just(None), 1 => (0_u32..6).prop_map(Some)];
    let step = (aim(), option::weighted(0.7, offer()), keeper(), bids);
    prop_oneof![
        6 => step.prop_map(|(aim, offer, keeper, bids)| Act::Step { aim, offer, keeper, bids }),
        2 => (aim(), 1_u8..9).prop_map(|(aim, times)| Act::Touch { aim, times }),
        2 => (aim(), any::<u16>()).prop_map(|(aim, named)| Act::LastRung { aim, named }),
        1 => (aim(), any::<u16>()).prop_map(|(aim, named)| Act::Nominate { aim, named }),
        1 => aim().prop_map(|aim| Act::Deleverage { aim }),
    ]
}

fn backstops() -> impl Strategy<Value = Act> {
    let group = || prop_oneof![3 => Just(1_u16), 1 => 2_u16..4];
    prop_oneof![
        1 => (group(), 0_u8..8).prop_map(|(group, markets)| Act::OpenBackstop { group, markets }),
        2 => (group(), who(), 0_u32..60_000)
            .prop_map(|(group, who, dollars)| Act::Join { group, who, dollars }),
        1 => (group(), who(), 1_u8..=100)
            .prop_map(|(group, who, percent)| Act::Leave { group, who, percent }),
        4 => (group(), aim(), keeper())
            .prop_map(|(group, aim, keeper)| Act::TakeBackstop { group, aim, keeper }),
    ]
}

fn debts() -> impl Strategy<Value = Act> {
    let buy = (who(), aim(), (0_usize..3, 0_usize..3), 1_u8..=100);
    prop_oneof![
        2 => aim().prop_map(|aim| Act::CoverDebt { aim }),
        2 => (0..MARKETS.len(), any::<u16>())
            .prop_map(|(market, named)| Act::ShareLoss { market, named }),
        2 => buy.prop_map(|(buyer, aim, coins, percent)| Act::BuyCollateral {
            buyer,
            aim,
            coins,
            percent,
        }),
        1 => (1_u64..3, any::<u16>()).prop_map(|(days, named)| Act::Default { days, named }),
        1 => gamble(),
    ]
}

fn settlement() -> impl Strategy<Value = Act> {
    prop_oneof![
        1 => (0_usize..2).prop_map(|date| Act::Fix { date }),
        1 => (0..MARKETS.len(), 0_usize..2)
            .prop_map(|(market, date)| Act::TakeOver { market, date }),
        2 => any::<u16>().prop_map(|named| Act::Settle { named }),
    ]
}

/// What a life begins with: trades, and at times a gamble.
pub fn opening() -> impl Strategy<Value = Vec<Act>> {
    let some = (vec(trades(), 8..20), option::weighted(0.2, gamble()));
    some.prop_map(|(mut acts, gamble)| {
        acts.extend(gamble);
        acts
    })
}

fn gamble() -> impl Strategy<Value = Act> {
    (40_u64..400, any::<bool>()).prop_map(|(lots, up)| Act::Gamble { lots, up })
}

/// One act.
pub fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        24 => trades(),
        7 => money(),
        17 => time(),
        6 => bids(),
        24 => steps(),
        8 => backstops(),
        6 => debts(),
        4 => settlement(),
    ]
}
