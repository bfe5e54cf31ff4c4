//! What there is to say while a feed is followed.

use std::net::SocketAddr;

use client::feed::{Counts, Feed, FeedConfig, Gap, LineAddress};
use indicatif::ProgressBar;
use protocol_spec::wire::mold::SessionId;
use protocol_spec::words::FeedNo;

use super::road::Healed;
use crate::count::{grouped, plural};
use crate::say::say;

/// Gaps of which each is said; a bad line has more of them than anybody reads.
const MOST_GAPS: u64 = 20;

/// Says what is not as it should be, on standard error.
#[derive(Debug)]
pub struct Remarks {
    lines: Vec<LineAddress>,
    /// Who is asked for what is missing.
    server: Option<SocketAddr>,
    /// Whether the command could begin elsewhere.
    has_from: bool,
    /// A bar to write beside.
    bar: ProgressBar,
    is_quiet: bool,
    /// Gaps that were told of.
    gaps: u64,
    /// What was healed when the open gap was told of.
    healed: Healed,
    /// What was asked for before it: it may have been asked for itself before it was told of.
    asked: Healed,
    /// The same when nothing came last.
    rested: Healed,
}

impl Remarks {
    /// Remarks about a feed, beside a bar; none if `is_quiet`, but for what is lost.
    #[must_use]
    pub fn new(config: &FeedConfig, bar: ProgressBar, is_quiet: bool) -> Self {
        let (lines, server) = (config.lines.clone(), config.rerequest);
        Remarks {
            lines,
            server,
            has_from: false,
            bar,
            is_quiet,
            gaps: 0,
            healed: Healed::default(),
            asked: Healed::default(),
            rested: Healed::default(),
        }
    }

    /// The same of a command that has `--from`.
    #[must_use]
    pub const fn with_from(mut self) -> Self {
        self.has_from = true;
        self
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

    /// Nothing comes for now.
    pub(super) const fn rest(&mut self, counts: &Counts) {
        self.rested = Healed::of(counts);
    }

    pub(super) fn session(&self, session: SessionId, first: FeedNo) {
        self.say(format_args!("session {session}, from message {}", grouped(first.0)));
    }

    pub(super) fn gap(&mut self, gap: Gap, counts: &Counts) {
        self.gaps += 1;
        (self.healed, self.asked) = (Healed::of(counts), self.rested);
        if self.gaps <= MOST_GAPS {
            self.say(format_args!("{} missing", range(gap)));
        } else if self.gaps == MOST_GAPS + 1 {
            self.say(format_args!("more gaps are counted and not said"));
        }
    }

    /// What was told before the session was joined: no fault of a line, and no gap for people.
    pub(super) fn before(&self, gap: Gap) {
        let (were, they_are) = match gap.count() {
            1 => ("was", "it is"),
            _ => ("were", "they are"),
        };
        let what = format!("{} {were} told before", span(gap));
        match self.server {
            Some(_) => self.say(format_args!("{what}: {they_are} asked for")),
            None => self.say(format_args!("{what}, and nobody is asked for what was told")),
        }
    }

    /// And all of it came.
    pub(super) fn fetched(&self, gap: Gap) {
        let are = if gap.count() == 1 { "is" } else { "are" };
        self.say(format_args!("{}, told before, {are} there now", span(gap)));
    }

    pub(super) fn recovered(&self, gap: Gap, counts: &Counts) {
        if self.gaps > MOST_GAPS {
            return;
        }
        let Healed { by_lines: lines, by_answers: answers, .. } =
            Healed::of(counts).since(self.healed);
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
    pub(super) fn lost(&self, gap: Gap, feed: &Feed) {
        self.bar.suspend(|| say(format_args!("{} lost: {}", range(gap), self.why(feed))));
    }

    /// And so is what was not healed in time.
    pub(super) fn left_open(&self, gap: Gap, feed: &Feed) {
        let (gap, why) = (range(gap), self.why(feed));
        self.bar.suspend(|| say(format_args!("{gap} still missing, and it ends before: {why}")));
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
        let next = grouped(next.0);
        self.bar.suspend(|| {
            say(format_args!(
                "session {session} was left before its end, with message {next} to come: the \
                 venue tells another one now"
            ));
        });
    }

    /// Why what is missing did not come, as far as can be told from here.
    fn why(&self, feed: &Feed) -> String {
        let Some(server) = self.server else {
            let hint = "nobody is asked for what lines lose: --rerequest names a server";
            return match self.has_from {
                true => format!("{hint}, and --from now leaves out what was told before"),
                false => hint.to_owned(),
            };
        };
        if let Some(error) = feed.unasked() {
            return format!("{server} could not be asked: {error}");
        }
        let Healed { requests, answers, .. } = Healed::of(feed.counts()).since(self.asked);
        let asked = plural(requests, "request");
        let was = if requests == 1 { "was" } else { "were" };
        match (requests, answers) {
            (0, _) => format!("there was no time to ask {server}"),
            (_, 0) => format!(
                "{asked} {was} not answered by {server}: is this machine in `allow` of its \
                 [recovery]?"
            ),
            _ => format!("{asked} to {server} did not bring them in time"),
        }
    }

    /// A line on standard error, beside the bar.
    fn say(&self, line: std::fmt::Arguments<'_>) {
        if !self.is_quiet {
            self.bar.suspend(|| say(line));
        }
    }
}

fn letter(line: usize) -> char {
    ('A'..).nth(line).expect("there are not many lines")
}

/// The messages of a gap.
fn span(gap: Gap) -> String {
    let (first, last) = (grouped(gap.first.0), grouped(gap.end.0 - 1));
    match gap.count() {
        1 => format!("message {first}"),
        _ => format!("messages {first} to {last}"),
    }
}

/// The same with their number, and that they are something.
fn range(gap: Gap) -> String {
    match gap.count() {
        1 => format!("{} is", span(gap)),
        count => format!("{} ({}) are", span(gap), grouped(count)),
    }
}
