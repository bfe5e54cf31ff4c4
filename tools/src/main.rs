//! The `outcry` command.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tools::command;
use tools::say::say;

/// An exchange in a box, and the tools around it.
#[derive(Parser)]
#[command(name = "outcry", version)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Bench(command::bench::Arguments),
    Decode(Box<command::decode::DecodeArgs>),
    Spec(command::spec::Arguments),
}

fn main() -> ExitCode {
    let done = match Line::parse().command {
        Command::Bench(arguments) => command::bench::run(&arguments),
        Command::Decode(arguments) => command::decode::run(&arguments),
        Command::Spec(arguments) => command::spec::run(&arguments),
    };
    done.unwrap_or_else(|failure| {
        say(format_args!("error: {failure}"));
        ExitCode::from(failure.exit_code())
    })
}
