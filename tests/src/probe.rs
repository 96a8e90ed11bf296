//! The mathematics on the VM: rows in, rows and gas out; and rows over the whole domain.

use cosmwasm_std::{Addr, Binary};
use math_probe::rows::{Row, decode, encode, run};
use math_probe::{Function, InstantiateMsg, QueryMsg};
use wasm_chain::{Chain, Mode};

use crate::codes::PROBE;
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
        let code = chain.store(&PROBE).unwrap();
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
        let nothing = if function.arguments() == 1 {
            Function::Identity
        } else {
            Function::Identity4
        };
        self.gas_over(function, nothing, arguments)
    }

    /// Gas of each row by itself, less that of another function on the same row.
    pub fn gas_over(&self, function: Function, other: Function, arguments: &[i128]) -> RowGas {
        let mut gas: Vec<u64> = arguments
            .chunks_exact(function.arguments())
            .map(|row| {
                self.run(function, row)
                    .1
                    .saturating_sub(self.run(other, row).1)
            })
            .collect();
        gas.sort_unstable();
        RowGas {
            median: gas[gas.len() / 2],
            worst: gas[gas.len() - 1],
        }
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
        Function::ImpliedVol => quoted(random),
        // Whose arguments make no slice costs nothing.
        Function::GridLeg | Function::GridLeg3 | Function::GridMargin => market(random),
        _ => price(random),
    }
}

/// Forward, strike, price of the call, years.
fn quoted(random: &mut Random) -> Vec<i128> {
    let [forward, strike, vol, years] = market(random)[..] else {
        panic!("four arguments")
    };
    let answer = native(Function::CallPut, &[forward, strike, vol, years]);
    let call = rows(&answer)[0].as_ref().expect("inside the domain")[0];
    vec![forward, strike, call, years]
}

/// Forward, strike, vol, years: mostly a market's, now and then anything of the domain.
fn price(random: &mut Random) -> Vec<i128> {
    if random.range(0, 4) == 0 {
        let wide = |random: &mut Random, low: u32, high: u32| random.scaled(high).max(1 << low);
        let forward = wide(random, 44, 104);
        let strike = wide(random, 44, 104);
        return vec![forward, strike, wide(random, 54, 67), wide(random, 54, 66)];
    }
    market(random)
}

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
