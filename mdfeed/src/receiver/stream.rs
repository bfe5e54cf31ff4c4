//! Where in its session a receiver is.

use protocol_spec::session::mold::Gap;
use protocol_spec::wire::mold::SessionId;
use protocol_spec::words::{FeedNo, Moment};

/// The session that is followed.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) session: SessionId,
    /// The number of the next message to be told.
    pub(super) next: FeedNo,
    /// The number after the last message, if a line has said that it is over.
    pub(super) end: Option<FeedNo>,
    pub(super) condition: Condition,
    /// When something of what is missing came last, or could first be seen to be missing.
    pub(super) moved: Moment,
}

/// What is known of what is missing.
#[derive(Clone, Copy, Debug)]
pub(super) enum Condition {
    Following,
    Missing(Chase),
    GaveUp(Gap),
    Over,
}

/// How a gap is waited for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chase {
    /// As it was told. It may fill up from any side, so this is not what is missing now.
    pub(super) gap: Gap,
    /// What is missing before this number was waited for long enough.
    pub(super) due: FeedNo,
    /// What is missing before this number is waited for since then.
    pub(super) noticed: (FeedNo, Moment),
}

impl Chase {
    /// Whether some of what is missing was not waited for long enough.
    pub(super) fn is_waiting(&self) -> bool {
        self.due < self.noticed.0
    }

    /// Begins to wait for what is missing before `reach`, unless something is waited for already.
    pub(super) fn notice(&mut self, now: Moment, reach: FeedNo) {
        if !self.is_waiting() && reach > self.noticed.0 {
            self.noticed = (reach, now);
        }
    }
}
