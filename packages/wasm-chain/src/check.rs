//! Whether an artefact may ship: what a chain checks on upload, and the stricter limits kept here.

use cosmwasm_std::Checksum;
use cosmwasm_vm::WasmLimits;
use cosmwasm_vm::internals::{Logger, check_wasm};
use serde::Serialize;
use thiserror::Error;
use wasmparser::{Operator, Parser, Payload, Validator, WasmFeatures};

use crate::cache::capabilities;

/// The chain refuses larger uploads, in bytes.
pub const MAX_BYTES: usize = 800 * 1024;
/// The chain refuses functions with more locals.
pub const MAX_LOCALS: u32 = 100;
/// Float instructions that the chain library's own JSON code brings along; more would be ours.
pub const MAX_FLOAT_OPERATORS: u32 = 80;

/// Figures of an artefact that passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Size in bytes.
    pub bytes: usize,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Functions defined.
    pub functions: u32,
    /// Most locals in one function, parameters not counted.
    pub locals: u32,
    /// Instructions on floats.
    pub float_operators: u32,
}

/// Why an artefact may not ship.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CheckError {
    /// The VM would refuse it.
    #[error("the VM refuses it: {0}")]
    Vm(String),
    /// It is not plain MVP wasm, so an older VM would refuse it.
    #[error("not MVP wasm: {0}")]
    NotMvp(String),
    /// Larger than [`MAX_BYTES`].
    #[error("{0} bytes, {MAX_BYTES} allowed")]
    Size(usize),
    /// A function with more locals than [`MAX_LOCALS`].
    #[error("a function with {0} locals, {MAX_LOCALS} allowed")]
    Locals(u32),
    /// More float instructions than [`MAX_FLOAT_OPERATORS`].
    #[error("{0} float instructions, {MAX_FLOAT_OPERATORS} allowed")]
    Floats(u32),
}

/// Checks an artefact.
///
/// # Errors
/// The first check that fails, in the order of [`CheckError`].
pub fn check(wasm: &[u8]) -> Result<Figures, CheckError> {
    check_wasm(wasm, &capabilities(), &WasmLimits::default(), Logger::Off)
        .map_err(|error| CheckError::Vm(error.to_string()))?;
    let not_mvp = |error: wasmparser::BinaryReaderError| CheckError::NotMvp(error.to_string());
    Validator::new_with_features(WasmFeatures::WASM1)
        .validate_all(wasm)
        .map_err(not_mvp)?;
    let figures = figures(wasm).map_err(not_mvp)?;
    if figures.bytes > MAX_BYTES {
        return Err(CheckError::Size(figures.bytes));
    }
    if figures.locals > MAX_LOCALS {
        return Err(CheckError::Locals(figures.locals));
    }
    Ok(figures)
}

/// Checks that no float instructions are there but the chain library's own. Apart from [`check`], because a bench
/// contract that ships nowhere may hold float baselines.
///
/// # Errors
/// [`CheckError::Floats`].
pub fn check_floats(figures: &Figures) -> Result<(), CheckError> {
    if figures.float_operators > MAX_FLOAT_OPERATORS {
        return Err(CheckError::Floats(figures.float_operators));
    }
    Ok(())
}

fn figures(wasm: &[u8]) -> Result<Figures, wasmparser::BinaryReaderError> {
    let mut figures = Figures {
        bytes: wasm.len(),
        sha256: Checksum::generate(wasm).to_hex(),
        functions: 0,
        locals: 0,
        float_operators: 0,
    };
    for payload in Parser::new(0).parse_all(wasm) {
        let Payload::CodeSectionEntry(body) = payload? else {
            continue;
        };
        figures.functions += 1;
        let mut locals = 0;
        for group in body.get_locals_reader()? {
            locals += group?.0;
        }
        figures.locals = figures.locals.max(locals);
        for operator in body.get_operators_reader()? {
            figures.float_operators += u32::from(is_float(&operator?));
        }
    }
    Ok(figures)
}

/// Whether an instruction works on floats: its name says so.
fn is_float(operator: &Operator<'_>) -> bool {
    let name = format!("{operator:?}");
    let name = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .next()
        .unwrap_or_default();
    name.contains("F32") || name.contains("F64")
}

#[cfg(test)]
mod tests {
    use super::{CheckError, check};

    #[test]
    fn an_empty_module_is_no_contract() {
        assert!(matches!(check(b"\0asm\x01\0\0\0"), Err(CheckError::Vm(_))));
    }
}
