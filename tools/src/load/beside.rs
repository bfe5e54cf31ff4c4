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
    /// Somebody who asks for the messages of the feed again, more often than is answered.
    Flood,
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
    accepted: Spread,
    /// Order to feed packet, if the feed was heard.
    published: Spread,
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
            Neighbours::Flood => "a flood of rerequests".to_owned(),
        }
    }
}

impl Figures {
    fn of<'a>(rounds: impl Iterator<Item = &'a Round>) -> Self {
        let (mut accepted, mut published) = (Spread::default(), Spread::default());
        let (mut requests, mut elapsed) = (0, Duration::ZERO);
        for round in rounds {
            accepted.add_all(&round.figures.accepted);
            published.add_all(&round.figures.published);
            requests += round.requests;
            elapsed += round.elapsed;
        }
        Figures { accepted, published, rate: requests as f64 / elapsed.as_secs_f64() }
    }

    fn json(&self) -> Value {
        let nanos = |spread: &Spread, percent| (spread.micros(percent) * 1e3).round();
        let mut value = json!({
            "p50_ns": nanos(&self.accepted, 50.0),
            "p99_ns": nanos(&self.accepted, 99.0),
            "requests_per_second": self.rate.round(),
        });
        if self.published.count() > 0 {
            value["published_p50_ns"] = nanos(&self.published, 50.0).into();
            value["published_p99_ns"] = nanos(&self.published, 99.0).into();
        }
        value
    }
}

impl Beside {
    /// How the rounds compare to those `without` the others, over so many `lanes`.
    #[must_use]
    pub fn table<'a>(&self, without: impl Iterator<Item = &'a Round>, lanes: usize) -> String {
        let (without, with) = (Figures::of(without), Figures::of(self.rounds.iter()));
        let name = self.neighbours.name();
        let mut text = format!("\n{name:<30}{:>12}{:>12}{:>12}\n", "without", "with", "ratio");
        let mut row = |name: &str, cells: [String; 2], ratio: f64| {
            let [without, with] = cells;
            text.push_str(&format!("{name:<30}{without:>12}{with:>12}{ratio:>12.3}\n"));
        };
        let (accepted, published) = (
            ("Accepted", &without.accepted, &with.accepted),
            ("feed packet", &without.published, &with.published),
        );
        for (what, without, with) in [accepted, published] {
            if without.count() == 0 || with.count() == 0 {
                continue;
            }
            for (name, percent) in [("p50", 50.0), ("p99", 99.0)] {
                let times = [without.micros(percent), with.micros(percent)];
                let name = format!("order to {what}, {name}, us");
                row(&name, times.map(figure), times[1] / times[0]);
            }
        }
        let rates = [without.rate, with.rate];
        row("requests/s", rates.map(|rate| grouped(rate as u64)), rates[1] / rates[0]);
        if let Some(bytes) = self.bytes_each {
            let bytes = grouped(bytes);
            text.push_str(&format!("each of them takes {bytes} bytes of the venue's memory\n"));
        }
        if self.neighbours == Neighbours::Greedy {
            text.push_str(&format!(
                "the greedy one was answered {} requests/s; of {} busy connections each is due \
                 {:.1} % of the turns,\nso that a request may take {:.2} times as long; it took \
                 {:.2} times as long\n",
                grouped(self.rate_of_others() as u64),
                lanes + 1,
                100.0 * due(lanes),
                slower(lanes),
                with.accepted.micros(50.0) / without.accepted.micros(50.0),
            ));
        }
        if self.neighbours == Neighbours::Flood {
            let rate = grouped(self.rate_of_others() as u64);
            text.push_str(&format!("{rate} rerequests/s were answered\n"));
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
                value["greedy_requests_per_second"] = self.rate_of_others().round().into();
                value["share_of_turns_due"] = ((due(lanes) * 1e3).round() / 1e3).into();
                value["p50_ratio_due"] = ((slower(lanes) * 1e3).round() / 1e3).into();
            }
            Neighbours::Flood => {
                value["rerequests_answered_per_second"] = self.rate_of_others().round().into();
            }
        }
        value
    }

    fn rate_of_others(&self) -> f64 {
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
    let ratio = |percent| with.accepted.micros(percent) / without.accepted.micros(percent);
    [ratio(50.0), ratio(99.0), with.rate / without.rate]
}
