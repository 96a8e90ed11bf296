//! Between decimals, whose unit is `10^-18`, and the kernel's binary numbers, whose unit is `2^-64`.

use cosmwasm_std::{Decimal, Uint128};
use fixed_math::Fx;

/// One, in units of `10^-18`.
pub const ONE: u128 = 1_000_000_000_000_000_000;

/// Units of `10^-18` as a decimal.
#[must_use]
pub const fn from_atomics(atomics: u128) -> Decimal {
    Decimal::new(Uint128::new(atomics))
}

/// `|value|` in units of `10^-18`, rounded down, which is toward zero.
#[must_use]
pub const fn atomics_floor(value: Fx) -> u128 {
    // Both products stay below 2^124, since a value is below 2^63 and one below 2^60.
    let bits = value.to_bits().unsigned_abs();
    let whole = (bits >> 64).saturating_mul(ONE);
    let part = (bits & (u64::MAX as u128)).saturating_mul(ONE) >> 64;
    whole.saturating_add(part)
}

/// A price or a share as it is shown, rounded down; zero for a negative one.
#[must_use]
pub fn decimal_floor(value: Fx) -> Decimal {
    from_atomics(atomics_floor(value.max(Fx::ZERO)))
}

/// `numerator / 2^bits` as a decimal, rounded down.
#[must_use]
pub fn binary_floor(numerator: u64, bits: u32) -> Decimal {
    // Below 2^64 x 2^60: the product fits.
    let atomics = u128::from(numerator).saturating_mul(ONE);
    from_atomics(atomics.checked_shr(bits).unwrap_or(0))
}

/// A decimal as a kernel number, rounded down by less than `2^-64`; `None` from `2^63` on.
#[must_use]
pub fn fx_floor(value: Decimal) -> Option<Fx> {
    let atomics = value.atomics().u128();
    let whole = i128::try_from(atomics.checked_div(ONE)?).ok()?;
    let part = (atomics.checked_rem(ONE)? << 64).checked_div(ONE)?;
    let bits = whole.checked_mul(1 << 64)?;
    bits.checked_add(i128::try_from(part).ok()?)
        .map(Fx::from_bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_are_rounded_down_in_their_units() {
        assert_eq!(decimal_floor(Fx::from_num(1.5)), decimal("1.5"));
        // 2^-32 = 0.000000000232830643653869...
        let fine = Fx::from_bits((3 << 64) + (1 << 32));
        assert_eq!(decimal_floor(fine), decimal("3.000000000232830643"));
        assert_eq!(atomics_floor(-fine), 3_000_000_000_232_830_643);
        assert_eq!(decimal_floor(-fine), Decimal::zero());
        assert_eq!(binary_floor(3, 1), decimal("1.5"));
        // 2^-24 = 0.000000059604644775390625
        assert_eq!(binary_floor(1, 24), decimal("0.000000059604644775"));
        assert_eq!(binary_floor(u64::MAX, 128), Decimal::zero());
        // 2^64 / 10 = 1844674407370955161.6
        let tenth = Fx::from_bits(1_844_674_407_370_955_161);
        assert_eq!(fx_floor(decimal("0.1")), Some(tenth));
    }

    #[test]
    fn both_ends_of_the_range() {
        // 2^127 - 1 units of 2^-64 are 2^63 less 5.4e-20.
        assert_eq!(
            decimal_floor(Fx::MAX),
            decimal("9223372036854775807.999999999999999999")
        );
        assert_eq!(atomics_floor(Fx::MIN), (1 << 63) * ONE);
        assert_eq!(fx_floor(decimal("9223372036854775808")), None);
        assert!(fx_floor(decimal("9223372036854775807.9")).is_some());
        // Two to the 64th and more had their highest bits shifted out.
        assert_eq!(fx_floor(decimal("18446744073709551617")), None);
        assert_eq!(fx_floor(Decimal::MAX), None);
    }
}
