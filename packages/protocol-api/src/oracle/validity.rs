//! How valid prices are, and what each level allows: a table, as data.

use cosmwasm_schema::cw_serde;

use crate::record::MarketRecord;

/// How valid prices are, worst first.
#[cw_serde]
#[derive(Copy, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Validity {
    /// No usable price: out of bounds, or dead of age.
    Invalid = 0,
    /// Older than the margin age.
    Stale = 1,
    /// Fewer than two live sources.
    NoQuorum = 2,
    /// The band is too wide, or fewer sources are live than the feed asks for (two: the band is their hull).
    Uncertain = 3,
    /// Too far from the slow price, a slice outside the envelope of the last accepted one, a market feed without surface, or
    /// quarantined.
    Jumped = 4,
    /// Older than the trade age.
    Aging = 5,
    /// Everything is allowed.
    Valid = 6,
}

impl Validity {
    /// The level with this number; anything unknown is invalid.
    #[must_use]
    pub fn from_byte(byte: u8) -> Self {
        LEVELS
            .get(usize::from(byte))
            .copied()
            .unwrap_or(Self::Invalid)
    }

    /// The number stored in the record.
    #[must_use]
    pub const fn byte(self) -> u8 {
        self as u8
    }
}

/// What one may want to do with a price.
#[cw_serde]
#[derive(Copy, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Action {
    /// A trade that adds risk.
    Open = 0,
    /// A trade that only reduces.
    Reduce = 1,
    /// Taking cash out.
    Withdraw = 2,
    /// Liquidating an account just below maintenance.
    LiquidateShallow = 3,
    /// Liquidating an account far below maintenance.
    LiquidateDeep = 4,
    /// Showing a mark.
    Mark = 5,
    /// Taking an observation for a settlement price.
    Settle = 6,
}

/// What a level allows an action.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Permission {
    /// Refused.
    No,
    /// Allowed at the band as it is.
    Yes,
    /// Only legs that shrink, at a price both sides agree on; no price is read.
    CloseOnly,
    /// Only what a covered account may take out: no price is read.
    CoveredOnly,
    /// Allowed, counted where the account is worth least of all that is published: middle, both edges, slow price.
    WorstPrice,
    /// Allowed once a second price, published later, confirms.
    SecondPrice,
    /// Allowed only if the account is unhealthy over the whole band.
    WholeBand,
    /// Allowed only if the account is unhealthy over the whole band and the price lies within 5 % of the slow price.
    NearSlowPrice,
    /// Shown, marked as indicative.
    Indicative,
    /// No observation is taken; the ladder decides.
    Skip,
    /// An observation is taken and may be winsorised.
    Winsorized,
}

/// All levels, worst first: position = number.
pub const LEVELS: [Validity; 7] = [
    Validity::Invalid,
    Validity::Stale,
    Validity::NoQuorum,
    Validity::Uncertain,
    Validity::Jumped,
    Validity::Aging,
    Validity::Valid,
];

/// All actions: position = number.
pub const ACTIONS: [Action; 7] = [
    Action::Open,
    Action::Reduce,
    Action::Withdraw,
    Action::LiquidateShallow,
    Action::LiquidateDeep,
    Action::Mark,
    Action::Settle,
];

use Permission::{
    CloseOnly, CoveredOnly, Indicative, NearSlowPrice, No, SecondPrice, Skip, WholeBand,
    Winsorized, WorstPrice, Yes,
};

/// The rule for each level (row, worst first) and action (column, in the order of [`ACTIONS`]).
///
/// No column grows looser as the level worsens. So where several reasons meet (age, a jump, a quarantine) the worst level is the
/// strictest rule of them all in every action.
#[rustfmt::skip]
pub const TABLE: [[Permission; 7]; 7] = [
    // open, reduce,    withdraw,    shallow,     deep,          mark,       settle
    [No,     CloseOnly, CoveredOnly, No,          No,            No,         Skip],       // invalid
    [No,     CloseOnly, CoveredOnly, No,          No,            Indicative, Skip],       // stale
    [No,     CloseOnly, CoveredOnly, No,          NearSlowPrice, Indicative, Skip],       // no quorum
    [No,     Yes,       WorstPrice,  No,          WholeBand,     Yes,        Skip],       // uncertain
    [No,     Yes,       WorstPrice,  SecondPrice, Yes,           Yes,        Winsorized], // jumped
    [No,     Yes,       WorstPrice,  SecondPrice, Yes,           Yes,        Yes],        // aging
    [Yes,    Yes,       Yes,         SecondPrice, Yes,           Yes,        Yes],        // valid
];

/// What `level` allows `action`.
#[must_use]
pub fn permission(level: Validity, action: Action) -> Permission {
    let row = TABLE.get(usize::from(level.byte()));
    row.and_then(|row| row.get(action as usize))
        .copied()
        .unwrap_or(No)
}

/// The validity of a record at `now`: the worse of its published level and its age's.
#[must_use]
pub fn validity_at(record: &MarketRecord, now: u64) -> Validity {
    let age = now.saturating_sub(u64::from(record.publish_time));
    let ages = &record.ages;
    let by_age = if age > u64::from(ages.dead) {
        Validity::Invalid
    } else if age > u64::from(ages.stale) {
        Validity::Stale
    } else if age > u64::from(ages.aging) {
        Validity::Aging
    } else {
        Validity::Valid
    };
    by_age.min(Validity::from_byte(record.level))
}
