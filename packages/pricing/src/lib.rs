//! Payoffs, Black-76, implied vol and lognormal-mixture surfaces in integers.
