//! `outcry config`: a configuration to start with, whether one is right, and what its calendar is.

mod calendar;

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use appliance::config::{Config, Durability, EMBEDDED, password};
use clap::{Args, Subcommand};
use protocol_spec::wire::text::Secret;

use super::{Failure, output};
use crate::say::say;

const EXAMPLES: &str = "\
Examples:
  outcry config > venue.toml                something to start with: every key, with its meaning
  outcry config check venue.toml            what is wrong with it, line by line
  outcry config calendar venue.toml         the days to come: half days, holidays, phases
  outcry config hash                        a hash of a password, for `password = \"...\"`
  echo \"$PASSWORD\" | outcry config hash     the same in a script

Exit status:
  1 if the configuration is wrong or cannot be read, 2 for misuse, 0 otherwise.";

/// Print a configuration to start with, check one, or show its calendar
///
/// Without a subcommand it prints the configuration that a venue without a file runs with. It has
/// every key there is, those that it leaves as they are in comments.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Subcommand, Debug)]
enum What {
    /// Tell all that is wrong with a configuration, as FILE:LINE: KEY = VALUE: what is allowed
    Check {
        /// The configuration
        file: PathBuf,
    },
    Calendar(calendar::Arguments),
    /// Print the hash of a password, which is asked for or read from standard input
    ///
    /// Passwords have 1 to 10 characters, and the case of letters does not count. Each time the
    /// hash is another one, and each of them is good.
    Hash,
}

/// Prints, checks or hashes.
///
/// # Errors
/// If there is no password to hash, or the result cannot be written.
pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    match &arguments.what {
        None => output::print(EMBEDDED.as_bytes())?,
        Some(What::Check { file }) => return check(file),
        Some(What::Calendar(arguments)) => return calendar::run(arguments),
        Some(What::Hash) => {
            let hash = password::hash(&asked()?);
            output::print(format!("{hash}\n").as_bytes())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn check(file: &Path) -> Result<ExitCode, Failure> {
    match Config::read(file) {
        Ok(config) => {
            let name = file.display();
            let next = calendar::next(&config.venue);
            let lines = format!("{name}: fine: {}\n{name}: {next}\n", summary(&config));
            output::print(lines.as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        Err(errors) => {
            say(format_args!("{errors}"));
            Ok(ExitCode::FAILURE)
        }
    }
}

/// What somebody who edited a configuration wants to see of it.
fn summary(config: &Config) -> String {
    let durability = match config.journal.durability {
        Durability::Disk => "disk",
        Durability::Os => "os",
    };
    format!(
        "{}, {}, orders at {}, durability \"{durability}\"",
        counted(config.ports.len(), "port"),
        counted(config.instruments.len(), "instrument"),
        config.order_entry.listen,
    )
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// The password that somebody types or that stands on standard input.
fn asked() -> Result<Secret<10>, Failure> {
    let failure = |cause| Failure::Io { doing: "read a password".to_owned(), cause };
    let text = if io::stdin().is_terminal() {
        let ask = |prompt: &str| rpassword::prompt_password(prompt).map_err(failure);
        let first = ask("Password: ")?;
        if ask("The same again: ")? != first {
            return Err(Failure::Misuse("these are two different passwords".to_owned()));
        }
        first
    } else {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map_err(failure)?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    let rule = "a password is 1 to 10 printable ASCII characters without a space at either end";
    password::plain(&text).ok_or_else(|| Failure::Misuse(rule.to_owned()))
}
