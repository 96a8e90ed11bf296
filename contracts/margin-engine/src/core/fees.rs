//! What a leg costs: premium, exactly, and fee, rounded up.

use fixed_math::Fx;
use protocol_api::decimal;
use risk::{Kind, MarketTerms, SeriesKey, Style};

use super::num::{add_signed, mul_div_ceil, mul_signed, sub_signed, unsigned};
use crate::error::EngineError;

/// A leg about to be filled.
#[derive(Clone, Copy, Debug)]
pub struct Priced<'a> {
    /// Its market.
    pub market: &'a MarketTerms,
    /// The series.
    pub key: SeriesKey,
    /// Quantity units, signed, the taker's view.
    pub quantity: i64,
    /// Price in ticks.
    pub price_ticks: i64,
    /// Units of open interest that it adds.
    pub opened: u64,
}

/// Rates of one side, `10^-18`.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// Share of the index.
    pub index_share: u128,
    /// Cap as a share of the premium (not for futures).
    pub premium_cap: u128,
}

impl Priced<'_> {
    /// Premium the taker pays for the leg, base units of the settlement coin, exact; negative when
    /// he receives. `price x tick value x quantity`, for a linear future less the reference price.
    pub fn premium(&self) -> Result<i128, EngineError> {
        let tick = i128::from(self.market.tick_value);
        let mut unit = mul_signed(i128::from(self.price_ticks), tick)?;
        if self.key.kind == Kind::Future && self.market.style == Style::Linear {
            let strike = self.market.strike(self.key.strike)?;
            unit = sub_signed(unit, self.market.settlement().strike_units(strike)?)?;
        }
        mul_signed(unit, i128::from(self.quantity))
    }

    /// Fee of one side: `min(share x index, cap x |premium|)`, rounded up to a base unit; futures know
    /// no cap. The premium counts at least one tick for each unit of open interest that is added: none is
    /// free. An inverse market's index is one coin per coin. Without an index a linear option pays the
    /// cap, a linear future its share of the price.
    pub fn fee(&self, rates: Rates, index: Option<Fx>) -> Result<u128, EngineError> {
        if rates.index_share == 0 {
            return Ok(0);
        }
        let size = u128::from(self.quantity.unsigned_abs());
        let units = u128::from(self.market.multiplier)
            .checked_mul(size)
            .ok_or(EngineError::Overflow)?;
        let least = u128::from(self.market.tick_value)
            .checked_mul(self.opened.into())
            .ok_or(EngineError::Overflow)?;
        let premium = self.premium()?.unsigned_abs().max(least);
        let capped = mul_div_ceil(rates.premium_cap, premium, decimal::ONE)?;
        let is_future = self.key.kind == Kind::Future;
        let by_index = match (self.market.style, index) {
            (Style::Inverse, _) => mul_div_ceil(rates.index_share, units, decimal::ONE)?,
            (Style::Linear, Some(index)) => {
                let scaled = notional_ceil(units, index)?;
                mul_div_ceil(rates.index_share, scaled, decimal::ONE)?
            }
            (Style::Linear, None) if is_future => {
                let ticks = u128::from(self.price_ticks.unsigned_abs());
                let price = ticks
                    .checked_mul(u128::from(self.market.tick_value))
                    .and_then(|unit| unit.checked_mul(size))
                    .ok_or(EngineError::Overflow)?;
                mul_div_ceil(rates.index_share, price, decimal::ONE)?
            }
            (Style::Linear, None) => capped,
        };
        Ok(if is_future {
            by_index
        } else {
            by_index.min(capped)
        })
    }
}

/// `units x index`, base units, rounded up.
fn notional_ceil(units: u128, index: Fx) -> Result<u128, EngineError> {
    mul_div_ceil(units, unsigned(index.to_bits())?, 1 << 64)
}

/// Open interest after two sides of a leg changed: the sum of what is long.
pub fn open_interest(open: u64, maker: (i64, i64), taker: (i64, i64)) -> Result<u64, EngineError> {
    let long = |quantity: i64| i128::from(quantity.max(0));
    let mut after = i128::from(open);
    for (before, now) in [maker, taker] {
        after = add_signed(after, sub_signed(long(now), long(before))?)?;
    }
    u64::try_from(after).map_err(|_| EngineError::Overflow)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn market(style: Style, multiplier: u64, tick_value: u64) -> MarketTerms {
        MarketTerms {
            id: 1,
            underlying: 1,
            settle_coin: 0,
            style,
            multiplier,
            tick_value,
            strike_step: Fx::from_num(1000),
            digital_payout: Fx::from_num(1),
        }
    }

    fn leg(market: &MarketTerms, kind: Kind, quantity: i64, price_ticks: i64) -> Priced<'_> {
        let key = SeriesKey {
            market: 1,
            expiry: 30_000_000,
            strike: 100,
            kind,
        };
        Priced {
            market,
            key,
            quantity,
            price_ticks,
            opened: 0,
        }
    }

    const RATES: Rates = Rates {
        index_share: 300_000_000_000_000,
        premium_cap: 125_000_000_000_000_000,
    };

    #[test]
    fn spec_example_premium_and_fee_of_a_linear_call() {
        // Unit 0.01 BTC, coin of 6 decimals: 10,000 base units per unit and dollar. Tick 5 USD.
        let market = market(Style::Linear, 10_000, 50_000);
        // Buy 250 units (2.5 BTC) at 520 ticks (2,600 USD): 2.5 x 2,600 = 6,500 USD.
        let call = leg(&market, Kind::Call, 250, 520);
        assert_eq!(call.premium().unwrap(), 6_500_000_000);
        // 0.03 % of 90,000 x 2.5 = 67.50 USD, below the cap 12.5 % of 6,500.
        let fee = call.fee(RATES, Some(Fx::from_num(90_000))).unwrap();
        assert_eq!(fee, 67_500_000);
        // A cheap option pays the cap: 1 tick = 5 USD, 2.5 x 5 x 12.5 % = 1.5625 USD.
        let cheap = leg(&market, Kind::Call, -250, 1);
        assert_eq!(cheap.premium().unwrap(), -12_500_000);
        assert_eq!(
            cheap.fee(RATES, Some(Fx::from_num(90_000))).unwrap(),
            1_562_500
        );
        // Without an index the cap alone counts.
        assert_eq!(call.fee(RATES, None).unwrap(), 812_500_000);
    }

    #[test]
    fn spec_example_premium_of_futures() {
        let linear = market(Style::Linear, 10_000, 50_000);
        // Reference 100 x 1,000 = 100,000 USD; bought at 100,250 USD: 250 USD x 0.01.
        let future = leg(&linear, Kind::Future, 1, 20_050);
        assert_eq!(future.premium().unwrap(), 2_500_000);
        let inverse = market(Style::Inverse, 1_000_000, 100);
        // Inverse: the price is the signed premium in coin, 25 ticks of 100 base units.
        let future = leg(&inverse, Kind::Future, -2, 25);
        assert_eq!(future.premium().unwrap(), -5_000);
        // 0.03 % of one coin x 2 units of 0.01.
        assert_eq!(future.fee(RATES, None).unwrap(), 600);
    }

    #[test]
    fn fees_round_up_and_never_vanish_on_dust() {
        let market = market(Style::Linear, 1, 1);
        let dust = leg(&market, Kind::Call, 1, 1);
        assert_eq!(dust.fee(RATES, Some(Fx::from_num(1))).unwrap(), 1);
        let none = Rates {
            index_share: 0,
            ..RATES
        };
        assert_eq!(dust.fee(none, Some(Fx::from_num(1))).unwrap(), 0);
        assert_eq!(
            dust.fee(none, None).unwrap(),
            0,
            "a rate of zero needs no index"
        );
    }

    #[test]
    fn spec_example_units_opened_at_no_price_cost_what_a_tick_costs() {
        let market = market(Style::Linear, 10_000, 50_000);
        let index = Some(Fx::from_num(90_000));
        let closing = leg(&market, Kind::Put, -100, 0);
        assert_eq!(closing.fee(RATES, index).unwrap(), 0);
        // 60 of the hundred are new: 60 x 0.05 USD x 12.5 %.
        let opening = Priced {
            opened: 60,
            ..closing
        };
        assert_eq!(opening.premium().unwrap(), 0);
        assert_eq!(opening.fee(RATES, index).unwrap(), 375_000);
        // A price of a tick or more decides itself.
        let priced = Priced {
            price_ticks: 1,
            ..opening
        };
        assert_eq!(priced.fee(RATES, index).unwrap(), 625_000);
    }

    #[test]
    fn open_interest_counts_longs() {
        assert_eq!(open_interest(0, (0, -5), (0, 5)).unwrap(), 5);
        assert_eq!(open_interest(5, (-5, -3), (5, 3)).unwrap(), 3);
        assert_eq!(open_interest(5, (-5, 2), (5, -2)).unwrap(), 2);
        assert!(open_interest(0, (5, 0), (0, 0)).is_err());
    }
}
