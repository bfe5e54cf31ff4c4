//! `outcry feed`, run as a user runs it, against a publisher that does what each test says.

mod check;
mod day;
mod folder;
mod kit;
mod live;
#[path = "../../../client/tests/feed/publisher.rs"]
mod publisher;
mod real;
mod save;
