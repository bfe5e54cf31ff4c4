//! Ports and securities by the names that the journal gives them.

use appliance::note;
use matcher::command::Command;
use protocol_spec::wire::ouch::Symbol;
use protocol_spec::words::{Locate, PortId, Time};

use crate::decode::{push_number, push_text};

/// What commands so far have named.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// By the number of the port; nothing where the journal names none.
    users: Vec<Option<String>>,
    /// The midnight from which times of day count.
    midnight: Option<Time>,
}

impl Names {
    /// Learns what a command names.
    pub fn on(&mut self, command: &Command, said: &str) {
        match command {
            Command::SetPort(port) => {
                let at = usize::from(port.number.0);
                if self.users.len() <= at {
                    self.users.resize(at + 1, None);
                }
                let name = note::subject(said);
                if !name.is_empty() || self.users[at].is_none() {
                    self.users[at] = Some(name.to_owned());
                }
            }
            Command::OpenDay(day) if self.midnight.is_none() => self.midnight = Some(day.midnight),
            _ => {}
        }
    }

    /// The user of a port.
    #[must_use]
    pub fn user(&self, port: PortId) -> Option<&str> {
        self.users.get(usize::from(port.0))?.as_deref().filter(|user| !user.is_empty())
    }

    /// Whether there is such a port.
    #[must_use]
    pub fn has(&self, word: &PortWord) -> bool {
        let ports = (0..=u16::MAX).zip(&self.users).filter(|(_, user)| user.is_some());
        let mut ports = ports.map(|(number, _)| PortId(number));
        ports.any(|port| word.is(port, self))
    }

    /// The midnight that began the day, once it is open.
    #[must_use]
    pub fn midnight(&self) -> Option<Time> {
        self.midnight
    }

    /// Appends a port: `P1(1)`, the user and the number.
    pub(super) fn write(&self, line: &mut Vec<u8>, port: PortId) {
        if let Some(user) = self.user(port) {
            push_text(line, user.as_bytes());
        }
        line.push(b'(');
        push_number(line, port.0.into());
        line.push(b')');
    }

    /// The same as text.
    #[must_use]
    pub fn show(&self, port: PortId) -> String {
        let mut line = Vec::new();
        self.write(&mut line, port);
        String::from_utf8_lossy(&line).into_owned()
    }
}

/// A port as somebody names it: by its number or its user, whose case does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortWord(pub String);

impl PortWord {
    /// Whether the port is meant.
    #[must_use]
    pub fn is(&self, port: PortId, names: &Names) -> bool {
        let user = names.user(port).is_some_and(|user| user.eq_ignore_ascii_case(&self.0));
        user || self.0.parse() == Ok(port.0)
    }
}

/// The symbols of securities by their locates, as events list them.
#[derive(Clone, Debug, Default)]
pub struct Symbols(Vec<Symbol>);

impl Symbols {
    /// The next security is listed.
    pub fn list(&mut self, symbol: Symbol) {
        self.0.push(symbol);
    }

    /// The symbol of a security.
    #[must_use]
    #[inline]
    pub fn of(&self, locate: Locate) -> Option<Symbol> {
        self.0.get(usize::from(locate.0).checked_sub(1)?).copied()
    }
}
