//! Writes that are on the disk when they are done, in every way that Linux has for them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, IoSlice, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FallocateFlags, OFlags, fallocate};
use rustix::io::{ReadWriteFlags, pwritev2};

use appliance::aligned::Aligned;

/// A way of writing a block so that it is on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// pwrite and fdatasync, over zeros written beforehand.
    Overwrite,
    /// pwrite into a file opened `O_DIRECT|O_DSYNC`, over zeros written beforehand.
    Direct,
    /// pwritev2 with `RWF_DSYNC`, over zeros written beforehand.
    Flagged,
    /// pwrite and fdatasync, in a file whose room was only asked for.
    Allocated,
    /// pwrite and fdatasync, at the end of a file that grows.
    Growing,
}

impl Method {
    /// All of them.
    pub const ALL: [Method; 5] =
        [Method::Overwrite, Method::Direct, Method::Flagged, Method::Allocated, Method::Growing];

    /// What it is called in a table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Method::Overwrite => "zeroed, pwrite + fdatasync",
            Method::Direct => "zeroed, pwrite O_DIRECT|O_DSYNC",
            Method::Flagged => "zeroed, pwritev2 RWF_DSYNC",
            Method::Allocated => "fallocate'd, pwrite + fdatasync",
            Method::Growing => "growing, pwrite + fdatasync",
        }
    }

    /// What it is called by programs.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Method::Overwrite => "zeroed_fdatasync",
            Method::Direct => "zeroed_direct_dsync",
            Method::Flagged => "zeroed_rwf_dsync",
            Method::Allocated => "fallocated_fdatasync",
            Method::Growing => "growing_fdatasync",
        }
    }
}

/// A file that is written block by block, each durable before the next; gone when it is dropped.
#[derive(Debug)]
pub struct Durable {
    file: File,
    path: PathBuf,
    method: Method,
    block: Aligned,
    blocks: u64,
    written: u64,
}

impl Durable {
    /// Makes a file called `name` in `dir` with room for so many blocks of `size` bytes.
    ///
    /// # Errors
    /// If the file cannot be made, or not written in this way: [`is_impossible`] tells the two
    /// apart.
    pub fn create(
        dir: &Path,
        name: &str,
        method: Method,
        size: usize,
        blocks: u64,
    ) -> io::Result<Self> {
        let path = dir.join(name);
        let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
        let block = Aligned::zeroed(size);
        let mut made = Durable { file, path, method, block, blocks, written: 0 };
        let len = size as u64 * blocks;
        match method {
            Method::Growing => {}
            Method::Allocated => fallocate(&made.file, FallocateFlags::empty(), 0, len)?,
            Method::Overwrite | Method::Direct | Method::Flagged => {
                let zeros = vec![0; size];
                (0..blocks).try_for_each(|_| made.file.write_all(&zeros))?;
            }
        }
        made.file.sync_all()?;
        if method == Method::Direct {
            let flags = (OFlags::DIRECT | OFlags::DSYNC).bits().cast_signed();
            made.file = OpenOptions::new().write(true).custom_flags(flags).open(&made.path)?;
        }
        Ok(made)
    }

    /// Writes the next block; behind the last room there is, the first one again.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&mut self) -> io::Result<()> {
        let Durable { file, method, block, blocks, written, .. } = self;
        *written += 1;
        block.bytes_mut()[..8].copy_from_slice(&written.to_le_bytes());
        let at = (*written - 1) % *blocks * block.bytes().len() as u64;
        match method {
            Method::Direct => file.write_all_at(block.bytes(), at),
            Method::Flagged => {
                let slices = [IoSlice::new(block.bytes())];
                match pwritev2(&*file, &slices, at, ReadWriteFlags::DSYNC)? {
                    count if count == block.bytes().len() => Ok(()),
                    _ => Err(ErrorKind::WriteZero.into()),
                }
            }
            Method::Overwrite | Method::Allocated | Method::Growing => {
                file.write_all_at(block.bytes(), at)?;
                file.sync_data()
            }
        }
    }
}

impl Drop for Durable {
    /// Takes the file away. If that fails it was taken away already, or its directory is to be
    /// taken away as a whole.
    fn drop(&mut self) {
        fs::remove_file(&self.path).unwrap_or_default();
    }
}

/// Whether an error says that the file system has no such way of writing.
#[must_use]
pub fn is_impossible(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported)
}

#[cfg(test)]
mod tests;
