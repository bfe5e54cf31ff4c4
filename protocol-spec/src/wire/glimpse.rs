//! GLIMPSE 5.0: the book as it stands, told in messages of the feed, and where to go on.

use super::error::{BadCode, DecodeError};
use super::field::Field;
use super::itch;
use super::layout::{FieldLayout, Kind, Layout, Tail};
use super::table::{field, messages, record};
use super::text::Digits;

messages! {
    /// The one message that the feed does not have.
    enum EndMessage;
    type at 0;
    exact;
    header {}

    EndOfSnapshot = b'G', 21, "End of Snapshot",
        "The snapshot is complete; the feed goes on from the number given." {
        1 20 next: Digits<20>, "Sequence Number",
            "Number of the first message of the feed to apply after the snapshot";
    };
}

/// Types of the feed that a snapshot may hold, in the order in which it tells them: directory,
/// trading states, what else is known of securities, then the orders.
pub const FEED_TYPES: &[u8] = b"RHSYNhAF";

/// A message of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message<'a> {
    /// A message of the feed.
    Feed(itch::Message<'a>),
    /// The end of the snapshot.
    End(view::EndOfSnapshot<'a>),
}

impl<'a> Message<'a> {
    /// Reads exactly one message.
    ///
    /// # Errors
    /// If the bytes are not one whole message that a snapshot may hold. A blank number and 0 are
    /// bad codes: they would not say where to go on.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        match bytes.first() {
            Some(&b'G') => Self::decode_end(bytes),
            Some(kind) if !FEED_TYPES.contains(kind) => Err(DecodeError::UnknownType(*kind)),
            _ => itch::Message::decode(bytes).map(Message::Feed),
        }
    }

    fn decode_end(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let EndMessage::EndOfSnapshot(end) = EndMessage::decode(bytes)?;
        match end.next().number() {
            Ok(Some(1..)) => Ok(Message::End(end)),
            Ok(_) | Err(_) => Err(DecodeError::BadCode(BadCode::new(1, &end.next().0))),
        }
    }

    /// The message as data.
    #[must_use]
    pub const fn layout(self) -> &'static Layout {
        match self {
            Message::Feed(message) => message.layout(),
            Message::End(_) => &EndOfSnapshot::LAYOUT,
        }
    }
}
