//! A disk in memory that fails when it is told to.

use std::io;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use appliance::world::{Disk, File, Use};

use super::crash::Dead;
use super::platter::{Done, Platter, SECTOR, Trouble};
use crate::flow::prng::Prng;

/// A disk; its copies are the same disk.
#[derive(Clone, Debug)]
pub struct SimDisk {
    shared: Arc<Mutex<State>>,
}

/// An open file.
#[derive(Debug)]
pub struct SimFile {
    disk: SimDisk,
    number: usize,
    usage: Use,
}

#[derive(Debug)]
struct State {
    platter: Platter,
    prng: Prng,
    /// Whether the change under way is the last of its process.
    is_dying: bool,
    /// Changes so far.
    count: u64,
    /// What goes wrong, and at which change.
    plan: Option<(u64, Trouble)>,
    /// Only changes of files whose path has this in it are counted.
    aim: &'static str,
    /// Whether reads of files whose path has this in it end early.
    short: Option<&'static str>,
    free: u64,
    boot: u64,
    /// Paths by file, for the aim.
    paths: Vec<PathBuf>,
}

/// What a change is to do.
enum Fate {
    Done,
    Fail(io::Error, Done),
    Die(Trouble),
}

impl SimDisk {
    /// An empty disk.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let state = State {
            platter: Platter::default(),
            prng: Prng::new(seed),
            is_dying: false,
            count: 0,
            plan: None,
            aim: "",
            short: None,
            free: 1 << 40,
            boot: 1,
            paths: Vec::new(),
        };
        SimDisk { shared: Arc::new(Mutex::new(state)) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.lock().expect("nobody panics with the disk in hand")
    }

    /// Lets the change after `count` more go wrong, counting those of paths that have `aim` in
    /// them.
    pub fn plan(&self, aim: &'static str, count: u64, trouble: Trouble) {
        let mut state = self.state();
        state.aim = aim;
        state.plan = Some((state.count + count, trouble));
    }

    /// Lets nothing go wrong any more, and says whether something was still to come.
    pub fn heal(&self) -> bool {
        let mut state = self.state();
        state.short = None;
        state.aim = "";
        state.plan.take().is_some()
    }

    /// Whether something is still to go wrong.
    #[must_use]
    pub fn is_planned(&self) -> bool {
        self.state().plan.is_some()
    }

    /// Reads of files whose path has `aim` in it end early.
    pub fn read_short(&self, aim: &'static str) {
        self.state().short = Some(aim);
    }

    /// So many bytes are free.
    pub fn set_free(&self, free: u64) {
        self.state().free = free;
    }

    /// The machine lost its power and is started anew.
    pub fn restart_machine(&self) {
        let mut state = self.state();
        let State { platter, prng, boot, .. } = &mut *state;
        platter.crash(prng);
        *boot += 1;
    }

    /// A disk of its own with what the system shows now.
    #[must_use]
    pub fn copy(&self) -> SimDisk {
        let state = self.state();
        let copy = SimDisk::new(0);
        copy.state().platter = state.platter.clone();
        copy
    }

    /// The bytes of a file, as the system shows them.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn bytes(&self, path: &Path) -> Vec<u8> {
        let state = self.state();
        let number = state.platter.find(path).expect("the file is there");
        state.platter.files[number].cached.clone()
    }

    /// The names of all files that have this in their path.
    #[must_use]
    pub fn paths(&self, part: &str) -> Vec<PathBuf> {
        let state = self.state();
        let names = state.platter.names().filter(|path| path.to_string_lossy().contains(part));
        names.cloned().collect()
    }

    /// A change: how it is to go, and if it is to fail, after what.
    fn change(&self, path: &Path, change: impl FnOnce(&mut State, Done)) -> io::Result<()> {
        let mut state = self.state();
        let trouble = match state.fate(path) {
            Fate::Done => {
                change(&mut state, Done::All);
                return Ok(());
            }
            Fate::Fail(error, done) => {
                change(&mut state, done);
                return Err(error);
            }
            Fate::Die(trouble) => trouble,
        };
        let done = state.prng.pick(&[Done::Nothing, Done::Part, Done::All]);
        state.is_dying = true;
        change(&mut state, done);
        state.is_dying = false;
        drop(state);
        // Nothing of the process runs after this but the unwinding.
        resume_unwind(Box::new(Dead(trouble)))
    }
}

impl State {
    fn fate(&mut self, path: &Path) -> Fate {
        if path.to_str().is_some_and(|path| !path.contains(self.aim)) {
            return Fate::Done;
        }
        self.count += 1;
        match self.plan {
            Some((at, trouble)) if at < self.count => {
                self.plan = None;
                match trouble {
                    Trouble::Fail(kind, done) => Fate::Fail(kind.into(), done),
                    trouble => Fate::Die(trouble),
                }
            }
            _ => Fate::Done,
        }
    }

    /// Writes all of `bytes` or some sectors of it.
    fn write(&mut self, number: usize, usage: Use, offset: usize, bytes: &[u8], done: Done) {
        let State { platter, prng, .. } = self;
        let file = &mut platter.files[number];
        let mut at = 0;
        while at < bytes.len() {
            let end = bytes.len().min((offset + at) / SECTOR * SECTOR + SECTOR - offset);
            let wanted = match done {
                Done::All => true,
                Done::Nothing => false,
                Done::Part => prng.chance(50),
            };
            if wanted {
                file.put(offset + at, &bytes[at..end]);
                if usage == Use::Durable {
                    file.flush(offset + at, end - at);
                }
            }
            at = end;
        }
    }
}

impl Disk for SimDisk {
    type File = SimFile;

    fn open(&self, path: &Path, usage: Use) -> io::Result<SimFile> {
        let number = self.state().platter.find(path)?;
        Ok(SimFile { disk: self.clone(), number, usage })
    }

    fn create(&self, path: &Path) -> io::Result<SimFile> {
        let mut number = Err(io::ErrorKind::Other.into());
        self.change(path, |state, done| {
            if done == Done::All {
                number = state.platter.create(path);
            }
        })?;
        let number = number?;
        let mut state = self.state();
        let len = state.platter.files.len();
        state.paths.resize(len, PathBuf::new());
        path.clone_into(&mut state.paths[number]);
        drop(state);
        Ok(SimFile { disk: self.clone(), number, usage: Use::Cached })
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        Ok(self.state().platter.list(folder))
    }

    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        self.state().platter.make_folder(folder);
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut renamed = Ok(());
        self.change(to, |state, done| {
            if done == Done::All {
                renamed = state.platter.rename(from, to);
                if let Ok(number) = state.platter.find(to) {
                    to.clone_into(&mut state.paths[number]);
                }
            }
        })?;
        renamed
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut removed = Ok(());
        self.change(path, |state, done| {
            if done == Done::All {
                removed = state.platter.remove(path);
            }
        })?;
        removed
    }

    fn remove_folder(&self, folder: &Path) -> io::Result<()> {
        let mut removed = Ok(());
        self.change(folder, |state, done| {
            if done == Done::All {
                removed = state.platter.remove_folder(folder);
            }
        })?;
        removed
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.change(folder, |state, done| {
            if done == Done::All {
                state.platter.sync_folder(folder);
            }
        })
    }

    fn free(&self, _: &Path) -> io::Result<u64> {
        Ok(self.state().free)
    }

    fn boot(&self) -> String {
        format!("boot {}", self.state().boot)
    }
}

impl SimFile {
    fn path(&self) -> PathBuf {
        self.disk.state().paths.get(self.number).cloned().unwrap_or_default()
    }
}

impl File for SimFile {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let state = self.disk.state();
        let file = &state.platter.files[self.number];
        let bytes = if self.usage == Use::Durable { &file.device } else { &file.cached };
        let offset = usize::try_from(offset).expect("files are small").min(bytes.len());
        let mut count = buffer.len().min(bytes.len() - offset);
        let path = state.paths.get(self.number).and_then(|path| path.to_str());
        if let (Some(aim), Some(path)) = (state.short, path)
            && path.contains(aim)
        {
            count /= 2;
        }
        buffer[..count].copy_from_slice(&bytes[offset..offset + count]);
        Ok(count)
    }

    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        assert!(self.usage != Use::Read, "a file that is read is not written");
        if self.usage == Use::Durable {
            assert!(appliance::aligned::is_aligned(offset, bytes), "durable writes are blocks");
        }
        let (number, usage) = (self.number, self.usage);
        let offset = usize::try_from(offset).expect("files are small");
        self.disk.change(&self.path(), |state, done| {
            state.write(number, usage, offset, bytes, done);
        })
    }

    fn cut(&mut self, len: u64) -> io::Result<()> {
        let number = self.number;
        let len = usize::try_from(len).expect("files are small");
        self.disk.change(&self.path(), |state, done| {
            if done == Done::All {
                state.platter.files[number].cut(len);
            }
        })
    }

    fn sync(&mut self) -> io::Result<()> {
        let number = self.number;
        self.disk.change(&self.path(), |state, done| {
            let file = &mut state.platter.files[number];
            match done {
                Done::All => file.sync(),
                // Whoever asked is gone, and what was asked for is still to be done.
                Done::Nothing | Done::Part if state.is_dying => {}
                // The system forgets what it could not bring to the device, and still shows it.
                Done::Nothing | Done::Part => file.dirty.clear(),
            }
        })
    }

    fn len(&self) -> io::Result<u64> {
        let state = self.disk.state();
        let file = &state.platter.files[self.number];
        let bytes = if self.usage == Use::Durable { &file.device } else { &file.cached };
        Ok(bytes.len() as u64)
    }
}
