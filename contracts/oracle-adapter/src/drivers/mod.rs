//! Where prices come from: every kind of source behind one trait.
//!
//! A driver turns what it is given into quotes in the feed's stored units and decides nothing: bounds, age and
//! confidence are judged afterwards, alike for all. A native module or a Pyth contract is one more driver.

mod contract_query;
mod signed_report;

pub use contract_query::ContractQueries;
pub use signed_report::SignedReport;

use crate::core::spot::SourcePrice;
use crate::error::ReportError;

/// A way in which prices of sources arrive.
pub trait Driver {
    /// The quotes of the sources this driver serves. A source that is silent or broken gives none.
    ///
    /// # Errors
    /// [`ReportError`] when what was signed contradicts the feed's policy.
    fn quotes(&self) -> Result<Vec<SourcePrice>, ReportError>;
}
