//! Days made up at random, the same day for the same seed.
//!
//! A day is a plain list of commands. While it is made the naive model executes it, so that the
//! commands meet live orders, deadlines and numbers that exist; and the model counts which rules
//! were met.
//!
//! - [`prng`]: numbers from a seed.
//! - [`scene`]: the securities and ports that a day may have.
//! - [`maker`]: the day in the making.
//! - [`orders`]: orders and replacements.
//! - [`requests`]: what else brokers send.
//! - [`operations`]: what the operator and the sessions do.
//! - [`script`]: a day from its opening to what comes after its end.
//! - [`directed`]: days for what chance would take too long to meet.
//! - [`minima`]: how often each rule has to be met.

pub mod directed;
pub mod maker;
pub mod minima;
pub mod operations;
pub mod orders;
pub mod prng;
pub mod requests;
pub mod scene;
pub mod script;
