//! `outcry bench feed`.

use std::env;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use protocol_spec::wire::ouch::Symbol;
use protocol_spec::wire::soup::SessionId;
use protocol_spec::wire::text::{Alpha, Secret};

use super::super::{Failure, output};
use crate::bench::Machine;
use crate::bench::feed::{FeedReport, Stream, pass, read, round_trips};
use crate::cores::{Cores, Waiting};
use crate::load::{Clock, Credentials, Flow, Lane, Mix, Own, OwnConfig};
use crate::workload::Named;

const EXAMPLES: &str = "\
Examples:
  outcry bench feed
  outcry bench feed --workload one,hundred,real,many --commands 2000000 --rounds 5
  outcry bench feed --only lines --json

What is timed.
  reading: what a venue publishes of a workload, in packets in memory, is put in order by the
  receiver of the library, and then into books by order and level. The books are filled before the
  clock starts where the workload has a part for that. `not ahead` takes a message after the
  other; otherwise memory is asked for a packet ahead.
  lines: the packets of the first workload go over two multicast lines of the loopback interface,
  from one thread to another that follows them as any program can, books and all. The sender waits
  while as many packets are under way as the receiver's sockets can hold: what is told is the rate
  at which nothing is lost.
  rerequests: a venue is started, and asked for 30 messages at a time over UDP; in turns an echo is
  asked for as many bytes, by the same thread in the same way.

Exit status:
  1 if something is lost or does not fit, or the system refuses something,
  2 for misuse,
  0 otherwise.";

/// How long the venue may take to be ready, and to end.
const PATIENCE: Duration = Duration::from_secs(60);
/// Securities of the venue that is asked: each has three messages when the day opens.
const SECURITIES: usize = 250;

/// What the feed takes: reading it, two lines of it, a rerequest
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct FeedArguments {
    /// Workloads that are published
    #[arg(long, value_enum, value_name = "NAME", value_delimiter = ',',
        default_values_t = [Named::One, Named::Hundred, Named::Real])]
    workload: Vec<Named>,

    /// Commands of each
    #[arg(long, value_name = "N", default_value_t = 1_000_000,
        value_parser = clap::value_parser!(u32).range(1_000..=20_000_000))]
    commands: u32,

    /// How often each is read, and sent
    #[arg(long, value_name = "N", default_value_t = 3,
        value_parser = clap::value_parser!(u32).range(1..=1_000))]
    rounds: u32,

    /// Messages that are asked for again
    #[arg(long, value_name = "N", default_value_t = 5_000,
        value_parser = clap::value_parser!(u32).range(10..=10_000_000))]
    requests: u32,

    /// What workloads are drawn from
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// Only this
    #[arg(long, value_enum)]
    only: Option<Part>,

    /// Where the venue has its data [default: the system's directory for temporary files]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,

    /// JSON instead of tables
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Reading packets in memory
    Reading,
    /// Two lines, from one thread to another
    Lines,
    /// Messages that are asked for again
    Rerequests,
}

/// Measures it.
pub(super) fn run(arguments: &FeedArguments) -> Result<ExitCode, Failure> {
    let wants = |part| arguments.only.is_none_or(|only| only == part);
    let io = |doing: &str| {
        let doing = doing.to_owned();
        |cause| Failure::Io { doing, cause }
    };
    let machine = Machine::read();
    let cores = Cores::read().map_err(io("ask for the cores"))?;
    let waiting = Waiting::on(cores.count());
    let mut report =
        FeedReport { machine, readings: Vec::new(), passages: Vec::new(), trips: None };
    for (at, named) in arguments.workload.iter().enumerate() {
        let is_sent = at == 0 && wants(Part::Lines);
        if !wants(Part::Reading) && !is_sent {
            continue;
        }
        let stream = Stream::of(&named.flow(arguments.commands, arguments.seed));
        if wants(Part::Reading) {
            report.readings.push((named.name().to_owned(), read(&stream, arguments.rounds)));
        }
        for _ in 0..if is_sent { arguments.rounds } else { 0 } {
            let passage = pass(&stream, cores, waiting);
            report.passages.push(passage.map_err(io("send a feed to this machine"))?);
        }
    }
    if wants(Part::Rerequests) {
        let (own, session) = venue(arguments)?;
        let address = own.rerequests().expect("it says so before it is ready");
        let messages = 3 * SECURITIES as u64;
        let asked = round_trips(address, session, messages, arguments.requests, waiting);
        own.stop(PATIENCE).map_err(Failure::Load)?;
        report.trips = Some(asked.map_err(io("ask for messages again"))?);
    }
    match arguments.json {
        true => output::print(format!("{:#}\n", report.json()).as_bytes())?,
        false => output::print(report.table().as_bytes())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A venue whose day has begun, and its session.
fn venue(arguments: &FeedArguments) -> Result<(Own, SessionId), Failure> {
    let password = "demo";
    let who = Credentials { username: Alpha::new("demo1"), password: Secret::new(password) };
    let program = env::current_exe()
        .map_err(|cause| Failure::Io { doing: "find this program itself".to_owned(), cause })?;
    let symbols: Vec<Symbol> =
        (0..SECURITIES).map(|at| Symbol::new(&format!("S{at:04}"))).collect();
    let config = OwnConfig {
        ports: vec![(who.clone(), password.to_owned())],
        idle: None,
        symbols: symbols.clone(),
        price: 1_000_000,
        live_orders: 1_024,
        durability: "os",
        has_feed: true,
        core: None,
    };
    let dir = arguments.data_dir.clone().unwrap_or_else(env::temp_dir);
    let own = Own::start(&program, &dir, &config, PATIENCE).map_err(Failure::Load)?;
    let address: SocketAddr = own.address();
    let flow = Flow { mix: Mix::default(), symbols, price: 1_000_000, depth: 1 };
    let lane = Lane::connect(address, &who, &Clock::start(), &flow, 1, Lane::GULP);
    let session = lane.map_err(Failure::Load)?.session();
    Ok((own, session))
}
