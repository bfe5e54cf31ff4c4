//! Room in what every order needs, before it is gone.

/// What is left of something that fills with orders and is emptied at its own pace. While there is
/// plenty everybody sends as fast as he likes; then those who send much are slowed down, so that
/// it does not come to a stop in which nobody can be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Room {
    /// Almost nothing: a message of each in a round.
    Scarce,
    /// Not much: a few of each.
    Short,
    /// Enough.
    Plenty,
}

impl Room {
    /// What is left, if less than `short` is short, and less than half of that is scarce.
    #[must_use]
    pub const fn of(left: u64, short: u64) -> Self {
        if left < short / 2 {
            Room::Scarce
        } else if left < short {
            Room::Short
        } else {
            Room::Plenty
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_is_never_more() {
        let rooms = [0, 49, 50, 99, 100, 1_000].map(|left| Room::of(left, 100));
        let expected =
            [Room::Scarce, Room::Scarce, Room::Short, Room::Short, Room::Plenty, Room::Plenty];
        assert_eq!(rooms, expected);
        assert!(rooms.is_sorted());
    }
}
