//! The messages of one event.

use protocol_spec::wire::itch::{
    AddOrder, AddOrderMpid, BrokenTrade, CrossTrade, OrderCancel, OrderDelete, OrderExecuted,
    OrderExecutedWithPrice, OrderReplace, RegShoRestriction, StockDirectory, StockTradingAction,
    SystemEvent, Trade,
};

/// At most three messages, in the order in which they are told, in a buffer used again and again.
#[derive(Clone, Debug)]
pub struct Messages {
    count: usize,
    list: [Slot; Messages::MOST],
}

/// A message with room for the longest.
#[derive(Clone, Debug)]
struct Slot {
    len: usize,
    bytes: [u8; Messages::LONGEST],
}

impl Messages {
    /// Messages of one event: a new security has three.
    pub const MOST: usize = 3;
    /// Bytes of the longest message.
    pub const LONGEST: usize = Trade::LEN;

    /// An empty buffer.
    #[must_use]
    pub const fn new() -> Self {
        const EMPTY: Slot = Slot { len: 0, bytes: [0; Messages::LONGEST] };
        Messages { count: 0, list: [EMPTY; Self::MOST] }
    }

    /// The messages.
    #[inline]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.list[..self.count].iter().map(|slot| &slot.bytes[..slot.len])
    }

    /// How many there are.
    #[inline]
    pub(super) fn count(&self) -> u64 {
        self.count as u64
    }

    /// Forgets the messages.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.count = 0;
    }

    /// Adds a message.
    #[inline(always)]
    pub(super) fn add(&mut self, message: &impl Message) {
        let slot = &mut self.list[self.count];
        self.count += 1;
        slot.len = message.put(&mut slot.bytes);
    }
}

impl Default for Messages {
    fn default() -> Self {
        Messages::new()
    }
}

/// What can be added.
pub(super) trait Message {
    /// Writes the message, and says how long it is.
    fn put(&self, bytes: &mut [u8; Messages::LONGEST]) -> usize;
}

macro_rules! messages {
    ($($name:ident)+) => { $(
        impl Message for $name {
            #[inline(always)]
            fn put(&self, bytes: &mut [u8; Messages::LONGEST]) -> usize {
                const { assert!($name::LEN <= Messages::LONGEST) };
                let fixed = bytes.first_chunk_mut().expect("no message is longer");
                self.encode(fixed);
                $name::LEN
            }
        }
    )+ };
}

messages! {
    AddOrder AddOrderMpid BrokenTrade CrossTrade OrderCancel OrderDelete OrderExecuted
    OrderExecutedWithPrice OrderReplace RegShoRestriction StockDirectory StockTradingAction
    SystemEvent Trade
}
