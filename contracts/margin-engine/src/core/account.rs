//! An account on plain data: cash, legs and the signed sum per market.

use risk::{Book, CoinId, Leg, SeriesKey};

use super::num::{add_signed, mul_div_ceil};
use crate::error::EngineError;

/// Most legs of one account.
pub const MAX_LEGS: usize = 128;
/// Most markets with legs, and most with a sum, of one account; also most coins with cash, of which fewer are listed.
pub const MAX_ENTRIES: usize = 32;
/// Quantities stay below `2^40` units, so that a stored leg takes at most 16 bytes.
pub const QUANTITY_LIMIT: i64 = 1 << 40;

/// Cash of one coin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cash {
    /// The coin.
    pub coin: CoinId,
    /// Signed base units; never zero in a stored account.
    pub amount: i128,
    /// Interest index up to which interest is in `amount`: the debt index when negative, the pay
    /// index when positive.
    pub index: u128,
    /// Since when, in the mean of its units, the cash has been negative, unix seconds; 0 when it is not.
    pub since: u32,
}

impl Cash {
    /// Whether it is owed for as long as the grace of debts, seconds.
    pub fn is_late(&self, now: u64, grace: u64) -> bool {
        self.amount < 0 && now.saturating_sub(self.since.into()) >= grace
    }

    /// Since when it is owed if `old` of it is owed since `since` and the rest is new: its age is the mean of its units' ages,
    /// rounded up, against the debtor.
    pub fn since_in_the_mean(&self, old: u128, since: u32, now: u32) -> Result<u32, EngineError> {
        let owes = self.amount.unsigned_abs();
        let age = now.saturating_sub(since);
        let mean = mul_div_ceil(age.into(), old.min(owes), owes)?;
        let mean = u32::try_from(mean).map_err(|_| EngineError::Overflow)?;
        Ok(now.saturating_sub(mean))
    }
}

/// An account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Ascending by coin.
    pub cash: Vec<Cash>,
    /// Premium, fees and settlements so far per market, base units of its settlement coin,
    /// ascending by market.
    pub profits: Vec<(u16, i128)>,
    /// Ascending by key, no quantity zero.
    pub legs: Vec<Leg>,
    /// Below maintenance when a liquidation last looked: its fills must reduce.
    pub restricted: bool,
    /// Quote base units that its standing bids hold in escrow.
    pub escrow: u128,
    /// With which liquidation contract, counted from one; 0 without an escrow.
    pub escrow_with: u16,
    /// Markets that hold gains of it back while their loss is shared.
    pub withheld_in: u16,
    /// Insurance has taken it over.
    pub estate: bool,
}

impl Account {
    /// Cash in a coin as stored, 0 if there is none.
    pub fn amount(&self, coin: CoinId) -> i128 {
        self.cash
            .iter()
            .find(|cash| cash.coin == coin)
            .map_or(0, |cash| cash.amount)
    }

    /// The cash entry of a coin, created if there is none.
    pub fn entry(&mut self, coin: CoinId) -> Result<&mut Cash, EngineError> {
        let place = match self.cash.binary_search_by_key(&coin, |cash| cash.coin) {
            Ok(place) => place,
            Err(place) => {
                self.cash.insert(
                    place,
                    Cash {
                        coin,
                        amount: 0,
                        index: 0,
                        since: 0,
                    },
                );
                place
            }
        };
        self.cash.get_mut(place).ok_or(EngineError::Corrupt)
    }

    /// Drops what is zero, and sums beyond the bound. Called before saving.
    pub fn tidy(&mut self) {
        self.cash.retain(|cash| cash.amount != 0);
        self.profits.retain(|(_, sum)| *sum != 0);
        while self.profits.len() > MAX_ENTRIES && self.drop_sum() {}
    }

    /// Drops the sum of one market without legs, the greatest gain first and then the smallest loss: a deficit
    /// is shared over the markets where the account lost.
    fn drop_sum(&mut self) -> bool {
        let is_open = |market: u16| self.legs.iter().any(|leg| leg.key.market == market);
        let sums = self.profits.iter().enumerate();
        let greatest = sums
            .filter(|(_, (market, _))| !is_open(*market))
            .max_by_key(|(_, (_, sum))| *sum);
        let Some((place, _)) = greatest else {
            return false;
        };
        self.profits.remove(place);
        true
    }

    /// Whether some cash is negative.
    pub fn is_debtor(&self) -> bool {
        self.cash.iter().any(|cash| cash.amount < 0)
    }

    /// Whether a debt of it is late.
    pub fn is_late(&self, now: u64, grace: u64) -> bool {
        self.cash.iter().any(|cash| cash.is_late(now, grace))
    }

    /// The markets in which it has a sum, then others in which it has legs.
    pub fn markets(&self) -> Vec<u16> {
        let mut markets: Vec<u16> = self.profits.iter().map(|entry| entry.0).collect();
        for leg in &self.legs {
            if !markets.contains(&leg.key.market) {
                markets.push(leg.key.market);
            }
        }
        markets
    }

    /// The signed sum of a market: premium, fees, settlements.
    pub fn profit(&self, market: u16) -> i128 {
        let found = self.profits.iter().find(|entry| entry.0 == market);
        found.map_or(0, |entry| entry.1)
    }

    /// The signed sums, and in them what the legs are worth: `marks` per market, in its settlement coin.
    pub fn sums_with(&self, marks: &[(u16, i128)]) -> Result<Vec<(u16, i128)>, EngineError> {
        let mut sums = Self {
            profits: self.profits.clone(),
            ..Self::default()
        };
        for (market, value) in marks {
            sums.add_profit(*market, *value)?;
        }
        Ok(sums.profits)
    }

    /// Adds to the signed sum of a market.
    pub fn add_profit(&mut self, market: u16, amount: i128) -> Result<(), EngineError> {
        match self.profits.binary_search_by_key(&market, |entry| entry.0) {
            Ok(place) => {
                let entry = self.profits.get_mut(place).ok_or(EngineError::Corrupt)?;
                entry.1 = add_signed(entry.1, amount)?;
            }
            Err(place) => self.profits.insert(place, (market, amount)),
        }
        Ok(())
    }

    /// Quantity held of a series.
    pub fn quantity(&self, key: &SeriesKey) -> i64 {
        self.legs
            .binary_search_by(|leg| leg.key.cmp(key))
            .ok()
            .and_then(|place| self.legs.get(place))
            .map_or(0, |leg| leg.quantity)
    }

    /// Adds a signed quantity to a series and returns the quantities before and after.
    pub fn add_leg(&mut self, key: SeriesKey, quantity: i64) -> Result<(i64, i64), EngineError> {
        let found = self.legs.binary_search_by(|leg| leg.key.cmp(&key));
        let before = self.quantity(&key);
        let after = before.checked_add(quantity).ok_or(EngineError::Overflow)?;
        if after <= -QUANTITY_LIMIT || after >= QUANTITY_LIMIT {
            return Err(EngineError::Overflow);
        }
        match found {
            Ok(place) if after == 0 => {
                self.legs.remove(place);
            }
            Ok(place) => {
                self.legs
                    .get_mut(place)
                    .ok_or(EngineError::Corrupt)?
                    .quantity = after
            }
            Err(place) if after != 0 => self.legs.insert(
                place,
                Leg {
                    key,
                    quantity: after,
                },
            ),
            Err(_) => {}
        }
        Ok((before, after))
    }

    /// Refuses more legs, or legs in more markets, than account number `account` may hold. Neither grows when
    /// legs shrink or settle, so these are never held up.
    pub fn check_bounds(&self, account: u64) -> Result<(), EngineError> {
        let in_one = |a: &Leg, b: &Leg| a.key.market == b.key.market;
        if self.legs.len() > MAX_LEGS {
            Err(EngineError::LegLimit { account })
        } else if self.legs.chunk_by(in_one).count() > MAX_ENTRIES {
            Err(EngineError::MarketLimit { account })
        } else {
            Ok(())
        }
    }

    /// The account as margin sees it.
    pub fn book(&self) -> Book {
        Book {
            cash: self
                .cash
                .iter()
                .map(|cash| (cash.coin, cash.amount))
                .collect(),
            legs: self.legs.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use risk::Kind;

    use super::*;

    fn key(strike: u32) -> SeriesKey {
        SeriesKey {
            market: 1,
            expiry: 30_000_000,
            strike,
            kind: Kind::Call,
        }
    }

    #[test]
    fn spec_example_a_debt_is_as_old_as_its_units_in_the_mean() {
        let since = |old: u128, owes: u128| {
            let cash = Cash {
                coin: 0,
                amount: -i128::try_from(owes).unwrap(),
                index: 0,
                since: 30,
            };
            cash.since_in_the_mean(old, 20, 30).unwrap()
        };
        // 200 are ten seconds old and 100 are new: 6.67 in the mean, rounded up.
        assert_eq!(since(200, 300), 23);
        assert_eq!(since(200, 100), 20);
        assert_eq!(since(200, 200), 20);
        assert_eq!(since(u128::MAX / 4, u128::MAX / 2), 25);
    }

    #[test]
    fn legs_stay_sorted_and_vanish_at_zero() {
        let mut account = Account::default();
        assert_eq!(account.add_leg(key(9), 5).unwrap(), (0, 5));
        assert_eq!(account.add_leg(key(3), -2).unwrap(), (0, -2));
        assert_eq!(account.add_leg(key(9), -5).unwrap(), (5, 0));
        assert_eq!(
            account.legs,
            [Leg {
                key: key(3),
                quantity: -2
            }]
        );
        assert!(account.add_leg(key(3), i64::MIN).is_err());
        assert!(account.add_leg(key(4), QUANTITY_LIMIT).is_err());
    }
}
