//! Bytes however they come, and bytes that have no place: a reply, or the reason and the end.

use std::thread;
use std::time::Duration;

use crate::kit::ouch::{buy, cancel, query_on, sell};
use crate::kit::{Broker, Folder, Login, Packet, Setup, Venue, framed, unsequenced};

fn venue() -> (Venue, Folder) {
    let folder = Folder::new();
    let venue = Venue::start(&Setup::new(), &folder.join("data"));
    (venue, folder)
}

#[test]
fn bytes_may_come_one_at_a_time() {
    let (venue, _folder) = venue();
    let mut broker = Broker::connect(venue.address());
    let order = unsequenced(&buy(1).bytes());
    let bytes = [Login::new("P1").packet(), order, b"\x00\x01R".to_vec(), framed(b"+hello")];
    for byte in bytes.concat() {
        broker.send_raw(&[byte]);
        // Each in a segment of its own.
        thread::sleep(Duration::from_micros(200));
    }
    broker.accepted();
    assert_eq!(broker.replies(2)[1].untimed(), buy(1).accepted(1));
}

#[test]
fn a_login_and_a_thousand_orders_may_come_at_once() {
    let (venue, _folder) = venue();
    let mut broker = Broker::connect(venue.address());
    let orders = (1..=1000).flat_map(|n| unsequenced(&buy(n).at(90_000).bytes()));
    let bytes: Vec<u8> = Login::new("P1").packet().into_iter().chain(orders).collect();
    broker.send_raw(&bytes);
    broker.accepted();
    let replies = broker.replies(1001);
    for (n, reply) in (1..).zip(&replies[1..]) {
        assert_eq!(reply.untimed(), buy(n).at(90_000).accepted(n.into()));
    }
}

/// What a stranger sends, and the words of the answer.
const STRANGE: [(&[u8], &str); 14] = [
    (b"\x00\x00", "packet of length 0"),
    (b"\x00\x00\x00\x00\x00\x00", "packet of length 0"),
    (b"GET / HTTP/1.1\r\n\r\n", "packet of length 18245, the longest"),
    (b"\xff\xff", "packet of length 65535, the longest"),
    (b"\x04\x02L", "packet of length 1026, the longest"),
    (b"\x00\x01R", "packet of type \"R\" where the login belongs"),
    (b"\x00\x01O", "packet of type \"O\" where the login belongs"),
    (b"\x00\x03+hi", "packet of type \"+\" where the login belongs"),
    (b"\x00\x02UQ", "packet of type \"U\" where the login belongs"),
    (b"\x00\x01H", "packet of type \"H\" where the login belongs"),
    (b"\x00\x01?", "unknown message type \"?\""),
    (b"\x00\x01\xff", "unknown message type \"\\xff\""),
    (b"\x00\x01L", "malformed packet"),
    (b"\x00\x02Lx", "malformed packet"),
];

#[test]
fn what_is_no_login_gets_the_reason_and_the_end() {
    let (venue, _folder) = venue();
    for (bytes, words) in STRANGE {
        let mut broker = Broker::connect(venue.address());
        broker.send_raw(bytes);
        broker.dismissed(words);
    }
    for extra in [1, 4, 6, 100] {
        let mut broker = Broker::connect(venue.address());
        let login = Login::new("P1").packet();
        broker.send_raw(&framed(&[&login[2..], &vec![b' '; extra]].concat()));
        broker.dismissed("malformed packet");
    }
}

/// What somebody who is logged in sends, and the words of the answer.
const OUT_OF_PLACE: [(&[u8], &str); 12] = [
    (b"\x00\x00", "packet of length 0"),
    (b"\xff\xff", "packet of length 65535, the longest"),
    (b"\x00\x01S", "packet of type \"S\" has no place here"),
    (b"\x00\x01H", "packet of type \"H\" has no place here"),
    (b"\x00\x01Z", "packet of type \"Z\" has no place here"),
    (b"\x00\x01?", "malformed packet"),
    (b"\x00\x02Rx", "malformed packet"),
    (b"\x00\x01U", "no order message"),
    (b"\x00\x02U?", "no order message"),
    (b"\x00\x02UO", "no order message"),
    (b"\x00\x02UA", "no order message"),
    (b"\x00\x09UX1234567", "no order message"),
];

#[test]
fn what_has_no_place_gets_the_reason_and_the_end_and_the_orders_before_it_stand() {
    let (venue, _folder) = venue();
    let second_login = Login::new("P1").packet();
    let mut long = buy(1).bytes();
    long.truncate(46);
    let short_order = unsequenced(&long);
    let more = [
        (second_login.as_slice(), "packet of type \"L\" has no place here"),
        (short_order.as_slice(), "no order message"),
    ];
    for (n, (bytes, words)) in (1..).zip(OUT_OF_PLACE.into_iter().chain(more)) {
        let mut broker = Broker::connect(venue.address());
        let login = Login::new("P1").from(u64::from(n) + if n > 1 { 1 } else { 0 }).packet();
        let (good, lost) = (buy(n).at(90_000), buy(1_000_000));
        let good = unsequenced(&good.bytes());
        let lost = unsequenced(&lost.bytes());
        broker.send_raw(&[&login, good.as_slice(), bytes, lost.as_slice()].concat());
        broker.accepted();
        let (replies, text, end) = broker.rest();
        assert!(text.is_some_and(|text| text.contains(words)), "not \"{words}\"");
        assert_eq!(end, Packet::Closed, "{words}");
        // The reply may be told before the end or to the next login.
        assert!(replies.len() <= 2, "{replies:?}");
    }
    let mut broker = Broker::login_with(venue.address(), &Login::new("P1").from(2));
    let replies = broker.all_replies();
    let told: Vec<_> = replies.iter().map(|reply| (reply.kind(), reply.user_ref())).collect();
    assert_eq!(told, (1..=14).map(|n| ('A', n)).collect::<Vec<_>>());
}

#[test]
fn the_reason_arrives_though_rubbish_keeps_coming() {
    let (venue, _folder) = venue();
    let mut broker = Broker::connect(venue.address());
    broker.send_raw(b"\x00\x00");
    for _ in 0..100 {
        if !broker.try_send(&[0; 8192]) {
            break;
        }
    }
    broker.dismissed("packet of length 0");
}

#[test]
fn random_bytes_never_end_anything_but_their_connection() {
    let (venue, _folder) = venue();
    let mut p2 = Broker::login_fresh(venue.address(), "P2");
    let mut chance = crate::kit::Chance(crate::kit::Chance::fresh());
    println!("seed {}", chance.0);
    for n in 1..=60 {
        let mut broker = Broker::connect(venue.address());
        if n % 2 == 0 {
            broker.send_raw(&Login::new("P1").from(0).packet());
        }
        let len = 1 + chance.below(300);
        let mut bytes: Vec<u8> = (0..len).map(|_| chance.next() as u8).collect();
        if n % 3 == 0 {
            // A frame that is right with an order message that may be anything.
            bytes[0] = b"OUXMCDEQ"[chance.below(8) as usize];
            bytes = unsequenced(&bytes);
        }
        broker.send_raw(&bytes);
        broker.close_our_side();
        let ends_well = loop {
            match broker.packet() {
                Packet::Closed => break true,
                Packet::Torn | Packet::Reset => break false,
                _ => {}
            }
        };
        assert!(ends_well, "{bytes:?}");
        assert_eq!(p2.ask(&buy(n).at(90_000).bytes()).kind(), 'A');
    }
}

#[test]
fn who_logs_out_is_let_go_at_once_and_the_orders_stand() {
    let (venue, _folder) = venue();
    let mut broker = Broker::connect(venue.address());
    let orders = (1..=50).flat_map(|n| unsequenced(&sell(n).bytes()));
    let mut bytes: Vec<u8> = Login::new("P1").packet().into_iter().chain(orders).collect();
    bytes.extend(b"\x00\x01O");
    broker.send_raw(&bytes);
    broker.accepted();
    let (replies, text, end) = broker.rest();
    assert_eq!((text, end), (None, Packet::Closed));
    let next = replies.len() as u64 + 1;
    let mut broker = Broker::login_with(venue.address(), &Login::new("P1").from(next));
    let all = [replies, broker.all_replies()].concat();
    assert!((1..).zip(&all).all(|(number, reply)| reply.number == number));
    assert_eq!(all.len(), 51);
}

#[test]
fn who_closes_his_side_gets_what_was_under_way_and_the_rest_later() {
    let (venue, _folder) = venue();
    let mut broker = Broker::login_fresh(venue.address(), "P1");
    let orders: Vec<u8> =
        (1..=3000).flat_map(|n| unsequenced(&buy(n).at(90_000).bytes())).collect();
    broker.send_raw(&orders);
    broker.close_our_side();
    let (replies, text, end) = broker.rest();
    assert_eq!((text, end), (None, Packet::Closed));
    let next = replies.len() as u64 + 2;
    assert_eq!(next, broker.next);
    let mut broker = Broker::login_with(venue.address(), &Login::new("P1").from(next));
    let all = [replies, broker.all_replies()].concat();
    let told: Vec<_> = all.iter().map(|reply| (reply.kind(), reply.user_ref())).collect();
    assert_eq!(told, (1..=3000).map(|n| ('A', n)).collect::<Vec<_>>());
    // While all are told again, a broker closes his side: what he got is without a gap.
    let mut broker = Broker::login_with(venue.address(), &Login::new("P1").from(2));
    broker.close_our_side();
    let (replies, _, end) = broker.rest();
    // The answer by which the broker before knew that it had all may be among it.
    let count = replies.len().min(all.len());
    assert_eq!((end, &all[..count]), (Packet::Closed, &replies[..count]));
}

#[test]
fn a_packet_that_was_cut_off_is_nothing() {
    let (venue, _folder) = venue();
    let mut broker = Broker::login_fresh(venue.address(), "P1");
    let order = unsequenced(&buy(1).bytes());
    broker.send_raw(&order[..order.len() - 1]);
    broker.close_our_side();
    broker.closed();
    let mut broker = Broker::login_with(venue.address(), &Login::new("P1").from(2));
    broker.send(&cancel(1, 0));
    broker.send(&query_on(0));
    let reply = broker.reply();
    assert_eq!((reply.number, reply.kind(), reply.user_ref()), (2, 'Q', 1));
}

#[test]
fn who_closes_its_side_behind_its_orders_still_gets_their_replies() {
    let (venue, _folder) = venue();
    for round in 0..20 {
        let mut broker = Broker::connect(venue.address());
        let first = round * 10 + 1;
        let orders = (first..first + 10).flat_map(|n| unsequenced(&buy(n).bytes()));
        let login = Login::new("P1").from(0).packet();
        broker.send_raw(&login);
        broker.accepted();
        broker.reply();
        broker.send_raw(&orders.collect::<Vec<_>>());
        broker.close_our_side();
        for (n, reply) in (first..).zip(broker.replies(10)) {
            assert_eq!(reply.untimed(), buy(n).accepted(n.into()));
        }
        broker.closed();
    }
}
