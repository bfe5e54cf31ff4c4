//! What several tests need.
//!
//! - [`golden`]: the vectors under `golden/`, read.
//! - [`protocols`]: every protocol behind one set of functions, so that a check is written once.
//! - [`arbitrary`]: messages made from their layouts, and vectors changed at random.
//! - [`seeds`]: runs of properties that a number repeats.
//! - [`shared_data`]: captured exchange data, where this machine has it.
//! - [`skip`]: tests that cannot run here say so.
//! - [`fuzz`], [`fuzz_book_view`], [`fuzz_form`], [`fuzz_journal`], [`fuzz_receiver`],
//!   [`fuzz_rewind`], [`fuzz_sessions`]: what must hold for any bytes.
//! - [`pcap`], [`script`], [`tshark`]: captures made up, and what tshark says of them.
//! - [`soup_pair`]: a SoupBinTCP server and client joined in memory.
//! - [`venue`], [`model`]: what executes commands, and a naive one to compare the engine with.
//! - [`scenario`]: tables of commands and events, read, run and written.
//! - [`shorthand`], [`examples`]: the worked examples of the rule book, in short words.
//! - [`flow`], [`differential`]: days made up at random, and run through both.
//! - [`audit`]: what events alone say of the orders.
//! - [`replies`]: what brokers are told, in short words.
//! - [`feed`]: what the public is told, in short words and as a book.
//! - [`lossy`]: a feed through networks that lose, double, delay and damage.
//! - [`displayed`]: an engine's displayed book, and its digest.
//! - [`plain`]: numbers and texts of messages, read without the tables.
//! - [`small`]: a small venue in market hours.
//! - [`steps`]: engines in steps of any size, and through their bytes.
//! - [`ledger`], [`expected`]: what an engine tells of accounts, and what it has to tell.
//! - [`fuzz_engine`]: lists of commands made from any bytes.
//! - [`ouch`]: what a broker sends so that a command comes of it.
//! - [`journals`]: journals made up at random.
//! - [`disk`]: the files of a journal, and what a broken write leaves of them.
//! - [`world`]: the venue in a world made up: its clock, streams, disk and brokers.
//! - [`tidy`]: the house rules.

pub mod arbitrary;
pub mod audit;
pub mod differential;
pub mod disk;
pub mod displayed;
pub mod examples;
pub mod expected;
pub mod feed;
pub mod flow;
pub mod fuzz;
pub mod fuzz_book_view;
pub mod fuzz_engine;
pub mod fuzz_form;
pub mod fuzz_journal;
pub mod fuzz_receiver;
pub mod fuzz_rewind;
pub mod fuzz_sessions;
pub mod golden;
pub mod journals;
pub mod ledger;
pub mod lossy;
pub mod model;
pub mod ouch;
pub mod pcap;
pub mod plain;
pub mod protocols;
pub mod replies;
pub mod scenario;
pub mod script;
pub mod seeds;
pub mod shared_data;
pub mod shorthand;
pub mod skip;
pub mod small;
pub mod soup_pair;
pub mod steps;
pub mod tidy;
pub mod tshark;
pub mod venue;
pub mod world;

/// The examples of the README, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
