//! An office with a core that a test makes up, and the built command.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use appliance::admin::{Answer, Inquiry, Request, Wanted, inquiries};
use appliance::meters::Meters;
use appliance::office::{Clerk, Doors, Find, Office, Open, Patience};
use serde_json::Value;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A patience that tests can wait for.
pub(crate) const SHORT: Patience = Patience {
    idle: Duration::from_secs(10),
    line: Duration::from_millis(200),
    write: Duration::from_millis(500),
    core: Duration::from_millis(200),
};

/// A folder that is gone with this. Its path is short, as that of a socket has to be.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

/// An office that is served.
#[derive(Debug)]
pub(crate) struct House {
    pub socket: PathBuf,
    pub metrics: SocketAddr,
    pub meters: Arc<Meters>,
    open: Option<Open>,
    core: Option<JoinHandle<()>>,
    /// What the core was asked.
    asked: Arc<Mutex<Vec<(String, Wanted)>>>,
    _folder: Folder,
}

impl Folder {
    pub(crate) fn new() -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("outcry-admin-{}-{number}", process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("temporary folders can be made");
        Folder(path)
    }

    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("{} is left behind: {error}", self.0.display());
        }
    }
}

impl House {
    /// An office whose core answers with `answer`; what was asked is kept.
    pub(crate) fn new(mut answer: impl FnMut(&Wanted) -> Answer + Send + 'static) -> Self {
        House::with(Patience::default(), nothing_found(), move |inquiry| {
            let told = answer(&inquiry.wanted);
            // Who has gone does not wait for it.
            drop(inquiry.answer.send(told));
        })
    }

    /// An office with a core that takes inquiries in its own way.
    pub(crate) fn with(
        patience: Patience,
        find: Find,
        mut core: impl FnMut(Inquiry) + Send + 'static,
    ) -> Self {
        let folder = Folder::new();
        let socket = folder.join("admin.sock");
        let doors = Doors::open(Some(&socket), Some(([127, 0, 0, 1], 0).into()));
        let doors = doors.expect("nobody has these doors");
        let metrics = doors.metrics().expect("it listens");
        let meters = Arc::new(Meters::new());
        let (ask, queue) = inquiries();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        let core = thread::spawn(move || {
            while let Ok(inquiry) = queue.recv() {
                let one = (inquiry.by.clone(), inquiry.wanted.clone());
                seen.lock().unwrap_or_else(PoisonError::into_inner).push(one);
                core(inquiry);
            }
        });
        let clerk = Clerk::new(ask, Box::new(|| ()), Arc::clone(&meters), find);
        let office = Office::new(doors, clerk.with_patience(patience), Arc::clone(&meters));
        let open = office.open("admin", || ()).expect("it can begin");
        let (open, core) = (Some(open), Some(core));
        House { socket, metrics, meters, open, core, asked, _folder: folder }
    }

    /// What the core was asked until now, with who asked.
    pub(crate) fn asked(&self) -> Vec<(String, Wanted)> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The requests among it.
    pub(crate) fn requests(&self) -> Vec<Request> {
        let request = |(_, wanted)| match wanted {
            Wanted::Request(request) => Some(request),
            Wanted::Break { .. } => None,
        };
        self.asked().into_iter().filter_map(request).collect()
    }

    /// A client that speaks for itself.
    pub(crate) fn client(&self) -> Client {
        Client::at(&self.socket)
    }

    /// Runs `outcry admin` with these words.
    pub(crate) fn run(&self, words: &[&str]) -> Run {
        let mut all = vec!["--socket", self.socket.to_str().expect("the path is text")];
        all.extend(words);
        run(&all)
    }

    /// Ends the office.
    pub(crate) fn end(&mut self) {
        if let Some(open) = self.open.take() {
            open.end();
        }
        if let Some(core) = self.core.take() {
            core.join().expect("the core has done what the test says");
        }
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if !thread::panicking() {
            self.end();
        }
    }
}

/// A client that speaks for itself.
#[derive(Debug)]
pub(crate) struct Client(BufReader<UnixStream>);

impl Client {
    pub(crate) fn at(socket: &Path) -> Self {
        let stream = UnixStream::connect(socket).expect("someone listens");
        let patience = Some(Duration::from_secs(20));
        stream.set_read_timeout(patience).expect("a time can be set");
        stream.set_write_timeout(patience).expect("a time can be set");
        Client(BufReader::new(stream))
    }

    pub(crate) fn say(&mut self, bytes: &[u8]) {
        self.0.get_mut().write_all(bytes).expect("it listens");
    }

    /// The next answer; none if it has been closed.
    pub(crate) fn hear(&mut self) -> Option<Value> {
        let mut line = String::new();
        self.0.read_line(&mut line).expect("it answers");
        let parsed = || serde_json::from_str(&line).expect("an answer is JSON");
        (!line.is_empty()).then(parsed)
    }

    /// Says a line and hears its answer.
    pub(crate) fn ask(&mut self, line: &str) -> Value {
        self.say(format!("{line}\n").as_bytes());
        self.hear().expect("every line has an answer")
    }
}

/// What came of a run of the command.
#[derive(Debug)]
pub(crate) struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// Runs `outcry admin` with these words.
pub(crate) fn run(words: &[&str]) -> Run {
    let output = command(words).output().expect("the command is built");
    let text = |bytes| String::from_utf8(bytes).expect("it writes text");
    Run { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// `outcry admin` with these words, not yet run.
pub(crate) fn command(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_outcry"));
    command.arg("admin").args(words).env("USER", "alice").env_remove("SUDO_USER");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A search that finds nothing.
pub(crate) fn nothing_found() -> Find {
    Arc::new(|_, number, _| {
        Err(Answer::refused("unknown-trade", format!("no trade has the number {}", number.0)))
    })
}

/// That something was done.
pub(crate) fn done(text: &str) -> Answer {
    Answer::Done { session: "2026112001".to_owned(), command: Some(17), text: text.to_owned() }
}
