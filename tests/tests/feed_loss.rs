//! Random days through networks that lose, double, delay and damage: a receiver tells the messages
//! of the truth from its first number on, each once, in order, byte for byte, to the end.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use mdfeed::receiver::{Config, Counts, Start};
use protocol_spec::words::{FeedNo, Moment};
use tests::flow::prng::Prng;
use tests::lossy::course::Course;
use tests::lossy::faults::{Fault, Trouble, Way, What, lies, schedule};
use tests::lossy::run::{Listener, run};
use tests::lossy::shrink::shrink;
use tests::lossy::truth::{Looks, Truth};
use tests::seeds;

/// Days from fixed seeds, and from fresh ones.
const DAYS: (u64, u64) = (24, 8);
/// Receivers that join each day, for each kind of trouble.
const RECEIVERS: usize = 6;

/// Runs that a failure may be shrunk by.
const TRIES: u32 = 1_500;

/// Runs a schedule, panics of receiver and books told as errors.
fn attempt(
    course: &Course<'_>,
    faults: &[Fault],
    listener: Listener,
    is_whole: bool,
) -> Result<Counts, String> {
    let ran = catch_unwind(AssertUnwindSafe(|| {
        let mut looks = Looks::new(course.truth);
        let counts = run(course, faults, listener, &mut |_, message| {
            if is_whole {
                looks.on(message);
            }
        })?;
        match is_whole && !looks.are_all() {
            true => Err("books were not compared".to_owned()),
            false => Ok(counts),
        }
    }));
    ran.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        Err(text
            .or(panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            .unwrap_or_default())
    })
}

/// Runs a schedule; if it fails, finds the smallest that does and says all that repeats it.
fn check(
    course: &Course<'_>,
    faults: &[Fault],
    listener: Listener,
    is_whole: bool,
    name: &str,
) -> Counts {
    let wrong = match attempt(course, faults, listener, is_whole) {
        Ok(counts) => return counts,
        Err(wrong) => wrong,
    };
    // Books only if it takes them: they panic, and that is printed each time.
    let is_whole = is_whole && attempt(course, faults, listener, false).is_ok();
    let fails = |faults: &[Fault]| attempt(course, faults, listener, is_whole).is_err();
    let smallest = shrink(faults, TRIES, fails);
    let last = attempt(course, &smallest, listener, is_whole).expect_err("it fails still");
    panic!(
        "{name}: {wrong}\n{} of {} faults are enough: {last}\n{smallest:#?}\n{listener:#?}",
        smallest.len(),
        faults.len()
    );
}

/// Runs `each` for the day of every seed.
fn each_day(mut each: impl FnMut(u64, &Truth, &mut Prng)) {
    for seed in seeds::list(DAYS.0, DAYS.1) {
        let mut prng = Prng::new(seed ^ 0x1055_1055);
        let commands = prng.pick(&[300, 1_200, 3_000]);
        each(seed, &Truth::of_day(seed, commands), &mut prng);
    }
}

/// Somebody who listens from the start, or joins some time later.
fn listener(course: &Course<'_>, prng: &mut Prng) -> Listener {
    let sent = &course.lines[0];
    let late = prng.place(sent.len() - 20);
    let join = prng.weighted(&[(5, Moment(0)), (4, sent[late].0), (1, sent[sent.len() - 25].0)]);
    let at = FeedNo(1 + prng.below(course.published(join) + 1));
    let config = Config {
        start: prng.weighted(&[(6, Start::First), (2, Start::Next), (2, Start::At(at))]),
        buffer: prng.pick(&[64 * 1024, 16 * 1024 * 1024]),
        in_flight: prng.pick(&[1, 8, 8]),
        chunk: prng.pick(&[1, 30, 30, 1000]),
        ..Config::new(prng.number())
    };
    Listener { join, config }
}

fn again(seed: u64, what: &str) -> String {
    format!("{what}; once more: {}={seed} cargo test -p tests --test feed_loss", seeds::SEED)
}

#[test]
fn the_stream_comes_whole_whatever_the_network_does() {
    let mut all = Vec::new();
    each_day(|seed, truth, prng| {
        for trouble in Trouble::ALL {
            let course = Course::new(truth, prng);
            for number in 0..RECEIVERS {
                let mut listener = listener(&course, prng);
                if trouble != Trouble::DeadLine && prng.once_in(6) {
                    listener.config.lines = 1;
                }
                let faults = schedule(trouble, &course, listener.join, prng);
                let is_whole = listener.config.start == Start::First && number % 2 == 0;
                let name = again(seed, &format!("{trouble:?}, receiver {number}"));
                all.push(check(&course, &faults, listener, is_whole, &name));
            }
        }
    });
    let sum = |of: fn(&Counts) -> u64| all.iter().map(of).sum::<u64>();
    let met = [
        ("gaps", sum(|counts| counts.gaps), 2_000),
        ("messages that the other line brought", sum(|counts| counts.healed_by_lines), 20_000),
        ("messages that the server brought", sum(|counts| counts.healed_by_answers), 100_000),
        ("requests", sum(|counts| counts.requests), 40_000),
        ("requests that were repeated", sum(|counts| counts.repeated), 5_000),
        ("packets for which there was no room", sum(|counts| counts.crowded), 200),
        ("malformed packets", sum(|counts| counts.total().malformed), 1_000),
        ("silent lines", sum(|counts| counts.total().silent), 50),
    ];
    let seldom: Vec<_> = met.iter().filter(|(_, count, least)| count < least).collect();
    let is_one = std::env::var_os(seeds::SEED).is_some();
    assert!(is_one || seldom.is_empty(), "{seldom:?} of {met:?}");
}

#[test]
fn the_lines_heal_each_other_where_nobody_can_be_asked() {
    each_day(|seed, truth, prng| {
        let course = Course::new(truth, prng);
        for (trouble, way) in [(Trouble::OnA, Way::A), (Trouble::OnB, Way::B)] {
            let mut listener = listener(&course, prng);
            listener.join = Moment(0);
            listener.config.can_ask = false;
            let mut faults = schedule(trouble, &course, listener.join, prng);
            faults.retain(|fault| fault.way == way);
            let name = again(seed, &format!("{trouble:?} without a server"));
            let counts = check(&course, &faults, listener, false, &name);
            assert_eq!((counts.requests, counts.healed_by_answers), (0, 0), "{name}");
        }
    });
}

#[test]
fn one_wrong_packet_does_not_stop_the_stream() {
    let mut retracted = 0;
    each_day(|seed, truth, prng| {
        for trouble in [Trouble::OnA, Trouble::Bursts, Trouble::AtEnd] {
            let course = Course::new(truth, prng);
            let mut listener = listener(&course, prng);
            listener.config.start = Start::First;
            let mut faults = lies(&course, prng);
            faults.extend(schedule(trouble, &course, listener.join, prng));
            let name = again(seed, &format!("{trouble:?} and lies"));
            retracted += check(&course, &faults, listener, true, &name).retracted;
        }
    });
    assert!(std::env::var_os(seeds::SEED).is_some() || retracted > 50, "{retracted}");
}

#[test]
fn nothing_is_missing_where_nothing_goes_wrong() {
    each_day(|seed, truth, prng| {
        let course = Course::new(truth, prng);
        let join = Moment(0);
        let listener = Listener { join, config: Config::new(seed) };
        let name = again(seed, "no trouble");
        let counts = check(&course, &[], listener, true, &name);
        assert_eq!((counts.gaps, counts.requests, counts.crowded), (0, 0, 0), "{name}");
        assert_eq!(counts.total().duplicates, truth.count(), "{name}: all of it came twice");
    });
}

#[test]
fn each_single_fault_of_a_short_day_is_healed() {
    let mut prng = Prng::new(7);
    let truth = Truth::of_day(7, 60);
    let course = Course::new(&truth, &mut prng);
    let whats = [
        What::Drop,
        What::Double(Duration::from_micros(900)),
        What::Delay(Duration::from_millis(40)),
        What::Delay(Duration::from_secs(2)),
        What::Truncate(25),
        What::Flip(333),
    ];
    let listener = Listener { join: Moment(0), config: Config::new(7) };
    for packet in 0..course.lines[0].len() {
        for what in whats {
            let one = Fault { way: Way::A, packet, what };
            // The same packet of both lines, when they are cut alike.
            for faults in [vec![one], vec![one, Fault { way: Way::B, ..one }]] {
                check(&course, &faults, listener, false, &format!("packet {packet}"));
            }
        }
    }
}
