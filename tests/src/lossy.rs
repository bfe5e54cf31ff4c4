//! A feed through networks that lose, double, delay and damage, in virtual time.
//!
//! ```text
//!                     ┌─ line A ─▶ faults ─▶┐
//!   Truth ─▶ Course ──┤                     ├─▶ Receiver ─▶ Witness
//!     │               └─ line B ─▶ faults ─▶┘    │   ▲
//!     └──▶ server ◀── faults ◀── requests ───────┘   │
//!             └─────── answers ──▶ faults ───────────┘
//! ```
//!
//! - [`truth`]: the messages of a day, as the venue's own engine and publisher tell them.
//! - [`course`]: those messages as packets of two lines, and when each is sent.
//! - [`faults`]: a schedule says which packet of which way has which fault; no other has any.
//! - [`run`]: a receiver at the end of the ways. [`witness`]: what must be true of what it tells.
//! - [`mod@shrink`]: the smallest schedule that still fails.

pub mod course;
pub mod faults;
pub mod run;
pub mod shrink;
pub mod truth;
pub mod witness;
