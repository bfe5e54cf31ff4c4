//! Killed in the middle of its stream, a venue goes on as if nothing had been.

use std::path::Path;
use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use crate::kit::{
    Chance, Channel, Folder, Follower, Past, Relay, Setup, Tap, Trader, Venue, Weather, admin, ask,
    begin_admin, copy, effort, groups, measured, same, try_admin, unicast, wait_for, with_seed,
};

/// How often the venue ends in one test. `OUTCRY_EFFORT=10` is ten times as often.
const LIVES: u64 = 5;

/// How a life of the venue ends.
#[derive(Clone, Copy, Debug)]
enum End {
    /// As `kill -9` ends it.
    Killed,
    /// Asked to stop.
    Stopped,
}

/// A life of the venue, short, with brokers who trade until it goes.
fn life(setup: &Setup, data: &Path, chance: &mut Chance, traders: &mut [Trader], ends: &[End]) {
    if chance.below(3) == 0 {
        // Killed while it starts.
        let mut starting = Venue::spawn(setup, data);
        thread::sleep(Duration::from_millis(chance.below(60)));
        starting.kill_now();
        starting.wait();
    }
    let mut venue = Venue::start(setup, data);
    let address = venue.address();
    thread::scope(|scope| {
        for trader in traders {
            // That the connection breaks is what is wanted.
            scope.spawn(move || trader.try_trade(address, u32::MAX).err());
        }
        thread::sleep(Duration::from_millis(20 + chance.below(150)));
        match ends[chance.below(ends.len() as u64) as usize] {
            End::Killed => venue.kill_now(),
            End::Stopped => venue.signal(Signal::TERM),
        }
    });
    venue.wait();
}

/// Lives of a venue on one day, and everybody listens.
fn lives(seed: u64, setup: impl Fn(&Channel) -> Setup, ends: &[End]) {
    let mut chance = Chance::of(seed);
    let channel = Channel::fresh();
    let setup = setup(&channel);
    let folder = Folder::new();
    let data = folder.join("data");
    let taps = channel.lines.map(|line| Tap::on(line, channel.interface));
    // One has nobody to ask: the lines alone have to suffice. The other is behind bad lines.
    let mut follower = Follower::open(groups(&channel), None);
    let weather = Weather { lost: 15, bursts: 1, twice: 5, late: 5 };
    let relay = Relay::start(&channel, chance.next(), weather);
    let mut far = Follower::open(relay.lines.map(unicast).to_vec(), Some(relay.rerequest));
    let mut traders = ["P1", "P2", "P3"].map(|user| Trader::new(user, chance.next()));
    thread::scope(|scope| {
        scope.spawn(|| follower.follow_to_end());
        let far = scope.spawn(|| far.follow_to_end());
        for _ in 0..LIVES * effort() {
            life(&setup, &data, &mut chance, &mut traders, ends);
        }
        let venue = Venue::start(&setup, &data);
        traders[0].trade(venue.address(), 100);
        admin(&venue, "end-day");
        let past = Past::read(&data, 1_000);
        let first = 1 + chance.below(past.messages.len() as u64 / 2);
        let again = ask(&channel, &past.session, first, 20);
        let at = again.number as usize - 1;
        same(again.messages(), &past.messages[at..at + again.messages().len()]);
        // Before the venue goes.
        for tap in &taps {
            tap.wait_for_end();
        }
        far.join().expect("it has everything");
    });
    let past = Past::read(&data, 1_000);
    assert!(past.messages.len() > 500, "hardly anything happened: {}", past.messages.len());
    for tap in &taps {
        // A stream checks that no number is left out, and that none is told with other bytes.
        let told = tap.wait_for_end();
        assert_eq!(told.session, past.session);
        same(&told.messages, &past.messages);
    }
    let again = taps.iter().map(|tap| tap.stream().again).sum::<usize>();
    measured(&format!("{} messages, {again} of them told again on a line", past.messages.len()));
    far.has(&past);
    follower.has(&past);
    let noticed = follower.said.iter().find(|said| !is_pause(said));
    assert_eq!(noticed, None, "nothing but a pause is noticed");
    assert_eq!(follower.counts().gaps, 0);
}

fn is_pause(said: &str) -> bool {
    said.starts_with("Silent") || said.starts_with("Heard")
}

#[test]
fn the_stream_goes_on_after_every_kill_without_a_gap_or_a_contradiction() {
    with_seed(|seed| lives(seed, Setup::new, &[End::Killed]));
}

#[test]
fn the_stream_goes_on_from_checkpoints_under_the_policy_os() {
    with_seed(|seed| {
        let setup = |channel: &Channel| {
            let mut setup = Setup::new(channel).with_durability("os");
            "checkpoint_every = 500".clone_into(&mut setup.journal);
            setup
        };
        lives(seed, setup, &[End::Killed]);
    });
}

#[test]
fn the_stream_goes_on_after_a_stop_in_good_order() {
    with_seed(|seed| lives(seed, Setup::new, &[End::Stopped, End::Killed]));
}

#[test]
fn a_day_that_is_cut_off_while_it_ends_is_told_to_its_end() {
    with_seed(|seed| {
        let mut chance = Chance::of(seed);
        for _ in 0..LIVES * effort() {
            let channel = Channel::fresh();
            let setup = Setup::new(&channel);
            let folder = Folder::new();
            let data = folder.join("data");
            let taps = channel.lines.map(|line| Tap::on(line, channel.interface));
            let mut follower = Follower::open(groups(&channel), None);
            let mut venue = Venue::start(&setup, &data);
            Trader::new("P1", chance.next()).trade(venue.address(), 50);
            let mut operator = begin_admin(&venue, "end-day");
            thread::sleep(Duration::from_millis(chance.below(20)));
            venue.kill_now();
            venue.wait();
            operator.wait().expect("it is ours");
            let venue = Venue::start(&setup, &data);
            // Unless it had ended already.
            try_admin(&venue, "end-day");
            let past = Past::read(&data, 50);
            for tap in &taps {
                same(&tap.wait_for_end().messages, &past.messages);
            }
            follower.follow_to_end();
            follower.has(&past);
        }
    });
}

/// Days are ended and opened, and the venue is killed in between and right behind it.
#[test]
fn every_day_is_told_to_its_end_whatever_happens_between_days() {
    with_seed(|seed| {
        let mut chance = Chance::of(seed);
        let (channel, folder) = (Channel::fresh(), Folder::new());
        let (setup, data) = (Setup::new(&channel), folder.join("data"));
        let taps = channel.lines.map(|line| Tap::on(line, channel.interface));
        let mut venue = Venue::start(&setup, &data);
        let mut kill = |venue: Venue, hundredths: u64| {
            if chance.below(100) >= hundredths {
                return venue;
            }
            venue.kill();
            Venue::start(&setup, &data)
        };
        let mut sessions = Vec::new();
        for day in 0..LIVES * effort() {
            Trader::new("P1", seed ^ day).trade(venue.address(), 50);
            venue = kill(venue, 50);
            sessions.push(Past::read(&data, usize::MAX).session);
            admin(&venue, "end-day");
            venue = kill(venue, 50);
            // Brokers are let go first.
            wait_for("the next day", || {
                try_admin(&venue, "open-day").starts_with("session ").then_some(())
            });
            venue = kill(venue, 50);
        }
        for session in &sessions {
            let past = Past::of(&data, Some(session), usize::MAX);
            for tap in &taps {
                same(&tap.wait_for_end_of(session).messages, &past.messages);
            }
        }
    });
}

#[test]
fn a_venue_that_stands_still_is_told_to_be_silent_and_then_heard_again() {
    let channel = Channel::fresh();
    let folder = Folder::new();
    let data = folder.join("data");
    let mut follower = Follower::of(&channel);
    let venue = Venue::start(&Setup::new(&channel), &data);
    Trader::new("P1", 1).trade(venue.address(), 100);
    follower.follow("what was told", |it| it.messages.len() > 50);
    venue.signal(Signal::STOP);
    follower.follow("silence on both lines", |it| it.said.len() == 2);
    venue.signal(Signal::CONT);
    follower.follow("both lines again", |it| it.said.len() == 4);
    Trader::new("P1", 2).trade(venue.address(), 100);
    admin(&venue, "end-day");
    follower.follow_to_end();
    follower.has(&Past::read(&data, 50));
    let mut said = follower.said;
    said.sort_unstable();
    assert_eq!(said, ["Heard(0)", "Heard(1)", "Silent(0)", "Silent(1)"]);
}

/// What was told is made again from the journal alone, with the same numbers and bytes.
#[test]
fn a_copy_of_the_journal_answers_for_the_whole_day() {
    let channel = Channel::fresh();
    let folder = Folder::new();
    let data = folder.join("data");
    let venue = Venue::start(&Setup::new(&channel), &data);
    Trader::new("P1", 1).trade(venue.address(), 1_000);
    let past = Past::read(&data, 100);
    let elsewhere = Channel::fresh();
    let other = folder.join("other");
    copy(&data.join("journal"), &other.join("journal"));
    let other = Venue::start(&Setup::new(&elsewhere), &other);
    let mut follower = Follower::of(&elsewhere);
    follower.follow("the day so far", |it| it.messages.len() >= past.messages.len());
    follower.has(&past);
    let live = ask(&channel, &past.session, 1, 50);
    assert_eq!(live, ask(&elsewhere, &past.session, 1, 50));
    other.stop();
}
