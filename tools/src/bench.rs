//! Measuring what executes flows: every variant gets equal work, and has to come to the same end.
//!
//! ```text
//! flow ──▶ prepare (told apart) ──▶ batch ──▶ run (timed) ──▶ tally ──▶ the same as expected?
//! ```
//!
//! And what the system underneath takes: [`journal`] for writes that are durable.

mod book;
mod durable;
pub mod feed;
pub mod journal;
mod machine;
mod measure;
mod plain;
mod report;
mod spread;
mod subject;
mod venue;

pub use book::Book;
pub use durable::{Durable, Method, is_impossible};
pub use machine::Machine;
pub use measure::{Mismatch, Round, measure};
pub use plain::Plain;
pub use report::{Report, Summary};
pub use spread::{Spread, figure};
pub use subject::Subject;
pub use venue::Venue;
