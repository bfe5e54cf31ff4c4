//! `outcry order`: requests to a venue, and its replies.

use std::env::{self, VarError};
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};
use client::{Config, Start};
use protocol_spec::wire::soup::SessionId;
use protocol_spec::words::SequenceNo;

use super::Failure;
use crate::decode::{Endings, Output, Selection, Sink, Style, View};
use crate::order::duration;
use crate::order::interactive::{self, Setup};
use crate::order::{
    Asked, Batch, Desk, Entry, Lines, Next, OrderError, Outcome, Patience, Replies,
};
use crate::say::say;

/// How long a line of a batch is waited for before replies are looked for.
const LOOK: Duration = Duration::from_millis(20);

/// What is said where there is no terminal for the desk.
const NOTHING_ASKED: &str = "say what to ask, as in buy 100 AAPL @ 187.50; --batch FILE takes \
    requests from a file, --batch - from the standard input; on a terminal a desk opens";

const EXAMPLES: &str = "\
Examples:
  outcry order --port demo1                       the desk, on a terminal
  outcry order --port demo1 buy 100 AAPL @ 187.50
  outcry order --port demo1 sell 100 AAPL @ market --tif ioc
  outcry order --port demo1 buy 5000 AAPL @ 187.50 --floor 300 --random 100
  outcry order --port demo1 short 100 AAPL @ 187.60 --located --post-only --firm FRM2
  outcry order --port demo1 replace 1 80 @ 187.40
  outcry order --port demo1 cancel 2              all that is left of order 2
  outcry order --port demo1 cancel 2 50           no more than 50 shares in all
  outcry order --port demo1 mass-cancel --symbol AAPL --side sell
  outcry order --port demo1 replies --follow      every reply of the day, and those to come
  outcry order --port demo1 --json buy 100 AAPL @ 187.50 | jq .fields.order_ref
  outcry order --port demo1 --batch orders.txt

A batch has one request a line, in the words that stand behind the options here:
  buy 100 AAPL @ 187.50 --number 7   # blank lines and comments are passed over
  cancel 7
Lines are sent one after the other, each once the one before has its answer. A file is checked to
its end before anything is sent; of `-`, the standard input, each line is sent as it comes, and
replies are shown meanwhile.

Without a request or a batch, on a terminal, the desk opens: the same requests, one a line, with
history, completion (Tab), replies as they come, also while a line is being written, and `orders`,
a table of what is open, made of the replies of the day. `help` there says the rest. A typo costs
nothing but the line. History is kept in outcry/history below XDG_STATE_HOME or ~/.local/state.

Orders are named by the number (UserRefNum) under which they were sent: user_ref_num in the
replies. Without --number the venue is asked for the next one before.

What is shown: a line for each reply: a short one on a terminal, otherwise or with --long one with
every field, as `outcry decode` has it, with --json an object. Colours are for terminals alone, and
none are shown if NO_COLOR is set. After the answer to a request whatever follows is shown until
there has been silence for --wait. The venue passes over cancels, modifications and replacements of
orders that are not live, and over numbers that were used before: then nothing comes, and that is
said.

A port has one connection. Logging in with it takes it from whoever had it, and logging out may
cancel its orders, if the venue has it set up so.

Codes have names (--tif ioc); a single character goes out as it is, whether the venue knows it or
not.

Exit status:
  0 if everything was answered and nothing rejected,
  1 if something was rejected or not answered, the login was refused, or there is no venue,
  2 for misuse.";

/// Send orders to a venue and show what it answers
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES, subcommand_value_name = "REQUEST",
    subcommand_help_heading = "Requests", disable_help_subcommand = true)]
pub struct Arguments {
    #[command(subcommand)]
    what: Option<What>,

    #[command(flatten)]
    line: Line,

    /// Requests from a file, one a line; `-` is the standard input
    #[arg(long, value_name = "FILE")]
    batch: Option<PathBuf>,
}

/// Where to, and how it is shown.
#[derive(Args, Debug)]
#[command(next_help_heading = "Connection and output")]
struct Line {
    /// The port: the name to log in with
    #[arg(long, value_name = "NAME", global = true)]
    port: Option<String>,

    /// The password; if not given that of the environment, OUTCRY_PASSWORD, else `demo`
    #[arg(long, value_name = "TEXT", global = true)]
    password: Option<String>,

    /// Where the venue is
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9001", global = true)]
    address: String,

    /// How long the answer to a request may take
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = duration, global = true)]
    timeout: Duration,

    /// After so long a silence nothing more is waited for
    #[arg(long, value_name = "TIME", default_value = "200ms", value_parser = duration,
        global = true)]
    wait: Duration,

    /// One JSON object a line instead of text
    #[arg(long, global = true)]
    json: bool,

    /// Every field of each reply, on a terminal too
    #[arg(long, global = true, conflicts_with = "json")]
    long: bool,
}

impl Line {
    /// How replies are shown, if not in short lines, wherever they go.
    fn full_style(&self) -> Option<Style> {
        match (self.json, self.long) {
            (true, _) => Some(Style::Json),
            (false, true) => Some(Style::Text(Endings::default())),
            (false, false) => None,
        }
    }
}

#[derive(Subcommand, Debug)]
enum What {
    #[command(flatten)]
    Ask(Asked),
    /// Show every reply of the day
    Replies(Replies),
}

/// Asks, and shows what is answered.
///
/// # Errors
/// If the arguments do not fit each other, nobody answers, the login is refused, the connection
/// ends, or a line of a batch is no request.
pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let config = config(arguments)?;
    let line = &arguments.line;
    if arguments.what.is_none() && arguments.batch.is_none() && interactive::is_possible() {
        let setup = Setup {
            address: line.address.clone(),
            port: line.port.clone().unwrap_or_default(),
            config,
            patience: line.timeout,
            style: line.full_style(),
        };
        interactive::run(setup)?;
        return Ok(ExitCode::SUCCESS);
    }
    let work = match (&arguments.what, &arguments.batch) {
        (Some(What::Ask(asked)), None) => Work::Ask(asked),
        (Some(What::Replies(replies)), None) => Work::Replies(replies),
        (None, Some(path)) => Work::Batch(open(path)?),
        (None, None) => return misuse(NOTHING_ASKED),
        (Some(_), Some(_)) => return misuse("--batch takes the requests from the file alone"),
    };
    match converse(line, &config, work) {
        Ok(true) | Err(OrderError::Unread) => Ok(ExitCode::SUCCESS),
        Ok(false) => Ok(ExitCode::FAILURE),
        Err(error) => Err(error.into()),
    }
}

/// Opens a batch. Whoever writes one by hand is better served by the desk.
fn open(path: &Path) -> Result<Batch, OrderError> {
    if path.as_os_str() == "-" && interactive::is_possible() {
        say(format_args!(
            "a request a line, until one cannot be read; without --batch - typos cost nothing"
        ));
    }
    Batch::open(path)
}

/// What is to be done once logged in.
enum Work<'a> {
    Ask(&'a Asked),
    Replies(&'a Replies),
    Batch(Batch),
}

/// Logs in, does the work, and logs out; whether all of it was taken.
fn converse(line: &Line, config: &Config, work: Work<'_>) -> Result<bool, OrderError> {
    let mut out = io::stdout().lock();
    let style = match line.full_style() {
        None if !out.is_terminal() => Some(Style::Text(Endings::default())),
        style => style,
    };
    let lines = match style {
        None => Lines::Brief { out: &mut out, colour: interactive::is_coloured() },
        Some(style) => {
            let view = View { style, all: true, verbose: false, limit: None };
            let output = Output::new(&mut out, true);
            Lines::Full(Box::new(Sink::new(view, Selection::default(), output)))
        }
    };
    let patience = Patience { answer: line.timeout, silence: line.wait };
    let mut desk = Desk::open(&line.address, config, patience, lines)?;
    let taken = do_all(&mut desk, work);
    // Who was hung up on has nothing to log out of.
    if !matches!(taken, Err(OrderError::Venue(_))) {
        desk.leave();
    }
    taken
}

fn do_all(desk: &mut Desk<'_>, work: Work<'_>) -> Result<bool, OrderError> {
    let outcome = match work {
        Work::Ask(asked) => {
            let outcome = desk.ask(asked)?;
            desk.settle()?;
            outcome
        }
        Work::Replies(replies) => desk.replies(replies.follow)?,
        Work::Batch(batch) => return ask_all(desk, batch),
    };
    // What was rejected stands in the replies.
    if !matches!(outcome, Outcome::Taken | Outcome::Refused) {
        say(format_args!("{outcome}"));
    }
    Ok(outcome.is_success())
}

/// Sends the requests of a batch; whether all were taken.
fn ask_all(desk: &mut Desk<'_>, mut batch: Batch) -> Result<bool, OrderError> {
    let mut all_taken = true;
    loop {
        match batch.next(LOOK) {
            Ok(Next::Entry(Entry { line, asked })) => {
                let outcome = desk.ask(&asked)?;
                if !outcome.is_success() {
                    all_taken = false;
                    say(format_args!("{}: line {line}: {outcome}", batch.name));
                }
            }
            Ok(Next::NotYet) => desk.look()?,
            Ok(Next::End) => {
                desk.settle()?;
                return Ok(all_taken);
            }
            Err(error) => {
                desk.settle()?;
                return Err(error);
            }
        }
    }
}

fn config(arguments: &Arguments) -> Result<Config, Failure> {
    let line = &arguments.line;
    let Some(port) = &line.port else {
        return Err(Failure::Misuse("--port is missing: the name to log in with".to_owned()));
    };
    let password = match (&line.password, env::var("OUTCRY_PASSWORD")) {
        (Some(password), _) => password.clone(),
        (None, Ok(password)) => password,
        (None, Err(VarError::NotPresent)) => "demo".to_owned(),
        (None, Err(error)) => return Err(Failure::Misuse(format!("OUTCRY_PASSWORD: {error}"))),
    };
    let mut config =
        Config::new(port, &password).map_err(|error| Failure::Misuse(error.to_string()))?;
    config.answer_timeout = line.timeout;
    config.login.login_timeout = Duration::from_secs(10);
    if let Some(What::Replies(replies)) = &arguments.what {
        config.start = Start::At(SessionId::BLANK, SequenceNo(replies.from));
    }
    Ok(config)
}

fn misuse(what: &str) -> Result<ExitCode, Failure> {
    Err(Failure::Misuse(what.to_owned()))
}
