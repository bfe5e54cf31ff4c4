//! The lines: how far each is, and whether it is heard.

use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use protocol_spec::words::{FeedNo, Moment};

/// How late a packet may come behind ones of its line that were sent after it.
const REORDERING: Duration = Duration::from_millis(50);

/// All lines of a feed.
#[derive(Debug)]
pub(super) struct Lines {
    lines: Vec<Line>,
    silence: Duration,
    /// The farthest that a line claims, 0 if none was heard.
    reach: FeedNo,
    /// Whether a line that is silent claims anything.
    is_doubtful: bool,
}

/// ```text
///           a packet of the session                nothing for `silence`
///   unheard ───────────────────────▶ heard, claim ───────────────────────▶ silent
///      │                                  ▲                                   │
///      └── nothing for `silence` ─────────┼──────────────────▶ silent         │
///                                         └────────────── a packet ───────────┘
/// ```
#[derive(Clone, Copy, Debug)]
struct Line {
    /// The number after the last message that it has sent, and when it said so; `None` while
    /// nothing of the session was heard on it.
    claim: Option<(FeedNo, Moment)>,
    heard: Moment,
    is_silent: bool,
}

/// What a packet says of its line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Hearing {
    /// The line was silent.
    pub(super) is_back: bool,
    /// The packet begins behind the end of the one before it.
    pub(super) is_gap: bool,
    /// The farthest claim has gone back.
    pub(super) is_lower: bool,
}

impl Lines {
    pub(super) fn new(now: Moment, lines: usize, silence: Duration) -> Self {
        let line = Line { claim: None, heard: now, is_silent: false };
        Lines { lines: vec![line; lines], silence, reach: FeedNo(0), is_doubtful: false }
    }

    /// The number after the last message that was sent, as far as lines say.
    pub(super) fn reach(&self) -> FeedNo {
        self.reach
    }

    /// A packet from `number` to before `after` came on a line. `is_news` says that it reaches
    /// beyond what was told: only such a one takes a higher claim back, and only after some time,
    /// since an earlier packet may come late.
    #[inline]
    pub(super) fn hear(
        &mut self,
        now: Moment,
        line: usize,
        (number, after): (FeedNo, FeedNo),
        is_news: bool,
    ) -> Hearing {
        let line = &mut self.lines[line];
        line.heard = now;
        let mut hearing = Hearing { is_back: line.is_silent, ..Hearing::default() };
        line.is_silent = false;
        match &mut line.claim {
            Some((claim, since)) if after >= *claim => {
                hearing.is_gap = number > *claim;
                (*claim, *since) = (after, now);
                self.reach = self.reach.max(after);
            }
            Some((claim, since)) => {
                if is_news && now - *since > REORDERING {
                    (*claim, *since) = (after, now);
                    hearing.is_lower = self.measure();
                }
            }
            None => {
                line.claim = Some((after, now));
                self.reach = self.reach.max(after);
            }
        }
        if self.is_doubtful {
            hearing.is_lower |= self.forget_silent();
        }
        hearing
    }

    /// A line is heard: those that are dead do not speak against it. Says whether the farthest
    /// claim has gone back.
    #[cold]
    fn forget_silent(&mut self) -> bool {
        self.lines.iter_mut().filter(|line| line.is_silent).for_each(|line| line.claim = None);
        self.is_doubtful = false;
        self.measure()
    }

    /// Finds the farthest claim anew, and says whether it went back.
    fn measure(&mut self) -> bool {
        let claims = self.lines.iter().filter_map(|line| line.claim);
        let reach = claims.map(|(claim, _)| claim).max().unwrap_or_default();
        let is_lower = reach < self.reach;
        self.reach = reach;
        is_lower
    }

    /// A line that has just fallen silent. What it said last counts until another one is heard.
    pub(super) fn fall_silent(&mut self, now: Moment) -> Option<usize> {
        let silence = self.silence;
        let is_late = |line: &Line| !line.is_silent && line.heard + silence <= now;
        let at = self.lines.iter().position(is_late)?;
        self.lines[at].is_silent = true;
        self.is_doubtful |= self.lines[at].claim.is_some();
        Some(at)
    }

    /// Up to where every line that is heard has come; `None` if there is no such line.
    pub(super) fn passed(&self) -> Option<FeedNo> {
        let heard = self.lines.iter().filter(|line| !line.is_silent);
        heard.filter_map(|line| line.claim).map(|(claim, _)| claim).min()
    }

    /// Whether every line has fallen silent. That is found out by who listens and looks at the time
    /// alone: what was heard last says nothing of lines that nobody listened to.
    pub(super) fn are_silent(&self) -> bool {
        self.lines.iter().all(|line| line.is_silent)
    }

    /// When the next line falls silent unless it is heard.
    pub(super) fn poll_timeout(&self) -> Option<Moment> {
        let heard = self.lines.iter().filter(|line| !line.is_silent).map(|line| line.heard);
        heard.min().map(|heard| heard + self.silence)
    }

    /// Another session begins. A line that is silent stays so until it is heard.
    pub(super) fn restart(&mut self, now: Moment) {
        for line in &mut self.lines {
            line.claim = None;
            line.heard = now;
        }
        self.reach = FeedNo(0);
        self.is_doubtful = false;
    }
}
