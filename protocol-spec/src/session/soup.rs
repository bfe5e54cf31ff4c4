//! SoupBinTCP: [`Server`] and [`Client`], one end of a connection each.
//!
//! ```text
//!                bytes in ──▶ Framer ──▶ packets ──▶ Server / Client ──▶ events
//!                bytes out ◀── Outgoing ◀── packets ◀────────┘◀── accept, send, log_out ..
//! ```

mod client;
mod framer;
mod login;
mod outgoing;
mod server;
mod session;

pub use client::{Client, ClientConfig, ClientEvent};
pub use framer::FramingError;
pub use login::{Login, ZeroMeans};
pub use outgoing::{Full, TEXT_MAX};
pub use server::{Server, ServerConfig, ServerEvent};
pub use session::{Action, End, ProtocolError, Session};
