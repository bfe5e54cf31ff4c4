//! The messages of one event.

use matcher::order::Owner;
use protocol_spec::wire::ouch::{
    AccountQueryResponse, AiqCanceled, BrokenTrade, Canceled, DisableOrderEntryResponse,
    EnableOrderEntryResponse, MassCancelResponse, OrderAccepted, OrderExecuted, OrderModified,
    OrderReplaced, OrderRestated, Rejected, SystemEvent, Tags,
};
use protocol_spec::words::{PortId, UserRefIdx};

/// At most two messages, in the order in which they are told, in a buffer used again and again.
#[derive(Clone, Debug)]
pub struct Replies {
    count: usize,
    list: [Reply; 2],
}

/// A message and whom it is for.
#[derive(Clone, Debug)]
struct Reply {
    port: PortId,
    len: usize,
    bytes: [u8; Replies::LONGEST],
}

/// The element that names a channel, with the length of an appendage that holds it alone.
const CHANNEL: [u8; 4] = [0, 3, 2, 28];

impl Replies {
    /// Bytes of the longest message, if it had every tag there is.
    pub const LONGEST: usize = OrderReplaced::LEN + Tags::MAX_LEN;

    /// An empty buffer.
    #[must_use]
    pub fn new() -> Self {
        let empty = Reply { port: PortId(0), len: 0, bytes: [0; Self::LONGEST] };
        Replies { count: 0, list: [empty.clone(), empty] }
    }

    /// The messages with their ports.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = (PortId, &[u8])> {
        self.list[..self.count].iter().map(|reply| (reply.port, &reply.bytes[..reply.len]))
    }

    /// Forgets the messages.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.count = 0;
    }

    /// Adds a message that never has an appendage.
    pub(super) fn bare(&mut self, port: PortId, message: &impl Message) {
        self.add(port, message);
    }

    /// Adds a message whose appendage is there if the channel is not 0, to name it.
    #[inline(always)]
    pub(super) fn echo(&mut self, owner: Owner, message: &impl Message) {
        let reply = self.add(owner.port, message);
        if owner.idx.0 > 0 {
            reply.name_channel(owner.idx);
        }
    }

    /// Adds a message that always has an appendage; it is empty or names the channel.
    #[inline(always)]
    pub(super) fn always(&mut self, owner: Owner, message: &impl Message) {
        let reply = self.add(owner.port, message);
        if owner.idx.0 > 0 {
            reply.name_channel(owner.idx);
        } else {
            reply.put([0, 0]);
        }
    }

    /// Adds a message with an appendage of these elements.
    #[inline(never)]
    pub(super) fn tagged(&mut self, port: PortId, message: &impl Message, tags: &Tags) {
        let reply = self.add(port, message);
        reply.len += tags.encode(&mut reply.bytes[reply.len..]);
    }

    #[inline(always)]
    fn add(&mut self, port: PortId, message: &impl Message) -> &mut Reply {
        let reply = &mut self.list[self.count];
        self.count += 1;
        reply.port = port;
        reply.len = message.put(&mut reply.bytes);
        reply
    }
}

impl Default for Replies {
    fn default() -> Self {
        Replies::new()
    }
}

impl Reply {
    #[inline(always)]
    fn put<const N: usize>(&mut self, bytes: [u8; N]) {
        self.bytes[self.len..self.len + N].copy_from_slice(&bytes);
        self.len += N;
    }

    fn name_channel(&mut self, idx: UserRefIdx) {
        let [a, b, c, d] = CHANNEL;
        self.put([a, b, c, d, idx.0]);
    }
}

/// What can be added.
pub(super) trait Message {
    /// Writes the part that is always there, and says how long that is.
    fn put(&self, bytes: &mut [u8; Replies::LONGEST]) -> usize;
}

macro_rules! messages {
    ($($name:ident)+) => { $(
        impl Message for $name {
            #[inline(always)]
            fn put(&self, bytes: &mut [u8; Replies::LONGEST]) -> usize {
                let fixed = bytes.first_chunk_mut().expect("every message is shorter");
                self.encode(fixed);
                $name::LEN
            }
        }
    )+ };
}

messages! {
    AccountQueryResponse AiqCanceled BrokenTrade Canceled DisableOrderEntryResponse
    EnableOrderEntryResponse MassCancelResponse OrderAccepted OrderExecuted OrderModified
    OrderReplaced OrderRestated Rejected SystemEvent
}
