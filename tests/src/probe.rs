//! The mathematics on the VM: rows in, rows and gas out; the committed reference rows, and random ones over the whole domain.

use std::collections::BTreeSet;

use cosmwasm_std::{Addr, Binary};
use math_probe::rows::{Row, decode, encode, run};
use math_probe::{Function, InstantiateMsg, QueryMsg};
use wasm_chain::{Chain, Mode};

use crate::codes::{self, PROBE};
use crate::random::Random;

/// 1.0 as a bit pattern.
const ONE: i128 = 1 << 64;

/// The probe contract on a chain of its own.
pub struct Probe {
    chain: Chain,
    contract: Addr,
}

/// Gas of single rows, less what a row of the same shape costs that computes nothing. In VM gas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowGas {
    /// The middle one.
    pub median: u64,
    /// The dearest one.
    pub worst: u64,
}

impl Probe {
    /// Starts the compiled probe.
    pub fn start() -> Self {
        let mut chain = Chain::new(Mode::Wasm);
        let code = codes::store(&mut chain, &PROBE).unwrap();
        let user = chain.address("user");
        let contract = chain
            .instantiate(code, &user, &InstantiateMsg {}, &[], "probe")
            .unwrap();
        Self { chain, contract }
    }

    /// Runs rows on the VM: the answer's bytes and the VM gas.
    pub fn run(&self, function: Function, arguments: &[i128]) -> (Vec<u8>, u64) {
        let msg = QueryMsg::Run {
            function,
            input: encode(arguments).into(),
        };
        let (answer, gas) = self
            .chain
            .query_metered::<_, Binary>(&self.contract, &msg)
            .unwrap();
        (answer.to_vec(), gas.vm_gas())
    }

    /// Gas of each row by itself.
    pub fn row_gas(&self, function: Function, arguments: &[i128]) -> RowGas {
        self.gas_over(function, nothing(function), arguments)
    }

    /// Gas of each row by itself, less that of another function on the same row.
    pub fn gas_over(&self, function: Function, other: Function, arguments: &[i128]) -> RowGas {
        let mut gas = self.each(function, other, arguments);
        gas.sort_unstable();
        RowGas {
            median: gas[gas.len() / 2],
            worst: gas[gas.len() - 1],
        }
    }

    /// How many rows of Black-76 or implied vol took the path that widens until the rounding is decided. Their gas tells: no
    /// row without it needs 4 million, none with it less than 90 million.
    pub fn widened(&self, function: Function, arguments: &[i128]) -> usize {
        let gas = self.each(function, nothing(function), arguments);
        gas.into_iter().filter(|gas| *gas > 20_000_000).count()
    }

    /// A refusal is cheap, so none may be among the rows.
    fn each(&self, function: Function, other: Function, arguments: &[i128]) -> Vec<u64> {
        let each = |row: &[i128]| {
            let (answer, gas) = self.run(function, row);
            let answered = rows(&answer).iter().all(Result::is_ok);
            assert!(answered, "{function:?} refuses {row:?}");
            gas.saturating_sub(self.run(other, row).1)
        };
        let rows = arguments.chunks_exact(function.arguments());
        rows.map(each).collect()
    }
}

/// What computes nothing on a row of the same shape.
const fn nothing(function: Function) -> Function {
    if function.arguments() == 1 {
        Function::Identity
    } else {
        Function::Identity4
    }
}

/// The same rows natively.
pub fn native(function: Function, arguments: &[i128]) -> Vec<u8> {
    run(function, &encode(arguments))
}

/// Rows of an answer.
pub fn rows(answer: &[u8]) -> Vec<Row> {
    decode(answer).expect("an answer of the probe")
}

/// Arguments of the committed reference rows: over a function's whole domain and at its ends, for the elementary ones next to
/// ties too; none twice. Of implied vol those whose call, rounded, still has a vol: it may round to a bound, or past an end of
/// the domain.
pub fn reference_rows(function: Function) -> Vec<i128> {
    let (name, columns): (_, &[usize]) = match function {
        Function::Exp => ("exp", &[0]),
        Function::Ln => ("ln", &[0]),
        Function::Sqrt => ("sqrt", &[0]),
        Function::NormCdf => ("norm_cdf", &[0]),
        Function::NormPdf => ("norm_pdf", &[0]),
        Function::NormQuantile => ("norm_quantile", &[0]),
        // Forward, strike, call, years.
        Function::ImpliedVol => ("black76_all", &[0, 1, 4, 3]),
        _ => ("black76_all", &[0, 1, 2, 3]),
    };
    let folder = if function.arguments() == 1 {
        "../packages/fixed-math/tests/data"
    } else {
        "reference/rows"
    };
    let path = format!("{}/{folder}/{name}.csv", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let mut seen = BTreeSet::new();
    let arguments = text.lines().filter(|line| *line != "x,y").map(|line| {
        let cells: Vec<i128> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        columns.iter().map(|column| cells[*column]).collect()
    });
    let counts = |row: &Vec<i128>| has_vol(function, row) && seen.insert(row.clone());
    arguments.filter(counts).flatten().collect()
}

/// Of implied vol: whether the price has one.
fn has_vol(function: Function, row: &[i128]) -> bool {
    function != Function::ImpliedVol || rows(&native(function, row))[0].is_ok()
}

/// `count` rows of arguments over a function's domain, its edges and just outside included.
pub fn arguments(function: Function, count: usize, random: &mut Random) -> Vec<i128> {
    (0..count).flat_map(|_| row(function, random)).collect()
}

fn row(function: Function, random: &mut Random) -> Vec<i128> {
    match function {
        Function::Exp => vec![random.range(-46 * ONE, 44 * ONE)],
        Function::Ln | Function::Sqrt => vec![random.scaled(126) - 1],
        Function::NormCdf | Function::NormPdf => vec![random.range(-10 * ONE, 10 * ONE)],
        Function::NormQuantile => {
            let (tail, any) = (random.scaled(64).min(ONE), random.range(0, ONE + 2));
            vec![*random.pick(&[tail, ONE - tail, any])]
        }
        Function::ImpliedVol => quoted(&price(random)),
        // Others make no slice.
        Function::GridLeg | Function::GridLeg3 | Function::GridMargin => market(random),
        _ => price(random),
    }
}

/// Forward, strike, price of the call, years; outside the domain the forward for a price.
fn quoted(row: &[i128]) -> Vec<i128> {
    let answer = native(Function::CallPut, row);
    let call = rows(&answer)[0].as_ref().map_or(row[0], |sides| sides[0]);
    vec![row[0], row[1], call, row[3]]
}

/// Forward, strike, vol, years: mostly a market's, now and then anything of the domain or about it.
fn price(random: &mut Random) -> Vec<i128> {
    if random.range(0, 4) != 0 {
        return market(random);
    }
    let size = random.range(44, 104);
    let strike = of_size(random, (size - 12).max(44), (size + 13).min(104));
    vec![
        of_size(random, size, size + 1),
        strike,
        of_size(random, 46, 67),
        of_size(random, 46, 67),
    ]
}

/// A number of so many bits, large and small ones alike.
fn of_size(random: &mut Random, low: i128, high: i128) -> i128 {
    let top = 1 << random.range(low, high);
    top + random.range(0, top)
}

/// `count` rows of Black-76, or of implied vol, as markets have them.
pub fn market_rows(function: Function, count: usize, random: &mut Random) -> Vec<i128> {
    let draw = || match (function, market(random)) {
        (Function::ImpliedVol, row) => quoted(&row),
        (_, row) => row,
    };
    let rows = std::iter::repeat_with(draw).filter(|row| has_vol(function, row));
    rows.take(count).flatten().collect()
}

/// Forward from 100 to 200,000, strike from 0.4 to 2.5 of it, vol from 0.1 to 2, four hours to two years.
fn market(random: &mut Random) -> Vec<i128> {
    let forward = random.range(100, 200_000) * ONE + random.range(0, ONE);
    let strike = forward / 100 * random.range(40, 250);
    vec![
        forward,
        strike,
        random.range(ONE / 10, 2 * ONE),
        random.range(ONE / 2_000, 2 * ONE),
    ]
}
