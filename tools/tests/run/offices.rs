//! What stands beside order entry: the meters, the operators' socket, and who misuses them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::kit::ouch::{buy, sell};
use crate::kit::{Broker, Exit, Folder, Operator, SOON, Scene, Setup, Venue, scene, wait_for};

fn measured() -> Setup {
    Setup::new().with_sections("[metrics]\nlisten = \"127.0.0.1:0\"")
}

fn with_socket(socket: &Path) -> Setup {
    Setup::new().with_sections(&format!("[admin]\nsocket = \"{}\"", socket.display()))
}

/// It does not start, and says these words of it.
#[track_caller]
fn refuses(started: Result<Venue, Exit>, words: &[&str]) {
    let Err(exit) = started else { panic!("it started") };
    assert_eq!(exit.code, Some(1), "{}", exit.err);
    for word in words {
        assert!(exit.err.contains(word), "not \"{word}\":\n{}", exit.err);
    }
}

/// A scrape, as text.
fn scraped(venue: &Venue) -> String {
    let place = venue.told("metrics on http://");
    let (address, path) = place.split_once('/').expect("an address and a path");
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(SOON)).expect("a time can be set");
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it listens");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("it answers with text");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    body.to_owned()
}

/// The samples of a scrape.
fn samples(venue: &Venue) -> BTreeMap<String, f64> {
    let text = scraped(venue);
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let sample = |line: &str| {
        let (name, value) = line.rsplit_once(' ').expect("a name and a value");
        (name.to_owned(), value.parse().expect("a number"))
    };
    lines.map(sample).collect()
}

/// The samples, once one of them has this value.
fn samples_when(venue: &Venue, name: &str, value: f64) -> BTreeMap<String, f64> {
    wait_for(&format!("{name} {value}"), || {
        let all = samples(venue);
        let found = *all.get(name).unwrap_or_else(|| panic!("no {name} in {all:#?}"));
        // Numbers of things are whole.
        ((found - value).abs() < 0.5).then_some(all)
    })
}

#[test]
fn the_meters_count_what_brokers_and_operators_do() {
    let mut at = scene(&measured());
    let Scene { p1, p2, venue, .. } = &mut at;
    let before = samples_when(venue, "outcry_ports_up", 2.0);
    for number in 1..=50 {
        assert_eq!(p1.ask(&sell(number).bytes()).kind(), 'A');
        p2.send(&buy(number).bytes());
        p2.replies(2);
        p1.reply();
    }
    venue.does("halt AAA", "AAA is halted");
    venue.does("disable P3", "order entry of P3 is stopped");
    let name = "outcry_commands_total";
    let after = samples_when(venue, name, before[name] + 102.0);
    let grown = |name: &str| after[name] - before[name];
    for (name, least) in [
        ("outcry_replies_total", 200.0),
        ("outcry_journal_batches_total", 102.0),
        ("outcry_journal_written_bytes_total", 102.0 * 64.0),
        ("outcry_day_commands", 102.0),
        ("outcry_instruments_held{state=\"halted\"}", 1.0),
        ("outcry_ports_stopped", 1.0),
    ] {
        assert!(grown(name) >= least, "{name} grew by {}, not {least}", grown(name));
    }
    for stage in ["intake", "commit", "execute", "turn"] {
        let name = format!("outcry_stage_duration_seconds_count{{stage=\"{stage}\"}}");
        assert!(grown(&name) >= 100.0, "{name} grew by {}", grown(&name));
        let last = format!("outcry_stage_duration_seconds_bucket{{le=\"+Inf\",stage=\"{stage}\"}}");
        let other =
            format!("outcry_stage_duration_seconds_bucket{{stage=\"{stage}\",le=\"+Inf\"}}");
        let all = after.get(&last).or_else(|| after.get(&other)).expect("there is a last bucket");
        assert!((all - after[&name]).abs() < 0.5, "{all} in buckets, {} in all", after[&name]);
    }
    assert!((after["outcry_phase{state=\"open\"}"] - 1.0).abs() < 0.5, "{after:#?}");
    assert!((after["outcry_venue_stage{state=\"open\"}"] - 1.0).abs() < 0.5, "{after:#?}");
    venue.does("end-day", "the day is ended");
    samples_when(venue, "outcry_venue_stage{state=\"waiting\"}", 1.0);
    samples_when(venue, "outcry_ports_up", 0.0);
}

/// Whoever watches takes zeros for a venue in trouble.
#[test]
fn the_meters_tell_of_the_day_as_soon_as_it_is_ready() {
    let folder = Folder::new();
    let venue = Venue::start(&measured(), &folder.join("data"));
    let all = samples(&venue);
    for (name, least) in [
        ("outcry_phase{state=\"open\"}", 1.0),
        ("outcry_day_commands", 8.0),
        ("outcry_ports", 4.0),
        ("outcry_instruments", 2.0),
        ("outcry_connections_logged_in_limit", 1024.0),
    ] {
        assert!(all[name] >= least, "{name} is {}", all[name]);
    }
}

#[test]
fn every_family_of_the_meters_has_a_type_and_a_help() {
    let at = scene(&measured());
    let text = scraped(&at.venue);
    let told = |what: &str| -> BTreeSet<String> {
        let lines = text.lines().filter_map(|line| line.strip_prefix(what));
        lines.map(|line| line.split(' ').next().expect("a name").to_owned()).collect()
    };
    let (types, helps) = (told("# TYPE "), told("# HELP "));
    assert_eq!(types, helps);
    let ends = ["", "_bucket", "_sum", "_count", "_total", "_info"];
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().expect("a name");
        let is_of = |family: &String| {
            ends.iter().any(|end| name.strip_suffix(end).is_some_and(|name| name == family))
        };
        assert!(types.iter().any(is_of), "{name} is of no family");
    }
    assert!(types.len() > 30, "{types:?}");
}

#[test]
fn doors_that_are_taken_are_named_with_what_to_do() {
    let folder = Folder::new();
    let data = folder.join("data");
    let taken = TcpListener::bind("127.0.0.1:0").expect("some address is free");
    let address = taken.local_addr().expect("it has one").to_string();
    let setup = Setup::new().with_sections(&format!("[metrics]\nlisten = \"{address}\""));
    refuses(
        Venue::try_start(&setup, &data),
        &["the meters cannot be read at", &address, "[metrics]"],
    );
    let socket = folder.join("shared.sock");
    let first = Venue::start(&with_socket(&socket), &folder.join("first"));
    let name = socket.to_str().expect("text");
    let second = Venue::try_start(&with_socket(&socket), &data);
    refuses(second, &["another process answers at", name, "[admin]"]);
    // The first one is still heard.
    first.does("halt AAA", "AAA is halted");
    let long = folder.join(&"x".repeat(108));
    refuses(Venue::try_start(&with_socket(&long), &data), &["admin.socket", "at most 107"]);
    let file = folder.join("precious");
    fs::write(&file, "precious").expect("the folder can be written");
    refuses(Venue::try_start(&with_socket(&file), &data), &["precious", "socket"]);
    assert_eq!(fs::read_to_string(&file).expect("it is there"), "precious");
    // Nothing of this began a day.
    Venue::start(&Setup::new(), &data).stop();
}

#[test]
fn the_socket_is_the_owners_and_the_one_of_a_dead_process_is_replaced() {
    let folder = Folder::new();
    let data = folder.join("data");
    let socket = data.join("admin.sock");
    fs::create_dir_all(&data).expect("the folder can be made");
    drop(UnixListener::bind(&socket).expect("a socket can be made"));
    let venue = Venue::start(&Setup::new(), &data);
    let mode = fs::metadata(&socket).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    venue.kill();
    assert!(socket.exists(), "it was killed");
    let venue = Venue::start(&Setup::new(), &data);
    venue.does("halt AAA", "AAA is halted");
    venue.stop();
    assert!(!socket.exists(), "it was stopped in good order");
    let none = Setup::new().with_sections("[admin]\nsocket = \"\"");
    let venue = Venue::start(&none, &data);
    assert!(!venue.said.iter().any(|line| line.starts_with("admin")), "{:?}", venue.said);
    assert!(!socket.exists());
}

#[test]
fn rubbish_gets_an_answer_and_other_lines_go_on() {
    let at = scene(&Setup::new());
    let venue = &at.venue;
    let connect = || Operator::connect(Path::new(venue.socket())).expect("it listens");
    let mut operator = connect();
    for rubbish in ["{}", "[]", "status", "{\"who\":1}", "{\"who\":\"x\",\"request\":\"sing\"}"] {
        let answer = operator.say(rubbish).unwrap_or_else(|| panic!("no answer to {rubbish}"));
        assert!(answer["refused"]["reason"].is_string(), "{rubbish}: {answer}");
        let status = connect().ask(&json!("status")).expect("others are heard");
        assert!(status["status"].is_object(), "{status}");
    }
    let refused = connect().ask(&json!({ "phase": { "phase": "noon" } })).expect("an answer");
    assert!(refused["refused"]["reason"].is_string(), "{refused}");
    let state = json!({ "state": { "symbol": "AAA", "state": "asleep", "reason": "" } });
    let refused = connect().ask(&state).expect("an answer");
    assert!(refused["refused"]["reason"].is_string(), "{refused}");
    let state =
        json!({ "state": { "symbol": "AAA", "state": "halted", "reason": "\u{e9}\u{e9}" } });
    let refused = connect().ask(&state).expect("an answer");
    assert!(refused["refused"]["reason"].is_string(), "{refused}");
    assert_eq!(venue.status()["instruments"]["states"], json!([]));
}

#[test]
fn operators_at_once_are_each_told_of_their_own_command() {
    let at = scene(&Setup::new());
    let venue = &at.venue;
    let before = venue.status()["journal"]["commands"].as_u64().expect("a number");
    let socket = Path::new(venue.socket());
    let give = move |who: u64| {
        let mut operator = Operator::connect(socket).expect("it listens");
        let one = |n: u64| {
            let port = format!("P{}", 1 + who % 4);
            let wish = json!({ "switch": { "port": port, "off": n.is_multiple_of(2) } });
            let answer = operator.ask(&wish).expect("it answers");
            let is = if n.is_multiple_of(2) { "stopped" } else { "allowed" };
            assert_eq!(answer["done"]["text"], format!("order entry of {port} is {is}"));
            answer["done"]["command"].as_u64().expect("a number")
        };
        let numbers: Vec<u64> = (0..50).map(one).collect();
        assert!(numbers.is_sorted(), "{numbers:?}");
        numbers
    };
    let mut all: Vec<u64> = thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|who| scope.spawn(move || give(who))).collect();
        all.into_iter().flat_map(|each| each.join().expect("it does not panic")).collect()
    });
    all.sort_unstable();
    assert_eq!(all, (before + 1..=before + 400).collect::<Vec<_>>());
}

/// How long a broker waits for its answers: the longest of nine in ten, and of all.
fn waits(broker: &mut Broker, numbers: std::ops::Range<u32>) -> (Duration, Duration) {
    let wait = |number| {
        let began = Instant::now();
        broker.ask(&buy(number).shares(0).bytes());
        began.elapsed()
    };
    let mut all: Vec<Duration> = numbers.map(wait).collect();
    all.sort();
    (all[all.len() * 9 / 10], all[all.len() - 1])
}

/// Somebody who misuses the socket until told to stop.
fn misuse(socket: &Path, how: usize, stop: &AtomicBool) {
    let status = b"{\"who\":\"x\",\"request\":\"status\"}\n";
    while !stop.load(Ordering::Relaxed) {
        let Ok(mut stream) = UnixStream::connect(socket) else {
            thread::sleep(Duration::from_millis(1));
            continue;
        };
        stream.set_write_timeout(Some(Duration::from_millis(100))).expect("a time can be set");
        let bytes: &[u8] = match how % 4 {
            0 => b"\x00\xff\xfe{{{{\n\n\n]\n",
            1 => &[b'x'; 1000],
            _ => status,
        };
        for _ in 0..20 {
            // It may be closed, or full: nothing is read of what is answered.
            if stop.load(Ordering::Relaxed) || stream.write_all(bytes).is_err() {
                break;
            }
            thread::sleep(Duration::from_millis(1));
        }
    }
}

#[test]
fn who_misuses_the_socket_keeps_no_broker_waiting() {
    let mut at = scene(&Setup::new());
    let Scene { p1, venue, .. } = &mut at;
    let (before, _) = waits(p1, 1..300);
    let socket = Path::new(venue.socket()).to_owned();
    let stop = AtomicBool::new(false);
    let (during, longest) = thread::scope(|scope| {
        for how in 0..8 {
            let (socket, stop) = (&socket, &stop);
            scope.spawn(move || misuse(socket, how, stop));
        }
        thread::sleep(Duration::from_millis(50));
        let told = waits(p1, 300..900);
        stop.store(true, Ordering::Relaxed);
        told
    });
    println!("{before:?} before, {during:?} during, {longest:?} at most");
    assert!(during < 10 * before + Duration::from_millis(20), "{during:?}, {before:?} before");
    assert!(longest < Duration::from_secs(2), "{longest:?}");
    // Whoever stays and says nothing more is gone in the end, and operators are heard.
    wait_for("an operator to be heard", || (venue.admin("status").code == Some(0)).then_some(()));
    venue.does("halt AAA", "AAA is halted");
}
