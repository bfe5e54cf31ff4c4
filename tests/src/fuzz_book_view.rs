//! A view of books under any messages, beside a list of orders that is searched from end to end.
#![expect(
    clippy::missing_panics_doc,
    reason = "a body panics whenever what it checks does not hold"
)]

use std::cell::Cell;
use std::collections::BTreeSet;

use matcher::ahead::{Fetch, GROUP};
use mdfeed::book_view::{BookView, Digest, Level, Order, Side, Spot};
use protocol_spec::wire::field::Field;
use protocol_spec::wire::itch::{BuySell, Message};
use protocol_spec::wire::layout::{FieldLayout, Layout};
use protocol_spec::wire::ouch::Mpid;
use protocol_spec::words::{FeedNo, Locate, OrderRef, Price, Shares, Timestamp, Volume};

use crate::plain::number;

/// Messages come by their types as they stand here.
const KINDS: &[u8] = b"AAAAAAFFEECXXDDDUUUUPQBRRRSHYhLVWKJINO";
/// Bytes that a message is made from.
const GRAINS: usize = 7;
/// Securities that messages are about, and one more that is none.
const LOCATES: u8 = 4;
/// References that orders have.
const REFERENCES: u8 = 24;

/// Any bytes as messages: after each of them the view has what the list has.
pub fn book_view(data: &[u8]) {
    let messages: Vec<Vec<u8>> = data.chunks_exact(GRAINS).map(made).collect();
    let (mut view, mut plain) = (BookView::new(), Plain::default());
    let asked = Asked(Cell::new(0));
    for group in messages.chunks(GROUP) {
        // What is asked for ahead may be wrong by the time it is needed, but it never fails.
        let run: Vec<_> = group.iter().map(|message| (FeedNo(1), message.as_slice())).collect();
        view.fetch_now(&run, &asked);
        for message in group {
            let (taken, expected) = (view.apply(message), plain.apply(message));
            assert_eq!(taken.is_ok(), expected.is_some(), "{taken:?}: {message:02x?}");
            compare(&view, &plain);
        }
    }
    // Bytes as they come are hardly ever a message.
    let before = view.digest();
    assert!(view.apply(data).is_err() || view.live_orders() <= plain.orders.len() + 1);
    assert!(!data.is_empty() || view.digest() == before);
    view.clear();
    assert_eq!((view.live_orders(), view.digest()), (0, Digest::new().value()));
}

/// Counts what it is asked.
struct Asked(Cell<usize>);

impl Fetch for Asked {
    fn fetch<T>(&self, _: &T) {
        self.0.set(self.0.get() + 1);
    }
}

/// A message made from a few bytes: its type, and small numbers that are met again.
fn made(grains: &[u8]) -> Vec<u8> {
    let kind = KINDS[usize::from(grains[0]) % KINDS.len()];
    let is_kind = |layout: &&&Layout| layout.kind.is_some_and(|found| found.byte == kind);
    let layout = Message::LAYOUTS.iter().find(is_kind).expect("every type has a layout");
    let mut message = vec![0; layout.len];
    message[0] = kind;
    let mut references = [grains[2], grains[3]].into_iter();
    for field in layout.fields {
        let value = match field.type_name {
            "Locate" => u64::from(grains[1] % (LOCATES + 2)),
            // Some are far apart, as on other venues' feeds.
            "OrderRef" => references.next().map_or(0, |grain| reference(grain % REFERENCES)),
            "Shares" | "Volume" => u64::from(grains[4] % 4),
            "Price" => u64::from(grains[5] % 6),
            "BuySell" => {
                u64::from(*b"BSBSBSBSBSBSBSB?".get(usize::from(grains[6] % 16)).expect("16"))
            }
            "Mpid" => u64::from(grains[6]),
            "Timestamp" => u64::from(grains[5]) << 8 | u64::from(grains[6]),
            _ => continue,
        };
        put(&mut message, field, value);
    }
    match grains[6] {
        0 => message.push(0),
        1 => drop(message.pop()),
        _ => {}
    }
    message
}

fn reference(grain: u8) -> u64 {
    if grain.is_multiple_of(2) { u64::from(grain) } else { u64::from(grain) << 40 }
}

fn put(message: &mut [u8], field: &FieldLayout, value: u64) {
    let end = field.offset + field.len;
    message[field.offset..end].copy_from_slice(&value.to_be_bytes()[8 - field.len..]);
}

/// What a view should have.
#[derive(Default)]
struct Plain {
    listed: BTreeSet<u64>,
    /// In the order in which they came to their places.
    orders: Vec<Order>,
    /// Shares and number of executions by locate, as they came.
    trades: Vec<(u64, u64)>,
}

impl Plain {
    /// Takes a message, or `None` where it cannot be.
    fn apply(&mut self, message: &[u8]) -> Option<()> {
        let kind = *message.first()?;
        let read = |from: usize, len: usize| number(&message[from..from + len]);
        let is_kind = |layout: &&&Layout| layout.kind.is_some_and(|found| found.byte == kind);
        let layout = Message::LAYOUTS.iter().find(is_kind)?;
        if message.len() != layout.len {
            return None;
        }
        let locate = read(1, 2);
        let listed = self.listed.contains(&locate).then_some(());
        match kind {
            b'R' if locate == 0 => None,
            b'R' => {
                self.listed.insert(locate);
                Some(())
            }
            b'A' | b'F' => self.add(Order {
                order_ref: OrderRef(read(11, 8)),
                spot: Spot {
                    locate: Locate(locate as u16),
                    side: Side::of(BuySell([message[19]]))?,
                    price: Price(read(32, 4) as u32),
                },
                shares: Shares(read(20, 4) as u32),
                mpid: message[36..].first_chunk().map(|bytes| Mpid::get(*bytes)),
                since: Timestamp(read(5, 6)),
            }),
            b'E' | b'C' => {
                let shares = read(19, 4);
                self.lessen(locate, read(11, 8), shares)?;
                self.trades.push((locate, shares));
                Some(())
            }
            b'X' => self.lessen(locate, read(11, 8), read(19, 4)),
            b'D' => {
                let at = self.find(locate, read(11, 8))?;
                self.orders.remove(at);
                Some(())
            }
            b'U' => self.replace(locate, message),
            b'P' | b'Q' => {
                listed?;
                let shares = if kind == b'P' { read(20, 4) } else { read(11, 8) };
                if shares > 0 {
                    self.trades.push((locate, shares));
                }
                (shares > 0 || kind == b'Q').then_some(())
            }
            b'H' | b'Y' | b'h' | b'B' => listed,
            _ => Some(()),
        }
    }

    fn add(&mut self, order: Order) -> Option<()> {
        let taken = self.orders.iter().any(|each| each.order_ref == order.order_ref);
        let listed = self.listed.contains(&order.spot.locate.0.into());
        if taken || !listed || order.shares.0 == 0 {
            return None;
        }
        self.orders.push(order);
        Some(())
    }

    fn find(&self, locate: u64, of: u64) -> Option<usize> {
        let at = self.orders.iter().position(|each| each.order_ref.0 == of)?;
        (u64::from(self.orders[at].spot.locate.0) == locate).then_some(at)
    }

    fn lessen(&mut self, locate: u64, of: u64, shares: u64) -> Option<()> {
        let at = self.find(locate, of)?;
        let left = u64::from(self.orders[at].shares.0).checked_sub(shares)?;
        if shares == 0 {
            return None;
        }
        self.orders[at].shares.0 = left as u32;
        self.orders.retain(|each| each.shares.0 > 0);
        Some(())
    }

    fn replace(&mut self, locate: u64, message: &[u8]) -> Option<()> {
        let read = |from: usize, len: usize| number(&message[from..from + len]);
        let at = self.find(locate, read(11, 8))?;
        let old = self.orders.remove(at);
        let mut new = Order {
            order_ref: OrderRef(read(19, 8)),
            shares: Shares(read(27, 4) as u32),
            since: Timestamp(read(5, 6)),
            ..old
        };
        new.spot.price = Price(read(31, 4) as u32);
        let added = self.add(new);
        if added.is_none() {
            self.orders.insert(at, old);
        }
        added
    }

    /// The orders of a side in priority order.
    fn side(&self, locate: Locate, side: Side) -> Vec<Order> {
        let is_here = |order: &&Order| order.spot.locate == locate && order.spot.side == side;
        let mut orders: Vec<Order> = self.orders.iter().filter(is_here).copied().collect();
        // The sort is stable.
        match side {
            Side::Buy => orders.sort_by_key(|order| std::cmp::Reverse(order.spot.price)),
            Side::Sell => orders.sort_by_key(|order| order.spot.price),
        }
        orders
    }
}

/// Both have the same books, by order, by level and by reference, and the same on the tape.
fn compare(view: &BookView, plain: &Plain) {
    assert_eq!(view.live_orders(), plain.orders.len());
    for order in &plain.orders {
        assert_eq!(view.order(order.order_ref), Some(*order));
    }
    let mut digest = Digest::new();
    for locate in (0..LOCATES + 2).map(|locate| Locate(locate.into())) {
        let book = view.book(locate);
        for side in Side::BOTH {
            let orders = plain.side(locate, side);
            assert_eq!(book.orders(side).collect::<Vec<_>>(), orders);
            let levels: Vec<Level> = book.levels(side).collect();
            assert_eq!(levels, summed(&orders));
            assert_eq!(book.best(side), levels.first().copied());
            orders.iter().for_each(|order| digest.add(order));
        }
        let is_here = |trade: &&(u64, u64)| trade.0 == u64::from(locate.0);
        let count = plain.trades.iter().filter(is_here).count() as u64;
        let volume = plain.trades.iter().filter(is_here).map(|(_, shares)| shares).sum();
        let security = view.security(locate);
        assert_eq!(security.is_some(), plain.listed.contains(&locate.0.into()));
        let tape = security.map(|security| (security.tape.trades, security.tape.volume));
        assert_eq!(tape.unwrap_or_default(), (count, Volume(volume)));
    }
    assert_eq!(view.digest(), digest.value());
}

/// The levels of orders that are in priority order.
#[must_use]
pub fn summed(orders: &[Order]) -> Vec<Level> {
    let same_price = |one: &Order, other: &Order| one.spot.price == other.spot.price;
    let level = |orders: &[Order]| Level {
        price: orders[0].spot.price,
        shares: Volume(orders.iter().map(|order| u64::from(order.shares.0)).sum()),
        orders: orders.len() as u32,
    };
    orders.chunk_by(same_price).map(level).collect()
}
