//! The matcher beside the matching engines that are crates: the same end demanded of all, in turns.
//!
//! Ours runs twice: its books alone, which is equal work, and the whole engine, which does more
//! than the others: ports, numbers, admission, events that a venue can tell.
//!
//! `cargo run --release --manifest-path tools/compare/Cargo.toml` from the top; `-- --quick` a
//! fraction, `-- --check` fails where one that trades rightly is faster.

mod others;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, ValueEnum};
use tools::bench::{Book, Machine, Mismatch, Plain, Round, Venue, measure};
use tools::workload::{self, Flow, Named};

use others::{Lobster, Matchcore, OrderbookRs, RustOb};

/// Measure the matcher beside the matching engines that are crates
#[derive(Parser)]
struct Arguments {
    /// Workloads in files, in place of those made on the spot
    #[arg(value_name = "FILE.wlob")]
    files: Vec<PathBuf>,

    /// Commands of each workload
    #[arg(long, value_name = "N", default_value_t = 200_000)]
    commands: u32,

    /// How often each is executed
    #[arg(long, value_name = "N", default_value_t = 5)]
    rounds: u32,

    /// Engines to run; all of them if not given
    #[arg(long, value_enum, value_delimiter = ',')]
    engine: Vec<Engine>,

    /// A fifth of the commands, two rounds
    #[arg(long)]
    quick: bool,

    /// Fail if the engine of somebody else is faster than our books anywhere
    #[arg(long)]
    check: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Engine {
    Books,
    Outcry,
    Plain,
    Matchcore,
    Lobster,
    OrderbookRs,
    RustOb,
}

/// Commands between two readings of the clock.
const BATCH: usize = 16;
/// An engine that took more milliseconds for a workload is left out of its other rounds.
const PATIENCE: u128 = 30_000;

impl Engine {
    const ALL: [Engine; 7] = [
        Engine::Books,
        Engine::Outcry,
        Engine::Plain,
        Engine::Matchcore,
        Engine::Lobster,
        Engine::OrderbookRs,
        Engine::RustOb,
    ];

    const fn name(self) -> &'static str {
        match self {
            Engine::Books => "outcry, books alone",
            Engine::Outcry => "outcry, whole engine",
            Engine::Plain => "the plain book",
            Engine::Matchcore => "matchcore 0.4",
            Engine::Lobster => "lobster 0.7",
            Engine::OrderbookRs => "orderbook-rs 0.15",
            Engine::RustOb => "rust_ob 2.5",
        }
    }

    /// Whether it is in this repository.
    const fn is_ours(self) -> bool {
        matches!(self, Engine::Books | Engine::Outcry | Engine::Plain)
    }

    fn measure(self, flow: &Flow) -> Result<Round, Wrong> {
        let run = match self {
            Engine::Books => measure::<Book>,
            Engine::Outcry => measure::<Venue>,
            Engine::Plain => measure::<Plain>,
            Engine::Matchcore => measure::<Matchcore>,
            Engine::Lobster => measure::<Lobster>,
            Engine::OrderbookRs => measure::<OrderbookRs>,
            Engine::RustOb => measure::<RustOb>,
        };
        let done = catch_unwind(AssertUnwindSafe(|| run(flow, BATCH)));
        done.map_err(|_| Wrong::Panicked)?.map_err(Wrong::Mismatch)
    }
}

/// Why an engine has no figure.
enum Wrong {
    Mismatch(Mismatch),
    Panicked,
}

fn main() -> ExitCode {
    let mut arguments = Arguments::parse();
    if arguments.quick {
        arguments.commands /= 5;
        arguments.rounds = 2;
    }
    if arguments.engine.is_empty() {
        arguments.engine = Engine::ALL.to_vec();
    }
    let machine = Machine::read();
    let commit = machine.commit.unwrap_or_default();
    println!(
        "{}, {} cores, {commit}; best of {}",
        machine.processor, machine.cores, arguments.rounds
    );
    let mut comes_first = true;
    let named = [Named::One, Named::Hundred, Named::Deep, Named::Swing, Named::Crash, Named::Many];
    if arguments.files.is_empty() {
        for named in named {
            comes_first &= compare(&named.flow(arguments.commands, 1), &arguments);
        }
    }
    for file in &arguments.files {
        match workload::read(file, None) {
            Ok(flow) => comes_first &= compare(&flow, &arguments),
            Err(error) => {
                eprintln!("error: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    if arguments.check && !comes_first { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// What is known of an engine after some rounds.
struct Figures {
    engine: Engine,
    /// Nanoseconds a command, of the best round.
    best: f64,
    /// Milliseconds of all rounds.
    spent: u128,
    /// What was wrong in the last one.
    wrong: Option<Wrong>,
}

impl Figures {
    fn new(engine: Engine) -> Self {
        Figures { engine, best: f64::INFINITY, spent: 0, wrong: None }
    }

    fn add_round(&mut self, flow: &Flow) {
        if self.spent > PATIENCE || matches!(self.wrong, Some(Wrong::Panicked)) {
            return;
        }
        let start = Instant::now();
        match self.engine.measure(flow) {
            Ok(round) => self.best = self.best.min(round.nanos()),
            Err(wrong) => {
                if let Wrong::Mismatch(mismatch) = &wrong {
                    self.best = self.best.min(mismatch.nanos);
                }
                self.wrong = Some(wrong);
            }
        }
        self.spent += start.elapsed().as_millis();
    }

    /// A line that compares it with ours; `ours` is none where ours did not run or went wrong.
    fn print(&self, ours: Option<f64>) {
        let name = self.engine.name();
        let millions = 1_000.0 / self.best;
        match &self.wrong {
            Some(Wrong::Panicked) => println!("  {name:<22}panicked"),
            Some(Wrong::Mismatch(wrong)) => {
                println!("  {name:<22}{millions:8.2} M/s, but wrong: {wrong}");
            }
            None => {
                print!("  {name:<22}{millions:8.2} M/s{:9.1} ns", self.best);
                match ours.map(|ours| self.best / ours) {
                    Some(ratio) if ratio < 1.0 => println!("{ratio:8.2} x   faster than our books"),
                    Some(ratio) => println!("{ratio:8.2} x"),
                    None => println!(),
                }
            }
        }
    }
}

/// Runs all engines in turns, prints the best round of each, and says if nobody else's that made
/// the right trades was faster than our books.
fn compare(flow: &Flow, arguments: &Arguments) -> bool {
    println!("\n{} ({} commands, {} securities)", flow.name, flow.steps.len(), flow.symbols);
    let mut results: Vec<Figures> = arguments.engine.iter().copied().map(Figures::new).collect();
    for _ in 0..arguments.rounds {
        results.iter_mut().for_each(|result| result.add_round(flow));
    }
    results.iter().for_each(|result| result.print(ours(&results)));
    let ours = ours(&results);
    let mut right = results.iter().filter(|result| result.wrong.is_none());
    right.all(|result| result.engine.is_ours() || ours.is_some_and(|ours| result.best >= ours))
}

/// The best round of our books, if they came to the right end.
fn ours(results: &[Figures]) -> Option<f64> {
    let is_ours = |result: &&Figures| result.engine == Engine::Books && result.wrong.is_none();
    results.iter().find(is_ours).map(|result| result.best)
}
