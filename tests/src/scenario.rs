//! Scenario tables: commands and the events that each causes, as a trader would write them.
//!
//! The files lie in `scenarios/`; its `README.md` explains the notation.
//!
//! - [`words`]: how values are written.
//! - [`names`], [`ground`]: what goes without saying.
//! - [`orders`], [`operator`]: commands of brokers and of the operator.
//! - [`events`], [`told`]: events, read and written.
//! - [`macros`](mod@macros): repetition.
//! - [`file`](mod@file): files, blocks, lines.
//! - [`run`](mod@run): all of it against a venue.

pub mod events;
pub mod file;
pub mod ground;
pub mod macros;
pub mod names;
pub mod operator;
pub mod orders;
pub mod run;
pub mod told;
pub mod words;
