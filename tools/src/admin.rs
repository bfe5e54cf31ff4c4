//! The operator's end of a venue's socket.
//!
//! ```text
//! command line ──▶ Request ──▶ Venue ── a line ──▶ socket of the venue
//!                              Answer ──▶ words, Report: how it is, for people
//! ```

mod error;
mod paint;
mod report;
mod venue;

pub use error::AdminError;
pub use paint::Paint;
pub use report::{Report, Wide};
pub use venue::{Done, Venue};
