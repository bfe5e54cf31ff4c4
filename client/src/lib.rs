//! A venue for programs: its public feed, and a broker's orders.
//!
//! - [`feed`](mod@feed): lines A and B joined, put together and healed.
//! - [`OrderClient`]: one login of one port of a broker.
//!
//! # Orders
//!
//! Connect, ask, read what is answered:
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use client::{Cancel, Config, Order, OrderClient};
//! use protocol_spec::wire::ouch::{Outbound, Symbol};
//! use protocol_spec::words::{OrderPrice, Shares};
//!
//! let mut venue = OrderClient::connect("127.0.0.1:9001", &Config::new("demo1", "demo")?)?;
//! let order = Order::buy(Shares(100), Symbol::new("AAPL"), OrderPrice(1_875_000));
//! let number = venue.send(order)?;
//! while let Some(reply) = venue.next(Duration::from_millis(200))? {
//!     match reply.decode()?.0 {
//!         Outbound::OrderExecuted(fill) => println!("{} at {}", fill.quantity(), fill.price()),
//!         other => println!("{other:?}"),
//!     }
//! }
//! venue.send(Cancel::all(number))?;
//! venue.log_out()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! - [`Config`]: who logs in, from which reply on ([`Start`]), and how patient both sides are.
//! - [`OrderClient`]: one login of one port. [`send`](OrderClient::send) gives requests their
//!   numbers, [`send_as`](OrderClient::send_as) takes them from the caller;
//!   [`next`](OrderClient::next) gives the replies, each with its number in the session;
//!   [`reconnect`](OrderClient::reconnect) goes on after a broken connection.
//! - [`Order`], [`Replacement`], [`Cancel`], [`Modify`], [`MassCancel`], [`Disable`], [`Enable`]:
//!   what can be asked, each with every tag that its message may have.
//! - [`Reply`]: what was answered, as bytes and as a message of
//!   [`Outbound`](protocol_spec::wire::ouch::Outbound).
//! - [`Error`]: what went wrong, with the address, and what the venue said of it.
//!
//! The conversation is that of [`protocol_spec::session::soup::Client`]; here is the socket.
//! Likewise the feed is put together by [`mdfeed::receiver::Receiver`].
#![forbid(unsafe_code)]

mod config;
mod connection;
mod error;
pub mod feed;
mod numbers;
mod order_client;
mod reply;
mod request;

pub use config::{BadText, Config, Start};
pub use error::{Cause, Error};
pub use order_client::OrderClient;
pub use reply::Reply;
pub use request::{Cancel, Disable, Enable, MassCancel, Modify, Order, Replacement, Request};
