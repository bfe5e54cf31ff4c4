//! Which connection has which port, as the commands say it (R36).

use alloc::collections::BTreeMap;

use matcher::command::Command;
use matcher::stored::{LoadError, Sink, Source, Stored};
use protocol_spec::words::PortId;

/// Who sits where.
///
/// A function of the commands alone, so that after a crash it tells which ports were up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seats {
    up: BTreeMap<PortId, u64>,
    last_conn: u64,
}

impl Seats {
    /// Nobody sits anywhere.
    #[must_use]
    pub const fn new() -> Self {
        Seats { up: BTreeMap::new(), last_conn: 0 }
    }

    /// Takes note of a command; all but three kinds say nothing of seats.
    #[inline]
    pub fn on(&mut self, command: &Command) {
        match *command {
            Command::PortUp { port, conn } => {
                self.up.insert(port, conn);
                self.last_conn = self.last_conn.max(conn);
            }
            Command::PortDown { port, conn, .. } => {
                // A connection whose seat another one took leaves nothing behind.
                if self.holder(port) == Some(conn) {
                    self.up.remove(&port);
                }
                self.last_conn = self.last_conn.max(conn);
            }
            Command::EndOfDay => self.up.clear(),
            _ => {}
        }
    }

    /// The connection that has the port.
    #[must_use]
    pub fn holder(&self, port: PortId) -> Option<u64> {
        self.up.get(&port).copied()
    }

    /// The ports that are up with their connections, by ascending number.
    pub fn up(&self) -> impl Iterator<Item = (PortId, u64)> {
        self.up.iter().map(|(&port, &conn)| (port, conn))
    }

    /// How many ports are up.
    #[must_use]
    pub fn count(&self) -> usize {
        self.up.len()
    }

    /// The highest number that a connection of the day had, 0 before the first.
    #[must_use]
    pub const fn last_conn(&self) -> u64 {
        self.last_conn
    }
}

impl Stored for Seats {
    fn save(&self, out: &mut dyn Sink) {
        let Seats { up, last_conn } = self;
        up.save(out);
        last_conn.save(out);
    }

    fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
        Ok(Seats { up: Stored::load(from)?, last_conn: Stored::load(from)? })
    }
}

#[cfg(test)]
mod tests;
