//! One fill: legs, premium, fees, open interest.

use fixed_math::Fx;
use protocol_api::engine::{Fill, FillLeg, FillSettled, FillSide};
use risk::{Kind, MarketTerms, SeriesKey, Style};

use crate::core::fees::{Priced, Rates, open_interest};
use crate::core::num::{add_signed, add_unsigned, neg, signed, sub_signed};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::gate::Before;
use crate::pausable::PAUSE_OPEN;

/// What the two sides of a fill pay in one market.
struct Sums {
    market: u16,
    premium: i128,
    maker_fee: u128,
    taker_fee: u128,
}

/// A leg with everything looked up.
struct Found {
    key: SeriesKey,
    terms: MarketTerms,
    quantity: i64,
    price_ticks: i64,
}

/// Applies a fill to the accounts on the desk.
pub fn apply(
    desk: &mut Desk<'_>,
    fill: &Fill,
    before: &mut [Before],
) -> Result<FillSettled, EngineError> {
    let mut sums: Vec<Sums> = Vec::new();
    let mut coin = None;
    for leg in &fill.legs {
        let found = look_up(desk, leg)?;
        if *coin.get_or_insert(found.terms.settle_coin) != found.terms.settle_coin {
            return Err(EngineError::MixedCoins);
        }
        restrict(desk, fill, &found, before)?;
        let opened = move_leg(desk, fill, &found, &leg.series)?;
        let part = price(desk, &found, opened)?;
        match sums.iter_mut().find(|sum| sum.market == part.market) {
            Some(sum) => {
                sum.premium = add_signed(sum.premium, part.premium)?;
                sum.maker_fee = add_unsigned(sum.maker_fee, part.maker_fee)?;
                sum.taker_fee = add_unsigned(sum.taker_fee, part.taker_fee)?;
            }
            None => sums.push(part),
        }
    }
    pay(
        desk,
        fill,
        coin.ok_or(EngineError::List { field: "legs" })?,
        &sums,
    )
}

/// Key and terms of a leg; it must be listed, unexpired, and its numbers in range.
fn look_up(desk: &mut Desk<'_>, leg: &FillLeg) -> Result<Found, EngineError> {
    let key = desk.series_key(&leg.series)?;
    let name = || leg.series.clone();
    if desk.series(&key)?.is_none() {
        return Err(EngineError::NotListed { series: name() });
    }
    if key.expiry_seconds() <= desk.now {
        return Err(EngineError::Expired { series: name() });
    }
    let terms = desk.market(key.market)?.terms(key.market);
    let (quantity, price_ticks) = (leg.quantity.i64(), leg.price_ticks.i64());
    let any_sign = key.kind == Kind::Future && terms.style == Style::Inverse;
    if quantity == 0 || quantity == i64::MIN || (price_ticks < 0 && !any_sign) {
        return Err(EngineError::Leg { series: name() });
    }
    Ok(Found {
        key,
        terms,
        quantity,
        price_ticks,
    })
}

/// In a closed market and under a pause both sides may only reduce.
fn restrict(
    desk: &mut Desk<'_>,
    fill: &Fill,
    found: &Found,
    before: &mut [Before],
) -> Result<(), EngineError> {
    let now = desk.now;
    let open = desk.market(found.key.market)?.params.at(now).open;
    if open && !desk.config.pause.holds(PAUSE_OPEN, now) {
        return Ok(());
    }
    for known in before {
        if known.account == fill.maker.account || known.account == fill.taker.account {
            known.reduce_only = true;
        }
    }
    Ok(())
}

/// Premium and fees of a leg that added so much open interest.
fn price(desk: &mut Desk<'_>, found: &Found, opened: u64) -> Result<Sums, EngineError> {
    let now = desk.now;
    let params = desk.market(found.key.market)?.params.at(now).clone();
    let index = if params.maker_rate == 0 && params.taker_rate == 0 {
        None
    } else {
        index(desk, &found.terms)
    };
    let leg = Priced {
        market: &found.terms,
        key: found.key,
        quantity: found.quantity,
        price_ticks: found.price_ticks,
        opened,
    };
    let rates = |index_share| Rates {
        index_share,
        premium_cap: params.premium_cap,
    };
    Ok(Sums {
        market: found.terms.id,
        premium: leg.premium()?,
        maker_fee: leg.fee(rates(params.maker_rate), index)?,
        taker_fee: leg.fee(rates(params.taker_rate), index)?,
    })
}

/// The spot price that fees are counted on; none where it is not needed or there is none.
fn index(desk: &mut Desk<'_>, terms: &MarketTerms) -> Option<Fx> {
    if terms.style == Style::Inverse {
        return None;
    }
    let feed = desk.feeds.feed(terms.underlying)?;
    feed.state.as_ref().map(|state| state.spot.mid)
}

/// Moves a leg from maker to taker and keeps the open interest under its cap; the units that it adds to it.
fn move_leg(
    desk: &mut Desk<'_>,
    fill: &Fill,
    found: &Found,
    name: &str,
) -> Result<u64, EngineError> {
    let sold = found.quantity.checked_neg().ok_or(EngineError::Overflow)?;
    let maker = desk
        .account_mut(fill.maker.account)?
        .add_leg(found.key, sold)?;
    let taker = desk
        .account_mut(fill.taker.account)?
        .add_leg(found.key, found.quantity)?;
    let now = desk.now;
    let cap = desk.market(found.key.market)?.params.at(now).series_cap;
    let series = desk.series(&found.key)?.ok_or(EngineError::Corrupt)?;
    let would = open_interest(series.open, maker, taker)?;
    if would > series.open && would > cap {
        return Err(EngineError::OiCap {
            series: name.to_owned(),
            would,
            cap,
        });
    }
    let opened = would.saturating_sub(series.open);
    series.open = would;
    Ok(opened)
}

/// Moves premium and fees.
fn pay(
    desk: &mut Desk<'_>,
    fill: &Fill,
    coin: u16,
    sums: &[Sums],
) -> Result<FillSettled, EngineError> {
    let (maker, taker) = (fill.maker.account, fill.taker.account);
    let mut settled = FillSettled {
        maker,
        taker,
        premium: 0,
        maker_fee: 0,
        taker_fee: 0,
    };
    for sum in sums {
        let maker_gain = sub_signed(sum.premium, signed(sum.maker_fee)?)?;
        let taker_gain = sub_signed(neg(sum.premium)?, signed(sum.taker_fee)?)?;
        desk.account_mut(maker)?
            .add_profit(sum.market, maker_gain)?;
        desk.account_mut(taker)?
            .add_profit(sum.market, taker_gain)?;
        settled.premium = add_signed(settled.premium, sum.premium)?;
        settled.maker_fee = add_unsigned(settled.maker_fee, sum.maker_fee)?;
        settled.taker_fee = add_unsigned(settled.taker_fee, sum.taker_fee)?;
    }
    check_fee(&fill.maker, settled.maker_fee)?;
    check_fee(&fill.taker, settled.taker_fee)?;
    let fees = add_unsigned(settled.maker_fee, settled.taker_fee)?;
    desk.post(
        maker,
        coin,
        sub_signed(settled.premium, signed(settled.maker_fee)?)?,
    )?;
    desk.post(
        taker,
        coin,
        sub_signed(neg(settled.premium)?, signed(settled.taker_fee)?)?,
    )?;
    let ledger = desk.ledger(coin)?;
    ledger.fees = add_unsigned(ledger.fees, fees)?;
    Ok(settled)
}

fn check_fee(side: &FillSide, fee: u128) -> Result<(), EngineError> {
    match side.max_fee {
        Some(max) if fee > max.u128() => Err(EngineError::Fee {
            account: side.account,
            fee,
            allowed: max.u128(),
        }),
        _ => Ok(()),
    }
}
