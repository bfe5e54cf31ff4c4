//! What the public is told.
//!
//! ```text
//! Sequenced<Command> + Event ─ Publisher::tell ─> Messages, numbered by FeedNo
//!
//! packets of lines A and B, answers ─ Receiver ─> the same messages, in order, each once
//! ```
//!
//! - [`publisher`]: an event and its command become the ITCH messages that the rule book's table
//!   gives for it.
//! - [`receiver`]: the other end: lines merged by the numbers of messages, gaps found and healed.
//! - [`book_view`]: a receiver's books, trades and states, made from the messages alone.
//!
//! Rules are cited by their numbers in the rule book. Nothing here reads a clock, a socket or a
//! file: what is told is a function of the commands alone, so that a replay tells the same.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]
#![deny(clippy::float_arithmetic, reason = "prices and quantities are exact integers")]

extern crate alloc;

pub mod book_view;
pub mod publisher;
pub mod receiver;
