//! The clearing house: accounts, collateral, positions, margin, settlement, the one money ledger.
