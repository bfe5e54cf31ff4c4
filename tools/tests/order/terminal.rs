//! A terminal with the command in it, as somebody who types and looks at it has it.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// After so long a test is stuck, and fails.
const STUCK: Duration = Duration::from_secs(30);

/// The keys that are no letters.
pub(crate) const ENTER: &str = "\r";
pub(crate) const TAB: &str = "\t";
pub(crate) const UP: &str = "\x1b[A";
pub(crate) const CTRL_C: &str = "\x03";
pub(crate) const CTRL_D: &str = "\x04";

/// The command in a terminal.
pub(crate) struct Terminal {
    child: Child,
    keys: File,
    output: Receiver<Vec<u8>>,
    /// Everything that was shown.
    pub(crate) raw: Vec<u8>,
    /// How much of it, without the escapes, was looked for already.
    seen: usize,
}

/// A directory for what a test keeps.
pub(crate) fn state(name: &str) -> PathBuf {
    let name = format!("desk-{}-{name}", std::process::id());
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

impl Terminal {
    /// Runs `outcry order` with these arguments; history is kept below `state`.
    pub(crate) fn run(address: &str, args: &[&str], state: &PathBuf) -> Self {
        Terminal::run_with(address, args, state, &[("NO_COLOR", "1")])
    }

    /// The same with more in its environment.
    pub(crate) fn run_with(
        address: &str,
        args: &[&str],
        state: &PathBuf,
        environment: &[(&str, &str)],
    ) -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let ours = openpt(flags).expect("there are terminals");
        grantpt(&ours).expect("it is ours");
        unlockpt(&ours).expect("it is ours");
        let size = Winsize { ws_row: 40, ws_col: 160, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&ours, size).expect("a terminal has a size");
        let name = ptsname(&ours, Vec::new()).expect("it has another side");
        let name = OsStr::from_bytes(name.as_bytes());
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let theirs = File::from(open(name, flags, Mode::empty()).expect("the other side opens"));
        let other = || theirs.try_clone().expect("there are file descriptors");
        let child = Command::new(env!("CARGO_BIN_EXE_outcry"))
            .args(["order", "--port", "demo1", "--address", address, "--wait", "300ms"])
            .args(args)
            .env_remove("OUTCRY_PASSWORD")
            .env_remove("NO_COLOR")
            .env("TERM", "xterm")
            .env("XDG_STATE_HOME", state)
            .envs(environment.iter().copied())
            .stdin(other())
            .stdout(other())
            .stderr(other())
            .spawn()
            .expect("the command is built");
        drop(theirs);
        let ours = File::from(ours);
        let mut screen = ours.try_clone().expect("there are file descriptors");
        let (sender, output) = channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            // It ends with an error once nobody has the other side.
            while let Ok(count @ 1..) = screen.read(&mut bytes) {
                if sender.send(bytes[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Terminal { child, keys: ours, output, raw: Vec::new(), seen: 0 }
    }

    /// Types.
    pub(crate) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("the terminal takes keys");
    }

    /// Types a line.
    pub(crate) fn say(&mut self, line: &str) {
        self.press(line);
        self.press(ENTER);
    }

    /// Looks until this is shown, behind what was looked for before.
    #[track_caller]
    pub(crate) fn see(&mut self, text: &str) {
        let since = Instant::now();
        loop {
            let shown = self.shown();
            if let Some(at) = shown[self.seen..].find(text) {
                self.seen += at + text.len();
                return;
            }
            let ended = match self.output.recv_timeout(Duration::from_millis(100)) {
                Ok(bytes) => {
                    self.raw.extend(bytes);
                    false
                }
                Err(RecvTimeoutError::Timeout) => false,
                Err(RecvTimeoutError::Disconnected) => true,
            };
            let is_stuck = ended || since.elapsed() > STUCK;
            assert!(!is_stuck, "{text:?} is not shown behind {}\n{shown}", self.seen);
        }
    }

    /// Waits until the command has ended: all that was shown, and the exit code.
    pub(crate) fn end(mut self) -> (String, Option<i32>) {
        loop {
            match self.output.recv_timeout(STUCK) {
                Ok(bytes) => self.raw.extend(bytes),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    self.child.kill().expect("it is running");
                    panic!("it does not end: {}", self.shown());
                }
            }
        }
        let code = self.child.wait().expect("it ends").code();
        (self.shown(), code)
    }

    /// All that was shown, without escapes and returns.
    fn shown(&self) -> String {
        let text = String::from_utf8_lossy(&self.raw);
        let mut shown = String::new();
        let mut chars = text.chars();
        while let Some(char) = chars.next() {
            match char {
                '\x1b' => {
                    let is_end = |char: &char| char.is_ascii_alphabetic();
                    chars.by_ref().find(is_end);
                }
                '\r' => {}
                char => shown.push(char),
            }
        }
        shown
    }
}
