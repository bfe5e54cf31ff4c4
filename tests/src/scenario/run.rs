//! Scenarios, run.

use std::fmt::Write as _;

use matcher::event::Event;
use matcher::sequence::Sequenced;
use protocol_spec::words::{CommandNo, Time};

use super::file::{Answer, Ask, Block, Piece, Step};
use super::operator::MIDNIGHT;
use crate::venue::Venue;

/// Widest line that is written.
const WIDTH: usize = 100;
/// Most items of an answer that are written: a mass cancel has too many to read.
const ITEMS: usize = 200;

/// Most lines of a repeated one that are written.
const LINES: usize = 20;

/// Names the place while the venue is at work, should it panic.
struct Place<'a> {
    file: &'a str,
    line: usize,
    title: &'a str,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("while {}:{} ran, of `{}`", self.file, self.line, self.title);
        }
    }
}

/// Runs the blocks of a file, each on a venue of its own, and tells what differs.
///
/// # Errors
/// With a text for a person, if anything differs.
pub fn run<V: Venue>(file: &str, blocks: &[Block], fresh: impl Fn() -> V) -> Result<(), String> {
    let mut reports = Vec::new();
    for block in blocks {
        reports.extend(run_block(file, block, fresh()).err());
    }
    if reports.is_empty() {
        return Ok(());
    }
    let (bad, all) = (reports.len(), blocks.len());
    reports.push(format!("{file}: {bad} of {all} blocks differ"));
    Err(reports.join("\n\n"))
}

fn run_block<V: Venue>(file: &str, block: &Block, venue: V) -> Result<(), String> {
    let title = block.title.as_str();
    let mut place = Place { file, line: block.line, title };
    let mut runner = Runner { venue, commands: CommandNo(0) };
    let mut differences = String::new();
    for command in &block.setup {
        let events = runner.execute(0, command);
        if events.iter().any(|event| matches!(event, Event::Refused(_))) {
            writeln!(differences, "  set-up: {command:?} -> {events:?}").expect("a string grows");
        }
    }
    let mut now = format!("## {title}\n");
    for piece in &block.pieces {
        place.line = piece.line;
        let got: Vec<Answer> = piece.steps.iter().map(|step| runner.answer(step)).collect();
        let differ = piece.steps.iter().zip(&got).filter(|(step, got)| step.right != **got);
        for (step, got) in differ.take(LINES) {
            let show = |answer: &Answer| short(answer.show(&step.ask, &step.names)).join(" | ");
            let (line, asked) = (piece.line, &step.asked);
            let (right, got) = (show(&step.right), show(got));
            writeln!(differences, "  {file}:{line}: {asked}\n    right: {right}\n    got:   {got}")
                .expect("a string grows");
        }
        now += &rewritten(piece, &got);
    }
    if differences.is_empty() {
        return Ok(());
    }
    let line = block.line;
    Err(format!("{file}:{line}: {title}\n{differences}  as it would read:\n\n{now}"))
}

/// A piece with the answers that were got: as it stands if all are right.
fn rewritten(piece: &Piece, got: &[Answer]) -> String {
    if piece.steps.iter().zip(got).all(|(step, got)| step.right == *got) {
        return format!("{}\n", piece.text);
    }
    let steps = piece.steps.iter().zip(got);
    let written = |(step, got): (&Step, &Answer)| {
        written(&step.asked, &short(got.show(&step.ask, &step.names)))
    };
    let more = steps.len().saturating_sub(LINES);
    let more = if more > 0 { format!("... and {more} more\n") } else { String::new() };
    steps.take(LINES).map(written).collect::<String>() + &more
}

/// The items, or the first of them and how many more there are.
fn short(mut items: Vec<String>) -> Vec<String> {
    let more = items.len().saturating_sub(ITEMS);
    if more > 0 {
        items.truncate(ITEMS);
        items.push(format!("... and {more} more"));
    }
    items
}

/// A line with its answer, folded if it is wide.
fn written(asked: &str, items: &[String]) -> String {
    let mut text = format!("{asked} -> ");
    let mut width = text.len();
    for (at, item) in items.iter().enumerate() {
        let bar = if at == 0 { "" } else { " | " };
        if at > 0 && width + bar.len() + item.len() > WIDTH {
            text += &format!("\n    | {item}");
            width = item.len() + 6;
        } else {
            text += &format!("{bar}{item}");
            width += bar.len() + item.len();
        }
    }
    text + "\n"
}

struct Runner<V> {
    venue: V,
    commands: CommandNo,
}

impl<V: Venue> Runner<V> {
    fn execute(&mut self, time: u64, command: &matcher::command::Command) -> Vec<Event> {
        self.commands = self.commands.next();
        let (no, time) = (self.commands, Time(MIDNIGHT.0 + time));
        self.venue.execute(&Sequenced { no, time, command: command.clone() })
    }

    fn answer(&mut self, step: &Step) -> Answer {
        match &step.ask {
            Ask::Command(command) => Answer::Events(self.execute(step.time, command)),
            Ask::Book(locate) => {
                Answer::Book(self.venue.entries(*locate, true), self.venue.entries(*locate, false))
            }
            Ask::Last(port, idx) => Answer::Last(self.venue.last_number(*port, *idx).0),
            Ask::Reference(locate) => Answer::Reference(self.venue.reference(*locate)),
            Ask::Due => {
                let due = self.venue.next_due();
                Answer::Due(due.map(|time| time.0.saturating_sub(MIDNIGHT.0)))
            }
        }
    }
}
