//! The process: when it is ready, how it stops, and what it refuses.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::kit::ouch::{buy, cancel, canceled, sell};
use crate::kit::{
    Broker, Exit, Folder, Login, Packet, Reply, Setup, Venue, outcry, unsequenced, wait_for,
};

/// It does not start, and says these words of it.
#[track_caller]
fn refuses(started: Result<Venue, Exit>, words: &[&str]) {
    let Err(exit) = started else { panic!("it started") };
    assert_eq!(exit.code, Some(1), "{}", exit.err);
    let error = exit.err.lines().find(|line| line.starts_with("error: "));
    assert!(error.is_some(), "{}", exit.err);
    for word in words {
        assert!(exit.err.contains(word), "not \"{word}\":\n{}", exit.err);
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain name")
}

#[test]
fn it_says_its_address_and_then_that_it_is_ready() {
    let folder = Folder::new();
    let data = folder.join("data");
    let venue = Venue::start(&Setup::new(), &data);
    let address = venue.address();
    let admin = format!("admin on {}", data.join("admin.sock").display());
    assert_eq!(venue.said, [format!("order entry on {address}"), admin]);
    assert!(address.ip().is_loopback() && address.port() != 0);
    // From then on orders are taken.
    Broker::login_fresh(address, "P1");
    let err = venue.stop();
    assert!(err.contains("a day is opened"), "{err}");
}

#[test]
fn without_a_configuration_the_embedded_one_is_run() {
    let folder = Folder::new();
    let address = "127.0.0.1:9001";
    let Ok(taken) = TcpListener::bind(address) else {
        println!("skipped: something listens on {address}");
        return;
    };
    drop(taken);
    let mut command = outcry();
    let venue = Venue::of_command(command.arg("--data").arg(folder.join("data")).env("OUTCRY", ""));
    let venue = match venue.ready() {
        Ok(venue) => venue,
        Err(exit) if exit.err.contains("cannot listen") => {
            println!("skipped: something listens on {address}");
            return;
        }
        Err(exit) => panic!("{exit:?}"),
    };
    assert_eq!(venue.address().to_string(), address);
    assert!(venue.said[0].contains("an embedded default"), "{:?}", venue.said);
    let login = Login { password: "demo      ".to_owned(), ..Login::new("demo1") };
    let mut broker = Broker::login_with(venue.address(), &login);
    assert_eq!(broker.reply().kind(), 'S');
    venue.stop();
}

#[test]
fn two_do_not_run_on_the_same_data() {
    let folder = Folder::new();
    let (data, elsewhere) = (folder.join("data"), folder.join("elsewhere"));
    let venue = Venue::start(&Setup::new(), &data);
    refuses(Venue::try_start(&Setup::new(), &data), &[text(&data), "in use by process"]);
    // Nor on the same journal by another way.
    let mut setup = Setup::new();
    setup.journal = format!("dir = \"{}\"", data.join("journal").display());
    refuses(Venue::try_start(&setup, &folder.join("other")), &["journal", "in use by process"]);
    setup.journal = format!("dir = \"{}\"", elsewhere.display());
    let apart = Venue::start(&setup, &folder.join("apart"));
    refuses(Venue::try_start(&setup, &folder.join("third")), &[text(&elsewhere), "in use"]);
    // The journal's directory may be the data directory itself.
    setup.journal = format!("dir = \"{}\"", folder.join("same").display());
    Venue::start(&setup, &folder.join("same")).stop();
    apart.stop();
    venue.kill();
    // Who was killed leaves no lock.
    Venue::start(&Setup::new(), &data).stop();
}

#[test]
fn a_journal_elsewhere_is_the_only_one() {
    let folder = Folder::new();
    let (data, elsewhere) = (folder.join("data"), folder.join("elsewhere"));
    let mut setup = Setup::new();
    setup.journal = format!("dir = \"{}\"", elsewhere.display());
    let venue = Venue::start(&setup, &data);
    let mut broker = Broker::login_fresh(venue.address(), "P1");
    broker.ask(&buy(1).bytes());
    venue.kill();
    assert!(!data.join("journal").exists());
    // All else is made anew.
    fs::remove_dir_all(&data).expect("it is there");
    let venue = Venue::start(&setup, &data);
    let mut broker = Broker::login_with(venue.address(), &Login::new("P1").from(2));
    assert_eq!(broker.reply().untimed(), buy(1).accepted(1));
}

#[test]
fn what_cannot_be_is_refused_with_its_name() {
    let folder = Folder::new();
    let data = folder.join("data");
    let taken = TcpListener::bind("127.0.0.1:0").expect("some address is free");
    let address = taken.local_addr().expect("it has one").to_string();
    let setup = Setup { listen: address.clone(), ..Setup::new() };
    refuses(Venue::try_start(&setup, &data), &["cannot listen on", &address, "[order_entry]"]);
    // Root may write anywhere but where no folder can be.
    let file = folder.join("file");
    fs::write(&file, "").expect("the folder can be written");
    refuses(
        Venue::of_command(outcry().arg("--data").arg(file.join("data"))).ready(),
        &[text(&file.join("data")), "cannot be written"],
    );
    let mut setup = Setup::new();
    setup.journal = format!("dir = \"{}/journal\"", file.display());
    refuses(Venue::try_start(&setup, &data), &[text(&file), "cannot be written"]);
    let missing = folder.join("missing.toml");
    let mut command = outcry();
    refuses(Venue::of_command(command.arg("--config").arg(&missing)).ready(), &[text(&missing)]);
}

#[test]
fn a_wrong_configuration_is_refused_with_file_line_and_key() {
    let folder = Folder::new();
    let data = folder.join("data");
    let file = data.with_extension("toml");
    let mut twice = Setup::new();
    twice.ports[1] = Setup::port("p1", "FRM2", "");
    let cases = [
        (Setup::new().with_order_entry("max_conections = 5"), "max_conections"),
        (Setup::new().with_order_entry("idle_timeout = \"1s\""), "idle_timeout"),
        (Setup::new().with_order_entry("stall_timeout = 5"), "stall_timeout"),
        (Setup::new().with_durability("tape"), "durability"),
        (Setup { segment: "1000001", ..Setup::new() }, "segment_bytes"),
        (Setup { listen: "nowhere".to_owned(), ..Setup::new() }, "listen"),
        (twice, "username"),
        (Setup::new().with_port(2, "max_live = \"many\""), "max_live"),
    ];
    for (setup, key) in cases {
        refuses(Venue::try_start(&setup, &data), &[text(&file), key]);
        assert!(!data.join("journal").exists(), "{key}");
    }
    let misuse = Command::new(env!("CARGO_BIN_EXE_outcry")).args(["run", "--dta", "x"]).output();
    assert_eq!(misuse.expect("the command is built").status.code(), Some(2));
}

#[test]
fn it_stops_when_it_is_asked_to_and_the_day_goes_on() {
    let folder = Folder::new();
    let data = folder.join("data");
    let more = "cancel_on_disconnect = true\ncrash_grace = \"2s\"";
    let setup = Setup::new().with_port(1, more).with_port(3, more);
    let venue = Venue::start(&setup, &data);
    let mut p1 = Broker::login_fresh(venue.address(), "P1");
    let mut p2 = Broker::login_fresh(venue.address(), "P2");
    let mut p3 = Broker::login_fresh(venue.address(), "P3");
    let session = p1.session.clone();
    p1.ask(&buy(1).shares(900_000).bytes());
    p2.ask(&buy(1).at(99_900).bytes());
    p3.ask(&buy(1).at(99_800).bytes());
    venue.signal(Signal::TERM);
    for broker in [&mut p1, &mut p2, &mut p3] {
        broker.dismissed("the venue stops");
    }
    let started = Instant::now();
    let err = venue.stop_after_signal();
    assert!(started.elapsed() < Duration::from_secs(3), "{err}");
    let venue = Venue::start(&setup, &data);
    // P3 is back in time and P1 is not; P2 has nothing canceled.
    let mut p3 = Broker::login_with(venue.address(), &Login::new("P3").from(3));
    let mut p2 = Broker::login_with(venue.address(), &Login::new("P2").from(3));
    assert_eq!((&p2.session, &p3.session), (&session, &session));
    p2.send(&cancel(1, 50));
    let reply = p2.reply();
    assert_eq!((reply.number, reply.untimed()), (3, canceled(1, 50, b'U')));
    let told = wait_for("the order of P1 to be canceled", || {
        let mut p4 = Broker::login_with(venue.address(), &Login::new("P4").from(0));
        p4.reply();
        let number = p4.ask(b"Q").user_ref();
        // It trades with the order of P1 as long as that lives.
        let probe = sell(number).shares(1).tif(b'3');
        p4.send(&probe.bytes());
        let kinds: String = p4.replies(2).iter().map(Reply::kind).collect();
        (kinds == "AC").then_some(kinds)
    });
    assert_eq!(told, "AC");
    let mut p1 = Broker::login(venue.address(), "P1");
    let last = p1.all_replies().pop().expect("there are some");
    assert_eq!((last.kind(), last.bytes[17]), ('C', b'Z'));
    p3.send(&cancel(1, 50));
    assert_eq!(p3.reply().untimed(), canceled(1, 50, b'U'));
}

#[test]
fn asked_twice_it_ends_at_once() {
    let folder = Folder::new();
    let data = folder.join("data");
    let venue = Venue::start(&Setup::new(), &data);
    // Somebody who does not close makes it wait for two seconds.
    let mut broker = Broker::login_fresh(venue.address(), "P1");
    broker.ask(&buy(1).bytes());
    venue.signal(Signal::TERM);
    broker.dismissed("the venue stops");
    let asked = Instant::now();
    venue.signal(Signal::TERM);
    let mut venue = venue;
    let exit = venue.wait();
    assert_eq!(exit.code, Some(1), "{}", exit.err);
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    drop(broker);
    let venue = Venue::start(&Setup::new(), &data);
    let mut broker = Broker::login_with(venue.address(), &Login::new("P1").from(2));
    assert_eq!(broker.reply().untimed(), buy(1).accepted(1));
    venue.stop();
}

#[test]
fn it_may_be_asked_to_stop_before_it_is_ready() {
    let folder = Folder::new();
    let data = folder.join("data");
    for delay in [0, 1, 2, 4, 8, 16, 32] {
        let mut venue = Venue::spawn(&Setup::new(), &data);
        std::thread::sleep(Duration::from_millis(delay));
        venue.signal(Signal::TERM);
        let exit = venue.wait();
        // Before it listens to signals it is ended by them.
        assert!(matches!(exit.code, Some(0) | None), "after {delay} ms: {exit:?}");
    }
    let venue = Venue::start(&Setup::new(), &data);
    Broker::login_fresh(venue.address(), "P1");
    venue.stop();
}

#[test]
fn what_was_taken_in_is_told_before_it_stops() {
    let folder = Folder::new();
    let data = folder.join("data");
    let venue = Venue::start(&Setup::new(), &data);
    let mut broker = Broker::login_fresh(venue.address(), "P1");
    let orders: Vec<u8> =
        (1..=5000).flat_map(|n| unsequenced(&buy(n).at(90_000).bytes())).collect();
    broker.send_raw(&orders);
    assert_eq!(broker.reply().number, 2);
    venue.signal(Signal::TERM);
    let (replies, text, end) = broker.rest();
    assert_eq!(end, Packet::Closed);
    assert!(text.is_some_and(|text| text.contains("the venue stops")));
    let told = 1 + replies.len();
    venue.stop_after_signal();
    let venue = Venue::start(&Setup::new(), &data);
    let mut broker = Broker::login_with(venue.address(), &Login::new("P1").from(2));
    // What was told is there, and nothing was taken in without being told.
    let all = broker.all_replies();
    assert_eq!(all.len(), told);
    assert_eq!(all[1..], replies);
}

#[test]
fn the_log_may_be_json() {
    let folder = Folder::new();
    let setup = Setup { log: "format = \"json\"\nlevel = \"debug\"".to_owned(), ..Setup::new() };
    let venue = Venue::start(&setup, &folder.join("data"));
    drop(Broker::login_fresh(venue.address(), "P1"));
    venue.wait_for_words("left: ");
    let err = venue.stop();
    let mut messages = Vec::new();
    for line in err.lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("a line is an object");
        messages.push(line["fields"]["message"].as_str().expect("it says something").to_owned());
    }
    assert!(messages.iter().any(|message| message == "logged in"), "{messages:?}");
    let setup = Setup { log: "level = \"error\"".to_owned(), ..Setup::new() };
    let err = Venue::start(&setup, &folder.join("quiet")).stop();
    assert_eq!(err, "");
}

#[test]
fn a_log_that_nobody_takes_neither_stops_nor_ends_the_venue() {
    let folder = Folder::new();
    let data = folder.join("data");
    let setup = Setup::new();
    fs::write(folder.join("venue.toml"), setup.text()).expect("the folder can be written");
    let shell = |rest: &str| {
        let (outcry, file) = (env!("CARGO_BIN_EXE_outcry"), folder.join("venue.toml"));
        let (file, data) = (file.display(), data.display());
        format!("exec '{outcry}' run --config '{file}' --data '{data}' {rest}")
    };
    // Full, closed, and a pipe that somebody holds and does not read.
    for rest in ["2>/dev/full", "2>&-", "2> >(exec sleep 60 >/dev/null 2>&1)"] {
        let mut command = Command::new("bash");
        let mut venue = Venue::of_command(command.arg("-c").arg(shell(rest))).ready();
        let venue = venue.as_mut().expect("it becomes ready");
        // More lines than the pipe holds.
        for _ in 0..300 {
            let mut stranger = Broker::connect(venue.address());
            stranger.send_raw(b"GET / HTTP/1.1\r\n\r\n");
            stranger.dismissed("packet of length 18245");
        }
        let mut broker = Broker::login_with(venue.address(), &Login::new("P1").from(1));
        assert_eq!(broker.reply().kind(), 'S', "{rest}");
        venue.signal(Signal::TERM);
        assert_eq!(venue.wait().code, Some(0), "{rest}");
    }
}
