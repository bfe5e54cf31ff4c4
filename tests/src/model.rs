//! The exchange once more, written from the rule book alone and as simply as it can be: sorted
//! lists and plain scans. What the engine does is compared with it, event by event.
//!
//! - [`ticks`]: which prices are valid.
//! - [`order`]: a live order.
//! - [`book`]: the entries of one side, in priority order.
//! - [`state`]: everything the exchange knows, and small questions to it.
//! - [`due`]: what happens by time alone; disconnects.
//! - [`numbers`]: channels, their numbers, the throttle.
//! - [`admission`]: the checks of a new order.
//! - [`sweep`]: an incoming order meets the book.
//! - [`entry`]: an order enters, or takes the place of another.
//! - [`change`]: an order is canceled, or made smaller.
//! - [`uncross`]: all of a book trades at one price.
//! - [`day`]: the phases of the day, the states of securities.
//! - [`operator`]: configuration, switches, broken trades.
//! - [`venue`]: every command, sent to where it is executed.
//! - [`soundness`]: what must be true of every state.

pub mod admission;
pub mod book;
pub mod change;
pub mod day;
pub mod due;
pub mod entry;
pub mod numbers;
pub mod operator;
pub mod order;
pub mod soundness;
pub mod state;
pub mod sweep;
pub mod ticks;
pub mod uncross;
pub mod venue;

pub use state::Model;
