//! One message of any protocol, read by its table.

mod fault;
mod numbers;

use protocol_spec::wire::layout::{FieldLayout, Layout, Shape, Tail};
use protocol_spec::wire::ouch::{self, Appendage, Element};
use protocol_spec::wire::text::Alpha;
use protocol_spec::wire::{DecodeError, Symbol, glimpse, itch, mold, soup};
use protocol_spec::words::{Locate, Timestamp};

pub(super) use fault::Fault;

use super::protocol::Protocol;

/// A message whose fields all lie where its table has them.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// The protocol it was read by.
    pub protocol: Protocol,
    /// The message.
    pub content: Content<'a>,
    /// What is wrong with it all the same: a code without a meaning, or a faulty appendage.
    pub fault: Option<Fault>,
}

/// The message, by the table that has it.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// A message of the feed, or of a snapshot.
    Feed(itch::Message<'a>),
    /// The end of a snapshot.
    End(glimpse::view::EndOfSnapshot<'a>),
    /// A request of a broker.
    Inbound(ouch::Inbound<'a>, Appendage<'a>),
    /// An answer of the venue.
    Outbound(ouch::Outbound<'a>, Appendage<'a>),
    /// A packet of a stream, and what follows its fields.
    Soup(soup::Packet<'a>, &'a [u8]),
    /// A datagram: what it is, and its header.
    Mold(Part, &'a [u8]),
}

/// The kinds of MoldUDP64 datagrams and of what they hold themselves, which have no type byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Messages from the server.
    Packet,
    /// Nothing new from the server.
    Heartbeat,
    /// The last word of the server.
    EndOfSession,
    /// A client asks for messages again.
    Request,
    /// A message of no bytes in a packet, which takes up a number and says nothing.
    EmptyMessage,
}

impl Part {
    /// All of them.
    pub const ALL: [Part; 5] =
        [Part::Packet, Part::Heartbeat, Part::EndOfSession, Part::Request, Part::EmptyMessage];

    /// The name in the output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Part::Packet => "Packet",
            Part::Heartbeat => "Heartbeat",
            Part::EndOfSession => "EndOfSession",
            Part::Request => "Request",
            Part::EmptyMessage => "EmptyMessage",
        }
    }
}

impl<'a> Message<'a> {
    /// A message of no bytes in a MoldUDP64 packet, by the block that it lies in.
    pub const EMPTY: Message<'static> = Message {
        protocol: Protocol::Mold,
        content: Content::Mold(Part::EmptyMessage, &[0; mold::BLOCK_HEADER]),
        fault: None,
    };

    /// Reads exactly one message.
    ///
    /// # Errors
    /// If its type is unknown or its length is not that of its type. Bad codes are no error here:
    /// they are the message's [`fault`](Self::fault).
    #[inline]
    pub fn read(protocol: Protocol, bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let (content, fault) = match protocol {
            Protocol::Itch => read_itch(bytes)?,
            Protocol::Glimpse => read_glimpse(bytes)?,
            Protocol::OuchIn => match ouch::Inbound::decode(bytes) {
                Ok((message, appendage)) => (Content::Inbound(message, appendage), None),
                Err(error) => {
                    let (message, appendage) = ouch::Inbound::frame(bytes)?;
                    let fault = Fault::of(error, message.layout(), appendage);
                    (Content::Inbound(message, appendage), Some(fault))
                }
            },
            Protocol::OuchOut => match ouch::Outbound::decode(bytes) {
                Ok((message, appendage)) => (Content::Outbound(message, appendage), None),
                Err(error) => {
                    let (message, appendage) = ouch::Outbound::frame(bytes)?;
                    let fault = Fault::of(error, message.layout(), appendage);
                    (Content::Outbound(message, appendage), Some(fault))
                }
            },
            Protocol::Soup => read_soup(bytes)?,
            Protocol::Mold => (read_mold(bytes)?, None),
        };
        Ok(Message { protocol, content, fault })
    }

    /// Whether the bytes are a message of this protocol in which everything is right.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(protocol: Protocol, bytes: &[u8]) -> Result<(), Fault> {
        match Message::read(protocol, bytes).map_err(Fault::Field)?.fault {
            None => Ok(()),
            Some(fault) => Err(fault),
        }
    }

    /// The table's row.
    #[must_use]
    pub fn layout(&self) -> &'static Layout {
        match self.content {
            Content::Feed(message) => message.layout(),
            Content::End(_) => &glimpse::EndOfSnapshot::LAYOUT,
            Content::Inbound(message, _) => message.layout(),
            Content::Outbound(message, _) => message.layout(),
            Content::Soup(packet, _) => packet.layout(),
            Content::Mold(Part::Request, _) => &mold::Request::LAYOUT,
            Content::Mold(Part::EmptyMessage, _) => &mold::Block::LAYOUT,
            Content::Mold(..) => &mold::Header::LAYOUT,
        }
    }

    /// The bytes from the first to the last field that is always there.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        match self.content {
            Content::Feed(message) => message.bytes(),
            Content::End(end) => end.0,
            Content::Inbound(message, _) => message.bytes(),
            Content::Outbound(message, _) => message.bytes(),
            Content::Soup(packet, _) => packet.bytes(),
            Content::Mold(_, header) => header,
        }
    }

    /// The name in the output.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.content {
            Content::Mold(part, _) => part.name(),
            _ => self.layout().name,
        }
    }

    /// The type byte, if the protocol has one.
    #[must_use]
    pub fn letter(&self) -> Option<u8> {
        self.layout().kind.map(|kind| kind.byte)
    }

    /// The type byte, or what stands for it where there is none: below 256, apart per protocol.
    #[inline]
    #[must_use]
    pub fn slot(&self) -> u8 {
        match self.content {
            Content::Mold(part, _) => part as u8,
            Content::Soup(packet, _) => packet.layout().kind.map_or(0, |kind| kind.byte),
            _ => self.bytes()[0],
        }
    }

    /// The elements that follow the fields.
    #[must_use]
    pub fn appendage(&self) -> Option<Appendage<'a>> {
        match self.content {
            Content::Inbound(_, appendage) | Content::Outbound(_, appendage) => Some(appendage),
            _ => None,
        }
    }

    /// The elements of the appendage, up to the first that cannot be cut out.
    pub fn elements(&self) -> impl Iterator<Item = Element<'a>> {
        let elements = self.appendage().map(Appendage::elements);
        elements.into_iter().flatten().flatten().flatten()
    }

    /// Fields that may follow the others, if they do, with the bytes that their offsets count in.
    #[must_use]
    pub fn optional(&self) -> Option<(&'static [FieldLayout], Vec<u8>)> {
        let (Content::Soup(_, payload), Tail::Optional(fields)) =
            (self.content, self.layout().tail)
        else {
            return None;
        };
        (!payload.is_empty()).then(|| (fields, [self.bytes(), payload].concat()))
    }

    /// Bytes of the layer above, or text: what they are in the table, and the bytes.
    #[must_use]
    pub fn payload(&self) -> Option<(&'static str, &'a [u8])> {
        match (self.content, self.layout().tail) {
            (Content::Soup(_, payload), Tail::Payload(what)) => Some((what, payload)),
            _ => None,
        }
    }

    /// When it happened, by its own words.
    #[inline]
    #[must_use]
    pub fn timestamp(&self) -> Option<Timestamp> {
        match self.content {
            Content::Feed(message) => Some(feed_header(message).timestamp()),
            Content::Outbound(message, _) => Some(answer_header(message).timestamp()),
            _ => None,
        }
    }

    /// The feed's number of the security, if it means one.
    #[inline]
    #[must_use]
    pub fn locate(&self) -> Option<Locate> {
        match self.content {
            Content::Feed(message) => {
                Some(feed_header(message).locate()).filter(|locate| *locate != Locate(0))
            }
            _ => None,
        }
    }

    /// The security's symbol, if it stands in the message.
    #[inline]
    #[must_use]
    pub fn symbol(&self) -> Option<Symbol> {
        let field = self.layout().fields.iter().find(|field| is_symbol(field))?;
        field.bytes(self.bytes()).try_into().ok().map(Alpha)
    }

    /// Whether it is a packet that keeps a session going and says nothing of the market.
    #[must_use]
    pub fn is_routine(&self) -> bool {
        match self.content {
            Content::Soup(packet, _) => !matches!(
                packet,
                soup::Packet::LoginRequest(_)
                    | soup::Packet::LoginAccepted(_)
                    | soup::Packet::LoginRejected(_)
                    | soup::Packet::LogoutRequest(_)
                    | soup::Packet::EndOfSession(_)
            ),
            Content::Mold(part, _) => !matches!(part, Part::EndOfSession | Part::EmptyMessage),
            _ => false,
        }
    }
}

/// Whether the field is a security's symbol: no other text has its length.
pub(super) fn is_symbol(field: &FieldLayout) -> bool {
    field.shape == Shape::Text && field.len == Symbol::BLANK.0.len()
}

/// The table's row for the value of an element, if the tag is known and the value has its size.
pub(super) fn field_of(element: &Element<'_>) -> Option<&'static FieldLayout> {
    let tag = ouch::Tags::layout(element.tag)?;
    (tag.field.len == element.value.len()).then_some(&tag.field)
}

type Found<'a> = (Content<'a>, Option<Fault>);

#[inline]
fn read_itch(bytes: &[u8]) -> Result<Found<'_>, DecodeError> {
    let (message, rest) = itch::Message::split(bytes)?;
    if !rest.is_empty() {
        return Err(DecodeError::Trailing { extra: rest.len() });
    }
    let fault = message.bad_code().map(DecodeError::BadCode).map(Fault::Field);
    Ok((Content::Feed(message), fault))
}

fn read_glimpse(bytes: &[u8]) -> Result<Found<'_>, DecodeError> {
    match glimpse::Message::decode(bytes) {
        Ok(glimpse::Message::Feed(message)) => Ok((Content::Feed(message), None)),
        Ok(glimpse::Message::End(end)) => Ok((Content::End(end), None)),
        Err(fault @ DecodeError::BadCode(_)) => {
            let content = match glimpse::EndMessage::split(bytes) {
                Ok((glimpse::EndMessage::EndOfSnapshot(end), _)) => Content::End(end),
                Err(_) => read_itch(bytes)?.0,
            };
            Ok((content, Some(Fault::Field(fault))))
        }
        Err(error) => Err(error),
    }
}

fn read_soup(bytes: &[u8]) -> Result<Found<'_>, DecodeError> {
    match soup::Framed::decode(bytes) {
        Ok(framed) => Ok((Content::Soup(framed.packet, framed.payload), None)),
        Err(fault @ DecodeError::BadCode(_)) => {
            let (packet, payload) = soup::Packet::split(bytes)?;
            Ok((Content::Soup(packet, payload), Some(Fault::Field(fault))))
        }
        Err(error) => Err(error),
    }
}

/// A header whose count promises messages that are not there is a request.
fn read_mold(datagram: &[u8]) -> Result<Content<'_>, DecodeError> {
    let part = match mold::Packet::decode(datagram) {
        Ok(packet) => match packet.body {
            mold::Body::Heartbeat => Part::Heartbeat,
            mold::Body::EndOfSession => Part::EndOfSession,
            mold::Body::Messages(_) => Part::Packet,
        },
        Err(error) => match mold::Request::from_datagram(datagram) {
            Ok(_) => Part::Request,
            Err(_) => return Err(error),
        },
    };
    Ok(Content::Mold(part, &datagram[..mold::Header::LEN]))
}

/// The fields that every message of the feed begins with, by its shortest message.
fn feed_header(message: itch::Message<'_>) -> itch::view::SystemEvent<'_> {
    let head = message.bytes().first_chunk();
    itch::view::SystemEvent(head.expect("no message of the feed is shorter than a system event"))
}

/// The fields that every answer begins with, by the shortest answer.
fn answer_header(message: ouch::Outbound<'_>) -> ouch::view::outbound::SystemEvent<'_> {
    let head = message.bytes().first_chunk();
    ouch::view::outbound::SystemEvent(head.expect("no answer is shorter than a system event"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_for_a_symbol_is_one_and_stands_in_a_message_once() {
        for layout in Protocol::ALL.into_iter().flat_map(Protocol::layouts) {
            let symbols: Vec<_> = layout.fields.iter().filter(|f| is_symbol(f)).collect();
            assert!(symbols.len() <= 1, "{}", layout.name);
            for field in symbols {
                assert!(["stock", "symbol"].contains(&field.name), "{}", layout.name);
            }
        }
    }

    #[test]
    fn a_bad_code_is_a_fault_of_a_message_and_a_bad_length_is_none() {
        let mut bytes = itch::SystemEvent::BLANK.to_bytes();
        let message = Message::read(Protocol::Itch, &bytes).expect("the length is right");
        assert!(matches!(message.fault, Some(Fault::Field(DecodeError::BadCode(_)))));
        bytes[11] = b'O';
        assert_eq!(Message::check(Protocol::Itch, &bytes), Ok(()));
        assert!(Message::read(Protocol::Itch, &bytes[..11]).is_err());
    }
}
