//! The meters in the words of OpenMetrics.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, MetricEncoder};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::admin::{PHASES, phase_word};
use crate::config::Feed;
use crate::meters::{Figures, Kind, LINE_ROWS, Meters, ROWS, Row, Spread, StageOfTurn};

/// What every name begins with.
const PREFIX: &str = "outcry";
/// The bounds of the buckets, as powers of two of nanoseconds: 256 ns to 8.6 s. They are bounds of
/// the meters' own buckets too, and so is the middle between two of them, so counts are exact.
const BOUNDS: std::ops::RangeInclusive<u32> = 8..=33;

/// The meters as text, as they are now.
///
/// # Panics
/// Never: text can be written to memory.
#[must_use]
pub fn expose(meters: &Arc<Meters>) -> String {
    let mut registry = Registry::with_prefix(PREFIX);
    registry.register_collector(Box::new(Exposition { meters: Arc::clone(meters) }));
    let mut text = String::new();
    encode(&mut text, &registry).expect("text can be written to memory");
    text
}

#[derive(Debug)]
struct Exposition {
    meters: Arc<Meters>,
}

impl Collector for Exposition {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let figures = self.meters.figures();
        about(&mut encoder, &figures)?;
        numbers(&mut encoder, &figures)?;
        lines(&mut encoder, &figures)?;
        self.stages(&mut encoder)
    }
}

impl Exposition {
    /// How long the parts of a turn take.
    fn stages(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let help =
            "How long a part of a turn of the core takes, and a whole turn without its wait.";
        let (unit, of) = (Some(&Unit::Seconds), MetricType::Histogram);
        let mut encoder = encoder.encode_descriptor("stage_duration", help, unit, of)?;
        for stage in StageOfTurn::ALL {
            let labels = [("stage", stage.name())];
            histogram(encoder.encode_family(&labels)?, &self.meters.spread(stage))?;
        }
        Ok(())
    }
}

/// Which program, day and phase it is.
fn about(encoder: &mut DescriptorEncoder<'_>, figures: &Figures) -> fmt::Result {
    let version = env!("CARGO_PKG_VERSION");
    info(encoder, "build", "The program.", Some(vec![("version", version.to_owned())]))?;
    let session = figures.session.map(|session| {
        let name = session.name().to_owned();
        let date = format!("{}-{}-{}", &name[..4], &name[4..6], &name[6..8]);
        vec![("session", name), ("date", date)]
    });
    info(encoder, "session", "The trading day.", session)?;
    let now = phase_word(figures.phase);
    states(encoder, "phase", "The phase of the day: the one that is 1.", &PHASES, now)?;
    let stages = ["open", "ending", "waiting", "stopping"];
    let help = "Where the venue is between two days: the one that is 1.";
    states(encoder, "venue_stage", help, &stages, stages[figures.stage as usize])
}

/// Words that are told by labels, if they are known.
fn info(
    encoder: &mut DescriptorEncoder<'_>,
    name: &'static str,
    help: &str,
    labels: Option<Vec<(&'static str, String)>>,
) -> fmt::Result {
    let encoder = encoder.encode_descriptor(name, help, None, MetricType::Info)?;
    labels.map_or(Ok(()), |labels| Info::new(labels).encode(encoder))
}

/// A state that is one of several.
fn states(
    encoder: &mut DescriptorEncoder<'_>,
    name: &'static str,
    help: &str,
    all: &[&'static str],
    now: &str,
) -> fmt::Result {
    let mut encoder = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
    for state in all {
        let labels = [("state", *state)];
        ConstGauge::new(u64::from(*state == now)).encode(encoder.encode_family(&labels)?)?;
    }
    Ok(())
}

/// The numbers that the core published.
fn numbers(encoder: &mut DescriptorEncoder<'_>, figures: &Figures) -> fmt::Result {
    let all: Vec<(Row, u64)> = ROWS.into_iter().zip(figures.numbers()).collect();
    for rows in all.chunk_by(|(one, _), (other, _)| one.name == other.name) {
        let (row, _) = rows[0];
        let (name, unit, of): (Cow<'_, str>, _, _) = match row.kind {
            Kind::Counter => (row.name.into(), None, MetricType::Counter),
            Kind::CounterBytes => (row.name.into(), Some(Unit::Bytes), MetricType::Counter),
            Kind::Gauge => (row.name.into(), None, MetricType::Gauge),
            Kind::Bytes => (row.name.into(), Some(Unit::Bytes), MetricType::Gauge),
            Kind::Time => {
                (format!("{}_timestamp", row.name).into(), Some(Unit::Seconds), MetricType::Gauge)
            }
        };
        let help = format!("{}.", row.help);
        let mut encoder = encoder.encode_descriptor(&name, &help, unit.as_ref(), of)?;
        if row.labels.is_empty() {
            value(encoder, row.kind, rows[0].1)?;
            continue;
        }
        for (row, number) in rows {
            value(encoder.encode_family(&row.labels)?, row.kind, *number)?;
        }
    }
    Ok(())
}

/// What went on the lines of the feed.
fn lines(encoder: &mut DescriptorEncoder<'_>, figures: &Figures) -> fmt::Result {
    for (at, row) in LINE_ROWS.iter().enumerate() {
        let help = format!("{}.", row.help);
        let mut encoder = encoder.encode_descriptor(row.name, &help, None, MetricType::Counter)?;
        for (line, figures) in figures.lines.iter().take(figures.line_count).enumerate() {
            let labels = [("line", Feed::name(line).to_string())];
            value(encoder.encode_family(&labels)?, row.kind, figures.numbers()[at])?;
        }
    }
    Ok(())
}

fn value(encoder: MetricEncoder<'_>, kind: Kind, number: u64) -> fmt::Result {
    match kind {
        Kind::Counter | Kind::CounterBytes => ConstCounter::new(number).encode(encoder),
        Kind::Gauge | Kind::Bytes => ConstGauge::new(number).encode(encoder),
        // There is no such time.
        Kind::Time if number == 0 => Ok(()),
        Kind::Time => ConstGauge::new(seconds(number)).encode(encoder),
    }
}

/// A histogram as the protocol has it: how many are in each bucket.
fn histogram(mut encoder: MetricEncoder<'_>, spread: &Spread) -> fmt::Result {
    let bounds = BOUNDS.flat_map(|power| [1 << power, 3 << (power - 1)]);
    let mut buckets = Vec::new();
    let mut below = 0;
    for bound in bounds {
        let count = spread.below(bound);
        buckets.push((seconds(bound), count - below));
        below = count;
    }
    let all = spread.count();
    buckets.push((f64::INFINITY, all - below));
    encoder.encode_histogram::<[(&str, &str); 0]>(seconds(spread.sum), all, &buckets, None)
}

/// Nanoseconds in seconds.
fn seconds(nanos: u64) -> f64 {
    nanos as f64 / 1e9
}
