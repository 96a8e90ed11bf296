//! An in-process chain that runs compiled CosmWasm contracts on the real VM and meters gas.
