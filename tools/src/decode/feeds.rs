//! What the two directions of TCP connections learn together.

use std::collections::BTreeMap;

use crate::capture::{EndReason, Flow};

/// Connections remembered of which one direction has ended and the other may never begin.
const MOST_HALF_OPEN: usize = 16_384;

/// The feed of each connection, see [`Origin::feed`](super::origin::Origin::feed).
#[derive(Debug, Default)]
pub(super) struct Feeds {
    connections: BTreeMap<Flow, Connection>,
}

#[derive(Clone, Copy, Debug)]
struct Connection {
    feed: usize,
    /// Which of its directions have ended.
    ended: [bool; 2],
}

impl Feeds {
    /// The feed of a direction; if it begins, that of the other one or a new one.
    pub(super) fn of(&mut self, flow: Flow, begins: bool, new: impl FnOnce() -> usize) -> usize {
        let (ends, side) = ends(flow);
        let known = self.connections.get(&ends);
        if let Some(connection) = known.filter(|known| !(begins && known.ended[side])) {
            return connection.feed;
        }
        if self.connections.len() >= MOST_HALF_OPEN {
            self.connections.retain(|_, connection| connection.ended == [false; 2]);
        }
        let feed = new();
        self.connections.insert(ends, Connection { feed, ended: [false; 2] });
        feed
    }

    /// Both directions go on with another feed.
    pub(super) fn set(&mut self, flow: Flow, feed: usize) {
        if let Some(connection) = self.connections.get_mut(&ends(flow).0) {
            connection.feed = feed;
        }
    }

    /// A direction is over. After a FIN the other one goes on, or may only begin.
    pub(super) fn end(&mut self, flow: Flow, why: EndReason) {
        let (ends, side) = ends(flow);
        let Some(connection) = self.connections.get_mut(&ends) else {
            return;
        };
        connection.ended[side] = true;
        if connection.ended == [true; 2] || why != EndReason::Fin {
            self.connections.remove(&ends);
        }
    }
}

/// A connection by either of its directions, and which of them that is.
fn ends(flow: Flow) -> (Flow, usize) {
    let (low, high) = (flow.from.min(flow.to), flow.from.max(flow.to));
    (Flow { from: low, to: high }, usize::from(flow.from > flow.to))
}
