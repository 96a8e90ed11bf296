//! `optio margin`: the margin of a book of real options.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use risk::{
    Book, Context, Explanation, Leg, Level, MAX_GROSS, PricingId, QUOTE_COIN, Row, SeriesKey,
    Worst, default_profile,
};
use serde_json::{Value, json};

use crate::book::BookFile;
use crate::data::chain::{Chain, chains};
use crate::data::snapshot::{Instrument, read_one};
use crate::data::time::{format_timestamp, parse_timestamp};
use crate::decimal::{to_units, units};
use crate::error::{CliError, Result};
use crate::fitted::fit;
use crate::margined::{self, COIN_DECIMALS, QUANTITY_DECIMALS, QUOTE_DECIMALS};
use crate::output::Format;
use crate::table::Table;

/// Components a slice.
const COMPONENTS: usize = 3;

/// Margin of a book of a snapshot's options.
///
/// Options are taken as linear (settled in USD), D = 1, under the default profile; of a coin's worth 90 % count in the initial and 95 % in the
/// maintenance test. The largest loss is that of the legs by themselves. One chain has no history, so the regime is calm. Every amount of the
/// answer is in USD; quantities are in units of the underlying. Formats of snapshot and book: docs/data.md.
#[derive(Debug, Args)]
pub struct MarginArgs {
    /// Snapshot file (`.csv` or `.csv.gz`; docs/data.md).
    #[arg(long)]
    pub data: PathBuf,
    /// Book, JSON: `{"cash_usd": 0, "coins": {"BTC": 0}, "legs": [{"instrument_name": "...",
    /// "quantity": 0}], "timestamp": "..."}`; each may be absent, but not cash, coins and legs together. Other keys are ignored.
    #[arg(long)]
    pub book: PathBuf,
    /// Time of the snapshot within the file; the book's by default, else the first.
    #[arg(long)]
    pub at: Option<String>,
    /// How the answer is shown.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Runs the command.
///
/// # Errors
/// On unreadable input, unknown instruments or times.
pub fn run(args: &MarginArgs) -> Result<()> {
    let file = BookFile::read(&args.book)?;
    let stamp = args.at.as_ref().or(file.timestamp.as_ref());
    let time = match stamp {
        Some(text) => Some(parse_timestamp(text).ok_or_else(|| {
            CliError::input(format!("bad timestamp {text}; want 2026-02-05T04:29:52Z"))
        })?),
        None => None,
    };
    let snapshot = read_one(&args.data, time)?;
    let chains = chains(&snapshot, 1);
    let (book, names) = book(&file, &chains)?;
    let context = context(&chains, &book, snapshot.time)?;
    let explain = |level| risk::explain(&book, &context, level).map_err(|e| CliError::of(&e));
    let (initial, maintenance) = (explain(Level::Initial)?, explain(Level::Maintenance)?);
    if initial.assessment.gross >= MAX_GROSS {
        return Err(CliError::input(
            "the book is too large: strikes, spot prices and coins come to 2^72 millionths of a dollar",
        ));
    }
    let max_loss = risk::max_loss(&book, &context).map_err(|e| CliError::of(&e))?;
    let answer = Answer {
        time: snapshot.time,
        initial,
        maintenance,
        max_loss,
        names,
        cash: book.cash,
        coins: chains.into_iter().map(|c| (c.coin, c.index)).collect(),
    };
    match args.format {
        Format::Json => crate::output::json(&answer.json()),
        Format::Table => {
            println!("{}", answer.table());
            Ok(())
        }
    }
}

/// Number of a coin and of its underlying and market: the chains in order, from 1.
fn number(chains: &[Chain], coin: &str) -> Result<u16> {
    let at = chains.iter().position(|c| c.coin == coin);
    let at = at.ok_or_else(|| CliError::input(format!("the snapshot has no {coin} options")))?;
    u16::try_from(at + 1).map_err(|_| CliError::input("too many coins"))
}

type Names = BTreeMap<SeriesKey, String>;

fn book(file: &BookFile, chains: &[Chain]) -> Result<(Book, Names)> {
    let cash = cash(file, chains)?;
    let mut sums: BTreeMap<SeriesKey, i128> = BTreeMap::new();
    let mut names = Names::new();
    for leg in file.legs()? {
        let name = &leg.instrument_name;
        let key = series(name, chains)?;
        let sum = sums.entry(key).or_default();
        let more = sum.checked_add(to_units(leg.quantity.text(), QUANTITY_DECIMALS, name)?);
        *sum = more.ok_or_else(|| CliError::input("quantity too large"))?;
        names.insert(key, name.clone());
    }
    let leg = |(key, quantity): (SeriesKey, i128)| {
        let quantity =
            i64::try_from(quantity).map_err(|_| CliError::input("quantity too large"))?;
        Ok(Leg { key, quantity })
    };
    let legs = sums
        .into_iter()
        .filter(|(_, q)| *q != 0)
        .map(leg)
        .collect::<Result<_>>()?;
    Ok((Book { cash, legs }, names))
}

fn cash(file: &BookFile, chains: &[Chain]) -> Result<Vec<(u16, i128)>> {
    let mut cash = Vec::new();
    if let Some(usd) = &file.cash_usd {
        cash.push((
            QUOTE_COIN,
            to_units(usd.text(), QUOTE_DECIMALS, "cash_usd")?,
        ));
    }
    for (coin, amount) in file.coins.iter().flat_map(|coins| &coins.0) {
        cash.push((
            number(chains, coin)?,
            to_units(amount.text(), COIN_DECIMALS, coin)?,
        ));
    }
    Ok(cash)
}

/// The series of an instrument that the snapshot has.
fn series(name: &str, chains: &[Chain]) -> Result<SeriesKey> {
    let unknown = || CliError::input(format!("{name} is not in the snapshot"));
    let instrument = Instrument::parse(name)
        .ok_or_else(|| CliError::input(format!("bad instrument name {name}")))?;
    let market = number(chains, &instrument.coin)?;
    let chain = chains
        .iter()
        .find(|c| c.coin == instrument.coin)
        .ok_or_else(unknown)?;
    let expiry = chain
        .expiries
        .iter()
        .find(|e| e.expiry == instrument.expiry);
    let listed = expiry
        .ok_or_else(unknown)?
        .rows()
        .any(|r| r.instrument == instrument);
    let key = margined::key(market, &instrument);
    let key = key.ok_or_else(|| {
        let said = "only strikes in whole USD can be margined";
        CliError::input(format!("{name}: {said}"))
    })?;
    listed.then_some(key).ok_or_else(unknown)
}

fn context(chains: &[Chain], book: &Book, now: u64) -> Result<Context> {
    let mut context = margined::empty(now);
    for chain in chains {
        let id = number(chains, &chain.coin)?;
        let used = book.legs.iter().any(|l| l.key.market == id)
            || book.cash.iter().any(|(coin, _)| *coin == id);
        if used {
            let fitted = fit(chain, &BTreeMap::new(), COMPONENTS)?;
            margined::add(&mut context, id, &fitted);
        }
    }
    Ok(context)
}

fn usd(amount: i128) -> String {
    format!("{:.2}", amount as f64 / 1e6)
}

struct Answer {
    time: u64,
    initial: Explanation,
    maintenance: Explanation,
    max_loss: Option<i128>,
    names: Names,
    /// Coins held, by number; those of [`Answer::coins`] from 1.
    cash: Vec<(u16, i128)>,
    /// Symbol and index of every coin of the snapshot.
    coins: Vec<(String, f64)>,
}

/// A pricing in words; what counts in part only, with its share.
fn pricing_words(pricing: &PricingId) -> String {
    let row = format!("{:?}", pricing.row).to_lowercase();
    let vol = format!("{:?}", pricing.vol).to_lowercase();
    let profile = default_profile();
    let tail = |t: &&risk::Tail| t.spot_move == pricing.spot_move;
    let share = match pricing.row {
        Row::Tail => profile.tails.iter().find(tail).map(|t| t.share),
        Row::Zero => Some(profile.zero_share),
        Row::Infinity => Some(profile.infinity_share),
        _ => None,
    };
    let share = share.map(|share| format!(" at a share of {}", f64::from(share) / 1e4));
    format!(
        "{row}{}, spot {:+} %, vol {vol}",
        share.unwrap_or_default(),
        f64::from(pricing.spot_move) / 100.0
    )
}

impl Answer {
    /// The symbol of an underlying, which is that of its coin.
    fn coin(&self, id: u16) -> &str {
        let at = usize::from(id).checked_sub(1);
        at.and_then(|at| self.coins.get(at))
            .map_or("an underlying that is not held", |(coin, _)| coin)
    }

    fn worst_words(&self) -> String {
        match &self.maintenance.assessment.worst {
            Worst::Joint { driver, pricing } => {
                format!("{} leads: {}", self.coin(*driver), pricing_words(pricing))
            }
            Worst::Apart => "every underlying at its own worst mix".to_owned(),
            Worst::Depeg => "coins lose their peg".to_owned(),
            Worst::Covered => "covered: no pricing counts".to_owned(),
            Worst::Cash => "cash alone: no pricing counts".to_owned(),
        }
    }

    /// Cash and coins, then what all of the book comes to: equity at mark, the surplus in the worst pricing.
    fn money(&self) -> Vec<Vec<String>> {
        let a = &self.maintenance.assessment;
        let (quote, coins): (Vec<_>, Vec<_>) =
            self.cash.iter().partition(|(id, _)| *id == QUOTE_COIN);
        let cash: i128 = quote.iter().map(|(_, amount)| *amount).sum();
        let legs: i128 = self.maintenance.legs.iter().map(|leg| leg.worst).sum();
        // What no leg and no dollar explains is the coin's, if there is one alone.
        let known = coins.len() == 1 && a.worst != Worst::Covered;
        let worst = known.then(|| usd(a.surplus - cash - legs));
        let coin = |(id, amount): (u16, i128)| {
            let index = self.coins.get(usize::from(id).saturating_sub(1));
            let mark = index.map(|(_, index)| amount as f64 / 1e8 * index);
            vec![
                self.coin(id).to_owned(),
                units(amount, COIN_DECIMALS),
                mark.map_or_else(|| "-".to_owned(), |mark| format!("{mark:.2}")),
                worst.clone().unwrap_or_else(|| "-".to_owned()),
            ]
        };
        let mut rows: Vec<Vec<String>> = coins.into_iter().map(coin).collect();
        let name = |name: &str, quantity: String| vec![name.to_owned(), quantity];
        let cash_row = [name("USD", units(cash, QUOTE_DECIMALS)), vec![usd(cash); 2]];
        rows.insert(0, cash_row.concat());
        let sums = vec![usd(a.equity), usd(a.surplus)];
        rows.push([name("sum", String::new()), sums].concat());
        rows
    }

    fn json(&self) -> Value {
        let exact = |amount: i128| units(amount, QUOTE_DECIMALS);
        let leg = |value: &risk::LegValue| {
            json!({
                "instrument_name": self.names.get(&value.leg.key),
                "quantity": units(value.leg.quantity.into(), QUANTITY_DECIMALS),
                "mark": exact(value.mark),
                "worst": exact(value.worst),
            })
        };
        json!({
            "timestamp": format_timestamp(self.time),
            "equity": exact(self.maintenance.assessment.equity),
            "maintenance": exact(self.maintenance.assessment.margin),
            "initial": exact(self.initial.assessment.margin),
            "max_loss": self.max_loss.map(exact),
            "worst": self.worst_words(),
            "legs": self.maintenance.legs.iter().map(leg).collect::<Vec<_>>(),
        })
    }

    fn table(&self) -> String {
        let head = [
            "leg or coin",
            "quantity",
            "at mark, USD",
            "in the worst, USD",
        ];
        let mut table = Table::new(&head);
        for value in &self.maintenance.legs {
            let name = self.names.get(&value.leg.key).cloned().unwrap_or_default();
            let quantity = units(value.leg.quantity.into(), QUANTITY_DECIMALS);
            table.row(vec![name, quantity, usd(value.mark), usd(value.worst)]);
        }
        self.money().into_iter().for_each(|row| table.row(row));
        let a = &self.maintenance.assessment;
        format!(
            "{}\n\n{}\n\nequity       {:>18}\nmaintenance  {:>18}\ninitial      {:>18}\n\
             max loss     {:>18}  of the legs\nworst         {}",
            format_timestamp(self.time),
            table.plain(),
            usd(a.equity),
            usd(a.margin),
            usd(self.initial.assessment.margin),
            self.max_loss.map_or_else(|| "unbounded".to_owned(), usd),
            self.worst_words(),
        )
    }
}
