//! Replies with every field, as decode has them.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use client::Reply;

use crate::decode::{Number, Origin, Output, Protocol, Selection, Sink, Style, View};

/// Lines that were written and not taken yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Tape(Rc<RefCell<Vec<u8>>>);

impl Write for Tape {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Makes full lines of replies.
pub(super) struct Full<'a> {
    tape: Tape,
    sink: Sink<'a>,
    origin: Origin,
}

impl<'a> Full<'a> {
    /// Makes lines of replies that come from `origin`, by way of the tape.
    pub(super) fn new(tape: &'a mut Tape, style: Style, origin: Origin) -> Self {
        let view = View { style, all: true, verbose: false, limit: None };
        let kept = tape.clone();
        let sink = Sink::new(view, Selection::default(), Output::new(tape, true));
        Full { tape: kept, sink, origin }
    }

    /// The line of a reply, with its end.
    pub(super) fn line(&mut self, reply: &Reply<'_>) -> String {
        self.origin.number = Number::Exact(reply.number.0);
        self.sink
            .message(&self.origin, Protocol::OuchOut, reply.bytes)
            .expect("memory takes every line, and there is no limit");
        let bytes = std::mem::take(&mut *self.tape.0.borrow_mut());
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use protocol_spec::wire::ouch::Tags;
    use protocol_spec::wire::soup::SessionId;

    use super::*;
    use crate::decode::Endings;
    use crate::order::sample::{accepted, executed, reply};
    use crate::order::screen::origin;

    #[test]
    fn lines_are_those_of_decode_one_for_each_reply() {
        let mut tape = Tape::default();
        let origin = origin("127.0.0.1:9001", SessionId::new("2026112001"));
        let mut full = Full::new(&mut tape, Style::Text(Endings::default()), origin);
        let first = full.line(&reply(&accepted(3, 100, Tags::NONE)));
        assert!(first.contains("OrderAccepted") && first.ends_with('\n'), "{first}");
        let second = full.line(&reply(&executed(3, 100)));
        assert!(second.contains("(AAPL)") && second.lines().count() == 1, "{second}");
    }
}
