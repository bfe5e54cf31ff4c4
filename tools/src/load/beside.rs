//! Rounds with others at the venue, compared to those without.

use std::time::Duration;

use serde_json::{Value, json};

use super::run::Round;
use crate::bench::{Spread, figure};
use crate::count::grouped;

/// Who the others are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Neighbours {
    /// So many ports that are logged in and do nothing but heartbeats.
    Idle(u32),
    /// One connection that sends as fast as it can.
    Greedy,
}

/// The rounds with them.
#[derive(Clone, Debug)]
pub struct Beside {
    /// Who they are.
    pub neighbours: Neighbours,
    /// The rounds.
    pub rounds: Vec<Round>,
    /// Bytes of the venue's memory for each idle one, if they are known.
    pub bytes_each: Option<u64>,
}

/// What is compared.
struct Figures {
    p50: f64,
    p99: f64,
    rate: f64,
}

impl Neighbours {
    /// As a part of a sentence.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Neighbours::Idle(1) => "1 idle connection".to_owned(),
            Neighbours::Idle(count) => format!("{} idle connections", grouped(count.into())),
            Neighbours::Greedy => "a greedy connection".to_owned(),
        }
    }
}

impl Figures {
    fn of<'a>(rounds: impl Iterator<Item = &'a Round>) -> Self {
        let (mut accepted, mut requests, mut elapsed) = (Spread::default(), 0, Duration::ZERO);
        for round in rounds {
            accepted.add_all(&round.figures.accepted);
            requests += round.requests;
            elapsed += round.elapsed;
        }
        Figures {
            p50: accepted.micros(50.0),
            p99: accepted.micros(99.0),
            rate: requests as f64 / elapsed.as_secs_f64(),
        }
    }

    fn json(&self) -> Value {
        json!({
            "p50_ns": (self.p50 * 1e3).round(),
            "p99_ns": (self.p99 * 1e3).round(),
            "requests_per_second": self.rate.round(),
        })
    }
}

impl Beside {
    /// How the rounds compare to those `without` the others, over so many `lanes`.
    #[must_use]
    pub fn table<'a>(&self, without: impl Iterator<Item = &'a Round>, lanes: usize) -> String {
        let (without, with) = (Figures::of(without), Figures::of(self.rounds.iter()));
        let name = self.neighbours.name();
        let mut text = format!("\n{name:<30}{:>12}{:>12}{:>12}\n", "without", "with", "ratio");
        let rows = [
            ("order to Accepted, p50, us", figure(without.p50), figure(with.p50)),
            ("order to Accepted, p99, us", figure(without.p99), figure(with.p99)),
            ("requests/s", grouped(without.rate as u64), grouped(with.rate as u64)),
        ];
        for ((name, without, with), ratio) in rows.into_iter().zip(ratios(&without, &with)) {
            text.push_str(&format!("{name:<30}{without:>12}{with:>12}{ratio:>12.3}\n"));
        }
        if let Some(bytes) = self.bytes_each {
            let bytes = grouped(bytes);
            text.push_str(&format!("each of them takes {bytes} bytes of the venue's memory\n"));
        }
        if self.neighbours == Neighbours::Greedy {
            text.push_str(&format!(
                "the greedy one was answered {} requests/s; of {} busy connections each is due \
                 {:.1} % of the turns,\nso that a request may take {:.2} times as long; it took \
                 {:.2} times as long\n",
                grouped(self.greedy_rate() as u64),
                lanes + 1,
                100.0 * due(lanes),
                slower(lanes),
                with.p50 / without.p50,
            ));
        }
        text
    }

    /// The same as JSON.
    #[must_use]
    pub fn json<'a>(&self, without: impl Iterator<Item = &'a Round>, lanes: usize) -> Value {
        let (without, with) = (Figures::of(without), Figures::of(self.rounds.iter()));
        let [p50, p99, rate] = ratios(&without, &with).map(|ratio| (ratio * 1e3).round() / 1e3);
        let mut value = json!({
            "without": without.json(),
            "with": with.json(),
            "ratios": { "p50": p50, "p99": p99, "rate": rate },
        });
        match self.neighbours {
            Neighbours::Idle(count) => {
                value["idle_connections"] = count.into();
                value["bytes_per_idle_connection"] = self.bytes_each.into();
            }
            Neighbours::Greedy => {
                value["greedy_requests_per_second"] = self.greedy_rate().round().into();
                value["share_of_turns_due"] = ((due(lanes) * 1e3).round() / 1e3).into();
                value["p50_ratio_due"] = ((slower(lanes) * 1e3).round() / 1e3).into();
            }
        }
        value
    }

    fn greedy_rate(&self) -> f64 {
        let elapsed: Duration = self.rounds.iter().map(|round| round.elapsed).sum();
        self.rounds.iter().map(|round| round.others).sum::<u64>() as f64 / elapsed.as_secs_f64()
    }
}

/// What each of the lanes and the greedy one is due.
fn due(lanes: usize) -> f64 {
    1.0 / (lanes + 1) as f64
}

/// How much longer a request may take when the venue's turns are shared with one more.
fn slower(lanes: usize) -> f64 {
    (lanes + 1) as f64 / lanes as f64
}

/// With to without.
fn ratios(without: &Figures, with: &Figures) -> [f64; 3] {
    [with.p50 / without.p50, with.p99 / without.p99, with.rate / without.rate]
}
