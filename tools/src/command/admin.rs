//! `outcry admin`: the operator's hand.

mod words;

use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use appliance::admin::Request;
use clap::Args;

use super::{Failure, output};
use crate::admin::{AdminError, Done, Paint, Report, Venue, Wide};
use crate::say::say;
use words::{StatusArguments, What};

const EXAMPLES: &str = "\
Examples:
  outcry admin status                              how the venue is
  outcry admin status --watch                      the same again every two seconds
  outcry admin status --json | jq .journal.free_bytes
  outcry admin --data /var/lib/outcry phase open
  outcry admin halt AAPL MSFT --reason T1          no new interest in these two
  outcry admin resume --all                        every security as the phase has it
  outcry admin cancel-all --firm FRM1 --symbol AAPL
  outcry admin cancel-all --everything
  outcry admin disable demo1                       no more orders of a port
  outcry admin disable --firm FRM1 --port demo2    of a firm on a port
  outcry admin kick demo1                          its connection is closed
  outcry admin break-trade 4711 --reason erroneous
  outcry admin instrument AAPL reference_price=187.50 lot=100
  outcry admin port fund1 password='$argon2id$...' 'firms=[\"FND1\",\"FND2\"]'
  outcry admin end-day

What happens.
  A command is a record of the journal like any other, with the name of who gave it. It has been
  done when this command ends with 0: it is as durable as the venue's policy says, and everybody
  who had to be told was. What was changed holds until the day ends, over stops and starts of the
  venue; the next day begins with the configuration.

  The venue is found by its socket, admin.sock in its data directory. Only the user that the venue
  runs as may use it, and root.

  Other users of the machine may see the words of a command line: give a port a hash of its
  password, which `outcry config hash` makes.

Exit status:
  0 if it was done,
  1 if the venue refused; why stands on standard error, after one word that stays the same,
  2 for misuse, or if nobody answers: then it is not known whether it was done, unless nobody is
  there at all.";

/// Look at a venue that runs, and have it do something
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct Arguments {
    /// The socket of the venue
    #[arg(long, value_name = "FILE", global = true, conflicts_with = "data")]
    socket: Option<PathBuf>,

    /// The data directory of the venue, in which its socket is
    #[arg(long, value_name = "DIR", global = true, default_value = "outcry-data")]
    data: PathBuf,

    #[command(subcommand)]
    what: What,
}

impl Arguments {
    fn socket(&self) -> PathBuf {
        self.socket.clone().unwrap_or_else(|| self.data.join("admin.sock"))
    }
}

/// Asks the venue.
///
/// # Errors
/// If it refuses or nobody answers.
pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    match &arguments.what {
        What::Status(status) => match status.watch {
            None => look(arguments, status)?,
            Some(every) => watch(arguments, status, every)?,
        },
        what => command(arguments, what.requests().map_err(Failure::Misuse)?)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Has something done, command by command. One that is refused does not keep the others back.
fn command(arguments: &Arguments, requests: Vec<Request>) -> Result<(), Failure> {
    let mut venue = Venue::at(&arguments.socket()).map_err(Failure::Admin)?;
    let of = requests.len();
    let mut refused = 0;
    for request in requests {
        match venue.command(request) {
            Ok(done) => output::print(line(&done).as_bytes())?,
            Err(error) if of > 1 && error.is_refusal() => {
                refused += 1;
                say(format_args!("error: {error}"));
            }
            Err(error) => return Err(Failure::Admin(error)),
        }
    }
    match refused {
        0 => Ok(()),
        _ => Err(Failure::Admin(AdminError::Some { refused, of })),
    }
}

fn line(done: &Done) -> String {
    let Done { session, command, text } = done;
    match command {
        Some(command) => format!("{text} (command {command} of {session})\n"),
        None => format!("{text}\n"),
    }
}

/// Tells how the venue is.
fn look(arguments: &Arguments, how: &StatusArguments) -> Result<(), Failure> {
    let text = told(arguments, how).map_err(Failure::Admin)?;
    output::print(text.as_bytes())
}

/// Tells again and again how the venue is, also while it is not there; until nobody reads any more.
fn watch(arguments: &Arguments, how: &StatusArguments, every: Duration) -> Result<(), Failure> {
    let paint = Paint::of_output();
    let mut out = io::stdout().lock();
    loop {
        let text = match told(arguments, how) {
            Ok(text) if how.json => text,
            // A screen begins anew, a file goes on.
            Ok(text) if paint == Paint::Colours => format!("\x1b[H\x1b[2J{text}"),
            Ok(text) => format!("{text}\n"),
            Err(error) => {
                say(format_args!("error: {error}"));
                String::new()
            }
        };
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Ok(()) => thread::sleep(every),
            Err(cause) if cause.kind() == ErrorKind::BrokenPipe => return Ok(()),
            Err(cause) => {
                let doing = "write to standard output".to_owned();
                return Err(Failure::Io { doing, cause });
            }
        }
    }
}

/// How the venue is, as text. Each time it is asked anew: it may have been started again.
fn told(arguments: &Arguments, how: &StatusArguments) -> Result<String, AdminError> {
    let status = Venue::at(&arguments.socket())?.status()?;
    if how.json {
        let json = serde_json::to_string(&status);
        return Ok(json.expect("strings and numbers can be written as JSON") + "\n");
    }
    let wide = if how.ports { Wide::All } else { Wide::Screen };
    Ok(Report { status: &status, paint: Paint::of_output(), wide }.to_string())
}
