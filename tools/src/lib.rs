//! What the `outcry` command is made of.
//!
//! - [`admin`](mod@admin): a venue that runs, asked through its socket.
//! - [`bench`](mod@bench): measuring the matcher with workloads, and the ways of writing a journal.
//! - [`command`]: the subcommands, their arguments, and how each is run.
//! - [`capture`]: datagrams and reassembled streams out of captures.
//! - [`cores`]: which core a thread runs on.
//! - [`decode`]: messages out of whatever they lie in, and how they are shown.
//! - [`feed`](mod@feed): the public feed, saved and checked.
//! - [`journal`]: the past of a venue, read from its journal.
//! - [`load`]: load on a venue's order entry, and what its answers take.
//! - [`order`](mod@order): requests to a venue in words, and its replies in lines.
//! - [`say`]: remarks to whoever runs it.
//! - [`spec`]: documents, dissector and vectors, printed from the tables.
//! - [`workload`]: order flows to measure with, and what has to come of them.

pub mod admin;
pub mod bench;
pub mod capture;
pub mod command;
pub mod cores;
mod count;
pub mod decode;
pub mod feed;
pub mod journal;
pub mod load;
pub mod order;
pub mod say;
pub mod spec;
pub mod workload;
