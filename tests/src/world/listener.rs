//! What somebody heard who listened to the lines all the time, held against the journal.

use std::collections::BTreeMap;

use appliance::config::Feed;
use protocol_spec::wire::mold::{Body, SessionId};

use super::lines::Sent;
use super::record::Everything;

/// How far a session was told on a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// The number of the last message.
    pub last: u64,
    /// Whether its end was told.
    pub ended: bool,
}

/// Holds what was sent of a session against what its journal says: every message is there with its
/// number and its bytes, none came before its turn, no packet names a number that the journal does
/// not have, and each process went on from the last message that it sent. How far each line got.
///
/// # Panics
/// If not.
#[must_use]
pub fn check(sent: &[Sent], session: &str, feed: &Feed, told: &Everything) -> Vec<Heard> {
    let session = SessionId::new(session);
    let mut heard = vec![Heard::default(); feed.lines.len()];
    let mut next: BTreeMap<(u32, usize), u64> = BTreeMap::new();
    for one in sent {
        let packet = one.read();
        if packet.session != session {
            continue;
        }
        assert!(one.packet.len() <= usize::from(feed.payload_max), "too long for its line");
        let line = &mut heard[one.line];
        let number = packet.number.0;
        assert!(number <= line.last + 1, "messages before {number} were told to nobody");
        if let Some(next) = next.get(&(one.life, one.line)) {
            assert_eq!(number, *next, "a process tells each message once");
        }
        let mut after = number;
        match packet.body {
            Body::Heartbeat => assert_eq!(number, line.last + 1, "a heartbeat of what was told"),
            Body::EndOfSession => {
                assert!(told.has_ended, "the end of a day that goes on");
                assert_eq!(number - 1, told.published.len() as u64, "the end of all messages");
                line.ended = true;
            }
            Body::Messages(blocks) => {
                for message in blocks {
                    let at = usize::try_from(after - 1).expect("simulated days are short");
                    let known = told.published.get(at).map(Vec::as_slice);
                    assert_eq!(known, Some(message), "message {after} is not the journal's");
                    after += 1;
                }
                line.last = line.last.max(after - 1);
            }
        }
        next.insert((one.life, one.line), after);
    }
    heard
}
