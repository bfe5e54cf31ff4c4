//! What the venue wants from the world: a clock, streams, lines, datagrams, a disk.
//!
//! Everything that the stages do to the outside goes through these traits. [`linux`](crate::linux)
//! stands behind them in the process; a simulator can stand there as well, on one thread, with a
//! clock that it turns itself and a disk that forgets.

use std::fmt::Debug;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use protocol_spec::words::{Moment, Time};

/// A world: which clock, which streams, which disk.
pub trait World {
    /// The clock.
    type Clock: Clock;
    /// The connections of brokers.
    type Streams: Streams;
    /// The lines of the feed.
    type Lines: Lines;
    /// The files.
    type Disk: Disk;
}

/// Tells the time.
pub trait Clock {
    /// A reading that never goes back, for waits.
    fn now(&self) -> Moment;

    /// The time of the world, for stamps. It may go back; stamps do not.
    fn time(&self) -> Time;

    /// A number that nobody can guess.
    fn chance(&self) -> u64;
}

/// The number of a stream. It may be used again once the stream is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId(pub usize);

/// What is ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ready {
    /// Someone may wait to be accepted.
    Door,
    /// A stream may have something to read, or room to write, again. Told when that changes: who
    /// was told goes on until it would have to wait.
    Stream {
        /// Which.
        id: StreamId,
        /// Whether it may be read.
        readable: bool,
        /// Whether it may be written.
        writable: bool,
        /// Whether the peer has closed its side, or it is broken. It is told once, maybe together
        /// with the last bytes: a read that gets them is followed by one that gets the end.
        closed: bool,
    },
}

/// A listener and the streams that came in by it. Nothing here ever waits but [`Streams::poll`].
pub trait Streams {
    /// Waits until something is ready, at most `wait` (`None`: as long as it takes), and adds what
    /// is to `ready`. May return early with nothing.
    ///
    /// # Errors
    /// If the system cannot tell any more.
    fn poll(&mut self, wait: Option<Duration>, ready: &mut Vec<Ready>) -> io::Result<()>;

    /// The next stream that waits at the door.
    ///
    /// # Errors
    /// If there is one and it cannot be taken in now.
    fn accept(&mut self) -> io::Result<Option<(StreamId, SocketAddr)>>;

    /// Reads what is there; 0 bytes mean that the peer has closed its side.
    ///
    /// # Errors
    /// `WouldBlock` if nothing is there; anything else if the stream is broken.
    fn read(&mut self, id: StreamId, buffer: &mut [u8]) -> io::Result<usize>;

    /// Writes as much as there is room for.
    ///
    /// # Errors
    /// `WouldBlock` if there is no room; anything else if the stream is broken.
    fn write(&mut self, id: StreamId, bytes: &[u8]) -> io::Result<usize>;

    /// Shuts the sending side. What comes in can still be read.
    fn shut(&mut self, id: StreamId);

    /// Closes the stream.
    fn close(&mut self, id: StreamId);
}

/// A socket for datagrams, to a group of receivers or to one. Nothing here ever waits.
pub trait Datagrams {
    /// Sends a datagram; who is not there does not get it.
    ///
    /// # Errors
    /// `WouldBlock` if there is no room; anything else if it cannot be sent.
    fn send(&mut self, to: SocketAddr, datagram: &[u8]) -> io::Result<()>;

    /// Takes the next datagram, as far as it fits, and says how long it was and who sent it.
    ///
    /// # Errors
    /// `WouldBlock` if there is none; anything else if the socket is broken.
    fn receive(&mut self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)>;
}

/// The lines of the feed: each goes to whoever listens to it. Nothing here ever waits.
pub trait Lines: Debug {
    /// How many there are.
    fn count(&self) -> usize;

    /// Sends a packet on a line, the first of which is 0; who does not listen does not get it.
    ///
    /// # Errors
    /// If it was not sent to everybody whom the line goes to. It is not to be sent again: who
    /// misses it asks for it.
    fn send(&mut self, line: usize, packet: &[u8]) -> io::Result<()>;
}

/// How a file is going to be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Read.
    Read,
    /// Written and read through the memory of the system; durable after [`File::sync`].
    Cached,
    /// Written in whole blocks, each write durable when it returns.
    Durable,
    /// Written in whole blocks, much of it, durable after [`File::sync`] and not piled up in the
    /// memory of the system until then.
    Bulk,
}

/// A disk with files in folders.
pub trait Disk: Clone + Debug + Send + 'static {
    /// An open file.
    type File: File;

    /// Opens a file that exists.
    ///
    /// # Errors
    /// If it does not exist or may not be used so.
    fn open(&self, path: &Path, usage: Use) -> io::Result<Self::File>;

    /// Makes an empty file, in the place of one that has this name, for [`Use::Cached`].
    ///
    /// # Errors
    /// If it cannot be made.
    fn create(&self, path: &Path) -> io::Result<Self::File>;

    /// The names in a folder, in ascending order; none if there is no such folder.
    ///
    /// # Errors
    /// If the folder cannot be read.
    fn list(&self, folder: &Path) -> io::Result<Vec<String>>;

    /// Makes a folder and those above it, durably.
    ///
    /// # Errors
    /// If it cannot be made.
    fn make_folder(&self, folder: &Path) -> io::Result<()>;

    /// Gives a file another name, in the place of one that has it.
    ///
    /// # Errors
    /// If it cannot be done.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// If it cannot be done.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Removes an empty folder.
    ///
    /// # Errors
    /// If it cannot be done.
    fn remove_folder(&self, folder: &Path) -> io::Result<()>;

    /// Makes the names in a folder durable.
    ///
    /// # Errors
    /// If it cannot be done.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;

    /// Bytes that can still be written to the file system of a folder.
    ///
    /// # Errors
    /// If it cannot be told.
    fn free(&self, folder: &Path) -> io::Result<u64>;

    /// What tells one run of the machine from the next.
    fn boot(&self) -> String;
}

/// An open file.
pub trait File: Debug + Send {
    /// Reads bytes from `offset` on until `buffer` is full or the file ends, and says how many.
    ///
    /// # Errors
    /// If the file cannot be read.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;

    /// Writes all of `bytes` at `offset`.
    ///
    /// # Errors
    /// If not all of it was written, or is not as durable as the use of the file says. What is in
    /// the file then is anybody's guess.
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Cuts the file to `len` bytes, which are not more than it has; durable after
    /// [`File::sync`].
    ///
    /// # Errors
    /// If it cannot be cut.
    fn cut(&mut self, len: u64) -> io::Result<()>;

    /// Makes everything written durable.
    ///
    /// # Errors
    /// If it is not. Trying again proves nothing.
    fn sync(&mut self) -> io::Result<()>;

    /// Bytes of the file.
    ///
    /// # Errors
    /// If it cannot be told.
    fn len(&self) -> io::Result<u64>;

    /// Whether the file has no bytes.
    ///
    /// # Errors
    /// If it cannot be told.
    fn is_empty(&self) -> io::Result<bool> {
        self.len().map(|len| len == 0)
    }
}

/// Reads a whole file.
///
/// # Errors
/// If it cannot be read, or changes its length meanwhile.
pub fn read_whole(disk: &impl Disk, path: &Path, into: &mut Vec<u8>) -> io::Result<()> {
    let file = disk.open(path, Use::Read)?;
    let len = usize::try_from(file.len()?).map_err(io::Error::other)?;
    into.resize(len, 0);
    let read = file.read_at(0, into)?;
    if read < len { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
}

/// Puts a small file in the place of another, durably: whoever reads finds the old or the new one.
///
/// # Errors
/// If it cannot be done; the old one is there then.
pub fn replace(disk: &impl Disk, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let new = path.with_extension("new");
    let mut file = disk.create(&new)?;
    file.write_at(0, bytes)?;
    file.sync()?;
    disk.rename(&new, path)?;
    disk.sync_folder(folder)
}
