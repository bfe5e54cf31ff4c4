//! The exchange's serial heart: commands in, events out, the same bytes every time.
//!
//! ```text
//! bytes ─ form ─> Command ─ Sequencer ─> Sequenced<Command> ─ Engine::apply ─> Events
//! ```
//!
//! - [`command`]: everything that can change the state, and what it is made of: [`order`],
//!   [`phase`], [`settings`], [`tick`].
//! - [`form`]: a broker's message becomes a command, by the checks that need the message alone;
//!   [`admission`] names all checks.
//! - [`sequence`]: numbers and times for commands.
//! - [`engine`]: the state, and the only way to change it. Its files are the rule book: admission,
//!   sweep, cross, changes, walks through many orders, the day.
//! - [`event`], [`refusal`]: what a command did, for whoever has to tell it.
//! - [`book`]: resting orders in priority order, which the engine stands on.
//! - [`accounts`]: the hook through which money and positions are watched.
//! - [`ahead`]: memory is asked for before it is needed.
//! - [`stored`]: state as bytes, and its digest. [`view`]: state for whoever looks on.
//!
//! ```
//! use matcher::command::Command;
//! use matcher::engine::{Engine, Step};
//! use matcher::event::{Event, Events};
//! use matcher::sequence::Sequencer;
//! use matcher::settings::{Day, Limits};
//! use protocol_spec::words::Time;
//!
//! let midnight = Time(1_795_132_800_000_000_000);
//! let limits = Limits { live_orders: 10_000, levels: 10_000, ..Limits::default() };
//! let (session, rules_version) = (*b"2026112000", Engine::RULES_VERSION);
//! let carried = Vec::new();
//! let day = Day { session, midnight, seed: 42, limits, rules_version, carried };
//!
//! let (mut engine, mut events) = (Engine::new(), Events::new());
//! let mut sequencer = Sequencer::new(midnight);
//! let open = sequencer.stamp(midnight, Command::OpenDay(day.into())).expect("the day is young");
//! assert_eq!(engine.apply(&open, &mut events), Step::Done);
//! assert!(matches!(events.as_slice(), [Event::System(_)]));
//! ```
//!
//! Rules are cited by their numbers in the rule book: R7, K19, W12. All arithmetic is on integers;
//! time is an argument; nothing depends on a hash's order or an address.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]
#![deny(clippy::float_arithmetic, reason = "prices and quantities are exact integers")]

extern crate alloc;

pub mod accounts;
pub mod admission;
pub mod ahead;
pub mod book;
pub mod command;
pub mod engine;
pub mod event;
pub mod form;
mod live;
mod mix;
mod name;
pub mod order;
pub mod phase;
pub mod refusal;
pub mod sequence;
pub mod settings;
pub mod stored;
pub mod tick;
pub mod view;
