//! The lines of the feed: where the public stream goes.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::ops::RangeInclusive;

use toml::de::DeValue;

use super::section::Section;

/// What a line has, as if it were a section.
pub(super) const LINES: &str = "feed.lines";

const LIST: &str = "a list of lines, such as [{ group = \"239.192.26.1:26401\", interface = \
                    \"127.0.0.1\" }]; [] is no feed";
const GROUP: &str = "a multicast address from 224.0.0.0 to 239.255.255.255 with a port, such as \
                     \"239.192.26.1:26401\"";
const INTERFACE: &str = "the IPv4 address of an interface of this machine, such as \"127.0.0.1\"";
const RECEIVERS: &str = "a list of 1 to 64 receivers, such as [\"10.1.2.3:26401\", \
                         \"feed.example:26401\"]";
const RECEIVER: &str = "a name or an IP address with a port, such as \"10.1.2.3:26401\"";

/// The public stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// The lines: each carries every message. The first is A, the next one B, and so on.
    pub lines: Vec<Line>,
    /// Routers that a packet to a group may pass, and one.
    pub ttl: u32,
    /// Most bytes of a packet.
    pub payload_max: u16,
}

/// Where a line goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// To whoever has joined a multicast group.
    Group {
        /// The group.
        group: SocketAddrV4,
        /// The address of the interface by which it is reached.
        interface: Ipv4Addr,
    },
    /// To each of these receivers, `host:port`.
    Receivers(Vec<String>),
}

impl Default for Feed {
    fn default() -> Self {
        let line = |last: u8| Line::Group {
            group: SocketAddrV4::new(Ipv4Addr::new(239, 192, 26, last), 26_400 + u16::from(last)),
            interface: Ipv4Addr::LOCALHOST,
        };
        Feed { lines: vec![line(1), line(2)], ttl: 1, payload_max: 1472 }
    }
}

impl Feed {
    /// Most lines: each has a letter, and numbers of its own that are told.
    pub const MAX_LINES: usize = 8;
    /// Most receivers of a line: each packet is sent to one after the other.
    const MAX_RECEIVERS: usize = 64;
    /// Bytes of packets: the longest message fits the smallest, and the largest fits a datagram.
    const PAYLOADS: RangeInclusive<u16> = 100..=65_507;

    /// What the line is called that stands at this place of the list.
    #[must_use]
    pub fn name(line: usize) -> char {
        let letter = u8::try_from(line).map_or(u8::MAX, |line| b'A'.saturating_add(line));
        char::from(letter)
    }

    pub(super) fn read(section: &mut Section<'_, '_>) -> Self {
        let default = Feed::default();
        Feed {
            lines: lines(section).unwrap_or(default.lines),
            ttl: section.number("ttl", default.ttl, 0..=255),
            payload_max: section.number("payload_max", default.payload_max, Self::PAYLOADS),
        }
    }
}

fn lines(section: &mut Section<'_, '_>) -> Option<Vec<Line>> {
    const KEY: &str = "lines";
    let elements = section.list(KEY, LIST)?;
    let count = elements.len();
    if count > Feed::MAX_LINES {
        let problem = format!("{count} lines: there are at most {}", Feed::MAX_LINES);
        section.fault(KEY, problem);
    }
    let mut lines: Vec<Line> = Vec::new();
    for element in elements {
        let place = element.span();
        let DeValue::Table(table) = element.into_inner() else {
            section.fault_of_element(KEY, place, format!("must be in {LIST}"));
            continue;
        };
        let Some(line) = section.read_inner(LINES, place.clone(), table, line) else { continue };
        if let Some(before) = lines.iter().position(|known| *known == line) {
            let name = Feed::name(before);
            let problem = format!("is line {name} already: receivers would have one line only");
            section.fault_of_element(KEY, place, problem);
        }
        lines.push(line);
    }
    Some(lines)
}

fn line(section: &mut Section<'_, '_>) -> Option<Line> {
    let group = section.find("group", GROUP, |text: String| {
        let group = text.parse::<SocketAddrV4>().ok();
        group.filter(|group| group.ip().is_multicast() && group.port() > 0)
    });
    let interface = section.find("interface", INTERFACE, |text: String| text.parse().ok());
    let receivers = receivers(section);
    match (section.has("group"), section.has("receivers")) {
        (false, false) => {
            let problem = "goes nowhere: give a group with its interface, or receivers";
            section.fault_of_all(problem.to_owned());
            None
        }
        (true, true) => {
            section.fault("receivers", "leave one out: there is a group as well".to_owned());
            None
        }
        (true, false) => {
            if !section.has("interface") {
                section.fault("interface", format!("is missing: it must be {INTERFACE}"));
            }
            Some(Line::Group { group: group?, interface: interface? })
        }
        (false, true) => {
            if section.has("interface") {
                let problem = "leave it out: the system finds the way to receivers by itself";
                section.fault("interface", problem.to_owned());
            }
            receivers.map(Line::Receivers)
        }
    }
}

fn receivers(section: &mut Section<'_, '_>) -> Option<Vec<String>> {
    const KEY: &str = "receivers";
    let elements = section.list(KEY, RECEIVERS)?;
    let count = elements.len();
    if !(1..=Feed::MAX_RECEIVERS).contains(&count) {
        section.fault(KEY, format!("must be {RECEIVERS}"));
        return None;
    }
    let mut receivers: Vec<String> = Vec::new();
    for element in elements {
        let is_receiver = |text: &String| {
            let parts = text.rsplit_once(':').map(|(host, port)| (host, port.parse::<u16>()));
            matches!(parts, Some((host, Ok(1..))) if !host.is_empty() && !host.contains(' '))
        };
        let receiver = |text: String| Some(text).filter(is_receiver);
        let Some(receiver) = section.element(KEY, element, RECEIVER, receiver) else { continue };
        if receivers.contains(receiver.get_ref()) {
            let problem = "is named already: leave it out".to_owned();
            section.fault_of_element(KEY, receiver.span(), problem);
        }
        receivers.push(receiver.into_inner());
    }
    (receivers.len() == count).then_some(receivers)
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Line::Group { group, interface } => write!(f, "{group} by {interface}"),
            Line::Receivers(receivers) => f.write_str(&receivers.join(", ")),
        }
    }
}
