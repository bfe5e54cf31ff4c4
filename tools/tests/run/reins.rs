//! An operator gives commands while brokers trade and the process is killed at any moment: what
//! was answered to anybody holds.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::kills::{Memory, WINDOW, seeds};
use crate::kit::{Broker, Chance, Folder, Login, Operator, Packet, Setup, Venue, unsequenced};

const ROUNDS: u64 = 25;
const PHASES: [&str; 6] = ["closed", "early", "pre-open", "open", "late", "ended"];
const STATES: [&str; 4] = ["none", "halted", "paused", "quote-only"];

/// What an operator knows of the venue.
#[derive(Clone, Debug, PartialEq, Eq)]
struct World {
    session: String,
    is_open: bool,
    phase: usize,
    /// The states of AAA and BBB.
    states: [String; 2],
    /// Which of the ports are stopped.
    stopped: Vec<bool>,
    listed: u64,
}

impl World {
    fn new(session: &str, ports: usize) -> Self {
        let states = ["none", "none"].map(str::to_owned);
        let (session, stopped) = (session.to_owned(), vec![false; ports]);
        World { session, is_open: true, phase: 3, states, stopped, listed: 2 }
    }

    /// As a venue says.
    fn of(status: &Value) -> Self {
        let word = |value: &Value| value.as_str().expect("a word").to_owned();
        let phase = PHASES.iter().position(|phase| status["phase"] == *phase);
        let mut states = ["none", "none"].map(str::to_owned);
        for state in status["instruments"]["states"].as_array().expect("a list") {
            if let Some(at) = ["AAA", "BBB"].iter().position(|known| state["symbol"] == *known) {
                states[at] = word(&state["state"]);
            }
        }
        let ports = status["ports"].as_array().expect("a list");
        World {
            session: word(&status["session"]),
            is_open: status["stage"] == "open",
            phase: phase.expect("a phase"),
            states,
            stopped: ports.iter().map(|port| port["stopped"] == true).collect(),
            listed: status["instruments"]["listed"].as_u64().expect("a number"),
        }
    }

    /// After this was done.
    fn after(mut self, request: &Value) -> Self {
        if request == "end-day" {
            (self.is_open, self.phase) = (false, 5);
        } else if request == "open-day" {
            let number: u64 = self.session.parse().expect("a number");
            self = World::new(&(number + 1).to_string(), self.stopped.len());
        } else if let Some(to) = request.get("phase") {
            let at = PHASES.iter().position(|phase| to["phase"] == *phase);
            self.phase = at.expect("a phase");
        } else if let Some(state) = request.get("state") {
            for (each, symbol) in self.states.iter_mut().zip(["AAA", "BBB"]) {
                if state["symbol"] == symbol || state["symbol"].is_null() {
                    *each = state["state"].as_str().expect("a word").to_owned();
                }
            }
        } else if let Some(switch) = request.get("switch") {
            let port = switch["port"].as_str().expect("a port")[1..].parse::<usize>();
            self.stopped[port.expect("a number") - 1] = switch["off"] == true;
        } else if request.get("instrument").is_some() {
            self.listed += 1;
        }
        self
    }

    /// Something that may be wanted.
    fn wish(&self, chance: &mut Chance) -> Value {
        if !self.is_open {
            return json!("open-day");
        }
        let port = format!("P{}", 1 + chance.below(self.stopped.len() as u64));
        match chance.below(40) {
            0 => json!("end-day"),
            1 => json!({ "phase": { "phase": PHASES[4 + chance.below(2) as usize] } }),
            2 => json!({ "kick": { "port": port } }),
            3..=5 => json!({ "cancel-all": { "port": port } }),
            6..=8 => {
                json!({ "break-trade": { "match_no": 1 + chance.below(30), "reason": "E" } })
            }
            9 if self.listed < 40 => {
                let set = json!({ "reference_price": "10.00" });
                json!({ "instrument": { "symbol": format!("N{}", self.listed), "set": set } })
            }
            10..=19 => json!({ "switch": { "port": port, "off": chance.below(2) == 0 } }),
            _ => {
                let symbol = [json!("AAA"), json!("BBB"), Value::Null];
                let symbol = &symbol[chance.below(3) as usize];
                let state = STATES[chance.below(4) as usize];
                json!({ "state": { "symbol": symbol, "state": state, "reason": "" } })
            }
        }
    }
}

/// What an operator did.
#[derive(Debug)]
struct Record {
    chance: Chance,
    world: World,
    /// What was asked and not answered.
    pending: Option<Value>,
    /// The number of the last command that was done, of the world's session.
    last: u64,
    done: u64,
    refused: u64,
    days: u64,
    /// What was last said and answered.
    said: Vec<String>,
}

impl Record {
    /// Gives commands until the venue goes away.
    fn command(&mut self, socket: &Path) {
        let Ok(mut operator) = Operator::connect(socket) else { return };
        loop {
            let wish = self.world.wish(&mut self.chance);
            let Some(answer) = operator.ask(&wish) else {
                self.pending = Some(wish);
                return;
            };
            self.said.push(format!("{wish}: {answer}"));
            if let Some(refused) = answer.get("refused") {
                let known = ["not-connected", "phase-ended", "phase-backward", "unknown-trade"];
                let known = [known.as_slice(), &["already-broken", "cross-print"]].concat();
                let reason = refused["reason"].as_str().expect("a word");
                if reason == "unknown" || reason == "stopping" {
                    self.pending = Some(wish);
                    return;
                }
                // That a day has ended is still being told.
                let is_early = wish == "open-day" && reason == "day-open";
                assert!(is_early || known.contains(&reason), "{wish}: {answer}");
                self.refused += 1;
                continue;
            }
            let done = answer.get("done").unwrap_or_else(|| panic!("{wish}: {answer}"));
            self.done += 1;
            self.days += u64::from(wish == "open-day");
            self.world = self.world.clone().after(&wish);
            assert_eq!(done["session"], self.world.session, "{wish}: {answer}");
            self.last = done["command"].as_u64().unwrap_or(self.last);
        }
    }

    /// Compares what a venue says after a start with what it may say.
    fn compare(&mut self, status: &Value) {
        let found = World::of(status);
        let with = self.pending.take().map(|wish| self.world.clone().after(&wish));
        let is_one = found == self.world || Some(&found) == with.as_ref();
        let said = &self.said[self.said.len().saturating_sub(20)..];
        let world = &self.world;
        assert!(is_one, "found {found:?}\nnot {world:?}\nnor {with:?}\nafter {said:#?}");
        let commands = status["journal"]["commands"].as_u64().expect("a number");
        if found.session != self.world.session {
            self.last = 0;
        } else {
            assert!(commands >= self.last, "{commands} commands, {} were done", self.last);
        }
        self.world = found;
    }
}

/// Trades until nobody listens any more; goes on with the next day when one has ended.
fn trade(memory: &mut Memory, address: SocketAddr) {
    while let Ok(mut broker) = Broker::try_connect(address) {
        let mut login = Login::new(&memory.username).from(memory.seen.len() as u64 + 1);
        login.session = format!("{:<10}", memory.session);
        if !broker.try_send(&login.packet()) {
            continue;
        }
        loop {
            match broker.packet_within(Duration::from_secs(20)) {
                Some(Packet::Accepted(session, number)) => {
                    assert_eq!(number, memory.seen.len() as u64 + 1, "{}", memory.username);
                    memory.session = session;
                    let again = memory.open.iter().flat_map(|(_, bytes)| unsequenced(bytes));
                    broker.try_send(&again.collect::<Vec<u8>>());
                }
                Some(Packet::Message(reply)) => memory.take(reply),
                Some(Packet::Text(_) | Packet::EndOfSession) => {}
                Some(Packet::Rejected('S')) => {
                    // The next login has another session, or the day is not over.
                    *memory = Memory::new(&memory.username, memory.chance.next());
                    thread::sleep(Duration::from_millis(1));
                    break;
                }
                Some(Packet::Closed | Packet::Torn | Packet::Reset) => break,
                other => panic!("{}: {other:?}", memory.username),
            }
            if memory.open.len() < WINDOW / 2 && !memory.session.is_empty() {
                let count = WINDOW - memory.open.len();
                let bytes = (0..count).flat_map(|_| unsequenced(&memory.request()));
                broker.try_send(&bytes.collect::<Vec<u8>>());
            }
        }
    }
}

/// After a start: what the operator and the brokers know is there.
fn check(venue: &Venue, record: &mut Record, memories: &mut [Memory]) {
    record.compare(&venue.status());
    for memory in memories {
        if record.world.is_open && memory.session == record.world.session {
            memory.check(venue.address(), 1);
        }
    }
}

fn rounds(seed: u64, setup: &Setup) {
    let mut chance = Chance(seed);
    let folder = Folder::new();
    let data = folder.join("data");
    let mut memories: Vec<Memory> =
        (1..=3).map(|n| Memory::new(&format!("P{n}"), chance.next())).collect();
    let venue = Venue::start(setup, &data);
    let session = venue.status()["session"].as_str().expect("a word").to_owned();
    venue.kill();
    let world = World::new(&session, setup.ports.len());
    let (pending, mine) = (None, Chance(chance.next()));
    let mut record = Record {
        chance: mine,
        world,
        pending,
        last: 0,
        done: 0,
        refused: 0,
        days: 0,
        said: Vec::new(),
    };
    for _ in 0..ROUNDS {
        let mut venue = Venue::start(setup, &data);
        check(&venue, &mut record, &mut memories);
        let (address, socket) = (venue.address(), Path::new(venue.socket()).to_owned());
        thread::scope(|scope| {
            scope.spawn(|| record.command(&socket));
            for memory in &mut memories {
                scope.spawn(move || trade(memory, address));
            }
            thread::sleep(Duration::from_millis(1 + chance.below(150)));
            // Now and then it is asked to stop instead.
            match chance.below(4) {
                0 => venue.signal(Signal::TERM),
                _ => venue.kill_now(),
            }
        });
        venue.wait();
    }
    let venue = Venue::start(setup, &data);
    check(&venue, &mut record, &mut memories);
    venue.kill();
    let Record { done, refused, days, .. } = record;
    println!("seed {seed}: {done} done, {refused} refused, {days} days opened");
    assert!(done > 2 * ROUNDS, "hardly anything was done: {done}");
    replays(&data.join("journal"));
}

/// Every day can be read again.
fn replays(journal: &Path) {
    for entry in fs::read_dir(journal).expect("it is there") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            let mut command = Command::new(env!("CARGO_BIN_EXE_outcry"));
            let output = command.args(["journal", "replay"]).arg(&path).output();
            let output = output.expect("the command is built");
            assert!(output.status.success(), "{}: {output:?}", path.display());
        }
    }
}

fn hold(durability: &'static str) {
    let more = "cancel_on_disconnect = true\ncod_grace = \"0s\"\ncrash_grace = \"0s\"";
    let setup = Setup::new().with_durability(durability).with_port(2, more);
    for seed in seeds() {
        if let Err(failure) = std::panic::catch_unwind(|| rounds(seed, &setup)) {
            eprintln!("once more: OUTCRY_SEED={seed} cargo test -p tools --test run -- reins");
            std::panic::resume_unwind(failure);
        }
    }
}

/// Slow: 25 starts.
#[test]
fn what_operators_did_holds_when_it_is_killed() {
    hold("disk");
}

/// Slow: 25 starts.
#[test]
fn what_operators_did_holds_when_it_is_killed_with_the_policy_os() {
    hold("os");
}
