//! The meters by HTTP: what a scrape brings, and who may ask for what.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use appliance::admin::Stage;
use appliance::calendar::Session;
use appliance::meters::{Figures, LineFigures, StageOfTurn};
use matcher::phase::Phase;

use crate::kit::House;
use crate::sample;

/// Which of the two formats is asked for.
const OPEN: &str = "Accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5\r\n";
const PLAIN: &str = "Accept: */*\r\n";

/// A response: the status, the head, the body.
fn http(address: SocketAddr, request: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time can be set");
    stream.write_all(request.as_bytes()).expect("it listens");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("it answers with text");
    let (head, body) = text.split_once("\r\n\r\n").expect("there is a head and a body");
    let code = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    (code.expect("there is a code"), head.to_lowercase(), body.to_owned())
}

fn get(address: SocketAddr, path: &str, headers: &str) -> (u16, String, String) {
    http(address, &format!("GET {path} HTTP/1.1\r\nHost: venue\r\n{headers}\r\n"))
}

/// What a scrape brought.
#[derive(Debug, Default)]
struct Scrape {
    /// Type, help and unit of each family.
    types: BTreeMap<String, String>,
    helps: BTreeMap<String, String>,
    units: BTreeMap<String, String>,
    /// Samples with their labels.
    samples: BTreeMap<String, f64>,
    /// Names of samples, in their order.
    names: Vec<String>,
}

impl Scrape {
    fn read(text: &str) -> Self {
        let mut scrape = Scrape::default();
        for line in text.lines().filter(|line| *line != "# EOF") {
            let Some(told) = line.strip_prefix("# ") else {
                let (name, value) = line.rsplit_once(' ').expect("a sample has a value");
                let value = value.parse().expect("the value is a number");
                assert_eq!(scrape.samples.insert(name.to_owned(), value), None, "{name} twice");
                let bare = name.split('{').next().expect("a name is there");
                scrape.names.push(bare.to_owned());
                continue;
            };
            let mut words = told.splitn(3, ' ');
            let (what, name) = (words.next(), words.next().expect("a family is named"));
            let map = match what {
                Some("TYPE") => &mut scrape.types,
                Some("HELP") => &mut scrape.helps,
                Some("UNIT") => &mut scrape.units,
                other => panic!("{other:?} is unknown: {line}"),
            };
            let told = words.next().expect("something is told of it").to_owned();
            assert_eq!(map.insert(name.to_owned(), told), None, "{name} is told twice");
        }
        scrape
    }

    fn value(&self, name: &str) -> f64 {
        let names = || self.samples.keys().filter(|key| !key.contains("_bucket{"));
        let missing = || panic!("{name} is not among {:#?}", names().collect::<Vec<_>>());
        *self.samples.get(name).unwrap_or_else(missing)
    }

    /// The buckets of a stage: bounds and counts.
    fn buckets(&self, stage: &str) -> Vec<(f64, f64)> {
        let prefix = "outcry_stage_duration_seconds_bucket{";
        let of_stage = |name: &&String| name.contains(&format!("stage=\"{stage}\""));
        let samples = self.samples.iter().filter(|(name, _)| name.starts_with(prefix));
        let samples = samples.filter(|(name, _)| of_stage(name));
        let mut buckets: Vec<(f64, f64)> = samples
            .map(|(name, count)| {
                let bound = name.split("le=\"").nth(1).and_then(|rest| rest.split('"').next());
                let bound = bound.expect("a bucket has a bound").replace("+Inf", "inf");
                (bound.parse().expect("a bound is a number"), *count)
            })
            .collect();
        buckets.sort_by(|one, other| one.0.total_cmp(&other.0));
        buckets
    }
}

/// An office whose meters show something.
fn house() -> House {
    let house = House::new(sample::answer);
    let line = |n: u64| LineFigures { packets: 10 * n, messages: 100 * n, dropped: n - 1 };
    let lines = std::array::from_fn(|at| line(at as u64 + 1));
    house.meters.publish(&Figures {
        session: Session::parse("2026112002"),
        phase: Phase::PreOpen,
        stage: Stage::Ending,
        process_started: 1_700_000_000_500_000_000,
        commands: 1_234_567_890_123,
        journal_bytes: 77,
        journal_free: 5,
        ports: 12,
        halted: 3,
        jobs_waiting: 4,
        jobs_room: 1024,
        lines,
        line_count: 2,
        ..Figures::default()
    });
    for nanos in [0, 255, 256, 1023, 1024, 1_000_000, 60_000_000_000] {
        house.meters.record(StageOfTurn::Commit, Duration::from_nanos(nanos));
    }
    house
}

#[test]
fn a_scrape_has_every_number_with_type_and_help() {
    let house = house();
    let (code, head, body) = get(house.metrics, "/metrics", OPEN);
    assert_eq!(code, 200);
    assert!(head.contains("content-type: application/openmetrics-text; version=1.0.0"), "{head}");
    assert!(body.ends_with("# EOF\n"));
    let scrape = Scrape::read(&body);
    assert_eq!(scrape.value("outcry_commands_total"), 1_234_567_890_123.0);
    assert_eq!(scrape.types["outcry_commands"], "counter");
    assert_eq!(scrape.value("outcry_journal_written_bytes_total"), 77.0);
    assert_eq!(scrape.units["outcry_journal_written_bytes"], "bytes");
    assert_eq!(scrape.value("outcry_journal_disk_free_bytes"), 5.0);
    assert_eq!(scrape.value("outcry_process_start_timestamp_seconds"), 1_700_000_000.5);
    assert_eq!(scrape.value("outcry_instruments_held{state=\"halted\"}"), 3.0);
    assert_eq!(scrape.value("outcry_queue_waiting{queue=\"jobs\"}"), 4.0);
    assert_eq!(scrape.value("outcry_feed_line_packets_total{line=\"A\"}"), 10.0);
    assert_eq!(scrape.value("outcry_feed_line_messages_total{line=\"B\"}"), 200.0);
    assert_eq!(scrape.value("outcry_feed_line_dropped_total{line=\"B\"}"), 1.0);
    assert!(!body.contains("line=\"C\""), "there is none");
    let session = "outcry_session_info{session=\"2026112002\",date=\"2026-11-20\"}";
    assert_eq!(scrape.value(session), 1.0);
    assert_eq!(scrape.value("outcry_phase{state=\"pre-open\"}"), 1.0);
    assert_eq!(scrape.value("outcry_phase{state=\"open\"}"), 0.0);
    assert_eq!(scrape.value("outcry_venue_stage{state=\"ending\"}"), 1.0);
    let never = "outcry_checkpoint_written_timestamp_seconds";
    assert!(!scrape.samples.contains_key(never), "what never was has no time");
    assert!(scrape.types.contains_key(never));
    assert!(house.asked().is_empty(), "the core is not asked");
}

#[test]
fn every_family_is_described_once_and_every_sample_is_of_one() {
    let house = house();
    for headers in [OPEN, PLAIN] {
        let (_, _, body) = get(house.metrics, "/metrics", headers);
        let scrape = Scrape::read(&body);
        let families: BTreeSet<&String> = scrape.types.keys().collect();
        assert_eq!(families, scrape.helps.keys().collect());
        assert!(families.len() > 30);
        assert!(scrape.helps.values().all(|help| help.ends_with('.') && !help.ends_with("..")));
        for (name, unit) in &scrape.units {
            assert!(name.ends_with(unit.as_str()), "{name} is in {unit}");
        }
        for name in &scrape.names {
            let is_of = |(family, of): (&String, &String)| {
                let suffixes: &[&str] = match (of.as_str(), headers == OPEN) {
                    ("counter", true) => &["_total"],
                    ("info", _) => &["_info"],
                    ("histogram", _) => &["_bucket", "_sum", "_count"],
                    _ => &[""],
                };
                suffixes.iter().any(|suffix| name == &format!("{family}{suffix}"))
            };
            let of = scrape.types.iter().filter(|(family, of)| is_of((family, of))).count();
            assert_eq!(of, 1, "{name} is of one family");
        }
    }
}

#[test]
fn the_older_format_knows_families_by_the_names_of_their_samples() {
    let house = house();
    let (_, head, body) = get(house.metrics, "/metrics", PLAIN);
    assert!(head.contains("content-type: text/plain; version=0.0.4"), "{head}");
    let scrape = Scrape::read(&body);
    assert!(!body.contains("# EOF") && scrape.units.is_empty());
    assert_eq!(scrape.types["outcry_commands_total"], "counter");
    assert_eq!(scrape.types["outcry_session_info"], "gauge");
    assert_eq!(scrape.types["outcry_stage_duration_seconds"], "histogram");
    assert_eq!(scrape.value("outcry_commands_total"), 1_234_567_890_123.0);
}

#[test]
fn buckets_are_cumulative_and_their_bounds_exact() {
    let house = house();
    let (_, _, body) = get(house.metrics, "/metrics", OPEN);
    let scrape = Scrape::read(&body);
    for stage in StageOfTurn::ALL {
        let buckets = scrape.buckets(stage.name());
        assert!(buckets.is_sorted_by(|one, other| one.0 < other.0 && one.1 <= other.1));
        let name =
            |what| format!("outcry_stage_duration_seconds_{what}{{stage=\"{}\"}}", stage.name());
        let (last, count) = buckets[buckets.len() - 1];
        assert!(last.is_infinite());
        assert_eq!(count, scrape.value(&name("count")));
    }
    let buckets = scrape.buckets("commit");
    let at = |bound: f64| buckets.iter().find(|(one, _)| *one == bound).map(|(_, count)| *count);
    // A value that is a bound is counted with what is above it.
    assert_eq!((at(0.000_000_256), at(0.000_000_512)), (Some(2.0), Some(3.0)));
    assert_eq!((at(0.000_001_024), at(0.000_001_536)), (Some(4.0), Some(5.0)));
    assert_eq!(at(f64::INFINITY), Some(7.0));
    let sum = scrape.value("outcry_stage_duration_seconds_sum{stage=\"commit\"}");
    assert!((sum - 60.001_002_558).abs() < 1e-9, "{sum}");
}

#[test]
fn what_is_not_there_or_not_done_says_so() {
    let house = house();
    let (code, _, body) = get(house.metrics, "/", "");
    assert_eq!(code, 200);
    assert!(body.contains("/metrics"));
    let (code, _, body) = get(house.metrics, "/else", "");
    assert_eq!(code, 404);
    assert!(body.contains("/metrics"));
    for path in ["/metrics", "/"] {
        let request = format!("POST {path} HTTP/1.1\r\nHost: venue\r\nContent-Length: 0\r\n\r\n");
        let (code, head, _) = http(house.metrics, &request);
        assert_eq!(code, 405);
        assert!(head.contains("allow: get, head"), "{head}");
    }
    let request = "HEAD /metrics HTTP/1.1\r\nHost: venue\r\n\r\n";
    let (code, _, body) = http(house.metrics, request);
    assert_eq!((code, body.as_str()), (200, ""));
    assert_eq!(http(house.metrics, "rubbish\r\n\r\n").0, 400);
}

#[test]
fn who_says_nothing_does_not_keep_a_scrape_waiting() {
    let house = house();
    let connect = |_| TcpStream::connect(house.metrics).expect("it listens");
    let silent: Vec<TcpStream> = (0..15).map(connect).collect();
    let begun = Instant::now();
    assert_eq!(get(house.metrics, "/metrics", PLAIN).0, 200);
    assert!(begun.elapsed() < Duration::from_secs(5));
    drop(silent);
}
