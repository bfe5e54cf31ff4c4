//! Killed at any moment, the venue loses nothing that was told to anybody.
//!
//! Brokers send one request after the other with several under way, write down every reply, and
//! after each start log in again and resend what was not answered.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::kit::ouch::{Enter, buy, cancel, sell};
use crate::kit::{
    Broker, Chance, Folder, Login, Packet, Reply, Setup, Venue, copy, number, unsequenced,
};

/// Requests that a broker has under way.
pub(crate) const WINDOW: usize = 32;
const ROUNDS: u64 = 25;

/// What a broker knows, whatever becomes of its connections.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(crate) username: String,
    pub(crate) chance: Chance,
    /// Every reply that it saw, by number from 1.
    pub(crate) seen: Vec<Reply>,
    /// Requests without an answer, oldest first: their numbers and bytes.
    pub(crate) open: VecDeque<(u32, Vec<u8>)>,
    /// The number of the next request.
    next: u32,
    pub(crate) session: String,
}

impl Memory {
    pub(crate) fn new(username: &str, seed: u64) -> Self {
        Memory {
            username: username.to_owned(),
            chance: Chance(seed),
            seen: Vec::new(),
            open: VecDeque::new(),
            next: 1,
            session: String::new(),
        }
    }

    /// A request that is answered exactly once: an order that is accepted or rejected.
    pub(crate) fn request(&mut self) -> Vec<u8> {
        let number = self.next;
        self.next += 1;
        let chance = self.chance.next();
        let price = 99_000 + 100 * (chance >> 8 & 15);
        let order = match chance & 15 {
            8 => buy(number).at(price).tif(b'6').with(15, &1_u32.to_be_bytes()),
            0 => buy(number).at(price).tif(b'3'),
            1 => buy(number).shares(0),
            2 => Enter { display: b'N', ..sell(number).at(price) },
            3 | 4 => buy(number).at(price),
            _ => sell(number).at(price + 300),
        };
        let bytes = order.bytes();
        self.open.push_back((number, bytes.clone()));
        bytes
    }

    /// Takes a reply down: a new one, or one that has to be as it was.
    pub(crate) fn take(&mut self, reply: Reply) {
        let at = usize::try_from(reply.number).expect("a small number") - 1;
        if let Some(seen) = self.seen.get(at) {
            assert_eq!(*seen, reply, "{}: told otherwise before", self.username);
            return;
        }
        assert_eq!(at, self.seen.len(), "{}: a number is missing", self.username);
        if matches!(reply.kind(), 'A' | 'J') {
            let (number, _) = self.open.pop_front().expect("every answer has a request");
            assert_eq!(reply.user_ref(), number, "{}: answered in order", self.username);
        }
        self.seen.push(reply);
    }

    /// Trades until the connection breaks or it was told `stop`.
    fn trade(&mut self, address: SocketAddr, from: u64) {
        let Ok(mut broker) = Broker::try_connect(address) else { return };
        let login = Login::new(&self.username).from(from);
        if !broker.try_send(&login.packet()) {
            return;
        }
        loop {
            match broker.packet_within(Duration::from_secs(20)) {
                Some(Packet::Accepted(session, number)) => {
                    assert_eq!(number, from, "{}", self.username);
                    if !self.session.is_empty() {
                        assert_eq!(session, self.session, "the same day goes on");
                    }
                    self.session = session;
                    let again: Vec<u8> =
                        self.open.iter().flat_map(|(_, bytes)| unsequenced(bytes)).collect();
                    if !broker.try_send(&again) {
                        return;
                    }
                }
                Some(Packet::Message(reply)) => self.take(reply),
                Some(Packet::Closed | Packet::Torn | Packet::Reset) => return,
                other => panic!("{}: {other:?}", self.username),
            }
            if self.open.len() < WINDOW / 2 {
                let mut bytes = Vec::new();
                while self.open.len() < WINDOW {
                    bytes.extend(unsequenced(&self.request()));
                    if self.chance.below(4) == 0 && self.next > 40 {
                        // Changes that may be answered or not.
                        let back = u32::try_from(self.chance.below(40)).expect("small");
                        bytes.extend(unsequenced(&cancel(self.next - 1 - back, 0)));
                    }
                }
                if !broker.try_send(&bytes) {
                    return;
                }
            }
        }
    }

    /// Logs in from the first reply on, or from another one, and compares all that comes with
    /// what it saw. What it did not see yet is taken down.
    pub(crate) fn check(&mut self, address: SocketAddr, from: u64) {
        let mut broker = Broker::login_with(address, &Login::new(&self.username).from(from));
        for _ in from..=self.seen.len() as u64 {
            let reply = broker.reply();
            self.take(reply);
        }
    }

    /// Takes what is left after the last kill, once everything is answered.
    fn finish(&mut self, address: SocketAddr) {
        let from = self.seen.len() as u64 + 1;
        let mut broker = Broker::login_with(address, &Login::new(&self.username).from(from));
        for (_, bytes) in self.open.clone() {
            broker.send(&bytes);
        }
        for reply in broker.all_replies() {
            self.take(reply);
        }
        assert_eq!(self.open, [], "{}: not answered", self.username);
    }

    /// Every request was answered once.
    fn audit(&self) {
        let answers = self.seen.iter().filter(|reply| matches!(reply.kind(), 'A' | 'J'));
        let numbers: Vec<u32> = answers.map(Reply::user_ref).collect();
        assert_eq!(numbers, (1..self.next).collect::<Vec<_>>(), "{}", self.username);
    }
}

/// Rounds of killing on one day.
fn rounds(seed: u64, rounds: u64, setup: &Setup) {
    let mut chance = Chance(seed);
    let folder = Folder::new();
    let data = folder.join("data");
    let brokers = 2 + chance.below(3);
    let mut memories: Vec<Memory> =
        (1..=brokers).map(|n| Memory::new(&format!("P{n}"), chance.next())).collect();
    for _ in 0..rounds {
        if chance.below(6) == 0 {
            // Killed while it starts.
            let mut starting = Venue::spawn(setup, &data);
            thread::sleep(Duration::from_millis(chance.below(60)));
            starting.kill_now();
            starting.wait();
        }
        let mut venue = Venue::start(setup, &data);
        let address = venue.address();
        let until = Duration::from_millis(1 + chance.below(80));
        for memory in &mut memories {
            let from = 1 + chance.below(memory.seen.len() as u64 + 1);
            memory.check(address, 1);
            memory.check(address, from);
        }
        thread::scope(|scope| {
            for memory in &mut memories {
                scope.spawn(move || {
                    let from = memory.seen.len() as u64 + 1;
                    memory.trade(address, from);
                });
            }
            thread::sleep(until);
            venue.kill_now();
        });
        venue.wait();
    }
    let venue = Venue::start(setup, &data);
    for memory in &mut memories {
        memory.check(venue.address(), 1);
        memory.finish(venue.address());
        memory.check(venue.address(), 1);
        memory.audit();
    }
    compare_with_a_replay(&mut memories, setup, &data, &folder);
    let told: usize = memories.iter().map(|memory| memory.seen.len()).sum();
    assert!(told > 20 * rounds as usize, "hardly anything happened: {told} replies");
    println!("seed {seed}: {told} replies");
    venue.kill();
}

/// A copy of the journal tells another process the same.
fn compare_with_a_replay(memories: &mut [Memory], setup: &Setup, data: &Path, folder: &Folder) {
    let other = folder.join("copy");
    copy(&data.join("journal"), &other.join("journal"));
    let venue = Venue::start(setup, &other);
    for memory in memories {
        memory.check(venue.address(), 1);
    }
}

/// Fresh seeds, or the one that failed.
pub(crate) fn seeds() -> Vec<u64> {
    match number("OUTCRY_SEED") {
        Some(seed) => vec![seed],
        None => (0..number("OUTCRY_EFFORT").unwrap_or(1)).map(|_| Chance::fresh()).collect(),
    }
}

fn kill(durability: &'static str) {
    // Some are canceled when their broker leaves, or a while after.
    let leaves = "cancel_on_disconnect = true\ncod_grace = \"0s\"\ncrash_grace = ";
    let setup = Setup::new()
        .with_durability(durability)
        .with_port(2, &format!("{leaves}\"0s\""))
        .with_port(3, &format!("{leaves}\"30ms\""));
    for seed in seeds() {
        let run = || rounds(seed, ROUNDS, &setup);
        if let Err(failure) = std::panic::catch_unwind(run) {
            eprintln!("once more: OUTCRY_SEED={seed} cargo test -p tools --test run -- kills");
            std::panic::resume_unwind(failure);
        }
    }
}

/// Slow: 25 starts.
#[test]
fn nothing_that_was_told_is_lost_when_it_is_killed() {
    kill("disk");
}

/// Slow: 25 starts.
#[test]
fn nothing_that_was_told_is_lost_when_it_is_killed_with_the_policy_os() {
    kill("os");
}
