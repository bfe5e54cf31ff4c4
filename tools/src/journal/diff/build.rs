//! What another build of the program makes of a journal.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;

use protocol_spec::words::CommandNo;

use super::chunks::{Chunks, Hand};
use super::told::about;
use super::{Difference, How, Outcome};
use crate::count::plural;
use crate::decode::{Output, Progress};
use crate::journal::day::Day;
use crate::journal::error::{Halt, JournalFailure};
use crate::journal::names::Names;
use crate::journal::piece::Piece;
use crate::journal::place::Spot;
use crate::journal::replay::told_lines;

/// Compares what this program tells with what `program` does, line by line.
///
/// # Errors
/// If the program cannot be run or does not know what is asked of it, or the journal cannot be
/// read.
pub fn with_build(
    program: &Path,
    spot: &Spot,
    how: How,
    progress: Progress,
) -> Result<Outcome, JournalFailure> {
    let mut other = Other::start(program, spot)?;
    let outcome = thread::scope(|scope| {
        let mut ours = Chunks::begin(scope, move |hand| read(spot, progress, hand));
        let found = compare(&mut ours, &mut other.lines, how);
        // Who still reads finds nobody who wants more.
        drop(ours);
        found
    })?;
    let Found { ours, theirs, before, count } = outcome;
    if ours.is_empty() && theirs.is_empty() {
        other.end()?;
        let compared = format!("{} of {}", plural(count, "line"), program.display());
        return Ok(Outcome { difference: None, compared });
    }
    let ended = if theirs.is_empty() { Some(other.end()?) } else { other.stop().map(|()| None)? };
    let commands = [&ours, &theirs].map(|lines| lines.first().and_then(|line| command_of(line)));
    let first = commands.iter().flatten().min().copied();
    let (names, cause) = about(spot, first)?;
    let place = match (first, ours.is_empty(), theirs.is_empty()) {
        (Some(no), false, false) => format!("what command {no} tells differs"),
        (Some(no), false, true) => format!("they end before what command {no} tells"),
        (Some(no), true, _) => format!("they go on with what command {no} tells"),
        (None, ..) => "what the day comes to differs".to_owned(),
    };
    let place = match ended.flatten() {
        Some(how) => format!("{place}: the other program {how}"),
        None => place,
    };
    let show = |lines: &[String]| lines.iter().map(|line| in_words(line, &names)).collect();
    let mut before: Vec<String> = before.iter().map(|line| in_words(line, &names)).collect();
    before.extend(cause);
    let commands = commands.map(|no| no.map(|no| no.0));
    let (one, other) = (show(&ours), show(&theirs));
    let difference = Some(Difference { place, commands, before, one, other });
    Ok(Outcome { difference, compared: String::new() })
}

/// Our lines, many at a time.
fn read(spot: &Spot, progress: Progress, hand: &Hand<String>) -> Result<(), JournalFailure> {
    let day = Day::open(spot, progress)?;
    let mut pipe = Pipe { hand, rest: Vec::new() };
    match told_lines(&day, &mut Output::new(&mut pipe, false)) {
        Err(Halt::Failed(failure)) => Err(failure),
        Ok(()) | Err(Halt::Enough | Halt::Unread) => Ok(()),
    }
}

/// Cuts what is written into lines.
struct Pipe<'a> {
    hand: &'a Hand<String>,
    rest: Vec<u8>,
}

impl std::io::Write for Pipe<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.rest.extend_from_slice(bytes);
        let Some(end) = self.rest.iter().rposition(|&byte| byte == b'\n') else {
            return Ok(bytes.len());
        };
        let lines: Vec<u8> = self.rest.drain(..=end).collect();
        let lines = String::from_utf8_lossy(&lines).lines().map(str::to_owned).collect();
        self.hand.on(lines).map_err(|_| std::io::ErrorKind::BrokenPipe)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The other program.
struct Other {
    child: Child,
    lines: Lines,
    err: Option<thread::JoinHandle<String>>,
}

struct Lines {
    out: BufReader<ChildStdout>,
}

impl Lines {
    fn next(&mut self) -> Option<String> {
        let mut line = String::new();
        // What is no text is no line of ours, and ends what can be compared.
        let count = self.out.read_line(&mut line).unwrap_or_default();
        (count > 0).then(|| line.trim_end_matches('\n').to_owned())
    }
}

impl Other {
    fn start(program: &Path, spot: &Spot) -> Result<Self, JournalFailure> {
        let mut command = Command::new(program);
        command.args(["journal", "replay", "--told-lines"]).arg(&spot.place.folder);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| {
            JournalFailure::Misuse(format!("cannot run {}: {error}", program.display()))
        })?;
        let out = BufReader::with_capacity(1 << 20, child.stdout.take().expect("it is piped"));
        let mut pipe = child.stderr.take().expect("it is piped");
        let err = thread::spawn(move || {
            let mut bytes = Vec::new();
            // What cannot be read of its complaints is not told.
            pipe.read_to_end(&mut bytes).unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        });
        Ok(Other { child, lines: Lines { out }, err: Some(err) })
    }

    /// Waits for its end: how it ended if that was not a good end.
    fn end(&mut self) -> Result<Option<String>, JournalFailure> {
        let status = self.child.wait();
        let status = status.map_err(JournalFailure::io("wait for", Path::new("the program")))?;
        let err = self.err.take().map(thread::JoinHandle::join);
        let err = err.and_then(Result::ok).unwrap_or_default();
        let err = err.trim();
        match status.code() {
            Some(0) => Ok(None),
            Some(2) => Err(JournalFailure::Misuse(format!(
                "the other program cannot tell what the journal comes to: {err}"
            ))),
            _ => Ok(Some(format!("ended with {status}: {err}"))),
        }
    }

    /// Ends it: what else it has to say is not wanted.
    fn stop(&mut self) -> Result<(), JournalFailure> {
        let failed = |error| JournalFailure::io("end", Path::new("the program"))(error);
        self.child.kill().map_err(failed)?;
        self.child.wait().map(|_| ()).map_err(failed)
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            // Nobody is left to be told that it cannot be ended.
            self.child.kill().unwrap_or_default();
            self.child.wait().map(|_| ()).unwrap_or_default();
        }
    }
}

/// The first lines that differ and some behind them, and what was the same before.
struct Found {
    ours: Vec<String>,
    theirs: Vec<String>,
    before: VecDeque<String>,
    count: u64,
}

fn compare(
    ours: &mut Chunks<String>,
    theirs: &mut Lines,
    how: How,
) -> Result<Found, JournalFailure> {
    let (mut before, mut count) = (VecDeque::new(), 0);
    loop {
        let (one, other) = (ours.next()?, theirs.next());
        if one == other && one.is_some() {
            count += 1;
            before.extend(one);
            if before.len() > how.context {
                before.pop_front();
            }
            continue;
        }
        let mut found = Found { ours: Vec::new(), theirs: Vec::new(), before, count };
        if one.is_some() {
            found.ours.extend(one);
            found.ours.extend(ours.some(how.context)?);
        }
        if other.is_some() {
            found.theirs.extend(other);
            while found.theirs.len() <= how.context
                && let Some(line) = theirs.next()
            {
                found.theirs.push(line);
            }
        }
        return Ok(found);
    }
}

fn command_of(line: &str) -> Option<CommandNo> {
    Piece::parse(line).map(|piece| piece.command)
}

/// A line in words; as it is where it has none.
fn in_words(line: &str, names: &Names) -> String {
    match (Piece::parse(line), line.strip_prefix("E ")) {
        (Some(piece), _) => piece.show(names),
        (None, Some(end)) => {
            let mut words = end.split(' ');
            let mut word = || words.next().unwrap_or_default();
            format!("the end: {} commands, engine {}, told {}", word(), word(), word())
        }
        (None, None) => line.to_owned(),
    }
}
