//! A contract that runs the mathematics crates on the VM, for gas and bit-for-bit comparison.
