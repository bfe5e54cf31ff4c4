//! `outcry feed`: what a venue tells the public.

mod arguments;
mod help;

use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::time::Instant;

use clap::{Args, Subcommand};
use client::feed::LineAddress;
use protocol_spec::words::FeedNo;
use serde_json::{Value, json};

use super::{Failure, output};
use crate::count::{grouped, plural};
use crate::decode::{Input, Progress};
use crate::feed::check::{self, Check, Verdict};
use crate::feed::follow::{OnLoss, Until};
use crate::feed::road::Road;
use crate::feed::save::{Recording, Tail, Target, save};
use crate::feed::{Fault, FeedFailure, Remarks, report, source};
use crate::say::say;
use arguments::{CheckArguments, SaveArguments};

/// Save and check the public feed of a venue
#[derive(Args, Debug)]
#[command(after_long_help = help::FEED)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    Save(Box<SaveArguments>),
    Check(Box<CheckArguments>),
}

/// Follows a feed, or reads a recording.
///
/// # Errors
/// If the lines cannot be heard, or a recording not be read or written.
pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let code = match &arguments.what {
        What::Save(arguments) => run_save(arguments)?,
        What::Check(arguments) => match arguments.recording()? {
            Some(input) => check_recording(arguments, &input)?,
            None => check_live(arguments)?,
        },
    };
    Ok(ExitCode::from(code))
}

fn run_save(arguments: &SaveArguments) -> Result<u8, FeedFailure> {
    let mut config = arguments.lines.config()?;
    config.receiver.start = arguments.from.0;
    let target = arguments.target();
    let name = target.to_string();
    let started = Instant::now();
    // Whoever reads standard output may write to the terminal that a bar would be drawn on.
    let is_shown = io::stderr().is_terminal() && !arguments.quiet && target != Target::Stdout;
    let bar = Progress::new(is_shown).begin(None);
    let mut remarks = Remarks::new(&config, bar, arguments.quiet).with_from();
    if target == Target::Stdout && io::stdout().is_terminal() {
        let what = "a recording is no text: name a file, or pipe it into `outcry decode -`";
        return Err(FeedFailure::Misuse(what.to_owned()));
    }
    let until = Until::new(arguments.time.map(|time| started + time), OnLoss::GoOn)?;
    let mut feed = source::open(&config, &remarks)?;
    let mut recording = Recording::begin(&target, arguments.count)?;
    let mut road = Road::default();
    let result = save(&mut feed, &until, &mut remarks, &mut recording, &mut road);
    remarks.bar().finish_and_clear();
    if !arguments.quiet {
        let lines = report::lines_of(&config.lines, feed.counts(), &road);
        say(format_args!("{}", lines.trim_end()));
        say(format_args!("saved       {}", saved(&recording, &name)));
    }
    result?;
    if road.session.is_none() && !arguments.quiet {
        say(format_args!("{}", unheard(&config.lines)));
    }
    Ok(u8::from(!check::is_unbroken(&road)))
}

fn check_recording(arguments: &CheckArguments, input: &Input) -> Result<u8, FeedFailure> {
    let mut found = Found::new(arguments.json);
    let mut tell = |number, fault| found.tell(number, fault);
    let mut check = Check::new(arguments.limit, &mut tell);
    let progress = if arguments.quiet { Progress::new(false) } else { Progress::beside(false) };
    let ending = check.read(input, progress)?;
    let verdict = check.end();
    let is_sound = verdict.faults == 0 && check::is_whole(ending);
    if arguments.json {
        let mut object = found.json(&verdict, is_sound);
        object["end"] = json!(report::ending_word(ending));
        print(&format!("{object}\n"))?;
    } else {
        found.close(&verdict)?;
        let end = report::ending(ending);
        print(&format!("{}end         {end}\n", verdict.lines()))?;
    }
    Ok(u8::from(!is_sound))
}

fn check_live(arguments: &CheckArguments) -> Result<u8, FeedFailure> {
    let config = arguments.lines.config()?;
    let bar = Progress::new(false).begin(None);
    let mut remarks = Remarks::new(&config, bar, arguments.quiet);
    let deadline = arguments.time.map(|time| Instant::now() + time);
    let until = Until::new(deadline, OnLoss::End)?;
    let mut feed = source::open(&config, &remarks)?;
    let mut found = Found::new(arguments.json);
    let mut tell = |number, fault| found.tell(number, fault);
    let mut check = Check::new(arguments.limit, &mut tell);
    let road = check.follow(&mut feed, &until, &mut remarks)?;
    let verdict = check.end();
    let is_sound = verdict.faults == 0 && check::is_unbroken(&road);
    if arguments.json {
        let mut object = found.json(&verdict, is_sound);
        object["session"] = json!(road.session.map(|session| session.to_string()));
        object["end"] = json!(road.left.map(report::left_word));
        object["feed"] = report::lines_json(&config.lines, feed.counts(), &road);
        print(&format!("{object}\n"))?;
    } else {
        found.close(&verdict)?;
        let lines = report::lines_of(&config.lines, feed.counts(), &road);
        let end = road.left.map_or("", report::left);
        print(&format!("{}{lines}end         {end}\n", verdict.lines()))?;
        if road.session.is_none() {
            say(format_args!("{}", unheard(&config.lines)));
        }
    }
    Ok(u8::from(!is_sound))
}

/// Faults as they are found: said at once, or kept for the object at the end.
struct Found {
    /// Those that are kept, if they are.
    kept: Option<Vec<Value>>,
    told: u64,
    /// Why they can no longer be said.
    unsaid: Option<FeedFailure>,
}

impl Found {
    fn new(is_kept: bool) -> Self {
        Found { kept: is_kept.then(Vec::new), told: 0, unsaid: None }
    }

    fn tell(&mut self, number: FeedNo, fault: Fault) {
        self.told += 1;
        match &mut self.kept {
            Some(kept) => {
                kept.push(json!({ "message": number.0, "fault": fault.to_string() }));
            }
            None if self.unsaid.is_none() => {
                self.unsaid = {
                    let number = grouped(number.0);
                    print(&format!("message {number}: {fault}\n")).err()
                };
            }
            None => {}
        }
    }

    /// Says that there were more, or why they could not be said.
    fn close(self, verdict: &Verdict) -> Result<(), FeedFailure> {
        match (self.unsaid, verdict.faults - self.told) {
            (Some(failure), _) => Err(failure),
            (None, 0) => Ok(()),
            (None, more) => print(&format!("and {}\n", plural(more, "more fault"))),
        }
    }

    /// The whole account.
    fn json(self, verdict: &Verdict, is_sound: bool) -> Value {
        let mut object = verdict.json();
        object["sound"] = json!(is_sound);
        object["found"] = Value::Array(self.kept.unwrap_or_default());
        object
    }
}

fn saved(recording: &Recording, name: &str) -> String {
    let messages = plural(recording.messages, "message");
    let bytes = plural(recording.bytes, "byte");
    let end = match recording.tail {
        Tail::Whole => String::new(),
        Tail::Marked => ", with the end mark".to_owned(),
        Tail::CutBack => ", cut back to the last whole message".to_owned(),
        Tail::Inside(rest) => format!(", the last {} of them inside a message", grouped(rest)),
        Tail::Unread => ", whose reader left: it read that or less".to_owned(),
    };
    format!("{messages} in {bytes} to {name}{end}")
}

/// Nobody said anything.
fn unheard(lines: &[LineAddress]) -> String {
    let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
    format!(
        "nothing was heard on {}: a venue names its lines when it starts, and tells something \
         every second",
        lines.join(" and ")
    )
}

fn print(text: &str) -> Result<(), FeedFailure> {
    output::print(text.as_bytes()).map_err(|failure| match failure {
        Failure::Io { cause, .. } => {
            FeedFailure::Write { file: "standard output".to_owned(), cause }
        }
        other => unreachable!("printing fails by the system alone: {other}"),
    })
}
