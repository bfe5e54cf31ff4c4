//! The displayed book of an engine, as a receiver of its feed should have it.

use matcher::engine::Engine;
use matcher::view::Entry;
use mdfeed::book_view::{Digest, Order, Side, Spot};
use protocol_spec::words::{Locate, Timestamp};

/// The displayed orders of one side of a book in priority order. An engine says neither which of
/// them are attributed nor since when they stand there.
pub fn orders(engine: &Engine, locate: Locate, side: Side) -> impl Iterator<Item = Order> {
    let entries = engine.entries(locate, side == Side::Buy);
    entries.into_iter().filter_map(move |entry: Entry| {
        let Entry { price, shares, .. } = entry;
        let spot = Spot { locate, side, price };
        let order_ref = entry.tip.get()?;
        Some(Order { order_ref, spot, shares, mpid: None, since: Timestamp(0) })
    })
}

/// The digest of all displayed orders, equal to that of a view that was told everything.
#[must_use]
pub fn digest(engine: &Engine) -> u64 {
    let mut digest = Digest::new();
    let securities = engine.instruments().count() as u16;
    for locate in (1..=securities).map(Locate) {
        for side in Side::BOTH {
            orders(engine, locate, side).for_each(|order| digest.add(&order));
        }
    }
    digest.value()
}
