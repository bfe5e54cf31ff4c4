//! Floods and honest askers in virtual time: who is answered when, and what becomes of the rest.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use protocol_spec::wire::mold::{Request, SessionId};
use protocol_spec::words::{FeedNo, Moment};

use super::*;

const SESSION: SessionId = SessionId::new("2026112000");
/// The number of the next message.
const NEXT: FeedNo = FeedNo(1_000_000);
const SECOND: u64 = 1_000_000_000;

/// Numbers that look like chance, from a seed that a failure shows.
fn numbers(seed: u64) -> impl FnMut(u64) -> u64 {
    println!("seed {seed}");
    let mut state = (seed + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (state >> 33) % below
    }
}

fn rules() -> Rules {
    let allow = ["10.0.0.0/8", "192.168.7.0/24", "fd00::/8"];
    let allow = allow.map(|network| network.parse().expect("a network")).to_vec();
    Rules { allow, ..Rules::default() }
}

fn request(session: SessionId, number: u64, count: u16) -> [u8; Request::LEN] {
    let mut bytes = [0; Request::LEN];
    Request { session, number: FeedNo(number), count }.encode(&mut bytes);
    bytes
}

fn address(host: u64) -> IpAddr {
    IpAddr::V4(Ipv4Addr::from_bits(0x0A00_0000 + host as u32))
}

/// A server, and who asks it.
struct Bench {
    requests: Requests,
    now: Moment,
}

impl Bench {
    fn new(rules: Rules) -> Self {
        Bench { requests: Requests::new(Moment(0), rules), now: Moment(0) }
    }

    /// A good request for one message, by which it is known again.
    fn ask(&mut self, address: IpAddr, number: u64) {
        let from = SocketAddr::new(address, 4_000 + (number % 3) as u16);
        self.requests.on_datagram(from, &request(SESSION, number, 1), SESSION, NEXT);
    }

    /// Who asked, and for what.
    fn poll(&mut self) -> Option<(IpAddr, u64)> {
        self.requests.poll(self.now).map(|asked| (asked.from.ip(), asked.number.0))
    }

    /// All that is to be had now.
    fn poll_all(&mut self) -> Vec<(IpAddr, u64)> {
        std::iter::from_fn(|| self.poll()).collect()
    }

    /// Everything that came was handed out, waits, or was dropped by one who counts.
    fn check_counts(&self, waits: u64) {
        let counts = self.requests.counts();
        assert_eq!(counts.came, counts.asked + counts.all_dropped() + waits);
    }
}

#[test]
fn what_cannot_be_answered_is_dropped_by_its_reason() {
    let good = request(SESSION, 5, 3);
    let other = SessionId::new("2026112001");
    let cases: [(&str, &[u8], Option<Dropped>); 17] = [
        ("10.1.2.3:9", &good, None),
        ("192.168.7.255:9", &good, None),
        ("[::ffff:10.1.2.3]:9", &good, None),
        ("[fd12::1]:9", &good, None),
        ("11.0.0.1:9", &good, Some(Dropped::NotAllowed)),
        ("192.168.8.0:9", &good, Some(Dropped::NotAllowed)),
        ("[::ffff:11.1.2.3]:9", &good, Some(Dropped::NotAllowed)),
        ("[fe80::1]:9", b"", Some(Dropped::NotAllowed)),
        ("10.0.0.1:9", b"", Some(Dropped::Malformed)),
        ("10.0.0.1:9", &good[..19], Some(Dropped::Malformed)),
        ("10.0.0.1:9", &[&good[..], b"\0"].concat(), Some(Dropped::Malformed)),
        ("10.0.0.1:9", &request(other, 5, 3), Some(Dropped::WrongSession)),
        ("10.0.0.1:9", &request(SESSION, 0, 3), Some(Dropped::BadNumber)),
        ("10.0.0.1:9", &request(SESSION, 5, 0), Some(Dropped::BadCount)),
        ("10.0.0.1:9", &request(SESSION, 5, 0xFFFF), Some(Dropped::BadCount)),
        ("10.0.0.1:9", &request(SESSION, NEXT.0, 1), Some(Dropped::Beyond)),
        ("10.0.0.1:9", &request(SESSION, u64::MAX, 0xFFFE), Some(Dropped::Beyond)),
    ];
    for (from, bytes, why) in cases {
        let mut requests = Requests::new(Moment(0), rules());
        let from = from.parse().expect("an address");
        requests.on_datagram(from, bytes, SESSION, NEXT);
        let asked = requests.poll(Moment(9));
        let good = Asked { from, number: FeedNo(5), count: 3 };
        assert_eq!(asked, why.is_none().then_some(good), "{from}, {bytes:02x?}");
        let counts = requests.counts();
        for each in Dropped::ALL {
            assert_eq!(counts.dropped(each), u64::from(why == Some(each)), "{from}, {each:?}");
        }
        assert_eq!((counts.came, counts.asked), (1, u64::from(why.is_none())));
    }
    let mut bench = Bench::new(Rules { allow: Vec::new(), ..rules() });
    bench.ask(address(1), 1);
    assert_eq!(bench.requests.counts().dropped(Dropped::NotAllowed), 1);
    // The last number may be asked for, and as many as no packet holds.
    let mut bench = Bench::new(rules());
    let from = SocketAddr::new(address(1), 9);
    let bytes = request(SESSION, NEXT.0 - 1, 0xFFFE);
    bench.requests.on_datagram(from, &bytes, SESSION, NEXT);
    assert_eq!(bench.requests.poll(Moment(0)).map(|asked| asked.count), Some(0xFFFE));
}

#[test]
fn addresses_take_turns_whatever_ports_they_ask_from() {
    let mut bench = Bench::new(rules());
    let [one, two, three] = [1, 2, 3].map(address);
    let mapped = "::ffff:10.0.0.2".parse().expect("an address");
    for number in 1..=5 {
        bench.ask(one, number);
    }
    bench.ask(two, 6);
    bench.ask(mapped, 7);
    bench.ask(three, 8);
    assert_eq!(bench.poll(), Some((one, 1)));
    // Who asks for the first time comes behind all that wait, and before their next turn but one.
    let four = address(4);
    bench.ask(four, 9);
    let turns =
        [(two, 6), (three, 8), (one, 2), (four, 9), (mapped, 7), (one, 3), (one, 4), (one, 5)];
    assert_eq!(bench.poll_all(), turns);
    // What was just answered is answered again.
    bench.ask(one, 5);
    assert_eq!(bench.poll_all(), [(one, 5)]);
    bench.check_counts(0);
}

#[test]
fn the_oldest_of_an_address_is_overtaken_and_nobody_elses() {
    let mut bench = Bench::new(rules());
    let [quiet, loud] = [1, 2].map(address);
    bench.ask(quiet, 1);
    for number in 1..=100 {
        bench.ask(loud, number);
    }
    bench.ask(quiet, 2);
    assert_eq!(bench.requests.counts().dropped(Dropped::Overtaken), 68);
    let polled = bench.poll_all();
    assert_eq!(polled[..3], [(quiet, 1), (loud, 69), (quiet, 2)]);
    let rest: Vec<u64> = polled[3..].iter().map(|(_, number)| *number).collect();
    assert_eq!(rest, (70..=100).collect::<Vec<_>>());
    bench.check_counts(0);
}

#[test]
fn where_too_many_addresses_wait_the_one_that_waits_longest_is_dropped() {
    let mut bench = Bench::new(Rules { sources: 3, ..rules() });
    for (host, number) in [(1, 1), (1, 2), (2, 3), (3, 4), (3, 5)] {
        bench.ask(address(host), number);
    }
    bench.ask(address(4), 6);
    assert_eq!(bench.requests.counts().dropped(Dropped::Crowded), 2);
    // It has its turn again like anybody who asks for the first time.
    bench.ask(address(1), 7);
    assert_eq!(bench.requests.counts().dropped(Dropped::Crowded), 3);
    let turns = [(3, 4), (4, 6), (1, 7), (3, 5)].map(|(host, number)| (address(host), number));
    assert_eq!(bench.poll_all(), turns);
    bench.check_counts(0);
}

#[test]
fn another_session_drops_what_waits() {
    let mut bench = Bench::new(rules());
    for number in 1..=5 {
        bench.ask(address(number % 2), number);
    }
    bench.requests.on_session();
    assert_eq!(bench.requests.counts().dropped(Dropped::WrongSession), 5);
    assert_eq!((bench.poll(), bench.requests.poll_timeout()), (None, None));
    bench.ask(address(1), 9);
    assert_eq!(bench.poll_all(), [(address(1), 9)]);
    bench.check_counts(0);
}

#[test]
fn answers_are_counted_and_why_there_was_none() {
    let mut bench = Bench::new(rules());
    bench.requests.on_answered(30);
    bench.requests.on_answered(0xFFFE);
    bench.requests.on_dropped(Dropped::Unsent);
    bench.requests.on_dropped(Dropped::Unreadable);
    let counts = bench.requests.counts();
    assert_eq!((counts.answered, counts.messages), (2, 65_564));
    assert_eq!((counts.dropped(Dropped::Unsent), counts.dropped(Dropped::Unreadable)), (1, 1));
    assert_eq!(counts.all_dropped(), 2);
    let mut names = Dropped::ALL.map(Dropped::name).to_vec();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Dropped::ALL.len());
}

#[test]
fn a_poll_at_the_timeout_brings_a_request_and_one_before_none() {
    for rate in [1, 3, 99, 100, 101, 7_777, 20_000, 999_999_937, u32::MAX] {
        let mut bench = Bench::new(Rules { packets_per_second: rate, per_source: 200, ..rules() });
        assert_eq!(bench.requests.poll_timeout(), None, "nothing waits");
        let held = u64::from(rate / 100).max(1);
        let first = held.min(50);
        for number in 1..=100 {
            bench.ask(address(1), number);
        }
        for _ in 0..first {
            assert!(bench.requests.poll_timeout() <= Some(bench.now), "{rate}");
            assert!(bench.poll().is_some(), "{rate}");
        }
        if held > 50 {
            continue;
        }
        // The bucket is empty now.
        for _ in 0..20 {
            let at = bench.requests.poll_timeout().expect("more of them wait");
            assert!(at > bench.now, "{rate}");
            assert!(at - bench.now <= Duration::from_nanos(SECOND.div_ceil(rate.into())), "{rate}");
            bench.now = Moment(at.0 - 1);
            assert_eq!(bench.poll(), None, "{rate}");
            assert_eq!(bench.requests.poll_timeout(), Some(at), "{rate}");
            bench.now = at;
            assert!(bench.poll().is_some(), "{rate}");
        }
        // A clock that goes back and comes again brings nothing, and one that leaps a full bucket.
        let last = bench.now;
        for now in [Moment(0), last] {
            bench.now = now;
            assert_eq!(bench.poll(), None, "{rate}");
        }
        bench.now = Moment(u64::MAX);
        let left = 100 - first - 20;
        assert_eq!(bench.poll_all().len() as u64, left.min(held), "{rate}");
    }
}

#[test]
fn no_flood_is_answered_faster_than_the_budget_nor_slower() {
    for seed in 0..20 {
        let mut below = numbers(seed);
        let rate = [50, 900, 20_000][below(3) as usize];
        let held = (rate / 100).max(1);
        let mut bench = Bench::new(Rules { packets_per_second: rate as u32, ..rules() });
        let (mut answered, mut number) = (Vec::new(), 0);
        // Waits of all sizes, after each of which more is asked than can be answered.
        for _ in 0..2_000 {
            let longest = [1_000, SECOND / rate, 20 * SECOND / rate][below(3) as usize];
            bench.now = bench.now + Duration::from_nanos(below(longest));
            for _ in 0..40 {
                number += 1;
                bench.ask(address(below(20)), number);
            }
            answered.extend(bench.poll_all().iter().map(|_| bench.now.0));
        }
        // Between any two answers at most what the time brings, and what the bucket held.
        for (at, first) in answered.iter().enumerate() {
            for later in [1, 2, held, 7 * held].map(|count| at + count as usize) {
                let Some(last) = answered.get(later) else { continue };
                let count = (later - at + 1) as u128;
                let brought = u128::from(last - first) * u128::from(rate);
                assert!(count * 1_000_000_000 <= brought + u128::from(held) * 1_000_000_000);
            }
        }
        // A bucket overflows in waits that are longer than what it holds lasts.
        let wasted = held < 20;
        let brings = bench.now.0 * rate / SECOND + held;
        let count = answered.len() as u64;
        assert!(count <= brings && (wasted || count + 1 >= brings), "{count} of {brings}");
    }
}

/// A server as simple as can be: what waits, by address, and the addresses in the order of turns.
struct Naive {
    rules: Rules,
    turns: Vec<IpAddr>,
    waiting: BTreeMap<IpAddr, Vec<u64>>,
}

impl Naive {
    fn ask(&mut self, address: IpAddr, number: u64) {
        if !self.turns.contains(&address) {
            if self.turns.len() == self.rules.sources {
                let first = self.turns.remove(0);
                self.waiting.remove(&first);
            }
            self.turns.push(address);
        }
        let waiting = self.waiting.entry(address).or_default();
        waiting.push(number);
        if waiting.len() > self.rules.per_source {
            waiting.remove(0);
        }
    }

    fn poll(&mut self) -> Option<(IpAddr, u64)> {
        let address = *self.turns.first()?;
        self.turns.remove(0);
        let waiting = self.waiting.get_mut(&address).expect("who has a turn has asked");
        let number = waiting.remove(0);
        if waiting.is_empty() {
            self.waiting.remove(&address);
        } else {
            self.turns.push(address);
        }
        Some((address, number))
    }

    fn count(&self) -> u64 {
        self.waiting.values().map(|waiting| waiting.len() as u64).sum()
    }
}

#[test]
fn it_does_what_a_naive_server_does() {
    for seed in 0..60 {
        let mut below = numbers(seed);
        let (sources, per_source) = (1 + below(12) as usize, 1 + below(6) as usize);
        let rules = Rules { sources, per_source, packets_per_second: u32::MAX, ..rules() };
        let mut bench = Bench::new(rules.clone());
        let mut naive = Naive { rules, turns: Vec::new(), waiting: BTreeMap::new() };
        for number in 1..3_000 {
            // Some ask much more than others.
            let most = 1 + below(20);
            let host = address(below(most));
            bench.ask(host, number);
            naive.ask(host, number);
            while below(5) < 2 {
                assert_eq!(bench.poll(), naive.poll());
            }
            bench.check_counts(naive.count());
        }
        while !naive.turns.is_empty() {
            assert_eq!(bench.poll(), naive.poll());
        }
        assert_eq!(bench.poll(), None);
    }
}

#[test]
fn an_honest_asker_is_answered_within_a_turn_of_everybody_whoever_floods() {
    for seed in 0..20 {
        let mut below = numbers(seed);
        let mut bench = Bench::new(rules());
        // Host 0 and 1 flood; the others ask for one thing, wait for it, and ask for the next.
        let honest = 2..2 + below(30);
        let turn = honest.end;
        let mut asked: BTreeMap<IpAddr, (u64, u64)> = BTreeMap::new();
        let (mut number, mut polls, mut answers) = (0, 0, 0);
        for _ in 0..2_000 {
            for _ in 0..1 + below(100) {
                number += 1;
                bench.ask(address(below(2)), number);
            }
            for host in honest.clone().map(address) {
                if below(3) == 0 && !asked.contains_key(&host) {
                    number += 1;
                    bench.ask(host, number);
                    asked.insert(host, (number, polls));
                }
            }
            bench.now = bench.now + Duration::from_nanos(below(400_000));
            for (host, got) in bench.poll_all() {
                polls += 1;
                if let Some((wanted, since)) = asked.remove(&host) {
                    assert_eq!(got, wanted);
                    assert!(polls - since <= turn, "{} answers before it", polls - since);
                    answers += 1;
                }
            }
            assert!(asked.values().all(|(_, since)| polls - since <= turn), "somebody is left out");
        }
        let counts = bench.requests.counts();
        assert!(answers > 500 || honest.is_empty(), "{answers}");
        assert!(counts.dropped(Dropped::Overtaken) > 50_000, "{counts:?}");
        assert_eq!(counts.dropped(Dropped::Overtaken), counts.all_dropped(), "those who flood");
    }
}

#[test]
#[should_panic(expected = "somebody can ask something")]
fn rules_without_room_are_a_mistake() {
    drop(Requests::new(Moment(0), Rules { per_source: 0, ..rules() }));
}

#[test]
#[should_panic(expected = "a budget of nothing")]
fn a_budget_of_nothing_is_a_mistake() {
    drop(Requests::new(Moment(0), Rules { packets_per_second: 0, ..rules() }));
}
