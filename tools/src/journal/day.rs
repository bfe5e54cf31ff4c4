//! A session's journal, read from its beginning.

use std::path::Path;

use appliance::journal::{History, HistoryError, Skip};
use appliance::linux::LinuxDisk;
use protocol_spec::words::CommandNo;
use recovery::journal::{Batch, Marks, RecordFault, Tail};

use super::error::{Halt, JournalFailure};
use super::place::Spot;
use crate::decode::Progress;
use crate::say::say;

/// A session's journal.
#[derive(Debug)]
pub struct Day<'a> {
    /// Where it is.
    pub spot: &'a Spot,
    history: History<'a, LinuxDisk>,
    progress: Progress,
}

/// How far a journal was read.
#[derive(Debug)]
pub enum End {
    /// To its end: what it bears, and how it ends.
    Whole(Box<(Marks, Tail)>),
    /// As far as was asked for.
    Enough,
    /// As far as somebody wanted to know.
    Unread,
}

/// A batch and where it is from.
#[derive(Clone, Copy, Debug)]
pub struct Read<'a> {
    /// The file.
    pub path: &'a Path,
    /// What the journal bears.
    pub marks: &'a Marks,
    /// The batch.
    pub batch: Batch<'a>,
}

impl Read<'_> {
    /// What is wrong with a record of the batch.
    #[must_use]
    pub fn fault(&self, fault: RecordFault) -> HistoryError {
        HistoryError::Record(self.path.to_owned(), fault)
    }
}

impl<'a> Day<'a> {
    /// Looks for the files of a journal.
    ///
    /// # Errors
    /// If they cannot be found.
    pub fn open(spot: &'a Spot, progress: Progress) -> Result<Self, JournalFailure> {
        let history = History::find(&LinuxDisk, &spot.place)?;
        Ok(Day { spot, history, progress })
    }

    /// Commands that are passed over, by ascending number.
    #[must_use]
    pub fn skips(&self) -> &[Skip] {
        self.history.skips()
    }

    /// The skip of a command, if it is passed over.
    #[must_use]
    #[inline]
    pub fn skip(&self, command: CommandNo) -> Option<&Skip> {
        let skips = self.skips();
        if skips.is_empty() {
            return None;
        }
        skips.binary_search_by_key(&command, |skip| skip.command).ok().map(|at| &skips[at])
    }

    /// Hands every batch to `on_batch`, until that has enough.
    ///
    /// # Errors
    /// If the journal cannot be read, has nothing, or `on_batch` fails.
    pub fn visit(
        &self,
        mut on_batch: impl FnMut(&Read<'_>) -> Result<(), Halt>,
    ) -> Result<End, JournalFailure> {
        let bytes = self.history.bytes()?;
        let bar = self.progress.begin(Some(bytes));
        let (mut segment, mut before, mut last) = (1, 0, 0);
        let read = self.history.visit(|path, marks, batch| {
            if batch.segment != segment {
                (segment, before, last) = (batch.segment, before + last, 0);
            }
            // The bytes of the segment up to here; the next one begins behind it.
            last = last.max(batch.offset);
            bar.set_position(before + batch.offset);
            on_batch(&Read { path, marks, batch: *batch })
        });
        bar.finish_and_clear();
        match read {
            Ok(Some(whole)) => Ok(End::Whole(Box::new(whole))),
            Ok(None) => {
                let folder = self.spot.place.folder.display();
                let what = format!("{folder} has no journal: nothing was ever written to it");
                Err(JournalFailure::Misuse(what))
            }
            Err(Halt::Enough) => Ok(End::Enough),
            Err(Halt::Unread) => Ok(End::Unread),
            Err(Halt::Failed(failure)) => Err(failure),
        }
    }

    /// Remarks on what was torn off the end.
    pub fn remark(&self, end: &End) {
        let End::Whole(whole) = end else { return };
        let (_, tail) = &**whole;
        if let Some(lost) = self.history.lost(tail) {
            let (path, offset, bytes) = (lost.path.display(), lost.offset, lost.bytes);
            say(format_args!(
                "{path}: a torn write of {bytes} bytes at offset {offset}, told to nobody"
            ));
        }
    }
}
