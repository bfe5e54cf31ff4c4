//! Files: through the system's memory, or past it to the device.

use std::fs::{self, File as StdFile, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

use rustix::fs::{OFlags, fdatasync, statvfs};

use crate::aligned::{Aligned, is_aligned};
use crate::world::{Disk, File, Use};

/// The system's files.
#[derive(Clone, Copy, Debug, Default)]
pub struct LinuxDisk;

/// A file of the system.
#[derive(Debug)]
pub struct LinuxFile {
    /// Shared with what is under way: it stays open until that is over.
    file: Arc<StdFile>,
    /// Whether reads and writes go past the system's memory, and have to be whole blocks.
    direct: bool,
}

/// Most bytes of a direct read at once.
const PIECE: usize = 1 << 20;

impl LinuxFile {
    fn new(file: StdFile, direct: bool) -> Self {
        LinuxFile { file: Arc::new(file), direct }
    }

    /// The file itself, for what is under way in the kernel.
    ///
    /// # Panics
    /// If its reads and writes have to be whole blocks.
    pub(super) fn shared(&self) -> Arc<StdFile> {
        assert!(!self.direct, "what goes past the system's memory is written by calls");
        Arc::clone(&self.file)
    }
}

impl Disk for LinuxDisk {
    type File = LinuxFile;

    fn open(&self, path: &Path, usage: Use) -> io::Result<LinuxFile> {
        let mut options = OpenOptions::new();
        options.read(true).write(usage != Use::Read);
        let always = match usage {
            Use::Read | Use::Cached => {
                return Ok(LinuxFile::new(options.open(path)?, false));
            }
            Use::Durable => OFlags::DSYNC,
            Use::Bulk => OFlags::empty(),
        };
        let flags = |flags: OFlags| flags.bits().cast_signed();
        // Past the system's memory if the file system can do that, which is faster, or through it.
        let direct = flags(always | OFlags::DIRECT);
        match options.clone().custom_flags(direct).open(path) {
            Ok(file) => Ok(LinuxFile::new(file, true)),
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                let file = options.custom_flags(flags(always)).open(path)?;
                Ok(LinuxFile::new(file, false))
            }
            Err(error) => Err(error),
        }
    }

    fn create(&self, path: &Path) -> io::Result<LinuxFile> {
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(true).open(path)?;
        Ok(LinuxFile::new(file, false))
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut names = Vec::new();
        for entry in entries {
            // A name that is no text is none of ours.
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        if let Some(above) = folder.parent().filter(|above| !above.as_os_str().is_empty()) {
            self.make_folder(above)?;
        }
        match fs::create_dir(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            Ok(()) | Err(_) => {}
        }
        folder.parent().map_or(Ok(()), |above| self.sync_folder(above))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_folder(&self, folder: &Path) -> io::Result<()> {
        fs::remove_dir(folder)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        StdFile::open(folder)?.sync_all()
    }

    fn free(&self, folder: &Path) -> io::Result<u64> {
        let about = statvfs(folder)?;
        Ok(about.f_bavail.saturating_mul(about.f_frsize))
    }

    fn boot(&self) -> String {
        let id = fs::read_to_string("/proc/sys/kernel/random/boot_id");
        id.map_or_else(|_| "unknown".to_owned(), |id| id.trim().to_owned())
    }
}

impl File for LinuxFile {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.direct || is_aligned(offset, buffer) {
            return fill(&self.file, offset, buffer);
        }
        let mut piece = Aligned::zeroed(buffer.len().next_multiple_of(PIECE).min(PIECE));
        assert!(offset.is_multiple_of(PIECE as u64), "direct reads begin where a piece does");
        let mut read = 0;
        while read < buffer.len() {
            let count = fill(&self.file, offset + read as u64, piece.bytes_mut())?;
            let count = count.min(buffer.len() - read);
            if count == 0 {
                break;
            }
            buffer[read..read + count].copy_from_slice(&piece.bytes()[..count]);
            read += count;
        }
        Ok(read)
    }

    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        debug_assert!(!self.direct || is_aligned(offset, bytes), "direct writes are whole blocks");
        self.file.write_all_at(bytes, offset)
    }

    fn cut(&mut self, len: u64) -> io::Result<()> {
        self.file.set_len(len)
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(fdatasync(&*self.file)?)
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }
}

/// Reads until the buffer is full or the file ends.
fn fill(file: &StdFile, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    let mut read = 0;
    while read < buffer.len() {
        match file.read_at(&mut buffer[read..], offset + read as u64) {
            Ok(0) => break,
            Ok(count) => read += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}
