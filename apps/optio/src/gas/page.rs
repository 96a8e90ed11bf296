//! What was measured, as a table.

use std::collections::BTreeSet;

use serde_json::Value;
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
    let mut closings = Closings::default();
    let mut lines = Vec::new();
    for entry in entries {
        match entry {
            Entry::Pinned { .. } => pinned = true,
            Entry::Message { contract, msg, .. } => {
                // The first one to an engine counts, the second, a day later, ends the round.
                let second = msg.get(SHARE).is_some() && !counted.insert(contract);
                let many = closings.many(msg);
                let measured = pairs.next().and_then(|pair| Some((pair, pair.overhead?)));
                if let Some((pair, overhead)) = measured {
                    lines.push(Line {
                        message: in_words(&pair.message, second || many).to_owned(),
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

/// Accounts that more than one was nominated against.
#[derive(Default)]
struct Closings(BTreeSet<String>);

impl Closings {
    /// Whether a message nominates many, or closes an account that many were nominated against.
    fn many(&mut self, msg: &Value) -> bool {
        let account = |what: &str| {
            msg.pointer(&format!("/{what}/account"))
                .map(Value::to_string)
        };
        if let Some(named) = msg
            .pointer("/nominate/candidates")
            .and_then(Value::as_array)
            && named.len() > 1
        {
            self.0.extend(account("nominate"));
            return true;
        }
        account("deleverage").is_some_and(|account| self.0.contains(&account))
    }
}

/// The name of a message in the gas snapshot; of those that have two, whether it is the further one: the end of a round,
/// or many instead of one.
fn in_words(message: &str, further: bool) -> &str {
    match message {
        "publish" => "publish 8 expiries, 5 of 7 signatures",
        "take_quotes" => "take a 4-leg quote, two 32-leg accounts",
        "withdraw" => "withdraw, margin of 64 legs over 4 expiries",
        "fix" => "fix over 60 buckets",
        "liquidate" => "liquidate a slice of a 32-leg account",
        "nominate" if further => "nominate eight beside eight, 32 legs each",
        "nominate" => "nominate one against a 32-leg account",
        "deleverage" if further => "deleverage a 32-leg account against eight",
        "deleverage" => "deleverage a 32-leg account against one",
        SHARE if further => ENDED,
        SHARE => COUNTED,
        other => other,
    }
}

/// The section, of a node of this version.
pub fn text(lines: &[Line], version: &str) -> String {
    let mut text = format!(
        "## Gas on a node\n\nWritten by `optio gas --node URL --validator-key FILE --past FILE --page docs/measurements.md` on `scripts/localnet` (wasmd {version}). \
                    The node's transactions are replayed in this process from the same state at the same block time. Overhead is what a transaction costs outside the contract (size, signature, fees, sequence), \
                    measured by sending the same message to an address without a contract. *Gas and sizes* has the messages of the same names in other states \
                    (margin there is against a surface of four expiries, here of six to eight; \
                    the accounts that are sold or closed hold larger positions there and fall by small steps, here in one leap), so figures here and there are not to be compared; and when the codes are pinned two expiries have passed, so that report carries six.\n\n\
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

    fn measured(messages: &[(&str, Value, Option<u64>)]) -> Vec<Line> {
        let (mut entries, mut verdict) = (Vec::new(), Verdict::default());
        for (contract, msg, overhead) in messages {
            entries.push(Entry::Message {
                at: At { height: 1, time: 1 },
                sender: Addr::unchecked("keeper"),
                contract: Addr::unchecked(*contract),
                msg: msg.clone(),
                funds: Vec::new(),
                gas: 150,
                overhead: *overhead,
            });
            let named = msg.as_object().and_then(|msg| msg.keys().next());
            verdict.gas.push(GasPair {
                message: named.unwrap().clone(),
                node: 150,
                overhead: *overhead,
                meter: GasReport::default(),
            });
        }
        lines(&entries, &verdict)
    }

    fn names(lines: &[Line]) -> Vec<&str> {
        lines.iter().map(|line| line.message.as_str()).collect()
    }

    #[test]
    fn the_second_share_of_a_loss_ends_its_round() {
        // One in a past, then one of another loss, then the first one's second.
        let share = |engine, overhead| (engine, json!({ SHARE: {} }), overhead);
        let lines = measured(&[
            share("old", None),
            share("new", Some(50)),
            share("old", Some(50)),
        ]);
        assert_eq!(names(&lines), [COUNTED, ENDED]);
        assert!(!text(&lines, "").contains("Left out"));
        assert!(text(&[], "").contains("Left out"));
    }

    #[test]
    fn one_or_many_are_nominated_and_give_up_legs() {
        let nominate = |account: u64, candidates: &[u64], overhead| {
            let msg = json!({ "nominate": { "account": account, "candidates": candidates } });
            ("liquidation", msg, overhead)
        };
        let close = |account: u64| {
            let msg = json!({ "deleverage": { "account": account } });
            ("liquidation", msg, Some(50))
        };
        let lines = measured(&[
            nominate(1, &[3], Some(50)),
            nominate(2, &[3, 4], None),
            nominate(2, &[5, 6], Some(50)),
            close(1),
            close(2),
        ]);
        assert_eq!(
            names(&lines),
            [
                "nominate one against a 32-leg account",
                "nominate eight beside eight, 32 legs each",
                "deleverage a 32-leg account against one",
                "deleverage a 32-leg account against eight",
            ]
        );
    }
}
