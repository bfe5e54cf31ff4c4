//! What brokers do at random.

use std::time::Duration;

use protocol_spec::wire::ouch::TimeInForce;
use tests::flow::prng::Prng;
use tests::world::broker::{Order, mass_cancel};
use tests::world::house::{Ended, House};

/// An order near 10.00.
pub(crate) fn order(prng: &mut Prng) -> Order {
    let side = prng.pick(b"BS");
    let price = 99_000 + 100 * prng.below(20);
    let shares = prng.between(1, 300);
    match prng.below(20) {
        0 => Order { tif: TimeInForce(*b"3"), ..Order::day(side, shares, price) },
        1 => Order {
            tif: TimeInForce(*b"6"),
            seconds: prng.between(1, 3),
            ..Order::day(side, shares, price)
        },
        // Refused: no price of this tick, no shares, no such time in force.
        2 => Order::day(side, shares, price + 1),
        3 => Order::day(side, 0, price),
        4 => Order { tif: TimeInForce(*b"?"), ..Order::day(side, shares, price) },
        _ => Order::day(side, shares, price),
    }
}

/// Each broker may connect, send something, break or leave.
pub(crate) fn act(house: &mut House) {
    let now = house.now();
    let House { brokers, prng, .. } = house;
    for broker in brokers {
        if !broker.is_connected() {
            if prng.once_in(4) {
                broker.from_start = prng.once_in(4);
                broker.connect(now);
            }
            continue;
        }
        if !broker.is_live() || prng.once_in(3) {
            continue;
        }
        match prng.below(200) {
            0 => broker.hang_up(),
            1 => broker.slam(now),
            2 => broker.log_out(now),
            // A second login of the port.
            3 => broker.connect(now),
            4..8 => {
                broker.ask(now, mass_cancel);
            }
            8..30 => {
                let number = 1 + prng.below(u64::from(broker.last) + 1);
                let [a, b, c, d] = u32::try_from(number).expect("a small number").to_be_bytes();
                broker.send(now, &[b'X', a, b, c, d, 0, 0, 0, 0]);
            }
            _ if broker.unanswered.len() < 200 => {
                for _ in 0..prng.between(1, 6) {
                    let order = order(prng);
                    broker.ask(now, |number| order.message(number));
                }
            }
            _ => {}
        }
    }
}

/// Rounds with brokers at work, until the process ends or there were so many.
pub(crate) fn work(house: &mut House, rounds: u64) -> Option<Ended> {
    for _ in 0..rounds {
        act(house);
        if let Some(ended) = house.turn() {
            return Some(ended);
        }
    }
    None
}

/// Every broker is in, resends, and has everything answered; then all is as it should be.
pub(crate) fn settle(house: &mut House) {
    let until = house.now() + Duration::from_secs(60);
    let rounds = house.rounds + 200_000;
    while !house.is_settled() {
        let is_late = house.now() > until || house.rounds > rounds;
        assert!(!is_late, "brokers do not get what is theirs: {:?}", house.brokers);
        house.connect_all();
        let ended = house.turn();
        assert_eq!(ended, None, "the process goes on");
    }
    house.check();
}

/// Orders that trade with nothing, until the journal has grown by so many bytes or more.
pub(crate) fn fill(house: &mut House, bytes: u64) {
    let mut sent = 0;
    while sent < bytes {
        house.connect_all();
        send_many(house, 100, &mut sent);
        assert_eq!(house.turn(), None, "the process goes on");
    }
}

/// The same, to the block, for the first segment of a journal.
pub(crate) fn fill_to(house: &mut House, used: u64) {
    let path = house.folders.journal.join("2026112001/00000001.segment");
    let is_full = |house: &House| {
        let bytes = house.disk.bytes(&path);
        let last = bytes.iter().rposition(|byte| *byte != 0).unwrap_or(0);
        last as u64 + 1 >= used
    };
    let mut sent = 0;
    while sent + 20_000 < used {
        send_many(house, 60, &mut sent);
        assert_eq!(house.turn(), None, "the process goes on");
    }
    let most = house.now() + Duration::from_secs(20);
    while !is_full(house) && house.now() < most {
        send_many(house, 1, &mut sent);
        house.run(Duration::from_millis(1));
    }
}

/// Orders of all brokers that are refused, which takes no memory, and the bytes that they take.
pub(crate) fn send_many(house: &mut House, count: u32, sent: &mut u64) {
    let now = house.now();
    for broker in &mut house.brokers {
        for _ in 0..count {
            if broker.unanswered.len() < 400 {
                let asked = broker.ask(now, |n| Order::day(b'B', 0, 100_000).message(n));
                *sent += if asked { 64 } else { 0 };
            }
        }
    }
}
