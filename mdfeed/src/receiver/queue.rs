//! What waits to be polled.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use protocol_spec::words::FeedNo;

use super::event::Event;
use super::run::Run;

/// Most events that wait. Each packet makes a few, so that a receiver whose owner does not listen
/// stays small.
pub(super) const EVENTS: usize = 256;

/// Events in order, and the bytes of their messages one behind the other.
#[derive(Debug, Default)]
pub(super) struct Queue {
    items: VecDeque<Item>,
    bytes: Vec<u8>,
    /// Where the bytes begin that were not polled yet.
    taken: usize,
}

#[derive(Debug)]
enum Item {
    /// The next so many bytes.
    Run {
        first: FeedNo,
        count: u64,
        bytes: usize,
    },
    Event(Event<'static>),
}

impl Queue {
    /// Bytes that wait.
    pub(super) fn waiting(&self) -> usize {
        self.bytes.len() - self.taken
    }

    /// Whether nothing waits.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Whether nothing more is to be taken in.
    pub(super) fn is_full(&self) -> bool {
        self.items.len() >= EVENTS
    }

    pub(super) fn tell(&mut self, event: Event<'static>) {
        self.items.push_back(Item::Event(event));
    }

    /// Adds messages; those that follow on others which wait are told with them.
    #[inline]
    pub(super) fn messages(&mut self, number: FeedNo, more: u64, blocks: &[u8]) {
        self.make_room();
        self.bytes.extend_from_slice(blocks);
        match self.items.back_mut() {
            Some(Item::Run { first, count, bytes }) if first.plus(*count) == number => {
                *count += more;
                *bytes += blocks.len();
            }
            _ => {
                let run = Item::Run { first: number, count: more, bytes: blocks.len() };
                self.items.push_back(run);
            }
        }
    }

    /// Forgets bytes that were polled, as soon as that moves fewer than it frees.
    fn make_room(&mut self) {
        if self.taken == self.bytes.len() {
            self.bytes.clear();
            self.taken = 0;
        } else if self.taken > self.bytes.len() / 2 {
            self.bytes.drain(..self.taken);
            self.taken = 0;
        }
    }

    #[inline]
    pub(super) fn poll(&mut self) -> Option<Event<'_>> {
        match self.items.pop_front()? {
            Item::Event(event) => Some(event),
            Item::Run { first, count, bytes } => {
                let from = self.taken;
                self.taken += bytes;
                let records = &self.bytes[from..self.taken];
                Some(Event::Messages(Run::new(first, count, records)))
            }
        }
    }
}
