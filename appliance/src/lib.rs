//! The venue as a process.
//!
//! ```text
//!   config ─▶ run: folders, locks, threads, signals
//!               ├─ start: the day that the journal tells of goes on, or a new one is opened
//!               ├─ venue   ── core thread: streams, batch, journal, engine, replies
//!               ├─ service ── service thread: files that may wait
//!               ├─ rewinder ─ rewind thread: every message of the feed, for who asks again
//!               ├─ office  ── admin thread: operators, and who reads the meters
//!               └─ follower ─ checkpoint thread: the state of the day, now and then
//!   world: clock, streams, datagrams, disk as traits     linux: what is behind them
//! ```
//!
//! - [`config`]: the configuration, which cannot be wrong once it is read.
//! - [`run`]: the process. [`topology`]: its threads. [`log`], [`counters`]: what it tells.
//! - [`venue`]: the loop. [`start`]: what comes before it. [`calendar`]: which day it is.
//! - [`journal`]: batches on the disk, and what is read of them. [`folds`]: every reader of
//!   commands and events. [`trades`]: one execution, found again.
//! - [`service`]: what may wait. [`rewinder`]: who keeps the feed. [`office`]: operators and who
//!   reads the meters. [`admin`]: what operators and the venue say. [`meters`]: what the core tells
//!   of itself. [`note`]: who gave a command. [`room`]: what is left where orders pile up.
//! - [`follower`]: who writes [`checkpoints`]. [`progress`]: how far a day is. [`retention`]: what
//!   is old enough to be removed.
//! - [`world`], [`linux`]: the outside. [`transfers`]: reads and writes beside each other.
//!   [`aligned`], [`hint`]: memory as the machine wants it.

pub mod admin;
pub mod aligned;
pub mod calendar;
pub mod checkpoints;
pub mod config;
pub mod counters;
pub mod folds;
pub mod follower;
pub mod hint;
pub mod journal;
pub mod linux;
pub mod log;
mod marker;
pub mod meters;
pub mod note;
pub mod office;
pub mod progress;
pub mod retention;
pub mod rewinder;
pub mod room;
pub mod run;
pub mod service;
pub mod start;
pub mod topology;
pub mod trades;
pub mod transfers;
pub mod venue;
pub mod world;
