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
    Admin(command::admin::Arguments),
    Bench(command::bench::Arguments),
    Config(command::config::Arguments),
    Decode(Box<command::decode::DecodeArgs>),
    Feed(command::feed::Arguments),
    Journal(command::journal::Arguments),
    Load(Box<command::load::Arguments>),
    Order(command::order::Arguments),
    Run(command::run::Arguments),
    Spec(command::spec::Arguments),
}

fn main() -> ExitCode {
    let done = match Line::parse().command {
        Command::Admin(arguments) => command::admin::run(&arguments),
        Command::Bench(arguments) => command::bench::run(&arguments),
        Command::Config(arguments) => command::config::run(&arguments),
        Command::Decode(arguments) => command::decode::run(&arguments),
        Command::Feed(arguments) => command::feed::run(&arguments),
        Command::Journal(arguments) => command::journal::run(&arguments),
        Command::Load(arguments) => command::load::run(&arguments),
        Command::Order(arguments) => command::order::run(&arguments),
        Command::Run(arguments) => command::run::run(&arguments),
        Command::Spec(arguments) => command::spec::run(&arguments),
    };
    done.unwrap_or_else(|failure| {
        say(format_args!("error: {failure}"));
        ExitCode::from(failure.exit_code())
    })
}
