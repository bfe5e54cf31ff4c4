//! Every reader of commands and events, registered in one place.
//!
//! Live and in replay the same: what is in here is a function of the journal alone. A new reader
//! is a new field, two lines below, and a name among those that checkpoints store.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use matcher::command::{Command, Switchable};
use matcher::event::Event;
use matcher::sequence::Sequenced;
use matcher::settings::{Instrument, Port};
use matcher::stored::{LoadError, Sink, Source, Stored};
use mdfeed::publisher::{Messages, Publisher};
use order_entry::outbound::{Replies, Teller};
use order_entry::outbox::Outbox;
use order_entry::seats::Seats;
use protocol_spec::wire::ouch::Symbol;
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{CommandNo, FeedNo, PortId, Time};
use recovery::Extent;
use recovery::replay::Fold;
use recovery::rewind::Rewind;

use crate::note;

/// The note on a switch that the configuration causes, not the operator.
pub const REMOVED: &str = "not in the configuration";

thread_local! {
    /// The command that was begun last, for whoever has to say at which one the process ended.
    static EXECUTING: Cell<u64> = const { Cell::new(0) };
}

/// The command that was begun last on this thread, if there was one.
#[must_use]
pub fn executing() -> Option<CommandNo> {
    let number = EXECUTING.get();
    (number > 0).then_some(CommandNo(number))
}

/// Every fold.
#[derive(Debug)]
pub struct Folds {
    /// Who is at which port.
    pub seats: Seats,
    /// Whose port is which.
    pub roster: Roster,
    /// What the configuration set last.
    pub configured: Configured,
    /// What brokers were told.
    pub replies: Told,
    /// What the public was told.
    pub published: Published,
    /// The note on the command under way, if someone wants to know what becomes of it, until a
    /// rule refuses it.
    noted: Option<String>,
}

impl Folds {
    /// Before the first command of a day.
    #[must_use]
    pub fn new() -> Self {
        Folds {
            seats: Seats::new(),
            roster: Roster::default(),
            configured: Configured::default(),
            replies: Told::new(),
            published: Published::new(),
            noted: None,
        }
    }
}

/// Folds as bytes: their names, then one after the other, the same order for both ways. Bytes of
/// other folds are none of these.
macro_rules! stored {
    ($($fold:ident)+) => {
        impl Stored for Folds {
            fn save(&self, out: &mut dyn Sink) {
                let Folds { $($fold,)+ noted } = self;
                assert!(noted.is_none(), "folds are stored between two commands");
                out.put(NAMES.as_bytes());
                $($fold.save(out);)+
            }

            fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
                let mut names = [0; NAMES.len()];
                if !from.get(&mut names) || names != *NAMES.as_bytes() {
                    return Err(LoadError::Impossible("other folds than these"));
                }
                $(let $fold = Stored::load(from)?;)+
                Ok(Folds { $($fold,)+ noted: None })
            }
        }

        /// What the bytes begin with.
        const NAMES: &str = concat!($(stringify!($fold), " "),+);
    };
}

stored! { seats roster configured replies published }

impl Default for Folds {
    fn default() -> Self {
        Folds::new()
    }
}

impl Fold for Folds {
    fn begin(&mut self, command: &Sequenced<Command>, note: &str) {
        EXECUTING.set(command.no.0);
        self.seats.on(&command.command);
        if command.command.is_operators() {
            self.noted = Some(note.to_owned());
        }
        self.replies.teller.begin(command);
        self.published.publisher.begin(command);
    }

    #[inline]
    fn on(&mut self, command: &Sequenced<Command>, events: &[Event]) {
        self.replies.on(command, events);
        self.published.on(command, events);
        // What was due before the command has its events before the refusal.
        if let Some(Event::Refused(_)) = events.last() {
            self.noted = None;
        }
    }

    #[inline]
    fn end(&mut self, command: &Sequenced<Command>) {
        if command.command == Command::EndOfDay {
            self.published.end();
        }
        if let Some(note) = self.noted.take() {
            self.roster.on(&command.command, &note);
            self.configured.on(command, &note);
        }
    }
}

/// Replies, numbered by port, and the ports that have new ones.
#[derive(Debug)]
pub struct Told {
    teller: Teller,
    replies: Replies,
    /// Every reply of the day.
    pub outbox: Outbox,
    fresh: Vec<PortId>,
    /// By port: whether it is in `fresh`.
    is_fresh: Vec<bool>,
    count: u64,
}

impl Told {
    fn new() -> Self {
        Told {
            teller: Teller::new(),
            replies: Replies::new(),
            outbox: Outbox::new(Outbox::BLOCK, crc32c::crc32c_append),
            fresh: Vec::new(),
            is_fresh: Vec::new(),
            count: 0,
        }
    }

    #[inline]
    fn on(&mut self, command: &Sequenced<Command>, events: &[Event]) {
        let Told { teller, replies, outbox, fresh, is_fresh, count } = self;
        for event in events {
            teller.tell(command, event, replies);
            for (port, reply) in replies.iter() {
                outbox.push(port, reply);
                *count += 1;
                let at = usize::from(port.0);
                if at >= is_fresh.len() {
                    is_fresh.resize(at + 1, false);
                }
                if !is_fresh[at] {
                    is_fresh[at] = true;
                    fresh.push(port);
                }
            }
        }
    }

    /// How much of the file of replies this stands on, once all complete blocks are in it.
    #[must_use]
    pub fn filed(&self) -> Extent {
        let bytes = self.outbox.complete_bytes();
        Extent { bytes, digest: self.outbox.file_digest() }
    }

    /// A port that got replies since it was last named here.
    pub fn poll_fresh(&mut self) -> Option<PortId> {
        let port = self.fresh.pop()?;
        self.is_fresh[usize::from(port.0)] = false;
        Some(port)
    }

    /// Replies of the day.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }
}

impl Stored for Told {
    fn save(&self, out: &mut dyn Sink) {
        self.teller.save(out);
        self.count.save(out);
        self.outbox.save(out);
    }

    fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
        let (teller, count) = (Stored::load(from)?, Stored::load(from)?);
        let outbox = Outbox::load(Outbox::BLOCK, crc32c::crc32c_append, from)?;
        Ok(Told { teller, count, outbox, ..Told::new() })
    }
}

/// What the public was told, numbered, and the messages that were not handed on yet.
#[derive(Debug)]
pub struct Published {
    publisher: Publisher,
    messages: Messages,
    /// Every message of the day.
    pub rewind: Rewind,
}

impl Published {
    fn new() -> Self {
        let (publisher, rewind) = (Publisher::new(), Rewind::new(crc32c::crc32c_append));
        Published { publisher, messages: Messages::new(), rewind }
    }

    #[inline]
    fn on(&mut self, command: &Sequenced<Command>, events: &[Event]) {
        let Published { publisher, messages, rewind } = self;
        for event in events {
            publisher.tell(command, event, messages);
            for message in messages.iter() {
                rewind.push(message);
            }
        }
    }

    /// The day has ended, unless it had before.
    fn end(&mut self) {
        if self.rewind.next_number() > FeedNo(1) && !self.rewind.has_ended() {
            self.rewind.end();
        }
    }

    /// Messages of the day.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.rewind.next_number().0 - 1
    }
}

impl Stored for Published {
    fn save(&self, out: &mut dyn Sink) {
        self.publisher.save(out);
        self.rewind.save(out);
    }

    fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
        let publisher: Publisher = Stored::load(from)?;
        let rewind = Rewind::load(crc32c::crc32c_append, from)?;
        if publisher.next_number() != rewind.next_number() {
            return Err(LoadError::Impossible("two numbers for the next message of the feed"));
        }
        Ok(Published { publisher, messages: Messages::new(), rewind })
    }
}

/// Whose port is which: names are given to numbers by notes on the commands that make the ports.
/// Case does not count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    ports: BTreeMap<Alpha<6>, PortId>,
    removed: BTreeSet<PortId>,
}

impl Roster {
    fn on(&mut self, command: &Command, note: &str) {
        match command {
            Command::SetPort(port) => {
                // Whoever writes the journal notes the name, which fits.
                if let Some(name) = Alpha::try_new(note::subject(note)) {
                    self.ports.insert(capitals(name), port.number);
                }
            }
            Command::OperatorSwitch { whom: Switchable::Port(port), off } if note == REMOVED => {
                if *off {
                    self.removed.insert(*port);
                } else {
                    self.removed.remove(port);
                }
            }
            _ => {}
        }
    }

    /// The port of a user.
    #[must_use]
    pub fn port(&self, username: Alpha<6>) -> Option<PortId> {
        self.ports.get(&capitals(username)).copied()
    }

    /// All users, in capitals, and their ports.
    pub fn iter(&self) -> impl Iterator<Item = (Alpha<6>, PortId)> {
        self.ports.iter().map(|(&username, &port)| (username, port))
    }

    /// A number that no port has.
    ///
    /// # Panics
    /// If there is none left: a day has fewer ports than numbers.
    #[must_use]
    pub fn free(&self) -> PortId {
        let highest = self.ports.values().max().map_or(0, |port| port.0);
        PortId(highest.checked_add(1).expect("a day has fewer ports than numbers"))
    }

    /// Whether the port was stopped because the configuration does not have it any more.
    #[must_use]
    pub fn is_removed(&self, port: PortId) -> bool {
        self.removed.contains(&port)
    }
}

impl Stored for Roster {
    fn save(&self, out: &mut dyn Sink) {
        let Roster { ports, removed } = self;
        ports.save(out);
        removed.save(out);
    }

    fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
        Ok(Roster { ports: Stored::load(from)?, removed: Stored::load(from)? })
    }
}

/// What the configuration set last, whatever the operator has changed since: a start gives commands
/// where the configuration differs from this, so that what was changed while the venue ran stays
/// as it is until the day ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configured {
    /// When the day was opened.
    pub opened: Time,
    /// Whether an operator opened it.
    pub by_hand: bool,
    /// Securities by symbol.
    pub instruments: BTreeMap<Symbol, Instrument>,
    /// Ports by number.
    pub ports: BTreeMap<PortId, Port>,
}

impl Configured {
    fn on(&mut self, command: &Sequenced<Command>, note: &str) {
        let by_configuration = note::author(note).is_none();
        match &command.command {
            Command::OpenDay(_) => {
                (self.opened, self.by_hand) = (command.time, !by_configuration);
            }
            Command::SetInstrument(set) if by_configuration => {
                self.instruments.insert(set.symbol, Instrument::clone(set));
            }
            Command::SetPort(set) if by_configuration => {
                self.ports.insert(set.number, Port::clone(set));
            }
            _ => {}
        }
    }
}

impl Stored for Configured {
    fn save(&self, out: &mut dyn Sink) {
        let Configured { opened, by_hand, instruments, ports } = self;
        opened.save(out);
        by_hand.save(out);
        instruments.save(out);
        ports.save(out);
    }

    fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
        let (opened, by_hand) = (Stored::load(from)?, Stored::load(from)?);
        let (instruments, ports) = (Stored::load(from)?, Stored::load(from)?);
        Ok(Configured { opened, by_hand, instruments, ports })
    }
}

/// A name as it counts: case does not.
pub(crate) fn capitals(name: Alpha<6>) -> Alpha<6> {
    Alpha(name.0.map(|byte| byte.to_ascii_uppercase()))
}
