//! A coin's chains as the stress takes them: fitted, with the regime that the oracle would hold, and the books that a search found.

use risk::{Book, Leg, Regime};

use super::between::between;
use super::path::LAST;
use crate::commands::adversary::Market;
use crate::data::chain::Chain;
use crate::error::Result;
use crate::fitted::FittedChain;
use crate::output::Progress;
use crate::regime::regimes;
use crate::series::fit_in_turn;

/// Components a slice.
const COMPONENTS: usize = 3;
/// Quantity units of a contract.
const CONTRACT: f64 = 10_000.0;
/// Margin that the searched books may have, basis points of gross.
const THIN: f64 = 20.0;

/// One coin's chains, accepted and fitted, ascending in time.
pub struct Coin {
    /// Symbol.
    pub name: String,
    /// Quotes with their fits.
    pub chains: Vec<(Chain, FittedChain)>,
    /// Surfaces on the way from each of them to the next.
    pub between: Vec<Vec<FittedChain>>,
    /// What the oracle would hold at each of them.
    pub regimes: Vec<Regime>,
    /// The books that a search found, each with the chain that it is for.
    pub baskets: Vec<(usize, Book)>,
}

impl Coin {
    /// Fits chains in turn; those that cannot be fitted are left out.
    pub fn fit(name: &str, chains: &[Chain]) -> Self {
        let fits = fit_in_turn(chains, COMPONENTS);
        let all = chains.iter().cloned().zip(fits).zip(regimes(chains));
        let fitted = all.filter_map(|((chain, fit), regime)| Some(((chain, fit.ok()?), regime)));
        let (chains, regimes): (Vec<(Chain, FittedChain)>, _) = fitted.unzip();
        let progress = Progress::new(name, "joined", chains.len());
        let pairs = chains.windows(2).enumerate();
        let joined = pairs.filter_map(|(at, pair)| {
            progress.at(at);
            let [(chain, fit), (_, next)] = pair else {
                return None;
            };
            Some(between((chain, fit), next, COMPONENTS))
        });
        Self {
            name: name.to_owned(),
            between: joined.collect(),
            chains,
            regimes,
            baskets: Vec::new(),
        }
    }

    /// With the book of a thin margin that loses most by the next chain, at most so many, from chains evenly apart.
    ///
    /// # Errors
    /// When a book cannot be priced or a search has no answer.
    pub fn searched(mut self, most: usize) -> Result<Self> {
        let count = self.chains.len().saturating_sub(1);
        let progress = Progress::new(&self.name, "searched", count);
        for at in (0..count).step_by(count.div_ceil(most.max(1)).max(1)) {
            progress.at(at);
            self.baskets.extend(self.basket(at)?.map(|book| (at, book)));
        }
        Ok(self)
    }

    /// None where nothing is lost or the book has more legs than an account holds.
    fn basket(&self, at: usize) -> Result<Option<Book>> {
        let ((chain, fitted), (_, next)) = (&self.chains[at], &self.chains[at + 1]);
        let market = Market::new((chain, fitted), self.regimes[at], next.time + LAST)?;
        let worst = market.worst(next, THIN)?;
        let legs = worst.book.iter().map(|(key, held)| Leg {
            key: *key,
            quantity: (held * 10.0 * CONTRACT).round() as i64,
        });
        let legs: Vec<Leg> = legs.filter(|leg| leg.quantity != 0).collect();
        let fits = !legs.is_empty() && legs.len() <= risk::MAX_LEGS;
        Ok(fits.then_some(Book {
            cash: Vec::new(),
            legs,
        }))
    }
}
