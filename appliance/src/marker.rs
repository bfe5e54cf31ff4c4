//! Whether the last run came to a good end.
//!
//! Under the policy `os` what was told survives the process and not the machine: if the machine
//! was started anew since, and the run before did not end in good order, the journal may have lost
//! what brokers were told.

use std::io;
use std::path::{Path, PathBuf};

use crate::config::{Config, Durability};
use crate::world::{Disk, read_whole, replace};

/// What a run leaves behind: written at its start, and at its good end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Marker {
    /// The run of the machine.
    pub(crate) boot: String,
    /// How durable the journal was.
    pub(crate) durability: Durability,
    /// Whether it ended in good order, everything being durable.
    pub(crate) clean: bool,
    /// Whether something could not be made durable: the system may take for written since what is
    /// in its memory alone.
    pub(crate) suspect: bool,
}

impl Marker {
    pub(crate) fn of_run(config: &Config, disk: &impl Disk, clean: bool) -> Self {
        let (boot, durability) = (disk.boot(), config.journal.durability);
        Marker { boot, durability, clean, suspect: false }
    }

    fn path(folder: &Path) -> PathBuf {
        folder.join("last-run")
    }

    /// The marker of the last run, if there was one.
    pub(crate) fn read(disk: &impl Disk, folder: &Path) -> io::Result<Option<Self>> {
        let mut bytes = Vec::new();
        match read_whole(disk, &Self::path(folder), &mut bytes) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read?,
        }
        let text = String::from_utf8_lossy(&bytes);
        let value = |key| text.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
        // What is not there is taken for the worse.
        Ok(Some(Marker {
            boot: value("boot:").unwrap_or_default().to_owned(),
            durability: match value("durability:") {
                Some("disk") => Durability::Disk,
                _ => Durability::Os,
            },
            clean: value("clean:") == Some("yes"),
            suspect: value("suspect:") == Some("yes"),
        }))
    }

    /// Writes it, durably.
    pub(crate) fn write(&self, disk: &impl Disk, folder: &Path) -> io::Result<()> {
        let durability = match self.durability {
            Durability::Disk => "disk",
            Durability::Os => "os",
        };
        let [clean, suspect] = [self.clean, self.suspect].map(|is| if is { "yes" } else { "no" });
        let boot = &self.boot;
        let text =
            format!("boot: {boot}\ndurability: {durability}\nclean: {clean}\nsuspect: {suspect}\n");
        replace(disk, &Self::path(folder), text.as_bytes())
    }

    /// Whether the system's memory may have what was told and the disk does not.
    pub(crate) fn is_in_memory(&self) -> bool {
        self.durability == Durability::Os && !self.clean
    }

    /// Whether the run may have told what its journal does not have, now that the machine is in
    /// the run `boot`.
    pub(crate) fn may_have_lost(&self, boot: &str) -> bool {
        self.is_in_memory() && self.boot != boot
    }
}
