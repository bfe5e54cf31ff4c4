//! Two journals by what went in.

use std::collections::VecDeque;
use std::thread;

use matcher::command::Command;
use matcher::settings::Day as Opening;
use protocol_spec::words::{PortId, Time};
use recovery::journal::{Body, Record, Stamp};

use super::chunks::{Chunks, Hand};
use super::{Difference, How, Outcome};
use crate::count::plural;
use crate::decode::Progress;
use crate::journal::cat::learn;
use crate::journal::day::Day;
use crate::journal::error::JournalFailure;
use crate::journal::line::{Clock, Shown};
use crate::journal::names::Names;
use crate::journal::place::Spot;

/// A record apart from its journal.
struct Owned {
    stamp: Stamp,
    body: Kept,
    is_skipped: bool,
}

enum Kept {
    Message(PortId, Box<[u8]>),
    Control(Command, String),
}

impl Owned {
    fn of(record: &Record<'_>, is_skipped: bool) -> Self {
        let body = match &record.body {
            Body::Message { port, bytes } => Kept::Message(*port, (*bytes).into()),
            Body::Control { command, note } => Kept::Control(command.clone(), (*note).to_owned()),
        };
        Owned { stamp: record.stamp, body, is_skipped }
    }

    fn record(&self) -> Record<'_> {
        let body = match &self.body {
            Kept::Message(port, bytes) => Body::Message { port: *port, bytes },
            Kept::Control(command, note) => Body::Control { command: command.clone(), note },
        };
        Record { stamp: self.stamp, body }
    }

    fn is(&self, other: &Owned, times: bool) -> bool {
        let in_time = !times || self.stamp.time == other.stamp.time;
        let same = match (&self.body, &other.body) {
            (Kept::Message(port, bytes), Kept::Message(other, others)) => {
                port == other && bytes == others
            }
            (Kept::Control(command, note), Kept::Control(other, others)) => {
                note == others && is_command(command, other, times)
            }
            _ => false,
        };
        in_time && same && self.is_skipped == other.is_skipped
    }

    fn show(&self, names: &Names) -> String {
        let (record, mut line) = (self.record(), Vec::new());
        let shown = Shown { record: &record, names, skip: None, security: None };
        shown.write(&mut line, Clock::Day);
        if self.is_skipped {
            line.extend_from_slice(b" !! skipped");
        }
        String::from_utf8_lossy(&line).into_owned()
    }
}

/// Whether two commands are the same; without times an opening is, whatever its session, midnight
/// and seed, which every run has its own of.
fn is_command(command: &Command, other: &Command, times: bool) -> bool {
    let untimed =
        |day: &Opening| Opening { session: [0; 10], midnight: Time(0), seed: 0, ..day.clone() };
    match (command, other) {
        (Command::OpenDay(day), Command::OpenDay(other)) if !times => {
            untimed(day) == untimed(other)
        }
        _ => command == other,
    }
}

fn read(spot: &Spot, progress: Progress, hand: &Hand<Owned>) -> Result<(), JournalFailure> {
    let day = Day::open(spot, progress)?;
    let end = day.visit(|read| {
        let mut chunk = Vec::with_capacity(read.batch.count as usize);
        for record in read.batch.records() {
            let record = record.map_err(|fault| read.fault(fault))?;
            chunk.push(Owned::of(&record, day.skip(record.stamp.no).is_some()));
        }
        hand.on(chunk)
    })?;
    day.remark(&end);
    Ok(())
}

/// Compares two journals record by record.
///
/// # Errors
/// If one cannot be read.
pub fn records(
    one: &Spot,
    other: &Spot,
    how: How,
    progress: Progress,
) -> Result<Outcome, JournalFailure> {
    thread::scope(|scope| {
        let mut one = Chunks::begin(scope, move |hand| read(one, progress, hand));
        let mut other = Chunks::begin(scope, move |hand| read(other, Progress::new(false), hand));
        let outcome = compare(&mut one, &mut other, how);
        // Those who still read find nobody who wants more.
        drop((one, other));
        outcome
    })
}

fn compare(
    one: &mut Chunks<Owned>,
    other: &mut Chunks<Owned>,
    how: How,
) -> Result<Outcome, JournalFailure> {
    let mut names = Names::default();
    let mut before: VecDeque<Owned> = VecDeque::with_capacity(how.context + 1);
    let mut count = 0;
    loop {
        let (a, b) = (one.next()?, other.next()?);
        let place = match (&a, &b) {
            (None, None) => {
                let compared = plural(count, "command");
                return Ok(Outcome { difference: None, compared });
            }
            (Some(a), Some(b)) if a.is(b, how.times) => {
                learn(&mut names, &a.record());
                count += 1;
                None
            }
            (Some(a), Some(_)) => Some(format!("command {} differs", a.stamp.no)),
            (Some(a), None) => Some(format!("B ends before command {}", a.stamp.no)),
            (None, Some(b)) => Some(format!("A ends before command {}", b.stamp.no)),
        };
        if let Some(place) = place {
            let commands = [&a, &b].map(|record| record.as_ref().map(|one| one.stamp.no.0));
            let before = before.iter().map(|record| record.show(&names)).collect();
            let one = show(a, one.some(how.context)?, &names);
            let other = show(b, other.some(how.context)?, &names);
            let difference = Some(Difference { place, commands, before, one, other });
            return Ok(Outcome { difference, compared: plural(count, "command") });
        }
        if let Some(same) = a.filter(|_| how.context > 0) {
            if before.len() == how.context {
                before.pop_front();
            }
            before.push_back(same);
        }
    }
}

/// What a journal has from where it differs.
fn show(first: Option<Owned>, more: Vec<Owned>, names: &Names) -> Vec<String> {
    let mut names = names.clone();
    let records = first.into_iter().chain(more);
    let lines = records.map(|record| {
        learn(&mut names, &record.record());
        record.show(&names)
    });
    lines.collect()
}
