//! What coins a message may carry: exactly these, exactly one, or none.

use cosmwasm_std::{Coin, Uint128};
use thiserror::Error;

/// Why the coins sent along are refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FundsError {
    /// The message takes no coins.
    #[error("E_FUNDS_UNWANTED: this message takes no coins")]
    Unwanted,
    /// The message needs coins of one denom.
    #[error("E_FUNDS_ONE_COIN: exactly one coin is needed, {sent} were sent")]
    OneCoin {
        /// How many denoms were sent.
        sent: usize,
    },
    /// At least one coin is needed.
    #[error("E_FUNDS_MISSING: coins are needed, none were sent")]
    Missing,
    /// A denom that is not accepted here.
    #[error("E_FUNDS_DENOM: denom `{denom}` is not accepted here")]
    Denom {
        /// The denom sent.
        denom: String,
    },
    /// An amount of zero.
    #[error("E_FUNDS_ZERO: the amount of `{denom}` is zero")]
    Zero {
        /// The denom sent.
        denom: String,
    },
    /// An amount that does not fit 128 bits.
    #[error("E_FUNDS_AMOUNT: the amount of `{denom}` is beyond 128 bits")]
    Amount {
        /// The denom sent.
        denom: String,
    },
    /// The same denom twice.
    #[error("E_FUNDS_DUPLICATE: denom `{denom}` is sent twice")]
    Duplicate {
        /// The denom sent.
        denom: String,
    },
}

/// Refuses any coin: a message that needs none must carry none, or they would be lost.
///
/// # Errors
/// [`FundsError::Unwanted`].
pub const fn none(funds: &[Coin]) -> Result<(), FundsError> {
    if funds.is_empty() {
        Ok(())
    } else {
        Err(FundsError::Unwanted)
    }
}

/// The amount of the one coin sent, which must be `denom`.
///
/// # Errors
/// [`FundsError::OneCoin`], [`FundsError::Denom`], [`FundsError::Zero`] or [`FundsError::Amount`].
pub fn exactly(funds: &[Coin], denom: &str) -> Result<Uint128, FundsError> {
    let [coin] = funds else {
        return Err(FundsError::OneCoin { sent: funds.len() });
    };
    if coin.denom != denom {
        return Err(FundsError::Denom {
            denom: coin.denom.clone(),
        });
    }
    some(funds)?;
    Uint128::try_from(coin.amount).map_err(|_| FundsError::Amount {
        denom: coin.denom.clone(),
    })
}

/// At least one coin, none of them zero, no denom twice.
///
/// # Errors
/// [`FundsError::Missing`], [`FundsError::Zero`] or [`FundsError::Duplicate`].
pub fn some(funds: &[Coin]) -> Result<(), FundsError> {
    if funds.is_empty() {
        return Err(FundsError::Missing);
    }
    for (index, coin) in funds.iter().enumerate() {
        if coin.amount.is_zero() {
            return Err(FundsError::Zero {
                denom: coin.denom.clone(),
            });
        }
        if funds
            .iter()
            .take(index)
            .any(|earlier| earlier.denom == coin.denom)
        {
            return Err(FundsError::Duplicate {
                denom: coin.denom.clone(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::{Uint256, coin};

    use super::*;

    #[test]
    fn none_takes_none() {
        assert_eq!(none(&[]), Ok(()));
        assert_eq!(none(&[coin(1, "usd")]), Err(FundsError::Unwanted));
    }

    #[test]
    fn exactly_takes_one_coin_of_the_denom() {
        assert_eq!(exactly(&[coin(7, "usd")], "usd"), Ok(Uint128::new(7)));
        assert_eq!(exactly(&[], "usd"), Err(FundsError::OneCoin { sent: 0 }));
        let wrong = FundsError::Denom {
            denom: "btc".into(),
        };
        assert_eq!(exactly(&[coin(7, "btc")], "usd"), Err(wrong));
        let zero = FundsError::Zero {
            denom: "usd".into(),
        };
        assert_eq!(exactly(&[coin(0, "usd")], "usd"), Err(zero));
        let large = Coin {
            amount: Uint256::from(Uint128::MAX) + Uint256::one(),
            denom: "usd".into(),
        };
        let beyond = FundsError::Amount {
            denom: "usd".into(),
        };
        assert_eq!(exactly(&[large], "usd"), Err(beyond));
        let two = [coin(7, "usd"), coin(7, "btc")];
        assert_eq!(exactly(&two, "usd"), Err(FundsError::OneCoin { sent: 2 }));
    }

    #[test]
    fn some_refuses_nothing_zero_and_twice() {
        assert_eq!(some(&[]), Err(FundsError::Missing));
        let twice = [coin(1, "usd"), coin(2, "usd")];
        assert_eq!(
            some(&twice),
            Err(FundsError::Duplicate {
                denom: "usd".into()
            })
        );
        assert_eq!(some(&[coin(1, "usd"), coin(2, "btc")]), Ok(()));
    }
}
