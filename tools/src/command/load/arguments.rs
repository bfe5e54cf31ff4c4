//! The arguments of `outcry load`, and what they mean.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use protocol_spec::wire::text::{Alpha, Secret};

use super::values::{Symbols, parse_password, parse_price, parse_symbols};
use crate::command::time::parse_time;
use crate::cores::Waiting;
use crate::load::{Credentials, Flow, Mix, Neighbours};

const EXAMPLES: &str = "\
Examples:
  outcry load                                         a venue of its own, flat out
  outcry load --connections 1 --window 1              one request at a time: the bare latency
  outcry load --rate 100000                           100,000 requests/s, whatever the answers do
  outcry load --address 127.0.0.1:9001 --port demo --connections 4 --password demo
  outcry load --durability os --duration 20s --rounds 5 --json

What is sent.
  By the shares of --mix: day orders that rest up to ten ticks of 0.01 away from --price (rest),
  immediate-or-cancel orders that reach all of the other side (cross), cancels and replaces of the
  oldest order at rest. Orders have 100 to 300 shares. No connection has more than --depth orders
  at rest: where the mix asks for one more, the oldest is canceled, or a crossing order sent. At
  the end all that rests is canceled. Requests are all of these; orders are rest and cross.

What is timed.
  Closed loop (--window): from before a request is handed to the socket until its answer was read.
  Open loop (--rate): from the moment at which the schedule has the request, so that a venue that
  stands still pays for all that it kept waiting. Executed is the first one of a crossing order, on
  its own side. The warm-up is not counted. Beside each round, on the venue's core: round trips of
  64 bytes on a bare TCP connection, one at a time, which waits as the generator does, and bare
  durable writes of 4 KiB; a venue started here stands still meanwhile (SIGSTOP).

What has to come of it.
  Every order is accepted or rejected once; every cancel and replace of an order that is known to
  live ends it, unless it was executed before; every crossing order is executed or canceled to the
  end; with a venue of its own, as many shares are executed incoming as at rest.

Others beside.
  Every round is done twice, without others and with them, and the figures of order to Accepted and
  the rate are told side by side with their ratio. --idle: so many more ports are logged in, send a
  heartbeat a second and do nothing else; they log out again for the rounds without. --greedy: one
  more connection sends 64 requests whenever the generator comes round to it, as long as the sockets
  take them, however many are not answered. Percentiles of all other figures, and the yardsticks,
  are those of the rounds without. --flood: requests for the day's first messages go to the venue's
  rerequest address, from one source, many more than it answers.

The feed.
  A venue started here publishes on two lines of the loopback interface. --feed heard: the generator
  listens to the first of them, and tells how long it is from an order that comes to rest until its
  Add Order is there; orders whose packet was lost on the way count for nothing and are told.

A venue of its own.
  It gets a configuration with the ports and securities asked for, port 0, and a data directory
  below --data-dir, which is removed at the end; count on 100 bytes a request until then.

Logging in.
  The login asks for the most recent message (number 0), so that the day is not replayed; an Account
  Query tells the number to go on with. A connection takes a port of its own.

Exit status:
  1 if there is no venue, the schedule of --rate is not kept, what was sent and answered does not
    agree, or a venue started here does not exit 0,
  2 for misuse,
  0 otherwise.";

/// Load a venue's order entry, and measure what its answers take
///
/// Without --address it starts a venue of its own, and stops it at the end.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct Arguments {
    /// Where a venue listens for orders
    #[arg(long, value_name = "IP:PORT")]
    pub address: Option<SocketAddr>,

    /// Program that is started as the venue, this one if not given
    #[arg(long, value_name = "PROGRAM", conflicts_with = "address")]
    pub venue: Option<PathBuf>,

    /// Usernames of the ports, one a connection; one name with --connections is numbered from 1
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub port: Vec<String>,

    /// The password of all of them
    #[arg(long, value_name = "TEXT", default_value = "demo", value_parser = parse_password)]
    pub password: String,

    /// Connections [default: one for each port named, otherwise 4: demo1 to demo4]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=200))]
    pub connections: Option<u16>,

    /// Closed loop: requests in flight on each connection
    #[arg(long, value_name = "N", default_value_t = 64, conflicts_with = "rate",
        value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub window: u32,

    /// Open loop: requests a second over all connections
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=20_000_000))]
    pub rate: Option<u64>,

    /// So many ports more, which are logged in and do nothing, in every other round
    #[arg(long, value_name = "N", conflicts_with = "greedy",
        value_parser = clap::value_parser!(u32).range(1..=16_000))]
    pub idle: Option<u32>,

    /// Their username, which is numbered from 1
    #[arg(long, value_name = "NAME", default_value = "I", requires = "idle")]
    pub idle_port: String,

    /// A connection more, which sends as fast as it can in every other round; it takes the next
    /// port of those numbered, the last of those named
    #[arg(long)]
    pub greedy: bool,

    /// What becomes of the feed of a venue started here: two lines of the loopback interface
    #[arg(long, value_enum, default_value_t = Feed::Unheard, conflicts_with = "address")]
    pub feed: Feed,

    /// Somebody asks the venue for the messages of its feed again, 50,000 times a second, in every
    /// other round
    #[arg(long, conflicts_with_all = ["idle", "greedy", "address"])]
    pub flood: bool,

    /// How long a round is, such as 500ms, 5s or 2m
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = parse_time)]
    pub duration: Duration,

    /// Requests of a round, in place of a duration
    #[arg(long, value_name = "N", conflicts_with = "duration",
        value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub orders: Option<u64>,

    /// What goes before each round and is not counted
    #[arg(long, value_name = "TIME", default_value = "500ms", value_parser = parse_time)]
    pub warm_up: Duration,

    /// Rounds, the yardsticks beside each
    #[arg(long, value_name = "N", default_value_t = 3,
        value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub rounds: u32,

    /// Securities by name, or how many of the usual ones
    #[arg(long, value_name = "LIST|N", default_value = "10", value_parser = parse_symbols)]
    pub symbols: Symbols,

    /// Shares of the kinds of requests in percent
    #[arg(long, value_name = "SHARES", default_value_t)]
    pub mix: Mix,

    /// Price that orders lie around
    #[arg(long, value_name = "PRICE", default_value = "100.00", value_parser = parse_price)]
    pub price: u64,

    /// Most orders at rest, of each connection
    #[arg(long, value_name = "N", default_value_t = 1_000,
        value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub depth: u32,

    /// What requests are drawn from
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,

    /// Core of the generator [default: the first, if a venue is started]
    #[arg(long, value_name = "N")]
    pub core: Option<usize>,

    /// Core of the venue, on which the yardsticks run [default: the last, if a venue is started]
    #[arg(long, value_name = "N")]
    pub venue_core: Option<usize>,

    /// What the generator does that has nothing to do [default: spin, if there are two cores]
    #[arg(long, value_enum)]
    pub waiting: Option<Waiting>,

    /// When a venue started here answers
    #[arg(long, value_enum, default_value_t = Durability::Disk, conflicts_with = "address")]
    pub durability: Durability,

    /// Where files are written, best on the venue's disk; a venue started here has its data there
    /// [default: the system's directory for temporary files]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,

    /// How long the last answers are waited for
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = parse_time)]
    pub drain: Duration,

    /// JSON instead of tables
    #[arg(long)]
    pub json: bool,
}

/// When an answer may be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Durability {
    /// Once the order is on the disk
    Disk,
    /// Once the system has it
    Os,
}

/// Who hears the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Feed {
    /// There are no lines
    None,
    /// Nobody listens to it
    Unheard,
    /// The generator listens to the first line, and times the packets
    Heard,
}

/// Name and number of the ports that are used if none is named.
const USUAL: (&str, u16) = ("demo", 4);

impl Durability {
    /// What the configuration of a venue calls it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Durability::Disk => "disk",
            Durability::Os => "os",
        }
    }
}

impl Arguments {
    /// Who logs in, a connection each; the greedy one, if there is one, is the last.
    pub(super) fn credentials(&self) -> Result<Vec<Credentials>, String> {
        let numbered = |name: &str, count| (1..=count).map(|n| format!("{name}{n}")).collect();
        let more = u16::from(self.greedy);
        let names: Vec<String> = match (self.port.as_slice(), self.connections) {
            ([], count) => numbered(USUAL.0, count.unwrap_or(USUAL.1) + more),
            ([name], Some(count)) => numbered(name, count + more),
            (names, Some(count)) if names.len() != usize::from(count + more) => {
                let (ports, count) = (names.len(), count + more);
                return Err(format!(
                    "{count} connections take {count} ports, a login each; {ports} are named"
                ));
            }
            ([_], None) if self.greedy => {
                return Err("a greedy connection and another take a port each".to_owned());
            }
            (names, _) => names.to_vec(),
        };
        let taken = self.idle_names();
        if let Some(name) = names.iter().find(|name| taken.contains(&name.to_uppercase())) {
            return Err(format!("port \"{name}\" is to be idle as well; see --idle-port"));
        }
        self.logins(&names)
    }

    /// Who logs in and does nothing.
    pub(super) fn idle_credentials(&self) -> Result<Vec<Credentials>, String> {
        self.logins(&self.idle_names())
    }

    fn idle_names(&self) -> Vec<String> {
        let stem = self.idle_port.to_uppercase();
        (1..=self.idle.unwrap_or(0)).map(|number| format!("{stem}{number}")).collect()
    }

    fn logins(&self, names: &[String]) -> Result<Vec<Credentials>, String> {
        let secret = Secret::try_new(&self.password).expect("it was read as one");
        let who = |name: &String| {
            let fits = Alpha::try_new(name)
                .filter(|_| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic()));
            let username = fits.ok_or_else(|| {
                format!("\"{name}\" is no username: they have 1 to 6 letters and digits")
            })?;
            Ok(Credentials { username, password: secret })
        };
        let who: Result<Vec<Credentials>, String> = names.iter().map(who).collect();
        let mut sorted: Vec<String> = names.iter().map(|name| name.to_uppercase()).collect();
        sorted.sort_unstable();
        match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(format!("port \"{}\" is named twice; it takes one login", pair[0])),
            None => who,
        }
    }

    /// Who else is there in every other round.
    pub(super) fn neighbours(&self) -> Option<Neighbours> {
        match self.idle {
            Some(count) => Some(Neighbours::Idle(count)),
            None if self.flood => Some(Neighbours::Flood),
            None => self.greedy.then_some(Neighbours::Greedy),
        }
    }

    /// What requests are drawn from.
    pub(super) fn flow(&self) -> Flow {
        let Symbols(symbols) = self.symbols.clone();
        Flow { mix: self.mix, symbols, price: self.price, depth: self.depth }
    }
}

#[cfg(test)]
mod tests;
