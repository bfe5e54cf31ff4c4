//! SoupBinTCP: [`Server`] and [`Client`], one end of a connection each.
//!
//! ```text
//!                bytes in ──▶ Framer ──▶ packets ──▶ Server / Client ──▶ events
//!                bytes out ◀── Outgoing ◀── packets ◀────────┘◀── accept, send, log_out ..
//! ```
//!
//! Whoever owns the connection goes round: read into [`Session::read_buffer`] and say
//! [`Session::on_read`]; take events until there are none; write [`Session::poll_output`] and say
//! [`Session::on_written`]; do what [`Session::poll_action`] wants, until it is [`Action::Close`];
//! and call [`Session::on_timeout`] when [`Session::poll_timeout`] has come. Here memory stands
//! for the connection:
//!
//! ```
//! use protocol_spec::session::soup::{
//!     Client, ClientConfig, ClientEvent, Server, ServerConfig, ServerEvent,
//! };
//! use protocol_spec::wire::text::{Alpha, Secret};
//! use protocol_spec::words::{Moment, SequenceNo};
//!
//! let now = Moment(0);
//! let config = ClientConfig::new(Alpha::new("demo1"), Secret::new("secret"));
//! let mut client = Client::new(now, &config);
//! let mut server = Server::new(now, &ServerConfig::default());
//!
//! // The login is ready to be written as soon as the client is made.
//! let count = server.on_bytes(now, client.poll_output());
//! client.on_written(now, count);
//! let Some(ServerEvent::Login(login)) = server.poll_event() else { panic!("a login") };
//! assert!(login.username.is("DEMO1") && login.password.is("secret"));
//! server.accept(now, &Alpha::new("2026112001"), SequenceNo(1));
//! server.send(now, b"hello")?;
//!
//! let count = client.on_bytes(now, server.poll_output());
//! server.on_written(now, count);
//! assert!(matches!(client.poll_event(), Some(ClientEvent::Accepted { .. })));
//! let hello = ClientEvent::Message(SequenceNo(1), b"hello");
//! assert_eq!(client.poll_event(), Some(hello));
//! assert_eq!(client.poll_event(), None);
//!
//! // To go on with packet 2 on another connection: config.from(session, number).
//! assert_eq!(client.next_number(), Some(SequenceNo(2)));
//! # Ok::<(), protocol_spec::session::soup::SendError>(())
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
pub use outgoing::{SendError, TEXT_MAX};
pub use server::{Server, ServerConfig, ServerEvent};
pub use session::{Action, End, ProtocolError, Session};
