//! What was measured, as a table.

use std::collections::BTreeSet;

use wasm_chain::GasReport;

use crate::node::record::Entry;
use crate::node::verify::Verdict;
use crate::plot::number;

/// The message that shares a loss, and what its two kinds are called in the gas snapshot.
const SHARE: &str = "share_loss";
const COUNTED: &str = "share a loss: count two accounts";
const ENDED: &str = "share a loss: end the round, give two their rest";

/// One message on both chains.
pub struct Line {
    /// What it was, as the gas snapshot says.
    pub message: String,
    /// Whether the codes were pinned.
    pub pinned: bool,
    /// Gas of the node's transaction.
    pub node: u64,
    /// The part of it outside the contract.
    pub overhead: u64,
    /// What the meter counted.
    pub meter: GasReport,
}

impl Line {
    /// Gas on the node without the transaction's overhead.
    pub fn inside(&self) -> u64 {
        self.node.saturating_sub(self.overhead)
    }

    /// By how much the meter is off, per cent of the node.
    pub fn off(&self) -> f64 {
        100.0 * (self.meter.total as f64 - self.inside() as f64) / self.inside() as f64
    }
}

/// The measured messages of a record.
pub fn lines(entries: &[Entry], verdict: &Verdict) -> Vec<Line> {
    let mut pinned = false;
    let mut pairs = verdict.gas.iter();
    let mut counted = BTreeSet::new();
    let mut lines = Vec::new();
    for entry in entries {
        match entry {
            Entry::Pinned { .. } => pinned = true,
            Entry::Message { contract, msg, .. } => {
                // The first one to an engine counts, the second, a day later, ends the round.
                let ends = msg.get(SHARE).is_some() && !counted.insert(contract);
                let measured = pairs.next().and_then(|pair| Some((pair, pair.overhead?)));
                if let Some((pair, overhead)) = measured {
                    lines.push(Line {
                        message: in_words(&pair.message, ends).to_owned(),
                        pinned,
                        node: pair.node,
                        overhead,
                        meter: pair.meter.clone(),
                    });
                }
            }
            _ => {}
        }
    }
    lines
}

/// The name of a message in the gas snapshot; of a shared loss, whether the round ends.
fn in_words(message: &str, ends: bool) -> &str {
    match message {
        "publish" => "publish 8 expiries, 5 of 7 signatures",
        "take_quotes" => "take a 4-leg quote, two 32-leg accounts",
        "withdraw" => "withdraw, margin of 64 legs over 4 expiries",
        "fix" => "fix over 60 buckets",
        "liquidate" => "liquidate a slice of a 32-leg account",
        "nominate" => "nominate one against a 32-leg account",
        "deleverage" => "deleverage a 32-leg account against one",
        SHARE if ends => ENDED,
        SHARE => COUNTED,
        other => other,
    }
}

/// The section, of a node of this version.
pub fn text(lines: &[Line], version: &str) -> String {
    let mut text = format!(
        "## Gas on a node\n\nWritten by `optio gas --node URL --validator-key FILE --past FILE --page docs/measurements.md` on `scripts/localnet` (wasmd {version}). \
                    The node's transactions are replayed in this process from the same state at the same block time. Overhead is what a transaction costs outside the contract (size, signature, fees, sequence), \
                    measured by sending the same message to an address without a contract.\n\n\
                    | message | codes | transaction | overhead | contract | meter | off |\n|---|---|---|---|---|---|---|\n"
    );
    for line in lines {
        let gas = |gas: u64| number(gas as f64, 1.0);
        text += &format!(
            "| {} | {} | {} | {} | {} | {} | {:+.2} % |\n",
            line.message,
            if line.pinned { "pinned" } else { "unpinned" },
            gas(line.node),
            gas(line.overhead),
            gas(line.inside()),
            gas(line.meter.total),
            line.off()
        );
    }
    if !lines.iter().any(|line| line.message == COUNTED) {
        text += &format!(
            "\nLeft out, for the network did not begin with a past (`--past`): {COUNTED}; {ENDED}.\n"
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::Addr;
    use serde_json::json;

    use super::*;
    use crate::node::record::At;
    use crate::node::verify::GasPair;

    #[test]
    fn the_second_share_of_a_loss_ends_its_round() {
        let (mut entries, mut verdict) = (Vec::new(), Verdict::default());
        // One in a past, then one of another loss, then the first one's second.
        for (engine, overhead) in [("old", None), ("new", Some(50)), ("old", Some(50))] {
            entries.push(Entry::Message {
                at: At { height: 1, time: 1 },
                sender: Addr::unchecked("keeper"),
                contract: Addr::unchecked(engine),
                msg: json!({ "share_loss": {} }),
                funds: Vec::new(),
                gas: 150,
                overhead,
            });
            verdict.gas.push(GasPair {
                message: "share_loss".to_owned(),
                node: 150,
                overhead,
                meter: GasReport::default(),
            });
        }
        let lines = lines(&entries, &verdict);
        let names: Vec<&str> = lines.iter().map(|line| line.message.as_str()).collect();
        assert_eq!(names, [COUNTED, ENDED]);
        assert!(!text(&lines, "").contains("Left out"));
        assert!(text(&[], "").contains("Left out"));
    }
}
