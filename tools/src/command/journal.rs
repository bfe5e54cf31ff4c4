//! `outcry journal`: what a day's journal holds.

mod arguments;
mod help;

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use appliance::run::name_commands_in_panics;
use clap::{Args, Subcommand};
use protocol_spec::words::CommandNo;

use super::{Failure, output};
use crate::decode::{self, Endings, Output, Progress, Sink, Style};
use crate::journal::cat::{self, cat};
use crate::journal::day::Day;
use crate::journal::diff::{self, How};
use crate::journal::error::{Halt, JournalFailure};
use crate::journal::line::Clock;
use crate::journal::place::Spot;
use crate::journal::quarantine::{probe, quarantine};
use crate::journal::replay::{Wish, replay, told_lines};
use crate::journal::trades::{self, trades};
use crate::journal::verify::{Report, verify};
use crate::say::say;
use arguments::{
    CatArguments, DiffArguments, ProbeArguments, QuarantineArguments, ReplayArguments,
    TradesArguments, VerifyArguments, Where,
};

/// Read the journal of a day
#[derive(Args, Debug)]
#[command(after_long_help = help::JOURNAL)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    Cat(Box<CatArguments>),
    Verify(VerifyArguments),
    Replay(Box<ReplayArguments>),
    Diff(DiffArguments),
    Trades(TradesArguments),
    Quarantine(QuarantineArguments),
    #[command(hide = true)]
    Probe(ProbeArguments),
}

/// Reads what is asked for.
///
/// # Errors
/// If the journal cannot be read, or something that is asked for does not exist.
pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    match &arguments.what {
        What::Cat(arguments) => run_cat(arguments),
        What::Verify(arguments) => run_verify(arguments),
        What::Replay(arguments) => run_replay(arguments),
        What::Diff(arguments) => run_diff(arguments),
        What::Trades(arguments) => run_trades(arguments),
        What::Quarantine(arguments) => {
            let spot = find(&arguments.at)?;
            let done = quarantine(&spot, CommandNo(arguments.number), &arguments.why)?;
            output::print(done.as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        What::Probe(arguments) => {
            let spot = find(&arguments.at)?;
            probe(&spot, CommandNo(arguments.number), &mut io::stdout().lock())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn find(at: &Where) -> Result<Spot, JournalFailure> {
    Spot::find(&at.folder, at.session.as_deref())
}

/// The same for what executes a day: if that ends the process, the command is named.
fn find_to_execute(at: &Where) -> Result<Spot, JournalFailure> {
    let spot = find(at)?;
    name_commands_in_panics(spot.place.folder.clone());
    Ok(spot)
}

fn run_cat(arguments: &CatArguments) -> Result<ExitCode, Failure> {
    let spot = find(&arguments.at)?;
    let day = Day::open(&spot, Progress::beside(true))?;
    let view = cat::View {
        selection: arguments.selection.selection(),
        events: arguments.events,
        json: arguments.json,
        clock: if arguments.utc { Clock::Utc } else { Clock::Day },
        limit: arguments.limit,
    };
    let stdout = io::stdout();
    let on_terminal = stdout.is_terminal();
    cat(&day, &view, Output::new(&mut stdout.lock(), on_terminal))?;
    Ok(ExitCode::SUCCESS)
}

fn run_verify(arguments: &VerifyArguments) -> Result<ExitCode, Failure> {
    let spot = find_to_execute(&arguments.at)?;
    let day = Day::open(&spot, Progress::beside(false))?;
    let mut report = Report::default();
    let beside = (arguments.replies.as_deref(), arguments.feed.as_deref());
    let found = verify(&day, beside, &mut report);
    let text = match arguments.json {
        true => format!("{}\n", report.json(found.as_ref().err())),
        false => report.lines(found.is_ok()),
    };
    output::print(text.as_bytes())?;
    found?;
    Ok(ExitCode::SUCCESS)
}

fn run_replay(arguments: &ReplayArguments) -> Result<ExitCode, Failure> {
    let spot = find_to_execute(&arguments.at)?;
    let shows_messages = arguments.replies.is_some() || arguments.feed;
    let day = Day::open(&spot, Progress::beside(shows_messages || arguments.told_lines))?;
    let stdout = io::stdout();
    let on_terminal = stdout.is_terminal();
    let mut lock = stdout.lock();
    let mut out = Output::new(&mut lock, on_terminal);
    if arguments.told_lines {
        return match told_lines(&day, &mut out) {
            Err(Halt::Failed(failure)) => Err(failure.into()),
            Ok(()) | Err(Halt::Enough | Halt::Unread) => Ok(ExitCode::SUCCESS),
        };
    }
    let style = if arguments.json { Style::Json } else { Style::Text(Endings::default()) };
    let view = decode::View { style, all: false, verbose: false, limit: None };
    let mut sink = Sink::new(view, decode::Selection::default(), out);
    let wish = Wish {
        events: arguments.events,
        visits: arguments.visits,
        until: arguments.to,
        book: arguments.book,
        replies: arguments.replies.clone(),
        feed: arguments.feed,
        binary_file: arguments.binary_file.clone(),
    };
    let Some(outcome) = replay(&day, &wish, &mut sink)? else { return Ok(ExitCode::SUCCESS) };
    drop(sink);
    drop(lock);
    match (arguments.json, shows_messages && !arguments.json) {
        (true, _) => output::print(format!("{}\n", outcome.json()).as_bytes())?,
        // Beside messages it would pass for one.
        (false, true) => say(format_args!("{}", outcome.lines().trim_end())),
        (false, false) => output::print(outcome.lines().as_bytes())?,
    }
    Ok(ExitCode::SUCCESS)
}

fn run_diff(arguments: &DiffArguments) -> Result<ExitCode, Failure> {
    let how = How { times: arguments.times, context: arguments.context };
    let progress = Progress::beside(false);
    let session = arguments.session.as_deref();
    let outcome = match (&arguments.build, arguments.folders.as_slice()) {
        (Some(program), [folder]) => {
            diff::with_build(program, &Spot::find(folder, session)?, how, progress)?
        }
        (None, [one, other]) => {
            let (one, other) = (Spot::find(one, session)?, Spot::find(other, session)?);
            match arguments.told {
                true => diff::told(&one, &other, how, progress)?,
                false => diff::records(&one, &other, how, progress)?,
            }
        }
        (Some(_), _) => return Err(misuse("with --build name one folder")),
        (None, _) => return Err(misuse("name two folders, or one and a --build")),
    };
    let text = match arguments.json {
        true => format!("{}\n", outcome.json()),
        false => outcome.lines(),
    };
    output::print(text.as_bytes())?;
    Ok(ExitCode::from(u8::from(outcome.difference.is_some())))
}

fn misuse(what: &str) -> Failure {
    Failure::Misuse(what.to_owned())
}

fn run_trades(arguments: &TradesArguments) -> Result<ExitCode, Failure> {
    let spot = find(&arguments.at)?;
    let day = Day::open(&spot, Progress::beside(true))?;
    let style = match (arguments.csv, arguments.json) {
        (true, _) => trades::Style::Csv,
        (_, true) => trades::Style::Json,
        _ => trades::Style::Text,
    };
    let (symbols, ports) = (arguments.symbol.clone(), arguments.port.clone());
    let view = trades::View { symbols, ports, style };
    let stdout = io::stdout();
    let on_terminal = stdout.is_terminal();
    match trades(&day, &view, &mut Output::new(&mut stdout.lock(), on_terminal)) {
        Err(Halt::Failed(failure)) => Err(failure.into()),
        Ok(()) | Err(Halt::Enough | Halt::Unread) => Ok(ExitCode::SUCCESS),
    }
}
