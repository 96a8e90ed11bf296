//! What a backstop's shares are worth. Every rounding is against whoever asks.
//!
//! A thousand shares that nobody owns, and one quote unit that nobody gave, stand in every formula: the first depositor
//! gets a thousand shares a unit, and whoever drives the price of a share up by a gift loses most of it to them.

use fixed_math::int::umul_div_floor;

use crate::error::ContractError;

/// Shares that nobody owns.
const VIRTUAL_SHARES: u128 = 1_000;
/// Quote units that nobody gave.
const VIRTUAL_QUOTE: u128 = 1;
/// A share that is worth less than one part of this of a quote unit is worth nothing.
const WORTHLESS: u128 = 1_000_000_000_000;

/// Shares for `deposit` quote units of a backstop worth `value`, rounded down: those who hold shares gain.
///
/// # Errors
/// [`ContractError::Overflow`] beyond 128 bits.
pub fn issued_floor(deposit: u128, value: u128, supply: u128) -> Result<u128, ContractError> {
    let value = plus(value, VIRTUAL_QUOTE)?;
    umul_div_floor(deposit, plus(supply, VIRTUAL_SHARES)?, value)
        .map_err(|_| ContractError::Overflow)
}

/// What a backstop is worth to a depositor: quote units, and what its other coins are worth with a tenth on top, rounded
/// up. He may redeem them at once, and their price may be a little behind: the tenth is dearer than that.
///
/// # Errors
/// [`ContractError::Overflow`] beyond 128 bits.
pub fn value_ceil(quote: u128, others: u128) -> Result<u128, ContractError> {
    plus(plus(quote, others)?, others.div_ceil(10))
}

/// What `shares` are redeemed for of a coin of which `held` is there, rounded down: those who stay gain.
///
/// # Errors
/// [`ContractError::Overflow`] beyond 128 bits.
pub fn worth_floor(held: u128, shares: u128, supply: u128) -> Result<u128, ContractError> {
    umul_div_floor(held, shares, plus(supply, VIRTUAL_SHARES)?).map_err(|_| ContractError::Overflow)
}

/// Whether all is lost: nothing is there, or a share is worth less than `10^-12` quote units. The next deposit then
/// starts a new series of shares, or their number would grow with every loss.
#[must_use]
pub fn is_lost(value: u128, supply: u128) -> bool {
    if value == 0 {
        return supply > 0;
    }
    match value.saturating_add(VIRTUAL_QUOTE).checked_mul(WORTHLESS) {
        Some(bound) => bound < supply,
        None => false,
    }
}

fn plus(a: u128, b: u128) -> Result<u128, ContractError> {
    a.checked_add(b).ok_or(ContractError::Overflow)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spec_example_shares_of_a_backstop() {
        // 1,000 units into an empty one, then 500 after a gain of 250.
        assert_eq!(issued_floor(1_000, 0, 0), Ok(1_000_000));
        // 500 x 1,001,000 / 1,251 = 400,079.9...
        assert_eq!(issued_floor(500, 1_250, 1_000_000), Ok(400_079));
        // 1,750 x 400,079 / 1,401,079 = 499.7...
        assert_eq!(worth_floor(1_750, 400_079, 1_400_079), Ok(499));
        // Other coins of 71 units count as 71 + 7.1.
        assert_eq!(value_ceil(1_250, 71), Ok(1_329));
    }

    #[test]
    fn a_gift_before_the_second_deposit_costs_the_giver() {
        // The attack: one unit first, a gift of a million, a victim of two million, then out.
        let first = issued_floor(1, 0, 0).unwrap();
        let gift = 1_000_000;
        let victim = issued_floor(2_000_000, 1 + gift, first).unwrap();
        let pool = 1 + gift + 2_000_000;
        let supply = first + victim;
        let thief = worth_floor(pool, first, supply).unwrap();
        assert!(
            thief < 1 + gift / 2 + 1_000,
            "{thief}: half of the gift is lost"
        );
        let back = worth_floor(pool, victim, supply).unwrap();
        assert!(
            back + 1_000 > 2_000_000,
            "{back}: the victim loses at most a thousandth of the gift"
        );
    }

    #[test]
    fn a_total_loss_is_told_from_a_large_one() {
        let supply = 1_000_000_000_000_000;
        assert!(!is_lost(1_000, supply));
        assert!(!is_lost(999, supply), "exactly 10^-12");
        assert!(is_lost(998, supply));
        assert!(!is_lost(0, 0));
        assert!(is_lost(0, 1));
        assert!(!is_lost(u128::MAX, u128::MAX));
    }

    proptest! {
        /// In and out at once, whatever the state: never a gain, other coins at their price included.
        #[test]
        fn in_and_out_never_gains(
            quote in prop_oneof![Just(0_u128), 0..1_u128 << 60],
            others in prop_oneof![Just(0_u128), 0..1_u128 << 60],
            supply in prop_oneof![Just(0_u128), 0..1_u128 << 70],
            deposit in 1..1_u128 << 50,
        ) {
            let value = value_ceil(quote, others).unwrap();
            prop_assume!(!is_lost(value, supply));
            let shares = issued_floor(deposit, value, supply).unwrap();
            let after = supply + shares;
            let out = worth_floor(quote + deposit, shares, after).unwrap();
            let coins = worth_floor(others, shares, after).unwrap();
            prop_assert!(out + coins <= deposit);
            // Whoever was there has no less than before.
            let before = worth_floor(quote + others, supply, supply).unwrap();
            let now = worth_floor(quote + others + deposit, supply, after).unwrap();
            prop_assert!(now + 1 >= before);
        }

        /// Leaving in pieces brings no more than leaving at once, and never more than there is.
        #[test]
        fn pieces_bring_no_more(
            quote in 0..1_u128 << 70,
            mine in 2..1_u128 << 60,
            others in 0..1_u128 << 60,
        ) {
            let supply = mine + others;
            let whole = worth_floor(quote, mine, supply).unwrap();
            let part = mine / 2;
            let first = worth_floor(quote, part, supply).unwrap();
            let second = worth_floor(quote - first, mine - part, supply - part).unwrap();
            prop_assert!(first + second <= whole + 1 && whole <= quote);
            prop_assert!(first + second <= quote);
        }
    }
}
