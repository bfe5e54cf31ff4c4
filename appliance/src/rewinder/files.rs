//! The files of a day's feed: where they are, and whether a state can stand on them.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use protocol_spec::wire::mold::SessionId;
use protocol_spec::words::FeedNo;
use recovery::Extent;
use recovery::rewind::{BLOCK, Entry, Resume, ResumeFault, Store, index};
use tracing::warn;

use crate::calendar::Session;
use crate::world::{Disk, File, Use, read_whole};

/// The files of a day's feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// Every message, as tools of the field read them.
    pub feed: PathBuf,
    /// Where its blocks begin.
    pub index: PathBuf,
}

/// A day that goes on behind what its files have.
#[derive(Debug)]
pub struct Resumed {
    /// Its messages so far.
    pub store: Store,
    /// Bytes of the index that are right.
    pub index_bytes: u64,
}

/// Why a state cannot stand on the file of a feed.
#[derive(Debug)]
pub enum Unusable {
    /// It cannot be read.
    File(io::Error),
    /// It is not what was told.
    Fault(ResumeFault),
}

impl Files {
    /// Those of a session in the folder of all of them.
    #[must_use]
    pub fn of(folder: &Path, session: Session) -> Self {
        let name = session.name();
        let file = |kind| folder.join(format!("{name}.{kind}"));
        Files { feed: file("itch"), index: file("index") }
    }

    /// Where the feed goes if it is damaged.
    pub(super) fn aside(&self) -> PathBuf {
        let mut name = self.feed.as_os_str().to_owned();
        name.push(".damaged");
        name.into()
    }

    /// The day as far as it was told: `told` is how long its file has to be, `next` the number that
    /// follows. So many bytes of its messages are kept in memory.
    ///
    /// # Errors
    /// If the file does not have what was told.
    pub fn resume(
        &self,
        disk: &impl Disk,
        session: Session,
        memory: u64,
        (told, next): (Extent, FeedNo),
    ) -> Result<Resumed, Unusable> {
        let id = SessionId { 0: session.0 };
        let memory = usize::try_from(memory).unwrap_or(usize::MAX);
        let entries = self.entries(disk, id, told);
        let mut resume = Resume::new(id, memory, entries, told, crc32c::crc32c_append);
        if let Some(first) = resume.poll_read() {
            let file = disk.open(&self.feed, Use::Read).map_err(Unusable::File)?;
            let (mut piece, mut place) = (vec![0; BLOCK], Some(first));
            while let Some(wanted) = place {
                let read = file.read_at(wanted.offset, &mut piece[..wanted.len]);
                let read = read.map_err(Unusable::File)?;
                resume.on_read(&piece[..read]).map_err(Unusable::Fault)?;
                place = resume.poll_read();
            }
        }
        let index_bytes = resume.index_bytes();
        let store = resume.finish(next).map_err(Unusable::Fault)?;
        Ok(Resumed { store, index_bytes })
    }

    /// What the index has of what was told. What is wrong with it is found in the file itself.
    fn entries(&self, disk: &impl Disk, session: SessionId, told: Extent) -> Vec<Entry> {
        let mut bytes = Vec::new();
        let path = self.index.display();
        let read = read_whole(disk, &self.index, &mut bytes);
        let entries = read.map_err(|error| error.to_string()).and_then(|()| {
            let read = index::read(&bytes, session, crc32c::crc32c_append);
            read.map_err(|fault| fault.to_string())
        });
        match entries {
            Ok(entries) => {
                let covered = entries.last().map_or(0, Entry::end);
                // The block behind the last that is known is read anyway.
                if covered + 2 * BLOCK as u64 <= told.bytes {
                    warn!("{path} ends at byte {covered} of the feed: what is behind is read");
                }
                entries
            }
            Err(error) => {
                if told.bytes > BLOCK as u64 {
                    warn!("{path} is of no use ({error}): all of the feed's file is read for it");
                }
                Vec::new()
            }
        }
    }
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unusable::File(error) => error.fmt(f),
            Unusable::Fault(fault) => fault.fmt(f),
        }
    }
}

impl std::error::Error for Unusable {}
