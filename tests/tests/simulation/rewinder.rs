//! The rewinder by itself, beside a disk that takes its time: nobody waits for it who need not, and
//! no memory is taken without a bound.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use appliance::progress::Progress;
use appliance::rewinder::{Begin, Files, Publications, Rewinder, Tally, rewinder};
use appliance::transfers::{Landed, Plain, Transfer, Transfers};
use protocol_spec::wire::mold::{Packet, Request, SessionId};
use protocol_spec::words::{FeedNo, Moment};
use recovery::requests::{Dropped, Rules};
use recovery::rewind::{BLOCK, Store};
use tests::world::datagrams::Post;
use tests::world::disk::{SimDisk, SimFile};
use tests::world::platter::{Done, Trouble};

const FIRST: SessionId = SessionId::new("2026112001");
const SECOND: SessionId = SessionId::new("2026112002");
/// Bytes of a message: two fill a block.
const LONG: usize = BLOCK / 2 - 2;
/// Messages of which the bytes are what may wait to be written.
const BEHIND: u64 = (256 << 20) / (BLOCK as u64 / 2);
/// How long a day or the end waits for its file.
const PATIENCE: Duration = Duration::from_secs(5);

/// Transfers that are done at once, and land when they are let. Copies are the same.
#[derive(Clone, Debug, Default)]
struct Harbour {
    shared: Rc<RefCell<Ships>>,
}

#[derive(Debug, Default)]
struct Ships {
    outside: VecDeque<Landed>,
    is_open: bool,
    fails: bool,
}

impl Harbour {
    /// Lets them land, or lets them no more.
    fn open(&self, is_open: bool) {
        self.shared.borrow_mut().is_open = is_open;
    }

    /// All that land from now on have failed.
    fn fail(&self) {
        self.shared.borrow_mut().fails = true;
    }

    fn under_way(&self) -> usize {
        self.shared.borrow().outside.len()
    }
}

impl Transfers for Harbour {
    type File = SimFile;

    fn begin(&mut self, file: &mut SimFile, transfer: Transfer) {
        let mut plain = Plain::new();
        plain.begin(file, transfer);
        self.shared.borrow_mut().outside.extend(plain.poll());
    }

    fn poll(&mut self) -> Option<Landed> {
        let mut ships = self.shared.borrow_mut();
        let fails = ships.fails;
        let mut landed = if ships.is_open { ships.outside.pop_front() } else { None }?;
        if fails {
            landed.outcome = Err(io::Error::from(ErrorKind::StorageFull));
        }
        Some(landed)
    }

    fn waits(&self) -> bool {
        false
    }
}

/// Both ends of the rewinder, and what is around it.
struct Stage<T> {
    disk: SimDisk,
    post: Post,
    publications: Publications,
    rewinder: Rewinder<SimDisk, T, Post>,
    tally: Arc<Tally>,
    progress: Arc<Progress>,
    next: FeedNo,
    now: Moment,
}

impl<T: Transfers<File = SimFile>> Stage<T> {
    fn new(transfers: T) -> Self {
        let (disk, post, now) = (SimDisk::new(1), Post::default(), Moment(0));
        let allow = vec!["10.0.0.0/8".parse().expect("a network")];
        let rules = Rules { allow, packets_per_second: 10_000_000, ..Rules::default() };
        let (socket, terms) = (Some(post.clone()), (rules, 1472));
        let (publications, rewinder) = rewinder(now, (disk.clone(), transfers), socket, terms);
        let (tally, progress) = (Arc::clone(publications.counters()), Arc::default());
        let next = FeedNo(1);
        Stage { disk, post, publications, rewinder, tally, progress, next, now }
    }

    /// A day begins of which nothing stays in memory that is in the file.
    fn begin(&mut self, session: SessionId) {
        let path = |kind: &str| Path::new("/rewind").join(format!("{session}.{kind}"));
        let files = Files { feed: path("itch"), index: path("index") };
        let store = Store::new(session, 0, crc32c::crc32c_append);
        (self.progress, self.next) = (Arc::default(), FeedNo(1));
        let progress = Arc::clone(&self.progress);
        self.publications.begin(Begin { files, store, from: None, progress });
    }

    /// Long messages are told, and nothing else happens meanwhile.
    fn tell(&mut self, count: u64) {
        let mut record = (LONG as u16).to_be_bytes().to_vec();
        record.resize(2 + LONG, b'x');
        for _ in 0..count {
            self.publications.tell(self.next, &record);
            self.next = self.next.plus(1);
            while self.publications.load().waiting > 1024 {
                self.rewinder.step(self.now);
                self.publications.pass_on();
            }
        }
    }

    /// Time passes, and everything is done.
    fn pass(&mut self, time: Duration) {
        self.now = self.now + time;
        while self.rewinder.step(self.now) {
            self.publications.pass_on();
        }
    }

    fn ask(&self, from: u32, session: SessionId, number: u64) {
        let mut bytes = [0; Request::LEN];
        Request { session, number: FeedNo(number), count: 1 }.encode(&mut bytes);
        let [_, high, mid, low] = from.to_be_bytes();
        self.post.put(SocketAddr::from(([10, high, mid, low], 4_000)), &bytes);
    }

    /// Numbers that were answered since this was asked last, in any order.
    fn answers(&self) -> Vec<u64> {
        let packets = std::iter::from_fn(|| self.post.take());
        let number = |(_, bytes): (SocketAddr, Vec<u8>)| {
            Packet::decode(&bytes).expect("it is a packet").number.0
        };
        packets.map(number).collect()
    }

    /// Whether it sleeps when there is nothing to do, nor was for long.
    fn sleeps(&mut self) -> bool {
        self.pass(Duration::from_secs(1));
        self.pass(Duration::from_secs(10));
        self.rewinder.patience(self.now) > Duration::from_millis(100)
    }
}

#[test]
fn it_sleeps_while_a_write_is_under_way_and_when_the_file_is_lost() {
    let harbour = Harbour::default();
    let mut stage = Stage::new(harbour.clone());
    stage.begin(FIRST);
    stage.tell(3);
    assert!(stage.sleeps() && harbour.under_way() > 0, "blocks are under way");
    harbour.open(true);
    assert!(stage.sleeps());
    assert_eq!(stage.tally.written(), stage.tally.file_bytes());
    stage.tell(3);
    harbour.fail();
    assert!(stage.sleeps() && stage.progress.is_feed_lost());
    assert_eq!(stage.tally.failures(), 1);
}

#[test]
fn it_sleeps_when_the_file_could_not_be_made() {
    let mut stage = Stage::new(Harbour::default());
    stage.disk.plan("itch", 0, Trouble::Fail(ErrorKind::StorageFull, Done::Nothing));
    stage.begin(FIRST);
    stage.tell(3);
    assert!(stage.sleeps() && stage.progress.is_feed_lost());
    assert_eq!(stage.tally.failures(), 1);
}

#[test]
fn a_disk_that_hangs_takes_bounded_memory_and_holds_up_nobody() {
    let harbour = Harbour::default();
    let mut stage = Stage::new(harbour.clone());
    stage.begin(FIRST);
    stage.tell(BEHIND);
    stage.pass(Duration::from_secs(60));
    assert_eq!(stage.tally.failures(), 0, "so much may wait, however long");
    assert!(!stage.progress.is_feed_lost());
    stage.ask(1, FIRST, 1);
    stage.pass(Duration::ZERO);
    assert_eq!(stage.answers(), [1], "it is in memory");
    stage.tell(1);
    stage.pass(Duration::ZERO);
    assert_eq!(stage.tally.failures(), 1);
    assert!(stage.progress.is_feed_lost(), "nobody waits for it any more");
    // What lands later makes no difference.
    for is_open in [false, true] {
        harbour.open(is_open);
        stage.tell(100);
        stage.ask(1, FIRST, 1);
        stage.ask(2, FIRST, stage.next.0 - 1);
        stage.pass(Duration::from_secs(1));
        assert_eq!(stage.answers(), [stage.next.0 - 1], "the newest is there, the first is not");
        assert_eq!(stage.publications.load().waiting, 0);
    }
    assert_eq!((stage.tally.failures(), stage.tally.dropped(Dropped::Unreadable)), (1, 2));
    assert_eq!(harbour.under_way(), 0);
}

#[test]
fn requests_for_what_has_to_be_read_hold_up_none_for_what_is_in_memory() {
    let harbour = Harbour::default();
    let mut stage = Stage::new(harbour.clone());
    stage.begin(FIRST);
    stage.tell(5);
    harbour.open(true);
    stage.pass(Duration::from_secs(1));
    harbour.open(false);
    // More than can wait, for a read that takes its time.
    for from in 0..5_000 {
        stage.ask(from, FIRST, 1);
        if from % 64 == 0 {
            stage.pass(Duration::from_millis(1));
        }
    }
    stage.pass(Duration::from_millis(1));
    assert!(stage.answers().is_empty());
    let crowded = stage.tally.dropped(Dropped::Crowded);
    assert!(crowded > 0, "not all of them can wait");
    stage.ask(9_999, FIRST, 5);
    stage.rewinder.step(stage.now);
    assert_eq!(stage.answers(), [5]);
    assert!(stage.sleeps(), "nothing can be done for those that wait");
    harbour.open(true);
    stage.pass(Duration::ZERO);
    assert_eq!(stage.answers().len() as u64, 5_000 - crowded);
    assert_eq!((stage.tally.reads(), stage.tally.all_dropped()), (1, crowded));
}

#[test]
fn where_files_go_by_calls_one_block_is_read_in_a_step() {
    let mut stage = Stage::new(Plain::new());
    stage.begin(FIRST);
    stage.tell(61);
    stage.pass(Duration::from_secs(1));
    for block in 0..30 {
        stage.ask(block, FIRST, u64::from(2 * block + 1));
    }
    stage.ask(99, FIRST, 61);
    stage.rewinder.step(stage.now);
    assert_eq!(stage.answers(), [61], "the one in memory");
    for block in 0..30 {
        assert_eq!(stage.tally.reads(), block);
        assert!(stage.rewinder.step(stage.now), "others wait");
        assert_eq!(stage.answers(), [2 * block + 1]);
    }
}

#[test]
fn neither_the_next_day_nor_the_end_waits_for_ever_for_a_write_that_hangs() {
    let mut stage = Stage::new(Harbour::default());
    stage.begin(FIRST);
    stage.tell(3);
    stage.pass(Duration::from_secs(60));
    let first = Arc::clone(&stage.progress);
    stage.begin(SECOND);
    stage.tell(3);
    stage.pass(Duration::ZERO);
    stage.pass(PATIENCE - Duration::from_millis(1));
    stage.ask(1, FIRST, 2);
    stage.pass(Duration::ZERO);
    assert_eq!(stage.answers(), [2], "the day before is still there");
    assert!(stage.tally.failures() == 0 && !first.is_feed_lost());
    stage.pass(Duration::from_millis(1));
    assert!(stage.tally.failures() == 1 && first.is_feed_lost());
    stage.ask(1, SECOND, 3);
    stage.pass(PATIENCE);
    assert_eq!(stage.answers(), [3], "the next one has begun");
    assert!(stage.tally.failures() == 1 && !stage.progress.is_feed_lost());
    // The core goes.
    let Stage { publications, mut rewinder, tally, mut now, .. } = stage;
    drop(publications);
    while rewinder.step(now) {}
    assert!(!rewinder.is_done(), "all of it is to be written");
    now = now + PATIENCE;
    while rewinder.step(now) {}
    assert!(rewinder.is_done());
    assert_eq!(tally.failures(), 2);
}
