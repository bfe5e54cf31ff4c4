//! Which journal is meant: a session's folder, a folder of such folders, or a data directory.

use std::fs;
use std::path::{Path, PathBuf};

use appliance::calendar::Session;
use appliance::journal::Place;
use appliance::world::Use;

use super::error::JournalFailure;

/// The journal of a session.
#[derive(Clone, Debug)]
pub struct Spot {
    /// Where its segments are.
    pub place: Place,
}

impl Spot {
    /// Finds the journal that `folder` means, the last one or that of the session with this name.
    ///
    /// # Errors
    /// If there is none.
    pub fn find(folder: &Path, session: Option<&str>) -> Result<Self, JournalFailure> {
        if !folder.is_dir() {
            let folder = folder.display();
            let what = format!(
                "{folder} is no directory: name a session's folder, or a journal or data directory"
            );
            return Err(JournalFailure::Misuse(what));
        }
        if has_segments(folder)? {
            let spot = Spot::of(folder.to_owned());
            return match session {
                Some(name) if name != spot.session() => {
                    let folder = folder.display();
                    let what = format!("{folder} is no folder of the session {name}");
                    Err(JournalFailure::Misuse(what))
                }
                _ => Ok(spot),
            };
        }
        for above in [folder.to_owned(), folder.join("journal")] {
            let mut sessions = sessions(&above)?;
            if let Some(name) = session {
                sessions.retain(|found| found == name);
            }
            // A day that was never begun has a folder without segments, or none.
            for name in sessions.iter().rev() {
                let folder = above.join(name);
                if has_segments(&folder)? {
                    return Ok(Spot::of(folder));
                }
            }
        }
        let folder = folder.display();
        let of = session.map_or_else(String::new, |name| format!(" of the session {name}"));
        let what = format!(
            "{folder} has no journal{of}: name a session's folder, or a journal or data directory"
        );
        Err(JournalFailure::Misuse(what))
    }

    fn of(folder: PathBuf) -> Self {
        Spot { place: Place { folder, segment_bytes: 0, usage: Use::Read } }
    }

    /// The name of the session's folder.
    #[must_use]
    pub fn session(&self) -> String {
        let name = self.place.folder.canonicalize().unwrap_or_else(|_| self.place.folder.clone());
        name.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    }

    /// The folder of all sessions.
    #[must_use]
    pub fn journal(&self) -> PathBuf {
        let folder = &self.place.folder;
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.clone());
        folder.parent().map_or_else(PathBuf::new, Path::to_owned)
    }

    /// The file of the session's replies, if it lies where a venue puts it.
    #[must_use]
    pub fn replies(&self) -> Option<PathBuf> {
        self.beside("replies", "replies")
    }

    /// The file of the session's feed, if it lies where a venue puts it.
    #[must_use]
    pub fn feed(&self) -> Option<PathBuf> {
        self.beside("rewind", "itch")
    }

    /// The file of a kind in a folder beside that of all sessions.
    fn beside(&self, folder: &str, kind: &str) -> Option<PathBuf> {
        let data = self.journal().parent()?.to_owned();
        let file = data.join(folder).join(format!("{}.{kind}", self.session()));
        file.is_file().then_some(file)
    }
}

fn names(folder: &Path) -> Result<Vec<String>, JournalFailure> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let unreadable = || JournalFailure::io("read", folder);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable())? {
        // A name that is no text is none of ours.
        if let Ok(name) = entry.map_err(unreadable())?.file_name().into_string() {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn has_segments(folder: &Path) -> Result<bool, JournalFailure> {
    Ok(names(folder)?.iter().any(|name| name.ends_with(".segment")))
}

fn sessions(folder: &Path) -> Result<Vec<String>, JournalFailure> {
    let mut names = names(folder)?;
    names.retain(|name| Session::parse(name).is_some());
    Ok(names)
}
