//! Feeds that are followed through real sockets, told by a publisher that does what a test says.

mod addresses;
mod days;
mod healing;
mod kit;
mod lines;
mod publisher;
mod strange;
