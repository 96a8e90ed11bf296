//! What goes wrong, and what came of it.

use super::agents::{Agent, Draw, agents};
use super::coin::Coin;
use super::law::Law;
use super::path::{Path, Silence, Way};
use super::rules::Rules;
use super::run::{End, Outcome, Prices, Setting, run};
use super::rungs::walked;
use super::waterfall::Walk;
use super::{Depth, StressArgs};
use crate::error::{CliError, Result};

/// Base units of a USD.
pub const USD: f64 = 1e6;
/// Accounts of each depth, unless asked otherwise.
const PURE: usize = 20_000;
const CONTRACTS: usize = 1_000;

/// One run over all coins.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    /// For tables.
    pub name: &'static str,
    /// Margin law.
    pub law: Law,
    /// One in so many of the accounts.
    part: usize,
    way: Way,
    silence: Silence,
    delay: u64,
}

/// What all scenarios share.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    accounts: usize,
    seed: u64,
    tick: u64,
    scan: usize,
    life: u64,
    appetite: i32,
    fund: u128,
}

/// One coin's part of a scenario.
pub struct Part {
    /// Symbol.
    pub coin: String,
    /// Who was there.
    pub agents: Vec<Agent>,
    /// What became of them.
    pub outcome: Outcome,
    /// Unix seconds of each tick.
    pub times: Vec<u64>,
}

/// What came of a scenario.
pub struct Found {
    /// Which.
    pub scenario: Scenario,
    /// One per coin.
    pub parts: Vec<Part>,
}

impl Plan {
    /// As asked on the command line.
    pub fn of(args: &StressArgs) -> Self {
        Self {
            accounts: args.accounts.unwrap_or(match args.depth {
                Depth::Pure => PURE,
                Depth::Contracts => CONTRACTS,
            }),
            seed: args.seed,
            tick: args.tick,
            scan: args.scan,
            life: args.life * 3_600,
            appetite: args.appetite,
            fund: args.fund * 1_000_000,
        }
    }

    /// Accounts under default parameters.
    pub fn accounts(&self) -> usize {
        self.accounts
    }

    /// Seed of the first coin.
    pub fn seed(&self) -> u64 {
        self.seed.wrapping_mul(1_000)
    }

    /// Insurance of a market at the start, quote base units.
    pub fn fund(&self) -> u128 {
        self.fund
    }

    /// How so many accounts are drawn.
    pub fn draw(&self, count: usize, seed: u64) -> Draw {
        Draw {
            count,
            life: (self.life / self.tick) as usize,
            seconds: self.life,
            silence: Silence::default(),
            seed,
            fits: |_| true,
        }
    }

    /// Terms and people, keepers late by so many seconds.
    pub fn rules(&self, delay: u64) -> Rules {
        Rules {
            appetite: self.appetite,
            delay,
            scan: self.scan,
            ..Rules::standard()
        }
    }
}

/// The scenarios in which accounts end with less than nothing: the second is more than the other sides can bear.
pub fn leaps(args: &StressArgs) -> [(&'static str, Way); 2] {
    [
        ("a leap within one report", Way::Leap(args.leap)),
        ("a leap twice as far", Way::Leap(2 * args.leap)),
    ]
}

impl Scenario {
    /// Default parameters, the static baseline, then what goes wrong.
    pub fn all(args: &StressArgs) -> Vec<Self> {
        let plain = Self {
            name: "default parameters",
            law: Law::Grid,
            part: 1,
            way: Way::Bridge,
            silence: Silence::default(),
            delay: 0,
        };
        let tenth = Self { part: 10, ..plain };
        let silent = |oracle, keeper| Silence { oracle, keeper };
        let named = |name, scenario: Self| Self { name, ..scenario };
        let fixed = |name, scenario: Self| Self {
            name,
            law: Law::Static,
            ..scenario
        };
        let delay = args.delay;
        let outage = silent(0, args.outage);
        let gap = silent(args.gap, 0);
        let way = Way::Jump;
        let mut all = vec![
            plain,
            fixed("static margin", plain),
            named("late keepers", Self { delay, ..tenth }),
            named("no keepers in the worst fall", tenth.silenced(outage)),
            named("no prices in the worst fall", tenth.silenced(gap)),
            named("every move in one jump", Self { way, ..tenth }),
            fixed(
                "every move in one jump, static margin",
                Self { way, ..tenth },
            ),
        ];
        all.extend(leaps(args).map(|(name, way)| named(name, Self { way, ..tenth })));
        all
    }

    const fn silenced(self, silence: Silence) -> Self {
        Self { silence, ..self }
    }

    /// Runs it, a thread a coin.
    ///
    /// # Errors
    /// When a book or a surface cannot be priced.
    pub fn run(self, coins: &[Coin], plan: &Plan) -> Result<Found> {
        let each = (plan.accounts / self.part).div_ceil(coins.len().max(1));
        let parts: Option<Vec<Result<Part>>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0u64..)
                .zip(coins)
                .map(|(at, coin)| scope.spawn(move || self.part(coin, plan, each, at)))
                .collect();
            threads.into_iter().map(|t| t.join().ok()).collect()
        });
        let parts = parts.ok_or_else(|| CliError::new("E_OPTIO_THREAD", "a working thread failed"));
        Ok(Found {
            scenario: self,
            parts: parts?.into_iter().collect::<Result<_>>()?,
        })
    }

    fn part(self, coin: &Coin, plan: &Plan, count: usize, at: u64) -> Result<Part> {
        let seed = plan.seed().wrapping_add(at);
        let path = Path::new(coin, plan.tick, self.way, seed);
        let silence = self.silence;
        let draw = Draw {
            silence,
            ..plan.draw(count, seed)
        };
        let agents = agents(&path, self.law, draw)?;
        let path = path.silenced(silence);
        let rules = plan.rules(self.delay);
        let setting = Setting {
            law: self.law,
            rules: &rules,
            fund: plan.fund,
        };
        let outcome = run(&path, &agents, &setting)?;
        Ok(Part {
            coin: coin.name.clone(),
            agents,
            outcome,
            times: path.ticks.iter().map(|tick| tick.time).collect(),
        })
    }
}

impl Prices for Path<'_> {
    fn count(&self) -> usize {
        self.ticks.len()
    }

    fn kept(&self, tick: usize) -> bool {
        self.ticks[tick].kept
    }

    fn context(&self, tick: usize) -> Result<Option<risk::Context>> {
        Self::context(self, tick)
    }
}

impl Found {
    /// All ends.
    pub fn ends(&self) -> impl Iterator<Item = &End> {
        self.parts.iter().flat_map(|part| &part.outcome.ends)
    }

    /// Whether cash and legs came out even, to the last unit.
    pub fn is_exact(&self) -> bool {
        let even =
            |part: &Part| part.outcome.made() == 0 && part.outcome.legs_made(&part.agents) == 0;
        self.parts.iter().all(even)
    }

    /// What accounts lacked, walked down in each market.
    ///
    /// # Errors
    /// When a round of a haircut cannot be counted.
    pub fn walk(&self) -> Result<Walk> {
        let each = self.parts.iter();
        let mut each = each.map(|part| walked(&part.outcome, &part.times));
        each.try_fold(Walk::default(), |sum, walk| Ok(sum.and(walk?)))
    }

    /// What it comes to.
    pub fn sums(&self) -> super::report::Sums {
        super::report::Sums::of(self.ends())
    }

    /// For the terminal.
    pub fn line(&self) -> String {
        let sums = self.sums();
        format!(
            "{} accounts, {} below maintenance, {} of them end with equity >= 0 ({})",
            sums.accounts,
            sums.fell,
            sums.fell - sums.broke,
            sums.kept()
        )
    }
}
