//! Reads and writes that are under way in the kernel, by io_uring.
//!
//! ```text
//!   begin ──▶ waiting ──▶ flights ──▶ the kernel ──▶ poll
//!             no room       ▲  └── a part was done: the rest goes again
//! ```
//!
//! A flight has its file and its bytes until the kernel says that it is over, and they are not
//! looked at before. Whoever drops this waits for all of them, a while: those that are still under
//! way then keep both for ever.
//!
//! A kernel that takes no more gets no more: what it has not taken fails, and so does whatever is
//! begun from then on.

use std::collections::VecDeque;
use std::fmt;
use std::fs::File as StdFile;
use std::io;
use std::mem;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use io_uring::{IoUring, Probe, opcode, squeue, types};
use rustix::event::{EventfdFlags, eventfd};
use rustix::io::Errno;

use super::disk::LinuxFile;
use crate::transfers::{Landed, Transfer, Transfers, Way};

/// Transfers under way at once. The kernel takes powers of two.
const FLIGHTS: u32 = 64;
/// How long whoever leaves waits for what is under way.
const LEAVING: Duration = Duration::from_secs(1);

/// Transfers in the kernel.
pub struct Uring {
    ring: IoUring,
    /// Told by the kernel when one is over.
    bell: OwnedFd,
    /// What the kernel has, by the number that it has it under.
    flights: Vec<Option<Flight>>,
    free: Vec<usize>,
    /// Flights in the ring that the kernel has not taken from it, the first one first.
    queued: VecDeque<usize>,
    /// The system's error after which the kernel takes no more.
    refusal: Option<i32>,
    /// For which there was no room yet.
    waiting: VecDeque<Flight>,
    landed: VecDeque<Landed>,
}

/// A transfer, its file, and how many of its bytes are done.
#[derive(Debug)]
struct Flight {
    file: Arc<StdFile>,
    transfer: Transfer,
    done: usize,
}

impl Uring {
    /// A ring with nothing under way.
    ///
    /// # Errors
    /// If the kernel has none, or lets this process have none.
    pub fn new() -> io::Result<Self> {
        let ring = IoUring::new(FLIGHTS)?;
        let mut probe = Probe::new();
        ring.submitter().register_probe(&mut probe)?;
        if ![opcode::Read::CODE, opcode::Write::CODE].iter().all(|code| probe.is_supported(*code)) {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let bell = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        ring.submitter().register_eventfd(bell.as_raw_fd())?;
        Ok(Uring {
            ring,
            bell,
            flights: (0..FLIGHTS).map(|_| None).collect(),
            free: (0..FLIGHTS as usize).collect(),
            queued: VecDeque::new(),
            refusal: None,
            waiting: VecDeque::new(),
            landed: VecDeque::new(),
        })
    }

    /// What can be read whenever one has landed since.
    pub fn bell(&self) -> BorrowedFd<'_> {
        self.bell.as_fd()
    }

    /// Hands the kernel as many as there is room for.
    fn launch(&mut self) {
        if self.refusal.is_none() {
            self.fill();
            let submitted = self.ring.submit();
            self.on_submitted(submitted.err());
        }
        if let Some(code) = self.refusal {
            let queued = self.queued.drain(..).map(|at| {
                self.free.push(at);
                self.flights[at].take().expect("what is in the ring is a flight")
            });
            self.landed.extend(queued.chain(self.waiting.drain(..)).map(|flight| {
                let Transfer { no, bytes, .. } = flight.transfer;
                Landed { no, bytes, outcome: Err(io::Error::from_raw_os_error(code)) }
            }));
        }
    }

    /// Puts into the ring what there is room for.
    fn fill(&mut self) {
        while let Some(at) = self.free.pop() {
            let Some(mut flight) = self.waiting.pop_front() else {
                self.free.push(at);
                break;
            };
            let entry = flight.entry().user_data(at as u64);
            self.flights[at] = Some(flight);
            // SAFETY: file and bytes of the entry belong to the flight, which stays where it is,
            // and its bytes untouched, until the kernel says that it is over: `reap` alone takes
            // it out, and `drop` waits for all of them. A `Vec` that is moved keeps its bytes
            // where they are.
            #[expect(unsafe_code, reason = "the kernel writes to memory that it was shown")]
            let pushed = unsafe { self.ring.submission().push(&entry) };
            pushed.expect("there are as many places in the queue as flights");
            self.queued.push_back(at);
        }
    }

    /// The kernel was asked to take what is in the ring.
    fn on_submitted(&mut self, error: Option<io::Error>) {
        let left = self.ring.submission().len();
        self.queued.drain(..self.queued.len() - left);
        let Some(error) = error else { return };
        match error.raw_os_error().map(Errno::from_raw_os_error) {
            // It takes them when it is asked next.
            Some(Errno::AGAIN | Errno::BUSY | Errno::INTR) => {}
            // It is never asked again: what is in the ring stays there, and nobody looks at it.
            other => self.refusal = Some(other.unwrap_or(Errno::IO).raw_os_error()),
        }
    }

    /// Takes what is over, and lets what was done in part go on.
    fn reap(&mut self) {
        let Uring { ring, flights, free, waiting, landed, .. } = self;
        for over in ring.completion() {
            let at = usize::try_from(over.user_data()).expect("it is the place of a flight");
            let mut flight = flights[at].take().expect("the kernel tells of a flight once");
            free.push(at);
            match flight.on_over(over.result()) {
                None => waiting.push_front(flight),
                Some(outcome) => {
                    let Transfer { no, bytes, .. } = flight.transfer;
                    landed.push_back(Landed { no, bytes, outcome });
                }
            }
        }
    }

    /// Waits until a flight is over, at most so long; whether it makes sense to go on waiting.
    fn wait(&self, most: Duration) -> bool {
        // After a refusal nobody asks again: the kernel would take what was said to have failed.
        let can_wait = self.refusal.is_none() && self.ring.params().is_feature_ext_arg();
        let time = types::Timespec::from(most);
        let args = types::SubmitArgs::new().timespec(&time);
        can_wait
            && match self.ring.submitter().submit_with_args(1, &args) {
                Ok(_) => true,
                Err(error) => error.kind() == io::ErrorKind::Interrupted,
            }
    }

    fn is_under_way(&self) -> bool {
        self.free.len() < self.flights.len()
    }
}

impl Flight {
    /// What the kernel is asked for: all that is not done yet.
    fn entry(&mut self) -> squeue::Entry {
        let Transfer { way, offset, bytes, .. } = &mut self.transfer;
        let file = types::Fd(self.file.as_raw_fd());
        let rest = &mut bytes[self.done..];
        // More goes in a second flight.
        let len = u32::try_from(rest.len()).unwrap_or(1 << 30);
        let offset = *offset + self.done as u64;
        match way {
            Way::Read => opcode::Read::new(file, rest.as_mut_ptr(), len).offset(offset).build(),
            Way::Write => opcode::Write::new(file, rest.as_ptr(), len).offset(offset).build(),
        }
    }

    /// The kernel has done so many bytes, or failed; what came of it, unless it is to go on.
    fn on_over(&mut self, result: i32) -> Option<io::Result<()>> {
        let Ok(count) = usize::try_from(result) else {
            let error = io::Error::from_raw_os_error(result.saturating_neg());
            let is_over = error.kind() != io::ErrorKind::Interrupted;
            return is_over.then_some(Err(error));
        };
        self.done += count;
        if self.done == self.transfer.bytes.len() {
            return Some(Ok(()));
        }
        let end = match self.transfer.way {
            Way::Read => io::ErrorKind::UnexpectedEof,
            Way::Write => io::ErrorKind::WriteZero,
        };
        (count == 0).then(|| Err(end.into()))
    }
}

impl Transfers for Uring {
    type File = LinuxFile;

    fn begin(&mut self, file: &mut LinuxFile, transfer: Transfer) {
        self.waiting.push_back(Flight { file: file.shared(), transfer, done: 0 });
        self.launch();
    }

    fn poll(&mut self) -> Option<Landed> {
        if self.landed.is_empty() {
            self.reap();
            if self.is_under_way() || !self.waiting.is_empty() {
                self.launch();
            }
        }
        self.landed.pop_front()
    }

    fn waits(&self) -> bool {
        false
    }
}

impl Drop for Uring {
    fn drop(&mut self) {
        self.waiting.clear();
        let since = Instant::now();
        while self.is_under_way() {
            let left = LEAVING.saturating_sub(since.elapsed());
            if left.is_zero() || !self.wait(left) {
                // The kernel may still write to them: they stay where they are for ever.
                mem::forget(mem::take(&mut self.flights));
                return;
            }
            self.reap();
            self.waiting.clear();
        }
    }
}

impl fmt::Debug for Uring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let under_way = self.flights.len() - self.free.len();
        f.debug_struct("Uring").field("under_way", &under_way).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;
    use std::process;

    use super::*;
    use crate::linux::LinuxDisk;
    use crate::transfers::{Plain, TransferNo};
    use crate::world::Disk;

    /// A file of its own that is gone afterwards.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            Scratch(std::env::temp_dir().join(format!("{name}-{}", process::id())))
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            fs::remove_file(&self.0).unwrap_or_default();
        }
    }

    /// A ring, or the reason why there is none.
    fn ring() -> Option<Uring> {
        Uring::new()
            .inspect_err(|error| eprintln!("skipped: this kernel has no io_uring for us: {error}"))
            .ok()
    }

    fn transfer(no: u64, way: Way, offset: u64, bytes: Vec<u8>) -> Transfer {
        Transfer { no: TransferNo(no), way, offset, bytes }
    }

    fn land(transfers: &mut impl Transfers) -> Landed {
        loop {
            if let Some(landed) = transfers.poll() {
                return landed;
            }
            std::thread::yield_now();
        }
    }

    /// Many more than there is room for, to and from one file; what is read is what was written.
    fn write_and_read(transfers: &mut impl Transfers<File = LinuxFile>, name: &str) {
        let scratch = Scratch::new(name);
        let mut file = LinuxDisk.create(&scratch.0).expect("the folder is there");
        let piece = |no: u64| vec![no as u8 ^ (no >> 8) as u8; 1000 + no as usize];
        let count = 5 * u64::from(FLIGHTS);
        for no in 0..count {
            transfers.begin(&mut file, transfer(no, Way::Write, 2000 * no, piece(no)));
        }
        for _ in 0..count {
            assert!(land(transfers).outcome.is_ok());
        }
        for no in 0..count {
            let room = vec![0; 1000 + no as usize];
            transfers.begin(&mut file, transfer(no, Way::Read, 2000 * no, room));
        }
        let mut seen = vec![false; count as usize];
        for _ in 0..count {
            let Landed { no, bytes, outcome } = land(transfers);
            assert!(outcome.is_ok());
            assert_eq!(bytes, piece(no.0));
            assert!(!mem::replace(&mut seen[no.0 as usize], true), "each lands once");
        }
        assert!(transfers.poll().is_none());
        let end = 2000 * (count - 1) + 1000 + count;
        transfers.begin(&mut file, transfer(0, Way::Read, end - 10, vec![0; 11]));
        let short = land(transfers).outcome.expect_err("the file ends before that");
        assert_eq!(short.kind(), io::ErrorKind::UnexpectedEof);
        let mut readable =
            LinuxDisk.open(&scratch.0, crate::world::Use::Read).expect("it is there");
        transfers.begin(&mut readable, transfer(0, Way::Write, 0, vec![0; 10]));
        assert!(land(transfers).outcome.is_err(), "it is not open for that");
    }

    #[test]
    fn the_kernel_and_plain_calls_do_the_same() {
        write_and_read(&mut Plain::new(), "plain");
        // A kernel that refuses is one to which plain calls are left.
        if let Some(mut ring) = ring() {
            write_and_read(&mut ring, "uring");
        }
    }

    #[test]
    fn what_a_kernel_does_not_take_for_good_fails_and_so_does_all_behind_it() {
        let Some(mut ring) = ring() else { return };
        let scratch = Scratch::new("uring-refused");
        let mut file = LinuxDisk.create(&scratch.0).expect("the folder is there");
        // One that it has, then as many as there is room for, and one more.
        ring.begin(&mut file, transfer(0, Way::Write, 0, vec![1; 10]));
        let count = u64::from(FLIGHTS) + 1;
        for no in 1..=count {
            let transfer = transfer(no, Way::Write, 10 * no, vec![2; 10]);
            ring.waiting.push_back(Flight { file: file.shared(), transfer, done: 0 });
        }
        ring.fill();
        ring.on_submitted(Some(Errno::AGAIN.into()));
        assert_eq!(ring.refusal, None, "it may take them the next time");
        ring.on_submitted(Some(Errno::NXIO.into()));
        let mut seen = vec![false; count as usize + 2];
        for _ in 0..=count {
            let Landed { no, outcome, .. } = land(&mut ring);
            let code = outcome.err().and_then(|error| error.raw_os_error());
            let expected = (no.0 > 0).then_some(Errno::NXIO.raw_os_error());
            assert_eq!(code, expected, "{no:?}");
            assert!(!mem::replace(&mut seen[no.0 as usize], true), "each lands once");
        }
        ring.begin(&mut file, transfer(count + 1, Way::Write, 0, vec![3; 10]));
        let late = land(&mut ring);
        assert_eq!(late.no, TransferNo(count + 1));
        assert!(late.outcome.is_err() && ring.poll().is_none() && !ring.is_under_way());
        drop(ring);
        assert_eq!(fs::read(&scratch.0).expect("it is there"), [1; 10]);
    }

    #[test]
    fn whoever_leaves_waits_for_what_is_under_way() {
        let Some(mut ring) = ring() else { return };
        let scratch = Scratch::new("uring-left");
        let mut file = LinuxDisk.create(&scratch.0).expect("the folder is there");
        for no in 0..u64::from(FLIGHTS) {
            ring.begin(&mut file, transfer(no, Way::Write, no << 16, vec![7; 1 << 16]));
        }
        drop(file);
        drop(ring);
        let bytes = fs::read(&scratch.0).expect("it is there");
        assert!(bytes.len() == (FLIGHTS as usize) << 16 && bytes.iter().all(|byte| *byte == 7));
    }
}
