//! The order client against a venue that does what each test says.

mod breaks;
mod endings;
mod logins;
mod messages;
mod requests;
mod venue;
mod waits;
