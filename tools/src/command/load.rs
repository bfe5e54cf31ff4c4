//! `outcry load`: orders for a venue, as fast or as often as asked for, and what its answers took.

mod arguments;
mod values;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use std::{env, io};

pub use arguments::Arguments;
use arguments::Feed;

use super::{Failure, output};
use crate::bench::Machine;
use crate::bench::journal::is_memory;
use crate::cores::{Cores, Waiting};
use crate::load::{
    About, Beside, Clock, Credentials, Flood, Flow, Greedy, Idlers, Lane, Length, Load, LoadError,
    Neighbours, Own, OwnConfig, Pace, Report, Round, Target, Watch, Yards, Yardsticks, alone, line,
    make_room,
};
use crate::say::say;

/// How long a venue that is started here may take to be ready, and to end.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long the generator is measured alone.
const ALONE: Duration = Duration::from_millis(50);
/// Files that are open beside those of connections, here and in a venue that is started.
const FILES: u64 = 512;

/// Loads a venue.
///
/// # Errors
/// If there is none, it does not keep up, or its answers are not those that belong to the requests.
pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let plan = Plan::new(arguments)?;
    let files = plan.credentials.len() + plan.idle.len();
    make_room(files as u64 + FILES).map_err(Failure::Load)?;
    let dir = arguments.data_dir.clone().unwrap_or_else(env::temp_dir);
    let own = match arguments.address {
        Some(_) => None,
        None => Some(start_own(arguments, &plan, &dir)?),
    };
    let done = load(arguments, &plan, dir, own.as_ref());
    let ended = own.map_or(Ok(()), |own| own.stop(PATIENCE));
    if let (Err(_), Err(ended)) = (&done, &ended) {
        // Why the load failed may well be how its venue ended.
        say(format_args!("error: {ended}"));
    }
    let differences = done?.differences();
    ended.map_err(Failure::Load)?;
    match differences.is_empty() {
        true => Ok(ExitCode::SUCCESS),
        false => Err(Failure::Load(LoadError::Disagrees(differences))),
    }
}

/// What the arguments come to.
struct Plan {
    cores: Cores,
    core: Option<usize>,
    venue_core: Option<usize>,
    credentials: Vec<Credentials>,
    idle: Vec<Credentials>,
    flow: Flow,
    pace: Pace,
    length: Length,
}

impl Plan {
    fn new(arguments: &Arguments) -> Result<Self, Failure> {
        let cores = Cores::read().map_err(|cause| io_failure("ask for the cores", cause))?;
        let asked = [arguments.core, arguments.venue_core];
        if let Some(core) = asked.into_iter().flatten().find(|core| !cores.has(*core)) {
            let have: Vec<String> = cores.numbers().map(|core| core.to_string()).collect();
            let have = have.join(", ");
            return Err(Failure::Misuse(format!("there is no core {core}; there are {have}")));
        }
        // A venue of our own and the generator get a core each, the generator the first.
        let by_default = |number| match arguments.address {
            None if cores.count() > 1 => number,
            _ => None,
        };
        let first = cores.numbers().find(|core| Some(*core) != arguments.venue_core);
        let core = arguments.core.or(by_default(first));
        let last = cores.numbers().rev().find(|other| Some(*other) != core);
        let venue_core = arguments.venue_core.or(by_default(last));
        let pace = arguments.rate.map_or(Pace::Window(arguments.window), Pace::Rate);
        Ok(Plan {
            cores,
            core,
            venue_core,
            credentials: arguments.credentials().map_err(Failure::Misuse)?,
            idle: arguments.idle_credentials().map_err(Failure::Misuse)?,
            flow: arguments.flow(),
            pace,
            length: arguments.orders.map_or(Length::Time(arguments.duration), Length::Requests),
        })
    }
}

fn start_own(arguments: &Arguments, plan: &Plan, dir: &Path) -> Result<Own, Failure> {
    let program = match &arguments.venue {
        Some(program) => program.clone(),
        None => {
            env::current_exe().map_err(|cause| io_failure("find this program itself", cause))?
        }
    };
    let ports = plan.credentials.iter();
    let connections = u32::try_from(plan.credentials.len()).expect("there are few");
    let config = OwnConfig {
        ports: ports.map(|port| (port.clone(), arguments.password.clone())).collect(),
        idle: arguments
            .idle
            .map(|count| (arguments.idle_port.clone(), arguments.password.clone(), count)),
        symbols: plan.flow.symbols.clone(),
        price: plan.flow.price,
        live_orders: (plan.flow.depth + 1) * connections,
        durability: arguments.durability.name(),
        has_feed: arguments.feed != Feed::None,
        core: plan.venue_core,
    };
    Own::start(&program, dir, &config, PATIENCE).map_err(Failure::Load)
}

/// Measures round by round, and tells of each.
fn load(
    arguments: &Arguments,
    plan: &Plan,
    dir: PathBuf,
    own: Option<&Own>,
) -> Result<Report, Failure> {
    // Read before this thread is put on one core, so that all are counted.
    let machine = Machine::read();
    let place = plan.cores.place(plan.core);
    place.map_err(|cause| io_failure("put the generator on its core", cause))?;
    let waiting = arguments.waiting.unwrap_or(Waiting::on(plan.cores.count()));
    let dir = own.map_or(dir, |own| own.dir().to_owned());
    let is_memory = is_memory(&dir)
        .map_err(|cause| io_failure(&format!("ask what {} is", dir.display()), cause))?;
    let mut yardsticks =
        Yardsticks::new(&dir, plan.cores, plan.venue_core, waiting).map_err(Failure::Load)?;
    let about = About {
        machine,
        target: target(arguments),
        core: plan.core,
        waiting,
        venue_core: plan.venue_core,
        alone: alone(&plan.flow, ALONE),
        pace: plan.pace,
        length: plan.length,
        warm_up: arguments.warm_up,
        connections: plan.credentials.len() - usize::from(arguments.greedy),
        neighbours: arguments.neighbours(),
        mix: plan.flow.mix,
        symbols: plan.flow.symbols.len(),
        depth: plan.flow.depth,
        seed: arguments.seed,
        method: yardsticks.method,
        is_memory,
    };
    let tell = |text: &str| match arguments.json {
        true => Ok(()),
        false => output::print(text.as_bytes()),
    };
    tell(&about.head())?;
    let mut load = connect(arguments, plan, own, waiting).map_err(Failure::Load)?;
    let tell_line = |number: u32, mark: &str, round: &Round, yards: &Yards| {
        tell(&line(number, mark, round, yards))
    };
    let (rounds, beside) =
        all_rounds(arguments, plan, &mut load, &mut yardsticks, own, &tell_line)?;
    let unheard = load.lost();
    let counts = load.finish().map_err(Failure::Load)?;
    let report = Report { about, rounds, beside, counts, unheard };
    match arguments.json {
        true => output::print(format!("{:#}\n", report.json()).as_bytes())?,
        false => output::print(report.table().as_bytes())?,
    }
    Ok(report)
}

fn target(arguments: &Arguments) -> Target {
    match arguments.address {
        Some(address) => Target::Running(address),
        None => Target::Own { durability: arguments.durability.name() },
    }
}

fn connect(
    arguments: &Arguments,
    plan: &Plan,
    own: Option<&Own>,
    waiting: Waiting,
) -> Result<Load, LoadError> {
    let address = address(arguments, own);
    let clock = Clock::start();
    let last = plan.credentials.len() - 1;
    let gulp = |at| if arguments.greedy && at == last { Greedy::GULP } else { Lane::GULP };
    let lanes: Result<Vec<Lane>, LoadError> = (arguments.seed..)
        .zip(plan.credentials.iter().enumerate())
        .map(|(seed, (at, who))| Lane::connect(address, who, &clock, &plan.flow, seed, gulp(at)))
        .collect();
    let mut lanes = lanes?;
    let greedy = if arguments.greedy { lanes.pop() } else { None };
    let mut load = Load::new(lanes, clock, waiting, arguments.drain);
    if let Some(lane) = greedy {
        load.invite(Greedy::new(lane));
    }
    if let Some(own) = own {
        attend(arguments, &mut load, own)?;
    }
    Ok(load)
}

/// Listens to the feed, or gets ready to ask for it again and again.
fn attend(arguments: &Arguments, load: &mut Load, own: &Own) -> Result<(), LoadError> {
    let failed = |doing: &str| {
        let doing = doing.to_owned();
        |cause| LoadError::Io { doing, cause }
    };
    if let (Feed::Heard, Some([first, _])) = (arguments.feed, own.lines()) {
        let watch = Watch::join(first, Ipv4Addr::LOCALHOST);
        load.watch(watch.map_err(failed("listen to the feed"))?);
    }
    if arguments.flood {
        let (address, session) = own.rerequests().zip(load.session()).expect("a venue has both");
        let flood = Flood::new(address, session);
        load.suffer(flood.map_err(failed("ask for messages again"))?);
    }
    Ok(())
}

/// The rounds, each with the yardsticks beside it, and those with others.
type Rounds = (Vec<(Round, Yards)>, Option<Beside>);

/// Says how a round went: its number, and a mark if others were there.
type Tell<'a> = &'a dyn Fn(u32, &str, &Round, &Yards) -> Result<(), Failure>;

/// Every round, without others and then with them, if there are to be any.
fn all_rounds(
    arguments: &Arguments,
    plan: &Plan,
    load: &mut Load,
    yardsticks: &mut Yardsticks,
    own: Option<&Own>,
    tell: Tell<'_>,
) -> Result<Rounds, Failure> {
    let mut rounds = Vec::new();
    let mut beside = arguments.neighbours().map(|neighbours| Beside {
        neighbours,
        rounds: Vec::new(),
        bytes_each: None,
    });
    for number in 1..=arguments.rounds {
        let (round, yards) =
            one_round(arguments, plan, load, yardsticks, own).map_err(Failure::Load)?;
        tell(number, "", &round, &yards)?;
        rounds.push((round, yards));
        let Some(beside) = &mut beside else { continue };
        let bytes_each = come(arguments, plan, load, own).map_err(Failure::Load)?;
        // Later ones get memory that the first have left.
        beside.bytes_each = beside.bytes_each.or(bytes_each);
        let (round, yards) =
            one_round(arguments, plan, load, yardsticks, own).map_err(Failure::Load)?;
        load.scatter().map_err(Failure::Load)?;
        tell(number, "+", &round, &yards)?;
        beside.rounds.push(round);
    }
    Ok((rounds, beside))
}

/// The others come; says what each takes of the venue's memory, if that can be told.
fn come(
    arguments: &Arguments,
    plan: &Plan,
    load: &mut Load,
    own: Option<&Own>,
) -> Result<Option<u64>, LoadError> {
    let Some(Neighbours::Idle(count)) = arguments.neighbours() else {
        load.set_on(true);
        return Ok(None);
    };
    let memory = || own.and_then(Own::memory);
    let before = memory();
    let idlers = Idlers::connect(address(arguments, own), &plan.idle, load.clock())?;
    load.gather(idlers);
    let more = memory().zip(before).map(|(after, before)| after.saturating_sub(before));
    Ok(more.map(|bytes| bytes / u64::from(count)))
}

/// Where the venue is.
fn address(arguments: &Arguments, own: Option<&Own>) -> SocketAddr {
    own.map(Own::address).or(arguments.address).expect("it is one of the two")
}

/// The yardsticks, for which a venue of our own stands still, and then the load.
fn one_round(
    arguments: &Arguments,
    plan: &Plan,
    load: &mut Load,
    yardsticks: &mut Yardsticks,
    own: Option<&Own>,
) -> Result<(Round, Yards), LoadError> {
    own.map_or(Ok(()), Own::pause)?;
    let yards = yardsticks.measure();
    own.map_or(Ok(()), Own::resume)?;
    let yards = yards?;
    let round = load.round(plan.pace, arguments.warm_up, plan.length)?;
    Ok((round, yards))
}

fn io_failure(doing: &str, cause: io::Error) -> Failure {
    Failure::Io { doing: doing.to_owned(), cause }
}
