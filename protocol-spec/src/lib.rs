//! What the bytes mean and how the conversations go: the ground floor of Outcry.
//!
//! - [`words`]: the numbers and names that every floor speaks of, each a type of its own.
//! - [`wire`]: one table per protocol. A row of the table gives a struct, a view, the encoding and
//!   the layout as data, from which the documents, the dissector and the vectors are printed.
//! - [`session`]: the two session protocols as machines without input or output of their own.
//!
//! Nothing here reads a clock, a socket or a file: time and bytes are arguments.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]
#![deny(clippy::float_arithmetic, reason = "prices and quantities are exact integers")]

extern crate alloc;

pub mod session;
pub mod wire;
pub mod words;
