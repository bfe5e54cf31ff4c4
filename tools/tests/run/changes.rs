//! A day that goes on under another configuration.

use crate::kit::ouch::{buy, cancel, canceled, executed, mass_cancel, sell, system};
use crate::kit::{Broker, Folder, Login, Setup, Venue, unsequenced};

#[test]
fn securities_and_ports_come_and_go_while_the_day_goes_on() {
    for durability in ["disk", "os"] {
        let folder = Folder::new();
        let data = folder.join("data");
        let mut setup = Setup::new().with_durability(durability);
        let venue = Venue::start(&setup, &data);
        let mut p2 = Broker::login_fresh(venue.address(), "P2");
        p2.ask(&sell(1).shares(300).bytes());
        let mut p1 = Broker::login_fresh(venue.address(), "P1");
        let unknown = crate::kit::ouch::Enter { symbol: "NEW", ..buy(1) };
        assert_eq!(p1.ask(&unknown.bytes()).untimed(), unknown.rejected(0x0017));
        venue.stop();

        // A security more and a port less.
        setup.instruments.push(Setup::instrument("NEW", ""));
        let removed = setup.ports.remove(1);
        let venue = Venue::start(&setup, &data);
        venue.wait_for_words("instrument NEW");
        venue.wait_for_words("port 2 is stopped");
        let mut gone = Broker::connect(venue.address());
        gone.send_raw(&Login::new("P2").packet());
        gone.rejected('A');
        let mut p1 = Broker::login_with(venue.address(), &Login::new("P1").from(3));
        let known = crate::kit::ouch::Enter { number: 2, ..unknown };
        assert_eq!(p1.ask(&known.bytes()).untimed(), known.accepted(2));
        // What it has in the book stays.
        p1.send(&buy(3).bytes());
        assert_eq!(p1.reply().kind(), 'A');
        assert_eq!(p1.reply().untimed(), executed(3, 100, 100_000, b'R', 1));
        venue.kill();

        // Nothing changes, so nothing is told; then a port comes.
        let venue = Venue::start(&setup, &data);
        let err = venue.stop();
        assert!(!err.contains("since the last start"), "{err}");
        setup.ports.push(Setup::port("P5", "FRM5", ""));
        let venue = Venue::start(&setup, &data);
        venue.wait_for_words("port 5 of user P5");
        let mut p5 = Broker::login_fresh(venue.address(), "P5");
        assert_eq!(p5.ask(&buy(1).bytes()).kind(), 'A');
        venue.kill();

        // The port is back, with the same numbers.
        setup.ports.insert(0, removed);
        let venue = Venue::start(&setup, &data);
        venue.wait_for_words("port 2 is allowed");
        let mut p2 = Broker::login(venue.address(), "P2");
        let told: Vec<_> = p2.all_replies().iter().map(crate::kit::Reply::untimed).collect();
        let rest = sell(1).shares(300).accepted(1);
        let fills = [executed(1, 100, 100_000, b'A', 1), executed(1, 100, 100_000, b'A', 2)];
        assert_eq!(told, [&[system(b'S'), rest][..], &fills].concat());
        let reply = p2.ask(&sell(2).at(101_000).bytes());
        assert_eq!((reply.number, reply.kind()), (6, 'A'));
        p2.send(&mass_cancel(3, "", "", &[]));
        assert_eq!(p2.reply().kind(), 'X');
        assert_eq!(p2.reply().untimed(), canceled(1, 100, b'U'));
    }
}

#[test]
fn other_settings_of_a_port_hold_from_the_start_on() {
    let folder = Folder::new();
    let data = folder.join("data");
    let venue = Venue::start(&Setup::new(), &data);
    let mut p1 = Broker::login_fresh(venue.address(), "P1");
    p1.ask(&buy(1).shares(500).bytes());
    venue.stop();
    let setup = Setup::new().with_port(1, "max_quantity = 100\nshort = \"none\"");
    let venue = Venue::start(&setup, &data);
    venue.wait_for_words("port 1 of user P1");
    let mut p1 = Broker::login_with(venue.address(), &Login::new("P1").from(3));
    assert_eq!(p1.ask(&buy(2).shares(200).bytes()).untimed(), buy(2).shares(200).rejected(0x0031));
    let short = crate::kit::ouch::Enter { side: b'T', ..sell(3) };
    assert_eq!(p1.ask(&short.bytes()).untimed(), short.rejected(0x002B));
    assert_eq!(p1.ask(&cancel(1, 0)).untimed(), canceled(1, 500, b'U'));
    venue.stop();
    // Another password is no command, and holds at once.
    let mut setup = setup;
    setup.ports[0] = setup.ports[0].replace("secret", "other");
    let venue = Venue::start(&setup, &data);
    let mut old = Broker::connect(venue.address());
    old.send_raw(&Login::new("P1").packet());
    old.rejected('A');
    let login = Login { password: "OTHER     ".to_owned(), ..Login::new("P1") };
    Broker::login_with(venue.address(), &login);
    assert!(!venue.stop().contains("since the last start"));
}

/// Names are the same in any case, so writing one otherwise makes no other port of it.
#[test]
fn a_name_in_another_case_is_the_same_port() {
    let folder = Folder::new();
    let data = folder.join("data");
    let venue = Venue::start(&Setup::new(), &data);
    Broker::login_fresh(venue.address(), "P1").ask(&buy(1).bytes());
    venue.stop();
    let mut setup = Setup::new();
    setup.ports[0] = Setup::port("p1", "FRM1", "");
    let venue = Venue::start(&setup, &data);
    let mut p1 = Broker::login_with(venue.address(), &Login::new("P1").from(2));
    assert_eq!(p1.reply().untimed(), buy(1).accepted(1));
}

#[test]
fn files_of_the_journal_may_change_their_size() {
    let folder = Folder::new();
    let data = folder.join("data");
    let mut n = 0;
    for (durability, segment) in
        [("disk", "2MiB"), ("os", "1MiB"), ("disk", "3MiB"), ("os", "2MiB"), ("disk", "1MiB")]
    {
        let setup = Setup { segment, ..Setup::new().with_durability(durability) };
        let venue = Venue::start(&setup, &data);
        let mut p1 = Broker::login_with(venue.address(), &Login::new("P1").from(n + 1));
        if n == 0 {
            p1.reply();
            n = 1;
        }
        // More than a segment of the smallest size, less than one of the next.
        for _ in 0..20 {
            let orders: Vec<u8> =
                (n..n + 1000).flat_map(|n| unsequenced(&buy(n as u32).shares(0).bytes())).collect();
            p1.send_raw(&orders);
            assert!(p1.replies(1000).iter().all(|reply| reply.kind() == 'J'));
            n += 1000;
        }
        venue.kill();
    }
    let venue = Venue::start(&Setup::new(), &data);
    let mut p1 = Broker::login_with(venue.address(), &Login::new("P1").from(2));
    let numbers: Vec<u32> =
        p1.replies(n as usize - 1).iter().map(crate::kit::Reply::user_ref).collect();
    assert_eq!(numbers, (1..n as u32).collect::<Vec<_>>());
}

/// Limits are of the day: one that goes on keeps its own.
#[test]
fn what_a_rule_forbids_is_refused_at_the_start_and_harms_nothing() {
    let folder = Folder::new();
    let data = folder.join("data");
    let venue = Venue::start(&Setup::new(), &data);
    Broker::login_fresh(venue.address(), "P1").ask(&buy(1).bytes());
    venue.stop();
    let mut many = Setup { symbols: 200, ..Setup::new() };
    many.instruments = (0..100).map(|n| Setup::instrument(&format!("S{n}"), "")).collect();
    for _ in 0..2 {
        let Err(exit) = Venue::try_start(&many, &data) else { panic!("it started") };
        assert_eq!(exit.code, Some(1), "{}", exit.err);
        assert!(exit.err.contains("cannot be put into force"), "{}", exit.err);
        assert!(exit.err.contains("instrument S"), "{}", exit.err);
    }
    let venue = Venue::start(&Setup::new(), &data);
    let mut p1 = Broker::login_with(venue.address(), &Login::new("P1").from(2));
    assert_eq!(p1.reply().untimed(), buy(1).accepted(1));
}

/// A start has its segments made as it goes: a configuration may be larger than one.
#[test]
fn a_configuration_may_be_larger_than_a_file_of_the_journal() {
    let folder = Folder::new();
    let data = folder.join("data");
    let mut setup = Setup { symbols: 12_000, ..Setup::new() };
    setup.instruments =
        (0..6_000).map(|n| Setup::instrument(&format!("A{n}"), "lot = 10")).collect();
    Venue::start(&setup, &data).kill();
    // All of them again with other settings, and as many more.
    setup.instruments =
        (0..12_000).map(|n| Setup::instrument(&format!("A{n}"), "lot = 20")).collect();
    let venue = Venue::start(&setup, &data);
    let mut p1 = Broker::login_fresh(venue.address(), "P1");
    let last = crate::kit::ouch::Enter { symbol: "A11999", ..buy(1) };
    assert_eq!(p1.ask(&last.bytes()).untimed(), last.accepted(1));
    let second = data.join("journal").join(&p1.session).join("00000002.segment");
    let bytes = std::fs::read(second).expect("it is there");
    assert!(bytes.starts_with(b"OUTCRYJL"), "it was not larger");
}
