//! Brokers who are too many, too loud, too slow or too silent; and others, who do not notice.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::net::sockopt::set_socket_recv_buffer_size;
use rustix::process::Signal;

use crate::kit::ouch::{buy, sell};
use crate::kit::{Broker, Folder, Login, Packet, Setup, Venue, unsequenced, wait_for};

/// With the policy `os`: a disk that is busy with something else may take seconds for a write, and
/// times are looked at here.
fn venue(order_entry: &str) -> (Venue, Folder) {
    let folder = Folder::new();
    let setup = Setup::new().with_order_entry(order_entry).with_durability("os");
    let venue = Venue::start(&setup, &folder.join("data"));
    (venue, folder)
}

/// Orders that there is room for in any case, beside the few thousand of others.
const ROOM: u32 = 45_000;

/// Whether the `n`th order that rests was answered rightly: with a no only when so many rest.
fn is_answer(n: u32, kind: char) -> bool {
    kind == 'A' || (n > ROOM && kind == 'J')
}

/// Orders of P2 while `others` do something: the longest time that one took to be answered.
fn longest_answer(venue: &Venue, others: impl FnOnce() + Send) -> Duration {
    let mut p2 = Broker::login_fresh(venue.address(), "P2");
    let is_over = AtomicBool::new(false);
    let mut longest = Duration::ZERO;
    thread::scope(|scope| {
        let others = scope.spawn(|| {
            others();
            is_over.store(true, Ordering::Relaxed);
        });
        for n in 1.. {
            let asked = Instant::now();
            let kind = p2.ask(&sell(n).at(110_000).bytes()).kind();
            assert!(is_answer(n, kind), "order {n}: {kind}");
            longest = longest.max(asked.elapsed());
            if is_over.load(Ordering::Relaxed) || others.is_finished() {
                break;
            }
        }
        others.join().expect("the others do not panic");
    });
    longest
}

#[test]
fn who_says_nothing_for_longest_makes_room_for_the_next_stranger() {
    let (venue, _folder) = venue("max_pending = 3");
    let mut p1 = Broker::login_fresh(venue.address(), "P1");
    let mut strangers: Vec<_> = (0..3).map(|_| Broker::connect(venue.address())).collect();
    // They are taken in in the order in which they came, and go in that order.
    for at in 0..3 {
        strangers.push(Broker::connect(venue.address()));
        strangers[at].dismissed("too many connections wait to log in");
    }
    assert_eq!(p1.ask(&buy(1).bytes()).kind(), 'A');
    // However many say nothing, a broker gets in.
    for (username, n) in [("P2", 1), ("P3", 1), ("P2", 2)] {
        strangers.extend((0..7).map(|_| Broker::connect(venue.address())));
        let mut broker = Broker::login_with(venue.address(), &Login::new(username).from(1));
        assert_eq!(broker.replies(n)[0].kind(), 'S');
        assert_eq!(broker.ask(&buy(n as u32).bytes()).user_ref(), n as u32);
    }
}

/// Slow: waits of seconds.
#[test]
fn who_says_nothing_is_let_go_and_who_has_a_heartbeat_stays() {
    let folder = Folder::new();
    let setup = Setup::new()
        .with_durability("os")
        .with_order_entry("login_timeout = \"1s\"\nidle_timeout = \"3s\"")
        .with_port(1, "cancel_on_disconnect = true");
    let venue = Venue::start(&setup, &folder.join("data"));
    let start = Instant::now();
    let mut stranger = Broker::connect(venue.address());
    stranger.beats = false;
    let mut half_open = Broker::login_fresh(venue.address(), "P1");
    half_open.beats = false;
    assert_eq!(half_open.ask(&buy(1).bytes()).kind(), 'A');
    let mut patient = Broker::connect(venue.address());
    patient.beats = false;
    let login = Login { patience: Some(" 5000"), ..Login::new("P3") };
    patient.send_raw(&login.packet());
    patient.accepted();
    patient.reply();
    let mut alive = Broker::login_fresh(venue.address(), "P2");
    let beats = thread::spawn(move || {
        let mut beats = Vec::new();
        while start.elapsed() < Duration::from_millis(4500) {
            let deadline = Instant::now() + Duration::from_secs(5);
            assert_eq!(alive.any_packet(deadline), Some(Packet::Heartbeat));
            beats.push(start.elapsed());
        }
        beats
    });
    stranger.dismissed("the login took too long");
    let took = start.elapsed();
    assert!((900..2500).contains(&took.as_millis()), "{took:?}");
    half_open.dismissed("nothing heard");
    let took = start.elapsed();
    assert!((2900..4500).contains(&took.as_millis()), "{took:?}");
    let mut back = Broker::login_with(venue.address(), &Login::new("P1").from(3));
    assert_eq!(back.reply().untimed(), crate::kit::ouch::canceled(1, 100, b'Z'));
    patient.dismissed("nothing heard");
    let took = start.elapsed();
    assert!((4900..6500).contains(&took.as_millis()), "{took:?}");
    let beats = beats.join().expect("who has a heartbeat stays");
    // The first one comes a second after the last packet at the latest.
    let apart = beats.windows(2).map(|pair| pair[1] - pair[0]).max().expect("several");
    assert!(beats.len() >= 4 && apart < Duration::from_millis(1700), "{beats:?}");
}

/// Sends orders and reads nothing until the venue has had enough.
fn never_read(venue: &Venue, words: &str) -> Broker {
    let slow = Broker::login_fresh(venue.address(), "P1");
    set_socket_recv_buffer_size(&slow.stream, 4096).expect("a buffer can be small");
    let mut slow = slow;
    for lap in 0..100_u32 {
        let orders = (lap * 1000 + 1..=lap * 1000 + 1000)
            .flat_map(|n| unsequenced(&buy(n).shares(0).bytes()))
            .collect::<Vec<_>>();
        if venue.err().contains(words) || !slow.try_send(&orders) {
            break;
        }
        if lap >= 29 {
            thread::sleep(Duration::from_millis(20));
        }
    }
    venue.wait_for_words(words);
    slow
}

/// Slow: tens of thousands of orders.
#[test]
fn who_does_not_read_is_let_go_and_finds_everything_later() {
    let behind = ("max_behind = 1000\nstall_timeout = \"60s\"", "too slow");
    let stalled = ("stall_timeout = \"1s\"", "does not read");
    for (order_entry, words) in [behind, stalled] {
        let (venue, _folder) = venue(order_entry);
        let address = venue.address();
        let mut slow = None;
        let longest = {
            let mut p2 = Broker::login_fresh(address, "P2");
            let is_over = AtomicBool::new(false);
            thread::scope(|scope| {
                let other = scope.spawn(|| {
                    let mut longest = Duration::ZERO;
                    for n in 1.. {
                        let asked = Instant::now();
                        let kind = p2.ask(&sell(n).at(110_000).bytes()).kind();
                        assert!(is_answer(n, kind), "order {n}: {kind}");
                        longest = longest.max(asked.elapsed());
                        if is_over.load(Ordering::Relaxed) {
                            break;
                        }
                    }
                    longest
                });
                slow = Some(never_read(&venue, words));
                is_over.store(true, Ordering::Relaxed);
                other.join().expect("the other broker is served")
            })
        };
        assert!(longest < Duration::from_secs(2), "{words}: another waited {longest:?}");
        // What was on its way comes, without a gap, and then the end.
        let mut slow = slow.expect("there is one");
        let mut seen = 1;
        let end = loop {
            match slow.packet() {
                Packet::Message(reply) => {
                    seen += 1;
                    assert_eq!(reply.number, seen);
                }
                Packet::Text(text) => assert!(text.contains("log in again"), "{text}"),
                end => break end,
            }
        };
        assert!(matches!(end, Packet::Closed | Packet::Torn | Packet::Reset), "{end:?}");
        let mut back = Broker::login_with(address, &Login::new("P1").from(seen + 1));
        let rest = back.all_replies();
        // Every order that the venue took in was answered, in order.
        let first = seen as u32;
        assert!(rest.len() > 500, "{words}: {} replies were left", rest.len());
        for (n, reply) in (first..).zip(&rest) {
            assert_eq!((reply.kind(), reply.user_ref()), ('J', n));
        }
    }
}

#[test]
fn who_floods_is_let_go_before_the_journal_is_full_of_it() {
    let folder = Folder::new();
    let setup = Setup::new().with_port(1, "orders_per_second = 10\nburst = 10");
    let venue = Venue::start(&setup, &folder.join("data"));
    let mut loud = Broker::login_fresh(venue.address(), "P1");
    let orders: Vec<u8> = (1..=5000).flat_map(|n| unsequenced(&buy(n).bytes())).collect();
    loud.try_send(&orders);
    let (replies, text, end) = loud.rest();
    assert_eq!(end, Packet::Closed);
    assert!(text.as_ref().is_some_and(|text| text.contains("far more messages")), "{text:?}");
    let mut back = Broker::login_with(venue.address(), &Login::new("P1").from(2));
    let all = back.all_replies();
    assert_eq!(replies, all[..replies.len()]);
    // Ten a second and ten at once: ten times as much is beyond all reason. The answers to a
    // second of it are the most that there can be, two if the flood goes on over its end.
    assert!((200..=400).contains(&all.len()), "{}", all.len());
    let accepted = all.iter().filter(|reply| reply.kind() == 'A').count();
    assert!((10..=20).contains(&accepted), "{accepted}");
}

/// Packets that are no orders fill no batch: nobody may have the venue to himself by them.
#[test]
fn who_floods_with_heartbeats_does_not_keep_others_waiting() {
    let (venue, _folder) = venue("");
    let address = venue.address();
    let longest = longest_answer(&venue, || {
        let mut loud = Broker::login_fresh(address, "P1");
        let beats = b"\x00\x01R".repeat(20_000);
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(3) && loud.try_send(&beats) {}
    });
    assert!(longest < Duration::from_secs(1), "an order waited {longest:?}");
}

/// What comes behind the end of a connection is thrown away, and not at the cost of others.
#[test]
fn who_floods_behind_the_end_does_not_keep_others_waiting() {
    let (venue, _folder) = venue("");
    let address = venue.address();
    let longest = longest_answer(&venue, || {
        let mut loud = Broker::connect(address);
        let rubbish = vec![0; 1 << 20];
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(3) && loud.try_send(&rubbish) {}
    });
    assert!(longest < Duration::from_secs(1), "an order waited {longest:?}");
}

#[test]
fn connections_that_come_and_go_leave_nothing_behind() {
    let (venue, _folder) = venue("max_pending = 20");
    let mut p2 = Broker::login_fresh(venue.address(), "P2");
    for n in 1..=300 {
        let mut broker = Broker::connect(venue.address());
        match n % 4 {
            0 => {}
            1 => broker.send_raw(b"\x00"),
            2 => broker.send_raw(&Login::new("P1").packet()),
            _ => broker.send_raw(&Login::new("nobody").packet()),
        }
        drop(broker);
        if n % 10 == 0 {
            assert_eq!(p2.ask(&buy(n).bytes()).kind(), 'A');
        }
    }
    wait_for("the venue to forget them", || {
        let mut broker = Broker::connect(venue.address());
        broker.send_raw(&Login::new("P1").packet());
        matches!(broker.packet(), Packet::Accepted(..)).then_some(())
    });
}

/// A process may have so many files open and no more; who waits at the door is taken in when one
/// of them is closed.
#[test]
fn the_door_opens_again_when_files_were_short() {
    let folder = Folder::new();
    let file = folder.join("venue.toml");
    std::fs::write(&file, Setup::new().text()).expect("the folder can be written");
    let mut command = std::process::Command::new("sh");
    let run = format!(
        "ulimit -n 60; exec {} run --config {} --data {}",
        env!("CARGO_BIN_EXE_outcry"),
        file.display(),
        folder.join("data").display()
    );
    let venue = Venue::of_command(command.args(["-c", &run])).ready().expect("it starts");
    let strangers: Vec<_> = (0..40).map(|_| Broker::connect(venue.address())).collect();
    venue.wait_for_words("few files open");
    let mut broker = Broker::connect(venue.address());
    broker.send_raw(&Login::new("P1").packet());
    drop(strangers);
    broker.accepted();
}

/// Slow: waits of seconds. What brokers sent while the venue was held counts, though it is late.
#[test]
fn a_venue_that_was_held_for_long_lets_nobody_go() {
    let (venue, _folder) = venue("idle_timeout = \"3s\"");
    let mut p1 = Broker::login_fresh(venue.address(), "P1");
    let mut p2 = Broker::login_fresh(venue.address(), "P2");
    for _ in 0..3 {
        venue.signal(Signal::STOP);
        // They send heartbeats meanwhile.
        let held = Instant::now();
        while held.elapsed() < Duration::from_millis(3500) {
            assert_eq!(p1.packet_within(Duration::from_millis(100)), None);
            assert_eq!(p2.packet_within(Duration::from_millis(100)), None);
        }
        venue.signal(Signal::CONT);
        for broker in [&mut p1, &mut p2] {
            assert_eq!(broker.ask(b"Q").kind(), 'Q');
        }
    }
}

/// Slow: waits of seconds. Who takes a little again and again is slow, and not one who takes
/// nothing.
#[test]
fn who_reads_slowly_stays() {
    let (venue, _folder) = venue("stall_timeout = \"3s\"");
    let mut slow = Broker::login_fresh(venue.address(), "P1");
    set_socket_recv_buffer_size(&slow.stream, 16 * 1024).expect("a buffer can be small");
    let orders: Vec<u8> =
        (1..=30_000).flat_map(|n| unsequenced(&buy(n).shares(0).bytes())).collect();
    let mut stream = slow.stream.try_clone().expect("a stream has two ends");
    let sender = thread::spawn(move || stream.write_all(&orders));
    let start = Instant::now();
    let mut count = 0;
    while start.elapsed() < Duration::from_secs(5) {
        for _ in 0..120 {
            slow.reply();
            count += 1;
        }
        thread::sleep(Duration::from_millis(100));
    }
    assert!(!venue.err().contains("does not read"), "{count} replies in 6 s");
    set_socket_recv_buffer_size(&slow.stream, 1 << 20).expect("a buffer can grow");
    slow.replies(30_000 - count);
    sender.join().expect("it sends").expect("the venue reads");
}
