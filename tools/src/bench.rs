//! Measuring what executes flows: every variant gets equal work, and has to come to the same end.
//!
//! ```text
//! flow ──▶ prepare (told apart) ──▶ batch ──▶ run (timed) ──▶ tally ──▶ the same as expected?
//! ```

mod book;
mod hint;
mod machine;
mod measure;
mod plain;
mod report;
mod subject;
mod venue;

pub use book::Book;
pub use hint::Hint;
pub use machine::Machine;
pub use measure::{Mismatch, Round, measure};
pub use plain::Plain;
pub use report::{Report, Summary};
pub use subject::Subject;
pub use venue::Venue;
