//! Running the probe, and rows to run it on.

use cosmwasm_std::{Addr, Binary, Empty};
use cw_multi_test::{Contract, ContractWrapper};
use math_probe::{Function, InstantiateMsg, QueryMsg, rows};
use std::path::PathBuf;
use wasm_chain::{Chain, Code, Mode};

/// Functions whose native and wasm answers must be the same bytes (not the float baseline).
pub const EXACT: [Function; 9] = [
    Function::Exp,
    Function::Ln,
    Function::Sqrt,
    Function::NormCdf,
    Function::NormPdf,
    Function::NormQuantile,
    Function::CallPut,
    Function::Black76,
    Function::NaiveCallPut,
];

/// VM gas a row that the median must not exceed.
pub const LIMITS: [(Function, u64); 10] = [
    (Function::Exp, 150_000),
    (Function::Ln, 180_000),
    (Function::Sqrt, 150_000),
    (Function::NormCdf, 350_000),
    (Function::NormPdf, 180_000),
    (Function::NormQuantile, 650_000),
    (Function::CallPut, 1_000_000),
    (Function::PriceAndGreeks, 2_100_000),
    (Function::NaiveCallPut, 20_000_000),
    (Function::FloatCallPut, 400_000),
];

/// Median and worst of the gas of rows.
pub struct Gas {
    pub median: u64,
    pub worst: u64,
}

/// The compiled probe on a chain.
pub struct Probe {
    chain: Chain,
    contract: Addr,
}

fn native_code() -> Box<dyn Contract<Empty>> {
    Box::new(ContractWrapper::new(
        math_probe::execute,
        math_probe::instantiate,
        math_probe::query,
    ))
}

impl Probe {
    /// Stores and starts the artefact; `None` (said on the terminal) when there is none.
    pub fn start() -> Option<Self> {
        let mut chain = Chain::new(Mode::Wasm);
        let code = match chain.store(&Code::new("math_probe", native_code)) {
            Ok(code) => code,
            Err(error) => {
                assert!(std::env::var_os("WASM_ARTIFACTS").is_none(), "{error}");
                println!("SKIPPED: no artefact: {error}");
                return None;
            }
        };
        let sender = chain.address("probe");
        let contract = chain
            .instantiate(code, &sender, &InstantiateMsg {}, &[], "probe")
            .unwrap();
        Some(Self { chain, contract })
    }

    /// Runs a batch: the answer and the VM gas.
    pub fn run(&self, function: Function, batch: &[Vec<i128>]) -> (Vec<u8>, u64) {
        let message = QueryMsg::Run {
            function,
            input: encode(batch),
        };
        let (answer, report) = self
            .chain
            .query_metered::<_, Binary>(&self.contract, &message)
            .unwrap();
        (answer.into(), report.vm_gas())
    }

    /// Gas of each row alone, less that of a call that does nothing with it.
    pub fn gas(&self, function: Function, batch: &[Vec<i128>]) -> Gas {
        let nothing = if function.arguments() == 1 {
            Function::Identity
        } else {
            Function::Identity4
        };
        let mut all: Vec<u64> = batch
            .iter()
            .map(|row| {
                let row = std::slice::from_ref(row);
                self.run(function, row)
                    .1
                    .saturating_sub(self.run(nothing, row).1)
            })
            .collect();
        all.sort_unstable();
        Gas {
            median: all[all.len() / 2],
            worst: all[all.len() - 1],
        }
    }
}

fn encode(batch: &[Vec<i128>]) -> Binary {
    batch
        .iter()
        .flat_map(|row| rows::encode(row))
        .collect::<Vec<_>>()
        .into()
}

/// The answer of native code.
pub fn native(function: Function, batch: &[Vec<i128>]) -> Vec<u8> {
    rows::run(function, &encode(batch))
}

/// Argument columns of the shared vectors of a function, when they are there.
pub fn shared_rows(function: Function) -> Option<Vec<Vec<i128>>> {
    let name = match function {
        Function::Exp => "exp",
        Function::Ln => "ln",
        Function::Sqrt => "sqrt",
        Function::NormCdf => "norm_cdf",
        Function::NormPdf => "norm_pdf",
        Function::NormQuantile | Function::Identity | Function::Identity4 => return None,
        _ => "black76",
    };
    let directory = std::env::var_os("OPTIO_VECTORS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors"),
        PathBuf::from,
    );
    let text = std::fs::read_to_string(directory.join(format!("{name}.csv"))).ok()?;
    let width = function.arguments();
    let row = |line: &str| {
        line.split(',')
            .take(width)
            .map(|x| x.parse().unwrap())
            .collect()
    };
    Some(text.lines().skip(1).map(row).collect())
}

/// A small generator of seeded rows (a multiply-with-xor-shift sequence).
struct Seeded(u64);

impl Seeded {
    fn word(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// Uniform in [low, high), ends in whole 2^-16.
    fn between(&mut self, low: i128, high: i128) -> i128 {
        let unit = i128::from(self.word());
        (low << 48) + ((high - low) * (unit >> 16))
    }

    /// A positive number with a uniform exponent in [low, high) and 64 random bits below it.
    fn spread(&mut self, low: i32, high: i32) -> i128 {
        let exponent =
            low + i32::try_from(self.word() % u64::try_from(high - low).unwrap()).unwrap();
        let mantissa = i128::from(self.word() | 1 << 63);
        let shift = exponent + 1;
        (if shift >= 0 {
            mantissa << shift
        } else {
            mantissa >> -shift
        })
        .max(1)
    }
}

/// Seeded rows over the domain of a function.
pub fn argument_rows(function: Function, count: usize) -> Vec<Vec<i128>> {
    let mut seeded = Seeded(0x9E37_79B9_7F4A_7C15);
    let one = 1_i128 << 16;
    (0..count)
        .map(|_| match function {
            Function::Exp => vec![seeded.between(-44 * one, 30 * one)],
            Function::Ln | Function::Sqrt => vec![seeded.spread(-62, 62)],
            Function::NormCdf | Function::NormPdf => {
                vec![seeded.between(-19 * one / 2, 19 * one / 2)]
            }
            Function::NormQuantile => vec![i128::from(seeded.word()).max(1)],
            _ => {
                let forward = seeded.spread(-6, 17);
                let strike = (forward >> 32) * (seeded.between(one / 4, 4 * one) >> 32);
                vec![
                    forward,
                    strike.max(1),
                    seeded.between(one / 20, 3 * one),
                    seeded.between(one / 2048, 2 * one),
                ]
            }
        })
        .collect()
}
