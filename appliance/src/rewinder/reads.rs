//! Requests for what is only in the file.

use std::collections::VecDeque;

use protocol_spec::words::FeedNo;
use recovery::requests::Asked;
use recovery::rewind::{Place, Records};

use crate::transfers::TransferNo;

/// Blocks that are read at once.
const UNDER_WAY: usize = 16;
/// Requests that wait for blocks.
const WAITING: usize = 4096;
/// Blocks that are kept once they were read, 4 MiB: who asked for one walks on in it.
const KEPT: usize = 64;

/// Blocks that are wanted, and those that were read last.
#[derive(Debug, Default)]
pub(super) struct Reads {
    /// In the order in which they were asked for; those under way have a number.
    wanted: VecDeque<Wanted>,
    under_way: usize,
    /// Requests that wait for them.
    waiting: usize,
    /// The one that was used last comes first. They were found to be sound.
    kept: VecDeque<Kept>,
}

/// A block that was read, and the number of its first message.
#[derive(Debug)]
struct Kept {
    place: Place,
    first: FeedNo,
    bytes: Vec<u8>,
}

/// A block, and who waits for it.
#[derive(Debug)]
struct Wanted {
    place: Place,
    no: Option<TransferNo>,
    asked: Vec<Asked>,
}

impl Reads {
    /// The messages of a block, if it was read lately.
    pub(super) fn find(&mut self, place: Place) -> Option<Records<'_>> {
        let at = self.kept.iter().position(|kept| kept.place == place)?;
        let found = self.kept.remove(at)?;
        self.kept.push_front(found);
        self.kept.front().map(|kept| Records::new(kept.first, &kept.bytes))
    }

    /// A request waits for a block.
    pub(super) fn want(&mut self, place: Place, asked: Asked) {
        self.waiting += 1;
        match self.wanted.iter_mut().find(|wanted| wanted.place == place) {
            Some(wanted) => wanted.asked.push(asked),
            None => self.wanted.push_back(Wanted { place, no: None, asked: vec![asked] }),
        }
    }

    /// Whether no more requests can wait: memory is bounded, however slow the disk is.
    pub(super) fn is_full(&self) -> bool {
        self.waiting >= WAITING
    }

    /// The next block that is to be read, under this number.
    pub(super) fn next(&mut self, no: impl FnOnce() -> TransferNo) -> Option<(Place, TransferNo)> {
        if self.under_way >= UNDER_WAY {
            return None;
        }
        let wanted = self.wanted.iter_mut().find(|wanted| wanted.no.is_none())?;
        let no = no();
        wanted.no = Some(no);
        self.under_way += 1;
        Some((wanted.place, no))
    }

    /// A read is over; who waited for it.
    pub(super) fn on_over(&mut self, no: TransferNo) -> Option<(Place, Vec<Asked>)> {
        let at = self.wanted.iter().position(|wanted| wanted.no == Some(no))?;
        let Wanted { place, asked, .. } = self.wanted.remove(at)?;
        self.under_way -= 1;
        self.waiting -= asked.len();
        Some((place, asked))
    }

    /// Keeps a block that was read and is sound; this is the number of its first message.
    pub(super) fn keep(&mut self, place: Place, first: FeedNo, bytes: Vec<u8>) {
        self.kept.truncate(KEPT - 1);
        self.kept.push_front(Kept { place, first, bytes });
    }

    /// Forgets everything, and says how many waited.
    pub(super) fn clear(&mut self) -> usize {
        let waiting = self.waiting;
        *self = Reads::default();
        waiting
    }
}
