//! Sessions that are not followed.

use alloc::vec::Vec;

use protocol_spec::wire::mold::SessionId;

/// Most sessions that are remembered: a feed has one, and a mistake makes two.
const MOST: usize = 8;

/// Whose packets came and were not taken.
#[derive(Debug, Default)]
pub(super) struct Strangers {
    told: Vec<SessionId>,
    /// The session that was over last: packets of it that come late are nobody's concern.
    over: Option<SessionId>,
}

impl Strangers {
    /// Whether a session is to be told of: it was not, and there is room to remember it.
    pub(super) fn is_new(&mut self, session: SessionId) -> bool {
        let is_new =
            !self.was_over(session) && self.told.len() < MOST && !self.told.contains(&session);
        if is_new {
            self.told.push(session);
        }
        is_new
    }

    pub(super) fn was_over(&self, session: SessionId) -> bool {
        self.over == Some(session)
    }

    pub(super) fn on_over(&mut self, session: SessionId) {
        self.over = Some(session);
    }

    /// Another session is followed, to which others are strangers.
    pub(super) fn forget(&mut self) {
        self.told.clear();
    }
}
