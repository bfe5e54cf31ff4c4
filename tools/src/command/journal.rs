//! `outcry journal`: what a day's journal holds.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use appliance::calendar::Session;
use appliance::folds::Folds;
use appliance::hint::Hint;
use appliance::journal::{History, HistoryError, Place};
use appliance::linux::LinuxDisk;
use appliance::world::Use;
use clap::{Args, Subcommand};
use matcher::event::Events;
use recovery::replay::{Machine, replay_batch};
use serde_json::json;

use super::{Failure, output};
use crate::say::say;

const EXAMPLES: &str = "\
Examples:
  outcry journal replay outcry-data/journal/2026112001
  outcry journal replay --json outcry-data/journal/2026112001
  outcry journal replay --events 4 --visits 1 outcry-data/journal/2026112001

What it tells.
  Every command is executed again, and every reply made again. `engine` is a number over the whole
  state at the end, `told` one over every byte that brokers were told, with its port and place.
  Both follow from the journal alone: they are the same on every machine, for every build, and
  however many events a step of a command may have.

  Nothing is written; a venue that is running may go on, and what it writes meanwhile may be seen
  or not.

Exit status:
  1 if the journal cannot be read or is damaged, 2 for misuse, 0 otherwise.";

/// Read the journal of a day
#[derive(Args, Debug)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    Replay(ReplayArguments),
}

/// Execute a day again, and say what it comes to
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
struct ReplayArguments {
    /// The folder of a session
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,

    /// Most events of a step; what is told does not depend on it
    #[arg(long, value_name = "N", default_value_t = Events::LIMIT as u32,
        value_parser = clap::value_parser!(u32).range(4..=Events::LIMIT as i64))]
    events: u32,

    /// Most orders, entries and levels that a step visits; what is told does not depend on it
    #[arg(long, value_name = "N", default_value_t = Events::VISITS,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(Events::VISITS)))]
    visits: u32,

    /// Print a JSON object
    #[arg(long)]
    json: bool,
}

/// Reads what is asked for.
///
/// # Errors
/// If the journal cannot be read.
pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let What::Replay(arguments) = &arguments.what;
    let outcome = replay(arguments)?;
    let text = if arguments.json { outcome.json() } else { outcome.lines() };
    output::print(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// What a day came to.
struct Outcome {
    session: Option<Session>,
    commands: u64,
    replies: u64,
    engine: u64,
    told: u32,
    torn: u64,
    took: Duration,
}

fn replay(arguments: &ReplayArguments) -> Result<Outcome, Failure> {
    let events = Events::with_limits(arguments.events as usize, arguments.visits);
    let place = Place { folder: arguments.folder.clone(), segment_bytes: 0, usage: Use::Read };
    let failed = |error: HistoryError| Failure::Journal(error);
    let history = History::find(&LinuxDisk, &place).map_err(failed)?;
    let mut machine = Machine::with_events(Folds::new(), events);
    let mut scratch = Vec::new();
    let (start, mut commands) = (Instant::now(), 0);
    let read = history.read(|batch| {
        commands += replay_batch(&mut machine, batch, &Hint, &mut scratch)?;
        // Complete blocks of replies would go to their file.
        while machine.folds.replies.outbox.poll_block().is_some() {}
        Ok(())
    });
    let took = start.elapsed();
    let Some((marks, tail)) = read.map_err(failed)? else {
        let folder = arguments.folder.display();
        return Err(Failure::Misuse(format!("{folder} has no journal: name a session's folder")));
    };
    if tail.torn > 0 {
        let path = place.segment(tail.segment);
        let (path, offset, torn) = (path.display(), tail.offset, tail.torn);
        say(format_args!(
            "{path}: a torn write of {torn} bytes at offset {offset}, told to nobody"
        ));
    }
    Ok(Outcome {
        session: str::from_utf8(&marks.session).ok().and_then(Session::parse),
        commands,
        replies: machine.folds.replies.count(),
        engine: machine.engine.digest(),
        told: machine.folds.replies.outbox.digest(),
        torn: tail.torn,
        took,
    })
}

impl Outcome {
    fn session(&self) -> &str {
        self.session.as_ref().map_or("", Session::name)
    }

    /// How fast it was, where there was enough of it to tell.
    fn rate(&self) -> String {
        if self.commands < 100_000 {
            return String::new();
        }
        let rate = self.commands as f64 / self.took.as_secs_f64().max(1e-9);
        format!(", {:.2} million commands a second", rate / 1e6)
    }

    fn lines(&self) -> String {
        let Outcome { commands, replies, engine, told, took, .. } = self;
        let (session, rate) = (self.session(), self.rate());
        format!(
            "session  {session}\n\
             commands {commands}\n\
             replies  {replies}\n\
             engine   {engine:016x}\n\
             told     {told:08x}\n\
             took     {took:.3?}{rate}\n"
        )
    }

    fn json(&self) -> String {
        let value = json!({
            "session": self.session(),
            "commands": self.commands,
            "replies": self.replies,
            "engine": format!("{:016x}", self.engine),
            "told": format!("{:08x}", self.told),
            "torn_bytes": self.torn,
            "seconds": self.took.as_secs_f64(),
        });
        format!("{value}\n")
    }
}
