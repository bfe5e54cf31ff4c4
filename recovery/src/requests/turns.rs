//! Addresses that wait, and whose turn it is.

use core::net::{IpAddr, SocketAddr};

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use protocol_spec::words::FeedNo;

/// A request whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Where the answer goes to.
    pub from: SocketAddr,
    /// The number of the first message.
    pub number: FeedNo,
    /// How many messages are wanted, which may be more than a packet holds, or than there are.
    pub count: u16,
}

/// What was in the way of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pushed {
    /// Nothing.
    Free,
    /// The oldest of the same address.
    Overtook,
    /// So many of another address.
    Crowded(u64),
}

/// Requests that wait, by address.
///
/// ```text
///   push, the address has none ──▶ its turn comes last ──poll──▶ one request less,
///                                        ▲                      and if there is another
///                                        └───────────────────────────┘
/// ```
#[derive(Debug)]
pub(super) struct Turns {
    most_addresses: usize,
    most_of_each: usize,
    /// Addresses that wait in their order, each with its place in `waiting`: searched by halves, so
    /// that no choice of addresses makes it slow.
    places: Vec<(IpAddr, usize)>,
    /// Requests of each address, the oldest first.
    waiting: Vec<VecDeque<Asked>>,
    /// Places in `waiting` that nobody has.
    free: Vec<usize>,
    /// Addresses that wait, whose turn is next first.
    turns: VecDeque<IpAddr>,
}

impl Turns {
    pub(super) fn new(most_addresses: usize, most_of_each: usize) -> Self {
        assert!(most_addresses > 0 && most_of_each > 0, "somebody can ask something");
        Turns {
            most_addresses,
            most_of_each,
            places: Vec::new(),
            waiting: Vec::new(),
            free: Vec::new(),
            turns: VecDeque::new(),
        }
    }

    /// A request waits.
    pub(super) fn push(&mut self, address: IpAddr, asked: Asked) -> Pushed {
        let Ok(found) = self.find(address) else { return self.push_first(address, asked) };
        let waiting = &mut self.waiting[self.places[found].1];
        let overtakes = waiting.len() == self.most_of_each;
        if overtakes {
            waiting.pop_front();
        }
        waiting.push_back(asked);
        if overtakes { Pushed::Overtook } else { Pushed::Free }
    }

    /// The first request of an address that has none: its turn comes last.
    fn push_first(&mut self, address: IpAddr, asked: Asked) -> Pushed {
        let is_full = self.turns.len() == self.most_addresses;
        let crowded = if is_full { self.crowd() } else { 0 };
        let place = self.free.pop().unwrap_or_else(|| {
            self.waiting.push(VecDeque::new());
            self.waiting.len() - 1
        });
        self.waiting[place].push_back(asked);
        let before = self.places.partition_point(|(other, _)| *other < address);
        self.places.insert(before, (address, place));
        self.turns.push_back(address);
        if is_full { Pushed::Crowded(crowded) } else { Pushed::Free }
    }

    /// Takes out the request whose turn it is.
    pub(super) fn pop(&mut self) -> Option<Asked> {
        let address = self.turns.pop_front()?;
        let (found, place) = self.place(address);
        let asked = self.waiting[place].pop_front().expect("who has a turn has asked");
        if self.waiting[place].is_empty() {
            self.leave(found, place);
        } else {
            self.turns.push_back(address);
        }
        Some(asked)
    }

    /// Drops everything of the address whose turn is next, and says how much that was.
    fn crowd(&mut self) -> u64 {
        let Some(address) = self.turns.pop_front() else { return 0 };
        let (found, place) = self.place(address);
        let count = self.waiting[place].len() as u64;
        self.waiting[place].clear();
        self.leave(found, place);
        count
    }

    /// An address has nothing that waits: its place is another's.
    fn leave(&mut self, found: usize, place: usize) {
        self.places.remove(found);
        self.free.push(place);
    }

    /// Drops everything, and says how much that was.
    pub(super) fn clear(&mut self) -> u64 {
        let mut count = 0;
        while !self.turns.is_empty() {
            count += self.crowd();
        }
        count
    }

    pub(super) fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }

    fn find(&self, address: IpAddr) -> Result<usize, usize> {
        self.places.binary_search_by_key(&address, |(address, _)| *address)
    }

    /// Where an address that has a turn stands, and the place of its requests.
    fn place(&self, address: IpAddr) -> (usize, usize) {
        let found = self.find(address).expect("who has a turn has a place");
        (found, self.places[found].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    /// What all lists together have room for.
    fn room(turns: &Turns) -> usize {
        let each: usize = turns.waiting.iter().map(VecDeque::capacity).sum();
        let lists = turns.places.capacity() + turns.waiting.capacity() + turns.free.capacity();
        each + lists + turns.turns.capacity()
    }

    fn flood(turns: &mut Turns, from: u32, addresses: u32) {
        for number in 0..40 * addresses {
            let address = IpAddr::V4(Ipv4Addr::from_bits(from + number % addresses));
            let number = FeedNo(number.into());
            let from = SocketAddr::new(address, 7);
            turns.push(address, Asked { from, number, count: 1 });
            if number.0.is_multiple_of(7) {
                turns.pop();
            }
        }
    }

    #[test]
    fn no_flood_takes_memory_that_another_has_not_taken() {
        let mut turns = Turns::new(64, 8);
        flood(&mut turns, 0, 200);
        turns.clear();
        flood(&mut turns, 0, 64);
        let taken = room(&turns);
        for from in 1..20 {
            flood(&mut turns, from * 1_000, from * 11);
            assert!(turns.waiting.len() <= 64);
            assert!(turns.waiting.iter().all(|waiting| waiting.len() <= 8));
            if from % 5 == 0 {
                turns.clear();
                assert!(turns.is_empty() && turns.places.is_empty());
            }
            assert_eq!(room(&turns), taken);
        }
    }
}
