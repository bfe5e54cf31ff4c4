//! Configurations of simulated venues.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::path::PathBuf;

use appliance::config::{Config, Durability};
use appliance::start::Folders;
use matcher::settings::Limits;
use protocol_spec::words::Time;
use recovery::requests::{IpNet, Rules};

/// 2026-11-20, 12:00 UTC.
pub const NOON: Time = Time(1_795_176_000_000_000_000);
/// An hour.
pub const HOUR: u64 = 3_600_000_000_000;
/// A second.
pub const SECOND: u64 = 1_000_000_000;
/// The smallest segments that there may be.
pub const SEGMENT: u64 = 1 << 20;

/// Where everything is.
#[must_use]
pub fn folders() -> Folders {
    let folder = |name| PathBuf::from("/data").join(name);
    Folders { journal: folder("journal"), replies: folder("replies"), rewind: folder("rewind") }
}

/// A venue with one security, `ABC` at 10.00, and these ports, each with what is to be said of it.
///
/// # Panics
/// If it is no configuration.
#[must_use]
pub fn config(durability: Durability, ports: &[(&str, &str)], more: &str) -> Config {
    let mut text = format!("{more}\n[instruments]\nABC = \"10.00\"\n");
    for (user, settings) in ports {
        let firm = "FRM1";
        let password = if settings.contains("password") { "" } else { "password = \"demo\"\n" };
        writeln!(text, "[[port]]\nusername = \"{user}\"\nfirm = \"{firm}\"\n{password}{settings}")
            .expect("text grows");
    }
    let config = Config::parse(&text, "simulated.toml", &|_| None);
    let mut config = config.unwrap_or_else(|errors| panic!("{errors}\nin\n{text}"));
    config.limits = Limits {
        symbols: 4,
        ports: config.limits.ports.min(64),
        live_orders: 20_000,
        levels: 4_000,
        min_qty_orders: 16,
        broken_trades: 16,
    };
    config.journal.checkpoint_every = 0;
    config.journal.durability = durability;
    config.journal.segment_bytes = SEGMENT;
    config
}

/// Three brokers who trade with each other.
#[must_use]
pub fn three(durability: Durability) -> Config {
    config(durability, &[("B1", ""), ("B2", ""), ("B3", "")], "")
}

/// Who may ask for messages of the feed: everybody, unless the configuration says who.
#[must_use]
pub fn rules(config: &Config) -> Rules {
    let everybody = [IpAddr::from([0; 4]), IpAddr::from([0; 16])];
    let everybody = everybody.map(|zero| IpNet::new_assert(zero, 0)).to_vec();
    Rules {
        allow: config.recovery.allow.clone().unwrap_or(everybody),
        packets_per_second: config.recovery.rerequests_per_second,
        ..Rules::default()
    }
}
