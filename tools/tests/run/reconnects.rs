//! Whoever comes back gets every reply again, from any number on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::kit::ouch::{buy, cancel, sell};
use crate::kit::{Broker, Folder, Login, Reply, Setup, Venue};

/// A few hundred replies of every kind of length.
fn trade(broker: &mut Broker, orders: u32) -> u64 {
    let mut count = 0;
    for n in (1..=orders).map(|n| 3 * n) {
        broker.send(&buy(n).bytes());
        broker.send(&sell(n + 1).with(3, &[0; 4]).with(5, &[0; 4]).bytes());
        broker.send(&cancel(n, 0));
        broker.send(&buy(n + 2).shares(0).bytes());
        // A buy and a sale are executed with each other, the third is rejected.
        count += 5;
        broker.replies(5);
    }
    count
}

/// Logs in from `from` on and takes all replies up to the one with number `last`.
fn from(venue: &Venue, from: u64, last: u64) -> Vec<Reply> {
    let mut broker = Broker::login_with(venue.address(), &Login::new("P1").from(from));
    assert_eq!(broker.next, from);
    broker.replies((last + 1 - from) as usize)
}

#[test]
fn every_number_of_a_day_can_be_gone_on_from() {
    let folder = Folder::new();
    let data = folder.join("data");
    let venue = Venue::start(&Setup::new(), &data);
    let mut broker = Broker::login_fresh(venue.address(), "P1");
    let last = 1 + trade(&mut broker, 60);
    let all = from(&venue, 1, last);
    assert!((1..).zip(&all).all(|(number, reply)| reply.number == number));
    for number in 2..=last {
        assert_eq!(from(&venue, number, last), all[number as usize - 1..], "from {number} on");
    }
    // Nothing is told twice: what comes next has the next number.
    let mut broker = Broker::login_with(venue.address(), &Login::new("P1").from(last + 1));
    assert_eq!(broker.ask(b"Q").number, last + 1);
    venue.kill();
    let venue = Venue::start(&Setup::new(), &data);
    assert_eq!(from(&venue, 1, last), all);
}

/// Several blocks of replies are in the file, not in memory, when a broker wants all of them.
#[test]
fn replies_of_a_long_day_come_again_while_others_trade() {
    let folder = Folder::new();
    let data = folder.join("data");
    let venue = Venue::start(&Setup::new(), &data);
    let mut broker = Broker::login_fresh(venue.address(), "P1");
    let mut all = vec![];
    for lap in 0..8_u32 {
        let numbers = lap * 500 + 1..=lap * 500 + 500;
        let orders: Vec<Vec<u8>> =
            numbers.map(|n| crate::kit::unsequenced(&buy(n).at(90_000).bytes())).collect();
        broker.send_raw(&orders.concat());
        all.extend(broker.replies(500));
    }
    let last = broker.next - 1;
    let again = |venue: &Venue| {
        let (is_over, address) = (AtomicBool::new(false), venue.address());
        thread::scope(|scope| {
            let trader = scope.spawn(|| {
                let mut p2 = Broker::login_with(address, &Login::new("P2").from(0));
                p2.reply();
                let mut n = p2.ask(b"Q").user_ref();
                while !is_over.load(Ordering::Relaxed) {
                    assert_eq!(p2.ask(&sell(n).at(110_000).bytes()).kind(), 'A');
                    n += 1;
                }
            });
            for number in [1, 2, 300, 1000, last - 1, 1] {
                let told = from(venue, number, last);
                let expected = &all[number.max(2) as usize - 2..];
                let told = if number == 1 { &told[1..] } else { &told[..] };
                assert!(told == expected, "from {number} on");
            }
            is_over.store(true, Ordering::Relaxed);
            trader.join().expect("the other broker is served meanwhile");
        });
    };
    again(&venue);
    venue.kill();
    let venue = Venue::start(&Setup::new(), &data);
    again(&venue);
    venue.stop();
}
