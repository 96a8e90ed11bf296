//! From canonical names to keys and back.

use cosmwasm_std::Int64;
use protocol_api::engine::LegView;
use risk::name::{format_name, parse_name};
use risk::{Kind, Leg, SeriesKey};

use super::Desk;
use crate::error::EngineError;
use crate::state;

impl Desk<'_> {
    /// The market with this symbol.
    pub fn market_id(&self, symbol: &str) -> Result<u16, EngineError> {
        let unknown = || EngineError::Unknown {
            name: symbol.to_owned(),
        };
        state::find_market(self.storage(), symbol)?.ok_or_else(unknown)
    }

    /// The key of a series by its name. A future's reference price is a listing term: one that was
    /// never listed is unknown.
    pub fn series_key(&mut self, name: &str) -> Result<SeriesKey, EngineError> {
        let parsed = parse_name(name)?;
        let market = self.market_id(&parsed.symbol)?;
        let reference = if parsed.kind == Kind::Future {
            let listed = self
                .expiry(market, parsed.expiry)?
                .and_then(|expiry| expiry.future);
            listed.ok_or_else(|| EngineError::NotListed {
                series: name.to_owned(),
            })?
        } else {
            0
        };
        let terms = self.market(market)?.terms(market);
        Ok(parsed.key(&terms, reference)?)
    }

    /// The name of a series.
    pub fn series_name(&mut self, key: &SeriesKey) -> Result<String, EngineError> {
        let market = self.market(key.market)?;
        Ok(format_name(&market.symbol, key, &market.terms(key.market))?)
    }

    /// Legs by their names.
    pub fn leg_views(&mut self, legs: &[Leg]) -> Result<Vec<LegView>, EngineError> {
        let view = |leg: &Leg| {
            Ok(LegView {
                series: self.series_name(&leg.key)?,
                quantity: Int64::new(leg.quantity),
            })
        };
        legs.iter().map(view).collect()
    }

    /// The denomination of a coin.
    pub fn denom(&self, coin: u16) -> Result<String, EngineError> {
        Ok(self
            .config
            .coin(coin)
            .ok_or(EngineError::Corrupt)?
            .denom
            .clone())
    }

    /// The number of a coin.
    pub fn coin(&self, denom: &str) -> Result<u16, EngineError> {
        let unknown = || EngineError::Unknown {
            name: denom.to_owned(),
        };
        self.config.coin_id(denom).ok_or_else(unknown)
    }
}
