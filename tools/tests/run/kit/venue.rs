//! `outcry run` as a process.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::{SOON, Setup, wait_for};

/// A process that is killed with this.
#[derive(Debug)]
pub(crate) struct Venue {
    child: Child,
    address: Option<SocketAddr>,
    /// What it said before it was ready.
    pub(crate) said: Vec<String>,
    lines: Receiver<String>,
    err: Arc<Mutex<String>>,
    listener: Option<JoinHandle<()>>,
}

/// How a process ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exit {
    pub(crate) code: Option<i32>,
    pub(crate) err: String,
}

impl Venue {
    /// Starts one with its data in `data` and waits until it is ready.
    pub(crate) fn start(setup: &Setup, data: &Path) -> Self {
        match Self::try_start(setup, data) {
            Ok(venue) => venue,
            Err(exit) => panic!("the venue did not start: {exit:?}"),
        }
    }

    /// Starts one; the error is how it ended before it was ready.
    pub(crate) fn try_start(setup: &Setup, data: &Path) -> Result<Self, Exit> {
        Self::spawn(setup, data).ready()
    }

    /// Starts one and does not wait.
    pub(crate) fn spawn(setup: &Setup, data: &Path) -> Self {
        fs::create_dir_all(data).expect("the folder can be made");
        let file = data.with_extension("toml");
        fs::write(&file, setup.text()).expect("the folder can be written");
        Self::of_command(outcry().arg("--config").arg(file).arg("--data").arg(data))
    }

    /// Starts this command.
    pub(crate) fn of_command(command: &mut Command) -> Self {
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the command is built");
        let (sender, lines) = channel();
        let out = BufReader::new(child.stdout.take().expect("it is piped"));
        thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                // Who does not listen any more has read enough.
                sender.send(line).unwrap_or_default();
            }
        });
        let mut pipe = child.stderr.take().expect("it is piped");
        let err = Arc::new(Mutex::new(String::new()));
        let heard = Arc::clone(&err);
        let listener = thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = pipe.read(&mut bytes) {
                let text = String::from_utf8_lossy(&bytes[..count]);
                heard.lock().expect("nobody panics with it").push_str(&text);
            }
        });
        Venue { child, address: None, said: Vec::new(), lines, err, listener: Some(listener) }
    }

    /// Waits until it is ready.
    pub(crate) fn ready(mut self) -> Result<Self, Exit> {
        let start = Instant::now();
        loop {
            match self.lines.recv_timeout(Duration::from_millis(50)) {
                Ok(line) if line == "ready" => return Ok(self),
                Ok(line) => {
                    if let Some(address) = line.strip_prefix("order entry on ") {
                        self.address = Some(address.parse().expect("an address"));
                    }
                    self.said.push(line);
                }
                Err(RecvTimeoutError::Disconnected) => return Err(self.wait()),
                Err(RecvTimeoutError::Timeout) => {
                    assert!(start.elapsed() < 2 * SOON, "not ready, said: {}", self.err());
                }
            }
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address.expect("it is told before `ready`")
    }

    /// What it said behind these words before it was ready.
    pub(crate) fn told(&self, words: &str) -> &str {
        let line = self.said.iter().find_map(|line| line.strip_prefix(words));
        line.unwrap_or_else(|| panic!("no \"{words}\" in {:?}", self.said))
    }

    /// What it said on standard error so far.
    pub(crate) fn err(&self) -> String {
        self.err.lock().expect("nobody panics with it").clone()
    }

    /// Waits until it said this on standard error.
    pub(crate) fn wait_for_words(&self, words: &str) {
        wait_for(&format!("\"{words}\" on standard error"), || {
            self.err().contains(words).then_some(())
        });
    }

    /// Bytes of memory that it has in use.
    pub(crate) fn memory(&self) -> u64 {
        let file = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(file).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
        1_024 * kib.expect("the system tells").parse::<u64>().expect("a number")
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.child.id().cast_signed()).expect("a process has a number");
        kill_process(pid, signal).expect("it is ours");
    }

    /// Kills it as kill -9 does.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it is ours");
        self.wait();
    }

    /// Kills it without waiting for its end.
    pub(crate) fn kill_now(&mut self) {
        self.child.kill().expect("it is ours");
    }

    /// Asks it to stop and expects it to do so in good order.
    pub(crate) fn stop(self) -> String {
        self.signal(Signal::TERM);
        self.stop_after_signal()
    }

    /// Was asked to stop, and is expected to do so in good order.
    pub(crate) fn stop_after_signal(mut self) -> String {
        let exit = self.wait();
        assert_eq!(exit.code, Some(0), "{}", exit.err);
        exit.err
    }

    /// Waits until it has ended.
    pub(crate) fn wait(&mut self) -> Exit {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("it is ours") {
                break status;
            }
            assert!(start.elapsed() < SOON, "it does not end: {}", self.err());
            thread::sleep(Duration::from_millis(2));
        };
        if let Some(listener) = self.listener.take() {
            listener.join().expect("the listener does not panic");
        }
        Exit { code: status.code(), err: self.err() }
    }
}

impl Drop for Venue {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("--- the venue said:\n{}---", self.err());
        }
        if matches!(self.child.try_wait(), Ok(None)) {
            self.child.kill().expect("it is ours");
            self.child.wait().expect("it is ours");
        }
    }
}

/// The command `outcry run`.
pub(crate) fn outcry() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_outcry"));
    command.arg("run");
    command
}
