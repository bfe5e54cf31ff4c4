//! The log: its form, and how much it says.

use std::time::Duration;

use super::section::Section;

/// The log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// Its form.
    pub format: LogFormat,
    /// What is said.
    pub level: LogLevel,
    /// How often the counters are said.
    pub counters_every: Duration,
}

/// The form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Human,
    /// A JSON object a line.
    Json,
}

/// What is said in the log: all up to a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// What stops the venue.
    Error,
    /// What somebody should look at.
    Warn,
    /// What happens.
    Info,
    /// What happens in detail.
    Debug,
}

impl Default for Log {
    fn default() -> Self {
        Log {
            format: LogFormat::Human,
            level: LogLevel::Info,
            counters_every: Duration::from_mins(1),
        }
    }
}

impl Log {
    pub(super) fn read(section: &mut Section<'_, '_>) -> Self {
        let default = Log::default();
        let formats = [("human", LogFormat::Human), ("json", LogFormat::Json)];
        let levels = [
            ("error", LogLevel::Error),
            ("warn", LogLevel::Warn),
            ("info", LogLevel::Info),
            ("debug", LogLevel::Debug),
        ];
        let often = Duration::from_secs(1)..=Duration::from_hours(24);
        Log {
            format: section.choice("format", default.format, &formats),
            level: section.choice("level", default.level, &levels),
            counters_every: section.duration("counters_every", default.counters_every, often),
        }
    }
}
