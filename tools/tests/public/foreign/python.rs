//! MeatPy, a book builder from PyPI, behind a script that brings it the messages.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use serde_json::Value;

use crate::kit::{
    Books, Channel, Folder, Past, SOON, Setup, Trader, Venue, a_day_of_everything, admin, skipped,
};

/// The script, killed with this.
struct Script {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
}

/// A Python that has MeatPy; says why the test is skipped if there is none.
fn python() -> Option<PathBuf> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("it lies in the target");
    let choices = [
        env::var_os("OUTCRY_PYTHON").map(PathBuf::from),
        Some(target.join("venv/bin/python")),
        Some(PathBuf::from("python3")),
    ];
    let has_it = |python: &PathBuf| {
        let mut command = Command::new(python);
        command.args(["-c", "import meatpy.itch50"]).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    let found = choices.into_iter().flatten().find(has_it);
    if found.is_none() {
        skipped("no python with meatpy: bash .ci/run makes one, OUTCRY_PYTHON names one");
    }
    found
}

impl Script {
    fn start(python: &Path, feed: &Channel) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/public/foreign/meatpy_books.py");
        let [group, ask] = [feed.lines[0], feed.rerequest];
        let mut command = Command::new(python);
        command.arg(script).arg(group.ip().to_string()).arg(group.port().to_string());
        command.arg(feed.interface.to_string());
        command.arg(ask.ip().to_string()).arg(ask.port().to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("python runs");
        let out = BufReader::new(child.stdout.take().expect("it is piped"));
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                // Who does not listen any more has read enough.
                sender.send(line).unwrap_or_default();
            }
        });
        let input = child.stdin.take();
        let script = Script { child, input, lines };
        script.says("listening");
        script
    }

    fn line(&self) -> String {
        self.lines.recv_timeout(2 * SOON).expect("the script goes on, or says above why not")
    }

    fn says(&self, words: &str) {
        assert_eq!(self.line(), words);
    }

    /// The books behind these numbers of messages, which ascend.
    fn books(mut self, marks: &[u64]) -> Vec<Books> {
        self.says("complete");
        let mut input = self.input.take().expect("it is closed once");
        for mark in marks {
            writeln!(input, "{mark}").expect("the script reads");
        }
        drop(input);
        let books = marks.iter().map(|mark| {
            let shown: Value = serde_json::from_str(&self.line()).expect("it is JSON");
            assert_eq!(shown["number"], *mark);
            let symbols = shown["books"].as_object().expect("books by symbol");
            let books: Result<Books, _> =
                symbols.values().map(|book| serde_json::from_value(book.clone())).collect();
            books.expect("orders of two sides")
        });
        let books = books.collect();
        // It says so only if no order was executed before one that stood before it.
        self.says("done");
        books
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.child.kill().expect("it is ours");
        }
        self.child.wait().expect("it is ours");
    }
}

#[test]
fn meatpy_builds_the_books_of_the_venue() {
    let Some(python) = python() else { return };
    let channel = Channel::fresh();
    let folder = Folder::new();
    let data = folder.join("data");
    let venue = Venue::start(&Setup::new(&channel), &data);
    a_day_of_everything(&venue);
    let script = Script::start(&python, &channel);
    Trader::new("P3", 4).trade(venue.address(), 800);
    Trader::new("P4", 5).trade(venue.address(), 800);
    admin(&venue, "end-day");
    let past = Past::read(&data, 50);
    let (marks, expected): (Vec<u64>, Vec<Books>) = past.books.into_iter().unzip();
    for ((mark, built), expected) in marks.iter().zip(script.books(&marks)).zip(expected) {
        assert_eq!(built, expected, "behind message {mark}");
    }
}
