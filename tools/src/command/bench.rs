//! `outcry bench`: how fast it is on this machine.

mod feed;

use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};

use super::{Failure, output};
use crate::bench::journal::{self, JournalReport};
use crate::bench::{
    Book, Machine, Mismatch, Plain, Report, Round, Subject, Summary, Venue, measure,
};
use crate::workload::{self, Flow, Named};

const EXAMPLES: &str = "\
Examples:
  outcry bench matcher                                all workloads
  outcry bench matcher --workload real --rounds 9
  outcry bench matcher one.wlob hundred.wlob          workloads from files
  outcry bench matcher --workload deep --commands 500000 --json

What is timed.
  The engine with all its rules, on one core: commands go in, every event that comes out is read.
  Commands are made 16 at a time from the workload's records, which is not timed but told
  (`prepare`); the clock is read around the execution of each 16. The percentiles are those of the
  batches: 16 commands, divided by 16. `real` fills its books before the clock starts, all others
  are timed from the first command on.

What has to come of it.
  Each workload comes with its trades, in a number that depends on their order, and with what rests
  at the end. For those made on the spot, and for parts of files, a plain book finds it out.

Exit status:
  1 if a file cannot be read or is no workload, or the subject comes to another end,
  2 for misuse,
  0 otherwise.";

/// Measure how fast the parts are
#[derive(Args, Debug)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    Matcher(MatcherArguments),
    Journal(JournalArguments),
    Feed(feed::FeedArguments),
}

const JOURNAL: &str = "\
What is timed.
  Blocks of 4, 16 and 64 KiB, each on the disk before the next is written, in every way that Linux
  has for that. Over zeros written beforehand: pwrite and fdatasync, pwrite into a file opened
  O_DIRECT|O_DSYNC, pwritev2 with RWF_DSYNC. For comparison, in files that were not: at the end of
  one that grows, and in one whose room was only asked for (fallocate). All in turns, a block each,
  so that whatever else the disk does strikes all of them alike. The files are removed.

Exit status:
  1 if the directory takes no files,
  2 for misuse,
  0 otherwise, also if this file system has not all of the ways.";

/// What a durable write takes, in every way of writing a journal
#[derive(Args, Debug)]
#[command(after_long_help = JOURNAL)]
struct JournalArguments {
    /// Where the files are made; the system's directory for temporary files if not given
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,

    /// Writes of each size in each way
    #[arg(long, value_name = "N", default_value_t = 500,
        value_parser = clap::value_parser!(u32).range(10..=100_000))]
    writes: u32,

    /// Sizes of a block in KiB, multiples of 4
    #[arg(long, value_name = "KIB", value_delimiter = ',', default_values_t = [4, 16, 64],
        value_parser = parse_size)]
    sizes: Vec<usize>,

    /// JSON instead of a table
    #[arg(long)]
    json: bool,
}

/// Commands a second of the matching engine, and what they take
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
struct MatcherArguments {
    /// Workloads in files
    #[arg(value_name = "FILE.wlob")]
    files: Vec<PathBuf>,

    /// Workloads that are made on the spot; all of them if neither they nor files are named
    #[arg(long, value_enum, value_name = "NAME", value_delimiter = ',')]
    workload: Vec<Named>,

    /// At most so many commands of each
    #[arg(long, value_name = "N",
        value_parser = clap::value_parser!(u32).range(1_000..=100_000_000))]
    commands: Option<u32>,

    /// How often each is executed
    #[arg(long, value_name = "N", default_value_t = 5,
        value_parser = clap::value_parser!(u32).range(1..=10_000))]
    rounds: u32,

    /// Commands between two readings of the clock
    #[arg(long, value_name = "N", default_value_t = 16,
        value_parser = clap::value_parser!(u16).range(1..=4_096))]
    batch: u16,

    /// What workloads made on the spot are drawn from
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// What executes them
    #[arg(long, value_enum, default_value_t = Measured::Engine)]
    subject: Measured,

    /// JSON instead of a table
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Measured {
    /// The engine with all its rules
    Engine,
    /// The books that the engine stands on, alone: for plain orders, which `real` has not
    Book,
    /// The plain book that workloads are checked with
    Plain,
}

impl Measured {
    const fn name(self) -> &'static str {
        match self {
            Measured::Engine => "engine",
            Measured::Book => "books alone",
            Measured::Plain => "plain book",
        }
    }
}

/// Where a workload comes from.
enum Origin<'a> {
    File(&'a PathBuf),
    Named(Named),
}

/// Measures what was asked for.
///
/// # Errors
/// If a file is no workload, a subject comes to the wrong end, or a file cannot be written.
pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    match &arguments.what {
        What::Matcher(arguments) => matcher(arguments),
        What::Journal(arguments) => time_journal(arguments),
        What::Feed(arguments) => feed::run(arguments),
    }
}

fn time_journal(arguments: &JournalArguments) -> Result<ExitCode, Failure> {
    let dir = arguments.dir.clone().unwrap_or_else(env::temp_dir);
    let failure = |dir: &Path| {
        let doing = format!("measure writes in {}", dir.display());
        |cause: io::Error| Failure::Io { doing, cause }
    };
    let report = JournalReport::new(&dir, arguments.writes).map_err(failure(&dir))?;
    let sizes: Vec<usize> = arguments.sizes.iter().map(|kib| kib * 1024).collect();
    let rows = journal::measure(&dir, &sizes, arguments.writes).map_err(failure(&dir))?;
    let text = match arguments.json {
        true => format!("{:#}\n", report.json(&rows)),
        false => report.table(&rows),
    };
    output::print(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn parse_size(text: &str) -> Result<usize, String> {
    match text.trim().parse() {
        Ok(kib @ 4..=4_096) if kib % 4 == 0 => Ok(kib),
        _ => Err("a block has 4 to 4096 KiB, in steps of 4".to_owned()),
    }
}

fn matcher(arguments: &MatcherArguments) -> Result<ExitCode, Failure> {
    let report = Report {
        subject: arguments.subject.name(),
        machine: Machine::read(),
        rounds: arguments.rounds,
        batch: usize::from(arguments.batch),
    };
    if !arguments.json {
        output::print(report.head().as_bytes())?;
    }
    let mut summaries = Vec::new();
    for origin in origins(arguments) {
        let flow = load(arguments, &origin)?;
        let summary = match arguments.subject {
            Measured::Engine => rounds::<Venue>(&flow, &report),
            Measured::Book if !Book::can(&flow) => {
                let flow = &flow.name;
                return Err(Failure::Misuse(format!(
                    "{flow}: the books alone execute plain orders and cancels; this has others, \
                     which take the engine"
                )));
            }
            Measured::Book => rounds::<Book>(&flow, &report),
            Measured::Plain => rounds::<Plain>(&flow, &report),
        };
        let summary = summary.map_err(|mismatch| Failure::Measured {
            subject: report.subject,
            flow: flow.name.clone(),
            mismatch: Box::new(mismatch),
        })?;
        if !arguments.json {
            output::print(format!("{summary}\n").as_bytes())?;
        }
        summaries.push(summary);
    }
    if arguments.json {
        output::print(format!("{:#}\n", report.json(&summaries)).as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn origins(arguments: &MatcherArguments) -> Vec<Origin<'_>> {
    let files = arguments.files.iter().map(Origin::File);
    let named = match (arguments.files.is_empty(), arguments.workload.is_empty()) {
        (true, true) if arguments.subject == Measured::Book => &Named::PLAIN[..],
        (true, true) => &Named::ALL[..],
        _ => &arguments.workload,
    };
    files.chain(named.iter().copied().map(Origin::Named)).collect()
}

fn load(arguments: &MatcherArguments, origin: &Origin<'_>) -> Result<Flow, Failure> {
    match origin {
        Origin::File(path) => {
            workload::read(path, arguments.commands.map(u64::from)).map_err(Failure::Workload)
        }
        Origin::Named(named) => {
            Ok(named.flow(arguments.commands.unwrap_or(named.usual()), arguments.seed))
        }
    }
}

fn rounds<S: Subject>(flow: &Flow, report: &Report) -> Result<Summary, Mismatch> {
    let rounds: Result<Vec<Round>, Mismatch> =
        (0..report.rounds).map(|_| measure::<S>(flow, report.batch)).collect();
    Ok(Summary::of(flow, &rounds?))
}
