//! A day executed again, as far as somebody wants.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use appliance::hint::Hint;
use matcher::event::Events;
use protocol_spec::wire::binary_file;
use protocol_spec::wire::ouch::Symbol;
use recovery::replay::{Machine, replay_batch};
use serde_json::{Value, json};

use super::book;
use super::day::{Day, End};
use super::error::{Halt, JournalFailure};
use super::names::PortWord;
use super::piece::Piece;
use super::readers::Readers;
use super::told::{Kept, Ports, To, Told};
use super::until::Until;
use crate::decode::{InputName, Number, Origin, Output, Protocol, Sink};

/// What is wanted of a replay.
#[derive(Debug)]
pub struct Wish {
    /// Most events of a step.
    pub events: u32,
    /// Most visits of a step.
    pub visits: u32,
    /// Where it stops.
    pub until: Option<Until>,
    /// The book of this security then.
    pub book: Option<Symbol>,
    /// The replies of this port.
    pub replies: Option<PortWord>,
    /// The messages of the feed.
    pub feed: bool,
    /// The messages of the feed as a BinaryFILE.
    pub binary_file: Option<PathBuf>,
}

impl Wish {
    fn told(&self) -> Option<Told> {
        let replies = self.replies.is_some().then_some(Ports::All);
        let feed = self.feed || self.binary_file.is_some();
        let kept = Kept { replies, feed, refusals: false };
        (kept != Kept::NOTHING).then(|| Told::new(kept, None))
    }
}

/// What a day came to.
#[derive(Debug)]
pub struct Outcome {
    session: String,
    commands: u64,
    replies: u64,
    skipped: u64,
    engine: u64,
    told: u32,
    torn: u64,
    took: Duration,
    book: Option<book::Book>,
}

/// Executes a day, and shows on `sink` what is wanted of what it told. `None` if nobody reads that
/// any more.
///
/// # Errors
/// If the journal cannot be read, or something that is asked for does not exist.
pub fn replay(
    day: &Day<'_>,
    wish: &Wish,
    sink: &mut Sink<'_>,
) -> Result<Option<Outcome>, JournalFailure> {
    let events = Events::with_limits(wish.events as usize, wish.visits);
    let mut machine = Machine::with_events(Readers::new(wish.told()), events);
    let mut scratch = Vec::new();
    let mut shower = Shower::new(wish, sink)?;
    let mut session = String::new();
    let start = Instant::now();
    let end = day.visit(|read| {
        if session.is_empty() {
            session = String::from_utf8_lossy(&read.marks.session).into_owned();
        }
        let midnight = machine.folds.names.midnight();
        let (batch, over) = match wish.until {
            Some(until) => until.cut(read.batch, midnight).map_err(|fault| read.fault(fault))?,
            None => (read.batch, false),
        };
        replay_batch(&mut machine, &batch, &Hint, &mut scratch)
            .map_err(|fault| read.fault(fault))?;
        // Complete blocks of replies would go to their file, and messages of the feed to theirs.
        while machine.folds.folds.replies.outbox.poll_block().is_some() {}
        machine.folds.folds.published.rewind.forget_fresh();
        shower.take(&mut machine.folds)?;
        if over { Err(Halt::Enough) } else { Ok(()) }
    })?;
    let took = start.elapsed();
    let torn = match &end {
        End::Unread => return Ok(None),
        End::Whole(whole) => whole.1.torn,
        End::Enough => 0,
    };
    if !shower.finish()? {
        return Ok(None);
    }
    day.remark(&end);
    let last = machine.engine.last_command();
    if let (Some(Until::Command(wanted)), End::Whole(_)) = (wish.until, &end)
        && wanted > last
    {
        let what = format!("there is no command {wanted}: the journal ends with {last}");
        return Err(JournalFailure::Misuse(what));
    }
    check_port(wish, &machine.folds)?;
    let book = match wish.book {
        Some(symbol) => Some(book::look(&machine, symbol)?),
        None => None,
    };
    let skipped = day.skips().iter().filter(|skip| skip.command <= last).count() as u64;
    let folds = &machine.folds.folds;
    Ok(Some(Outcome {
        session,
        commands: last.0,
        replies: folds.replies.count(),
        skipped,
        engine: machine.engine.digest(),
        told: folds.replies.outbox.digest(),
        torn,
        took,
        book,
    }))
}

fn check_port(wish: &Wish, readers: &Readers) -> Result<(), JournalFailure> {
    match &wish.replies {
        Some(word) if !readers.names.has(word) => {
            let what = format!("no port of the day up to there is called \"{}\"", word.0);
            Err(JournalFailure::Misuse(what))
        }
        _ => Ok(()),
    }
}

/// Shows what is told.
struct Shower<'a, 'b> {
    wish: &'a Wish,
    sink: &'a mut Sink<'b>,
    origin: Origin,
    file: Option<(&'a PathBuf, BufWriter<File>)>,
}

impl<'a, 'b> Shower<'a, 'b> {
    fn new(wish: &'a Wish, sink: &'a mut Sink<'b>) -> Result<Self, JournalFailure> {
        let file = match &wish.binary_file {
            Some(path) => {
                let made = File::create(path).map_err(JournalFailure::io("make", path))?;
                Some((path, BufWriter::with_capacity(1 << 20, made)))
            }
            None => None,
        };
        Ok(Shower { wish, sink, origin: Origin::of(&InputName::new("journal")), file })
    }

    /// Shows what was told since the last time.
    fn take(&mut self, readers: &mut Readers) -> Result<(), Halt> {
        let Some(told) = &mut readers.told else { return Ok(()) };
        for item in told.items() {
            let bytes = told.bytes(item);
            let (number, protocol) = match item.to {
                To::Port(port, number) => {
                    let wanted = self.wish.replies.as_ref();
                    if !wanted.is_some_and(|word| word.is(port, &readers.names)) {
                        continue;
                    }
                    (number.0, Protocol::OuchOut)
                }
                To::Feed(number) => {
                    if let Some((path, file)) = &mut self.file {
                        let length = binary_file::header(bytes);
                        let written = file.write_all(&length).and_then(|()| file.write_all(bytes));
                        written.map_err(JournalFailure::io("write", path))?;
                    }
                    if !self.wish.feed {
                        continue;
                    }
                    (number.0, Protocol::Itch)
                }
                To::Operator(_) => continue,
            };
            self.origin.number = Number::Exact(number);
            // Replies to a port and the feed number their orders and securities apart.
            self.origin.feed = usize::from(protocol == Protocol::Itch);
            self.sink.message(&self.origin, protocol, bytes)?;
        }
        told.clear();
        Ok(())
    }

    /// Writes what is left; whether somebody reads it.
    fn finish(&mut self) -> Result<bool, JournalFailure> {
        if let Some((path, file)) = &mut self.file {
            let written = file.write_all(&binary_file::END).and_then(|()| file.flush());
            written.map_err(JournalFailure::io("write", path))?;
        }
        match self.sink.flush().map_err(Halt::from) {
            Err(Halt::Failed(failure)) => Err(failure),
            Err(Halt::Unread) => Ok(false),
            Ok(()) | Err(Halt::Enough) => Ok(true),
        }
    }
}

/// Writes a line for everything that a day tells, in the order in which it is told, and one at the
/// end that says what the day came to. That is what two builds of the program compare.
///
/// # Errors
/// If the journal cannot be read.
pub fn told_lines(day: &Day<'_>, output: &mut Output<'_>) -> Result<(), Halt> {
    let mut machine = Machine::new(Readers::new(Some(Told::new(Kept::ALL, None))));
    let mut scratch = Vec::new();
    let end = day.visit(|read| {
        replay_batch(&mut machine, &read.batch, &Hint, &mut scratch)
            .map_err(|fault| read.fault(fault))?;
        while machine.folds.folds.replies.outbox.poll_block().is_some() {}
        machine.folds.folds.published.rewind.forget_fresh();
        let Some(told) = &mut machine.folds.told else { return Ok(()) };
        for item in told.items() {
            Piece::write(output.line(), item, told.bytes(item));
            output.end_line()?;
        }
        told.clear();
        Ok(())
    })?;
    if matches!(end, End::Unread) {
        return Err(Halt::Unread);
    }
    let (last, engine) = (machine.engine.last_command(), machine.engine.digest());
    let told = machine.folds.folds.replies.outbox.digest();
    output.line().extend_from_slice(format!("E {last} {engine:016x} {told:08x}").as_bytes());
    output.end_line()?;
    Ok(output.flush()?)
}

impl Outcome {
    /// How fast it was, where there was enough of it to tell.
    fn rate(&self) -> String {
        if self.commands < 100_000 {
            return String::new();
        }
        let rate = self.commands as f64 / self.took.as_secs_f64().max(1e-9);
        format!(", {:.2} million commands a second", rate / 1e6)
    }

    /// For people.
    #[must_use]
    pub fn lines(&self) -> String {
        let Outcome { session, commands, replies, engine, told, took, skipped, .. } = self;
        let rate = self.rate();
        let skipped = match skipped {
            0 => String::new(),
            count => format!("skipped  {count}\n"),
        };
        let book = self.book.as_ref().map_or_else(String::new, book::Book::lines);
        format!(
            "{book}session  {session}\n\
             commands {commands}\n\
             {skipped}\
             replies  {replies}\n\
             engine   {engine:016x}\n\
             told     {told:08x}\n\
             took     {took:.3?}{rate}\n"
        )
    }

    /// For programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let mut value = json!({
            "session": self.session,
            "commands": self.commands,
            "skipped": self.skipped,
            "replies": self.replies,
            "engine": format!("{:016x}", self.engine),
            "told": format!("{:08x}", self.told),
            "torn_bytes": self.torn,
            "seconds": self.took.as_secs_f64(),
        });
        if let Some(book) = &self.book {
            value["book"] = book.json();
        }
        value
    }
}
