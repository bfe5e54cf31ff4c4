//! What the `outcry` command is made of.
//!
//! - [`bench`](mod@bench): measuring the matcher with workloads.
//! - [`command`]: the subcommands, their arguments, and how each is run.
//! - [`capture`]: datagrams and reassembled streams out of captures.
//! - [`decode`]: messages out of whatever they lie in, and how they are shown.
//! - [`say`]: remarks to whoever runs it.
//! - [`spec`]: documents, dissector and vectors, printed from the tables.
//! - [`workload`]: order flows to measure with, and what has to come of them.

pub mod bench;
pub mod capture;
pub mod command;
mod count;
pub mod decode;
pub mod say;
pub mod spec;
pub mod workload;
