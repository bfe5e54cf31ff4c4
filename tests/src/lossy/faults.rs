//! What goes wrong: an explicit list, so that it can be printed, repeated and made smaller.

use std::ops::Range;
use std::time::Duration;

use protocol_spec::words::Moment;

use crate::flow::prng::Prng;

use super::course::Course;

/// Where packets go along, each with a count of its own from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// Line A.
    A,
    /// Line B.
    B,
    /// To the server.
    Request,
    /// From the server.
    Answer,
}

/// What happens to a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// It never comes.
    Drop,
    /// It comes once more, so much later.
    Double(Duration),
    /// It comes so much later, behind others.
    Delay(Duration),
    /// Only its first bytes come; how many is the remainder by its length.
    Truncate(usize),
    /// One bit is flipped; which is the remainder by its bits.
    Flip(usize),
    /// A heartbeat comes instead that names a number far off, as no network makes one.
    Lie,
}

/// One fault of one packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// On which way.
    pub way: Way,
    /// The number of the packet there, from 0.
    pub packet: usize,
    /// What happens to it.
    pub what: What,
}

/// The kinds of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Anything on line A.
    OnA,
    /// Anything on line B.
    OnB,
    /// Anything on both lines.
    OnBoth,
    /// Rows of packets that are lost on one line or the other.
    Bursts,
    /// Times at which nothing comes on any line.
    Blackouts,
    /// The first packets after the receiver has joined, on both lines.
    AtJoin,
    /// The last messages and the first farewells, on both lines.
    AtEnd,
    /// Line A is lost whole.
    DeadLine,
    /// All packets come, in any order.
    Disorder,
}

impl Trouble {
    /// All of them.
    pub const ALL: [Trouble; 9] = [
        Trouble::OnA,
        Trouble::OnB,
        Trouble::OnBoth,
        Trouble::Bursts,
        Trouble::Blackouts,
        Trouble::AtJoin,
        Trouble::AtEnd,
        Trouble::DeadLine,
        Trouble::Disorder,
    ];
}

/// A schedule of one kind of trouble for whoever joins at `join`.
#[must_use]
pub fn schedule(
    trouble: Trouble,
    course: &Course<'_>,
    join: Moment,
    prng: &mut Prng,
) -> Vec<Fault> {
    let mut faults = Vec::new();
    let [a, b] = [0, 1].map(|line| {
        let sent = &course.lines[line];
        let end = sent.len() - 20;
        sent.partition_point(|(at, _)| *at < join).min(end)..end
    });
    let percent = prng.pick(&[1, 5, 20, 60]);
    match trouble {
        Trouble::OnA => anything(Way::A, a, percent, prng, &mut faults),
        Trouble::OnB => anything(Way::B, b, percent, prng, &mut faults),
        Trouble::OnBoth => {
            anything(Way::A, a, percent, prng, &mut faults);
            anything(Way::B, b, percent, prng, &mut faults);
        }
        Trouble::Bursts => {
            for _ in 0..1 + prng.place(8) {
                let (way, range) = prng.pick(&[(Way::A, &a), (Way::B, &b)]);
                let from = range.start + prng.place(range.len());
                drop_all(way, from..range.end.min(from + 1 + prng.place(30)), &mut faults);
            }
        }
        Trouble::Blackouts => {
            (0..1 + prng.place(4)).for_each(|_| blackout(course, a.clone(), prng, &mut faults));
        }
        Trouble::AtJoin => {
            for (way, range) in [(Way::A, a), (Way::B, b)] {
                let end = range.end.min(range.start + 1 + prng.place(12));
                anything(way, range.start..end, 70, prng, &mut faults);
            }
        }
        Trouble::AtEnd => {
            for (way, range) in [(Way::A, a), (Way::B, b)] {
                let start = range.start.max(range.end.saturating_sub(14 + prng.place(30)));
                anything(way, start..range.end, 70, prng, &mut faults);
            }
        }
        Trouble::DeadLine => drop_all(Way::A, 0..course.lines[0].len(), &mut faults),
        Trouble::Disorder => {
            for (way, range) in [(Way::A, a), (Way::B, b)] {
                for packet in range {
                    faults.push(Fault { way, packet, what: What::Delay(delay(prng)) });
                }
            }
        }
    }
    if prng.chance(60) {
        let percent = prng.pick(&[5, 30, 80]);
        anything(Way::Request, 0..150, percent, prng, &mut faults);
        anything(Way::Answer, 0..150, percent, prng, &mut faults);
    }
    faults
}

/// A time that begins with one of these packets of line A, at which nothing comes on any line.
fn blackout(course: &Course<'_>, begins: Range<usize>, prng: &mut Prng, faults: &mut Vec<Fault>) {
    let from = course.lines[0][begins.start + prng.place(begins.len())].0;
    let most = prng.pick(&[1_000, 50_000, 4_000_000]);
    let until = from + Duration::from_micros(prng.below(most));
    for (way, sent) in [(Way::A, &course.lines[0]), (Way::B, &course.lines[1])] {
        let place = |time| sent.partition_point(|(at, _)| *at < time);
        drop_all(way, place(from)..place(until).min(sent.len() - 20), faults);
    }
}

/// Some packets of both lines are lies.
#[must_use]
pub fn lies(course: &Course<'_>, prng: &mut Prng) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (way, sent) in [(Way::A, &course.lines[0]), (Way::B, &course.lines[1])] {
        for _ in 0..prng.place(4) {
            let packet = prng.place(sent.len() - 20);
            faults.push(Fault { way, packet, what: What::Lie });
        }
    }
    faults
}

fn drop_all(way: Way, packets: Range<usize>, faults: &mut Vec<Fault>) {
    faults.extend(packets.map(|packet| Fault { way, packet, what: What::Drop }));
}

fn anything(
    way: Way,
    packets: Range<usize>,
    percent: u64,
    prng: &mut Prng,
    faults: &mut Vec<Fault>,
) {
    for packet in packets {
        if prng.chance(percent) {
            let (delay, random) = (delay(prng), prng.place(1 << 20));
            let what = prng.weighted(&[
                (4, What::Drop),
                (2, What::Double(delay)),
                (3, What::Delay(delay)),
                (1, What::Truncate(random)),
                (1, What::Flip(random)),
            ]);
            faults.push(Fault { way, packet, what });
        }
    }
}

/// Mostly less than what comes next, seldom so much that it is out of all order.
fn delay(prng: &mut Prng) -> Duration {
    let most = prng.weighted(&[(45, 500), (40, 10_000), (12, 49_000), (3, 3_000_000)]);
    Duration::from_micros(1 + prng.below(most))
}
