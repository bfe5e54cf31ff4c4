//! Where replies are shown.

use std::io::Write;

use client::Reply;
use protocol_spec::wire::ouch::Outbound;
use protocol_spec::wire::soup::SessionId;
use protocol_spec::words::SequenceNo;

use super::brief::brief;
use super::error::OrderError;
use super::orders::Orders;
use crate::decode::{InputName, Number, Origin, Place, Protocol, Sink, stop};

/// How replies are shown, and where.
pub enum Lines<'a> {
    /// With every field, as decode has them.
    Full(Box<Sink<'a>>),
    /// Short, for people.
    Brief {
        /// Where they are written.
        out: &'a mut dyn Write,
        /// Whether in colour.
        colour: bool,
    },
}

/// Shows replies.
pub(super) struct Screen<'a> {
    lines: Lines<'a>,
    /// The orders met, which short lines tell of.
    orders: Orders,
    origin: Origin,
    /// Whether only what is new is shown. The first reply of a session is old or new, nobody
    /// knows: that the day began is old.
    only_new: bool,
}

impl<'a> Screen<'a> {
    /// Shows replies that come from `address`.
    pub(super) fn new(lines: Lines<'a>, address: &str, session: SessionId, only_new: bool) -> Self {
        let origin = origin(address, session);
        Screen { lines, orders: Orders::default(), origin, only_new }
    }

    /// Shows a reply.
    pub(super) fn show(&mut self, reply: &Reply<'_>) -> Result<(), OrderError> {
        let is_first = reply.number == SequenceNo(1);
        if self.only_new && is_first && matches!(reply.decode(), Ok((Outbound::SystemEvent(_), _)))
        {
            return Ok(());
        }
        match &mut self.lines {
            Lines::Full(sink) => {
                self.origin.number = Number::Exact(reply.number.0);
                sink.message(&self.origin, Protocol::OuchOut, reply.bytes)?;
            }
            Lines::Brief { out, colour } => {
                let after = self.orders.take(reply);
                let line = brief(reply, after.as_ref()).line(*colour);
                writeln!(out, "{line}").and_then(|()| out.flush()).map_err(stop)?;
            }
        }
        Ok(())
    }
}

/// Where replies of a session come from.
pub(super) fn origin(address: &str, session: SessionId) -> Origin {
    Origin { place: Place::Current, session: Some(session), ..Origin::of(&InputName::new(address)) }
}
