//! The configuration of a venue to be tested: small, quick to start.

use std::sync::OnceLock;
use std::time::SystemTime;

/// A configuration, section by section.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    /// More lines of `[venue]`, and sections under it.
    pub(crate) venue: String,
    /// More lines of `[order_entry]`.
    pub(crate) order_entry: String,
    /// The lines of `[feed]`: none unless a test listens, since two venues would be one on a line.
    pub(crate) feed: String,
    /// The lines of `[recovery]`: at no address of which another test may be.
    pub(crate) recovery: String,
    pub(crate) durability: &'static str,
    /// More lines of `[journal]`.
    pub(crate) journal: String,
    pub(crate) low_disk: &'static str,
    pub(crate) segment: &'static str,
    /// More lines of `[log]`.
    pub(crate) log: String,
    pub(crate) listen: String,
    /// Most securities of a day.
    pub(crate) symbols: u32,
    /// A line of `[limits]` for the ports.
    pub(crate) limits: String,
    /// More sections, whole.
    pub(crate) more: String,
    /// The ports, whole sections.
    pub(crate) ports: Vec<String>,
    /// The instruments, whole sections.
    pub(crate) instruments: Vec<String>,
}

impl Setup {
    /// Users P1 to P4 with the password "secret", for FRM1 to FRM4, and the securities AAA and
    /// BBB at 10.00.
    pub(crate) fn new() -> Self {
        Setup {
            venue: String::new(),
            order_entry: String::new(),
            feed: "lines = []".to_owned(),
            recovery: "rerequest = \"\"".to_owned(),
            durability: "disk",
            journal: String::new(),
            low_disk: "low_disk_warn = 1\nlow_disk_stop = 0",
            segment: "1MiB",
            log: String::new(),
            listen: "127.0.0.1:0".to_owned(),
            symbols: 64,
            limits: "ports = 64".to_owned(),
            more: String::new(),
            ports: (1..=4).map(|n| Self::port(&format!("P{n}"), &format!("FRM{n}"), "")).collect(),
            instruments: ["AAA", "BBB"].map(|symbol| Self::instrument(symbol, "")).into(),
        }
    }

    pub(crate) fn port(username: &str, firm: &str, more: &str) -> String {
        format!(
            "[[port]]\nusername = \"{username}\"\npassword = \"secret\"\n\
             firm = \"{firm}\"\n{more}\n"
        )
    }

    pub(crate) fn instrument(symbol: &str, more: &str) -> String {
        format!(
            "[[instrument]]\nsymbol = \"{symbol}\"\ntick = \"0.01\"\n\
             reference_price = \"10.00\"\n{more}\n"
        )
    }

    /// With these lines in the section of the port P`number`.
    pub(crate) fn with_port(mut self, number: usize, more: &str) -> Self {
        self.ports[number - 1] = Self::port(&format!("P{number}"), &format!("FRM{number}"), more);
        self
    }

    pub(crate) fn with_order_entry(mut self, lines: &str) -> Self {
        lines.clone_into(&mut self.order_entry);
        self
    }

    /// With days and phases by these lines of `[venue.calendar]`, on every day of the week.
    pub(crate) fn with_calendar(mut self, lines: &str) -> Self {
        let days = "days = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\", \"sat\", \"sun\"]";
        self.venue = format!("[venue.calendar]\n{days}\n{lines}\n");
        self
    }

    /// With these sections.
    pub(crate) fn with_sections(mut self, sections: &str) -> Self {
        sections.clone_into(&mut self.more);
        self
    }

    pub(crate) fn with_durability(mut self, durability: &'static str) -> Self {
        self.durability = durability;
        self
    }

    /// As the file has it.
    pub(crate) fn text(&self) -> String {
        let Setup { order_entry, durability, journal, low_disk, segment, .. } = self;
        let Setup { venue, log, listen, symbols, limits, more, feed, recovery, .. } = self;
        let (zone, ports, instruments) = (zone(), self.ports.concat(), self.instruments.concat());
        format!(
            "[venue]\ntimezone = \"{zone}\"\n{venue}\n\
             [order_entry]\nlisten = \"{listen}\"\n{order_entry}\n\
             [feed]\n{feed}\n[recovery]\n{recovery}\n\
             [journal]\ndurability = \"{durability}\"\nsegment_bytes = \"{segment}\"\n{low_disk}\n\
             {journal}\n\
             [limits]\nsymbols = {symbols}\n{limits}\nlive_orders = 50000\nlevels = 4096\n\
             min_qty_orders = 64\nbroken_trades = 64\n\
             [threads]\nspin = \"0s\"\n\
             [log]\n{log}\n{more}\n{ports}{instruments}"
        )
    }
}

/// A time zone in which it is about noon, so that no midnight comes while tests run.
pub(crate) fn zone() -> &'static str {
    static ZONE: OnceLock<String> = OnceLock::new();
    ZONE.get_or_init(find_zone)
}

/// The time of the day in that zone, in seconds.
pub(crate) fn seconds_of_day() -> u64 {
    let now = SystemTime::UNIX_EPOCH.elapsed().expect("the clock is after 1970").as_secs();
    let hours = zone().strip_prefix("Etc/GMT").and_then(|hours| hours.parse::<i64>().ok());
    // The names of these zones count westwards.
    let seconds = now.cast_signed() - 3600 * hours.expect("a zone of whole hours");
    seconds.rem_euclid(86_400).cast_unsigned()
}

/// A time of the day as the configuration has it.
pub(crate) fn clock(seconds: u64) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn find_zone() -> String {
    let now = SystemTime::UNIX_EPOCH.elapsed().expect("the clock is after 1970").as_secs();
    let hour = now / 3600 % 24;
    match hour {
        0..=12 => format!("Etc/GMT-{}", 12 - hour),
        _ => format!("Etc/GMT+{}", hour - 12),
    }
}
