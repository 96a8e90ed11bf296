//! Who may send which message; the contract's gate reads this table.

use super::ExecuteMsg;
use crate::access::Role;

/// One row per message.
pub const ACCESS: &[(&str, Role)] = &[
    ("create_account", Role::Anyone),
    ("offer_account", Role::AccountOwner),
    ("accept_account", Role::PendingOwner),
    ("set_delegate", Role::AccountOwner),
    ("admit_venue", Role::AccountOwner),
    ("deposit", Role::Anyone),
    ("withdraw", Role::AccountDelegate),
    ("claim_queued", Role::Anyone),
    ("buy_collateral", Role::AccountDelegate),
    ("collect_fees", Role::Anyone),
    ("settle_fills", Role::Venue),
    ("liquidate", Role::Protocol),
    ("deleverage", Role::Protocol),
    ("reserve", Role::Protocol),
    ("release", Role::Protocol),
    ("fund_insurance", Role::Anyone),
    ("cover_debt", Role::Anyone),
    ("share_loss", Role::Anyone),
    ("list_series", Role::Anyone),
    ("fix_expiry", Role::Anyone),
    ("settle_accounts", Role::Anyone),
    ("settle_page", Role::Anyone),
    ("add_coin", Role::Owner),
    ("set_coin_terms", Role::Owner),
    ("add_market", Role::Owner),
    ("set_market_params", Role::Owner),
    ("set_profile", Role::Owner),
    ("set_betas", Role::Owner),
    ("set_venue", Role::Owner),
    ("set_liquidator", Role::Owner),
    ("set_treasury", Role::Owner),
    ("set_params", Role::Owner),
    ("propose_owner", Role::Owner),
    ("cancel_owner_proposal", Role::Owner),
    ("accept_owner", Role::PendingOwner),
    ("set_guardian", Role::Owner),
    ("pause", Role::Guardian),
    ("lift_pause", Role::Owner),
];

impl ExecuteMsg {
    /// The name of the message, as in [`ACCESS`] and on the wire.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::CreateAccount { .. } => "create_account",
            Self::OfferAccount { .. } => "offer_account",
            Self::AcceptAccount { .. } => "accept_account",
            Self::SetDelegate { .. } => "set_delegate",
            Self::AdmitVenue { .. } => "admit_venue",
            Self::Deposit { .. } => "deposit",
            Self::Withdraw { .. } => "withdraw",
            Self::ClaimQueued { .. } => "claim_queued",
            Self::BuyCollateral { .. } => "buy_collateral",
            Self::CollectFees { .. } => "collect_fees",
            Self::SettleFills { .. } => "settle_fills",
            Self::Liquidate(_) => "liquidate",
            Self::Deleverage(_) => "deleverage",
            Self::Reserve { .. } => "reserve",
            Self::Release { .. } => "release",
            Self::FundInsurance { .. } => "fund_insurance",
            Self::CoverDebt { .. } => "cover_debt",
            Self::ShareLoss { .. } => "share_loss",
            Self::ListSeries { .. } => "list_series",
            Self::FixExpiry { .. } => "fix_expiry",
            Self::SettleAccounts { .. } => "settle_accounts",
            Self::SettlePage { .. } => "settle_page",
            Self::AddCoin { .. } => "add_coin",
            Self::SetCoinTerms { .. } => "set_coin_terms",
            Self::AddMarket { .. } => "add_market",
            Self::SetMarketParams { .. } => "set_market_params",
            Self::SetProfile { .. } => "set_profile",
            Self::SetBetas { .. } => "set_betas",
            Self::SetVenue { .. } => "set_venue",
            Self::SetLiquidator { .. } => "set_liquidator",
            Self::SetTreasury { .. } => "set_treasury",
            Self::SetParams { .. } => "set_params",
            Self::ProposeOwner { .. } => "propose_owner",
            Self::CancelOwnerProposal {} => "cancel_owner_proposal",
            Self::AcceptOwner {} => "accept_owner",
            Self::SetGuardian { .. } => "set_guardian",
            Self::Pause { .. } => "pause",
            Self::LiftPause {} => "lift_pause",
        }
    }

    /// Whether the message may carry coins.
    #[must_use]
    pub const fn takes_coins(&self) -> bool {
        matches!(
            self,
            Self::CreateAccount { .. }
                | Self::Deposit { .. }
                | Self::ListSeries { .. }
                | Self::FundInsurance { .. }
        )
    }
}
