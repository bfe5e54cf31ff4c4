//! `outcry order`, run as a user runs it, against a venue that does what each test says.

mod batch;
mod desk;
mod endings;
mod kit;
#[path = "../../../client/tests/orders/messages.rs"]
mod messages;
mod replies;
mod requests;
mod terminal;
#[path = "../../../client/tests/orders/venue.rs"]
mod venue;
