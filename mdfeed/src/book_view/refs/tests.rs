use std::vec::Vec;

use protocol_spec::words::{Price, Shares, Timestamp};

use super::*;
use crate::book_view::numbers::{LadderId, LevelId};
use crate::book_view::orders::Resting;

fn order(of: u64) -> Resting {
    Resting {
        order_ref: OrderRef(of),
        shares: Shares(1),
        price: Price(1),
        ladder: LadderId(0),
        level: LevelId(0),
        prev: Slot::NONE,
        next: Slot::NONE,
        mpid: None,
        since: Timestamp(0),
    }
}

/// A table and the orders that are in it.
struct Table {
    orders: Orders,
    refs: Refs,
}

impl Table {
    fn with(list: impl IntoIterator<Item = u64>) -> Self {
        let mut table = Table { orders: Orders::with_room(0), refs: Refs::with_room(0) };
        list.into_iter().for_each(|of| table.insert(of));
        table
    }

    fn insert(&mut self, of: u64) {
        let slot = self.orders.insert(order(of));
        let home = self.refs.home(OrderRef(of));
        self.refs.insert(&self.orders, home, slot);
    }

    fn find(&self, of: u64) -> Option<Place> {
        self.refs.find(&self.orders, self.refs.home(OrderRef(of)), OrderRef(of))
    }

    fn remove(&mut self, of: u64) {
        let place = self.find(of).expect("it is there");
        self.refs.remove(place);
        self.orders.remove(place.slot);
    }

    fn has(&self, of: u64) -> bool {
        let found = self.find(of).map(|place| self.orders[place.slot].order_ref);
        assert!(found.is_none_or(|found| found == OrderRef(of)));
        found.is_some()
    }
}

#[test]
fn every_reference_is_found_until_it_is_removed() {
    // Dense, far apart, and at the ends of the format.
    let lists = [(0..5_000).collect(), (0..5_000).map(|at| at << 40).collect(), {
        let ends = [0, 1, u64::MAX, u64::MAX - 1, 1 << 63];
        ends.to_vec()
    }];
    for list in lists as [Vec<u64>; 3] {
        let mut table = Table::with(list.iter().copied());
        assert_eq!(table.refs.count(), list.len());
        for of in &list {
            assert!(table.has(*of));
            table.remove(*of);
            assert!(!table.has(*of));
        }
        assert_eq!(table.refs.count(), 0);
        assert!(
            table.refs.buckets.iter().all(|each| each.passed == 0 && each.marks == [UNUSED; CELLS])
        );
    }
}

#[test]
fn marks_are_found_in_their_cells_and_nowhere_else() {
    let marks = [1, 0xFFFF, 0x8001, 0, 0x8000, 1, 0x7FFF, 3];
    let bucket = Bucket { marks, ..EMPTY };
    for mark in 0..=u16::MAX {
        let cells = marks.iter().enumerate().filter(|(_, each)| **each == mark);
        let bits = cells.map(|(cell, _)| 1 << (cell * 8)).fold(0, |all, bit| all | bit);
        assert_eq!(bucket.with(mark), bits, "{mark:04x}");
        let first = marks.iter().position(|each| *each == mark).unwrap_or(CELLS);
        assert_eq!(bucket.first(mark), first, "{mark:04x}");
    }
}

#[test]
fn references_that_meet_in_one_bucket_are_told_apart() {
    let table = Table::with([]);
    let home = |of: u64| table.refs.home(OrderRef(of));
    // More than a bucket holds, with one bucket of sixteen in common, and with one mark.
    let same_bucket = (0..).filter(|of| home(*of).bucket == 15).take(60);
    let same_mark =
        (0..).filter(|of| home(*of).mark == home(1).mark && home(*of).bucket < 2).take(9);
    let meeting: Vec<u64> = same_bucket.chain(same_mark).collect();
    let mut table = Table::with(meeting.iter().copied());
    assert!(table.refs.buckets.iter().any(|bucket| bucket.passed > 0), "they pass a full bucket");
    for removed in 0..meeting.len() {
        assert!(meeting.iter().skip(removed).all(|of| table.has(*of)));
        table.remove(meeting[removed]);
        assert!(!table.has(meeting[removed]));
    }
    assert!(table.refs.buckets.iter().all(|bucket| bucket.passed == 0));
}
