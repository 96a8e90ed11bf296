//! Whether an artefact may ship: what a chain checks on upload, and stricter limits of this crate's.

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
/// Float instructions that the chain library's own JSON code brings along; more are the contract's own.
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
    use super::{CheckError, Figures, MAX_BYTES, MAX_FLOAT_OPERATORS, MAX_LOCALS};
    use super::{check, check_floats};

    const CONST_I32: [u8; 2] = [0x41, 0];
    const CONST_F32: [u8; 5] = [0x43, 0, 0, 0, 0];
    const EXTEND8_S: u8 = 0xc0;
    const DROP: u8 = 0x1a;
    const END: u8 = 0x0b;
    const MODULE: &[u8] = b"\0asm\x01\0\0\0";

    /// An unsigned LEB128.
    fn number(mut n: usize) -> Vec<u8> {
        let mut bytes = vec![];
        while n >= 128 {
            bytes.push(n as u8 | 128);
            n >>= 7;
        }
        bytes.push(n as u8);
        bytes
    }

    fn sized(bytes: &[u8]) -> Vec<u8> {
        [&number(bytes.len()), bytes].concat()
    }

    fn section(id: u8, bytes: &[u8]) -> Vec<u8> {
        [&[id], sized(bytes).as_slice()].concat()
    }

    /// The least that a VM takes for a contract, with one function of so many i32 locals and this code.
    fn contract(locals: usize, code: &[u8]) -> Vec<u8> {
        let export = |name: &str| [sized(name.as_bytes()), vec![0, 0]].concat();
        let exports = ["allocate", "deallocate", "interface_version_8"].map(export);
        let body = [&[1], number(locals).as_slice(), &[0x7f], code, &[END]].concat();
        [
            MODULE.to_vec(),
            // A type without parameters and results, a function of it, a page of memory.
            section(1, &[1, 0x60, 0, 0]),
            section(3, &[1, 0]),
            section(5, &[1, 0, 1]),
            section(7, &[&[3], exports.concat().as_slice()].concat()),
            section(10, &[&[1], sized(&body).as_slice()].concat()),
        ]
        .concat()
    }

    fn floats(count: u32) -> Figures {
        let one = [&CONST_F32[..], &[DROP]].concat();
        check(&contract(0, &one.repeat(count as usize))).unwrap()
    }

    #[test]
    fn an_empty_module_is_no_contract() {
        assert!(matches!(check(MODULE), Err(CheckError::Vm(_))));
    }

    #[test]
    fn a_function_has_so_many_locals_and_no_more() {
        let most = MAX_LOCALS as usize;
        let figures = check(&contract(most, &[])).unwrap();
        assert_eq!((figures.functions, figures.locals), (1, MAX_LOCALS));
        // The VM's own limit is as low, and comes first.
        let over = check(&contract(most + 1, &[])).unwrap_err();
        let told = format!("more than {MAX_LOCALS} locals: {}", most + 1);
        assert!(matches!(&over, CheckError::Vm(why) if why.contains(&told)));
    }

    #[test]
    fn an_artefact_has_so_many_bytes_and_no_more() {
        let small = contract(0, &[]);
        // A custom section of zeros, the first of which says that it has no name: a byte of number and three of length.
        let padded = |bytes: usize| {
            let filler = vec![0; bytes - small.len() - 4];
            [small.as_slice(), &section(0, &filler)].concat()
        };
        assert_eq!(check(&padded(MAX_BYTES)).unwrap().bytes, MAX_BYTES);
        let over = check(&padded(MAX_BYTES + 1));
        assert_eq!(over, Err(CheckError::Size(MAX_BYTES + 1)));
    }

    #[test]
    fn an_artefact_has_so_many_float_instructions_and_no_more() {
        let most = floats(MAX_FLOAT_OPERATORS);
        assert_eq!(most.float_operators, MAX_FLOAT_OPERATORS);
        assert_eq!(check_floats(&most), Ok(()));
        let over = check_floats(&floats(MAX_FLOAT_OPERATORS + 1));
        assert_eq!(over, Err(CheckError::Floats(MAX_FLOAT_OPERATORS + 1)));
    }

    /// A later instruction that this VM would run.
    #[test]
    fn sign_extension_is_not_mvp() {
        let plain = [&CONST_I32[..], &[DROP]].concat();
        check(&contract(0, &plain)).unwrap();
        let later = [&CONST_I32[..], &[EXTEND8_S, DROP]].concat();
        let found = check(&contract(0, &later));
        assert!(matches!(found, Err(CheckError::NotMvp(_))), "{found:?}");
    }
}
