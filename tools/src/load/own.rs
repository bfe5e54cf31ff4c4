//! A venue that is started for a load, and stopped after it.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use protocol_spec::wire::ouch::Symbol;
use rustix::process::{Pid, Signal, kill_process};

use super::error::LoadError;
use super::lane::Credentials;

/// Bytes of a venue's remarks that are shown if something goes wrong.
const TAIL: usize = 2_000;

/// Replies that a connection may be behind: a generator that lost its core for a while is no broker
/// who does not read.
const MAX_BEHIND: u32 = 100_000_000;

/// How the venue is to be.
#[derive(Clone, Debug)]
pub struct OwnConfig {
    /// Who may log in, with the passwords as text.
    pub ports: Vec<(Credentials, String)>,
    /// And who besides: a username, its password, and how many are numbered from 1.
    pub idle: Option<(String, String, u32)>,
    /// What is traded.
    pub symbols: Vec<Symbol>,
    /// The price of each before the first trade, in units of 0.0001.
    pub price: u64,
    /// Orders at rest in all.
    pub live_orders: u32,
    /// `disk` or `os`.
    pub durability: &'static str,
    /// Whether it publishes a feed, on two lines of the loopback interface.
    pub has_feed: bool,
    /// The core of its one thread that counts.
    pub core: Option<usize>,
}

/// A venue that was started here; it is killed and its directory removed when this is dropped.
#[derive(Debug)]
pub struct Own {
    child: Child,
    dir: PathBuf,
    address: SocketAddr,
    rerequests: Option<SocketAddr>,
    lines: Option<[SocketAddrV4; 2]>,
}

impl OwnConfig {
    /// The configuration as a venue reads it.
    fn toml(&self, lines: Option<[SocketAddrV4; 2]>) -> String {
        // Twice the levels that the orders could need at most, and pools in proportion.
        let live_orders = self.live_orders.max(1_024);
        let idle = self.idle.as_ref().map_or(0, |(.., count)| *count);
        let ports = idle + 256;
        let mut text = format!(
            "[limits]\nsymbols = 256\nports = {ports}\nlive_orders = {live_orders}\nlevels = \
             {live_orders}\n\n[order_entry]\nlisten = \"127.0.0.1:0\"\nmax_connections = \
             {ports}\nmax_behind = {MAX_BEHIND}\n\n[journal]\ndurability = \"{}\"\n",
            self.durability,
        );
        let mut put = |part: std::fmt::Arguments<'_>| {
            text.write_fmt(part).expect("a string takes everything");
        };
        if let Some(core) = self.core {
            put(format_args!("\n[threads]\ncore = {core}\n"));
        }
        let lines: Vec<String> = lines
            .into_iter()
            .flatten()
            .map(|group| format!("{{ group = \"{group}\", interface = \"127.0.0.1\" }}"))
            .collect();
        put(format_args!("\n[feed]\nlines = [{}]\n", lines.join(", ")));
        put(format_args!("\n[recovery]\nrerequest = \"127.0.0.1:0\"\n"));
        for (who, password) in &self.ports {
            put(format_args!(
                "\n[[port]]\nusername = \"{}\"\npassword = {password:?}\nfirm = \"LOAD\"\n",
                String::from_utf8_lossy(who.username.trimmed()),
            ));
        }
        if let Some((name, password, count)) = &self.idle {
            put(format_args!(
                "\n[[port]]\nusername = {name:?}\ncount = {count}\npassword = {password:?}\n\
                 firm = \"LOAD\"\n"
            ));
        }
        let price = format!("{}.{:04}", self.price / 10_000, self.price % 10_000);
        for symbol in &self.symbols {
            put(format_args!(
                "\n[[instrument]]\nsymbol = \"{}\"\ntick = \"0.01\"\nreference_price = \
                 \"{price}\"\n",
                String::from_utf8_lossy(symbol.trimmed()),
            ));
        }
        text
    }
}

impl Own {
    /// Starts `program run` with a configuration and a data directory of its own below `base`, and
    /// waits until it is ready.
    ///
    /// # Errors
    /// If it does not become ready in time.
    pub fn start(
        program: &Path,
        base: &Path,
        config: &OwnConfig,
        patience: Duration,
    ) -> Result<Self, LoadError> {
        let dir = base.join(format!("outcry-load-{}", process::id()));
        fs::create_dir(&dir).map_err(LoadError::io(format!("make {}", dir.display())))?;
        let lines = if config.has_feed { Some(groups().map_err(no_groups)?) } else { None };
        let started = launch(program, &dir, &config.toml(lines));
        let child = started.map_err(|cause| {
            fs::remove_dir_all(&dir).unwrap_or_default();
            LoadError::Io { doing: format!("start {}", program.display()), cause }
        })?;
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut own = Own { child, dir, address, rerequests: None, lines };
        let start = Instant::now();
        let said = own.said_lines();
        let mut address = None;
        loop {
            match said.recv_timeout(patience.saturating_sub(start.elapsed())) {
                Ok(line) if line.trim() == "ready" => break,
                Ok(line) => {
                    let said = line.trim().strip_prefix("order entry on ");
                    address = said.and_then(|text| text.parse().ok()).or(address);
                    let said = line.trim().strip_prefix("rerequests on ");
                    own.rerequests = said.and_then(|text| text.parse().ok()).or(own.rerequests);
                }
                Err(RecvTimeoutError::Timeout) => {
                    return Err(own.not_ready(program, None, patience));
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let status = own.wait(Duration::from_secs(1));
                    return Err(own.not_ready(program, status, start.elapsed()));
                }
            }
        }
        match address {
            Some(address) => own.address = address,
            None => return Err(own.not_ready(program, None, start.elapsed())),
        }
        Ok(own)
    }

    /// What it prints, line by line, until it ends; read on even when nobody takes the lines, so
    /// that it never has to wait.
    fn said_lines(&mut self) -> Receiver<String> {
        let (sender, receiver) = channel();
        let out = self.child.stdout.take().expect("it was asked for, and is taken once");
        thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                // A line that nobody takes is not missed.
                sender.send(line).unwrap_or_default();
            }
        });
        receiver
    }

    /// Where the public asks for messages again.
    #[must_use]
    pub const fn rerequests(&self) -> Option<SocketAddr> {
        self.rerequests
    }

    /// The lines of its feed, if it has one.
    #[must_use]
    pub const fn lines(&self) -> Option<[SocketAddrV4; 2]> {
        self.lines
    }

    /// Where orders are entered.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The directory that its data is in.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Bytes of memory that it has in use, as far as the system tells.
    #[must_use]
    pub fn memory(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
        Some(kib * 1_024)
    }

    /// Stops it for a while: it does nothing until [`Own::resume`].
    ///
    /// # Errors
    /// If it is gone.
    pub fn pause(&self) -> Result<(), LoadError> {
        self.signal(Signal::STOP)
    }

    /// Lets it go on.
    ///
    /// # Errors
    /// If it is gone.
    pub fn resume(&self) -> Result<(), LoadError> {
        self.signal(Signal::CONT)
    }

    /// Asks it to end, and waits until it has.
    ///
    /// # Errors
    /// If it does not end in time, or not well.
    pub fn stop(mut self, patience: Duration) -> Result<(), LoadError> {
        self.signal(Signal::TERM)?;
        match self.wait(patience) {
            Some(status) if status.success() => Ok(()),
            status => Err(LoadError::EndedBadly { status, said: self.said() }),
        }
    }

    fn signal(&self, signal: Signal) -> Result<(), LoadError> {
        let sent = kill_process(Pid::from_child(&self.child), signal);
        sent.map_err(|cause| LoadError::io("send a signal to the venue")(cause.into()))
    }

    /// How it ended, if it does in time.
    fn wait(&mut self, patience: Duration) -> Option<ExitStatus> {
        let start = Instant::now();
        loop {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            if start.elapsed() >= patience {
                return None;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn not_ready(&self, program: &Path, status: Option<ExitStatus>, waited: Duration) -> LoadError {
        LoadError::NotReady { program: program.to_owned(), status, waited, said: self.said() }
    }

    /// The last of its remarks.
    fn said(&self) -> String {
        let bytes = fs::read(self.dir.join("remarks")).unwrap_or_default();
        String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(TAIL)..]).into_owned()
    }
}

/// Two groups that nobody else on this machine listens to: at ports that are free.
fn groups() -> std::io::Result<[SocketAddrV4; 2]> {
    let free = || UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr().map(|at| at.port());
    let group = |last, port| SocketAddrV4::new(Ipv4Addr::new(239, 192, 27, last), port);
    Ok([group(1, free()?), group(2, free()?)])
}

fn no_groups(cause: std::io::Error) -> LoadError {
    LoadError::Io { doing: "find free ports for the feed".to_owned(), cause }
}

fn launch(program: &Path, dir: &Path, config: &str) -> std::io::Result<Child> {
    let (file, data) = (dir.join("load.toml"), dir.join("data"));
    fs::write(&file, config)?;
    fs::create_dir(&data)?;
    let mut command = Command::new(program);
    command.arg("run").arg("--config").arg(file).arg("--data").arg(data);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    command.stderr(File::create(dir.join("remarks"))?).spawn()
}

impl Drop for Own {
    /// Nothing of it stays, however the load ended; what fails here is gone already.
    fn drop(&mut self) {
        self.child.kill().unwrap_or_default();
        self.child.wait().map(drop).unwrap_or_default();
        fs::remove_dir_all(&self.dir).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests;
