//! The configuration: read once, into types that cannot be wrong.
//!
//! A file is TOML. Everything has a default but who the brokers are and what is traded; whatever is
//! misspelled, impossible or contradictory is an error with its line, and all errors are told at
//! once. Nothing is rounded, cut or passed over. [`EMBEDDED`] is a whole configuration to start
//! with, and the reference of all keys.

mod admin;
mod change;
mod document;
mod error;
mod feed;
mod grammar;
mod instrument;
mod journal;
mod limits;
mod listing;
mod log;
mod metrics;
mod notes;
mod order_entry;
pub mod password;
mod port;
mod recovery;
mod section;
#[cfg(test)]
mod tests;
mod threads;
mod timetable;
mod units;
mod unknown;
mod venue;

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

use matcher::settings::{Instrument, Limits};
use toml::Spanned;

use document::Document;
use listing::Listing;
use notes::{Known, Notes};

pub use admin::Admin;
pub use error::{ConfigError, ConfigErrors};
pub use feed::{Feed, Line};
pub use journal::{Durability, Journal};
pub use log::{Log, LogFormat, LogLevel};
pub use metrics::Metrics;
pub use order_entry::OrderEntry;
pub use password::Password;
pub use port::PortEntry;
pub use recovery::Recovery;
pub use threads::Threads;
pub use venue::Venue;
pub(crate) use venue::zone;

/// The configuration that a venue without a file runs with, and the reference of all keys.
pub const EMBEDDED: &str = include_str!("config/default.toml");

/// The configuration of a venue.
#[derive(Clone, Debug)]
pub struct Config {
    /// The venue: what it is called and when its day begins.
    pub venue: Venue,
    /// What bounds all state of a day.
    pub limits: Limits,
    /// Where brokers connect, and how long they are waited for.
    pub order_entry: OrderEntry,
    /// The public stream.
    pub feed: Feed,
    /// Where the public stream can be had again.
    pub recovery: Recovery,
    /// The journal.
    pub journal: Journal,
    /// Where the operator's commands are taken.
    pub admin: Admin,
    /// Where the venue's figures can be read.
    pub metrics: Metrics,
    /// Threads, and the processors they run on.
    pub threads: Threads,
    /// The log.
    pub log: Log,
    /// Brokers' ports in the order of the file, no two of one name.
    pub ports: Vec<PortEntry>,
    /// Securities in the order of the file, no two of one symbol.
    pub instruments: Vec<Instrument>,
}

impl Config {
    /// The configuration in a file, with the environment of this process.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(path: &Path) -> Result<Self, ConfigErrors> {
        let name = path.display().to_string();
        let bytes = fs::read(path)
            .map_err(|cause| ConfigErrors::of_file(&name, None, format!("cannot read: {cause}")))?;
        let text = str::from_utf8(&bytes).map_err(|cause| {
            let good = &bytes[..cause.valid_up_to()];
            let line = 1 + good.iter().filter(|byte| **byte == b'\n').count();
            ConfigErrors::of_file(&name, Some(line), "not text in UTF-8".to_owned())
        })?;
        Config::parse(text, &name, &|name| env::var(name).ok())
    }

    /// The configuration in `text`, which errors call `name`. `env` knows environment variables.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(
        text: &str,
        name: &str,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigErrors> {
        let document = Document::new(text, env);
        if document.is_lost() {
            return Err(ConfigErrors::new(name, document.end().errors));
        }
        let (config, mut notes) = Config::of(document);
        unknown::report(&mut notes, known_keys);
        match notes.errors.is_empty() {
            true => Ok(config),
            false => Err(ConfigErrors::new(name, notes.errors)),
        }
    }

    /// The configuration that a venue without a file runs with.
    ///
    /// # Panics
    /// Never: a test reads it.
    #[must_use]
    pub fn embedded() -> Self {
        let config = Config::parse(EMBEDDED, "default.toml", &|_| None);
        config.expect("the embedded configuration is tested")
    }

    /// A security as it is after these keys of `[[instrument]]` are set on `base`, or a new one.
    /// Values are words of a command line, in which strings need no quotes.
    ///
    /// # Errors
    /// Everything that is wrong with them, a line each.
    pub fn instrument(
        symbol: &str,
        base: Option<&Instrument>,
        set: &BTreeMap<String, String>,
    ) -> Result<Instrument, String> {
        change::instrument(symbol, base, set, known_keys)
    }

    /// A port as it is after these keys of `[[port]]` are set on `base`, or a new one. Values are
    /// words of a command line, in which strings need no quotes.
    ///
    /// # Errors
    /// Everything that is wrong with them, a line each.
    pub fn port(
        username: &str,
        base: Option<&PortEntry>,
        set: &BTreeMap<String, String>,
    ) -> Result<PortEntry, String> {
        change::port(username, base, set, &|name| env::var(name).ok(), known_keys)
    }

    /// What the document says, with what was learned on the way.
    fn of(mut document: Document<'_>) -> (Self, Notes<'_>) {
        let venue = document.section("venue", Venue::read);
        let (limits, limited) =
            document.section("limits", |section| (limits::read(section), section.is_fine()));
        let (order_entry, is_known) = document
            .section("order_entry", |section| (OrderEntry::read(section), section.is_fine()));
        let feed = document.section("feed", Feed::read);
        let recovery = document.section("recovery", Recovery::read);
        let journal = document.section("journal", Journal::read);
        let admin = document.section("admin", Admin::read);
        let metrics = document.section("metrics", |section| {
            Metrics::read(section, is_known.then_some(order_entry.listen))
        });
        let threads = document.section("threads", Threads::read);
        let log = document.section("log", Log::read);
        let ports = document.sections("port", |section| port::read(section, None));
        let mut instruments = document.section("instruments", instrument::read_short);
        instruments
            .extend(document.sections("instrument", |section| instrument::read(section, None)));
        instruments.sort_by_key(|instrument| instrument.span().start);

        let most = |limit: u32| limited.then_some(limit);
        let users = Listing {
            key: "port.username",
            names_ignore_case: true,
            limit: ("limits.ports", most(limits.ports)),
        };
        let ports = ports.into_iter().flat_map(|group| {
            let place = group.span();
            group.into_inner().into_iter().map(move |port| Spanned::new(place.clone(), port))
        });
        let ports = users.check(&mut document, ports, |port| port.username.to_string());
        let symbols = Listing {
            key: "instrument.symbol",
            names_ignore_case: false,
            limit: ("limits.symbols", most(limits.symbols)),
        };
        let instruments = instruments.into_iter();
        let instruments = symbols.check(&mut document, instruments, |one| one.symbol.to_string());
        (
            Config {
                venue,
                limits,
                order_entry,
                feed,
                recovery,
                journal,
                admin,
                metrics,
                threads,
                log,
                ports,
                instruments,
            },
            document.end(),
        )
    }
}

/// Every section that has keys of its own only where it is written.
const ONE_OF_EACH: &str =
    "[[port]]\n[[instrument]]\n[venue.calendar]\nhalf_days = [{}]\n[feed]\nlines = [{}]\n";

/// Every key that the configuration knows, by section.
fn known_keys() -> Known {
    let (_, notes) = Config::of(Document::new(ONE_OF_EACH, &|_| None));
    notes.known
}
