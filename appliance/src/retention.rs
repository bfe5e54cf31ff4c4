//! Sessions that are old enough are removed when a day begins.

use std::io;
use std::path::{Path, PathBuf};

use jiff::civil;
use tracing::info;

use crate::calendar::Session;
use crate::world::Disk;

/// Sessions that are being removed, file by file.
#[derive(Debug)]
pub struct Removal {
    journal: PathBuf,
    /// Folders with files of all sessions, which begin with the name of theirs.
    beside: [PathBuf; 2],
    /// Those that are to be removed, the oldest last.
    sessions: Vec<Session>,
    /// Files of the session that is being removed.
    files: Vec<PathBuf>,
    under_way: Option<Session>,
}

impl Removal {
    /// Looks for the sessions that are to be removed because `begun` begins: those of dates that
    /// are so many days before its own, or more, but for the last session before it.
    ///
    /// # Errors
    /// If the folder of journals cannot be read.
    pub fn begin(
        disk: &impl Disk,
        (journal, beside): (&Path, [&Path; 2]),
        begun: Session,
        days: u32,
    ) -> io::Result<Self> {
        let names = disk.list(journal)?;
        let mut sessions: Vec<_> = names.iter().filter_map(|name| Session::parse(name)).collect();
        sessions.retain(|session| *session < begun);
        sessions.sort_unstable();
        sessions.pop();
        sessions.retain(|session| days_between(*session, begun) >= i64::from(days));
        sessions.reverse();
        let (journal, beside) = (journal.to_owned(), beside.map(Path::to_owned));
        Ok(Removal { journal, beside, sessions, files: Vec::new(), under_way: None })
    }

    /// Removes the next file; whether there is none left.
    ///
    /// # Errors
    /// If it cannot be removed.
    pub fn step(&mut self, disk: &impl Disk) -> io::Result<bool> {
        if let Some(file) = self.files.pop() {
            disk.remove(&file)?;
            return Ok(false);
        }
        if let Some(session) = self.under_way.take() {
            disk.remove_folder(&self.journal.join(session.name()))?;
            disk.sync_folder(&self.journal)?;
            info!(session = session.name(), "an old session is removed");
            return Ok(false);
        }
        let Some(session) = self.sessions.pop() else { return Ok(true) };
        let folder = self.journal.join(session.name());
        // From the last segment to the first, so that what is left is the beginning of a day.
        self.files = disk.list(&folder)?.iter().map(|name| folder.join(name)).collect();
        for folder in &self.beside {
            let names = disk.list(folder)?;
            let names = names.iter().filter(|name| name.starts_with(session.name()));
            self.files.extend(names.map(|name| folder.join(name)));
        }
        self.under_way = Some(session);
        Ok(false)
    }
}

/// Days from the date of one session to that of another.
fn days_between(from: Session, to: Session) -> i64 {
    let day = |session: Session| {
        let date = session.date();
        let part = |number: u32| i8::try_from(number).expect("a month or a day has two digits");
        let year = i16::try_from(date / 10_000).expect("a year has four digits");
        civil::date(year, part(date / 100 % 100), part(date % 100))
    };
    i64::from(day(from).until(day(to)).map_or(0, |span| span.get_days()))
}
