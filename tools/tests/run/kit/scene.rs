//! A venue with brokers who have begun their day.

use super::{Broker, Folder, Setup, Venue, ouch};

/// A venue with the securities and ports of [`Setup::new`], and brokers P1 and P2 that have taken
/// the day's first message.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) p1: Broker,
    pub(crate) p2: Broker,
    pub(crate) venue: Venue,
    pub(crate) folder: Folder,
}

pub(crate) fn scene(setup: &Setup) -> Scene {
    let folder = Folder::new();
    let venue = Venue::start(setup, &folder.join("data"));
    let p1 = Broker::login_fresh(venue.address(), "P1");
    let p2 = Broker::login_fresh(venue.address(), "P2");
    Scene { p1, p2, venue, folder }
}

/// The next messages are these.
#[track_caller]
pub(crate) fn hears(broker: &mut Broker, expected: &[Vec<u8>]) {
    for each in expected {
        let reply = broker.reply();
        assert_eq!(
            ouch::untimed(&reply.bytes).escape_ascii().to_string(),
            each.escape_ascii().to_string(),
            "message {}",
            reply.number
        );
    }
}

/// Nothing more was told than what was taken.
#[track_caller]
pub(crate) fn hears_no_more(broker: &mut Broker) {
    assert_eq!(broker.all_replies(), []);
}
