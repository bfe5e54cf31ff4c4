//! Files and names: what the system shows, what the device has, and what a crash leaves.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use crate::flow::prng::Prng;

/// What a device writes whole or not at all.
pub const SECTOR: usize = 512;

/// What goes wrong at a change of the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The power fails: what was not synced may be lost, what is being written may be torn.
    PowerLoss,
    /// The process is killed: what the system has survives.
    Kill,
    /// The change fails.
    Fail(io::ErrorKind, Done),
}

/// How much of a write that fails is done all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// Nothing.
    Nothing,
    /// Some sectors.
    Part,
    /// Everything: it failed in coming back.
    All,
}

/// A file.
#[derive(Clone, Debug, Default)]
pub struct Inode {
    /// What the system shows.
    pub cached: Vec<u8>,
    /// What the device has.
    pub device: Vec<u8>,
    /// Sectors that the system has and may not have brought to the device yet.
    pub dirty: BTreeSet<usize>,
}

/// A change of names that is not durable yet.
#[derive(Clone, Debug)]
enum Change {
    Made(PathBuf, usize),
    Renamed(PathBuf, PathBuf),
    Removed(PathBuf),
}

/// All files.
#[derive(Clone, Debug, Default)]
pub struct Platter {
    /// Files, whether they have a name or not.
    pub files: Vec<Inode>,
    /// Names as the system shows them.
    names: BTreeMap<PathBuf, usize>,
    /// Names on the device.
    durable: BTreeMap<PathBuf, usize>,
    changes: Vec<Change>,
    folders: BTreeSet<PathBuf>,
}

impl Inode {
    /// Puts bytes where the system shows them.
    pub fn put(&mut self, offset: usize, bytes: &[u8]) {
        let end = offset + bytes.len();
        if self.cached.len() < end {
            self.cached.resize(end, 0);
        }
        self.cached[offset..end].copy_from_slice(bytes);
        self.dirty.extend(offset / SECTOR..end.div_ceil(SECTOR));
    }

    /// Brings one sector to the device.
    fn bring(&mut self, sector: usize) {
        let end = self.cached.len().min((sector + 1) * SECTOR);
        let place = sector * SECTOR..end;
        if self.device.len() < end {
            self.device.resize(end, 0);
        }
        self.device[place.clone()].copy_from_slice(&self.cached[place]);
    }

    /// Brings these sectors to the device.
    pub fn flush(&mut self, offset: usize, len: usize) {
        for sector in offset / SECTOR..(offset + len).div_ceil(SECTOR) {
            self.bring(sector);
            self.dirty.remove(&sector);
        }
    }

    /// Cuts what the system shows; the device has the rest until it is synced.
    pub fn cut(&mut self, len: usize) {
        self.cached.truncate(len);
        self.dirty.retain(|sector| sector * SECTOR < len);
    }

    /// Brings everything to the device.
    pub fn sync(&mut self) {
        self.device.truncate(self.cached.len());
        for sector in std::mem::take(&mut self.dirty) {
            self.bring(sector);
        }
    }

    /// Leaves what is on the device, and of what is not there some sectors.
    fn crash(&mut self, prng: &mut Prng) {
        // Whole crashes lose everything or nothing more often than sectors drawn one by one would.
        let percent = prng.weighted(&[(1, 0), (1, 100), (2, 50)]);
        for sector in std::mem::take(&mut self.dirty) {
            if prng.chance(percent) {
                self.bring(sector);
            }
        }
        self.cached = self.device.clone();
    }
}

impl Platter {
    /// The file of this name.
    ///
    /// # Errors
    /// If there is none.
    pub fn find(&self, path: &Path) -> io::Result<usize> {
        self.names.get(path).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Makes an empty file.
    ///
    /// # Errors
    /// If there is no such folder.
    pub fn create(&mut self, path: &Path) -> io::Result<usize> {
        if path.parent().is_some_and(|folder| !self.folders.contains(folder)) {
            return Err(io::ErrorKind::NotFound.into());
        }
        if let Some(&number) = self.names.get(path) {
            // Cut to nothing; the device may still have the old bytes until it is synced. For
            // files that are written anew from the start a new one is as good.
            let file = &mut self.files[number];
            (file.cached, file.dirty) = (Vec::new(), BTreeSet::new());
            file.device.clear();
            return Ok(number);
        }
        let number = self.files.len();
        self.files.push(Inode::default());
        self.names.insert(path.to_owned(), number);
        self.changes.push(Change::Made(path.to_owned(), number));
        Ok(number)
    }

    /// Gives a file another name.
    ///
    /// # Errors
    /// If there is none.
    pub fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let number = self.find(from)?;
        self.names.remove(from);
        self.names.insert(to.to_owned(), number);
        self.changes.push(Change::Renamed(from.to_owned(), to.to_owned()));
        Ok(())
    }

    /// Takes a name away.
    ///
    /// # Errors
    /// If there is none.
    pub fn remove(&mut self, path: &Path) -> io::Result<()> {
        self.find(path)?;
        self.names.remove(path);
        self.changes.push(Change::Removed(path.to_owned()));
        Ok(())
    }

    /// Takes an empty folder away.
    ///
    /// # Errors
    /// If there is something in it.
    pub fn remove_folder(&mut self, folder: &Path) -> io::Result<()> {
        if !self.list(folder).is_empty() {
            return Err(io::ErrorKind::DirectoryNotEmpty.into());
        }
        self.folders.remove(folder);
        Ok(())
    }

    /// The names of all files.
    pub fn names(&self) -> impl Iterator<Item = &PathBuf> {
        self.names.keys()
    }

    /// The names in a folder, of files and folders.
    #[must_use]
    pub fn list(&self, folder: &Path) -> Vec<String> {
        let paths = self.names.keys().chain(&self.folders);
        let inside = paths.filter(|path| path.parent() == Some(folder));
        let names = inside.filter_map(|path| path.file_name()?.to_str().map(str::to_owned));
        let names: BTreeSet<String> = names.collect();
        names.into_iter().collect()
    }

    /// Makes a folder and those above it.
    pub fn make_folder(&mut self, folder: &Path) {
        self.folders.extend(folder.ancestors().map(Path::to_owned));
    }

    /// Makes the names in a folder durable.
    pub fn sync_folder(&mut self, folder: &Path) {
        let changes = std::mem::take(&mut self.changes);
        for change in changes {
            let path = match &change {
                Change::Made(path, _) | Change::Removed(path) | Change::Renamed(_, path) => path,
            };
            if path.parent() == Some(folder) {
                self.keep(change);
            } else {
                self.changes.push(change);
            }
        }
    }

    fn keep(&mut self, change: Change) {
        match change {
            Change::Made(path, number) => {
                self.durable.insert(path, number);
            }
            Change::Renamed(from, to) => {
                if let Some(number) = self.durable.remove(&from) {
                    self.durable.insert(to, number);
                }
            }
            Change::Removed(path) => {
                self.durable.remove(&path);
            }
        }
    }

    /// What is left when the power is gone.
    pub fn crash(&mut self, prng: &mut Prng) {
        let changes = std::mem::take(&mut self.changes);
        // Folders are kept in order: changes are lost from one on.
        let kept = prng.place(changes.len() + 1);
        for change in changes.into_iter().take(kept) {
            self.keep(change);
        }
        self.names = self.durable.clone();
        for file in &mut self.files {
            file.crash(prng);
        }
    }
}
