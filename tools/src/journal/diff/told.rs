//! Two journals by what they tell.

use std::collections::{BTreeMap, VecDeque};
use std::thread;

use appliance::hint::Hint;
use protocol_spec::words::CommandNo;
use recovery::journal::Body;
use recovery::replay::{Machine, replay_batch};

use super::chunks::{Chunks, Hand};
use super::{Difference, How, Outcome};
use crate::count::plural;
use crate::decode::Progress;
use crate::journal::cat::learn;
use crate::journal::day::Day;
use crate::journal::error::{Halt, JournalFailure};
use crate::journal::line::{Clock, Shown};
use crate::journal::names::Names;
use crate::journal::piece::{Lane, Piece};
use crate::journal::place::Spot;
use crate::journal::told::{Kept, Told};

/// What is told to one, in order, as far as the other journal has not told it too.
#[derive(Default)]
struct Waiting {
    one: VecDeque<Piece>,
    other: VecDeque<Piece>,
    /// What both have told last.
    same: VecDeque<Piece>,
}

/// Hands on everything that a journal tells.
pub(super) fn read(
    spot: &Spot,
    progress: Progress,
    hand: &Hand<Piece>,
) -> Result<(), JournalFailure> {
    let day = Day::open(spot, progress)?;
    let mut machine = Machine::new(Told::new(Kept::ALL, None));
    let mut scratch = Vec::new();
    let end = day.visit(|read| {
        replay_batch(&mut machine, &read.batch, &Hint, &mut scratch)
            .map_err(|fault| read.fault(fault))?;
        let told = &mut machine.folds;
        let pieces = told.items().iter().map(|item| Piece::of(item, told.bytes(item))).collect();
        told.clear();
        hand.on(pieces)
    })?;
    day.remark(&end);
    Ok(())
}

/// Compares two journals by their replies, port by port and number by number, and their feeds.
///
/// # Errors
/// If one cannot be read.
pub fn told(
    one: &Spot,
    other: &Spot,
    how: How,
    progress: Progress,
) -> Result<Outcome, JournalFailure> {
    thread::scope(|scope| {
        let mut a = Chunks::begin(scope, move |hand| read(one, progress, hand));
        let mut b = Chunks::begin(scope, move |hand| read(other, Progress::new(false), hand));
        let found = compare(&mut a, &mut b, how);
        // Those who still read find nobody who wants more.
        drop((a, b));
        match found? {
            Found::Same(compared) => Ok(Outcome { difference: None, compared }),
            Found::Differs(lane, waiting) => in_words([one, other], lane, &waiting, how),
        }
    })
}

enum Found {
    Same(String),
    Differs(Lane, Waiting),
}

fn compare(
    one: &mut Chunks<Piece>,
    other: &mut Chunks<Piece>,
    how: How,
) -> Result<Found, JournalFailure> {
    let mut lanes: BTreeMap<Lane, Waiting> = BTreeMap::new();
    let mut count = 0;
    loop {
        let (a, b) = (one.next()?, other.next()?);
        if a.is_none() && b.is_none() {
            break;
        }
        for (piece, is_one) in [(a, true), (b, false)] {
            let Some(piece) = piece else { continue };
            let lane = piece.lane;
            let waiting = lanes.entry(lane).or_default();
            let queue = if is_one { &mut waiting.one } else { &mut waiting.other };
            queue.push_back(piece);
            let (Some(a), Some(b)) = (waiting.one.front(), waiting.other.front()) else {
                continue;
            };
            if !is_same(a, b, how.times) {
                let mut waiting = lanes.remove(&lane).unwrap_or_default();
                fill(&mut waiting.one, one, lane, how.context)?;
                fill(&mut waiting.other, other, lane, how.context)?;
                return Ok(Found::Differs(lane, waiting));
            }
            count += 1;
            waiting.other.pop_front();
            waiting.same.extend(waiting.one.pop_front());
            if waiting.same.len() > how.context {
                waiting.same.pop_front();
            }
        }
    }
    // The first command behind which only one of them tells something.
    let first = |waiting: &Waiting| {
        let fronts = [waiting.one.front(), waiting.other.front()];
        fronts.into_iter().flatten().map(|piece| piece.command).min()
    };
    let lanes = lanes.into_iter();
    let left = lanes.filter_map(|(lane, waiting)| Some((first(&waiting)?, lane, waiting)));
    match left.min_by_key(|(command, lane, _)| (*command, *lane)) {
        Some((_, lane, waiting)) => Ok(Found::Differs(lane, waiting)),
        None => Ok(Found::Same(plural(count, "message"))),
    }
}

/// Whether two journals tell the same. A refusal to the operator has the number of its command.
fn is_same(one: &Piece, other: &Piece, times: bool) -> bool {
    match times {
        true => one.bytes == other.bytes,
        false => one.untimed() == other.untimed(),
    }
}

/// Reads on until there is enough to show of what follows a difference.
fn fill(
    waiting: &mut VecDeque<Piece>,
    chunks: &mut Chunks<Piece>,
    lane: Lane,
    context: usize,
) -> Result<(), JournalFailure> {
    // What follows may be far away: a few thousand messages are looked at.
    for _ in 0..4096 {
        if waiting.len() > context {
            break;
        }
        let Some(piece) = chunks.next()? else { break };
        if piece.lane == lane {
            waiting.push_back(piece);
        }
    }
    Ok(())
}

fn in_words(
    spots: [&Spot; 2],
    lane: Lane,
    waiting: &Waiting,
    how: How,
) -> Result<Outcome, JournalFailure> {
    let fronts = [waiting.one.front(), waiting.other.front()];
    let number = fronts.into_iter().flatten().next().map_or(0, |piece| piece.number);
    let (names, cause) = about(spots[0], fronts[0].map(|piece| piece.command))?;
    let (other_names, other_cause) = about(spots[1], fronts[1].map(|piece| piece.command))?;
    let whom = lane.show(if fronts[0].is_some() { &names } else { &other_names });
    let place = match fronts {
        [Some(_), Some(_)] => format!("message {number} to {whom} differs"),
        [Some(_), None] => format!("B has no message {number} to {whom}"),
        _ => format!("A has no message {number} to {whom}"),
    };
    let show = |pieces: &VecDeque<Piece>, names: &Names, cause: Option<String>| {
        let lines = pieces.iter().take(how.context + 1).map(|piece| piece.show(names));
        cause.into_iter().chain(lines).collect::<Vec<_>>()
    };
    let difference = Difference {
        place,
        commands: fronts.map(|piece| piece.map(|piece| piece.command.0)),
        before: show(&waiting.same, &names, None),
        one: show(&waiting.one, &names, cause),
        other: show(&waiting.other, &other_names, other_cause),
    };
    Ok(Outcome { difference: Some(difference), compared: String::new() })
}

/// The names that a journal gives up to a command, and that command in words.
pub(super) fn about(
    spot: &Spot,
    command: Option<CommandNo>,
) -> Result<(Names, Option<String>), JournalFailure> {
    let day = Day::open(spot, Progress::new(false))?;
    let (mut names, mut cause) = (Names::default(), None);
    day.visit(|read| {
        for record in read.batch.records() {
            let record = record.map_err(|fault| read.fault(fault))?;
            if let Body::Control { .. } = record.body {
                learn(&mut names, &record);
            }
            if command == Some(record.stamp.no) {
                let skip = day.skip(record.stamp.no);
                let shown = Shown { record: &record, names: &names, skip, security: None };
                let mut line = Vec::new();
                shown.write(&mut line, Clock::Day);
                cause = Some(String::from_utf8_lossy(&line).into_owned());
                return Err(Halt::Enough);
            }
        }
        Ok(())
    })?;
    Ok((names, cause))
}
