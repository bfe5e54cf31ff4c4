//! What there is to say while a feed is followed.

use std::io;

use client::feed::{Counts, Gap, LineAddress};
use indicatif::ProgressBar;
use protocol_spec::wire::mold::SessionId;
use protocol_spec::words::FeedNo;

use crate::count::{grouped, plural};
use crate::say::say;

/// Gaps of which each is said; a bad line has more of them than anybody reads.
const MOST_GAPS: u64 = 20;

/// Says what is not as it should be, on standard error.
#[derive(Debug)]
pub struct Remarks {
    lines: Vec<LineAddress>,
    /// A bar to write beside.
    bar: ProgressBar,
    is_quiet: bool,
    /// Gaps that were told of.
    gaps: u64,
    /// Messages that lines and answers had healed when the open gap was told of.
    healed: (u64, u64),
}

impl Remarks {
    /// Remarks about these lines, beside a bar; none if `is_quiet`, but for what is lost.
    #[must_use]
    pub const fn new(lines: Vec<LineAddress>, bar: ProgressBar, is_quiet: bool) -> Self {
        Remarks { lines, bar, is_quiet, gaps: 0, healed: (0, 0) }
    }

    /// The bar that moves as messages come.
    #[must_use]
    pub const fn bar(&self) -> &ProgressBar {
        &self.bar
    }

    /// Where is listened.
    pub(super) fn begin(&self, buffer: (usize, usize)) {
        for (letter, line) in ('A'..).zip(&self.lines) {
            self.say(format_args!("line {letter}: {line}"));
        }
        let (wanted, given) = buffer;
        if given < wanted {
            self.say(format_args!(
                "the system holds {} KiB of each line, {} KiB were asked for: more is lost in \
                 bursts and fetched again; net.core.rmem_max is the limit",
                given / 1024,
                wanted / 1024
            ));
        }
    }

    pub(super) fn session(&self, session: SessionId, first: FeedNo) {
        self.say(format_args!("session {session}, from message {first}"));
    }

    pub(super) fn gap(&mut self, gap: Gap, counts: &Counts) {
        self.gaps += 1;
        self.healed = (counts.healed_by_lines, counts.healed_by_answers);
        if self.gaps <= MOST_GAPS {
            self.say(format_args!("{} missing", range(gap)));
        } else if self.gaps == MOST_GAPS + 1 {
            self.say(format_args!("more gaps are counted and not said"));
        }
    }

    pub(super) fn recovered(&self, gap: Gap, counts: &Counts) {
        if self.gaps > MOST_GAPS {
            return;
        }
        let lines = counts.healed_by_lines - self.healed.0;
        let answers = counts.healed_by_answers - self.healed.1;
        let by = match (lines, answers) {
            (_, 0) => "by a line that was late".to_owned(),
            (0, _) => "by answers to requests".to_owned(),
            _ => format!("by a late line ({}) and answers ({})", grouped(lines), grouped(answers)),
        };
        self.say(format_args!("{} healed {by}", range(gap)));
    }

    pub(super) fn retracted(&self, gap: Gap) {
        self.say(format_args!("{} never sent: a line was wrong about them", range(gap)));
    }

    /// What is lost is said in any case.
    pub(super) fn lost(&self, gap: Gap, unasked: Option<&io::Error>) {
        self.bar.suspend(|| say(format_args!("{} lost{}", range(gap), because(unasked))));
    }

    /// And so is what was not healed in time.
    pub(super) fn left_open(&self, gap: Gap, unasked: Option<&io::Error>) {
        let (gap, why) = (range(gap), because(unasked));
        self.bar.suspend(|| say(format_args!("{gap} still missing{why}: it ends before them")));
    }

    pub(super) fn silent(&self, line: usize) {
        self.say(format_args!("line {} is silent: {}", letter(line), self.lines[line]));
    }

    pub(super) fn heard(&self, line: usize) {
        self.say(format_args!("line {} is heard again", letter(line)));
    }

    pub(super) fn foreign(&self, session: SessionId) {
        self.say(format_args!("packets of session {session} come as well and are passed over"));
    }

    pub(super) fn over(&self, next: FeedNo) {
        let messages = plural(next.0.saturating_sub(1), "message");
        self.say(format_args!("end of session, which had {messages}"));
    }

    /// What is left behind is lost, so it is said in any case.
    pub(super) fn abandoned(&self, session: SessionId, next: FeedNo) {
        self.bar.suspend(|| {
            say(format_args!(
                "session {session} was left before its end, with message {next} to come: the \
                 venue tells another one now"
            ));
        });
    }

    /// A line on standard error, beside the bar.
    fn say(&self, line: std::fmt::Arguments<'_>) {
        if !self.is_quiet {
            self.bar.suspend(|| say(line));
        }
    }
}

/// Why a request reached nobody, if that is known.
fn because(unasked: Option<&io::Error>) -> String {
    unasked.map(|error| format!(" (nobody could be asked: {error})")).unwrap_or_default()
}

fn letter(line: usize) -> char {
    ('A'..).nth(line).expect("there are not many lines")
}

/// The messages of a gap, and that they are something.
fn range(gap: Gap) -> String {
    match gap.count() {
        1 => format!("message {} is", gap.first),
        count => {
            let last = gap.end.0 - 1;
            format!("messages {} to {last} ({}) are", gap.first, grouped(count))
        }
    }
}
