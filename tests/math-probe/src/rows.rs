//! Batches as bytes.
//!
//! An argument row is its bit patterns one after another, sixteen little-endian bytes each; a
//! last incomplete row is ignored. A result row is a byte with the number of results and then
//! their bit patterns; or a zero byte, the length of an error code as a byte, and the code.

use crate::{Function, evaluate};

/// The results of one row, or an error code.
pub type Row = Result<Vec<i128>, String>;

/// Bytes of argument rows.
#[must_use]
pub fn encode(arguments: &[i128]) -> Vec<u8> {
    arguments
        .iter()
        .flat_map(|bits| bits.to_le_bytes())
        .collect()
}

/// Runs a function over the rows of a batch.
#[must_use]
pub fn run(function: Function, input: &[u8]) -> Vec<u8> {
    let width = function.arguments();
    let mut output = Vec::with_capacity(input.len());
    let mut arguments = [0_i128; 4];
    for row in input.chunks_exact(width.saturating_mul(16)) {
        for (argument, bytes) in arguments.iter_mut().zip(row.chunks_exact(16)) {
            *argument = bytes.try_into().map_or(0, i128::from_le_bytes);
        }
        if let Err(code) = evaluate(function, &arguments, &mut output) {
            output.push(0);
            output.push(u8::try_from(code.len()).unwrap_or(u8::MAX));
            output.extend_from_slice(code.as_bytes());
        }
    }
    output
}

/// Reads an answer; `None` when the bytes are no answer.
#[must_use]
pub fn decode(mut bytes: &[u8]) -> Option<Vec<Row>> {
    let mut rows = Vec::new();
    while let Some((&count, rest)) = bytes.split_first() {
        if count == 0 {
            let (&length, rest) = rest.split_first()?;
            let (code, rest) = rest.split_at_checked(usize::from(length))?;
            rows.push(Err(String::from_utf8(code.to_vec()).ok()?));
            bytes = rest;
        } else {
            let (results, rest) = rest.split_at_checked(usize::from(count).checked_mul(16)?)?;
            let results = results
                .chunks_exact(16)
                .map(|b| b.try_into().map(i128::from_le_bytes));
            rows.push(Ok(results.collect::<Result<_, _>>().ok()?));
            bytes = rest;
        }
    }
    Some(rows)
}
