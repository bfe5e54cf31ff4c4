//! What is told of the feed.

use serde_json::{Value, json};

use super::reading::Reading;
use super::round_trip::RoundTrips;
use super::wire::Passage;
use crate::bench::{Machine, Spread, figure};
use crate::count::grouped;

/// All that was measured.
#[derive(Clone, Debug)]
pub struct FeedReport {
    /// Where.
    pub machine: Machine,
    /// What reading took, by the name of the flow: the best of the rounds.
    pub readings: Vec<(String, Reading)>,
    /// What went over the lines in each round.
    pub passages: Vec<Passage>,
    /// Round trips to a venue and to an echo.
    pub trips: Option<RoundTrips>,
}

impl FeedReport {
    /// Tables for people.
    #[must_use]
    pub fn table(&self) -> String {
        let Machine { processor, cores, commit, .. } = &self.machine;
        let commit = commit.as_ref().map(|commit| format!(", commit {commit}"));
        let mut text = format!("{processor}, {cores} cores{}\n", commit.unwrap_or_default());
        if !self.readings.is_empty() {
            text.push_str(&format!(
                "\n{:<12}{:>12}{:>12}{:>12}{:>12}{:>12}\n",
                "ns a message", "messages", "orders", "receiver", "and books", "not ahead",
            ));
        }
        for (name, reading) in &self.readings {
            let Reading { messages, receiver, both, plain, orders } = *reading;
            let [messages, orders] = [messages, orders as u64].map(grouped);
            let [receiver, both, plain] = [receiver, both, plain].map(figure);
            text.push_str(&format!(
                "{name:<12}{messages:>12}{orders:>12}{receiver:>12}{both:>12}{plain:>12}\n"
            ));
        }
        for passage in &self.passages {
            text.push_str(&format!(
                "\n{} messages in {} packets on each of two lines: {} messages/s sent, received \
                 and in the books, {} gaps; at most {} packets under way\n",
                grouped(passage.messages),
                grouped(passage.packets),
                grouped(passage.rate() as u64),
                passage.gaps,
                passage.window,
            ));
        }
        if let Some(trips) = &self.trips {
            text.push_str(&table(trips));
        }
        text
    }

    /// The same as JSON, times in nanoseconds.
    #[must_use]
    pub fn json(&self) -> Value {
        let readings = self.readings.iter().map(|(name, reading)| {
            json!({
                "flow": name,
                "messages": reading.messages,
                "orders": reading.orders,
                "receiver_ns": reading.receiver,
                "receiver_and_books_ns": reading.both,
                "not_ahead_ns": reading.plain,
            })
        });
        let passages = self.passages.iter().map(|passage| {
            json!({
                "messages": passage.messages,
                "packets_a_line": passage.packets,
                "seconds": passage.elapsed.as_secs_f64(),
                "messages_per_second": passage.rate().round(),
                "gaps": passage.gaps,
                "window": passage.window,
            })
        });
        let trips = self.trips.as_ref().map(|trips| {
            json!({
                "bytes": trips.bytes,
                "venue": trips.venue.json(),
                "echo": trips.echo.json(),
                "ratio": ratio(trips),
            })
        });
        json!({
            "processor": self.machine.processor,
            "cores": self.machine.cores,
            "commit": self.machine.commit,
            "readings": readings.collect::<Vec<_>>(),
            "passages": passages.collect::<Vec<_>>(),
            "round_trips": trips,
        })
    }
}

/// How many times as long as the echo a round trip takes, at the middle.
fn ratio(trips: &RoundTrips) -> f64 {
    trips.venue.micros(50.0) / trips.echo.micros(50.0)
}

fn table(trips: &RoundTrips) -> String {
    let row = |name: &str, spread: &Spread| {
        let [p50, p99] = [50.0, 99.0].map(|percent| figure(spread.micros(percent)));
        format!("{name:<30}{:>12}{p50:>12}{p99:>12}\n", grouped(spread.count()))
    };
    format!(
        "\n{:<30}{:>12}{:>12}{:>12}\n{}{}p50 of a rerequest is {} times that of the echo; \
         packets of {:.0} bytes\n",
        "round trips, us",
        "count",
        "p50",
        "p99",
        row("rerequest", &trips.venue),
        row("echo of as many bytes", &trips.echo),
        figure(ratio(trips)),
        trips.bytes,
    )
}
