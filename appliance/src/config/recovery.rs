//! Where the feed can be had again.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;

use ipnet::IpNet;

use super::section::Section;

/// Where the feed can be had again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// The address at which rerequests are heard, by UDP; `None` hears none.
    pub rerequest: Option<SocketAddr>,
    /// Who is answered; `None` is whoever can hear the lines: the networks of their interfaces,
    /// and their receivers.
    pub allow: Option<Vec<IpNet>>,
    /// Most packets of answers a second, to all together.
    pub rerequests_per_second: u32,
    /// Bytes of the newest messages that are kept in memory.
    pub memory: u64,
}

impl Default for Recovery {
    fn default() -> Self {
        Recovery {
            rerequest: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 26_410))),
            allow: None,
            rerequests_per_second: 20_000,
            memory: 64 << 20,
        }
    }
}

impl Recovery {
    /// Most networks.
    const MAX_NETWORKS: usize = 1_024;
    /// The memory that messages can have.
    const MEMORY: RangeInclusive<u64> = 1 << 20..=64 << 30;

    pub(super) fn read(section: &mut Section<'_, '_>) -> Self {
        let default = Recovery::default();
        let allowed = "an IP address with a port, such as \"127.0.0.1:26410\" or \
                       \"[::1]:26410\"; \"\" is none";
        let rerequest = section.find("rerequest", allowed, |text: String| match text.as_str() {
            "" => Some(None),
            text => text.parse().ok().map(Some),
        });
        Recovery {
            rerequest: rerequest.unwrap_or(default.rerequest),
            allow: allow(section),
            rerequests_per_second: section.number(
                "rerequests_per_second",
                default.rerequests_per_second,
                1..=10_000_000,
            ),
            memory: section.size("memory", default.memory, Self::MEMORY),
        }
    }
}

fn allow(section: &mut Section<'_, '_>) -> Option<Vec<IpNet>> {
    const KEY: &str = "allow";
    const LIST: &str = "a list of networks and addresses, such as [\"10.1.0.0/16\", \
                        \"10.2.3.4\"]; [] is nobody";
    const NETWORK: &str = "a network or an address, such as \"10.1.0.0/16\" or \"10.2.3.4\"";
    let elements = section.list(KEY, LIST)?;
    if elements.len() > Recovery::MAX_NETWORKS {
        section.fault(KEY, format!("there are at most {} of them", Recovery::MAX_NETWORKS));
    }
    let mut networks: Vec<IpNet> = Vec::new();
    for element in elements {
        let parsed = section.element(KEY, element, NETWORK, |text: String| network(&text));
        let Some(parsed) = parsed else { continue };
        let (place, network) = (parsed.span(), parsed.into_inner());
        if network != network.trunc() {
            let meant = network.trunc();
            let problem = format!("is one address of a network: \"{meant}\" is the whole of it");
            section.fault_of_element(KEY, place, problem);
        } else if networks.contains(&network) {
            section.fault_of_element(KEY, place, "is named already: leave it out".to_owned());
        }
        networks.push(network);
    }
    Some(networks)
}

/// A network, or a single address as one. IPv4 is written as IPv4: whoever asks is known so.
fn network(text: &str) -> Option<IpNet> {
    let network: IpNet = text.parse().ok().or_else(|| text.parse().map(IpAddr::into).ok())?;
    let is_mapped = |network: &IpNet| match network {
        IpNet::V4(_) => false,
        IpNet::V6(network) => network.addr().to_ipv4_mapped().is_some(),
    };
    Some(network).filter(|network| !is_mapped(network))
}
