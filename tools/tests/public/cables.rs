//! A venue on one host and its receivers on another.

use std::fs;
use std::net::{SocketAddr, SocketAddrV4, UdpSocket};
use std::path::Path;
use std::thread;
use std::time::Duration;

use client::feed::LineAddress;
use socket2::{Domain, Protocol, Socket, Type};

use crate::kit::{
    ADDRESSES, Channel, Folder, Follower, Hosts, Past, SOON, Setup, Trader, Venue,
    a_day_of_everything, admin, outcry, unicast, wait_for,
};

/// Starts a venue on the first host.
fn start(hosts: &Hosts, setup: &Setup, data: &Path) -> Venue {
    let file = data.with_extension("toml");
    fs::write(&file, setup.text()).expect("the folder can be written");
    let mut command = outcry();
    command.arg("--config").arg(file).arg("--data").arg(data);
    let venue = Venue::of_command(&mut hosts.command(0, &command)).ready();
    venue.unwrap_or_else(|exit| panic!("the venue did not start: {exit:?}"))
}

/// A line that the second host hears: its group, joined there.
fn joined(group: SocketAddrV4) -> LineAddress {
    LineAddress::Group { group, interface: ADDRESSES[1] }
}

#[test]
fn another_host_follows_groups_and_lines_of_its_own_and_asks_again() {
    let Some(hosts) = Hosts::new() else { return };
    let channel = Channel::by(ADDRESSES[0]);
    let folder = Folder::new();
    let data = folder.join("data");
    let own = SocketAddr::from((ADDRESSES[1], 20_001));
    // The system cuts packets that are longer than a frame, and puts them together again.
    let mut setup = Setup::new(&channel).with_feed("payload_max = 9000");
    setup.lines[1] = format!("{{ receivers = [\"{own}\"] }}");
    let venue = start(&hosts, &setup, &data);
    let address = venue.address();
    // Told before anybody listens: it can only be asked for, across the cable.
    let venue = hosts.on(1, move || {
        a_day_of_everything(&venue);
        venue
    });
    let lines = [joined(channel.lines[0]), unicast(own)];
    let open = |lines: &[LineAddress], ask| hosts.on(1, || Follower::open(lines.to_vec(), ask));
    let mut followers =
        [open(&lines[..1], Some(channel.rerequest)), open(&lines[1..], Some(channel.rerequest))];
    hosts.on(0, || Trader::new("P3", 1).trade(address, 400));
    for follower in &mut followers {
        follower.follow("what was told", |it| it.messages.len() > 400);
    }
    // What is told while the cable is out is asked for afterwards.
    hosts.set_cable("down");
    hosts.on(0, || Trader::new("P3", 2).trade(address, 400));
    hosts.set_cable("up");
    hosts.on(0, || Trader::new("P4", 3).trade(address, 400));
    admin(&venue, "end-day");
    let past = Past::read(&data, 100);
    for follower in &mut followers {
        follower.follow_to_end();
        follower.has(&past);
        assert!(follower.counts().healed_by_answers > 0, "{:?}", follower.counts());
    }
}

/// A socket that hears every packet of a group on the second host, with its IP header.
fn raw(hosts: &Hosts, group: SocketAddrV4) -> UdpSocket {
    hosts.on(1, || {
        let socket = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::UDP)).expect("root may");
        socket.join_multicast_v4(group.ip(), &ADDRESSES[1]).expect("the interface is there");
        socket.set_read_timeout(Some(SOON)).expect("it is more than 0");
        socket.into()
    })
}

#[test]
fn packets_pass_as_many_routers_as_they_are_told_to() {
    for (lines, ttl) in [("", 1), ("ttl = 7", 7)] {
        let Some(hosts) = Hosts::new() else { return };
        let channel = Channel::by(ADDRESSES[0]);
        let folder = Folder::new();
        let socket = raw(&hosts, channel.lines[0]);
        let setup = Setup::new(&channel).with_feed(lines);
        let venue = start(&hosts, &setup, &folder.join("data"));
        let mut packet = [0; 2_048];
        let told = wait_for("a packet of the feed", || {
            let count = socket.recv(&mut packet).expect("a packet comes");
            let group = channel.lines[0].ip().octets();
            // The header of IP has the time to live, the address of who sent it, and where to.
            (packet[16..20] == group).then(|| (packet[8], packet[12..16].to_vec(), count))
        });
        assert_eq!((told.0, told.1), (ttl, ADDRESSES[0].octets().to_vec()), "{} bytes", told.2);
        venue.stop();
    }
}

#[test]
fn a_receiver_that_is_not_there_costs_the_others_nothing() {
    let Some(hosts) = Hosts::new() else { return };
    let channel = Channel::by(ADDRESSES[0]);
    let folder = Folder::new();
    let data = folder.join("data");
    let [nobody, somebody] = [20_002, 20_003].map(|port| SocketAddr::from((ADDRESSES[1], port)));
    let mut setup = Setup::new(&channel);
    // The first is a host where nobody listens, the second one that does not exist.
    let gone = "192.0.2.99:20000";
    setup.lines[0] = format!("{{ receivers = [\"{nobody}\", \"{gone}\", \"{somebody}\"] }}");
    let mut follower = hosts.on(1, || Follower::open(vec![unicast(somebody)], None));
    let venue = start(&hosts, &setup, &data);
    let address = venue.address();
    hosts.on(0, || {
        for seed in 0..5 {
            Trader::new("P1", seed).trade(address, 100);
            // Time for the other host to say that nobody is there.
            thread::sleep(Duration::from_millis(50));
        }
    });
    admin(&venue, "end-day");
    follower.follow_to_end();
    follower.has(&Past::read(&data, 100));
}
