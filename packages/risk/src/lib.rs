//! Portfolio margin as a worst price, and the settlement fixing ladder.
