//! Signed multi-leg quotes, verified here and settled by the margin engine.
