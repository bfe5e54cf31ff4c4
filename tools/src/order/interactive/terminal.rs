//! The terminal: a line that is edited, and lines that are shown above it.

use std::cell::Cell;
use std::fs::DirBuilder;
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};
use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, Editor, ExternalPrinter, Helper};

use super::completion::complete;
use super::history;
use super::ledger::Ledger;

/// Lines of earlier days that are kept.
const MOST_LINES: usize = 10_000;

/// What comes from the keyboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Input {
    /// A line, or several that were pasted.
    Lines(String),
    /// Ctrl-C on a line with something in it, which is gone.
    Cleared,
    /// Ctrl-C on an empty line.
    Interrupt,
    /// Ctrl-D.
    End,
}

/// The terminal.
pub(super) struct Terminal {
    /// Between two lines: keys wait for the next one, unseen.
    _quiet: Quiet,
    editor: Editor<Assistant, FileHistory>,
    /// Where lines are kept, until that fails.
    history: Option<PathBuf>,
}

/// Completes lines by what the ledger knows.
struct Assistant {
    ledger: Arc<Mutex<Ledger>>,
    /// Whether nothing stands in the line.
    is_empty: Cell<bool>,
}

/// Keys are neither shown nor taken for signals while no line is edited; as it was afterwards.
struct Quiet {
    before: Termios,
}

impl Quiet {
    fn begin() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut quiet = before.clone();
        quiet.local_modes -= LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG;
        quiet.special_codes[SpecialCodeIndex::VMIN] = 1;
        quiet.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(io::stdin(), OptionalActions::Drain, &quiet)?;
        Ok(Quiet { before })
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // A terminal that is gone has no modes to be put back.
        tcsetattr(io::stdin(), OptionalActions::Drain, &self.before).unwrap_or_default();
    }
}

impl Terminal {
    /// The terminal, with what was said on earlier days from this file.
    pub(super) fn open(ledger: Arc<Mutex<Ledger>>, history: Option<PathBuf>) -> io::Result<Self> {
        let config = Config::builder()
            .max_history_size(MOST_LINES)
            .and_then(|config| config.history_ignore_dups(true))
            .map_err(cause)?
            .completion_type(CompletionType::List)
            .build();
        let mut editor = Editor::with_config(config).map_err(cause)?;
        editor.set_helper(Some(Assistant { ledger, is_empty: Cell::new(true) }));
        let mut terminal = Terminal { _quiet: Quiet::begin()?, editor, history };
        if let Some(path) = &terminal.history {
            let loaded = terminal.editor.load_history(path).map_err(cause);
            terminal.check_history(loaded.or_else(|error| match error.kind() {
                ErrorKind::NotFound => Ok(()),
                _ => Err(error),
            }));
        }
        Ok(terminal)
    }

    /// What was said on earlier days.
    pub(super) fn said(&self) -> impl Iterator<Item = &str> {
        self.editor.history().iter().map(String::as_str)
    }

    /// Columns of the terminal.
    pub(super) fn columns(&mut self) -> usize {
        self.editor.dimensions().map_or(80, |(columns, _)| usize::from(columns))
    }

    /// What shows lines above the one that is being edited, for another thread.
    pub(super) fn printer(&mut self) -> Box<dyn FnMut(String) + Send> {
        let mut above = self.editor.create_external_printer().ok();
        Box::new(move |lines| {
            // A terminal that cannot place lines, or that was left, takes them as they come.
            let shown = above.as_mut().map(|above| above.print(lines.clone()));
            if !matches!(shown, Some(Ok(()))) {
                show(&lines);
            }
        })
    }

    /// Waits for a line.
    pub(super) fn read(&mut self, prompt: &str) -> io::Result<Input> {
        if let Some(assistant) = self.editor.helper() {
            assistant.is_empty.set(true);
        }
        match self.editor.readline(prompt) {
            Ok(lines) => Ok(Input::Lines(lines)),
            Err(ReadlineError::Eof) => Ok(Input::End),
            Err(ReadlineError::Interrupted) => {
                let is_empty = self.editor.helper().is_none_or(|helper| helper.is_empty.get());
                Ok(if is_empty { Input::Interrupt } else { Input::Cleared })
            }
            Err(error) => Err(cause(error)),
        }
    }

    /// Keeps a line for later days.
    pub(super) fn keep(&mut self, line: &str) {
        if !history::is_kept(line)
            || !self.editor.add_history_entry(line).is_ok_and(|is_new| is_new)
        {
            return;
        }
        let Some(path) = &self.history else {
            return;
        };
        let made = match path.parent() {
            Some(parent) => DirBuilder::new().recursive(true).mode(0o700).create(parent),
            None => Ok(()),
        };
        let kept = made.and_then(|()| self.editor.append_history(path).map_err(cause));
        self.check_history(kept);
    }

    /// That lines are not kept is said once.
    fn check_history(&mut self, kept: io::Result<()>) {
        if let Err(error) = kept
            && let Some(path) = self.history.take()
        {
            show(&format!("what is said here is not kept: {}: {error}\n", path.display()));
        }
    }
}

/// Writes on the terminal. That it takes no more is noticed where it is read from.
pub(super) fn show(text: &str) {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).unwrap_or_default();
}

fn cause(error: ReadlineError) -> io::Error {
    match error {
        ReadlineError::Io(error) => error,
        other => io::Error::other(other),
    }
}

impl Helper for Assistant {}
impl Highlighter for Assistant {}
impl Validator for Assistant {}

impl Hinter for Assistant {
    type Hint = String;

    /// There are no hints: this is where the line is seen each time that it changes.
    fn hint(&self, line: &str, _: usize, _: &Context<'_>) -> Option<String> {
        self.is_empty.set(line.is_empty());
        None
    }
}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        at: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let known = self.ledger.lock().expect("nobody panics with the ledger").known();
        let (start, candidates) = complete(&line[..at], &known);
        let pairs = candidates
            .into_iter()
            .map(|candidate| Pair { display: candidate.shown, replacement: candidate.put });
        Ok((start, pairs.collect()))
    }
}
