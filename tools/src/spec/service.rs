//! Where the dissector looks for the venue's traffic, unless it is told otherwise.

/// A kind of traffic, and the ports that it is on.
#[derive(Debug)]
pub struct Service {
    /// Name of the setting that holds the ports.
    pub setting: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// `tcp` or `udp`.
    pub transport: &'static str,
    /// The ports, as settings write them.
    pub ports: &'static str,
    /// What these ports are.
    pub meaning: &'static str,
    /// Name of the protocol for Decode As, behind `outcry.`.
    pub protocol: &'static str,
}

impl Service {
    /// Its name for people, with the transport.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}, {}", self.title, self.transport.to_uppercase())
    }
}

/// All that the venue serves, at the ports of its embedded configuration.
pub const SERVICES: [Service; 5] = [
    Service {
        setting: "order_entry",
        title: "Order entry",
        transport: "tcp",
        ports: "9001",
        meaning: "Ports of the venue that speak OUCH over SoupBinTCP",
        protocol: "orders",
    },
    Service {
        setting: "replay",
        title: "Replay",
        transport: "tcp",
        ports: "26411",
        meaning: "Ports of the venue that speak ITCH over SoupBinTCP",
        protocol: "replay",
    },
    Service {
        setting: "snapshot",
        title: "Snapshot",
        transport: "tcp",
        ports: "26412",
        meaning: "Ports of the venue that speak GLIMPSE over SoupBinTCP",
        protocol: "snapshot",
    },
    Service {
        setting: "feed",
        title: "Feed",
        transport: "udp",
        ports: "26401-26402",
        meaning: "Ports that the feed is sent to, ITCH over MoldUDP64",
        protocol: "mold",
    },
    Service {
        setting: "rerequest",
        title: "Rerequest",
        transport: "udp",
        ports: "26410",
        meaning: "Ports of the venue that take MoldUDP64 requests",
        protocol: "mold",
    },
];
