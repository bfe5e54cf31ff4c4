//! What the venue answered.

use protocol_spec::wire::DecodeError;
use protocol_spec::wire::ouch::{Appendage, Outbound, TagSet};
use protocol_spec::words::{SequenceNo, UserRefIdx, UserRefNum};

/// One message from the venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// Its number in the session, gapless from 1.
    pub number: SequenceNo,
    /// The message as it came.
    pub bytes: &'a [u8],
}

impl<'a> Reply<'a> {
    /// The message and its tags. Codes are not looked at: one that the vendor adds tomorrow is read
    /// as well, only without a meaning.
    ///
    /// # Errors
    /// If the type is unknown, or the bytes end before the message does.
    pub fn decode(&self) -> Result<(Outbound<'a>, Appendage<'a>), DecodeError> {
        Outbound::frame(self.bytes)
    }

    /// The channel that the message belongs to, 0 where it does not say.
    #[must_use]
    pub fn channel(&self) -> UserRefIdx {
        let tags = self.decode().ok().and_then(|(_, tags)| tags.read(TagSet::ALL).ok());
        tags.and_then(|tags| tags.user_ref_idx).unwrap_or_default()
    }

    /// The request or order that the message is about, by the broker's number; of a replacement
    /// the new one.
    #[must_use]
    pub fn about(&self) -> Option<UserRefNum> {
        self.decode().ok()?.0.user_ref_num()
    }
}
