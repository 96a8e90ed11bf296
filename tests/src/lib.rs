//! Scenarios, spec examples, invariants, attacks and gas budgets over the compiled contracts.
