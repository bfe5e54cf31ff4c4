//! What holds where the file says nothing.

use std::path::Path;
use std::time::Duration;

use jiff::tz::TimeZone;
use matcher::phase::Overlay;
use matcher::settings::{Instrument, Limits, Port};
use protocol_spec::wire::text::{Mpid, Symbol};
use protocol_spec::words::{PortId, Price, Shares};

use super::super::{Durability, LogFormat, LogLevel};
use super::right;
use crate::calendar::Calendar;

#[test]
fn an_empty_file_is_a_venue_with_the_usual_settings() {
    let config = right("");
    assert_eq!((config.venue.name.as_str(), config.venue.unit), ("Outcry", 0));
    assert_eq!(
        (config.venue.timezone_name.as_str(), config.venue.timezone),
        ("UTC", TimeZone::UTC)
    );
    assert_eq!(config.venue.calendar, Calendar::Always);
    assert_eq!(config.limits, Limits::default());
    let entry = config.order_entry;
    assert_eq!(entry.listen.to_string(), "127.0.0.1:9001");
    assert_eq!((entry.max_connections, entry.max_pending), (1024, 64));
    assert_eq!(entry.login_timeout, Duration::from_secs(30));
    assert_eq!(entry.idle_timeout, Duration::from_secs(15));
    assert_eq!((entry.max_behind, entry.stall_timeout), (250_000, Duration::from_secs(5)));
    let feed = config.feed;
    let lines: Vec<String> = feed.lines.iter().map(ToString::to_string).collect();
    let groups = ["239.192.26.1:26401 by 127.0.0.1", "239.192.26.2:26402 by 127.0.0.1"];
    assert_eq!(lines, groups);
    assert_eq!((feed.ttl, feed.payload_max), (1, 1_472));
    let recovery = config.recovery;
    assert_eq!(recovery.rerequest.map(|at| at.to_string()).as_deref(), Some("127.0.0.1:26410"));
    assert_eq!((recovery.allow, recovery.memory), (None, 64 << 20));
    assert_eq!(recovery.rerequests_per_second, 20_000);
    let journal = config.journal;
    assert_eq!((journal.dir, journal.durability), (None, Durability::Disk));
    assert_eq!(journal.segment_bytes, 64 << 20);
    assert_eq!((journal.low_disk_warn, journal.low_disk_stop), (2 << 30, 512 << 20));
    assert_eq!((journal.checkpoint_every, journal.keep_days), (1_000_000, 0));
    assert_eq!(config.admin.socket.as_deref().and_then(Path::to_str), Some("admin.sock"));
    assert_eq!(config.metrics.listen, None);
    let threads = config.threads;
    assert_eq!((threads.spin, threads.core, threads.service), (None, None, None));
    assert_eq!((config.log.format, config.log.level), (LogFormat::Human, LogLevel::Info));
    assert_eq!(config.log.counters_every, Duration::from_secs(60));
    assert!(config.ports.is_empty() && config.instruments.is_empty());
}

#[test]
fn a_port_has_the_rule_books_defaults() {
    let config = right("[[port]]\nusername = \"a\"\npassword = \"x\"\nfirm = \"F\"\n");
    let port = Port::new(PortId(0), vec![Mpid::new("F")]);
    assert_eq!(config.ports[0].settings, port);
    assert!(port.short.short && port.short.exempt && port.market);
    assert!(!port.test && !port.locate_required && !port.cancel_on_disconnect);
    assert_eq!((port.cod_grace, port.crash_grace), (0, 30_000_000_000));
    assert_eq!((port.rate, port.burst, port.max_live), (0, 0, 1_000_000));
}

#[test]
fn a_security_has_the_rule_books_defaults() {
    let short = right("[instruments]\nA = \"1.50\"\n");
    let long = right("[[instrument]]\nsymbol = \"A\"\nreference_price = \"1.50\"\n");
    let expected = Instrument::new(Symbol::new("A"), Price(15_000));
    assert_eq!(short.instruments, std::slice::from_ref(&expected));
    assert_eq!(long.instruments, short.instruments);
    assert_eq!(
        (expected.lot, expected.collar_bps, expected.max_quantity),
        (Shares(100), 1_000, None)
    );
    assert_eq!((expected.test, expected.initial_state), (false, Overlay::None));
}
