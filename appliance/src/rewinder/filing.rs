//! The day's file and its index, written as the day goes on.
//!
//! ```text
//!            some blocks, or what there is of the open one
//!   Resting ─────────────────────────────────────────────▶ Pieces
//!      ▲ ▲                                                   │ all are written
//!      │ └─────────────── no block is complete ──────────────┤
//!      └───────────────────────── Entries ◀──────────────────┘
//!
//!   any of them failed, or its disk does not keep up ──▶ Lost: nothing is written any more
//! ```
//!
//! Entries of the index come after their blocks, and it is told how far the file is when both are
//! written.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use protocol_spec::words::Moment;
use recovery::rewind::{Place, Store, index};

use super::files::Files;
use super::numbers::Numbers;
use crate::progress::Progress;
use crate::transfers::{Transfer, TransferNo, Transfers, Way};
use crate::world::{Disk, File, Use};

/// Blocks that are written at once.
const PIECES: usize = 16;
/// How long what there is of the open block may wait to be written.
const OPEN: Duration = Duration::from_millis(500);
/// Bytes that may wait to be written: they are in memory. A disk that is so far behind hangs, or
/// never keeps up.
const UNWRITTEN: u64 = 256 << 20;
/// How long the next day, or the end of the process, waits for what is not written.
const PATIENCE: Duration = Duration::from_secs(5);

/// The files of a day that is written.
#[derive(Debug)]
pub(super) struct Filing<F> {
    files: Files,
    /// The file and its index, if they could be opened.
    open: Option<(F, F)>,
    progress: Arc<Progress>,
    state: State,
    /// Bytes of the file that are written.
    readable: u64,
    /// And those of which the entries of their blocks are written as well.
    written: u64,
    /// When the open block was last looked at.
    looked: Moment,
    /// Since when somebody waits for all of it to be written.
    awaited: Option<Moment>,
    is_aside: bool,
}

#[derive(Debug)]
enum State {
    Resting,
    /// These are under way; the file ends here then.
    Pieces {
        left: Vec<TransferNo>,
        end: u64,
        failed: Option<io::Error>,
    },
    /// Entries of the index are.
    Entries {
        no: TransferNo,
        end: u64,
    },
    Lost,
}

/// What came of a transfer.
#[derive(Debug)]
pub(super) enum Filed {
    /// It was none of these.
    Other,
    /// It was, and all is well.
    Fine,
    /// The file cannot be written any more.
    Lost(io::Error),
}

impl<F: File> Filing<F> {
    /// Makes the files of a day anew, or cuts them to what the store has and goes on there. They
    /// are lost from the start if that cannot be done, which is why there is an error as well.
    pub(super) fn begin<D: Disk<File = F>>(
        disk: &D,
        files: Files,
        store: &Store,
        from: Option<u64>,
        progress: Arc<Progress>,
        now: Moment,
    ) -> (Self, Option<io::Error>) {
        let opened = match from {
            None => make(disk, &files, store),
            Some(index_bytes) => cut(disk, &files, store, index_bytes),
        };
        let written = store.written();
        let (open, error) = match opened {
            Ok(open) => {
                progress.file_feed(written);
                (Some(open), None)
            }
            Err(error) => {
                progress.lose_feed();
                (None, Some(error))
            }
        };
        let state = if open.is_some() { State::Resting } else { State::Lost };
        let filing = Filing {
            files,
            open,
            progress,
            state,
            readable: written,
            written,
            looked: now,
            awaited: None,
            is_aside: false,
        };
        (filing, error)
    }

    /// Begins to write what there is to write, `all` of it at once if need be; whether there was
    /// anything.
    pub(super) fn advance<T: Transfers<File = F>>(
        &mut self,
        now: Moment,
        store: &mut Store,
        (transfers, numbers): (&mut T, &mut Numbers),
        all: bool,
    ) -> bool {
        let Some((file, _)) = &mut self.open else {
            forget(store);
            return false;
        };
        match self.state {
            State::Resting => {}
            State::Lost => {
                forget(store);
                return false;
            }
            State::Pieces { .. } | State::Entries { .. } => return false,
        }
        let is_wanted = self.progress.wanted_feed() > self.written;
        let open_too = all || is_wanted || now - self.looked >= OPEN;
        if open_too {
            self.looked = now;
        }
        let (mut left, mut end) = (Vec::new(), 0);
        while left.len() < PIECES
            && let Some(piece) = store.poll_piece(open_too)
        {
            let (no, offset, bytes) = (numbers.next(), piece.offset, piece.bytes.to_vec());
            end = piece.end();
            transfers.begin(file, Transfer { no, way: Way::Write, offset, bytes });
            left.push(no);
        }
        if left.is_empty() {
            return false;
        }
        self.state = State::Pieces { left, end, failed: None };
        true
    }

    /// Gives up a file whose disk does not keep up, and says why, if it does. `told` is how long
    /// the file has to be; somebody may wait for `all` of it.
    pub(super) fn give_up(
        &mut self,
        now: Moment,
        store: &mut Store,
        told: u64,
        all: bool,
    ) -> Option<io::Error> {
        if self.is_lost() {
            return None;
        }
        self.awaited = all.then(|| self.awaited.unwrap_or(now));
        let is_late = self.awaited.is_some_and(|since| now - since >= PATIENCE);
        let error = if told - store.written() > UNWRITTEN {
            io::Error::other(format!("the disk is more than {} MiB behind", UNWRITTEN >> 20))
        } else if is_late && !self.is_written(told) {
            let late = format!("the disk has not taken the rest for {} s", PATIENCE.as_secs());
            io::Error::new(io::ErrorKind::TimedOut, late)
        } else {
            return None;
        };
        self.lose(store);
        Some(error)
    }

    /// When there may be something to write, if nobody says so before.
    pub(super) fn due(&self) -> Option<Moment> {
        matches!(self.state, State::Resting).then(|| self.looked + OPEN)
    }

    /// A transfer has landed.
    pub(super) fn on_landed<T: Transfers<File = F>>(
        &mut self,
        (no, outcome): (TransferNo, &mut io::Result<()>),
        store: &mut Store,
        under_way: (&mut T, &mut Numbers),
    ) -> Filed {
        let mut outcome = || std::mem::replace(outcome, Ok(()));
        match &mut self.state {
            State::Pieces { left, end, failed } => {
                let Some(at) = left.iter().position(|piece| *piece == no) else {
                    return Filed::Other;
                };
                left.swap_remove(at);
                *failed = failed.take().or(outcome().err());
                if !left.is_empty() {
                    return Filed::Fine;
                }
                let (end, failed) = (*end, failed.take());
                match failed {
                    Some(error) => {
                        self.lose(store);
                        Filed::Lost(error)
                    }
                    None => self.note(end, store, under_way),
                }
            }
            State::Entries { no: entries, end } if *entries == no => {
                let end = *end;
                match outcome() {
                    Ok(()) => self.settle(end),
                    Err(error) => {
                        self.lose(store);
                        Filed::Lost(error)
                    }
                }
            }
            State::Resting | State::Entries { .. } | State::Lost => Filed::Other,
        }
    }

    /// The file is written up to here: now come the entries of the blocks.
    fn note<T: Transfers<File = F>>(
        &mut self,
        end: u64,
        store: &mut Store,
        (transfers, numbers): (&mut T, &mut Numbers),
    ) -> Filed {
        self.readable = end;
        store.on_written(end);
        let (mut bytes, mut at) = (Vec::new(), None);
        while let Some((offset, entry)) = store.poll_entry() {
            at.get_or_insert(offset);
            bytes.extend_from_slice(&entry);
        }
        let (Some(offset), Some((_, index))) = (at, &mut self.open) else {
            return self.settle(end);
        };
        let no = numbers.next();
        transfers.begin(index, Transfer { no, way: Way::Write, offset, bytes });
        self.state = State::Entries { no, end };
        Filed::Fine
    }

    fn settle(&mut self, end: u64) -> Filed {
        self.state = State::Resting;
        self.written = end;
        self.progress.file_feed(end);
        Filed::Fine
    }

    /// Nothing is written any more; what is under way may land later, and nobody minds.
    fn lose(&mut self, store: &mut Store) {
        self.state = State::Lost;
        self.progress.lose_feed();
        store.on_write_failed();
    }

    /// Begins to read a block, if the file has it.
    pub(super) fn read<T: Transfers<File = F>>(
        &mut self,
        place: Place,
        transfers: &mut T,
        no: TransferNo,
    ) -> bool {
        let is_there = place.offset + place.len as u64 <= self.readable;
        let Some((file, _)) = self.open.as_mut().filter(|_| is_there) else { return false };
        let Place { offset, len } = place;
        transfers.begin(file, Transfer { no, way: Way::Read, offset, bytes: vec![0; len] });
        true
    }

    /// Takes the file out of the way of the next start, which makes it anew. Where it is then, the
    /// first time.
    pub(super) fn set_aside(&mut self, disk: &impl Disk) -> Option<io::Result<std::path::PathBuf>> {
        if std::mem::replace(&mut self.is_aside, true) {
            return None;
        }
        self.progress.lose_feed();
        let aside = self.files.aside();
        Some(disk.rename(&self.files.feed, &aside).map(|()| aside))
    }

    /// Whether the file has all of so many bytes, or will not have them.
    pub(super) fn is_written(&self, told: u64) -> bool {
        match self.state {
            State::Resting => self.written == told,
            State::Pieces { .. } | State::Entries { .. } => false,
            State::Lost => true,
        }
    }

    /// Whether nothing is written any more.
    fn is_lost(&self) -> bool {
        matches!(self.state, State::Lost)
    }

    /// Bytes of the file that are written.
    pub(super) fn written(&self) -> u64 {
        self.written
    }

    /// The file.
    pub(super) fn path(&self) -> &Path {
        &self.files.feed
    }
}

/// Nothing of it will be written: its memory is not kept for that.
fn forget(store: &mut Store) {
    while let Some(piece) = store.poll_piece(false) {
        let end = piece.end();
        store.on_written(end);
    }
    while store.poll_entry().is_some() {}
}

fn make<D: Disk>(disk: &D, files: &Files, store: &Store) -> io::Result<(D::File, D::File)> {
    disk.make_folder(files.feed.parent().unwrap_or(&files.feed))?;
    let index = make_index(disk, files, store)?;
    Ok((disk.create(&files.feed)?, index))
}

fn make_index<D: Disk>(disk: &D, files: &Files, store: &Store) -> io::Result<D::File> {
    let mut index = disk.create(&files.index)?;
    index.write_at(0, &index::head(store.session(), crc32c::crc32c_append))?;
    Ok(index)
}

fn cut<D: Disk>(
    disk: &D,
    files: &Files,
    store: &Store,
    index_bytes: u64,
) -> io::Result<(D::File, D::File)> {
    let mut file = disk.open(&files.feed, Use::Cached)?;
    file.cut(store.written())?;
    // One that has only its head may be no index at all.
    let index = if index_bytes == index::HEAD as u64 {
        make_index(disk, files, store)?
    } else {
        let mut index = disk.open(&files.index, Use::Cached)?;
        index.cut(index_bytes)?;
        index
    };
    Ok((file, index))
}
