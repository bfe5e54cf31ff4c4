//! The feed against the clock: what a message takes at the receiving end, how many a second get
//! over two lines without loss, and how long it is until a lost one is there again.

mod reading;
mod report;
mod round_trip;
mod stream;
mod wire;

pub use reading::{Reading, read};
pub use report::FeedReport;
pub use round_trip::{RoundTrips, measure as round_trips};
pub use stream::Stream;
pub use wire::{Passage, pass};
