//! The other commands beside a venue: orders, a capture of them, the day read again, load.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::kit::{Folder, Setup, Venue};

/// Runs `outcry` with arguments and says what it wrote.
fn outcry(args: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_outcry"));
    let output = command.args(args).stdin(Stdio::null()).output().expect("it is built");
    let text = |bytes| String::from_utf8(bytes).expect("it writes text");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// A day of `outcry order`: two users trade, change their orders and ask.
fn trade(address: &str) -> Vec<String> {
    let order = |port, words: &str| {
        let login = ["order", "--port", port, "--password", "secret", "--address", address];
        let words: Vec<&str> = words.split(' ').collect();
        let (code, out, err) = outcry(&[&login, &words[..]].concat());
        assert_eq!(code, Some(0), "{words:?}: {out}{err}");
        out
    };
    vec![
        order("P1", "buy 100 AAA @ 10.00 --tif gtx --wait 0ms"),
        order("P2", "sell 60 AAA @ 10.00 --tif ioc --cl-ord-id mine"),
        order("P1", "replace 1 150 @ 9.99 --floor 100"),
        order("P1", "sell 200 BBB @ 10.10 --display a --channel 3"),
        order("P1", "cancel 2 120"),
        order("P2", "buy 100 BBB @ market --min 100"),
        order("P1", "mass-cancel --symbol AAA"),
        order("P1", "disable"),
        order("P1", "enable"),
        order("P1", "query"),
        order("P1", "replies"),
    ]
}

#[test]
fn a_captured_session_of_orders_is_shown_by_tshark_without_complaint() {
    let is_there = Command::new("tshark").arg("--version").output().is_ok();
    if !is_there {
        println!("skipped: tshark is not installed (apt-get install tshark)");
        return;
    }
    let folder = Folder::new();
    let venue = Venue::start(&Setup::new(), &folder.join("data"));
    let file = folder.join("orders.pcapng");
    let Some(capture) = Capture::start(&file, venue.address().port()) else {
        println!("skipped: tshark may not capture on the loopback interface (root may)");
        return;
    };
    let told = trade(&venue.address().to_string());
    assert!(told[1].contains("OrderExecuted"), "{told:?}");
    capture.stop();
    let script = folder.join("outcry.lua");
    let (code, dissector, _) = outcry(&["spec", "dissector"]);
    assert_eq!(code, Some(0));
    std::fs::write(&script, dissector).expect("the folder can be written");
    let port = venue.address().port();
    let show = |filter: &str| {
        let mut tshark = Command::new("tshark");
        let script = format!("lua_script:{}", script.display());
        tshark.arg("-n").arg("-r").arg(&file).arg("-X").arg(script).arg("-Y").arg(filter);
        tshark.arg("-o").arg(format!("outcry.order_entry:{port}"));
        let output = tshark.output().expect("tshark runs");
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && !err.contains("Lua"), "{err}");
        String::from_utf8(output.stdout).expect("tshark writes text")
    };
    let complaints = "outcry.malformed || outcry.unknown || outcry.trailing || _ws.malformed";
    assert_eq!(show(complaints), "");
    let requests = ("dst", ["O", "U", "X", "C", "D", "E", "Q"].as_slice());
    let replies = ("src", ["S", "A", "U", "C", "E", "X", "G", "K", "Q"].as_slice());
    for (side, kinds) in [requests, replies] {
        for kind in kinds {
            let filter = format!("tcp.{side}port == {port} && outcry.ouch.type == \"{kind}\"");
            assert_ne!(show(&filter), "", "{filter}");
        }
    }
    // The tool's own reading of the same capture.
    let (code, lines, err) = outcry(&["decode", &file.display().to_string()]);
    assert_eq!(code, Some(0), "{err}");
    assert!(lines.contains("OrderExecuted"), "{lines}");
}

/// tshark, writing what goes over the loopback interface.
struct Capture(std::process::Child);

impl Capture {
    /// Captures until it is stopped; `None` if it may not.
    fn start(file: &Path, port: u16) -> Option<Self> {
        let mut tshark = Command::new("tshark");
        tshark.args(["-i", "lo", "-f", &format!("tcp port {port}"), "-w"]).arg(file);
        tshark.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = tshark.spawn().expect("tshark runs");
        let mut lines = BufReader::new(child.stderr.take().expect("it is piped")).lines();
        // It says so when it has begun; before that it may say other things.
        let begun = lines
            .by_ref()
            .map_while(Result::ok)
            .any(|line| line.contains("Capturing on") || line.contains("Capture started"));
        if !begun {
            child.wait().expect("it is ours");
            return None;
        }
        // Nobody reads what else it says, and it must not wait for that.
        thread::spawn(move || lines.count());
        let mut capture = Capture(child);
        // The file is made when packets are really taken.
        crate::kit::wait_for("the capture to begin", || file.exists().then_some(()));
        crate::kit::wait_for("its head", || {
            let bytes = std::fs::metadata(file).ok()?.len();
            assert!(matches!(capture.0.try_wait(), Ok(None)), "tshark has ended");
            (bytes > 0).then_some(())
        });
        Some(capture)
    }

    fn stop(mut self) {
        let pid = Pid::from_raw(self.0.id().cast_signed()).expect("a process has a number");
        kill_process(pid, Signal::INT).expect("it is ours");
        self.0.wait().expect("it is ours");
    }
}

#[test]
fn a_day_is_the_same_whenever_and_however_it_is_read_again() {
    let folder = Folder::new();
    let data = folder.join("data");
    let venue = Venue::start(&Setup::new(), &data);
    let address = venue.address().to_string();
    trade(&address);
    let sessions = std::fs::read_dir(data.join("journal")).expect("it is there");
    let session = sessions.filter_map(Result::ok).find(|entry| entry.path().is_dir());
    let session = session.expect("a day is open").path().display().to_string();
    let replay = |args: &[&str]| {
        let args = [&["journal", "replay", "--json"], args, &[session.as_str()]].concat();
        let (code, out, err) = outcry(&args);
        assert_eq!(code, Some(0), "{err}");
        let value: Value = serde_json::from_str(&out).expect("it is an object");
        ["commands", "replies", "engine", "told"].map(|key| value[key].to_string())
    };
    let running = replay(&[]);
    assert_eq!(replay(&["--events", "4", "--visits", "1"]), running);
    venue.kill();
    assert_eq!(replay(&[]), running);
    // A start adds who is gone, and nothing else.
    let venue = Venue::start(&Setup::new(), &data);
    let [commands, replies, engine, told] = replay(&[]);
    assert_eq!([&replies, &engine, &told], [&running[1], &running[2], &running[3]]);
    assert_eq!(commands, running[0]);
    let last = outcry(&["order", "--port", "P1", "--password", "secret", "--address", &address]);
    assert_eq!(last.0, Some(2), "no request: {}", last.2);
    venue.stop();
    let data = data.display().to_string();
    let (code, out, err) = outcry(&["journal", "verify", "--json", &data]);
    assert_eq!(code, Some(0), "{err}");
    let value: Value = serde_json::from_str(&out).expect("it is an object");
    assert_eq!(value["whole"], true, "{out}");
    let (code, out, err) = outcry(&["journal", "trades", "--csv", &data]);
    assert_eq!((code, out.lines().count()), (Some(0), 3), "two trades: {out}{err}");
}

#[test]
fn load_gets_one_answer_to_every_request_from_the_venue_that_it_starts() {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.join("load")).expect("the folder can be made");
    let base = folder.join("load").display().to_string();
    for loop_of in [["--window", "16"], ["--rate", "2000"]] {
        let args = ["load", "--data-dir", &base, "--duration", "300ms", "--rounds", "1", "--json"];
        let (code, out, err) = outcry(&[&args[..], &["--warm-up", "50ms"], &loop_of].concat());
        assert_eq!(code, Some(0), "{out}{err}");
    }
    let left = std::fs::read_dir(folder.join("load")).expect("it is there").count();
    assert_eq!(left, 0, "nothing is left behind");
}
