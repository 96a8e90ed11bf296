//! Which quotes fill an order, and for how much: decisions on plain data (docs/spec/exchange.md, "Taking").

use protocol_api::exchange::{MAX_QUOTE_LEGS, Quote, QuoteLeg};

use crate::error::ContractError;

/// What the taker demands of the fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
    /// Most lots taken.
    pub lots: u64,
    /// Fewest lots accepted.
    pub min_lots: u64,
    /// Most ticks per lot paid on average.
    pub limit: i128,
}

/// A quote as the allocation sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Lots left of the quote.
    pub left: u64,
    /// Ticks per lot the taker pays; negative: receives.
    pub cost: i128,
}

/// Lots taken of each offer, in the order given, and the net cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allocation {
    /// Lots per offer.
    pub taken: Vec<u64>,
    /// Net ticks the taker pays.
    pub cost: i128,
}

/// Refuses no or too many legs, a zero ratio, a malformed name, a series twice and legs of several markets: a market is the
/// part of a name before the first dash.
pub fn check_legs(legs: &[QuoteLeg]) -> Result<(), ContractError> {
    let first = legs.first().ok_or(ContractError::BadLegs)?;
    let market = market_of(&first.series).ok_or(ContractError::BadLegs)?;
    let mut names: Vec<&str> = legs.iter().map(|leg| leg.series.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let sound = legs
        .iter()
        .all(|leg| leg.ratio != 0 && market_of(&leg.series) == Some(market));
    if !sound || names.len() != legs.len() || legs.len() > MAX_QUOTE_LEGS {
        return Err(ContractError::BadLegs);
    }
    Ok(())
}

/// Series names are printable ASCII without spaces, so the signed text reads back in only one way.
fn market_of(series: &str) -> Option<&str> {
    let (market, rest) = series.split_once('-')?;
    let plain = series.bytes().all(|byte| byte.is_ascii_graphic());
    (plain && !market.is_empty() && !rest.is_empty()).then_some(market)
}

/// True when both quotes offer the same legs and ratios in the same order; prices may differ.
pub fn same_legs(a: &Quote, b: &Quote) -> bool {
    let alike = |(a, b): (&QuoteLeg, &QuoteLeg)| a.series == b.series && a.ratio == b.ratio;
    a.legs.len() == b.legs.len() && a.legs.iter().zip(&b.legs).all(alike)
}

/// Ticks the taker pays per lot: minus the sum of ratio x price, because the ratio is the maker's.
pub fn cost_per_lot(legs: &[QuoteLeg]) -> Result<i128, ContractError> {
    legs.iter().try_fold(0i128, |sum, leg| {
        let leg_cost = i128::from(leg.ratio).checked_mul(i128::from(leg.price));
        leg_cost
            .and_then(|cost| sum.checked_sub(cost))
            .ok_or(ContractError::Overflow)
    })
}

/// Fills the demand from the offers, cheapest first, ties in the order given.
///
/// The limit bounds the average and is compared as a product of integers: no division, nobody gains a fraction.
pub fn allocate(demand: Demand, offers: &[Offer]) -> Result<Allocation, ContractError> {
    if demand.lots == 0 || demand.min_lots > demand.lots {
        return Err(ContractError::ZeroLots);
    }
    let mut by_cost: Vec<(usize, Offer)> = offers.iter().copied().enumerate().collect();
    by_cost.sort_by_key(|(position, offer)| (offer.cost, *position));
    let mut allocation = Allocation {
        taken: vec![0; offers.len()],
        cost: 0,
    };
    let mut wanted = demand.lots;
    for (position, offer) in by_cost {
        let lots = offer.left.min(wanted);
        wanted = wanted.saturating_sub(lots);
        let cost = offer.cost.checked_mul(i128::from(lots));
        allocation.cost = cost
            .and_then(|cost| allocation.cost.checked_add(cost))
            .ok_or(ContractError::Overflow)?;
        if let Some(taken) = allocation.taken.get_mut(position) {
            *taken = lots;
        }
    }
    check_demand(demand, demand.lots.saturating_sub(wanted), allocation.cost)?;
    Ok(allocation)
}

fn check_demand(demand: Demand, taken: u64, cost: i128) -> Result<(), ContractError> {
    if taken == 0 || taken < demand.min_lots {
        return Err(ContractError::TooFewLots {
            available: taken,
            wanted: demand.min_lots,
        });
    }
    // Beyond the integers no limit binds, or no fill meets it.
    let bound = demand.limit.saturating_mul(i128::from(taken));
    if cost > bound {
        return Err(ContractError::Limit { cost, bound });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
