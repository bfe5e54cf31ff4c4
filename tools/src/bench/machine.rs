//! Where figures come from.

use std::fs;
use std::process::Command;
use std::thread;
use std::time::Instant;

/// What figures depend on beside the code.
#[derive(Clone, Debug, PartialEq)]
pub struct Machine {
    /// The name of the processor.
    pub processor: String,
    /// Its cores that this process may use.
    pub cores: usize,
    /// The commit that the sources are at, with a `+` if they were changed since.
    pub commit: Option<String>,
    /// What a reading of the clock costs, in nanoseconds.
    pub clock: f64,
}

impl Machine {
    /// This one, as far as it tells.
    #[must_use]
    pub fn read() -> Self {
        Machine {
            processor: processor().unwrap_or_else(|| "unknown processor".to_owned()),
            cores: thread::available_parallelism().map_or(1, usize::from),
            commit: commit(),
            clock: clock(),
        }
    }
}

fn processor() -> Option<String> {
    let about = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = about.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// The commit of the sources that this was built from, if they are still there and under git.
fn commit() -> Option<String> {
    let git = |arguments: &[&str]| {
        let sources = env!("CARGO_MANIFEST_DIR");
        let output = Command::new("git").arg("-C").arg(sources).args(arguments).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| text.trim().to_owned())
    };
    let commit = git(&["rev-parse", "--short", "HEAD"])?;
    let changes = git(&["status", "--porcelain", "--untracked-files=no"])?;
    Some(if changes.is_empty() { commit } else { format!("{commit}+") })
}

fn clock() -> f64 {
    const READINGS: u32 = 10_000;
    let round = || {
        let start = Instant::now();
        let last = (1..READINGS).fold(start, |_, _| Instant::now());
        (last - start).as_nanos() as f64 / f64::from(READINGS)
    };
    (0..10).map(|_| round()).fold(f64::INFINITY, f64::min)
}
