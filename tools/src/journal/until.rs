//! Where a replay stops.

use std::str::FromStr;

use matcher::command::Command;
use protocol_spec::words::{CommandNo, Time, Timestamp};
use recovery::journal::{Batch, Body, RecordFault};

use crate::decode::parse_time;

/// Where a replay stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Behind the command with this number.
    Command(CommandNo),
    /// Before the first command at this time of day or later.
    Time(Timestamp),
}

impl FromStr for Until {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains(':') {
            return parse_time(text).map(Until::Time);
        }
        let number = text.parse().ok().filter(|&number| number > 0);
        number.map(|number| Until::Command(CommandNo(number))).ok_or_else(|| {
            format!("\"{text}\" is neither a command's number from 1 nor a time of day (HH:MM)")
        })
    }
}

impl Until {
    /// What is to be executed of a batch, and whether that is the end. `midnight` is that of the
    /// day, once it is open.
    ///
    /// # Errors
    /// If a record is none.
    pub fn cut<'a>(
        self,
        batch: Batch<'a>,
        midnight: Option<Time>,
    ) -> Result<(Batch<'a>, bool), RecordFault> {
        match self {
            Until::Command(last) => Ok((batch.split(last).0, last < batch.end())),
            Until::Time(time) => {
                let mut midnight = midnight;
                for record in batch.records() {
                    let record = record?;
                    if let Body::Control { command: Command::OpenDay(day), .. } = &record.body {
                        midnight = midnight.or(Some(day.midnight));
                    }
                    let end = midnight.map(|midnight| midnight.0.saturating_add(time.0));
                    if end.is_some_and(|end| record.stamp.time.0 >= end) {
                        let last = CommandNo(record.stamp.no.0 - 1);
                        return Ok((batch.split(last).0, true));
                    }
                }
                Ok((batch, false))
            }
        }
    }
}
