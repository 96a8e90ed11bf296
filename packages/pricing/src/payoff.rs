//! Payoffs of one contract at expiry: value at a settlement price, the integer that a
//! series pays per quantity unit, and the exact lowest payoff of a book of one expiry.
//!
//! A series pays **one** integer per quantity unit and both sides multiply by it, so
//! every expiry is zero-sum to the last base unit. The integer is defined so that put-call
//! parity survives the rounding: the settlement price is turned into base units once
//! ([`Terms::settlement_units`]), strikes are whole numbers of the same units, and everything
//! after that is integer arithmetic.

use crate::Fx;

mod book;
mod per_unit;

pub use book::{BookLeg, lowest_payoff, payoff_at_zero, slope_at_infinity};

/// What a contract pays at expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `max(S - K, 0)`.
    Call,
    /// `max(K - S, 0)`.
    Put,
    /// The market's digital payout if `S >= K`, else nothing.
    DigitalCall,
    /// The market's digital payout if `S < K`, else nothing.
    DigitalPut,
    /// `S - R` with the listed reference price `R`; negative when `S < R`.
    Future,
}

impl Kind {
    /// The kind's stable number in storage and in sign bytes.
    pub const fn code(self) -> u8 {
        match self {
            Self::Call => 0,
            Self::Put => 1,
            Self::DigitalCall => 2,
            Self::DigitalPut => 3,
            Self::Future => 4,
        }
    }

    /// The kind with this number.
    ///
    /// # Errors
    /// [`PayoffError::UnknownKind`] for a number no kind has.
    pub const fn from_code(code: u8) -> Result<Self, PayoffError> {
        match code {
            0 => Ok(Self::Call),
            1 => Ok(Self::Put),
            2 => Ok(Self::DigitalCall),
            3 => Ok(Self::DigitalPut),
            4 => Ok(Self::Future),
            _ => Err(PayoffError::UnknownKind { code }),
        }
    }
}

/// The coin a market settles in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Style {
    /// Settled in the quote coin: pays the USD payoff.
    Linear,
    /// Settled in the underlying: pays the USD payoff divided by the settlement price.
    Inverse,
}

/// A payoff in USD per 1 of the underlying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payoff {
    /// What it pays.
    pub kind: Kind,
    /// Strike in USD, or a future's reference price; `>= 0`.
    pub strike: Fx,
    /// USD that a digital pays per 1 of the underlying; not read for other kinds; `>= 0`.
    pub digital_payout: Fx,
}

/// How a market turns a payoff into base units of its settlement coin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The coin it settles in.
    pub style: Style,
    /// Base units of the settlement coin per quantity unit and per 1.0 of price: linear per
    /// 1 USD, inverse per 1 coin.
    pub multiplier: u64,
}

/// Why a payoff could not be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayoffError {
    /// A stored or signed number that names no kind.
    #[error("E_PAYOFF_KIND: no payoff kind has the number {code}")]
    UnknownKind {
        /// The number given.
        code: u8,
    },
    /// A negative strike, reference price or digital payout.
    #[error("E_PAYOFF_NEGATIVE: strike and digital payout must not be negative")]
    Negative,
    /// A settlement price below zero, or of zero in an inverse market.
    #[error("E_PAYOFF_PRICE: the settlement price must be positive")]
    Price,
    /// Linear and inverse legs in one book: they settle in different coins.
    #[error("E_PAYOFF_STYLES: one book cannot mix linear and inverse legs")]
    MixedStyles,
    /// A number that does not fit 127 bits.
    #[error("E_PAYOFF_RANGE: the payoff does not fit the integer type")]
    Range,
}
