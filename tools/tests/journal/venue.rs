//! Journals of a venue that runs.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command as Process, Stdio};
use std::thread;

use crate::folder::Folder;
use crate::kit::{Diary, SESSION, enter, journal};
use crate::quarantine::poisoned;
use crate::skips::skip;

/// `outcry run`, killed with this.
struct Venue {
    child: Child,
    address: String,
}

impl Venue {
    /// Starts one and waits until it is ready.
    fn start(data: &Path) -> Self {
        let (venue, is_ready) = Venue::try_start(data);
        assert!(is_ready, "it is not ready: {}", said(data));
        venue
    }

    /// Starts one and waits until it is ready or has ended; whether it is ready.
    fn try_start(data: &Path) -> (Self, bool) {
        fs::create_dir_all(data).expect("the folder can be made");
        let config = data.with_extension("toml");
        fs::write(&config, CONFIG).expect("the folder can be written");
        let mut process = Process::new(env!("CARGO_BIN_EXE_outcry"));
        process.arg("run").arg("--config").arg(config).arg("--data").arg(data);
        let log = fs::File::create(data.with_extension("log")).expect("it can be made");
        process.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let mut child = process.spawn().expect("it is built");
        let out = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut lines = out.lines().map_while(Result::ok);
        let first = lines.next().unwrap_or_default();
        let address = first.strip_prefix("order entry on ").unwrap_or_default().to_owned();
        let is_ready = lines.any(|line| line == "ready");
        thread::spawn(move || lines.count());
        (Venue { child, address }, is_ready)
    }

    fn order(&self, words: &str) {
        let mut process = Process::new(env!("CARGO_BIN_EXE_outcry"));
        process.args(["order", "--port", "P1", "--password", "secret", "--address"]);
        let words = words.split(' ');
        let output = process.arg(&self.address).args(words).output().expect("it is built");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for Venue {
    fn drop(&mut self) {
        self.child.kill().expect("it is ours");
        self.child.wait().expect("it is ours");
    }
}

const CONFIG: &str = "\
[venue]
timezone = \"UTC\"
[order_entry]
listen = \"127.0.0.1:0\"
[feed]
lines = []
[recovery]
rerequest = \"\"
[journal]
segment_bytes = \"1MiB\"
low_disk_warn = 1
low_disk_stop = 0
[limits]
symbols = 64
ports = 16
live_orders = 65536
levels = 4096
[threads]
spin = \"0s\"
[[port]]
username = \"P1\"
password = \"secret\"
firm = \"FRM1\"
[[port]]
username = \"P2\"
password = \"secret\"
firm = \"FRM2\"
[[instrument]]
symbol = \"AAA\"
tick = \"0.01\"
reference_price = \"10.00\"
[[instrument]]
symbol = \"BBB\"
tick = \"0.01\"
reference_price = \"10.00\"
";

fn said(data: &Path) -> String {
    fs::read_to_string(data.with_extension("log")).expect("it is there")
}

fn data() -> (Folder, PathBuf) {
    let folder = Folder::new();
    let data = folder.join("data");
    (folder, data)
}

#[test]
fn the_journal_of_a_running_venue_is_read_and_not_written_to() {
    let (_folder, data) = data();
    let venue = Venue::start(&data);
    venue.order("buy 100 AAA @ 10.00 --tif gtx");
    let out = journal(&["cat", "--type", "O", "--events"], &data).fine();
    assert!(out.contains(" P1(1) ") && out.contains("A OrderAccepted"), "{out}");
    journal(&["verify"], &data).fine();
    let last = journal(&["replay", "--json"], &data).objects()[0]["commands"].to_string();
    journal(&["quarantine", &last, "--why", "no"], &data).fails(1, &["is in use by process"]);
    venue.order("cancel 1");
    let out = journal(&["cat", "--order", "P1#1", "--type", "X"], &data).fine();
    assert_eq!(out.lines().count(), 1, "{out}");
    drop(venue);
    journal(&["verify"], &data).fine();
    journal(&["quarantine", &last, "--why", "no"], &data).fails(1, &["is not skipped"]);
}

#[test]
fn a_venue_that_dies_of_a_command_says_how_to_be_rid_of_it() {
    let (_folder, data) = data();
    poisoned().save(&data);
    let (venue, is_ready) = Venue::try_start(&data);
    assert!(!is_ready, "it cannot be executed");
    drop(venue);
    let log = said(&data);
    let journals = data.join("journal");
    let hint = format!("outcry journal quarantine 2 {} --why", journals.display());
    assert!(log.contains("the last command that was begun: 2\n"), "{log}");
    assert!(log.contains(&hint), "{log}");
    journal(&["quarantine", "2", "--why", "as it says"], &journals).fine();
    let venue = Venue::start(&data);
    venue.order("buy 100 AAA @ 10.00");
    assert!(said(&data).contains("a command is skipped: as it says"), "{}", said(&data));
}

#[test]
fn a_start_passes_over_what_is_skipped_and_says_so() {
    let (_folder, data) = data();
    // The start goes on with this day or ends it, as today's date has it.
    let mut diary = Diary::open();
    diary.one("09:30:00", 1, &enter(1, b'B', 100, "AAA", 100_000, &[]));
    diary.one("09:30:01", 2, &enter(1, b'S', 60, "AAA", 100_000, &[]));
    diary.save(&data);
    let path = skip(&data, 7);
    let venue = Venue::start(&data);
    let log = said(&data);
    assert!(log.contains("a command is skipped: why not"), "{log}");
    drop(venue);
    let args = ["cat", "--events", "--session", SESSION, "--number", "8"];
    let out = journal(&args, &data).fine();
    assert!(!out.contains("OrderExecuted"), "{out}");
    // A skip that does not fit stops the next start.
    let text = fs::read_to_string(&path).expect("it is there");
    let last = journal(&["cat", "--json"], &data).objects();
    assert!(!last.is_empty());
    fs::write(&path, text.replace("why not", "because")).expect("it can be written");
    journal(&["verify", "--session", SESSION], &data).fails(1, &["does not count"]);
}
