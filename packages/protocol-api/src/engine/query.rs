//! The engine's queries. Every list is paged or bounded.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::Coin;

use super::{
    AccountResponse, AccountsResponse, AuthorizedResponse, BelowHealthResponse, CoinsResponse,
    ConfigResponse, CoveredResponse, DelegatesResponse, DeleverageData, DeleverageOrder,
    ExpiriesResponse, Fill, HealthResponse, InsuranceResponse, LedgerResponse, LiquidateOrder,
    LiquidatePreview, LiquidationStateResponse, LossResponse, MarketResponse, MarketsResponse,
    QueueResponse, SeriesPageResponse, SeriesResponse, SimulateFillsResponse,
    SimulateWithdrawResponse, VenueResponse, VenuesResponse,
};
use crate::engine::{AccountId, Consent, Scope};

/// Everything the engine can be asked.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Owner, guardian, oracle, treasury, parameters, pauses.
    #[returns(ConfigResponse)]
    Config {},
    /// Collateral coins.
    #[returns(CoinsResponse)]
    Coins {},
    /// Markets by number.
    #[returns(MarketsResponse)]
    Markets {
        /// Go on after this market number.
        start_after: Option<u16>,
        /// At most this many: 1 to 100, default 30.
        limit: Option<u32>,
    },
    /// One market.
    #[returns(MarketResponse)]
    Market {
        /// The market's symbol.
        market: String,
    },
    /// Expiries of a market in time order, fixed ones included.
    #[returns(ExpiriesResponse)]
    Expiries {
        /// The market's symbol.
        market: String,
        /// Go on after this expiry, unix seconds.
        start_after: Option<u64>,
        /// At most this many: 1 to 100, default 30.
        limit: Option<u32>,
    },
    /// One series: terms, open interest, payoff once fixed.
    #[returns(SeriesResponse)]
    Series {
        /// Canonical name.
        series: String,
    },
    /// A market's series: terms, open interest, payoff once fixed. Marks, vols and Greeks: the lens.
    #[returns(SeriesPageResponse)]
    SeriesPage {
        /// The market's symbol.
        market: String,
        /// Only this expiry, unix seconds.
        expiry: Option<u64>,
        /// Go on after this series.
        start_after: Option<String>,
        /// At most this many: 1 to 100, default 30.
        limit: Option<u32>,
    },
    /// One account.
    #[returns(AccountResponse)]
    Account {
        /// The account.
        account: AccountId,
    },
    /// Accounts by number.
    #[returns(AccountsResponse)]
    Accounts {
        /// Go on after this account.
        start_after: Option<AccountId>,
        /// At most this many: 1 to 50, default 30; an account costs more to show than other records.
        limit: Option<u32>,
    },
    /// Accounts of an owner by number.
    #[returns(AccountsResponse)]
    AccountsByOwner {
        /// The owner's address.
        owner: String,
        /// Go on after this account.
        start_after: Option<AccountId>,
        /// At most this many: 1 to 50, default 30; an account costs more to show than other records.
        limit: Option<u32>,
    },
    /// Delegates and admitted venues of an account.
    #[returns(DelegatesResponse)]
    Delegates {
        /// The account.
        account: AccountId,
    },
    /// Health with its explanation.
    #[returns(HealthResponse)]
    Health {
        /// The account.
        account: AccountId,
    },
    /// Whether the account is covered, and by how much, with no price at all.
    #[returns(CoveredResponse)]
    Covered {
        /// The account.
        account: AccountId,
    },
    /// What `SettleFills` would do now, without any venue's authority.
    #[returns(SimulateFillsResponse)]
    SimulateFills {
        /// The fills.
        fills: Vec<Fill>,
    },
    /// What `Withdraw` would do now.
    #[returns(SimulateWithdrawResponse)]
    SimulateWithdraw {
        /// The account.
        account: AccountId,
        /// How much of each coin.
        amounts: Vec<Coin>,
    },
    /// How accounts stand in liquidation, at most 32, cheaply and without explanation.
    #[returns(Vec<LiquidationStateResponse>)]
    LiquidationStates {
        /// The accounts.
        accounts: Vec<AccountId>,
    },
    /// Accounts by number whose health is below a bound.
    #[returns(BelowHealthResponse)]
    BelowHealth {
        /// The bound, parts per million; a million: below maintenance.
        bound: u32,
        /// Go on after this account.
        start_after: Option<AccountId>,
        /// Look at no more than this many: 1 to 50, default 30; an account costs more to show than other records.
        limit: Option<u32>,
    },
    /// What `Liquidate` would do now, without the liquidation contract's authority.
    #[returns(LiquidatePreview)]
    PreviewLiquidate {
        /// The step.
        order: LiquidateOrder,
    },
    /// What `Deleverage` would do now, without the liquidation contract's authority; also how the accounts named rank.
    #[returns(DeleverageData)]
    PreviewDeleverage {
        /// The order.
        order: DeleverageOrder,
    },
    /// The insurance of a market.
    #[returns(InsuranceResponse)]
    Insurance {
        /// The market's symbol.
        market: String,
    },
    /// The loss of a market and the round that shares it, as `ShareLoss` of one account would leave them now.
    #[returns(LossResponse)]
    Loss {
        /// The market's symbol.
        market: String,
        /// The account.
        account: Option<AccountId>,
    },
    /// Every term of the ledger of each coin.
    #[returns(LedgerResponse)]
    Ledger {},
    /// The withdrawal queue of a coin and an account's place in it.
    #[returns(QueueResponse)]
    Queue {
        /// The coin.
        denom: String,
        /// The account, for a claim of its own.
        account: Option<AccountId>,
        /// Whom the claim pays; default the account's owner. Nothing without an account.
        to: Option<String>,
    },
    /// Whether an address is an authorised venue.
    #[returns(VenueResponse)]
    Venue {
        /// The address.
        venue: String,
    },
    /// Authorised venues by address.
    #[returns(VenuesResponse)]
    Venues {
        /// Go on after this address.
        start_after: Option<String>,
        /// At most this many: 1 to 100, default 30.
        limit: Option<u32>,
    },
    /// Whether a party is the account's owner or a live delegate with the scope.
    #[returns(AuthorizedResponse)]
    Authorized {
        /// The account.
        account: AccountId,
        /// The party.
        consent: Consent,
        /// What it wants to do.
        scope: Scope,
    },
}
