//! A segment to come, zeroed piece by piece.

use std::io;

use super::Place;
use crate::aligned::Aligned;
use crate::world::{Disk, File, Use};

/// Bytes of a piece: what the journal writes meanwhile waits for one at most.
const PIECE: usize = 128 * 1024;

/// A segment that is being zeroed, under a name that no reader of journals knows.
#[derive(Debug)]
pub struct Zeroing<D: Disk> {
    place: Place,
    number: u32,
    file: D::File,
    zeros: Aligned,
    offset: u64,
}

impl<D: Disk> Zeroing<D> {
    /// Begins with segment `number`.
    ///
    /// # Errors
    /// If the file cannot be made.
    pub fn begin(disk: &D, place: &Place, number: u32) -> io::Result<Self> {
        let path = place.unready();
        drop(disk.create(&path)?);
        let usage = if place.usage == Use::Durable { Use::Bulk } else { place.usage };
        let file = disk.open(&path, usage)?;
        let zeros = Aligned::zeroed(PIECE);
        Ok(Zeroing { place: place.clone(), number, file, zeros, offset: 0 })
    }

    /// The segment's number.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Where the segment is going to be.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Zeroes the next piece; after the last one the segment is durable under its name. Whether it
    /// is.
    ///
    /// # Errors
    /// If the disk does not take it.
    pub fn step(&mut self, disk: &D) -> io::Result<bool> {
        let left = self.place.segment_bytes - self.offset;
        if left > 0 {
            let count = left.min(PIECE as u64);
            self.file.write_at(self.offset, &self.zeros.bytes()[..count as usize])?;
            self.offset += count;
            return Ok(false);
        }
        self.file.sync()?;
        disk.rename(&self.place.unready(), &self.place.segment(self.number))?;
        disk.sync_folder(&self.place.folder)?;
        Ok(true)
    }

    /// Does all that is left.
    ///
    /// # Errors
    /// If the disk does not take it.
    pub fn finish(mut self, disk: &D) -> io::Result<()> {
        while !self.step(disk)? {}
        Ok(())
    }
}
