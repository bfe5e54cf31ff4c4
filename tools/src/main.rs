//! The `outcry` command.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tools::command;

/// An exchange in a box, and the tools around it.
#[derive(Parser)]
#[command(name = "outcry", version)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Spec(command::spec::Arguments),
}

fn main() -> ExitCode {
    let done = match Line::parse().command {
        Command::Spec(arguments) => command::spec::run(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}
