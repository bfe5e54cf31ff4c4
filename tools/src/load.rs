//! Load on a venue's order entry, and what it takes to answer it.
//!
//! ```text
//! Mix ──▶ Trader ──requests──▶ Lane (socket, soup Client) ──▶ venue
//!            │                  ▲   Pacer: a window in flight, or a schedule
//!            └─ Orders ◀─replies┘
//!                 │
//!                 └─▶ Counts: does every request have its answer?   Figures: how long did it take?
//! ```
//!
//! [`Trader`] and [`Orders`] know no socket and no clock. [`Load`] turns all lanes on one thread,
//! without waiting, and with them [`Idlers`], who do nothing, or a [`Greedy`] connection, which
//! has no window, or a [`Flood`] of requests for the feed: what they do to the others is what is
//! asked. [`Watch`] listens to the feed. [`Yardsticks`] say what the same
//! machine takes for a bare round trip and a bare durable write at the same time; [`Own`] is a
//! venue started for the purpose.

mod alone;
mod beside;
mod clock;
mod counts;
mod error;
mod figures;
mod files;
mod flood;
mod greedy;
mod idlers;
mod lane;
mod mix;
mod orders;
mod others;
mod own;
mod pacer;
mod report;
mod run;
mod trader;
mod watch;
mod yardstick;

pub use alone::alone;
pub use beside::{Beside, Neighbours};
pub use clock::Clock;
pub use counts::Counts;
pub use error::LoadError;
pub use figures::Figures;
pub use files::make_room;
pub use flood::Flood;
pub use greedy::Greedy;
pub use idlers::Idlers;
pub use lane::{Credentials, Lane};
pub use mix::{Mix, Request};
pub use orders::Orders;
pub use own::{Own, OwnConfig};
pub use pacer::{Length, Pace};
pub use report::{About, Report, Target, line};
pub use run::{Load, Round};
pub use trader::{Flow, Trader};
pub use watch::Watch;
pub use yardstick::{Yards, Yardsticks};

#[cfg(test)]
mod tests;
