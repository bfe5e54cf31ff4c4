//! What becomes of every message: read, counted, selected, shown.

use std::net::SocketAddr;

use protocol_spec::wire::mold::SessionId;

use super::aside::Why;
use super::error::Stop;
use super::json;
use super::message::Message;
use super::origin::Origin;
use super::output::Output;
use super::protocol::Protocol;
use super::selection::Selection;
use super::symbols::{Named, Symbols};
use super::tally::Tally;
use super::text::{self, Endings};
use crate::count::plural;
use crate::say::say;

/// How messages are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Only counted.
    Nothing,
    /// One line of text each.
    Text(Endings),
    /// One JSON object each.
    Json,
}

/// What is shown of what.
#[derive(Clone, Debug)]
pub struct View {
    /// How.
    pub style: Style,
    /// Whether packets are shown that only keep a session going.
    pub all: bool,
    /// Whether what is passed over is remarked on.
    pub verbose: bool,
    /// How many messages at most.
    pub limit: Option<u64>,
}

/// Takes in messages from any source.
pub struct Sink<'a> {
    /// What came of them.
    pub tally: Tally,
    view: View,
    selection: Selection,
    symbols: Symbols,
    output: Output<'a>,
    /// Whether nothing is asked of a message but its type.
    only_counts: bool,
    left: u64,
}

impl<'a> Sink<'a> {
    /// Shows the selected messages on `output`.
    pub fn new(view: View, selection: Selection, output: Output<'a>) -> Self {
        Sink {
            tally: Tally::default(),
            only_counts: view.style == Style::Nothing && selection.is_everything(),
            left: view.limit.unwrap_or(u64::MAX),
            view,
            selection,
            symbols: Symbols::default(),
            output,
        }
    }

    /// Takes in one message.
    ///
    /// # Errors
    /// When nothing more is to be decoded.
    #[inline]
    pub fn message(
        &mut self,
        origin: &Origin,
        protocol: Protocol,
        bytes: &[u8],
    ) -> Result<(), Stop> {
        match Message::read(protocol, bytes) {
            Ok(message) if self.only_counts && message.fault.is_none() => {
                self.tally.found(&message);
                self.tally.count(&message);
                if self.is_shown(&message) { self.spend() } else { Ok(()) }
            }
            Ok(message) => self.take(origin, &message),
            Err(error) => {
                let kind = bytes.get(protocol.kind_offset());
                let name = kind.and_then(|kind| protocol.layout(*kind)).map(|layout| layout.name);
                let what = match name {
                    Some(name) => format!("{protocol} {name}: {error}"),
                    None => format!("{protocol}: {error}"),
                };
                self.undecodable(origin, Some(protocol), bytes, &what, None)
            }
        }
    }

    /// Takes in bytes that are no message.
    ///
    /// # Errors
    /// When nothing more is to be decoded.
    pub fn undecodable(
        &mut self,
        origin: &Origin,
        protocol: Option<Protocol>,
        bytes: &[u8],
        what: &str,
        detail: Option<String>,
    ) -> Result<(), Stop> {
        self.tally.fail(origin, what.to_owned(), detail);
        if !self.selection.is_everything() {
            return Ok(());
        }
        let line = self.output.line();
        match self.view.style {
            Style::Nothing => return Ok(()),
            Style::Text(endings) => {
                text::write_undecodable(line, origin, protocol, bytes, what, endings);
            }
            Style::Json => {
                let body = json::Body::Undecodable { protocol, bytes, why: what };
                json::write_line(line, &json::Line { origin, body });
            }
        }
        self.output.end_line()?;
        self.spend()
    }

    /// A feed of its own, for messages that share the numbers of securities.
    pub fn new_feed(&mut self) -> usize {
        self.symbols.new_feed()
    }

    /// The feed of a session; one session of a server has one feed wherever it is met.
    pub(super) fn feed_of(&mut self, server: Option<SocketAddr>, session: SessionId) -> usize {
        self.symbols.feed_of(server, session)
    }

    /// Whether the session was met before.
    pub(super) fn knows(&self, session: SessionId) -> bool {
        self.symbols.knows(session)
    }

    /// Passes a datagram of so many bytes over.
    pub(super) fn pass_over_datagram(&mut self, why: Why, origin: &Origin, bytes: usize) {
        self.tally.aside.datagram(why);
        if self.view.verbose {
            let bytes = plural(bytes as u64, "byte");
            say(format_args!("passed over: datagram of {bytes}, {}, {origin}", why.of_datagrams()));
        }
    }

    /// Passes a TCP stream of so many bytes over.
    pub(super) fn pass_over_stream(&mut self, why: Why, origin: &Origin, bytes: u64) {
        self.tally.aside.stream(why, bytes);
        if self.view.verbose {
            let name = origin.flow.map_or_else(|| origin.to_string(), |flow| flow.to_string());
            let (why, bytes) = (why.of_streams(), plural(bytes, "byte"));
            say(format_args!("passed over: TCP stream {name}, {why}, {bytes}"));
        }
    }

    /// Writes what was collected.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn flush(&mut self) -> Result<(), Stop> {
        self.output.flush()
    }

    /// Takes in a message that was read.
    ///
    /// # Errors
    /// When nothing more is to be decoded.
    pub(super) fn take(&mut self, origin: &Origin, message: &Message<'_>) -> Result<(), Stop> {
        self.tally.found(message);
        if let Some(fault) = &message.fault {
            let (protocol, name) = (message.protocol, message.name());
            self.tally.fail(origin, format!("{protocol} {name}: {fault}"), None);
        }
        let named = if self.view.style == Style::Nothing && !self.selection.asks_symbols() {
            Named::Unknown
        } else {
            self.symbols.of(origin, message)
        };
        if let Some(remark) = self.symbols.remark() {
            self.tally.note(remark);
        }
        if self.selection.cannot_tell(message, named) {
            self.tally.aside.unnamed += 1;
        }
        if !self.selection.admits(origin, message, named) {
            return Ok(());
        }
        self.tally.count(message);
        if !self.is_shown(message) {
            return Ok(());
        }
        self.show(origin, message, named)?;
        self.spend()
    }

    /// Whether a selected message is shown, and so counts against the limit.
    #[inline]
    fn is_shown(&self, message: &Message<'_>) -> bool {
        !message.is_routine() || self.view.all || self.selection.asks_types()
    }

    fn show(&mut self, origin: &Origin, message: &Message<'_>, named: Named) -> Result<(), Stop> {
        let line = self.output.line();
        match self.view.style {
            Style::Nothing => return Ok(()),
            Style::Text(endings) => {
                text::write_message(line, origin, message, named, endings);
            }
            Style::Json => {
                let body = json::Body::Message(message, named);
                json::write_line(line, &json::Line { origin, body });
            }
        }
        self.output.end_line()
    }

    fn spend(&mut self) -> Result<(), Stop> {
        self.left -= 1;
        if self.left == 0 { Err(Stop::Enough) } else { Ok(()) }
    }
}
