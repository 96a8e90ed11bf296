//! Insurance: how an amount is shared over markets, and what a market's fund may pay in an hour.

use fixed_math::int::umul_div_floor;

/// Seconds over which a fund's cap holds.
const HOUR: u64 = 3_600;
/// A fund pays at most one part in so many of what it held when the hour began.
const PART: u128 = 10;
/// In one message it pays at most one part in so many of that.
const MESSAGE_PART: u128 = 20;

/// One market's insurance, quote base units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fund {
    /// What it holds.
    pub balance: u128,
    /// The hour that the next two count, unix hours.
    pub hour: u64,
    /// What it held when the hour began.
    pub base: u128,
    /// What it has paid since.
    pub paid: u128,
    /// What it has paid in the message at work; not kept.
    pub in_message: u128,
    /// What it would have to pay of the deficits recorded.
    pub shortfall: u128,
}

impl Fund {
    /// The fund at the beginning of a message in the hour of `now`.
    #[must_use]
    pub fn at(mut self, now: u64) -> Self {
        self.in_message = 0;
        let hour = now / HOUR;
        if hour != self.hour {
            (self.hour, self.base, self.paid) = (hour, self.balance, 0);
        }
        self
    }

    /// What it may still pay in this message: a tenth an hour, half of that at once, and never more than it holds.
    #[must_use]
    pub fn available(&self) -> u128 {
        let hour = (self.base / PART).saturating_sub(self.paid);
        let at_once = (self.base / MESSAGE_PART).saturating_sub(self.in_message);
        hour.min(at_once).min(self.balance)
    }

    /// When the hour ends, unix seconds.
    #[must_use]
    pub const fn hour_ends(&self) -> u64 {
        self.hour.saturating_add(1).saturating_mul(HOUR)
    }

    /// What it could not pay of the deficits recorded if it paid all that it holds.
    #[must_use]
    pub const fn unmet(&self) -> u128 {
        self.shortfall.saturating_sub(self.balance)
    }

    /// Takes in an amount. What comes in counts for the cap from the next hour on. `None`: beyond the type.
    #[must_use]
    pub fn take_in(self, amount: u128) -> Option<Self> {
        let balance = self.balance.checked_add(amount)?;
        Some(Self { balance, ..self })
    }

    /// Pays out an amount; `None` when it is more than [`Self::available`].
    #[must_use]
    pub fn pay(self, amount: u128) -> Option<Self> {
        if amount > self.available() {
            return None;
        }
        Some(Self {
            balance: self.balance.checked_sub(amount)?,
            paid: self.paid.checked_add(amount)?,
            in_message: self.in_message.checked_add(amount)?,
            ..self
        })
    }
}

/// An amount shared in proportion to losses: each part rounded down, what is left to the largest (the first of
/// several); without any loss all of it to the first.
#[must_use]
pub fn split_by_loss(amount: u128, losses: &[u128]) -> Vec<u128> {
    let total = losses.iter().copied().fold(0, u128::saturating_add);
    let part = |loss: &u128| umul_div_floor(amount, *loss, total).unwrap_or(0);
    let mut parts: Vec<u128> = losses.iter().map(part).collect();
    let shared = parts.iter().copied().fold(0, u128::saturating_add);
    let largest = losses.iter().copied().max().unwrap_or(0);
    let first = losses.iter().position(|loss| *loss == largest).unwrap_or(0);
    if let Some(part) = parts.get_mut(first) {
        *part = part.saturating_add(amount.saturating_sub(shared));
    }
    parts
}

/// The most, up to `wanted`, that can be paid when each market pays its part of the sum and none more than it has
/// available: the scarcest fund decides, no other pays in its place. At most `n^2` units less than exact for `n` markets.
#[must_use]
pub fn payable(wanted: u128, losses: &[u128], available: &[u128]) -> u128 {
    let fits = |amount: u128| {
        let parts = split_by_loss(amount, losses);
        parts.iter().zip(available).all(|(part, most)| part <= most)
    };
    if fits(wanted) {
        return wanted;
    }
    let total = losses.iter().copied().fold(0, u128::saturating_add);
    if total == 0 {
        return available.first().copied().unwrap_or(0).min(wanted);
    }
    let bound = losses
        .iter()
        .zip(available)
        .fold(wanted, |least, (loss, most)| {
            umul_div_floor(*most, total, *loss).map_or(least, |bound| least.min(bound))
        });
    if fits(bound) {
        return bound;
    }
    // The largest part gets the units that rounding leaves, fewer than one per market.
    let markets = u128::try_from(losses.len()).unwrap_or(u128::MAX);
    bound.saturating_sub(markets.saturating_mul(markets))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spec_example_the_last_unit_goes_to_the_largest() {
        assert_eq!(split_by_loss(1_001, &[300, 600, 100]), [300, 601, 100]);
        assert_eq!(split_by_loss(7, &[0, 0]), [7, 0]);
        assert_eq!(split_by_loss(5, &[1, 1, 1]), [3, 1, 1]);
        assert_eq!(split_by_loss(5, &[]), [0; 0]);
    }

    /// Payable is not what is less than something payable: who asks for a part asks again.
    #[test]
    fn a_smaller_amount_may_ask_more_of_one_fund() {
        let payable = |wanted| payable(wanted, &[1, 1, 1], &[5_000, 9_000, 9_000]);
        assert_eq!(payable(20_000), 15_000);
        assert_eq!(split_by_loss(14_999, &[1, 1, 1]), [5_001, 4_999, 4_999]);
        assert!(payable(14_999) < 14_999);
    }

    #[test]
    fn spec_example_a_fund_pays_a_tenth_an_hour_half_of_it_at_once() {
        let fund = Fund::default().at(7_200).take_in(1_000).unwrap();
        assert_eq!(fund.available(), 0, "it came in within the hour");
        let fund = fund.at(10_800);
        assert_eq!((fund.available(), fund.hour_ends()), (50, 14_400));
        let fund = fund.pay(30).unwrap();
        assert_eq!((fund.balance, fund.available()), (970, 20));
        assert_eq!(fund.pay(21), None);
        // The next message, and a third one.
        let fund = fund.at(10_900).pay(50).unwrap();
        assert_eq!(fund.available(), 0);
        let fund = fund.at(14_399);
        assert_eq!(fund.available(), 20);
        let fund = fund.pay(20).unwrap();
        assert_eq!(fund.at(14_399).available(), 0);
        assert_eq!(fund.at(14_400).available(), 45);
    }

    #[test]
    fn spec_example_what_a_fund_cannot_pay_of_its_part() {
        let parts = split_by_loss(200, &[300, 100]);
        assert_eq!(parts, [150, 50]);
        let unmet = |balance, shortfall| {
            let fund = Fund {
                balance,
                shortfall,
                ..Fund::default()
            };
            fund.unmet()
        };
        assert_eq!((unmet(100, parts[0]), unmet(80, parts[1])), (50, 0));
    }

    #[test]
    fn attack_risk_29_the_scarcest_fund_decides_and_no_other_pays_for_it() {
        assert_eq!(payable(1_000, &[900, 100], &[450, 1_000_000]), 500);
        assert_eq!(payable(1_000, &[900, 100], &[0, 1_000_000]), 0);
        assert_eq!(payable(1_000, &[900, 100], &[900, 100]), 1_000);
        assert_eq!(payable(1_000, &[0, 0], &[400, 9_999]), 400);
    }

    proptest! {
        #[test]
        fn parts_add_up_and_what_is_payable_fits(
            wanted in 0_u128..1 << 80,
            markets in prop::collection::vec((0_u128..1 << 70, 0_u128..1 << 80), 1..33),
        ) {
            let (losses, available): (Vec<u128>, Vec<u128>) = markets.into_iter().unzip();
            prop_assert_eq!(split_by_loss(wanted, &losses).iter().sum::<u128>(), wanted);
            let paid = payable(wanted, &losses, &available);
            prop_assert!(paid <= wanted);
            for (part, most) in split_by_loss(paid, &losses).iter().zip(&available) {
                prop_assert!(part <= most, "{part} {most}");
            }
        }
    }
}
