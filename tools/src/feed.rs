//! A venue's feed: saved as it comes, and checked as a receiver sees it.
//!
//! ```text
//!   lines ──▶ client::feed ──▶ follow ─┬──────▶ save ───▶ BinaryFILE
//!                                │     └─────▶ check ◀─── BinaryFILE
//!                                ▼               │
//!                             remarks            └─▶ checker ──▶ faults, report
//! ```
//!
//! - [`source`]: where the feed of a venue is told.
//! - [`mod@follow`]: gives what comes to whoever takes it, and remarks on what is not as it should
//!   be.
//! - [`road`]: how that went, and what was lost and fetched on the way.
//! - [`mod@save`]: messages into a file, as a recording of the day.
//! - [`check`]: messages into books, and what is wrong with them.
//! - [`report`]: what came of it.

pub mod check;
mod checker;
mod error;
pub mod follow;
mod numbers;
mod remarks;
pub mod report;
pub mod road;
pub mod save;
pub mod source;

pub use checker::{Checker, Fault};
pub use error::FeedFailure;
pub use remarks::Remarks;
