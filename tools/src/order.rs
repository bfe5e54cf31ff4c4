//! Requests to a venue in words, and its replies in lines.
//!
//! ```text
//! words ──▶ grammar ──▶ client::Request ──▶ desk ──▶ replies ──▶ screen: decode's lines, or brief
//!   ▲         values, options                 answer: whether one is the request's own
//!   └─ batch: from a file                   interactive: a desk on a terminal
//!                                             orders, table: what is open
//! ```

mod answer;
mod batch;
mod brief;
mod desk;
mod error;
mod grammar;
pub mod interactive;
mod options;
mod orders;
mod plain;
#[cfg(test)]
mod sample;
mod screen;
mod table;
mod values;

pub use batch::{Batch, Entry, Next};
pub use desk::{Desk, Outcome, Patience};
pub use error::OrderError;
pub use grammar::{Asked, Replies, Words};
pub use screen::Lines;
pub use values::duration;
