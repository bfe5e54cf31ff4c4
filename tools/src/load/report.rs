//! What is told of a load.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::beside::{Beside, Neighbours};
use super::counts::Counts;
use super::figures::Figures;
use super::mix::Mix;
use super::pacer::{Length, Pace};
use super::run::Round;
use super::yardstick::Yards;
use crate::bench::{Machine, Method, Spread, figure};
use crate::cores::Waiting;
use crate::count::{grouped, plural};

/// Whose venue it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// One that was started for this load.
    Own {
        /// `disk` or `os`.
        durability: &'static str,
    },
    /// One that runs anyway.
    Running(SocketAddr),
}

/// What a load was, and where.
#[derive(Clone, Debug)]
pub struct About {
    /// The machine.
    pub machine: Machine,
    /// The venue.
    pub target: Target,
    /// The generator's core.
    pub core: Option<usize>,
    /// What it does that has nothing to do.
    pub waiting: Waiting,
    /// The venue's core.
    pub venue_core: Option<usize>,
    /// Requests a second of the generator alone, without sockets.
    pub alone: f64,
    /// How requests follow each other.
    pub pace: Pace,
    /// How long a round is.
    pub length: Length,
    /// And its warm-up.
    pub warm_up: Duration,
    /// Connections.
    pub connections: usize,
    /// Who else is there in every other round.
    pub neighbours: Option<Neighbours>,
    /// Shares of the kinds.
    pub mix: Mix,
    /// Securities.
    pub symbols: usize,
    /// Most orders at rest, of one connection.
    pub depth: u32,
    /// What requests are drawn from.
    pub seed: u64,
    /// How the yardstick writes.
    pub method: Method,
    /// Whether it writes to memory.
    pub is_memory: bool,
}

/// All rounds of a load.
#[derive(Clone, Debug)]
pub struct Report {
    /// What it was.
    pub about: About,
    /// Each round, with the yardsticks beside it.
    pub rounds: Vec<(Round, Yards)>,
    /// The rounds with others, if there are any.
    pub beside: Option<Beside>,
    /// What was sent and answered in all.
    pub counts: Counts,
    /// Messages of the feed that did not come, if it was listened to.
    pub unheard: Option<u64>,
}

impl About {
    /// What is the same for all rounds, and the heads of their lines.
    #[must_use]
    pub fn head(&self) -> String {
        let About { machine, core, venue_core, mix, symbols, depth, seed, .. } = self;
        let commit = machine.commit.as_ref().map(|commit| format!(", commit {commit}"));
        let on = |core: &Option<usize>| match core {
            Some(core) => format!("on core {core}"),
            None => "on any core".to_owned(),
        };
        let target = match self.target {
            Target::Own { durability } => {
                format!("started for this, durability {durability}, {}", on(venue_core))
            }
            Target::Running(address) => format!("at {address}, running meanwhile"),
        };
        let memory = if self.is_memory { ", in memory and on no disk" } else { "" };
        let beside = self.neighbours.map(|others| format!("; +: beside {}", others.name()));
        format!(
            "{}, {} cores{}\nvenue: {target}\ngenerator: one thread {}, {}; without \
             sockets it does {:.1} M requests/s\n{}; mix {mix}; {}; at most {} at rest on \
             each; seed {seed}\nrounds of {}, after {} of warm-up; beside each, on the venue's \
             core: a TCP echo of 64 bytes,\na durable write of 4 KiB ({}{memory}){}\n\n{}\n{}\n",
            machine.processor,
            machine.cores,
            commit.unwrap_or_default(),
            on(core),
            match self.waiting {
                Waiting::Spin => "never waiting",
                Waiting::Yield => "yielding its core",
            },
            self.alone / 1e6,
            self.pace_text(),
            match symbols {
                1 => "1 security".to_owned(),
                _ => format!("{symbols} securities"),
            },
            plural(u64::from(*depth), "order"),
            self.length_text(),
            millis(self.warm_up),
            self.method.name(),
            beside.unwrap_or_default(),
            TITLES,
            UNITS,
        )
    }

    fn pace_text(&self) -> String {
        let connections = plural(self.connections as u64, "connection");
        match self.pace {
            Pace::Window(window) => {
                let requests = plural(window.into(), "request");
                format!("closed loop: {requests} in flight on each of {connections}")
            }
            Pace::Rate(rate) => {
                let rate = grouped(rate);
                format!("open loop: {rate} requests/s by the clock, in turn over {connections}")
            }
        }
    }

    fn length_text(&self) -> String {
        match self.length {
            Length::Time(time) => millis(time),
            Length::Requests(count) => plural(count, "request"),
        }
    }

    fn json(&self) -> Map<String, Value> {
        let venue = match self.target {
            Target::Own { durability } => json!({ "durability": durability }),
            Target::Running(address) => json!({ "address": address.to_string() }),
        };
        let (window, rate) = match self.pace {
            Pace::Window(window) => (Some(window), None),
            Pace::Rate(rate) => (None, Some(rate)),
        };
        let value = json!({
            "processor": self.machine.processor,
            "cores": self.machine.cores,
            "commit": self.machine.commit,
            "venue": venue,
            "core": self.core,
            "venue_core": self.venue_core,
            "spins": self.waiting == Waiting::Spin,
            "alone_per_second": self.alone.round(),
            "connections": self.connections,
            "window": window,
            "rate": rate,
            "mix": self.mix.to_string(),
            "symbols": self.symbols,
            "depth": self.depth,
            "seed": self.seed,
            "commit_method": self.method.key(),
            "commit_in_memory": self.is_memory,
        });
        match value {
            Value::Object(object) => object,
            _ => unreachable!("it was made as one"),
        }
    }
}

const TITLES: &str = "round  requests/s   orders/s |  p50 us     p99     max |  p50 us     p99 | \
                       p50 us     p99";
const UNITS: &str = "                             |  order to Accepted      |  echo           | \
                      commit";

/// The line of a round, below [`About::head`]; a `+` marks one with others at the venue.
#[must_use]
pub fn line(number: u32, mark: &str, round: &Round, yards: &Yards) -> String {
    let cells = |spread: &Spread| {
        [50.0, 99.0].map(|percent| format!("{:>8}", figure(spread.micros(percent)))).concat()
    };
    let accepted = &round.figures.accepted;
    format!(
        "{:<5}{:>12}{:>11} |{}{:>8} |{} |{}\n",
        format!("{number}{mark}"),
        grouped(round.rate() as u64),
        grouped((round.orders as f64 / round.elapsed.as_secs_f64()) as u64),
        cells(accepted),
        figure(accepted.longest()),
        cells(&yards.echo),
        cells(&yards.commit),
    )
}

impl Report {
    /// All rounds together: percentiles, ratios, counts.
    #[must_use]
    pub fn table(&self) -> String {
        let (figures, yards) = self.together();
        let names = Spread::PERCENTS.map(|(name, _)| format!("{name:>10}")).concat();
        let mut text = format!("\n{:<22}{:>12}{names}{:>10}\n", "all rounds, us", "count", "max");
        let bare = [("echo of 64 bytes", &yards.echo), ("commit of 4 KiB", &yards.commit)];
        for (name, spread) in figures.rows().into_iter().chain(bare) {
            let cell = |value: f64| match spread.count() {
                0 => "-".to_owned(),
                _ => figure(value),
            };
            let cells = Spread::PERCENTS
                .map(|(_, percent)| format!("{:>10}", cell(spread.micros(percent))));
            let (count, longest) = (grouped(spread.count()), cell(spread.longest()));
            text.push_str(&format!("{name:<22}{count:>12}{}{longest:>10}\n", cells.concat()));
        }
        let Ratios { to_echo, to_both, in_a_commit, of_alone } = self.ratios(&figures, &yards);
        text.push_str(&format!(
            "\np50 of order to Accepted is {} times that of echo and commit together, {} times \
             that of the echo\n{} requests are answered in the time of a commit (p50); {:.0} % of \
             what the generator does alone\n{}",
            figure(to_both),
            figure(to_echo),
            figure(in_a_commit),
            of_alone * 100.0,
            self.counts_text(),
        ));
        if let Some(beside) = &self.beside {
            text.push_str(&beside.table(self.bare(), self.about.connections));
        }
        text
    }

    /// The rounds without others.
    fn bare(&self) -> impl Iterator<Item = &Round> {
        self.rounds.iter().map(|(round, _)| round)
    }

    fn counts_text(&self) -> String {
        let counts = &self.counts;
        let mut text = format!(
            "sent {}, {}, {}; in {} incoming orders took {}\n",
            plural(counts.enters, "order"),
            plural(counts.cancels, "cancel"),
            plural(counts.replaces, "replace"),
            plural(counts.trades, "execution"),
            plural(counts.removed, "share"),
        );
        for (reason, count) in &counts.reasons {
            let meaning = protocol_spec::wire::ouch::RejectReason(*reason).meaning();
            let meaning = meaning.unwrap_or("a reason without a name");
            text.push_str(&format!("rejected: {}, {meaning}\n", grouped(*count)));
        }
        let notes = [
            (counts.killed, "replace", "killed their orders"),
            (counts.dropped, "order", "at rest were canceled by the venue itself"),
            (counts.earlier, "message", "were about orders of earlier runs"),
        ];
        for (count, noun, what) in notes.into_iter().filter(|(count, ..)| *count > 0) {
            text.push_str(&format!("{} {what}\n", plural(count, noun)));
        }
        if let Some(lost) = self.unheard.filter(|lost| *lost > 0) {
            text.push_str(&format!(
                "{} of the feed did not come: the generator's socket had no room\n",
                plural(lost, "message"),
            ));
        }
        if self.differences().is_empty() {
            text.push_str("every request has its one answer\n");
        }
        text
    }

    /// In what sent and answered do not agree.
    #[must_use]
    pub fn differences(&self) -> Vec<String> {
        self.counts.differences(matches!(self.about.target, Target::Own { .. }))
    }

    fn together(&self) -> (Figures, Yards) {
        let mut sums = (Figures::default(), Yards::default());
        for (round, yards) in &self.rounds {
            sums.0.add_all(&round.figures);
            sums.1.add_all(yards);
        }
        sums
    }

    fn ratios(&self, figures: &Figures, yards: &Yards) -> Ratios {
        let accepted = figures.accepted.micros(50.0);
        let [echo, commit] = [&yards.echo, &yards.commit].map(|spread| spread.micros(50.0));
        let requests: u64 = self.rounds.iter().map(|(round, _)| round.requests).sum();
        let elapsed: Duration = self.rounds.iter().map(|(round, _)| round.elapsed).sum();
        let rate = requests as f64 / elapsed.as_secs_f64();
        Ratios {
            to_echo: accepted / echo,
            to_both: accepted / (echo + commit),
            in_a_commit: rate * commit / 1e6,
            of_alone: rate / self.about.alone,
        }
    }

    /// Everything as JSON, times in nanoseconds.
    #[must_use]
    pub fn json(&self) -> Value {
        let (figures, yards) = self.together();
        let ratios = self.ratios(&figures, &yards);
        let mut object = self.about.json();
        let rounds: Vec<Value> = self.rounds.iter().map(round_json).collect();
        object.insert("rounds".to_owned(), rounds.into());
        object.insert("all".to_owned(), spreads(&figures, &yards));
        let ratios = json!({
            "accepted_to_echo": thousandths(ratios.to_echo),
            "accepted_to_echo_and_commit": thousandths(ratios.to_both),
            "requests_in_a_commit": thousandths(ratios.in_a_commit),
            "of_generator_alone": thousandths(ratios.of_alone),
        });
        object.insert("ratios".to_owned(), ratios);
        if let Some(beside) = &self.beside {
            let value = beside.json(self.bare(), self.about.connections);
            object.insert("beside".to_owned(), value);
        }
        let counts = &self.counts;
        let reasons: Map<String, Value> = counts
            .reasons
            .iter()
            .map(|(reason, count)| {
                (format!("{:04X}", u16::from_be_bytes(*reason)), (*count).into())
            })
            .collect();
        let counts = json!({
            "orders": counts.enters,
            "accepted": counts.accepted,
            "rejected": counts.rejected,
            "cancels": counts.cancels,
            "canceled": counts.canceled,
            "replaces": counts.replaces,
            "replaced": counts.replaced,
            "refused": counts.refused,
            "killed": counts.killed,
            "overtaken": counts.overtaken,
            "dropped": counts.dropped,
            "executions": counts.trades,
            "shares_executed": counts.removed,
            "of_earlier_runs": counts.earlier,
            "unexpected": counts.unexpected,
            "reject_reasons": reasons,
            "differences": self.differences(),
        });
        object.insert("counts".to_owned(), counts);
        Value::Object(object)
    }
}

/// How the venue stands beside the bare work.
struct Ratios {
    to_echo: f64,
    to_both: f64,
    in_a_commit: f64,
    of_alone: f64,
}

fn round_json((round, yards): &(Round, Yards)) -> Value {
    json!({
        "requests": round.requests,
        "orders": round.orders,
        "seconds": round.elapsed.as_secs_f64(),
        "requests_per_second": round.rate().round(),
        "ns": spreads(&round.figures, yards),
    })
}

fn spreads(figures: &Figures, yards: &Yards) -> Value {
    json!({
        "accepted": figures.accepted.json(),
        "executed": figures.executed.json(),
        "canceled": figures.canceled.json(),
        "replaced": figures.replaced.json(),
        "published": figures.published.json(),
        "echo": yards.echo.json(),
        "commit": yards.commit.json(),
    })
}

fn thousandths(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

fn millis(time: Duration) -> String {
    match time.as_millis() {
        millis if millis % 1_000 == 0 => format!("{} s", millis / 1_000),
        millis => format!("{millis} ms"),
    }
}
