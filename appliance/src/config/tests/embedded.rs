//! The embedded configuration: right, and the reference of all keys.

use std::time::Instant;

use super::super::{Config, Durability, EMBEDDED, Feed, Recovery, known_keys};
use super::right;
use crate::calendar::{Calendar, Mark, Times, Timetable};

/// A setting that is commented out: a `#` right before a key or a bracket.
fn setting(line: &str) -> Option<&str> {
    let line = line.strip_prefix('#')?;
    let begins = |first: char| first.is_ascii_lowercase() || "[]{".contains(first);
    line.starts_with(begins).then_some(line)
}

/// The embedded configuration with all its settings. Of the two kinds of calendar it has the one
/// that is a section.
fn with_all_settings() -> String {
    let lines = EMBEDDED.lines().map(|line| setting(line).unwrap_or(line));
    let lines: Vec<&str> = lines.filter(|line| !line.starts_with("calendar = ")).collect();
    lines.join("\n")
}

#[test]
fn the_embedded_configuration_is_a_small_venue_on_this_machine() {
    let config = Config::embedded();
    assert!(config.order_entry.listen.ip().is_loopback());
    assert_eq!(config.journal.durability, Durability::Disk);
    assert_eq!((&config.feed, &config.recovery), (&Feed::default(), &Recovery::default()));
    assert_eq!(config.instruments.len(), 120);
    let brokers: Vec<(String, String)> = config
        .ports
        .iter()
        .map(|port| (port.username.to_string(), port.settings.firms[0].to_string()))
        .collect();
    let expected = [1, 2, 3, 4].map(|n| (format!("demo{n}"), format!("DEM{n}")));
    assert_eq!(brokers, expected);
    assert_eq!((config.limits.symbols, config.limits.live_orders), (4_096, 1 << 20));
}

#[test]
fn every_key_is_in_the_embedded_configuration() {
    for (section, keys) in known_keys() {
        let header = |line: &str| line.trim_matches(['[', ']']) == section;
        let settings = EMBEDDED.lines().map(|line| setting(line).unwrap_or(line));
        let mut inside = false;
        let mut found = Vec::new();
        for line in settings {
            if line.starts_with('[') {
                inside = header(line);
            } else if let (true, Some((key, _))) = (inside, line.split_once(" = ")) {
                found.push(key);
            } else if section.ends_with("half_days") || section.ends_with("lines") {
                let keys = line.split(['{', ',']).filter_map(|part| part.split_once(" = "));
                found.extend(keys.map(|(key, _)| key.trim()));
            }
        }
        // One of two ways to say a thing is told in a comment.
        let told = |key: &str| found.contains(&key) || EMBEDDED.contains(&format!("{key} = "));
        for key in keys {
            assert!(told(key), "{section}.{key} is not in the embedded configuration");
        }
    }
}

#[test]
fn what_is_commented_out_are_the_defaults() {
    let all = right(&with_all_settings());
    let mut plain = Config::embedded();
    // Examples, and no defaults: a calendar, a directory, an address, networks, eight more ports
    // and one more security.
    assert_eq!(all.ports.len(), plain.ports.len() + 8);
    let Calendar::Timed(timetable) = &all.venue.calendar else { panic!("it is a timetable") };
    let usual = Times::of_a_day();
    for mark in [Mark::OpenDay, Mark::EndDay] {
        assert_eq!(timetable.times.at(mark), usual.at(mark));
    }
    assert_eq!((timetable.days, timetable.half_days.len()), (Timetable::WORKDAYS, 2));
    plain.venue.calendar = all.venue.calendar.clone();
    plain.journal.dir = all.journal.dir.clone();
    plain.metrics = all.metrics.clone();
    plain.recovery.allow = all.recovery.allow.clone();
    let settings = |config: &Config| {
        let Config { venue, limits, order_entry, journal, admin, metrics, threads, log, .. } =
            config;
        let (feed, recovery) = (&config.feed, &config.recovery);
        let where_at = format!("{order_entry:?} {admin:?} {metrics:?}");
        let told = format!("{feed:?} {recovery:?}");
        format!("{venue:?} {limits:?} {where_at} {told} {journal:?} {threads:?} {log:?}")
    };
    assert_eq!(settings(&all), settings(&plain));
    let mut port = all.ports[4].settings.clone();
    port.firms = all.ports[0].settings.firms.clone();
    assert_eq!(port, all.ports[0].settings);
    assert_eq!(all.instruments[1..], plain.instruments);
    let mut listed = all.instruments[0].clone();
    listed.symbol = plain.instruments[0].symbol;
    listed.reference_price = plain.instruments[0].reference_price;
    assert_eq!(listed, plain.instruments[0]);
}

#[test]
fn a_large_configuration_is_read_in_no_time() {
    let ports: String = (0..4_000)
        .map(|n| format!("[[port]]\nusername = \"p{n}\"\npassword = \"x\"\nfirm = \"F\"\n"))
        .collect();
    let instruments: String = (0..20_000).map(|n| format!("S{n} = \"10.00\"\n")).collect();
    let text = format!("{ports}[instruments]\n{instruments}");
    let begin = Instant::now();
    let config = right(&text);
    assert_eq!((config.ports.len(), config.instruments.len()), (4_000, 20_000));
    assert!(begin.elapsed().as_secs() < 10, "{:?}", begin.elapsed());
}
