//! Which commands are wanted.

use std::str::FromStr;

use protocol_spec::wire::ouch::Symbol;
use protocol_spec::words::{PortId, Time, Timestamp};
use recovery::journal::{Body, Record};

use super::follow::{Follow, OrderWord};
use super::kinds::KindWord;
use super::names::{Names, PortWord};
use super::parts::ports_of;

/// What a command must be to be wanted: everything that is asked for at once.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Of one of these ports; of any if empty.
    pub ports: Vec<PortWord>,
    /// About one of these securities.
    pub symbols: Vec<Symbol>,
    /// About one of these orders.
    pub orders: Vec<OrderWord>,
    /// Of one of these kinds.
    pub kinds: Vec<KindWord>,
    /// Not before this time of day.
    pub from: Option<Timestamp>,
    /// Before this time of day.
    pub to: Option<Timestamp>,
    /// With these numbers.
    pub numbers: Numbers,
}

/// Numbers from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// The first.
    pub first: u64,
    /// The last.
    pub last: u64,
}

impl Default for Numbers {
    fn default() -> Self {
        Numbers { first: 0, last: u64::MAX }
    }
}

impl FromStr for Numbers {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("\"{text}\" are no numbers: write N, A..B, A.. or ..B");
        let number = |text: &str, none| match text {
            "" => Some(none),
            text => text.parse().ok(),
        };
        let numbers = match text.split_once("..") {
            None => text.parse().ok().map(|one| (one, one)),
            Some(("", "")) => None,
            Some((first, last)) => number(first, 0).zip(number(last, u64::MAX)),
        };
        match numbers {
            Some((first, last)) if first <= last => Ok(Numbers { first, last }),
            _ => Err(wrong()),
        }
    }
}

/// What is known of a command without executing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is wanted, unless it is about other orders or securities.
    Wanted,
    /// It is not.
    Unwanted,
    /// Neither it nor any command behind it.
    Over,
}

impl Selection {
    /// What has to be followed through the commands, if anything has.
    #[must_use]
    pub fn follow(&self) -> Option<Follow> {
        Follow::new(&self.symbols, &self.orders)
    }

    /// Whether a command is wanted, as far as it can be told without executing it.
    #[must_use]
    pub fn admits(&self, record: &Record<'_>, names: &Names) -> Verdict {
        let stamp = record.stamp;
        let until = |to: Timestamp| time_of(to, names).is_some_and(|to| stamp.time >= to);
        if stamp.no.0 > self.numbers.last || self.to.is_some_and(until) {
            return Verdict::Over;
        }
        let early = |from: Timestamp| time_of(from, names).is_none_or(|from| stamp.time < from);
        let is_unwanted = stamp.no.0 < self.numbers.first
            || self.from.is_some_and(early)
            || !self.admits_kind(record)
            || !self.admits_port(record, names);
        if is_unwanted { Verdict::Unwanted } else { Verdict::Wanted }
    }

    fn admits_kind(&self, record: &Record<'_>) -> bool {
        self.kinds.is_empty()
            || self.kinds.iter().any(|kind| match &record.body {
                Body::Message { bytes, .. } => {
                    bytes.first().is_some_and(|&letter| kind.is_message(letter))
                }
                Body::Control { command, .. } => kind.is_control(command),
            })
    }

    fn admits_port(&self, record: &Record<'_>, names: &Names) -> bool {
        let is = |port: PortId| self.ports.iter().any(|word| word.is(port, names));
        self.ports.is_empty()
            || match &record.body {
                Body::Message { port, .. } => is(*port),
                Body::Control { command, .. } => ports_of(command).into_iter().flatten().any(is),
            }
    }
}

/// A time of the day as the sequencer stamps it.
#[must_use]
pub fn time_of(time: Timestamp, names: &Names) -> Option<Time> {
    Some(Time(names.midnight()?.0.saturating_add(time.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_four_ways() {
        let numbers = |text: &str| text.parse().map(|Numbers { first, last }| (first, last));
        assert_eq!(numbers("7"), Ok((7, 7)));
        assert_eq!(numbers("7..9"), Ok((7, 9)));
        assert_eq!(numbers("7.."), Ok((7, u64::MAX)));
        assert_eq!(numbers("..9"), Ok((0, 9)));
        for wrong in ["", "..", "9..7", "a", "1..b", "-1"] {
            assert!(numbers(wrong).is_err(), "{wrong}");
        }
    }
}
