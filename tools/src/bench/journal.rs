//! What a durable write of a journal takes, in every way that there is for it.

use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{fs, io, process};

use rustix::fs::statfs;
use serde_json::{Value, json};

use super::durable::{Durable, Method, is_impossible};
use super::machine::Machine;
use super::spread::{Spread, figure};

/// File systems that keep nothing on a disk call themselves so.
const TMPFS: i64 = 0x0102_1994;

/// A way of writing blocks of one size, and what it takes.
#[derive(Clone, Debug)]
pub struct Row {
    /// The way.
    pub method: Method,
    /// Bytes of a block.
    pub size: usize,
    /// How long each write took, or why it cannot be done here.
    pub outcome: Result<Spread, String>,
}

/// Writes `writes` blocks of each size in each way into files in `dir`, in turns, a block each.
///
/// # Errors
/// If a file cannot be made or written.
pub fn measure(dir: &Path, sizes: &[usize], writes: u32) -> io::Result<Vec<Row>> {
    let mut rows = Vec::new();
    let mut files = Vec::new();
    for &size in sizes {
        for method in Method::ALL {
            let name = format!("outcry-bench-{}-{}-{size}", process::id(), method.key());
            // A first block says whether it can be done at all.
            let made = Durable::create(dir, &name, method, size, u64::from(writes) + 1)
                .and_then(|mut file| file.write().map(|()| file));
            let outcome = match made {
                Ok(file) => {
                    files.push(Some(file));
                    Ok(Spread::default())
                }
                Err(error) if is_impossible(&error) => {
                    files.push(None);
                    Err(error.to_string())
                }
                Err(error) => return Err(error),
            };
            rows.push(Row { method, size, outcome });
        }
    }
    for _ in 0..writes {
        for (row, file) in rows.iter_mut().zip(&mut files) {
            let (Ok(spread), Some(file)) = (&mut row.outcome, file) else { continue };
            let start = Instant::now();
            file.write()?;
            spread.add(start.elapsed());
        }
    }
    Ok(rows)
}

/// Whether what is written into `dir` stays in memory.
///
/// # Errors
/// If the system does not tell.
pub fn is_memory(dir: &Path) -> io::Result<bool> {
    Ok(statfs(dir)?.f_type == TMPFS)
}

/// What is told of a run.
#[derive(Clone, Debug)]
pub struct JournalReport {
    /// Where.
    pub machine: Machine,
    /// In which directory.
    pub dir: PathBuf,
    /// Whether that is memory.
    pub is_memory: bool,
    /// Writes of each row.
    pub writes: u32,
}

impl JournalReport {
    /// Reads what the machine tells of `dir`, whose full name is shown.
    ///
    /// # Errors
    /// If there is no such directory.
    pub fn new(dir: &Path, writes: u32) -> io::Result<Self> {
        let (dir, is_memory) = (fs::canonicalize(dir)?, is_memory(dir)?);
        Ok(JournalReport { machine: Machine::read(), dir, is_memory, writes })
    }

    /// A table for people.
    #[must_use]
    pub fn table(&self, rows: &[Row]) -> String {
        let JournalReport { machine, dir, is_memory, writes } = self;
        let memory = if *is_memory { ", which is memory and no disk" } else { "" };
        let commit = machine.commit.as_ref().map(|commit| format!(", commit {commit}"));
        let head = format!(
            "{}, {} cores{}\nin {}{memory}; {writes} durable writes of each row, in turns, \
             microseconds\n\n{:<34}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}\n",
            machine.processor,
            machine.cores,
            commit.unwrap_or_default(),
            dir.display(),
            "",
            "block",
            "p50",
            "p99",
            "max",
            "mean",
            "MB/s",
        );
        rows.iter().fold(head, |mut text, row| {
            text.push_str(&row.line());
            text.push('\n');
            text
        })
    }

    /// The same as JSON, times in nanoseconds.
    #[must_use]
    pub fn json(&self, rows: &[Row]) -> Value {
        json!({
            "processor": self.machine.processor,
            "cores": self.machine.cores,
            "commit": self.machine.commit,
            "dir": self.dir.display().to_string(),
            "is_memory": self.is_memory,
            "writes": self.writes,
            "rows": rows.iter().map(Row::json).collect::<Vec<_>>(),
        })
    }
}

impl Row {
    /// Million bytes a second.
    fn rate(&self, spread: &Spread) -> f64 {
        self.size as f64 / spread.mean()
    }

    fn line(&self) -> String {
        let block = format!("{} KiB", self.size / 1024);
        let head = format!("{:<34}{block:>9}", self.method.name());
        match &self.outcome {
            Err(reason) => format!("{head}  not possible here: {reason}"),
            Ok(spread) => {
                let cells = [
                    spread.micros(50.0),
                    spread.micros(99.0),
                    spread.longest(),
                    spread.mean(),
                    self.rate(spread),
                ];
                let cells = cells.map(|cell| format!("{:>9}", figure(cell)));
                format!("{head}{}", cells.concat())
            }
        }
    }

    fn json(&self) -> Value {
        let (method, size) = (self.method.key(), self.size);
        match &self.outcome {
            Err(reason) => json!({ "method": method, "size": size, "impossible": reason }),
            Ok(spread) => json!({
                "method": method,
                "size": size,
                "bytes_per_second": (self.rate(spread) * 1e6).round(),
                "ns": spread.json(),
            }),
        }
    }
}
