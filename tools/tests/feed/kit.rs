//! The built command.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use client::feed::LineAddress;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::publisher::Publisher;

/// After so long a test is stuck, and fails.
const STUCK: Duration = Duration::from_secs(30);

/// How `outcry` ended, and what it wrote.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: Vec<u8>,
    pub(crate) err: String,
}

/// `outcry feed` while it runs.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<String>,
    err: String,
}

/// Arguments that make it follow a publisher.
pub(crate) fn lines_of(publisher: &Publisher) -> Vec<String> {
    let config = publisher.config();
    let mut args = Vec::new();
    for line in &config.lines {
        let (flag, value) = match line {
            LineAddress::Group { group, interface } => ("--lines", format!("{group}@{interface}")),
            LineAddress::Unicast(address) => ("--receive", address.to_string()),
        };
        args.extend([flag.to_owned(), value]);
    }
    if let Some(server) = config.rerequest {
        args.extend(["--rerequest".to_owned(), server.to_string()]);
    }
    args
}

/// Runs `outcry feed` with bytes on its standard input.
pub(crate) fn feed(args: &[&str], input: &[u8]) -> Said {
    let mut child = command(args).stdin(Stdio::piped()).spawn().expect("it is built");
    let mut stdin = child.stdin.take().expect("it is piped");
    let input = input.to_vec();
    // Who misuses it is told so before it reads.
    let writer = thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("it does not panic");
    said(output.status, output.stdout, &output.stderr)
}

/// Starts `outcry feed` on the lines of a publisher, and waits until it listens.
pub(crate) fn start(args: &[&str], publisher: &Publisher) -> Running {
    start_by(command(&[]), args, publisher)
}

/// The same where no file may become longer than so many blocks of 512 bytes.
pub(crate) fn start_with_room(blocks: u64, args: &[&str], publisher: &Publisher) -> Running {
    let mut limited = Command::new("sh");
    // A write beyond it fails, and does not kill whoever writes.
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" feed \"$@\"");
    limited.args(["-c", &script, env!("CARGO_BIN_EXE_outcry")]);
    limited.stdout(Stdio::piped()).stderr(Stdio::piped());
    start_by(limited, args, publisher)
}

fn start_by(mut command: Command, args: &[&str], publisher: &Publisher) -> Running {
    let mut child = command
        .args(args)
        .args(lines_of(publisher))
        .stdin(Stdio::null())
        .spawn()
        .expect("it is built");
    let (told, heard) = channel();
    let err = BufReader::new(child.stderr.take().expect("it is piped"));
    // It ends with the process, whether anybody listens or not.
    thread::spawn(move || err.lines().map_while(Result::ok).all(|line| told.send(line).is_ok()));
    let mut running = Running { child, lines: heard, err: String::new() };
    if let Some(last) = publisher.config().lines.len().checked_sub(1) {
        let letter = char::from(b'A' + u8::try_from(last).expect("there are few"));
        running.hears(&format!("line {letter}: "));
    }
    running
}

/// Waits until it is so.
pub(crate) fn wait_for(is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < STUCK, "it is not so for long");
        thread::yield_now();
    }
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_outcry"));
    command.arg("feed").args(args).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn said(status: ExitStatus, out: Vec<u8>, err: &[u8]) -> Said {
    let err = String::from_utf8(err.to_vec()).expect("it writes text");
    Said { code: status.code(), out, err }
}

impl Running {
    /// Waits until it says a line with these words.
    pub(crate) fn hears(&mut self, words: &str) {
        while !self.err.lines().any(|line| line.contains(words)) {
            match self.lines.recv_timeout(STUCK) {
                Ok(line) => self.err.push_str(&format!("{line}\n")),
                Err(error) => panic!("{error}, no \"{words}\" in: {}", self.err),
            }
        }
    }

    /// Asks it to end.
    pub(crate) fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        kill_process(pid.expect("it has a number"), signal).expect("it runs");
    }

    /// Reads so many bytes of its output, and no more of them ever.
    pub(crate) fn read_and_leave(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        let mut stdout = self.child.stdout.take().expect("it is piped");
        stdout.read_exact(&mut bytes).expect("it writes so many");
        bytes
    }

    /// What it wrote, once it has ended by itself.
    pub(crate) fn end(mut self) -> Said {
        let mut out = Vec::new();
        if let Some(stdout) = &mut self.child.stdout {
            stdout.read_to_end(&mut out).expect("it can be read");
        }
        let status = self.child.wait().expect("it ends");
        self.err.extend(self.lines.iter().map(|line| format!("{line}\n")));
        Said { code: status.code(), out, err: self.err.clone() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A test that failed leaves it running; one that did not has waited for it.
        drop(self.child.kill());
    }
}

impl Said {
    /// What it wrote on standard output, as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.out.clone()).expect("it writes text")
    }

    pub(crate) fn object(&self) -> Value {
        serde_json::from_slice(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// That it ended so, with these words in what it said.
    pub(crate) fn ends(&self, code: i32, words: &[&str]) {
        let all = format!("{}{}", String::from_utf8_lossy(&self.out), self.err);
        assert_eq!(self.code, Some(code), "{all}");
        for word in words {
            assert!(all.contains(word), "no \"{word}\" in: {all}");
        }
    }
}
