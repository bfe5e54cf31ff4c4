//! Addresses that cannot be listened to.

use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};

use client::feed::{Error, Feed, FeedConfig, LineAddress};

use crate::publisher::Publisher;

fn refusal(lines: Vec<LineAddress>) -> (Error, String) {
    let error = Feed::open(&FeedConfig::new(lines, None)).expect_err("it cannot be opened");
    let words = error.to_string();
    (error, words)
}

fn group(group: [u8; 4], interface: [u8; 4]) -> LineAddress {
    LineAddress::Group { group: SocketAddrV4::new(group.into(), 0), interface: interface.into() }
}

#[test]
fn an_interface_that_is_not_there_is_named_with_what_to_do() {
    // An address of a block that is kept for documents.
    let (error, words) = refusal(vec![group([239, 192, 0, 1], [192, 0, 2, 1])]);
    assert!(matches!(error, Error::Join(..)), "{error:?}");
    assert!(words.contains("239.192.0.1:0 by 192.0.2.1"), "{words}");
    assert!(words.contains("no interface of this machine has that address"), "{words}");
}

#[test]
fn an_address_that_is_no_group_is_named() {
    let (error, words) = refusal(vec![group([10, 0, 0, 1], [127, 0, 0, 1])]);
    assert!(matches!(error, Error::NotAGroup(_)), "{error:?}");
    assert!(words.contains("10.0.0.1:0 by 127.0.0.1"), "{words}");
    assert!(words.contains("224.0.0.0 to 239.255.255.255"), "{words}");
}

#[test]
fn an_address_that_is_taken_or_none_of_this_machine_is_named() {
    let taken = UdpSocket::bind("127.0.0.1:0").expect("a port is free");
    let port = taken.local_addr().expect("it is bound").port();
    let unicast = |address| LineAddress::Unicast(SocketAddrV4::new(address, port));
    let (error, words) = refusal(vec![unicast(Ipv4Addr::LOCALHOST)]);
    assert!(matches!(error, Error::Listen(..)), "{error:?}");
    assert!(words.contains("another program listens there"), "{words}");
    let (_, words) = refusal(vec![unicast(Ipv4Addr::new(192, 0, 2, 1))]);
    assert!(words.contains("no interface of this machine has that address"), "{words}");
}

#[test]
fn a_feed_has_one_line_at_least_and_eight_at_most() {
    let publisher = Publisher::with_groups(9);
    let (error, words) = refusal(publisher.config().lines);
    assert!(matches!(error, Error::LineCount(9)) && words.contains("8 at most"), "{words}");
    let (error, _) = refusal(Vec::new());
    assert!(matches!(error, Error::LineCount(0)));
    Feed::open(&FeedConfig::new(publisher.config().lines[..8].to_vec(), None)).expect("eight");
}

#[test]
fn the_system_says_how_much_it_holds() {
    let publisher = Publisher::with_groups(1);
    let config = |receive_buffer| FeedConfig { receive_buffer, ..publisher.config() };
    let feed = Feed::open(&config(64 * 1024)).expect("the group can be joined");
    assert_eq!(feed.receive_buffer(), 64 * 1024);
    let most = Feed::open(&config(1 << 30)).expect("the group can be joined");
    assert!(most.receive_buffer() < 1 << 30, "a limit of the system holds");
}
