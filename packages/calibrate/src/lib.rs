//! Off-chain surface calibration: fits lognormal mixtures to an option chain.
