//! A venue to be asked.

use super::{Channel, Folder, Packet, Past, Setup, Trader, Venue, same};

/// A venue that has told something, and what that was.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) channel: Channel,
    pub(crate) venue: Venue,
    pub(crate) past: Past,
    _folder: Folder,
}

impl Told {
    /// A venue of a setup that is changed so.
    pub(crate) fn new(setup: impl Fn(Setup) -> Setup) -> Self {
        let channel = Channel::fresh();
        let folder = Folder::new();
        let data = folder.join("data");
        let venue = Venue::start(&setup(Setup::new(&channel)), &data);
        Trader::new("P1", 9).trade(venue.address(), 500);
        let past = Past::read(&data, usize::MAX);
        Told { channel, venue, past, _folder: folder }
    }

    /// The number of the next message.
    pub(crate) fn next(&self) -> u64 {
        self.past.messages.len() as u64 + 1
    }

    /// An answer has what was told.
    #[track_caller]
    pub(crate) fn check(&self, answer: &Packet) {
        let at = answer.number as usize - 1;
        same(answer.messages(), &self.past.messages[at..at + answer.messages().len()]);
    }
}
