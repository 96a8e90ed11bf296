//! `optio math`: single functions, line by line, natively or inside the compiled contract.

use std::io::{BufRead, BufWriter, Write};

use clap::{Args, ValueEnum};
use cosmwasm_std::Binary;
use cw_multi_test::ContractWrapper;
use math_probe::{Function, QueryMsg, rows};
use wasm_chain::{Chain, Code, Mode};

use crate::error::{CliError, Result};

/// Lines that one query to the contract carries.
const BATCH: usize = 200;
/// The compiled contract that holds the functions.
const PROBE: Code = Code::new("math_probe", || {
    Box::new(ContractWrapper::new(
        math_probe::execute,
        math_probe::instantiate,
        math_probe::query,
    ))
});

/// The functions.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Name {
    /// e^x
    Exp,
    /// natural logarithm
    Ln,
    /// square root
    Sqrt,
    /// standard normal distribution function
    NormCdf,
    /// standard normal density
    NormPdf,
    /// inverse of the normal distribution function
    NormQuantile,
    /// forward,strike,vol,years to call,put,call_delta,gamma,vega,theta,vanna,volga
    Black76,
}

impl Name {
    fn function(self) -> Function {
        match self {
            Self::Exp => Function::Exp,
            Self::Ln => Function::Ln,
            Self::Sqrt => Function::Sqrt,
            Self::NormCdf => Function::NormCdf,
            Self::NormPdf => Function::NormPdf,
            Self::NormQuantile => Function::NormQuantile,
            Self::Black76 => Function::Black76,
        }
    }
}

/// Evaluate a function on I64F64 bit patterns, line by line.
///
/// Reads lines of comma-separated bit patterns (signed decimal integers, units of 2^-64) on standard input and writes one line of results for
/// each: one number for most functions; `black76` takes forward, strike, vol and years and gives call, put, call delta, gamma, vega, theta, vanna
/// and volga. A row outside the domain answers `error: CODE` and the run goes on; a line that is not the right number of integers ends it with
/// exit code 2.
#[derive(Debug, Args)]
pub struct MathArgs {
    /// The function.
    #[arg(value_enum)]
    pub function: Name,
    /// Evaluate inside the compiled wasm on the VM.
    #[arg(long)]
    pub vm: bool,
}

/// Runs the command.
///
/// # Errors
/// On a line that is not the right number of integers; with `--vm` when the artefact is missing.
pub fn run(args: &MathArgs) -> Result<()> {
    let function = args.function.function();
    let mut out = BufWriter::new(std::io::stdout().lock());
    let probe = if args.vm { Some(Probe::start()?) } else { None };
    let mut batch = Vec::new();
    for (at, line) in std::io::stdin().lock().lines().enumerate() {
        let line = line.map_err(|e| CliError::input(format!("line {}: {e}", at + 1)))?;
        if line.trim().is_empty() {
            continue;
        }
        let row =
            parse(&line, function).map_err(|e| CliError::input(format!("line {}: {e}", at + 1)));
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                answer(&mut out, probe.as_ref(), function, &batch)?;
                out.flush().map_err(written)?;
                return Err(error);
            }
        };
        batch.push(row);
        if batch.len() == BATCH {
            answer(&mut out, probe.as_ref(), function, &batch)?;
            batch.clear();
        }
    }
    answer(&mut out, probe.as_ref(), function, &batch)?;
    out.flush().map_err(written)
}

fn written(error: std::io::Error) -> CliError {
    CliError::new("E_OPTIO_OUTPUT", error.to_string())
}

fn parse(line: &str, function: Function) -> std::result::Result<[i128; 4], String> {
    let wanted = function.arguments();
    let cells: Vec<&str> = line.split(',').map(str::trim).collect();
    if cells.len() != wanted {
        return Err(format!("{} values, want {wanted}", cells.len()));
    }
    let mut row = [0; 4];
    for (slot, cell) in row.iter_mut().zip(&cells) {
        *slot = cell
            .parse()
            .map_err(|_| format!("{cell} is not a signed 128-bit integer"))?;
    }
    Ok(row)
}

fn answer(
    out: &mut impl Write,
    probe: Option<&Probe>,
    function: Function,
    batch: &[[i128; 4]],
) -> Result<()> {
    if batch.is_empty() {
        return Ok(());
    }
    let width = function.arguments();
    let flat: Vec<i128> = batch.iter().flat_map(|row| row[..width].to_vec()).collect();
    let input = rows::encode(&flat);
    let output = match probe {
        Some(probe) => probe.ask(function, input)?,
        None => rows::run(function, &input),
    };
    let answers = rows::decode(&output).filter(|rows| rows.len() == batch.len());
    let answers = answers.ok_or_else(|| CliError::new("E_OPTIO_VM", "an answer cannot be read"))?;
    for row in answers {
        let line = match row {
            Ok(values) => values
                .iter()
                .map(i128::to_string)
                .collect::<Vec<_>>()
                .join(","),
            Err(code) => format!("error: {code}"),
        };
        writeln!(out, "{line}").map_err(written)?;
    }
    Ok(())
}

/// The compiled contract on a chain of its own.
struct Probe {
    chain: Chain,
    contract: cosmwasm_std::Addr,
}

impl Probe {
    fn start() -> Result<Self> {
        let mut chain = Chain::new(Mode::Wasm);
        let sender = chain.address("calculator");
        let code = chain.store(&PROBE).map_err(|e| CliError::of(&e))?;
        let contract = chain
            .instantiate(code, &sender, &math_probe::InstantiateMsg {}, &[], "math")
            .map_err(|e| CliError::of(&e))?;
        Ok(Self { chain, contract })
    }

    fn ask(&self, function: Function, input: Vec<u8>) -> Result<Vec<u8>> {
        let input = Binary::from(input);
        let question = QueryMsg::Run { function, input };
        let answer: Binary = self
            .chain
            .query(&self.contract, &question)
            .map_err(|e| CliError::of(&e))?;
        Ok(answer.to_vec())
    }
}
