//! What a journal says was told: read by itself, apart from the venue that wrote it.

use appliance::config::{Config, Durability};
use appliance::folds::Folds;
use appliance::hint::Hint;
use appliance::journal::{History, Place};
use appliance::start::Folders;
use appliance::world::Use;
use matcher::command::Command;
use matcher::event::{Event, Events};
use matcher::sequence::Sequenced;
use mdfeed::publisher::{Messages, Publisher};
use order_entry::outbound::{Replies, Teller};
use protocol_spec::wire::itch::SystemEventCode;
use protocol_spec::words::{CommandNo, PortId, Time};
use recovery::replay::{Fold, Machine, replay_batch};

use super::disk::SimDisk;

/// What a journal comes to.
#[derive(Debug)]
pub struct Record {
    /// Everything, as the venue has it.
    pub machine: Machine<(Folds, Everything)>,
    /// Commands in it.
    pub commands: CommandNo,
}

/// Every reply, by port, every message of the feed, and every command.
#[derive(Debug, Default)]
pub struct Everything {
    teller: Option<Teller>,
    told: Vec<Vec<Vec<u8>>>,
    publisher: Publisher,
    /// Every message of the feed, the first one being number 1.
    pub published: Vec<Vec<u8>>,
    /// Whether the day has ended.
    pub has_ended: bool,
    /// The commands with their times.
    pub commands: Vec<(Time, Command)>,
    /// Their notes.
    pub notes: Vec<String>,
}

impl Everything {
    /// The replies of a port, the first one being number 1.
    #[must_use]
    pub fn replies(&self, port: PortId) -> &[Vec<u8>] {
        self.told.get(usize::from(port.0)).map_or(&[], Vec::as_slice)
    }
}

impl Fold for Everything {
    fn begin(&mut self, command: &Sequenced<Command>, note: &str) {
        self.notes.push(note.to_owned());
        self.teller.get_or_insert_with(Teller::new).begin(command);
        self.publisher.begin(command);
        self.commands.push((command.time, command.command.clone()));
    }

    fn on(&mut self, command: &Sequenced<Command>, events: &[Event]) {
        let teller = self.teller.as_ref().expect("a command begins before its events");
        let mut replies = Replies::new();
        for event in events {
            teller.tell(command, event, &mut replies);
            for (port, reply) in replies.iter() {
                let at = usize::from(port.0);
                if self.told.len() <= at {
                    self.told.resize(at + 1, Vec::new());
                }
                self.told[at].push(reply.to_vec());
            }
            let mut messages = Messages::new();
            self.publisher.tell(command, event, &mut messages);
            self.published.extend(messages.iter().map(<[u8]>::to_vec));
            self.has_ended |= matches!(event, Event::System(SystemEventCode::END_OF_MESSAGES));
        }
    }
}

/// Where the journal of a session is.
#[must_use]
pub fn place(config: &Config, folders: &Folders, session: &str) -> Place {
    Place {
        folder: folders.journal.join(session),
        segment_bytes: config.journal.segment_bytes,
        usage: match config.journal.durability {
            Durability::Disk => Use::Durable,
            Durability::Os => Use::Cached,
        },
    }
}

/// Reads the journal of a session and executes all of it, in steps as large as `events` says.
///
/// # Panics
/// If it cannot be read.
#[must_use]
pub fn record(disk: &SimDisk, place: &Place, events: Events) -> Record {
    let copy = disk.copy();
    let history = History::find(&copy, place).unwrap_or_else(|error| panic!("{error}"));
    let folds = (Folds::new(), Everything::default());
    let mut machine = Machine::with_events(folds, events);
    let mut scratch = Vec::new();
    let read = history.read(|batch| {
        replay_batch(&mut machine, batch, &Hint, &mut scratch)?;
        Ok(())
    });
    let found = read.unwrap_or_else(|error| panic!("{error}"));
    let commands = found.map_or(CommandNo(1), |(_, tail)| tail.next_command);
    Record { machine, commands }
}
