//! Who is there: books of several kinds, each with cash for a multiple of its initial margin.

use std::ops::RangeInclusive;

use risk::liquidation::Health;
use risk::{Book, Context, CoveredPath, Level, QUOTE_COIN, covered};

use super::law::Law;
use super::path::{LAST, Path, Silence};
use crate::commands::backtest::books::{Shape, draw};
use crate::error::{CliError, Result};
use crate::random::Random;

/// How often agents who could not enter draw again.
const ROUNDS: usize = 32;
/// Sizes of a book, multiples of what was drawn.
pub const SIZES: usize = 20;

/// What an agent holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Short options and strangles.
    ShortGamma,
    /// Verticals and calendars.
    Spread,
    /// Two to sixteen legs of any sign and size.
    Random,
    /// The basket that loses most under the move that really came, found by search.
    Worst,
    /// Enough cash for the worst payoff.
    Covered,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::ShortGamma,
        Self::Spread,
        Self::Random,
        Self::Worst,
        Self::Covered,
    ];

    /// For a table.
    pub fn name(self) -> &'static str {
        match self {
            Self::ShortGamma => "short options, strangles",
            Self::Spread => "verticals, calendars",
            Self::Random => "2 to 16 random legs",
            Self::Worst => "baskets found by search",
            Self::Covered => "covered",
        }
    }

    /// Kinds by their shares among agents.
    fn pick(random: &mut Random) -> Self {
        match random.below(20) {
            0..=8 => Self::ShortGamma,
            9..=12 => Self::Spread,
            13..=14 => Self::Random,
            15..=17 => Self::Worst,
            _ => Self::Covered,
        }
    }

    fn shape(self, random: &mut Random) -> Shape {
        match self {
            Self::ShortGamma => *random.pick(&[Shape::Short, Shape::Strangle]),
            Self::Spread => *random.pick(&[Shape::Vertical, Shape::Calendar]),
            Self::Random | Self::Worst => Shape::Random,
            Self::Covered => *random.pick(&[Shape::Vertical, Shape::Short]),
        }
    }
}

/// An account with the ticks between which it lives.
#[derive(Debug, Clone)]
pub struct Agent {
    /// What it holds.
    pub kind: Kind,
    /// Ticks of its first and last look.
    pub life: (usize, usize),
    /// Legs and cash it starts with.
    pub book: Book,
    /// Initial margin, quote base units.
    pub margin: i128,
    /// Cash and legs in units of it; a covered account brings what covers it.
    pub multiple: f64,
    /// What those on the other side get for its legs when it enters, fees paid.
    pub worth: i128,
}

/// How agents are drawn.
#[derive(Debug, Clone, Copy)]
pub struct Draw {
    /// How many.
    pub count: usize,
    /// Ticks that one lives.
    pub life: usize,
    /// Seconds that it lives.
    pub seconds: u64,
    /// What it should meet.
    pub silence: Silence,
    /// Seed.
    pub seed: u64,
    /// Whether a book can be brought where it is to be followed.
    pub fits: fn(&Book) -> bool,
}

/// An agent that wants to enter.
struct Intent {
    /// The chain it enters at.
    chain: usize,
    kind: Kind,
    /// Without cash.
    book: Book,
    /// The cash it brings, as a multiple of the book's margin.
    multiple: f64,
}

/// Draws agents, ascending by first tick: for each a chain, a kind, a book and a multiple of 1.0 to 1.3 of its initial margin.
/// Who draws no book from his chain (too few quoted options), one that does not fit, an option about to expire or, to be
/// covered, a loss without a bound, draws again.
///
/// # Errors
/// When a book cannot be priced or a search has no answer, or the chains have too few books.
pub fn agents(path: &Path<'_>, law: Law, draw: Draw) -> Result<Vec<Agent>> {
    let mut random = Random::new(draw.seed);
    let entrances = path.entrances(draw.seconds, draw.silence);
    let baskets = path.baskets(&entrances);
    let mut agents: Vec<Agent> = Vec::with_capacity(draw.count);
    for _ in 0..ROUNDS {
        let missing = draw.count - agents.len();
        let drawn = (0..missing).filter_map(|_| intent(path, &entrances, &baskets, &mut random));
        let intents = drawn.filter(|intent| (draw.fits)(&intent.book)).collect();
        agents.extend(enter(path, law, draw.life, intents)?);
    }
    if agents.len() < draw.count {
        return Err(CliError::input(format!(
            "the chains have too few books for {} accounts",
            draw.count
        )));
    }
    agents.sort_by_key(|agent| agent.life.0);
    Ok(agents)
}

/// The agents among them who can enter.
fn enter(path: &Path<'_>, law: Law, ticks: usize, mut intents: Vec<Intent>) -> Result<Vec<Agent>> {
    intents.sort_by_key(|intent| intent.chain);
    let mut agents = Vec::with_capacity(intents.len());
    let mut context = None;
    for intent in intents {
        let chain = intent.chain;
        let tick = path.tick_of(chain);
        let Some(life) = life(path, &intent.book, tick, ticks) else {
            continue;
        };
        if context.as_ref().is_none_or(|(known, _)| *known != chain) {
            context = path.context(tick)?.map(|found| (chain, found));
        }
        let Some((_, context)) = &context else {
            continue;
        };
        agents.extend(seeded(law, context, intent, life)?);
    }
    Ok(agents)
}

/// An agent with its cash; none where no cash covers a book that should be covered.
fn seeded(
    law: Law,
    context: &Context,
    intent: Intent,
    life: (usize, usize),
) -> Result<Option<Agent>> {
    let Intent {
        kind,
        mut book,
        multiple,
        ..
    } = intent;
    let own = law.health(&book, context, Level::Initial);
    let own = own.map_err(|e| CliError::of(&e))?;
    let needed = match kind {
        Kind::Covered => bound(&book, context)?,
        _ => Some(seed(&own, multiple)),
    };
    let (margin, worth) = (own.margin, own.equity);
    Ok(needed.map(|needed| {
        if needed > 0 {
            book.cash.push((QUOTE_COIN, needed));
        }
        Agent {
            kind,
            life,
            book,
            margin,
            multiple,
            worth,
        }
    }))
}

/// None where the chain has no such options.
fn intent(
    path: &Path<'_>,
    entrances: &RangeInclusive<usize>,
    baskets: &[&(usize, Book)],
    random: &mut Random,
) -> Option<Intent> {
    let chains = path.chains();
    let kind = Kind::pick(random);
    let multiple = 1.0 + 0.3 * random.unit();
    let size = 1 + random.below(SIZES) as i64;
    let (chain, mut book) = if kind == Kind::Worst && !baskets.is_empty() {
        (*random.pick(baskets)).clone()
    } else {
        let chain = entrances.start() + random.below(entrances.clone().count());
        (chain, draw(kind.shape(random), &chains[chain].0, random)?)
    };
    for leg in &mut book.legs {
        leg.quantity *= size;
    }
    Some(Intent {
        chain,
        kind,
        book,
        multiple,
    })
}

/// Ticks of a life: until the first of its options is about to expire, at most so many.
fn life(path: &Path<'_>, book: &Book, tick: usize, most: usize) -> Option<(usize, usize)> {
    let first = book.legs.iter().map(|leg| leg.key.expiry_seconds()).min()?;
    let alive = path.ticks.partition_point(|t| t.time + LAST < first);
    let last = alive
        .checked_sub(1)?
        .min(tick + most)
        .min(path.ticks.len() - 1);
    (last > tick).then_some((tick, last))
}

/// Cash for a multiple of a margin; none is owed from the start.
fn seed(own: &Health, multiple: f64) -> i128 {
    let wanted = (own.margin as f64 * multiple).ceil() as i128;
    // Without cash, equity is what the legs are worth.
    (wanted - own.equity).max(0)
}

/// The cash that makes a book covered; none where its loss has no bound.
fn bound(book: &Book, context: &Context) -> Result<Option<i128>> {
    let paths = covered(book, &context.markets).map_err(|e| CliError::of(&e))?;
    let lowest: Option<Vec<i128>> = paths.iter().map(CoveredPath::lowest).collect();
    Ok(lowest.map(|all| all.iter().map(|low| -low.min(&0)).sum()))
}
