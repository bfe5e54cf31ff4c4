//! What a broker's message asks: bytes become commands by the checks of form, K1 to K14.
//!
//! These checks need the message alone. What can be framed becomes a command in any case: one that
//! fails a check is [`Command::Refused`], for it is charged to the port's bucket and may take a
//! number (R32, R33).

mod checks;
mod framed;

use core::fmt;

use protocol_spec::wire::DecodeError;
use protocol_spec::wire::ouch::{Appendage, Inbound};
use protocol_spec::words::{PortId, UserRefIdx};

use crate::command::{Command, Refused};
use crate::order::Owner;
use checks::Fault;
use framed::{Framed, Given};

/// Bytes that are not a message: a matter of the session, which tells the broker and closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unframed {
    /// No message of a broker has this type.
    UnknownType(u8),
    /// The message ends before the part that is always there does.
    Short {
        /// Bytes it needs at least.
        need: usize,
        /// Bytes there are.
        have: usize,
    },
}

/// The command that a message of the broker at `port` is: the payload of one unsequenced packet.
///
/// # Errors
/// If the message cannot be framed (R32).
#[inline]
pub fn command(port: PortId, message: &[u8]) -> Result<Command, Unframed> {
    let (message, appendage) = Inbound::frame(message).map_err(unframed)?;
    match message {
        Inbound::EnterOrder(message) => decide(port, message, appendage),
        Inbound::ReplaceOrder(message) => decide(port, message, appendage),
        Inbound::CancelOrder(message) => decide(port, message, appendage),
        Inbound::ModifyOrder(message) => decide(port, message, appendage),
        Inbound::MassCancel(message) => decide(port, message, appendage),
        Inbound::DisableOrderEntry(message) => decide(port, message, appendage),
        Inbound::EnableOrderEntry(message) => decide(port, message, appendage),
        Inbound::AccountQuery(message) => decide(port, message, appendage),
    }
}

#[cold]
fn unframed(error: DecodeError) -> Unframed {
    match error {
        DecodeError::UnknownType(kind) => Unframed::UnknownType(kind),
        DecodeError::Truncated { need, have } => Unframed::Short { need, have },
        DecodeError::BadCode(_) | DecodeError::Trailing { .. } => {
            unreachable!("framing looks at the type and for the fixed part: {error}")
        }
    }
}

/// The command that a message is. Most have no tags: for these the checks are compiled once more,
/// without a look at any tag. The result goes straight to its place in the end: moving a command
/// costs as much as checking it.
#[inline(always)]
fn decide<M: Framed>(
    port: PortId,
    message: M,
    appendage: Appendage<'_>,
) -> Result<Command, Unframed> {
    let owner = Owner { port, idx: UserRefIdx(0), user_ref: message.number() };
    if appendage.is_absent() || appendage.bytes() == Appendage::EMPTY {
        return match message.command(owner, Given::NONE) {
            Ok(command) => Ok(command),
            Err(fault) => Ok(refused(owner, message, fault)),
        };
    }
    decide_by_tags(owner, message, appendage)
}

/// The same with tags; the channel of `owner` is to be found among them.
#[inline(never)]
fn decide_by_tags<M: Framed>(
    owner: Owner,
    message: M,
    appendage: Appendage<'_>,
) -> Result<Command, Unframed> {
    let read = appendage.read(M::TAGS);
    let Ok(tags) = &read else {
        return Ok(refused(owner, message, checks::APPENDAGE));
    };
    let owner = Owner { idx: tags.user_ref_idx.unwrap_or_default(), ..owner };
    match message.command(owner, Given { set: tags.present(), tags }) {
        Ok(command) => Ok(command),
        Err(fault) => Ok(refused(owner, message, fault)),
    }
}

#[inline(always)]
fn refused<M: Framed>(owner: Owner, message: M, Fault { check, reason }: Fault) -> Command {
    let (request, cl_ord_id) = message.refusal();
    Command::Refused(Refused { owner, request, check, reason, cl_ord_id })
}

impl fmt::Display for Unframed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Unframed::UnknownType(kind) => DecodeError::UnknownType(kind).fmt(f),
            Unframed::Short { need, have } => DecodeError::Truncated { need, have }.fmt(f),
        }
    }
}

impl core::error::Error for Unframed {}

#[cfg(test)]
mod tests;
