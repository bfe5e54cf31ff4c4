//! A command that breaks an assertion of the engine is passed over from now on.
//!
//! ```text
//!   quarantine ── is it in the last batch? ── a child executes all before it, then its first step
//!                                                └ dies there ──▶ the skip is written
//! ```

use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, ExitStatus, Stdio};
use std::time::SystemTime;
use std::{env, fs};

use appliance::folds::Folds;
use appliance::hint::Hint;
use appliance::journal::{History, Skip};
use appliance::linux::{LinuxDisk, Lock};
use matcher::engine::Step;
use protocol_spec::words::{CommandNo, Time};
use recovery::replay::{Machine, replay_batch};
use rustix::process::getuid;

use super::day::{Day, End};
use super::error::{Halt, JournalFailure};
use super::place::Spot;
use crate::decode::Progress;

/// What the child says: everything before the command was executed.
const BEFORE: &str = "before";
/// Its first step was executed, and it has more.
const STEP: &str = "step";
/// All of it was executed.
const DONE: &str = "done";

/// Executes everything before a command and then the command, and says on `out` how far it came.
/// It may die of it: that is what it is for.
///
/// # Errors
/// If the journal cannot be read so far.
pub fn probe(spot: &Spot, no: CommandNo, out: &mut dyn Write) -> Result<(), JournalFailure> {
    let mut say = |word: &str| {
        let said = writeln!(out, "{word}").and_then(|()| out.flush());
        said.map_err(JournalFailure::io("tell", Path::new("its parent")))
    };
    let day = Day::open(spot, Progress::new(false))?;
    let mut machine = Machine::new(Folds::new());
    let mut scratch = Vec::new();
    let end = day.visit(|read| {
        let failed = |fault| read.fault(fault);
        let (before, from) = read.batch.split(CommandNo(no.0 - 1));
        replay_batch(&mut machine, &before, &Hint, &mut scratch).map_err(failed)?;
        // Complete blocks of replies would go to their file.
        while machine.folds.replies.outbox.poll_block().is_some() {}
        machine.folds.published.rewind.forget_fresh();
        let Some(record) = from.records().next() else { return Ok(()) };
        let record = record.map_err(failed)?;
        let (command, note) = (record.command().map_err(failed)?, super::cat::note_of(&record));
        say(BEFORE)?;
        let mut step = machine.step(&command, note);
        if step == Step::More {
            say(STEP)?;
        }
        while step == Step::More {
            step = machine.step(&command, note);
        }
        say(DONE)?;
        Err(Halt::Enough)
    })?;
    match end {
        End::Whole(_) => Err(JournalFailure::Misuse(format!("there is no command {no}"))),
        End::Enough | End::Unread => Ok(()),
    }
}

/// How a child ended that executed a command.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    /// At the first step of the command.
    Breaks,
    /// At a later step.
    BreaksLater,
    /// At a command before it.
    BreaksBefore,
    /// Not at all.
    Runs,
    /// Its journal could not be read.
    Unread,
}

/// What the words and the end of a child come to.
fn verdict(out: &str, died: bool) -> Verdict {
    let said = |word: &str| out.lines().any(|line| line == word);
    match (died, said(BEFORE), said(STEP) || said(DONE)) {
        (false, true, _) => Verdict::Runs,
        (false, false, _) => Verdict::Unread,
        (true, false, _) => Verdict::BreaksBefore,
        (true, true, false) => Verdict::Breaks,
        (true, true, true) => Verdict::BreaksLater,
    }
}

/// Writes the skip of a command, if nothing of it was ever told and it cannot be executed. Says
/// what it did.
///
/// # Errors
/// If it must not be skipped, a venue is running, or the file cannot be written.
pub fn quarantine(spot: &Spot, no: CommandNo, why: &str) -> Result<String, JournalFailure> {
    // A running venue has it, whatever its data directory is.
    let _lock = Lock::take(&spot.journal()).map_err(JournalFailure::Lock)?;
    let (salt, record) = find(spot, no)?;
    let child = Child::run(spot, no)?;
    let refuse = |why: String| JournalFailure::Wrong(format!("command {no} is not skipped: {why}"));
    let panicked = child.panicked();
    match child.verdict {
        Verdict::Breaks => {}
        Verdict::Runs => {
            return Err(refuse("it can be executed, so a start does not end with it".to_owned()));
        }
        Verdict::BreaksLater => {
            return Err(refuse(format!(
                "it breaks in a later step, and what its first steps caused may have been told: \
                 {panicked}"
            )));
        }
        Verdict::BreaksBefore => {
            return Err(refuse(format!("a command before it breaks: {panicked}")));
        }
        Verdict::Unread => return Err(refuse(child.err.trim().to_owned())),
    }
    let by = (who(), now());
    let skip = Skip::new(no, salt, &record, (&by.0, by.1), why);
    let path = spot.place.folder.join(skip.file_name());
    let path =
        skip.write(&LinuxDisk, &spot.place.folder).map_err(JournalFailure::io("write", &path))?;
    let (who, path) = (&skip.who, path.display());
    Ok(format!(
        "command {no} is skipped from now on, by {who}: {}\nit breaks with: {panicked}\n{path}\n",
        skip.why
    ))
}

/// The salt of the journal and the record's bytes, if the command is one of which nothing was told.
fn find(spot: &Spot, no: CommandNo) -> Result<(u64, Vec<u8>), JournalFailure> {
    let refuse = |why: String| JournalFailure::Wrong(format!("command {no} is not skipped: {why}"));
    let history = History::find(&LinuxDisk, &spot.place)?;
    if let Some(skip) = history.skips().iter().find(|skip| skip.command == no) {
        return Err(refuse(format!("it was skipped by {} at {}", skip.who, skip.date())));
    }
    let mut found = None;
    let mut last = CommandNo(0);
    let read = history.read(|batch| {
        last = CommandNo(batch.end().0 - 1);
        found = batch.record(no).map(<[u8]>::to_vec);
        Ok(())
    })?;
    match (read, found) {
        (Some((marks, _)), Some(record)) => Ok((marks.salt, record)),
        _ if no > last || no.0 == 0 => {
            let what = format!("there is no command {no}: the journal ends with {last}");
            Err(JournalFailure::Misuse(what))
        }
        _ => Err(refuse(
            "it is not in the last batch: a later one was written, so it was executed and told"
                .to_owned(),
        )),
    }
}

/// A child that executed a command.
struct Child {
    verdict: Verdict,
    err: String,
}

impl Child {
    fn run(spot: &Spot, no: CommandNo) -> Result<Self, JournalFailure> {
        let program = env::current_exe().unwrap_or_else(|_| PathBuf::from("outcry"));
        let mut process = Process::new(&program);
        process.args(["journal", "probe", &no.to_string()]).arg(&spot.place.folder);
        process.stdin(Stdio::null());
        let output = process.output().map_err(JournalFailure::io("run", &program))?;
        let out = String::from_utf8_lossy(&output.stdout);
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        Ok(Child { verdict: verdict(&out, has_died(output.status)), err })
    }

    /// What it said when it broke, in one line.
    fn panicked(&self) -> String {
        let lines = self.err.lines().skip_while(|line| !line.contains("panicked at"));
        let lines = lines.take(2).map(str::trim);
        let mut text = String::new();
        for line in lines {
            let separator = if text.is_empty() { "" } else { " " };
            write!(text, "{separator}{line}").expect("a string takes everything");
        }
        let last = || self.err.lines().last().unwrap_or("it said nothing").to_owned();
        if text.is_empty() { last() } else { text }
    }
}

/// Whether a process broke an assertion: it ends by a signal, or as Rust ends it without.
fn has_died(status: ExitStatus) -> bool {
    match status.code() {
        None => true,
        Some(code) => code > 2,
    }
}

/// Whoever runs this: the name of the user and the number, which cannot be chosen.
fn who() -> String {
    let uid = getuid().as_raw();
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then_some(name)
    });
    format!("{} (uid {uid})", name.unwrap_or("?"))
}

fn now() -> Time {
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    Time(u64::try_from(now.as_nanos()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_dies_right_behind_what_is_before_breaks_at_once() {
        assert_eq!(verdict("before\n", true), Verdict::Breaks);
        assert_eq!(verdict("before\nstep\n", true), Verdict::BreaksLater);
        assert_eq!(verdict("before\ndone\n", true), Verdict::BreaksLater);
        assert_eq!(verdict("", true), Verdict::BreaksBefore);
        assert_eq!(verdict("before\nstep\ndone\n", false), Verdict::Runs);
        assert_eq!(verdict("before\ndone\n", false), Verdict::Runs);
        assert_eq!(verdict("", false), Verdict::Unread);
    }
}
