//! The past of a venue, read from its journal.
//!
//! ```text
//!   place ─▶ day ─▶ batches ─┬─▶ select, line ───────────▶ cat
//!                            └─▶ machine ─┬─▶ told ──────▶ cat, replay, diff
//!                                         ├─▶ book ──────▶ replay
//!                                         └─▶ ledger ────▶ trades
//! ```
//!
//! What nothing has to be executed for is only read.

pub mod book;
pub mod cat;
mod control;
pub mod day;
pub mod diff;
pub mod error;
pub mod follow;
pub mod kinds;
pub mod line;
pub mod names;
mod parts;
pub mod piece;
pub mod place;
pub mod quarantine;
pub mod readers;
pub mod replay;
pub mod select;
pub mod told;
pub mod trades;
pub mod until;
pub mod verify;
