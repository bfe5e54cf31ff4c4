//! The numbers of requests.

use std::collections::BTreeMap;

use protocol_spec::words::{UserRefIdx, UserRefNum};

/// The next free number of every channel that was asked about; they all go up, all day.
#[derive(Clone, Debug, Default)]
pub(crate) struct Numbers {
    /// `None` once the last number is used up.
    next: BTreeMap<UserRefIdx, Option<UserRefNum>>,
}

impl Numbers {
    /// Whether the channel's next number is known, or that there is none.
    pub(crate) fn knows(&self, channel: UserRefIdx) -> bool {
        self.next.contains_key(&channel)
    }

    /// The venue said what comes next.
    pub(crate) fn told(&mut self, channel: UserRefIdx, next: UserRefNum) {
        let known = self.next.entry(channel).or_insert(Some(next));
        *known = known.map(|known| known.max(next));
    }

    /// The number that comes next, if there is one.
    pub(crate) fn peek(&self, channel: UserRefIdx) -> Option<UserRefNum> {
        self.next.get(&channel).copied().flatten()
    }

    /// The caller used a number: those up to it are gone.
    pub(crate) fn used(&mut self, channel: UserRefIdx, number: UserRefNum) {
        if let Some(known) = self.next.get_mut(&channel)
            && known.is_some_and(|known| known <= number)
        {
            *known = number.0.checked_add(1).map(UserRefNum);
        }
    }

    /// Somebody else may have used numbers meanwhile.
    pub(crate) fn forget(&mut self) {
        self.next.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANNEL: UserRefIdx = UserRefIdx(3);

    #[test]
    fn numbers_go_up_whoever_gave_them() {
        let mut numbers = Numbers::default();
        numbers.used(CHANNEL, UserRefNum(9));
        assert!(!numbers.knows(CHANNEL));
        numbers.told(CHANNEL, UserRefNum(5));
        numbers.used(CHANNEL, UserRefNum(5));
        assert_eq!(numbers.peek(CHANNEL), Some(UserRefNum(6)));
        numbers.used(CHANNEL, UserRefNum(2));
        numbers.told(CHANNEL, UserRefNum(4));
        assert_eq!(numbers.peek(CHANNEL), Some(UserRefNum(6)));
        numbers.used(CHANNEL, UserRefNum(10));
        assert_eq!(numbers.peek(CHANNEL), Some(UserRefNum(11)));
        assert!(!numbers.knows(UserRefIdx(0)));
    }

    #[test]
    fn there_is_a_last_number() {
        let mut numbers = Numbers::default();
        numbers.told(CHANNEL, UserRefNum(u32::MAX));
        assert_eq!(numbers.peek(CHANNEL), Some(UserRefNum(u32::MAX)));
        numbers.used(CHANNEL, UserRefNum(u32::MAX));
        numbers.told(CHANNEL, UserRefNum(u32::MAX));
        assert_eq!((numbers.peek(CHANNEL), numbers.knows(CHANNEL)), (None, true));
    }
}
