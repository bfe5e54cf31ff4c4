//! Who asks for messages again, one after the other: a server of requests without its socket.
//!
//! ```text
//!  datagram ──▶ from a network that may ask? a whole request? of this session? of what was told?
//!                  │ no: dropped             │ yes
//!                                            ▼
//!               10.0.0.1  ▒▒▒▒▒▒▒▒▒▒  the 33rd: the oldest of the address is overtaken
//!               10.0.0.2  ▒                              ┐
//!               10.0.0.7  ▒▒▒                            ├ in turns ─ budget ─▶ Asked
//!               ...                                      ┘                      one packet
//!               the 1,025th address: who has waited longest for a turn is crowded out
//! ```
//!
//! A request is answered by one packet, however much it asks for: what has to be shared out is
//! packets. Addresses take turns, whatever ports they ask from. Who asks a lot waits for its own
//! requests, and nobody waits longer than for one packet to each other address. How many requests
//! of an address wait is bounded, and of how many addresses. So a flood from one address drops
//! nothing but what that address asked for; only one from more addresses than there is room for
//! drops what others asked for. Therefore networks that may ask are listed, and nobody else may.
//!
//! Over all of them there is a budget of packets a second: a bucket that holds what a hundredth of
//! a second brings, or one packet if that is less. Between any two moments at most as many requests
//! are handed out as the time between them brings and the bucket held.
//!
//! What is dropped is counted by its reason. Nobody is told, as the protocol has no word for it:
//! who still wants the messages asks again. What was answered is not remembered, and who asks for
//! the same again, since the packet was lost, is answered again.
//!
//! ```
//! use protocol_spec::wire::mold::{Request, SessionId};
//! use protocol_spec::words::{FeedNo, Moment};
//! use recovery::requests::{Dropped, Requests, Rules};
//!
//! let allow = vec!["10.0.0.0/8".parse()?];
//! let mut requests = Requests::new(Moment(0), Rules { allow, ..Rules::default() });
//!
//! let session = SessionId::new("2026112000");
//! let mut bytes = [0; Request::LEN];
//! Request { session, number: FeedNo(3), count: 4 }.encode(&mut bytes);
//! let next = FeedNo(100);
//! requests.on_datagram("10.0.0.1:4000".parse()?, &bytes, session, next);
//! requests.on_datagram("11.0.0.1:4000".parse()?, &bytes, session, next);
//!
//! let asked = requests.poll(Moment(7)).expect("a request waits, and there is budget");
//! assert_eq!((asked.number, asked.count), (FeedNo(3), 4));
//! assert_eq!(requests.counts().dropped(Dropped::NotAllowed), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod budget;
mod counts;
mod server;
mod turns;

pub use counts::{Counts, Dropped};
pub use ipnet::IpNet;
pub use server::{Requests, Rules};
pub use turns::Asked;

#[cfg(test)]
mod tests;
