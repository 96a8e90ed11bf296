//! What one taker may take: his part of what must go, as far as he can pay.

use fixed_math::int::umul_div_ceil;

use super::{Health, PPM, Share};

/// What a slice may cost beyond its share of the whole price, by rounding to whole base units.
const SLACK: u128 = 4;

/// A taker's terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bid {
    /// The reward he gets, parts per million of margin.
    pub reward: i32,
    /// The health aimed at, parts per million.
    pub target: u32,
    /// The penalty on top of a positive payment, parts per million of it.
    pub penalty: u32,
    /// The most he pays in all, quote base units.
    pub budget: u128,
    /// His budget and those of the takers behind him at the same reward: they share pro rata.
    pub budgets: u128,
}

/// What decides how much a taker takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The target: he takes all that must go.
    Wanted,
    /// His budget, or his part beside others at his reward.
    Budget,
    /// What insurance may pay now.
    Insurance,
}

/// The penalty on a payment, rounded up; none on one that is not positive.
#[must_use]
pub fn penalty_ceil(payment: i128, rate: u32) -> u128 {
    let payment = u128::try_from(payment).unwrap_or(0);
    umul_div_ceil(payment, rate.into(), PPM.unsigned_abs().into()).unwrap_or(u128::MAX)
}

/// The share of what is for sale that a taker may take, and whether the target or his budget limits it.
///
/// `account` counts what earlier takers paid in this step, `for_sale` does not: cash just received is not sold again,
/// so that takers at one reward pay the same per unit whatever their order. By laws 1 and 2 a slice of options costs no
/// more than its share of the price, for rewards from zero to one: what is taken within a budget is paid within it.
#[must_use]
pub fn claim(account: &Health, for_sale: &Health, bid: &Bid) -> (Share, Limit) {
    let wanted = account.share(bid.reward, bid.target);
    let own = wanted.part(bid.budget, bid.budgets);
    let price = for_sale.price(bid.reward);
    let cost = u128::try_from(price)
        .unwrap_or(0)
        .saturating_add(penalty_ceil(price, bid.penalty));
    let affordable = if bid.budget >= cost {
        Share::WHOLE
    } else {
        Share::floor(bid.budget.saturating_sub(SLACK), cost)
    };
    let share = own.min(affordable);
    let limit = if share == wanted {
        Limit::Wanted
    } else {
        Limit::Budget
    };
    (share, limit)
}

/// A smaller share for one whose slice costs more than his budget: whole units may cost more than their part of the price,
/// the longs where they round down to legs that are worth less than the reward for their margin.
#[must_use]
pub fn cut_back(share: Share, budget: u128, cost: u128) -> Share {
    share.part(budget.saturating_sub(SLACK), cost)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BID: Bid = Bid {
        reward: 50_000,
        target: 1_100_000,
        penalty: 10_000,
        budget: u128::MAX,
        budgets: u128::MAX,
    };

    #[test]
    fn spec_example_takers_share_pro_rata_to_their_budgets() {
        // f = 2,000 / 10,500 of the account at 8,500: with 1 % penalty 1,635 in all.
        let account = Health {
            equity: 9_000_000,
            margin: 10_000_000,
        };
        let wanted = account.share(50_000, 1_100_000);
        assert_eq!(claim(&account, &account, &BID), (wanted, Limit::Wanted));
        let bid = Bid {
            budget: 3_000_000,
            budgets: 4_000_000,
            ..BID
        };
        let (share, limit) = claim(&account, &account, &bid);
        assert_eq!((share, limit), (wanted.part(3, 4), Limit::Budget));
        // One who has 858.5 = a tenth of 8,500 and its penalty takes just under a tenth.
        let poor = Bid {
            budget: 858_500,
            budgets: 858_500,
            ..BID
        };
        let (share, limit) = claim(&account, &account, &poor);
        assert_eq!(limit, Limit::Budget);
        assert_eq!(share, Share::floor(858_496, 8_585_000));
    }

    /// `docs/spec/liquidation.md`, section 2: the first taker has little money, the second enough. Base units are a millionth of a USD.
    #[test]
    fn spec_example_walk_through() {
        let dollars = |units: i128| units as f64 / 1e6;
        let near =
            |units: i128, usd: f64| assert!((dollars(units) - usd).abs() < 0.005, "{units} {usd}");
        let account = Health {
            equity: 80_000_000_000,
            margin: 100_000_000_000,
        };
        near(account.price(BID.reward), 75_000.0);
        let bid = Bid {
            budget: 10_100_000_000,
            budgets: 10_100_000_000,
            ..BID
        };
        let (share, limit) = claim(&account, &account, &bid);
        let his = Share::floor(10_099_999_996, 75_750_000_000);
        assert_eq!((share, limit), (his, Limit::Budget));
        let of = |share: Share, whole: &Health| Health {
            equity: share.of_floor(whole.equity as u128) as i128,
            margin: share.of_floor(whole.margin as u128) as i128,
        };
        let taken = of(share, &account);
        let paid = taken.price(BID.reward);
        near(taken.equity, 10_666.67);
        near(taken.margin, 13_333.33);
        near(paid, 10_000.0);
        near(penalty_ceil(paid, BID.penalty) as i128, 100.0);
        let for_sale = Health {
            equity: account.equity - taken.equity,
            margin: account.margin - taken.margin,
        };
        let left = Health {
            equity: for_sale.equity + paid,
            ..for_sale
        };
        near(left.equity, 79_333.33);
        near(left.margin, 86_666.67);
        let (share, limit) = claim(&left, &for_sale, &BID);
        assert_eq!(limit, Limit::Wanted);
        near(share.of_floor(1_000_000_000_000) as i128, 175_824.18);
        let taken = of(share, &for_sale);
        let paid = taken.price(BID.reward);
        near(paid, 11_428.57);
        near(left.equity - taken.equity + paid, 78_571.43);
        near(left.margin - taken.margin, 71_428.57);
    }

    #[test]
    fn without_a_price_budgets_only_divide() {
        let account = Health {
            equity: -5,
            margin: 10,
        };
        let bid = Bid {
            budget: 1,
            budgets: 4,
            ..BID
        };
        assert_eq!(claim(&account, &account, &bid).0, Share::floor(1, 4));
        let none = Bid {
            budget: 0,
            budgets: 0,
            ..BID
        };
        assert_eq!(
            claim(&account, &account, &none),
            (Share::WHOLE, Limit::Wanted)
        );
    }

    #[test]
    fn penalties_round_up_and_only_on_payments() {
        assert_eq!(penalty_ceil(101, 10_000), 2);
        assert_eq!(penalty_ceil(0, 10_000), 0);
        assert_eq!(penalty_ceil(-7, 10_000), 0);
        assert_eq!(penalty_ceil(i128::MAX, 0), 0);
    }
}
