//! Requests that nobody should send, and configurations that cannot work.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use client::{Order, OrderClient};
use protocol_spec::wire::ouch::Symbol;
use protocol_spec::words::{OrderPrice, Shares};

use crate::kit::{
    Asker, Chance, Channel, Folder, Packet, Setup, Tap, Told, Trader, Venue, admin, login,
    measured, request, wait_for, with_seed,
};

#[test]
fn what_is_no_request_is_not_answered_and_does_no_harm() {
    with_seed(|seed| {
        let told = Told::new(|setup| setup);
        let asker = Asker::from(Ipv4Addr::LOCALHOST, &told.channel);
        let (session, next) = (told.past.session.clone(), told.next());
        let mut wrong = vec![
            request("2000010101", 1, 1),
            request("          ", 1, 1),
            request(&session.to_lowercase().replace('2', "x"), 1, 1),
            request(&session, 0, 1),
            request(&session, 1, 0),
            request(&session, 1, u16::MAX),
            request(&session, next, 1),
            request(&session, u64::MAX, 1),
            request(&session, u64::MAX, 65_534),
        ];
        let good = request(&session, 1, 1);
        wrong.extend((0..20).map(|length| good[..length].to_vec()));
        wrong.push([good.as_slice(), &[0]].concat());
        wrong.push(vec![b'x'; 60_000]);
        let mut chance = Chance::of(seed);
        wrong.extend((0..500).map(|_| {
            let length = chance.below(64) as usize;
            (0..length).map(|_| chance.next() as u8).collect()
        }));
        // Of each, not all at once: the system would drop what is too much for a socket.
        for chunk in wrong.chunks(16) {
            chunk.iter().for_each(|bytes| asker.send(bytes));
            // What comes next is the answer to this alone.
            let answer = asker.ask(&session, 1, 1);
            told.check(&answer);
        }
        assert_eq!(asker.answer(Duration::from_millis(200)), None, "an answer to nothing");
        Trader::new("P2", seed).trade(told.venue.address(), 50);
    });
}

#[test]
fn only_who_is_allowed_is_answered() {
    let told = Told::new(|setup| setup.with_recovery("allow = [\"127.0.0.2\", \"127.9.0.0/16\"]"));
    let from = |last: [u8; 3]| {
        let [b, c, d] = last;
        Asker::from(Ipv4Addr::new(127, b, c, d), &told.channel)
    };
    let strangers = [[0, 0, 1], [0, 0, 3], [8, 0, 1], [10, 0, 1]].map(from);
    let guests = [[0, 0, 2], [9, 0, 1], [9, 255, 254]].map(from);
    for stranger in &strangers {
        stranger.send(&request(&told.past.session, 1, 1));
    }
    for guest in &guests {
        told.check(&guest.ask(&told.past.session, 1, 5));
    }
    for stranger in &strangers {
        assert_eq!(stranger.answer(Duration::from_millis(50)), None);
    }
}

/// What a flood comes to.
#[derive(Debug, Default)]
struct Flood {
    is_on: AtomicBool,
    is_over: AtomicBool,
    sent: AtomicU64,
    packets: AtomicU64,
    bytes: AtomicU64,
}

impl Flood {
    /// Sends from four addresses as fast as the system takes it, while it is on.
    fn run(&self, channel: &Channel, session: &str) {
        let from = |last| Asker::from(Ipv4Addr::new(127, 0, 0, last), channel);
        let flooders = [10, 11, 12, 13].map(from);
        let wanted = request(session, 1, 65_534);
        let foreign = request("2000010101", 1, 65_534);
        while !self.is_over.load(Ordering::Relaxed) {
            let count = if self.is_on.load(Ordering::Relaxed) { 10 } else { 0 };
            for flooder in &flooders {
                (0..count).for_each(|_| flooder.send(&wanted));
                (0..count).for_each(|_| flooder.send(&foreign));
                self.sent.fetch_add(2 * count, Ordering::Relaxed);
                while let Some(answer) = flooder.at_hand() {
                    self.packets.fetch_add(1, Ordering::Relaxed);
                    self.bytes.fetch_add(answer.len() as u64, Ordering::Relaxed);
                }
            }
            if count == 0 {
                thread::sleep(Duration::from_millis(1));
            }
        }
    }
}

/// The flood is over when this goes, so that nobody waits for it if a test fails.
struct Dam<'a>(&'a Flood);

impl Drop for Dam<'_> {
    fn drop(&mut self) {
        self.0.is_over.store(true, Ordering::Relaxed);
    }
}

/// What it takes until an order is told, in calm and in the flood, by turns: other tests run
/// meanwhile, and both shall suffer the same from them. The medians.
fn calm_and_flooded(flood: &Flood, told: &Told) -> (Duration, Duration) {
    let tap = Tap::on(told.channel.lines[0], told.channel.interface);
    let mut broker = login(&told.venue, "P2");
    let (mut calm, mut flooded) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        for (is_on, times) in [(false, &mut calm), (true, &mut flooded)] {
            flood.is_on.store(is_on, Ordering::Relaxed);
            // So that it has its effect.
            thread::sleep(Duration::from_millis(50));
            times.extend((0..20).map(|_| latency(&mut broker, &tap)));
        }
    }
    calm.sort_unstable();
    flooded.sort_unstable();
    (calm[calm.len() / 2], flooded[flooded.len() / 2])
}

/// The time from an order to its packet on line A.
fn latency(broker: &mut OrderClient, tap: &Tap) -> Duration {
    let order = Order::buy(Shares(100), Symbol::new("AAA"), OrderPrice(90_000));
    let before = tap.count();
    let sent = Instant::now();
    broker.send(order).expect("the connection stands");
    let heard = wait_for("its message", || {
        let heard = tap.heard_behind(before);
        let told = heard.iter().find(|it| !Packet::read(&it.bytes).messages().is_empty());
        told.map(|it| it.at)
    });
    heard - sent
}

#[test]
fn a_flood_of_requests_does_not_slow_the_stream_and_is_answered_by_the_budget() {
    const BUDGET: u64 = 500;
    let told = Told::new(|setup| setup.with_recovery(&format!("rerequests_per_second = {BUDGET}")));
    let (flood, start, memory) = (Flood::default(), Instant::now(), told.venue.memory());
    let (calm, flooded, asked) = thread::scope(|scope| {
        let (channel, session) = (&told.channel, told.past.session.as_str());
        let flood = &flood;
        scope.spawn(move || flood.run(channel, session));
        let _dam = Dam(flood);
        let (calm, flooded) = calm_and_flooded(flood, &told);
        // Somebody else gets his share meanwhile.
        let (asker, asked) = (Asker::from(Ipv4Addr::LOCALHOST, channel), Instant::now());
        told.check(&asker.ask(session, 1, 10));
        (calm, flooded, asked.elapsed())
    });
    let took = start.elapsed();
    let Flood { sent, packets, bytes, .. } = flood;
    let [sent, packets, bytes] = [sent, packets, bytes].map(AtomicU64::into_inner);
    let grown = told.venue.memory().saturating_sub(memory);
    assert!(grown < 32 << 20, "requests that wait take {grown} bytes");
    // What the bucket holds at first, and what flows in.
    let most = BUDGET + BUDGET * (took.as_secs() + 1);
    assert!(packets > 0 && packets <= most, "{packets} packets in {took:?}");
    assert!(bytes <= 1_472 * packets, "{bytes} bytes in {packets} packets");
    measured(&format!(
        "an order is told after {calm:?} (median of 100), and after {flooded:?} while {sent} \
         requests get {packets} answers in {took:?}; another's is answered after {asked:?}"
    ));
    // The flood takes one of two processors, and the tests beside this one the rest.
    assert!(flooded < 20 * calm + Duration::from_millis(20), "{flooded:?}, not {calm:?}");
}

#[test]
fn a_crowd_that_asks_once_and_leaves_keeps_nobody_out() {
    let told = Told::new(|setup| setup.with_recovery("rerequests_per_second = 300"));
    let memory = told.venue.memory();
    for number in 0..3_000_u32 {
        let [_, _, c, d] = number.to_be_bytes();
        let passer_by = Asker::from(Ipv4Addr::new(127, 77, c, d), &told.channel);
        passer_by.send(&request(&told.past.session, 1, 100));
    }
    told.check(&Asker::from(Ipv4Addr::LOCALHOST, &told.channel).ask(&told.past.session, 1, 10));
    let grown = told.venue.memory().saturating_sub(memory);
    assert!(grown < 32 << 20, "requests that wait take {grown} bytes");
    Trader::new("P2", 1).trade(told.venue.address(), 50);
}

#[test]
fn a_feed_that_cannot_be_told_is_refused_with_the_reason() {
    let refused = |change: &dyn Fn(&mut Setup), words: &[&str]| {
        let channel = Channel::fresh();
        let mut setup = Setup::new(&channel);
        change(&mut setup);
        let folder = Folder::new();
        let exit = Venue::try_start(&setup, &folder.join("data")).expect_err("it cannot work");
        assert!(exit.code.is_some_and(|code| code > 0), "{exit:?}");
        for word in words {
            assert!(exit.err.contains(word), "no \"{word}\" in {}", exit.err);
        }
    };
    let line = |group: &str, interface: &str| {
        format!("{{ group = \"{group}\", interface = \"{interface}\" }}")
    };
    // No interface of this machine has such an address: it is for documents.
    let foreign = line("239.193.0.1:20000", "192.0.2.77");
    refused(&|setup| setup.lines[1].clone_from(&foreign), &["192.0.2.77", "239.193.0.1:20000"]);
    let no_group = line("192.0.2.1:20000", "127.0.0.1");
    refused(&|setup| setup.lines[0].clone_from(&no_group), &["192.0.2.1:20000", "multicast"]);
    refused(
        &|setup| "rerequest = \"192.0.2.77:20000\"".clone_into(&mut setup.recovery),
        &["192.0.2.77:20000"],
    );
    refused(&|setup| "payload_max = 10".clone_into(&mut setup.feed), &["payload_max"]);
    // A port that somebody else has.
    let taken = std::net::UdpSocket::bind("127.0.0.1:0").expect("the system has ports");
    let address = taken.local_addr().expect("it is bound").to_string();
    refused(&|setup| setup.recovery = format!("rerequest = \"{address}\""), &[&address]);
}

#[test]
fn without_a_feed_a_venue_trades_all_the_same() {
    let channel = Channel::fresh();
    let folder = Folder::new();
    let mut setup = Setup::new(&channel);
    setup.lines.clear();
    "rerequest = \"\"".clone_into(&mut setup.recovery);
    let venue = Venue::start(&setup, &folder.join("data"));
    assert!(!venue.said.iter().any(|line| line.starts_with("feed ")), "{:?}", venue.said);
    Trader::new("P1", 8).trade(venue.address(), 50);
    admin(&venue, "end-day");
    venue.stop();
}
