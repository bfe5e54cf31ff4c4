//! Messages that came before their turn.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use core::ops::Bound::{Excluded, Unbounded};

use protocol_spec::session::mold::Gap;
use protocol_spec::words::{FeedNo, Moment};

use super::config::Origin;
use super::run::length;

/// What a piece takes beside its bytes, so that many small ones do not pass for little.
const OVERHEAD: usize = 128;

/// Pieces of the stream, none twice.
///
/// ```text
///   pieces   ┌──A──┐┌─B─┐      ┌─A─┐┌answer┐┌──B──┐        as they came, cut where they overlap
///   runs     └──────────┘      └──────────────────┘        what is between them is missing
/// ```
#[derive(Debug, Default)]
pub(super) struct Held {
    /// By their first number.
    pieces: BTreeMap<u64, Piece>,
    /// From first number to the one after the last; no two touch.
    runs: BTreeMap<u64, u64>,
    /// Of all pieces, with their overhead.
    bytes: usize,
}

/// Messages that came together.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) first: FeedNo,
    pub(super) count: u64,
    pub(super) origin: Origin,
    pub(super) came: Moment,
    pub(super) blocks: Box<[u8]>,
}

impl Held {
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes the messages that are not held yet, and says how many they are.
    pub(super) fn insert(
        &mut self,
        came: Moment,
        origin: Origin,
        (number, count): (FeedNo, u64),
        blocks: &[u8],
    ) -> u64 {
        let (mut at, end, mut rest, mut taken) = (number.0, number.0 + count, blocks, 0);
        while at < end {
            let missing = self.first_missing(FeedNo(at)).0.min(end);
            (_, rest) = rest.split_at(length(rest, missing - at));
            let until = self.next_run(missing).unwrap_or(end).min(end);
            if missing < until {
                let (blocks, after) = rest.split_at(length(rest, until - missing));
                let (first, count) = (FeedNo(missing), until - missing);
                self.put(Piece { first, count, origin, came, blocks: blocks.into() });
                taken += count;
                rest = after;
            }
            at = until.max(missing);
        }
        taken
    }

    fn put(&mut self, piece: Piece) {
        let (mut first, mut end) = (piece.first.0, piece.first.0 + piece.count);
        if let Some((&before, &touches)) = self.runs.range(..first).next_back()
            && touches == first
        {
            first = before;
        }
        if let Some(behind) = self.runs.remove(&end) {
            end = behind;
        }
        self.runs.insert(first, end);
        self.bytes += piece.blocks.len() + OVERHEAD;
        let other = self.pieces.insert(piece.first.0, piece);
        assert!(other.is_none(), "what is held was cut off");
    }

    /// When the piece came that begins with this message, if one does.
    pub(super) fn came(&self, first: FeedNo) -> Option<Moment> {
        self.pieces.get(&first.0).map(|piece| piece.came)
    }

    /// The first piece, if it begins at `next` or before.
    pub(super) fn pop_until(&mut self, next: FeedNo) -> Option<Piece> {
        let entry = self.pieces.first_entry().filter(|entry| *entry.key() <= next.0)?;
        let piece = entry.remove();
        self.bytes -= piece.blocks.len() + OVERHEAD;
        let (first, behind) = (piece.first.0, piece.first.0 + piece.count);
        let end = self.runs.remove(&first).expect("the first piece begins the first run");
        if behind < end {
            self.runs.insert(behind, end);
        }
        Some(piece)
    }

    /// Drops the farthest pieces until no more than `bytes` are held, and says how many those were.
    pub(super) fn shrink(&mut self, bytes: usize) -> u64 {
        let mut dropped = 0;
        while self.bytes > bytes {
            self.drop_last();
            dropped += 1;
        }
        dropped
    }

    /// Drops pieces that reach beyond `end`.
    pub(super) fn cut(&mut self, end: FeedNo) {
        while self.runs.last_key_value().is_some_and(|(_, &last)| last > end.0) {
            self.drop_last();
        }
    }

    pub(super) fn clear(&mut self) {
        *self = Held::default();
    }

    fn drop_last(&mut self) {
        let (first, piece) = self.pieces.pop_last().expect("bytes are held in pieces");
        self.bytes -= piece.blocks.len() + OVERHEAD;
        let mut run = self.runs.last_entry().expect("a piece lies in a run");
        if *run.key() == first {
            run.remove();
        } else {
            *run.get_mut() = first;
        }
    }

    /// The first number from `from` on that is not held.
    pub(super) fn first_missing(&self, from: FeedNo) -> FeedNo {
        match self.runs.range(..=from.0).next_back() {
            Some((_, &end)) => FeedNo(end.max(from.0)),
            None => from,
        }
    }

    /// What is missing first from `from` on, before `until`.
    pub(super) fn hole(&self, from: FeedNo, until: FeedNo) -> Option<Gap> {
        let first = self.first_missing(from);
        let end = self.next_run(first.0).map_or(until, |run| until.min(FeedNo(run)));
        (first < end).then_some(Gap { first, end })
    }

    /// Where the first run behind `from` begins.
    fn next_run(&self, from: u64) -> Option<u64> {
        self.runs.range((Excluded(from), Unbounded)).next().map(|(&first, _)| first)
    }
}
