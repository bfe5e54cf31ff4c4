//! What is told of measurements.

use std::fmt;

use serde_json::{Value, json};

use super::machine::Machine;
use super::measure::Round;
use crate::workload::{Flow, Mix};

/// The percentiles that are told.
const PERCENTS: [f64; 4] = [50.0, 90.0, 99.0, 99.9];

/// All rounds of a subject with a flow, in short.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The flow's name.
    pub flow: String,
    /// Commands of a round.
    pub commands: u64,
    /// Trades of the flow.
    pub trades: u64,
    /// What a feed would tell of it.
    pub mix: Mix,
    /// Nanoseconds a command, of the best round and of the middle one.
    pub nanos: [f64; 2],
    /// Nanoseconds a command by batches, of the best round: half of all batches took no longer than
    /// the first, 90 % than the second, 99 % and 99.9 %.
    pub percentiles: [f64; 4],
    /// Nanoseconds that the translation of a command took, of the best round.
    pub preparing: f64,
    /// Events a command, if the subject tells any.
    pub events: Option<f64>,
}

impl Summary {
    /// Of these rounds.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn of(flow: &Flow, rounds: &[Round]) -> Self {
        let mut rounds: Vec<&Round> = rounds.iter().collect();
        rounds.sort_by_key(|round| round.elapsed);
        let [best, middle] = [0, rounds.len() / 2].map(|at| rounds[at]);
        let commands = best.commands as f64;
        Summary {
            flow: flow.name.clone(),
            commands: best.commands,
            trades: flow.expected.tally.trades,
            mix: flow.mix,
            nanos: [best.nanos(), middle.nanos()],
            percentiles: PERCENTS.map(|percent| best.percentile(percent)),
            preparing: best.preparing.as_nanos() as f64 / commands,
            events: best.events.map(|events| events as f64 / commands),
        }
    }

    /// Million commands a second, of the best round and of the middle one.
    #[must_use]
    pub fn millions(&self) -> [f64; 2] {
        self.nanos.map(|nanos| 1_000.0 / nanos)
    }
}

/// What is told of a run of the command.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was measured.
    pub subject: &'static str,
    /// Where.
    pub machine: Machine,
    /// Rounds of each flow.
    pub rounds: u32,
    /// Commands of a batch.
    pub batch: usize,
}

impl Report {
    /// What is the same for all lines, and their heads.
    #[must_use]
    pub fn head(&self) -> String {
        let Report { subject, machine, rounds, batch } = self;
        let commit = machine.commit.as_ref().map(|commit| format!(", commit {commit}"));
        let clock = machine.clock / *batch as f64;
        let titles = format!(
            "{:<10}{:>10}{:>10} |{:>8}{:>8} |{:>8}{:>8}{:>8}{:>8} |{:>8}{:>8}",
            "",
            "commands",
            "trades",
            "best",
            "median",
            "p50",
            "p90",
            "p99",
            "p99.9",
            "prepare",
            "events",
        );
        let units = format!(
            "{:<30} |{:>16} |{:>32} |{:>8}{:>8}",
            "", "M/s", "ns a command, of the best", "ns", "each",
        );
        format!(
            "{}, {} cores{}\n{subject} on one core, {rounds} rounds, batches of {batch}; a reading \
             of the clock is in each batch: {clock:.1} ns a command\n\n{titles}\n{units}\n",
            machine.processor,
            machine.cores,
            commit.unwrap_or_default(),
        )
    }

    /// The same and all lines, as JSON.
    #[must_use]
    pub fn json(&self, summaries: &[Summary]) -> Value {
        let Report { subject, machine, rounds, batch } = self;
        let flows: Vec<Value> = summaries.iter().map(Summary::json).collect();
        json!({
            "processor": machine.processor,
            "cores": machine.cores,
            "commit": machine.commit,
            "clock_ns": tenths(machine.clock),
            "subject": subject,
            "rounds": rounds,
            "batch": batch,
            "workloads": flows,
        })
    }
}

impl Summary {
    fn json(&self) -> Value {
        let [best, median] = self.nanos.map(|nanos| (1e9 / nanos).round());
        let [p50, p90, p99, p999] = self.percentiles.map(tenths);
        json!({
            "workload": self.flow,
            "commands": self.commands,
            "trades": self.trades,
            "feed_messages": {
                "add": self.mix.adds,
                "delete": self.mix.deletes,
                "replace": self.mix.replaces,
                "reduce": self.mix.reductions,
                "execute": self.mix.executions,
                "execute_hidden": self.mix.hidden,
            },
            "commands_per_second": { "best": best, "median": median },
            "ns_per_command": { "p50": p50, "p90": p90, "p99": p99, "p99.9": p999 },
            "prepare_ns": tenths(self.preparing),
            "events_per_command": self.events.map(|events| (events * 1e3).round() / 1e3),
        })
    }
}

impl fmt::Display for Summary {
    /// A line below [`Report::head`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [best, median] = self.millions();
        let [p50, p90, p99, p999] = self.percentiles;
        write!(
            f,
            "{:<10}{:>10}{:>10} |{best:>8.2}{median:>8.2} |{p50:>8.1}{p90:>8.1}{p99:>8.1}\
             {p999:>8.1} |{:>8.1}",
            self.flow, self.commands, self.trades, self.preparing,
        )?;
        match self.events {
            Some(events) => write!(f, "{events:>8.2}"),
            None => write!(f, "{:>8}", "-"),
        }
    }
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
