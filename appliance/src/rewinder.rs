//! The stage that has every message of the day again: it keeps them in a file and answers who asks.
//!
//! ```text
//!   core ── Publications ──▶ Store ── blocks ──▶ <session>.itch, then entries ──▶ <session>.index
//!                              │
//!   requests, by UDP ──▶ turns, budget ──▶ in memory ────────────────────────▶ answer, one packet
//!                              └─────────▶ in the file ── read, checked ────▶
//! ```
//!
//! It runs on a thread of its own. The core never waits for it: while its queue is full the core
//! takes in no more orders. A request that waits for the file holds up no other.
//!
//! Nor does anybody wait for a disk that only serves the public's past. What is not written yet is
//! kept in memory, up to a bound; the next day, or the end of the process, waits for it, up to
//! another. A file that is further behind, or later, is given up like one that cannot be written.
//! This is for disks that are slow or hang while transfers are under way in the kernel: where files
//! go by calls that wait, a call that never comes back holds up the stage.
//!
//! What cannot be written or read of the file stops no trading. It is told in the log and counted,
//! requests for what is lost are dropped and counted, and no checkpoint is written that would stand
//! on it; the next start makes from the journal what is not there. A block that is damaged is never
//! served: the file is put aside, so that the next start makes all of it anew.

mod files;
mod filing;
mod numbers;
mod queue;
mod reads;
mod tally;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use protocol_spec::wire::binary_file::END;
use protocol_spec::wire::mold::{Header, Request, SessionId};
use protocol_spec::words::{FeedNo, Moment};
use recovery::requests::{Asked, Dropped, Requests, Rules};
use recovery::rewind::{Found, Records, Store};
use tracing::{error, warn};

use crate::transfers::{Landed, Transfers};
use crate::world::{Datagrams, Disk, File};
use filing::{Filed, Filing};
use numbers::Numbers;
use queue::{Over, Word, Words};
use reads::Reads;

pub use files::{Files, Resumed, Unusable};
pub use queue::{Begin, Load, Publications};
pub use tally::Tally;

/// Datagrams that are taken at once: whatever was told before they came is taken from the core
/// before they are looked at.
const HEARD: usize = 64;
/// Words of the core, answers and reads that come one after the other before something else does.
const WORDS: usize = 1024;
const ANSWERS: usize = 256;
/// The longest sleep: what the core said meanwhile is written then.
const SLEEP: Duration = Duration::from_millis(250);

/// The stage.
#[derive(Debug)]
pub struct Rewinder<D: Disk, T, S> {
    disk: D,
    transfers: T,
    numbers: Numbers,
    words: Words,
    /// A day that begins when all of the one before is written.
    begins: Option<Box<Begin>>,
    /// Whether the core has gone.
    is_over: bool,
    day: Option<Day<D::File>>,
    requests: Requests,
    reads: Reads,
    counter: Counter<S>,
    heard: Vec<Heard>,
    tally: Arc<Tally>,
}

/// The day that is kept.
#[derive(Debug)]
struct Day<F> {
    store: Store,
    /// Bytes that its file has to have.
    told: u64,
    filing: Filing<F>,
}

impl<F: File> Day<F> {
    /// Whether its file has everything, or will not have it.
    fn is_written(&self) -> bool {
        self.filing.is_written(self.told)
    }
}

/// A datagram: a request, and one byte more to tell that it is none.
#[derive(Debug)]
struct Heard {
    from: SocketAddr,
    len: usize,
    bytes: [u8; Request::LEN + 1],
}

/// Where answers go out.
#[derive(Debug)]
struct Counter<S> {
    socket: Option<S>,
    payload_max: usize,
    packet: Vec<u8>,
}

/// Both ends; `socket` is where requests are heard, if they are, by these rules, and an answer has
/// at most `payload_max` bytes.
#[must_use]
pub fn rewinder<D: Disk, T: Transfers<File = D::File>, S: Datagrams>(
    now: Moment,
    (disk, transfers): (D, T),
    socket: Option<S>,
    (rules, payload_max): (Rules, u16),
) -> (Publications, Rewinder<D, T, S>) {
    let tally = Arc::<Tally>::default();
    let (publications, words) = queue::queue(Arc::clone(&tally));
    let payload_max = usize::from(payload_max);
    let rewinder = Rewinder {
        disk,
        transfers,
        numbers: Numbers::default(),
        words,
        begins: None,
        is_over: false,
        day: None,
        requests: Requests::new(now, rules),
        reads: Reads::default(),
        counter: Counter { socket, payload_max, packet: Vec::with_capacity(payload_max) },
        heard: Vec::with_capacity(HEARD),
        tally,
    };
    (publications, rewinder)
}

impl<D: Disk, T: Transfers<File = D::File>, S: Datagrams> Rewinder<D, T, S> {
    /// Does what there is to do, as far as it goes without waiting; whether there may be more at
    /// once.
    pub fn step(&mut self, now: Moment) -> bool {
        // Before the core's words are taken: who was sent something before it asked for it is told.
        let heard = self.hear();
        let told = self.take(now);
        self.judge();
        let landed = self.land();
        let began = self.file(now);
        let answered = self.answer(now);
        let begun = self.begin_when_written(now);
        self.tally.take(self.requests.counts());
        heard || told || landed || began || answered || begun
    }

    /// Works until the core has gone and everything is written. `clock` tells the time, `wait`
    /// waits until there may be something to do, or for so long.
    pub fn run(mut self, clock: impl Fn() -> Moment, mut wait: impl FnMut(Duration)) {
        while !self.is_done() {
            let now = clock();
            if !self.step(now) {
                wait(self.patience(now));
            }
        }
    }

    /// How long it may sleep if nothing wakes it.
    #[must_use]
    pub fn patience(&self, now: Moment) -> Duration {
        let asked = self.requests.poll_timeout();
        let due = self.day.as_ref().and_then(|day| day.filing.due());
        let first = asked.into_iter().chain(due).map(|at| at - now).min();
        first.map_or(SLEEP, |first| first.min(SLEEP))
    }

    /// Whether the core has gone and everything is written.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.is_over && self.begins.is_none() && self.day.as_ref().is_none_or(Day::is_written)
    }

    /// Takes what came by the socket; whether there may be more.
    fn hear(&mut self) -> bool {
        let Some(socket) = &mut self.counter.socket else { return false };
        while self.heard.len() < HEARD {
            let mut bytes = [0; Request::LEN + 1];
            match socket.receive(&mut bytes) {
                Ok((len, from)) => self.heard.push(Heard { from, len, bytes }),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // Nothing is there, or the system told of an answer that did not arrive.
                Err(_) => break,
            }
        }
        !self.heard.is_empty()
    }

    /// Looks at what came: the core's words of before were taken.
    fn judge(&mut self) {
        let (session, next) = match &self.day {
            Some(day) => (day.store.session(), day.store.next_number()),
            None => (SessionId::BLANK, FeedNo(1)),
        };
        for Heard { from, len, bytes } in self.heard.drain(..) {
            let bytes = &bytes[..len.min(bytes.len())];
            self.requests.on_datagram(from, bytes, session, next);
        }
    }

    /// Takes words of the core; whether there may be more.
    fn take(&mut self, now: Moment) -> bool {
        for _ in 0..WORDS {
            if self.begins.is_some() {
                return false;
            }
            match self.words.poll() {
                Ok(Some(Word::Begin(begin))) => {
                    self.begins = Some(begin);
                    self.begin_when_written(now);
                }
                Ok(Some(Word::Records(first, records))) => {
                    let day = self.day.as_mut().expect("a day begins before its messages");
                    assert!(first == day.store.next_number(), "messages have no gap");
                    day.told += records.len() as u64;
                    day.store.push(&records);
                    self.words.give_back(records);
                }
                Ok(Some(Word::End)) => {
                    let day = self.day.as_mut().expect("a day begins before its end");
                    day.told += END.len() as u64;
                    day.store.end();
                }
                Ok(None) => return false,
                Err(Over) => return !std::mem::replace(&mut self.is_over, true),
            }
        }
        true
    }

    /// Begins with the day that waits, once everything of the one before is written.
    fn begin_when_written(&mut self, now: Moment) -> bool {
        if self.day.as_ref().is_some_and(|day| !day.is_written()) {
            return false;
        }
        let Some(begin) = self.begins.take() else { return false };
        let Begin { files, store, from, progress } = *begin;
        let (filing, error) = Filing::begin(&self.disk, files, &store, from, progress, now);
        if let Some(error) = error {
            self.tally.on_failure();
            let path = filing.path().display();
            error!("{path} cannot be made, the feed is kept in memory alone: {error}");
        }
        self.requests.on_session();
        for _ in 0..self.reads.clear() {
            self.requests.on_dropped(Dropped::WrongSession);
        }
        let told = store.told().bytes;
        self.tally.on_file(told, filing.written());
        self.day = Some(Day { store, told, filing });
        true
    }

    /// Writes what there is to write; whether it began with something.
    fn file(&mut self, now: Moment) -> bool {
        let Rewinder { transfers, numbers, day, begins, tally, is_over, .. } = self;
        let Some(Day { store, told, filing }) = day else { return false };
        let all = *is_over || begins.is_some();
        if let Some(error) = filing.give_up(now, store, *told, all) {
            on_lost(filing, tally, &error);
        }
        let began = filing.advance(now, store, (transfers, numbers), all);
        tally.on_file(*told, filing.written());
        began
    }

    /// Takes what has landed; whether anything had.
    fn land(&mut self) -> bool {
        let mut any = false;
        while let Some(mut landed) = self.transfers.poll() {
            any = true;
            let Rewinder { transfers, numbers, day, tally, .. } = self;
            if let Some(Day { store, filing, .. }) = day {
                let of = (landed.no, &mut landed.outcome);
                match filing.on_landed(of, store, (transfers, numbers)) {
                    Filed::Other => self.on_read(landed),
                    Filed::Fine => {}
                    Filed::Lost(error) => on_lost(filing, tally, &error),
                }
            }
        }
        any
    }

    /// A block was read for whoever asked.
    fn on_read(&mut self, landed: Landed) {
        let Landed { no, bytes, outcome } = landed;
        let Some((place, waiting)) = self.reads.on_over(no) else { return };
        let Rewinder { day, counter, requests, tally, reads, disk, .. } = self;
        let Some(Day { store, filing, .. }) = day else { return };
        tally.on_read();
        let opened = outcome
            .map_err(|error| error.to_string())
            .and_then(|()| store.open(place, &bytes).map_err(|fault| fault.to_string()));
        match opened {
            Ok(records) => {
                let first = records.next_number();
                for asked in waiting {
                    let from = records.clone().skip_to(asked.number);
                    counter.answer(store.session(), &asked, from, requests, tally);
                }
                reads.keep(place, first, bytes);
            }
            Err(fault) => {
                for _ in waiting {
                    requests.on_dropped(Dropped::Unreadable);
                }
                tally.on_damage();
                let (path, at) = (filing.path().display().to_string(), place.offset);
                let is = match filing.set_aside(disk) {
                    // It was said.
                    None => return,
                    Some(Ok(aside)) => {
                        format!("it is {} now, and the next start makes it anew", aside.display())
                    }
                    Some(Err(error)) => {
                        format!("remove it, so that the next start makes it anew ({error})")
                    }
                };
                warn!("{path} is damaged at byte {at}: {fault}; {is}");
            }
        }
    }

    /// Answers requests, as far as there is budget; whether there may be more.
    fn answer(&mut self, now: Moment) -> bool {
        let mut answers = 0;
        while answers < ANSWERS
            && let Some(asked) = self.requests.poll(now)
        {
            answers += 1;
            self.answer_one(asked);
        }
        self.read() || answers > 0
    }

    /// Begins to read blocks that are wanted; whether it did.
    fn read(&mut self) -> bool {
        let Rewinder { transfers, numbers, day, reads, requests, .. } = self;
        let Some(Day { filing, .. }) = day else { return false };
        let most = if transfers.waits() { 1 } else { usize::MAX };
        let mut begun = 0;
        while begun < most
            && let Some((place, no)) = reads.next(|| numbers.next())
        {
            begun += 1;
            if !filing.read(place, transfers, no)
                && let Some((_, waiting)) = reads.on_over(no)
            {
                for _ in waiting {
                    requests.on_dropped(Dropped::Unreadable);
                }
            }
        }
        begun > 0
    }

    fn answer_one(&mut self, asked: Asked) {
        let Rewinder { day, counter, requests, tally, reads, .. } = self;
        let is_full = reads.is_full();
        let found = day.as_ref().map(|day| (day.store.session(), day.store.find(asked.number)));
        match found {
            // Whoever gets here asked for what was told.
            None | Some((_, Found::Nothing)) => requests.on_dropped(Dropped::Beyond),
            Some((session, Found::Here(records))) => {
                counter.answer(session, &asked, records, requests, tally);
            }
            Some((session, Found::Filed(place))) => match reads.find(place) {
                Some(records) => {
                    let records = records.skip_to(asked.number);
                    counter.answer(session, &asked, records, requests, tally);
                }
                None if is_full => requests.on_dropped(Dropped::Crowded),
                None => reads.want(place, asked),
            },
        }
    }
}

/// The file of the day will not have the rest of it.
fn on_lost<F: File>(filing: &Filing<F>, tally: &Tally, error: &io::Error) {
    tally.on_failure();
    let path = filing.path().display();
    error!(
        "{path} cannot be written, from here on the feed is kept in memory alone: {error}; the \
         next start makes the rest of the file"
    );
}

impl<S: Datagrams> Counter<S> {
    /// Sends the one packet that answers a request: whole messages, as many as fit.
    fn answer(
        &mut self,
        session: SessionId,
        asked: &Asked,
        records: Records<'_>,
        requests: &mut Requests,
        tally: &Tally,
    ) {
        let (count, bytes) = records.cut(asked.count, self.payload_max - Header::LEN);
        let mut head = [0; Header::LEN];
        Header { session, number: asked.number, count }.encode(&mut head);
        self.packet.clear();
        self.packet.extend_from_slice(&head);
        self.packet.extend_from_slice(bytes);
        let socket = self.socket.as_mut().expect("who asked did so by the socket");
        match socket.send(asked.from, &self.packet) {
            Ok(()) => {
                requests.on_answered(count);
                tally.on_answer(self.packet.len());
            }
            // It is asked for again by who still wants it.
            Err(_) => requests.on_dropped(Dropped::Unsent),
        }
    }
}
