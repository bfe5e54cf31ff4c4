//! Requests to a venue in words, and its replies in lines.
//!
//! ```text
//! words ──▶ grammar ──▶ client::Request ──▶ desk ──▶ replies ──▶ decode's lines
//!             values, options                 answer: whether one is the request's own
//! ```

mod answer;
mod batch;
mod desk;
mod error;
mod grammar;
mod options;
mod values;

pub use batch::{Batch, Entry, Next};
pub use desk::{Desk, Outcome, Patience};
pub use error::OrderError;
pub use grammar::{Asked, Replies, Words};
pub use values::duration;
