//! The engine's messages.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Binary, Coin, Uint128};

use super::{
    AccountId, BetaEntry, CoinListing, CoinTerms, Consent, DelegateId, DeleverageOrder,
    EngineParams, Fill, Grant, LiquidateOrder, MarketListing, MarketParams, Profile,
};
use crate::governance::Offer;

/// Everything the engine can be told to do. `docs/access.md` says who may.
#[cw_serde]
pub enum ExecuteMsg {
    // --- accounts -------------------------------------------------------------------------
    /// Opens a new account owned by the sender; attached coins are deposited into it.
    CreateAccount {
        /// Venues the account admits from the start.
        venues: Vec<String>,
    },
    /// Owner: offers the account to another address, or withdraws the offer.
    OfferAccount {
        /// The account.
        account: AccountId,
        /// To whom and until when, at most 30 days; absent: the standing offer is withdrawn.
        offer: Option<Offer>,
    },
    /// The offered address: takes the account over. Delegates and venues are cleared.
    AcceptAccount {
        /// The account.
        account: AccountId,
        /// Fails unless the account's record still has this fingerprint (`LiquidationStates`): nobody takes over less than
        /// he looked at.
        fingerprint: Option<Binary>,
    },
    /// Owner: gives, changes or (without `grant`) revokes a delegation.
    SetDelegate {
        /// The account.
        account: AccountId,
        /// Who.
        delegate: DelegateId,
        /// What and until when; absent: revoked.
        grant: Option<Grant>,
    },
    /// Owner: admits a venue to trade for the account, or bars it.
    AdmitVenue {
        /// The account.
        account: AccountId,
        /// The venue's address.
        venue: String,
        /// True admits, false bars.
        admitted: bool,
    },

    // --- money ----------------------------------------------------------------------------
    /// Anyone: deposits exactly the attached coins into the account. A coin that it neither holds nor owes, but for the quote
    /// coin, comes from who may trade for it only.
    Deposit {
        /// The account.
        account: AccountId,
    },
    /// Owner or delegate: withdraws cash. What is left must pass the covered or the initial test and the limit on net vega, keep
    /// what a loss may still take of the account's gains and, where it is not covered, none of its markets may be short.
    /// If a denom runs short the amount waits in the denom's queue and is paid pro rata.
    Withdraw {
        /// The account.
        account: AccountId,
        /// How much of each coin, no denom twice, at most the cash held.
        amounts: Vec<Coin>,
        /// Whom to pay; default the owner. A delegate may name only the owner.
        to: Option<String>,
    },
    /// Anyone: pays a recipient what his queued withdrawal has been allotted.
    ClaimQueued {
        /// The account that asked for the withdrawal.
        account: AccountId,
        /// The coin.
        denom: String,
        /// Whom it was queued for; default the account's owner.
        to: Option<String>,
    },
    /// Anyone, from an account he may trade for: buys a debtor's collateral against the debt at
    /// the band's low edge less a bounded discount; at mark where that would leave the debtor below maintenance, or nobody can
    /// tell.
    BuyCollateral {
        /// The account that pays and receives the collateral.
        buyer: AccountId,
        /// The account that owes.
        debtor: AccountId,
        /// The coin that is owed.
        debt_denom: String,
        /// Collateral wanted; taken down to what the debt still needs.
        collateral: Coin,
        /// The most the buyer pays for all of it, base units of the debt's coin.
        max_pay: Uint128,
    },
    /// Anyone: moves collected fees of a coin into the treasury account.
    CollectFees {
        /// The coin.
        denom: String,
    },

    // --- trading --------------------------------------------------------------------------
    /// A venue that the owner authorised and every named account admitted: settles all fills or
    /// none. The accounts are tested once, after the last fill.
    SettleFills {
        /// The fills, at most 128 legs over all of them and 32 distinct accounts.
        fills: Vec<Fill>,
    },

    // --- liquidation ----------------------------------------------------------------------
    /// The liquidation contract: one step of the liquidation of an account below maintenance. Never pausable.
    /// The response's data is [`super::LiquidateData`].
    Liquidate(LiquidateOrder),
    /// The liquidation contract: closes an account below maintenance whose schedule has ended against accounts that hold
    /// the other sides, at one price a unit. Never pausable. The response's data is [`super::DeleverageData`].
    Deleverage(DeleverageOrder),
    /// The liquidation contract: moves quote cash of an account that admits it into escrow, for a standing bid.
    /// What is left must pass the test of a withdrawal.
    Reserve {
        /// The account.
        account: AccountId,
        /// Who consents for it.
        consent: Consent,
        /// Quote base units.
        amount: Uint128,
    },
    /// The liquidation contract: moves escrow back into an account's cash.
    Release {
        /// The account.
        account: AccountId,
        /// Quote base units.
        amount: Uint128,
    },
    /// Anyone: adds the attached quote coins to a market's insurance. Nobody can take them out.
    FundInsurance {
        /// The market's symbol.
        market: String,
    },
    /// Anyone: pays the debts of an account that has nothing left from the insurance of the markets that lost,
    /// within the hourly caps; what is older than the grace of debts is written off: a loss of those markets. An account
    /// that still has legs, all of which can only pay, is insurance's from then on, and this message collects what it is paid.
    CoverDebt {
        /// The account.
        account: AccountId,
    },
    /// Anyone: goes on with the round that shares a market's loss over the gains made there. Insurance pays what it may. The
    /// round ends when insurance has paid all of it, or when its time is over and all accounts were looked at. The accounts
    /// named get back what an ended round left of their gains, and are counted into the one that runs.
    ShareLoss {
        /// The market's symbol.
        market: String,
        /// At most 16. Who is counted pays his part, the same whatever the order and however often he is named. A round looks
        /// at all accounts from the one that `Loss` shows as `unseen` downwards, and waits for that a week at most.
        accounts: Vec<AccountId>,
    },

    // --- series and settlement ------------------------------------------------------------
    /// Anyone: lists series on a market's grid and calendar against the listing fee; the owner
    /// pays no fee and may name any whole minute as expiry. Listed series are passed over.
    ListSeries {
        /// Canonical names, at most 64.
        series: Vec<String>,
    },
    /// Anyone: takes over the oracle's settlement price of an expiry, once it is final.
    FixExpiry {
        /// The market's symbol.
        market: String,
        /// The expiry, unix seconds.
        expiry: u64,
    },
    /// Anyone: settles whatever has been fixed in these accounts.
    SettleAccounts {
        /// At most 32 accounts.
        accounts: Vec<AccountId>,
    },
    /// Anyone: settles whatever has been fixed in the next accounts by number. The response's
    /// data is the last number looked at ([`super::SettlePageData`]).
    SettlePage {
        /// Go on after this account.
        start_after: Option<AccountId>,
        /// At most this many accounts: 1 to 50, default 30.
        limit: Option<u32>,
    },

    // --- owner ----------------------------------------------------------------------------
    /// Owner: adds a collateral coin.
    AddCoin {
        /// Its listing.
        listing: CoinListing,
    },
    /// Owner: changes a coin's terms.
    SetCoinTerms {
        /// The coin.
        denom: String,
        /// The new terms.
        terms: CoinTerms,
        /// When they take effect, unix seconds, from now to a year ahead.
        effective_at: u64,
    },
    /// Owner: adds a market.
    AddMarket {
        /// Its listing.
        listing: MarketListing,
    },
    /// Owner: changes a market's parameters. Listed series keep their terms.
    SetMarketParams {
        /// The market's symbol.
        market: String,
        /// The new parameters.
        params: MarketParams,
        /// When they take effect, unix seconds.
        effective_at: u64,
    },
    /// Owner: sets the margin profile of an underlying.
    SetProfile {
        /// The underlying (oracle feed).
        underlying: u16,
        /// The profile.
        profile: Profile,
        /// When it takes effect, unix seconds.
        effective_at: u64,
    },
    /// Owner: sets how underlyings move together in joint scenarios; pairs not named have beta 1. Every driver leads every
    /// account of several underlyings, whether it holds it or not.
    SetBetas {
        /// The betas, at most 64.
        betas: Vec<BetaEntry>,
        /// When they take effect, unix seconds.
        effective_at: u64,
    },
    /// Owner: authorises a venue or takes the authority back.
    SetVenue {
        /// The venue's address.
        venue: String,
        /// True authorises.
        authorized: bool,
    },
    /// Owner: names the liquidation contract, one that never was it. Bids with the one before end: what they held goes back to
    /// each account when it is touched next.
    SetLiquidator {
        /// Its address.
        liquidator: String,
    },
    /// Owner: names the account that collects fees.
    SetTreasury {
        /// The account.
        account: AccountId,
    },
    /// Owner: changes engine-wide parameters.
    SetParams {
        /// The new parameters.
        params: EngineParams,
        /// When they take effect, unix seconds.
        effective_at: u64,
    },
    /// Owner: offers ownership of the engine; a new offer replaces the old one.
    ProposeOwner {
        /// To whom.
        owner: String,
        /// Until when, unix seconds, at most 30 days ahead.
        expires_at: u64,
    },
    /// Owner: withdraws the offer.
    CancelOwnerProposal {},
    /// The proposed owner: takes over.
    AcceptOwner {},
    /// Owner: names or removes the guardian.
    SetGuardian {
        /// The guardian; absent: none.
        guardian: Option<String>,
    },
    /// Guardian: pauses actions for a while, then rests as long. Liquidating, reducing, settling,
    /// repaying and withdrawing have no pause.
    Pause {
        /// What to pause.
        actions: Vec<PauseAction>,
        /// For how long, at most seven days.
        seconds: u64,
    },
    /// Owner: ends a pause at once.
    LiftPause {},
}

/// What may be paused.
#[cw_serde]
#[derive(Copy)]
pub enum PauseAction {
    /// Fills that do not reduce.
    Open,
    /// Listing of series.
    List,
    /// New accounts, and deposits into accounts that owe nothing.
    Deposit,
}

/// Data of the response to `SettlePage`, JSON.
#[cw_serde]
pub struct SettlePageData {
    /// The last account looked at; absent: there are no more.
    pub last: Option<AccountId>,
}

/// What `migrate` takes.
#[cw_serde]
pub struct MigrateMsg {}
