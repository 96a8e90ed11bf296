//! What the engine says happened: past tense, attributes in declared order.

use crate::event::{TypedEvent, typed_events};

typed_events! {
    /// An account was opened.
    AccountCreated = "account_created" {
        /// Its number.
        account: u64,
        /// Its owner.
        owner: String,
    }
    /// An account was offered; an empty `to` withdraws the offer.
    AccountOffered = "account_offered" {
        /// The account.
        account: u64,
        /// To whom.
        to: String,
    }
    /// An account changed hands.
    AccountAccepted = "account_accepted" {
        /// The account.
        account: u64,
        /// The new owner.
        owner: String,
    }
    /// A delegation was given, changed or (scopes 0) revoked.
    DelegateSet = "delegate_set" {
        /// The account.
        account: u64,
        /// Address or key (hexadecimal).
        delegate: String,
        /// Bit 0: trade; bit 1: withdraw to the owner.
        scopes: u8,
        /// Until when, unix seconds.
        expires_at: u64,
    }
    /// A venue was admitted or barred by an account.
    VenueAdmitted = "venue_admitted" {
        /// The account.
        account: u64,
        /// The venue.
        venue: String,
        /// True admits.
        admitted: bool,
    }
    /// Coins came in.
    Deposited = "deposited" {
        /// The account.
        account: u64,
        /// The coin.
        denom: String,
        /// Base units.
        amount: u128,
    }
    /// Coins went out, or (`queued`) wait in the queue.
    Withdrawn = "withdrawn" {
        /// The account.
        account: u64,
        /// The coin.
        denom: String,
        /// Base units paid.
        amount: u128,
        /// Base units queued.
        queued: u128,
        /// To whom.
        to: String,
    }
    /// A queued withdrawal was paid as far as it was allotted.
    QueuePaid = "queue_paid" {
        /// The account.
        account: u64,
        /// The coin.
        denom: String,
        /// Base units.
        amount: u128,
        /// To whom.
        to: String,
    }
    /// A debtor's collateral was bought.
    CollateralBought = "collateral_bought" {
        /// The buyer's account.
        buyer: u64,
        /// The debtor's account.
        debtor: u64,
        /// The coin sold.
        denom: String,
        /// Base units sold.
        amount: u128,
        /// Base units of the debt's coin paid.
        paid: u128,
    }
    /// A liquidation looked at an account, and sold of it what the `slice_taken` before it say.
    LiquidationStepped = "liquidation_stepped" {
        /// The account.
        account: u64,
        /// Its value at mark now, quote base units.
        equity: i128,
        /// Its maintenance margin now.
        maintenance: i128,
        /// Penalties the takers paid, base units of the quote coin.
        penalty: u128,
        /// The keeper's part of them; the rest went to insurance.
        keeper_reward: u128,
    }
    /// A taker took a slice of an account.
    SliceTaken = "slice_taken" {
        /// The account sold.
        account: u64,
        /// The taker's account.
        taker: u64,
        /// Reward, parts per million of the margin he took over.
        reward: i32,
        /// What he paid, penalty included, quote base units; negative: what he was paid.
        paid: i128,
    }
    /// An account gave up the other side of legs of an account that nobody took.
    Deleveraged = "deleveraged" {
        /// The account that was closed.
        account: u64,
        /// The account that held the other side.
        counterparty: u64,
        /// What the counterparty paid, quote base units; negative: what it got.
        paid: i128,
    }
    /// A market's insurance paid for an account that was worth less than nothing.
    InsurancePaid = "insurance_paid" {
        /// The market's symbol.
        market: String,
        /// Base units of the quote coin.
        amount: u128,
    }
    /// Coins were added to a market's insurance.
    InsuranceFunded = "insurance_funded" {
        /// The market's symbol.
        market: String,
        /// Base units of the quote coin.
        amount: u128,
    }
    /// A dead debt was paid by insurance.
    DebtCovered = "debt_covered" {
        /// The account that owed it.
        account: u64,
        /// Base units of the quote coin.
        amount: u128,
    }
    /// Insurance took over an account of which only legs that can only pay were left: it has no owner any more.
    EstateTaken = "estate_taken" {
        /// The account.
        account: u64,
        /// Who owned it.
        owner: String,
    }
    /// What an account that insurance took over was paid went to insurance, or in other coins than quote to the fees.
    EstateCleared = "estate_cleared" {
        /// The account.
        account: u64,
        /// The coin's denomination.
        denom: String,
        /// Base units.
        amount: u128,
    }
    /// A dead debt became a loss of a market.
    DebtWrittenOff = "debt_written_off" {
        /// The account that owed it.
        account: u64,
        /// The market's symbol.
        market: String,
        /// Base units of the market's settlement coin.
        amount: u128,
    }
    /// Gains of an account in a market with a loss were withheld (negative) or given back.
    GainsMoved = "gains_moved" {
        /// The account.
        account: u64,
        /// The market's symbol.
        market: String,
        /// Signed base units of the market's settlement coin: what its cash changed by; 0 where more was counted, and
        /// all that is lost withheld before.
        amount: i128,
    }
    /// A round that shared a market's loss ended.
    LossShared = "loss_shared" {
        /// The market's symbol.
        market: String,
        /// The round.
        round: u32,
        /// Gains counted in it.
        gains: u128,
        /// What they pay of the loss.
        raised: u128,
        /// What nobody paid: the next round's.
        left: u128,
    }
    /// Quote cash went from an account into escrow, or (negative) back.
    EscrowMoved = "escrow_moved" {
        /// The account.
        account: u64,
        /// Signed base units of the quote coin.
        amount: i128,
    }
    /// Fees went to the treasury account.
    FeesCollected = "fees_collected" {
        /// The coin.
        denom: String,
        /// Base units.
        amount: u128,
    }
    /// A fill was settled.
    FillSettled = "fill_settled" {
        /// The maker's account.
        maker: u64,
        /// The taker's account.
        taker: u64,
        /// Premium the taker paid, signed base units.
        premium: i128,
        /// The maker's fee.
        maker_fee: u128,
        /// The taker's fee.
        taker_fee: u128,
    }
    /// A series was listed.
    SeriesListed = "series_listed" {
        /// Its name.
        series: String,
    }
    /// A settlement price was taken over from the oracle.
    ExpiryFixed = "expiry_fixed" {
        /// The market's symbol.
        market: String,
        /// Unix seconds.
        expiry: u64,
        /// The price, USD, at most 18 digits after the point.
        price: String,
    }
    /// A coin was added, or its terms change.
    CoinSet = "coin_set" {
        /// The coin.
        denom: String,
        /// From when, unix seconds.
        effective_at: u64,
    }
    /// A market was added, or its parameters change.
    MarketSet = "market_set" {
        /// The market's symbol.
        market: String,
        /// From when, unix seconds.
        effective_at: u64,
    }
    /// A profile was planned.
    ProfileSet = "profile_set" {
        /// The underlying.
        underlying: u16,
        /// From when, unix seconds.
        effective_at: u64,
    }
    /// Engine-wide settings are planned.
    ConfigSet = "config_set" {
        /// Which: `params` or `betas`.
        what: String,
        /// From when, unix seconds.
        effective_at: u64,
    }
    /// The guardian paused actions.
    Paused = "paused" {
        /// Which, between commas: `open`, `list`, `deposit`.
        actions: String,
        /// When it ends by itself, unix seconds.
        until: u64,
    }
    /// The owner ended a pause.
    PauseLifted = "pause_lifted" {}
    /// The liquidation contract was named.
    LiquidatorSet = "liquidator_set" {
        /// Its address.
        liquidator: String,
    }
    /// The account that collects fees was named.
    TreasurySet = "treasury_set" {
        /// The account.
        account: u64,
    }
    /// A venue was authorised or lost the authority.
    VenueSet = "venue_set" {
        /// The venue.
        venue: String,
        /// True authorises.
        authorized: bool,
    }
}
