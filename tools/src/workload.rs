//! Order flows to measure and to try a matcher with, and what has to come of them.
//!
//! ```text
//! file ──┐                 ┌─▶ book ─▶ tally: what has to come of it, made in the plainest way
//! shape ─┼─▶ steps ─▶ flow ┤
//! real ──┘                 └─▶ whoever is measured
//! ```
//!
//! Integers only: a seed gives the same flow on every machine.

mod book;
mod catalogue;
mod file;
mod flow;
mod level;
pub(crate) mod random;
mod real;
mod shape;
mod step;
mod tally;

pub use book::{Peaks, PlainBook};
pub use catalogue::Named;
pub use file::{Fault, FileError, read, read_from};
pub use flow::{Flaw, Flow};
pub use real::Real;
pub use shape::Shape;
pub use step::{Side, Step, Style};
pub use tally::{Mix, Outcome, Resting, Tally};
