//! Where the feed of a venue is told.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use appliance::config::{Config, Line};
use client::feed::{Feed, FeedConfig, LineAddress};

use super::error::FeedFailure;
use super::remarks::Remarks;

/// The configuration of a venue, that of one without a file if none is named.
///
/// # Errors
/// If it is wrong.
pub fn venue(path: Option<&Path>) -> Result<Config, FeedFailure> {
    match path {
        Some(path) => Config::read(path).map_err(FeedFailure::Config),
        None => Ok(Config::embedded()),
    }
}

/// The lines of a venue.
///
/// # Errors
/// If it has none, or none that a program could hear without being told more.
pub fn lines_of(config: &Config) -> Result<Vec<LineAddress>, FeedFailure> {
    let misuse = |what: &str| FeedFailure::Misuse(what.to_owned());
    if config.feed.lines.is_empty() {
        return Err(misuse("this venue has no feed: `lines` of [feed] is empty"));
    }
    let lines = config.feed.lines.iter().map(|line| match *line {
        Line::Group { group, interface } => Ok(LineAddress::Group { group, interface }),
        // Which of them is meant the file cannot tell.
        Line::Receivers(_) => Err(misuse(
            "a line of this venue goes to receivers: say with --receive where it is heard here",
        )),
    });
    lines.collect()
}

/// The server that a venue has for who missed something.
#[must_use]
pub fn server_of(config: &Config, lines: &[LineAddress]) -> Option<SocketAddr> {
    config.recovery.rerequest.map(|server| reachable(server, lines))
}

/// Listens from now on, and says where.
///
/// # Errors
/// If a line cannot be joined.
pub fn open(config: &FeedConfig, remarks: &Remarks) -> Result<Feed, FeedFailure> {
    let feed = Feed::open(config)?;
    remarks.begin((config.receive_buffer, feed.receive_buffer()));
    Ok(feed)
}

/// Where a server is asked that listens at every address of its machine: this one, or the
/// interface of the lines.
fn reachable(server: SocketAddr, lines: &[LineAddress]) -> SocketAddr {
    if !server.ip().is_unspecified() {
        return server;
    }
    let interface = lines.iter().find_map(|line| match line {
        LineAddress::Group { interface, .. } => Some(*interface),
        LineAddress::Unicast(_) => None,
    });
    (interface.unwrap_or(Ipv4Addr::LOCALHOST), server.port()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_venue_without_a_configuration_is_followed_where_the_client_expects_it() {
        let (venue, config) = (venue(None).expect("it is tested"), FeedConfig::loopback());
        let lines = lines_of(&venue).expect("it has a feed");
        assert_eq!(server_of(&venue, &lines), config.rerequest);
        assert_eq!(lines, config.lines);
    }

    #[test]
    fn a_server_at_every_address_is_asked_by_the_interface_of_the_lines() {
        let server: SocketAddr = "0.0.0.0:26410".parse().expect("an address");
        let line = |text: &str| text.parse::<LineAddress>().expect("a line");
        let lines = [line("10.1.2.3:5000"), line("239.192.26.1:26401@10.0.0.7")];
        assert_eq!(reachable(server, &lines).to_string(), "10.0.0.7:26410");
        assert_eq!(reachable(server, &lines[..1]).to_string(), "127.0.0.1:26410");
        let named = "10.0.0.9:26410".parse().expect("an address");
        assert_eq!(reachable(named, &lines), named);
    }
}
