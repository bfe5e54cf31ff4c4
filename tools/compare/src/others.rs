//! The other engines. Each knows plain orders and cancels; hidden, reserve and replaced ones differ
//! from engine to engine and are not compared.
//!
//! Looked at and left out: `nanobook` 0.19 does not return from a flow with cancels (a cancel marks
//! a place in a queue whose front has moved since), `limitbook` 0.1 does not keep what a partial
//! fill leaves, `exchange_core` 0.1 searches the whole book for a cancel, `rust-order-book` 0.0.2
//! does not tell what an order traded.

mod lobster;
mod matchcore;
mod numbers;
mod orderbook_rs;
mod rust_ob;

pub use lobster::Lobster;
pub use matchcore::Matchcore;
pub use orderbook_rs::OrderbookRs;
pub use rust_ob::RustOb;
