//! Who bore what accounts lacked, rung by rung, and whether it adds up.

use super::report::usd;
use super::sale::signed;
use crate::table::Table;

/// What rounding to whole units may come to for each account that was closed or counted, base units.
const ROUNDING: u128 = 64;

/// The way down of what accounts lacked, quote base units. What was lacking is read off the accounts that fell, who bore it
/// off those who did: neither side is made from the other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Walk {
    /// Accounts closed against those who hold the other sides.
    pub closed: usize,
    /// What accounts lacked when they were closed, or with legs at the end.
    pub deficit: u128,
    /// Interest on what they owed afterwards.
    pub interest: u128,
    /// What the fund lost on all rungs.
    pub insurance: u128,
    /// What counterparties got less, or paid more, than their legs were worth at mark.
    pub sides: i128,
    /// Written off: a loss of the market.
    pub written_off: u128,
    /// The most withheld of winners at one time.
    pub withheld: u128,
    /// What winners have less when all is given back.
    pub winners: i128,
    /// Still owed or lost at the end.
    pub unpaid: u128,
    /// Of that, what accounts lack whose lives were over before their schedules: they still hold legs.
    pub held: u128,
    /// Accounts whose sums are rounded to whole units.
    pub rounded: usize,
}

/// The columns of [`Walk::cells`].
pub const COLUMNS: [&str; 9] = [
    "closed",
    "deficits",
    "interest",
    "insurance paid",
    "borne by the other sides",
    "written off",
    "withheld at most",
    "cut from winners",
    "unpaid",
];

impl Walk {
    /// Two markets' together.
    pub fn and(self, other: Self) -> Self {
        Self {
            closed: self.closed + other.closed,
            deficit: self.deficit + other.deficit,
            interest: self.interest + other.interest,
            insurance: self.insurance + other.insurance,
            sides: self.sides + other.sides,
            written_off: self.written_off + other.written_off,
            withheld: self.withheld + other.withheld,
            winners: self.winners + other.winners,
            unpaid: self.unpaid + other.unpaid,
            held: self.held + other.held,
            rounded: self.rounded + other.rounded,
        }
    }

    /// What was lacking beyond what anybody lost for it and what is left unpaid.
    pub fn gap(&self) -> i128 {
        let borne = signed(self.insurance) + self.sides + self.winners;
        signed(self.deficit + self.interest) - borne - signed(self.unpaid)
    }

    /// Whether what was lacking is what others lost for it, to the units that rounding leaves.
    pub fn is_even(&self) -> bool {
        self.gap().unsigned_abs() <= self.slack()
    }

    /// Whether all is paid that was to be: an account whose schedule still runs is nobody's yet.
    pub fn is_paid(&self) -> bool {
        self.unpaid <= self.held + self.slack()
    }

    fn slack(&self) -> u128 {
        ROUNDING * self.rounded as u128
    }

    /// The sums in the order of the columns, USD.
    pub fn cells(&self) -> Vec<String> {
        let sums = [
            signed(self.deficit),
            signed(self.interest),
            signed(self.insurance),
            self.sides,
            signed(self.written_off),
            signed(self.withheld),
            self.winners,
            signed(self.unpaid),
        ];
        let sums = sums.into_iter().map(usd);
        [self.closed.to_string()].into_iter().chain(sums).collect()
    }

    /// Whether every sum is another walk's to one part in so many of the deficits, and a USD. What is owed earns interest
    /// on the contracts alone.
    pub fn is_near(&self, other: &Self, part: u128) -> bool {
        let slack = self.deficit.max(other.deficit) / part + 1_000_000;
        let sums = |walk: &Self| {
            [
                signed(walk.deficit),
                signed(walk.insurance),
                walk.sides,
                signed(walk.written_off),
                signed(walk.withheld),
                walk.winners,
                signed(walk.unpaid),
            ]
        };
        let pairs = sums(self).into_iter().zip(sums(other));
        let near = |(a, b): (i128, i128)| a.abs_diff(b) <= slack;
        self.closed == other.closed && pairs.into_iter().all(near)
    }
}

/// A row a walk.
pub fn table<'a>(first: &str, walks: impl IntoIterator<Item = (&'a str, Walk)>) -> Table {
    let mut table = Table::new(&[&[first], &COLUMNS[..]].concat());
    for (name, walk) in walks {
        table.row([vec![name.to_owned()], walk.cells()].concat());
    }
    table
}
