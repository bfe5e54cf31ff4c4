//! Where a feed is told, and how patient its receiver is.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher as _, Hasher as _};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::str::FromStr;

use mdfeed::receiver::Config;

/// What is asked of the system for the buffer of each line: thousands of full packets.
const RECEIVE_BUFFER: usize = 4 * 1024 * 1024;

/// Where a feed is told, where it can be asked for again, and how patient its receiver is.
#[derive(Clone, Debug)]
pub struct FeedConfig {
    /// The lines, which all tell the same.
    pub lines: Vec<LineAddress>,
    /// Where messages can be asked for again, if anywhere.
    pub rerequest: Option<SocketAddr>,
    /// Where to begin, how long to wait, how much to hold. How many lines there are, and whether
    /// anybody can be asked, is taken from the addresses.
    pub receiver: Config,
    /// Bytes that the system is asked to hold for each line while the program does other things.
    pub receive_buffer: usize,
}

/// Where a line is heard. Lines are IPv4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineAddress {
    /// A multicast group, by way of the interface with this address.
    Group {
        /// The group and the port.
        group: SocketAddrV4,
        /// The interface.
        interface: Ipv4Addr,
    },
    /// An address of this machine that the venue sends to.
    Unicast(SocketAddrV4),
}

/// A text that names no line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadAddress {
    text: String,
    why: &'static str,
}

impl FeedConfig {
    /// Follows these lines from the day's first message on: what was told before is asked for. All
    /// else is as a receiver has it that nothing else was said to.
    #[must_use]
    pub fn new(lines: Vec<LineAddress>, rerequest: Option<SocketAddr>) -> Self {
        // Receivers that lost the same packet must not all ask at the same moments.
        let seed = RandomState::new().build_hasher().finish();
        let receiver = Config::new(seed);
        FeedConfig { lines, rerequest, receiver, receive_buffer: RECEIVE_BUFFER }
    }

    /// The feed of a venue on this machine that runs without a configuration.
    #[must_use]
    pub fn loopback() -> Self {
        let interface = Ipv4Addr::LOCALHOST;
        let line = |last, port| LineAddress::Group {
            group: SocketAddrV4::new(Ipv4Addr::new(239, 192, 26, last), port),
            interface,
        };
        let rerequest = SocketAddr::from((interface, 26410));
        FeedConfig::new(vec![line(1, 26401), line(2, 26402)], Some(rerequest))
    }
}

impl FromStr for LineAddress {
    type Err = BadAddress;

    /// `GROUP:PORT@INTERFACE`, or `ADDRESS:PORT` for a line that is sent to this machine alone.
    fn from_str(text: &str) -> Result<Self, BadAddress> {
        let bad = |why| BadAddress { text: text.to_owned(), why };
        let (address, interface) = match text.split_once('@') {
            Some((address, interface)) => (address, Some(interface)),
            None => (text, None),
        };
        let address: SocketAddrV4 = address.parse().map_err(|_| {
            bad("an IPv4 address and a port are wanted, as in 239.192.26.1:26401@127.0.0.1")
        })?;
        if address.port() == 0 {
            return Err(bad("nothing is sent to port 0: name the port of the line"));
        }
        let Some(interface) = interface else {
            return match address.ip().is_multicast() {
                true => Err(bad("behind a group and @ stands the interface's address")),
                false => Ok(LineAddress::Unicast(address)),
            };
        };
        let interface = interface.parse().map_err(|_| {
            bad("behind the @ stands the IPv4 address of an interface, not its name")
        })?;
        match address.ip().is_multicast() {
            true => Ok(LineAddress::Group { group: address, interface }),
            false => Err(bad("only groups, 224.0.0.0 to 239.255.255.255, are joined with @")),
        }
    }
}

impl fmt::Display for LineAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LineAddress::Group { group, interface } => write!(f, "{group} by {interface}"),
            LineAddress::Unicast(address) => address.fmt(f),
        }
    }
}

impl fmt::Display for BadAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\" is no line: {}", self.text, self.why)
    }
}

impl std::error::Error for BadAddress {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_people_write_them() {
        let line = "239.192.26.1:26401@127.0.0.1".parse();
        assert_eq!(line, Ok(FeedConfig::loopback().lines[0]));
        let line: LineAddress = "10.1.2.3:5000".parse().expect("an address of a machine");
        assert_eq!(line, LineAddress::Unicast(SocketAddrV4::new([10, 1, 2, 3].into(), 5000)));
        assert_eq!(line.to_string(), "10.1.2.3:5000");
    }

    #[test]
    fn what_is_no_line_is_refused_with_what_is_wanted() {
        for (text, why) in [
            ("239.192.26.1:26401", "stands the interface's address"),
            ("239.192.26.1@127.0.0.1", "an IPv4 address and a port are wanted"),
            ("239.192.26.1:0@127.0.0.1", "port 0"),
            ("10.1.2.3:0", "port 0"),
            ("239.192.26.1:26401@eth0", "not its name"),
            ("10.0.0.1:26401@127.0.0.1", "224.0.0.0 to 239.255.255.255"),
            ("[ff02::1]:26401@127.0.0.1", "an IPv4 address"),
            ("", "are wanted"),
        ] {
            let refusal = LineAddress::from_str(text).expect_err(text).to_string();
            assert!(refusal.contains(why) && refusal.contains(text), "{refusal}");
        }
    }
}
