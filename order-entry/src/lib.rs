//! What brokers are told, kept by port and number, and who may come in.
//!
//! ```text
//! Event ─ Teller::tell ─> Replies ─ Outbox::push ─> PortNo ─> the broker's session
//!                                      │
//!                                      └─ poll_block ─> the file of the day
//! ```
//!
//! - [`outbound`]: an event and its command become the OUCH messages that the rule book's table
//!   gives for it.
//! - [`outbox`]: every message of the day, to be had again at any number, from memory or from the
//!   blocks of a file.
//! - [`desk`]: names and passwords.
//! - [`seats`]: which connection has which port.
//!
//! Rules are cited by their numbers in the rule book. Nothing here reads a clock, a socket or a
//! file: what is told is a function of the commands alone, so that a replay tells the same.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]
#![deny(clippy::float_arithmetic, reason = "prices and quantities are exact integers")]

extern crate alloc;

mod checksum;
pub mod desk;
pub mod outbound;
pub mod outbox;
pub mod seats;

pub use checksum::Checksum;
