//! Where brokers connect, and how long they are waited for.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use super::section::Section;

/// Where brokers connect, and how long they are waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderEntry {
    /// The address to listen at.
    pub listen: SocketAddr,
    /// Most connections that are logged in.
    pub max_connections: usize,
    /// Most connections that are not logged in yet.
    pub max_pending: usize,
    /// How long a connection may take to log in.
    pub login_timeout: Duration,
    /// How long a connection may be silent.
    pub idle_timeout: Duration,
    /// Most replies that a broker who once had them all may be behind.
    pub max_behind: u64,
    /// How long a broker may take nothing of what waits for it.
    pub stall_timeout: Duration,
}

impl Default for OrderEntry {
    fn default() -> Self {
        OrderEntry {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 9001)),
            max_connections: 1024,
            max_pending: 64,
            login_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(15),
            max_behind: 250_000,
            stall_timeout: Duration::from_secs(5),
        }
    }
}

impl OrderEntry {
    /// Most connections of either kind.
    const MAX_CONNECTIONS: usize = 65_535;
    /// The least silence that can be told from an ordinary one: heartbeats come once a second.
    const MIN_IDLE: Duration = Duration::from_secs(3);
    const SECOND: Duration = Duration::from_secs(1);
    const HOUR: Duration = Duration::from_secs(3_600);

    pub(super) fn read(section: &mut Section<'_, '_>) -> Self {
        let default = OrderEntry::default();
        let allowed = "an IP address with a port, such as \"127.0.0.1:9001\" or \"[::1]:9001\"; \
                       \"0.0.0.0:9001\" is every address of this machine";
        let listen = section.find("listen", allowed, |text: String| text.parse().ok());
        let connections = 1..=Self::MAX_CONNECTIONS;
        let wait = Self::SECOND..=Self::HOUR;
        OrderEntry {
            listen: listen.unwrap_or(default.listen),
            max_connections: section.number(
                "max_connections",
                default.max_connections,
                connections.clone(),
            ),
            max_pending: section.number("max_pending", default.max_pending, connections),
            login_timeout: section.duration("login_timeout", default.login_timeout, wait.clone()),
            idle_timeout: section.duration(
                "idle_timeout",
                default.idle_timeout,
                Self::MIN_IDLE..=Self::HOUR,
            ),
            max_behind: section.number("max_behind", default.max_behind, 1_000..=1_000_000_000),
            stall_timeout: section.duration("stall_timeout", default.stall_timeout, wait),
        }
    }
}
