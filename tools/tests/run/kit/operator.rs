//! `outcry admin` as a user runs it, and its socket as a program speaks to it.

use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{SOON, Venue};

/// What came of a run of `outcry admin`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A connection to the socket.
#[derive(Debug)]
pub(crate) struct Operator(BufReader<UnixStream>);

/// Runs `outcry admin` with this socket and these words.
pub(crate) fn admin(socket: &str, words: &[&str]) -> Told {
    let mut command = Command::new(env!("CARGO_BIN_EXE_outcry"));
    command.args(["admin", "--socket", socket]).args(words);
    command.env("USER", "alice").env_remove("SUDO_USER").stdin(Stdio::null());
    let output = command.output().expect("the command is built");
    let text = |bytes| String::from_utf8(bytes).expect("it writes text");
    Told { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

impl Venue {
    /// Where operators are heard.
    pub(crate) fn socket(&self) -> &str {
        self.told("admin on ")
    }

    /// Runs `outcry admin` with these words, one blank apart.
    pub(crate) fn admin(&self, words: &str) -> Told {
        admin(self.socket(), &words.split(' ').collect::<Vec<_>>())
    }

    /// It is done, and the words say this of it; with the number of its command.
    #[track_caller]
    pub(crate) fn does(&self, words: &str, text: &str) -> u64 {
        let told = self.admin(words);
        let is_done = told.code == Some(0) && told.err.is_empty();
        assert!(is_done && told.out.starts_with(text), "{words}: not \"{text}\": {told:?}");
        let number = told.out.split_once(" (command ").and_then(|(_, rest)| rest.split_once(' '));
        number.map_or(0, |(number, _)| number.parse().expect("a number"))
    }

    /// It is refused for this reason, in words that have these in them.
    #[track_caller]
    pub(crate) fn refuses(&self, words: &str, reason: &str, text: &str) {
        let told = self.admin(words);
        assert_eq!((told.code, told.out.as_str()), (Some(1), ""), "{words}: {told:?}");
        let begins = told.err.starts_with(&format!("error: {reason}: "));
        assert!(begins && told.err.contains(text), "{words}: not \"{reason}: {text}\": {told:?}");
    }

    /// How it says it is.
    #[track_caller]
    pub(crate) fn status(&self) -> Value {
        let told = self.admin("status --json");
        assert_eq!((told.code, told.err.as_str()), (Some(0), ""), "{told:?}");
        assert_eq!(told.out.lines().count(), 1, "an object on one line: {told:?}");
        serde_json::from_str(&told.out).expect("it is JSON")
    }
}

impl Operator {
    pub(crate) fn connect(socket: &Path) -> io::Result<Self> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(SOON))?;
        stream.set_write_timeout(Some(SOON))?;
        Ok(Operator(BufReader::new(stream)))
    }

    /// What is answered to this request; none if the connection ends before it.
    pub(crate) fn ask(&mut self, request: &Value) -> Option<Value> {
        self.say(&serde_json::json!({ "who": "alice", "request": request }).to_string())
    }

    /// What is answered to a line.
    pub(crate) fn say(&mut self, line: &str) -> Option<Value> {
        let mut answer = String::new();
        let sent = self.0.get_mut().write_all(format!("{line}\n").as_bytes());
        match sent.and_then(|()| self.0.read_line(&mut answer)) {
            Ok(_) if answer.ends_with('\n') => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                panic!("no answer within {SOON:?} to {line}");
            }
            _ => return None,
        }
        Some(serde_json::from_str(&answer).expect("an answer is JSON"))
    }
}
