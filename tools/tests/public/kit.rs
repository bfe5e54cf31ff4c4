//! A venue whose public stream is tested, those who trade on it, and those who listen to it.

mod asker;
mod brokers;
#[path = "../run/kit/folder.rs"]
mod folder;
mod follower;
mod hosts;
mod past;
mod relay;
mod setup;
mod tap;
mod told;
#[path = "../run/kit/venue.rs"]
mod venue;
mod wire;

pub(crate) use asker::{Asker, ask};
pub(crate) use brokers::{Trader, a_day_of_everything, login, settle};
pub(crate) use folder::{Folder, copy};
pub(crate) use follower::{Follower, groups, same, unicast};
pub(crate) use hosts::{ADDRESSES, Hosts};
pub(crate) use past::{Books, Past, Place};
pub(crate) use relay::{Relay, Weather};
pub(crate) use setup::{Channel, Setup, free_port};
pub(crate) use tap::Tap;
pub(crate) use told::Told;
pub(crate) use venue::{Venue, outcry};
pub(crate) use wire::{Body, Packet, Stream, request};

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::io::{self, Write};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// What is expected soon, on a machine with much else to do.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// Looks until `look` finds something.
pub(crate) fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < SOON, "waited {SOON:?} in vain for {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// Says why a test is skipped, past the capture of the test runner.
pub(crate) fn skipped(why: &str) {
    let test = thread::current().name().unwrap_or("a test").to_owned();
    writeln!(io::stderr(), "skipped: {test}: {why}").expect("standard error can be written");
}

/// Says what was measured, past the capture of the test runner.
pub(crate) fn measured(what: &str) {
    writeln!(io::stderr(), "measured: {what}").expect("standard error can be written");
}

/// The command that says this to the venue as an operator.
fn operator(venue: &Venue, words: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_outcry"));
    command.args(["admin", "--socket", venue.told("admin on ")]).args(words.split(' '));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Says something to the venue and does not wait for what comes of it.
pub(crate) fn begin_admin(venue: &Venue, words: &str) -> Child {
    operator(venue, words).spawn().expect("it is built")
}

/// What is answered to an operator of the venue.
pub(crate) fn try_admin(venue: &Venue, words: &str) -> String {
    let output = operator(venue, words).output().expect("it is built");
    let said = if output.status.success() { output.stdout } else { output.stderr };
    String::from_utf8(said).expect("it writes text")
}

/// Does what an operator says to the venue.
#[track_caller]
pub(crate) fn admin(venue: &Venue, words: &str) {
    let said = try_admin(venue, words);
    assert!(!said.starts_with("error"), "{words}: {said}");
}

/// Random numbers of a seed.
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn of(seed: u64) -> Self {
        Chance(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// One of 0 .. `count`.
    pub(crate) fn below(&mut self, count: u64) -> u64 {
        self.next() % count
    }
}

/// How often what is done at random is done: so many times as often as usual.
pub(crate) fn effort() -> u64 {
    let given = std::env::var("OUTCRY_EFFORT").ok();
    given.map_or(1, |text| text.parse().expect("OUTCRY_EFFORT is a number"))
}

/// Runs a test with a seed that nobody had before, or with the one of `OUTCRY_SEED`, and says which
/// it was if the test fails.
pub(crate) fn with_seed(test: impl FnOnce(u64) + std::panic::UnwindSafe) {
    let given = std::env::var("OUTCRY_SEED").ok();
    let seed = given.map_or_else(
        || RandomState::new().hash_one(0),
        |text| text.parse().expect("OUTCRY_SEED is a number"),
    );
    if let Err(failure) = std::panic::catch_unwind(|| test(seed)) {
        let name = thread::current().name().unwrap_or_default().to_owned();
        eprintln!("once more: OUTCRY_SEED={seed} cargo test -p tools --test public -- {name}");
        std::panic::resume_unwind(failure);
    }
}
