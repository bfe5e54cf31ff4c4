//! The configuration of a venue to be tested: small, quick to start.

use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::SystemTime;

/// Where a feed is told and asked for: groups and ports that no other test has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Channel {
    pub(crate) lines: [SocketAddrV4; 2],
    pub(crate) interface: Ipv4Addr,
    pub(crate) rerequest: SocketAddrV4,
}

static NEXT: AtomicU32 = AtomicU32::new(0);

impl Channel {
    /// On the loopback interface.
    pub(crate) fn fresh() -> Self {
        Self::by(Ipv4Addr::LOCALHOST)
    }

    /// On the interface with this address.
    pub(crate) fn by(interface: Ipv4Addr) -> Self {
        // Test processes run side by side, and so do tests: each has 64 numbers, and a channel two.
        let own = NEXT.fetch_add(1, Ordering::Relaxed) % 32 * 2;
        let line = |which| {
            let unique = std::process::id().wrapping_mul(64).wrapping_add(own + which);
            let [_, _, third, fourth] = unique.to_be_bytes();
            // A socket that is bound to no group hears every group of its port.
            let port = 20_000 + (unique % 10_000) as u16;
            SocketAddrV4::new(Ipv4Addr::new(239, 193, third, fourth), port)
        };
        let rerequest = SocketAddrV4::new(interface, free_port());
        Channel { lines: [line(0), line(1)], interface, rerequest }
    }
}

/// A port of UDP that nobody has, and that no other test gets. The system hands out higher ones.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let base = std::process::id().wrapping_mul(64);
    let mut ports = std::iter::repeat_with(|| {
        let unique = base.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        10_000 + (unique % 10_000) as u16
    });
    let is_free = |port: &u16| UdpSocket::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    ports.find(is_free).expect("there are always more numbers")
}

/// A configuration, section by section.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    pub(crate) listen: Ipv4Addr,
    /// The lines, as tables.
    pub(crate) lines: Vec<String>,
    /// More lines of `[feed]`.
    pub(crate) feed: String,
    /// The lines of `[recovery]`.
    pub(crate) recovery: String,
    pub(crate) durability: &'static str,
    /// More lines of `[journal]`.
    pub(crate) journal: String,
}

impl Setup {
    /// Users P1 to P4 with the password "secret", for FRM1 to FRM4, and the securities AAA to DDD
    /// at 10.00; a feed on two groups, and rerequests.
    pub(crate) fn new(channel: &Channel) -> Self {
        let Channel { lines, interface, rerequest } = channel;
        let line = |group: &SocketAddrV4| {
            format!("{{ group = \"{group}\", interface = \"{interface}\" }}")
        };
        Setup {
            listen: *interface,
            lines: lines.iter().map(line).collect(),
            feed: String::new(),
            recovery: format!("rerequest = \"{rerequest}\""),
            durability: "disk",
            journal: String::new(),
        }
    }

    /// With these lines in `[feed]`.
    pub(crate) fn with_feed(mut self, lines: &str) -> Self {
        lines.clone_into(&mut self.feed);
        self
    }

    /// With these lines in `[recovery]` besides the address.
    pub(crate) fn with_recovery(mut self, lines: &str) -> Self {
        self.recovery.push('\n');
        self.recovery.push_str(lines);
        self
    }

    pub(crate) fn with_durability(mut self, durability: &'static str) -> Self {
        self.durability = durability;
        self
    }

    /// As the file has it.
    pub(crate) fn text(&self) -> String {
        let Setup { listen, lines, feed, recovery, durability, journal } = self;
        let (zone, lines) = (zone(), lines.join(", "));
        let mut text = format!(
            "[venue]\ntimezone = \"{zone}\"\n\
             [order_entry]\nlisten = \"{listen}:0\"\n\
             [feed]\nlines = [{lines}]\n{feed}\n\
             [recovery]\n{recovery}\n\
             [journal]\ndurability = \"{durability}\"\nsegment_bytes = \"1MiB\"\n\
             low_disk_warn = 1\nlow_disk_stop = 0\n{journal}\n\
             [limits]\nsymbols = 64\nports = 64\nlive_orders = 50000\nlevels = 4096\n\
             min_qty_orders = 64\nbroken_trades = 64\n\
             [threads]\nspin = \"0s\"\n"
        );
        for n in 1..=4 {
            text.push_str(&format!(
                "[[port]]\nusername = \"P{n}\"\npassword = \"secret\"\nfirm = \"FRM{n}\"\n"
            ));
        }
        for symbol in ["AAA", "BBB", "CCC", "DDD"] {
            text.push_str(&format!(
                "[[instrument]]\nsymbol = \"{symbol}\"\ntick = \"0.01\"\n\
                 reference_price = \"10.00\"\n"
            ));
        }
        text
    }
}

/// A time zone in which it is about noon, so that no midnight comes while tests run.
fn zone() -> &'static str {
    static ZONE: OnceLock<String> = OnceLock::new();
    ZONE.get_or_init(|| {
        let now = SystemTime::UNIX_EPOCH.elapsed().expect("the clock is after 1970").as_secs();
        // The names of these zones count westwards.
        match now / 3600 % 24 {
            hour @ 0..=12 => format!("Etc/GMT-{}", 12 - hour),
            hour => format!("Etc/GMT+{}", hour - 12),
        }
    })
}
