//! The crates `moldudp` and `itchy`: a client, a server, a parser.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use moldudp::{
    MoldUDP64, MoldUDP64Server, Packet, PacketKind, RetransmissionPacket, RetransmissionRequest,
};

use super::parsed;
use crate::kit::{
    Channel, Folder, Follower, Past, SOON, Setup, Trader, Venue, a_day_of_everything, admin, same,
};

/// What `moldudp` gets of a line and of rerequests, put in order as its documentation asks for.
fn follow(channel: &Channel, session: &str) -> Vec<Vec<u8>> {
    let client = MoldUDP64::builder()
        .multicast_addr(channel.lines[0])
        .interface_addr(channel.interface)
        .rerequest_server_addrs(vec![SocketAddr::from(channel.rerequest)])
        .expected_session_ident(session.to_owned())
        .expected_seq_num(1)
        .build();
    let (datagrams, requests) = client.start().expect("the group can be joined");
    let (mut told, mut end, start) = (BTreeMap::new(), None, Instant::now());
    while end != Some(told.len() as u64 + 1) {
        assert!(start.elapsed() < SOON, "{} messages of {end:?}", told.len());
        let Ok(datagram) = datagrams.recv_timeout(Duration::from_millis(50)) else { continue };
        let packet = Packet::new(datagram.bytes());
        assert_eq!(packet.session_ident(), session);
        if let PacketKind::EndOfSession = packet.packet_kind() {
            end = Some(packet.seq_num());
        }
        for (number, message) in (packet.seq_num()..).zip(&packet) {
            let known = told.entry(number).or_insert_with(|| message.data().to_vec());
            assert_eq!(known, message.data(), "message {number} is told otherwise");
        }
        // An answer is one packet: the rest is for who asked to ask for again.
        let first = (1..).find(|number| !told.contains_key(number)).expect("numbers go on");
        let last = told.keys().next_back().copied().unwrap_or_default();
        if first <= last || end.is_some_and(|end| first < end) {
            let behind = told.range(first..).next().map(|(number, _)| *number).or(end);
            let missing = behind.map_or(1, |behind| behind - first).min(100) as u16;
            let request = RetransmissionPacket::new(*packet.session_ident_raw(), first, missing);
            requests.try_send(RetransmissionRequest::new(request)).unwrap_or_default();
        }
    }
    told.into_values().collect()
}

#[test]
fn a_client_from_elsewhere_gets_every_message_live_and_again() {
    let channel = Channel::fresh();
    let folder = Folder::new();
    let data = folder.join("data");
    let venue = Venue::start(&Setup::new(&channel), &data);
    // Told before anybody listens.
    a_day_of_everything(&venue);
    let session = Past::read(&data, usize::MAX).session;
    let told = thread::scope(|scope| {
        let client = scope.spawn(|| follow(&channel, &session));
        Trader::new("P3", 3).trade(venue.address(), 600);
        admin(&venue, "end-day");
        client.join().expect("the client gets everything")
    });
    let past = Past::read(&data, 50);
    same(&told, &past.messages);
    // A parser from elsewhere reads every one of them, and its books are those of the venue.
    let (marks, books): (Vec<u64>, Vec<_>) = past.books.into_iter().unzip();
    for ((mark, parsed), expected) in marks.iter().zip(parsed::books(&told, &marks)).zip(books) {
        assert_eq!(parsed, expected, "behind message {mark}");
    }
}

#[test]
fn a_server_from_elsewhere_is_followed_and_asked() {
    let channel = Channel::fresh();
    let mut follower = Follower::of(&channel);
    let server = MoldUDP64Server::builder()
        .multicast_addr(channel.lines[0])
        .interface_addr(channel.interface)
        .rerequest_bind_addr(SocketAddr::from(channel.rerequest))
        .session("2026112001".to_owned())
        .build();
    let server = server.start().expect("its ports are free");
    let message = |number: u64| number.to_string().repeat(1 + number as usize % 9).into_bytes();
    let messages: Vec<Vec<u8>> = (1..=1_000).map(message).collect();
    for (at, packet) in messages.chunks(10).enumerate() {
        match at % 7 {
            3 | 4 => server.send_dropped(packet.to_vec()),
            _ => server.send(packet.to_vec()),
        }
    }
    server.shutdown();
    follower.follow_to_end();
    same(&follower.messages, &messages);
    assert!(follower.counts().healed_by_answers > 200, "{:?}", follower.counts());
}
