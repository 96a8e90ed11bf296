//! What the liquidation contract says happened. The engine's events carry legs and money.

use crate::event::{TypedEvent, typed_events};

typed_events! {
    /// An auction began, or began anew.
    AuctionStarted = "auction_started" {
        /// The account.
        account: u64,
        /// Its clock, unix seconds.
        at: u64,
    }
    /// An account is out of liquidation.
    AuctionEnded = "auction_ended" {
        /// The account.
        account: u64,
    }
    /// A bid stands.
    BidPlaced = "bid_placed" {
        /// The bidder's account.
        account: u64,
        /// The reward asked.
        reward: i32,
        /// Its budget.
        budget: u128,
        /// When it starts to count, unix seconds.
        active_at: u64,
    }
    /// A bid ended: taken back, spent, or passed over because its account may not take.
    BidEnded = "bid_ended" {
        /// The bidder's account.
        account: u64,
        /// The reward asked.
        reward: i32,
        /// What returned to the account.
        released: u128,
    }
    /// A backstop was opened.
    BackstopCreated = "backstop_created" {
        /// Its number.
        group: u16,
        /// Its engine account.
        account: u64,
    }
    /// Shares were issued.
    BackstopDeposited = "backstop_deposited" {
        /// The backstop's number.
        group: u16,
        /// The holder.
        holder: String,
        /// Shares.
        shares: u128,
    }
    /// Shares were redeemed.
    BackstopWithdrawn = "backstop_withdrawn" {
        /// The backstop's number.
        group: u16,
        /// The holder.
        holder: String,
        /// Shares.
        shares: u128,
    }
    /// Who may be closed against an account, best ranked first, as of now.
    Nominated = "nominated" {
        /// The account that is to be closed.
        account: u64,
        /// Account numbers between commas.
        nominees: String,
        /// From when it may be closed, unix seconds.
        executable_at: u64,
    }
    /// New terms are planned.
    TermsSet = "terms_set" {
        /// From when, unix seconds.
        effective_at: u64,
    }
}
