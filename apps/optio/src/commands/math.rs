//! `optio math`: single functions, line by line, natively or inside the compiled contract.

use std::io::{BufRead, BufWriter, ErrorKind, Write};

use clap::{Args, ValueEnum};
use cosmwasm_std::Binary;
use cw_multi_test::ContractWrapper;
use math_probe::{Function, QueryMsg, rows};
use sandbox::codes;
use serde_json::json;
use wasm_chain::{Chain, Code, Mode};

use crate::error::{CliError, Result};
use crate::output::Format;

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
/// exit code 2. As JSON the answers are one list with an entry a line, a list of decimal strings or {"error": CODE}.
#[derive(Debug, Args)]
pub struct MathArgs {
    /// The function.
    #[arg(value_enum)]
    pub function: Name,
    /// Evaluate inside the compiled wasm on the VM.
    #[arg(long)]
    pub vm: bool,
    /// How the answers are shown.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Runs the command.
///
/// # Errors
/// On a line that is not the right number of integers; with `--vm` when the artefact is missing.
pub fn run(args: &MathArgs) -> Result<()> {
    let function = args.function.function();
    let probe = if args.vm { Some(Probe::start()?) } else { None };
    let mut answers = Answers::new(args.format, BufWriter::new(std::io::stdout().lock()));
    let result = all(function, probe.as_ref(), &mut answers);
    match answers.end() {
        // Who reads no further wants no more of it.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(CliError::new("E_OPTIO_OUTPUT", error.to_string()))
        }
        _ => result,
    }
}

/// Every line of the input, until one cannot be read or nobody reads the answers.
fn all<W: Write>(
    function: Function,
    probe: Option<&Probe>,
    answers: &mut Answers<W>,
) -> Result<()> {
    let mut batch = Vec::new();
    for (at, line) in std::io::stdin().lock().lines().enumerate() {
        let wrong = |error: String| CliError::input(format!("line {}: {error}", at + 1));
        let line = line.map_err(|e| wrong(e.to_string()))?;
        // As in a snapshot: what some editors put before a text is no part of it.
        let mark = (at == 0).then(|| line.strip_prefix('\u{feff}')).flatten();
        match parse(mark.unwrap_or(&line), function) {
            Ok(row) => batch.push(row),
            Err(error) => {
                answer(answers, probe, function, &batch)?;
                return Err(wrong(error));
            }
        }
        if batch.len() == BATCH {
            answer(answers, probe, function, &batch)?;
            batch.clear();
        }
        if answers.failed.is_some() {
            return Ok(());
        }
    }
    answer(answers, probe, function, &batch)
}

/// Answers on their way out, a line each.
struct Answers<W> {
    format: Format,
    out: W,
    first: bool,
    failed: Option<std::io::Error>,
}

impl<W: Write> Answers<W> {
    fn new(format: Format, out: W) -> Self {
        Self {
            format,
            out,
            first: true,
            failed: None,
        }
    }

    fn add(&mut self, row: &std::result::Result<Vec<i128>, String>) {
        let texts = |values: &[i128]| values.iter().map(i128::to_string).collect::<Vec<_>>();
        let text = match (self.format, row) {
            (Format::Table, Ok(values)) => texts(values).join(",") + "\n",
            (Format::Table, Err(code)) => format!("error: {code}\n"),
            (Format::Json, row) => {
                let mark = if self.first { "[\n" } else { ",\n" };
                let value = match row {
                    Ok(values) => json!(texts(values)),
                    Err(code) => json!({ "error": code }),
                };
                format!("{mark}  {value}")
            }
        };
        self.first = false;
        self.write(&text);
    }

    fn write(&mut self, text: &str) {
        if self.failed.is_none() {
            self.failed = self.out.write_all(text.as_bytes()).err();
        }
    }

    /// All of them are out, or why not.
    fn end(mut self) -> std::io::Result<()> {
        match (self.format, self.first) {
            (Format::Table, _) => {}
            (Format::Json, true) => self.write("[]\n"),
            (Format::Json, false) => self.write("\n]\n"),
        }
        match self.failed {
            Some(error) => Err(error),
            None => self.out.flush(),
        }
    }
}

fn parse(line: &str, function: Function) -> std::result::Result<[i128; 4], String> {
    let wanted = function.arguments();
    if line.trim().is_empty() {
        return Err(format!("no values, want {wanted}"));
    }
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

fn answer<W: Write>(
    out: &mut Answers<W>,
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
        out.add(&row);
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
        let code = codes::store(&mut chain, &PROBE).map_err(|e| CliError::of(&e))?;
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
