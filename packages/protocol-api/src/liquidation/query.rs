//! What the liquidation contract can be asked, and its answers. Every list is paged.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Coin, Uint128};

use super::{Step, Terms};
use crate::Scheduled;
use crate::engine::{AccountId, AuctionStart, DeleverageData, LiquidatePreview};
use crate::governance::Offer;

/// Everything the contract can be asked.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Owner, engine, terms.
    #[returns(ConfigResponse)]
    Config {},
    /// The auction of an account, if there is one.
    #[returns(AuctionResponse)]
    Auction {
        /// The account.
        account: AccountId,
    },
    /// Auctions by account number.
    #[returns(AuctionsResponse)]
    Auctions {
        /// Go on after this account.
        start_after: Option<AccountId>,
        /// At most this many: 1 to 100, default 30.
        limit: Option<u32>,
    },
    /// Standing bids in the order in which they fill: lowest reward first, then by time.
    #[returns(BidsResponse)]
    Bids {
        /// Go on after this bid.
        start_after: Option<BidPlace>,
        /// At most this many: 1 to 100, default 30.
        limit: Option<u32>,
    },
    /// The bids of an account by reward.
    #[returns(BidsResponse)]
    BidsByAccount {
        /// The bidder's account.
        account: AccountId,
    },
    /// One backstop.
    #[returns(BackstopResponse)]
    Backstop {
        /// Its number.
        group: u16,
    },
    /// Backstops by number.
    #[returns(BackstopsResponse)]
    Backstops {
        /// Go on after this number.
        start_after: Option<u16>,
        /// At most this many: 1 to 100, default 30.
        limit: Option<u32>,
    },
    /// What a holder has in a backstop.
    #[returns(SharesResponse)]
    Shares {
        /// The backstop's number.
        group: u16,
        /// The holder's address.
        holder: String,
    },
    /// Exactly what `Liquidate` would do now, sent by the owner of the taker's account.
    #[returns(LiquidatePreview)]
    Preview(Step),
    /// Exactly what `TakeBackstop` would do now.
    #[returns(LiquidatePreview)]
    PreviewBackstop {
        /// The backstop's number.
        group: u16,
        /// The account that is taken.
        account: AccountId,
        /// Who gets the keeper's part.
        keeper: Option<AccountId>,
    },
    /// Who stands nominated against an account.
    #[returns(NomineesResponse)]
    Nominees {
        /// The account that is to be closed.
        account: AccountId,
    },
    /// What `Deleverage` would do if the table were ripe now.
    #[returns(DeleverageData)]
    PreviewDeleverage {
        /// The account.
        account: AccountId,
    },
}

/// Answer to `Config`.
#[cw_serde]
pub struct ConfigResponse {
    /// The owner.
    pub owner: String,
    /// The open offer of ownership.
    pub offer: Option<Offer>,
    /// The margin engine.
    pub engine: String,
    /// The quote coin.
    pub quote_denom: String,
    /// The terms.
    pub terms: Scheduled<Terms>,
}

/// An auction.
#[cw_serde]
pub struct AuctionView {
    /// The account.
    pub account: AccountId,
    /// Its clock, as a step now would find it if it comes before `restarts_at` and prices had no gap of five minutes since it was touched.
    pub start: AuctionStart,
    /// When a step last touched it, unix seconds.
    pub touched: u64,
    /// From when the next step starts it anew, unix seconds.
    pub restarts_at: u64,
}

/// Answer to `Auction`.
#[cw_serde]
pub struct AuctionResponse {
    /// Absent: none.
    pub auction: Option<AuctionView>,
}

/// Answer to `Auctions`.
#[cw_serde]
pub struct AuctionsResponse {
    /// By account number.
    pub auctions: Vec<AuctionView>,
}

/// Where a bid stands in the order of filling.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct BidPlace {
    /// The reward asked.
    pub reward: i32,
    /// When it starts to count, unix seconds.
    pub active_at: u64,
    /// The bidder's account.
    pub account: AccountId,
}

/// A standing bid.
#[cw_serde]
pub struct BidView {
    /// Where it stands.
    pub place: BidPlace,
    /// Who placed it and consents for the account.
    pub bidder: String,
    /// What is left of its budget.
    pub budget: Uint128,
}

/// Answer to `Bids` and `BidsByAccount`.
#[cw_serde]
pub struct BidsResponse {
    /// The bids.
    pub bids: Vec<BidView>,
}

/// A backstop.
#[cw_serde]
pub struct BackstopView {
    /// Its number.
    pub group: u16,
    /// Its engine account.
    pub account: AccountId,
    /// Symbols of its markets.
    pub markets: Vec<String>,
    /// Shares in all.
    pub supply: Uint128,
}

/// Answer to `Backstop`.
#[cw_serde]
pub struct BackstopResponse {
    /// The backstop.
    pub backstop: BackstopView,
    /// It holds no position and no debt: shares are issued and redeemed, unless one of its markets has more deficits than
    /// insurance, or has yet to book its part of a loss (`ShareLoss`).
    pub open: bool,
    /// Gains withheld until a loss is shared, quote base units, while it is open; while there are any no share is issued.
    pub withheld: Uint128,
    /// The coins it holds.
    pub holdings: Vec<Coin>,
}

/// Answer to `Backstops`.
#[cw_serde]
pub struct BackstopsResponse {
    /// By number.
    pub backstops: Vec<BackstopView>,
}

/// Answer to `Shares`.
#[cw_serde]
pub struct SharesResponse {
    /// How many.
    pub shares: Uint128,
    /// What they would be redeemed for; absent while the backstop holds a position or a debt.
    pub worth: Option<Vec<Coin>>,
}

/// Answer to `Nominees`.
#[cw_serde]
pub struct NomineesResponse {
    /// The table of the account, if one is open.
    pub table: Option<NomineeTable>,
}

/// Who stands nominated to be closed against an account.
#[cw_serde]
pub struct NomineeTable {
    /// Best ranked first when somebody last nominated.
    pub nominees: Vec<AccountId>,
    /// From when the account may be closed, unix seconds.
    pub executable_at: u64,
    /// From when a new table must begin if no step touches the auction, unix seconds.
    pub lapses_at: u64,
}
