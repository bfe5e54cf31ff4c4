//! Where the venue's figures can be read.

use std::net::SocketAddr;

use super::section::Section;

/// Where the venue's figures can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metrics {
    /// The address to listen at; `None` is none.
    pub listen: Option<SocketAddr>,
}

impl Metrics {
    /// `taken` is where brokers connect, if that is right.
    pub(super) fn read(section: &mut Section<'_, '_>, taken: Option<SocketAddr>) -> Self {
        const KEY: &str = "listen";
        let allowed = "an IP address with a port, such as \"127.0.0.1:9264\" or \"[::1]:9264\"; \
                       leave it out for none";
        let listen = section.find(KEY, allowed, |text: String| text.parse().ok());
        if let (Some(listen), Some(taken)) = (listen, taken)
            && are_one(listen, taken)
        {
            let problem = format!("is taken by order_entry.listen, \"{taken}\": give another port");
            section.fault(KEY, problem);
        }
        Metrics { listen }
    }
}

/// Whether who listens at the one address has the other as well.
fn are_one(one: SocketAddr, other: SocketAddr) -> bool {
    let has = |all: SocketAddr, one: SocketAddr| {
        all.ip().is_unspecified() && (all.is_ipv6() || one.is_ipv4())
    };
    let same = one.ip() == other.ip() || has(one, other) || has(other, one);
    same && one.port() == other.port() && one.port() != 0
}
