//! Who is let in, and from which number on.

use appliance::config::password::hash;
use protocol_spec::wire::text::Secret;

use crate::kit::ouch::{buy, cancel};
use crate::kit::{Broker, Folder, Login, Packet, Setup, Venue, outcry, unsequenced, wait_for};

/// A login is answered by A with this number, or by J.
#[track_caller]
fn comes_to(venue: &Venue, login: &Login, expected: Result<u64, char>) {
    let mut broker = Broker::connect(venue.address());
    broker.send_raw(&login.packet());
    match expected {
        Ok(number) => {
            broker.accepted();
            assert_eq!((broker.next, broker.session.len()), (number, 10), "{login:?}");
        }
        Err(reason) => broker.rejected(reason),
    }
}

fn with(change: impl FnOnce(&mut Login)) -> Login {
    let mut login = Login::new("P1");
    change(&mut login);
    login
}

#[test]
fn names_and_passwords_match_in_any_case_and_with_either_padding() {
    let folder = Folder::new();
    let venue = Venue::start(&Setup::new(), &folder.join("data"));
    let username = |text: &str| with(|login| login.username = text.to_owned());
    let password = |text: &str| with(|login| login.password = text.to_owned());
    for name in ["P1    ", "p1    ", "    P1", "    p1", "  p1  "] {
        comes_to(&venue, &username(name), Ok(1));
    }
    for name in ["P9    ", "      ", "P     ", "P1 x  ", "P11   "] {
        comes_to(&venue, &username(name), Err('A'));
    }
    for word in ["secret    ", "SECRET    ", "    Secret"] {
        comes_to(&venue, &password(word), Ok(1));
    }
    for word in ["secret1   ", "          ", "secre     ", "secret\0\0\0\0", "se cret   "] {
        comes_to(&venue, &password(word), Err('A'));
    }
    venue.wait_for_words("wrong password");
    venue.wait_for_words("no such user");
    for line in venue.err().lines() {
        assert!(!line.to_lowercase().contains("secret"), "a password in the log: {line}");
    }
}

#[test]
fn the_session_is_blank_or_the_right_one() {
    let folder = Folder::new();
    let venue = Venue::start(&Setup::new(), &folder.join("data"));
    let right = Broker::login_fresh(venue.address(), "P1").session;
    let session = |text: &str| with(|login| login.session = format!("{text:<10}"));
    comes_to(&venue, &session(&right), Ok(1));
    for wrong in ["20010101", "2001010101", &right[..9], "x"] {
        comes_to(&venue, &session(wrong), Err('S'));
    }
    // Who is nobody does not learn what sessions there are.
    let mut nobody = session("2001010101");
    nobody.password = "wrong     ".to_owned();
    comes_to(&venue, &nobody, Err('A'));
}

#[test]
fn numbers_are_those_of_the_day() {
    let folder = Folder::new();
    let venue = Venue::start(&Setup::new(), &folder.join("data"));
    let mut broker = Broker::login_fresh(venue.address(), "P1");
    for number in 1..=9 {
        broker.ask(&buy(number).bytes());
    }
    drop(broker);
    let number = |text: &str| with(|login| login.number = text.to_owned());
    let cases = [
        ("                   1", Ok(1)),
        ("1                   ", Ok(1)),
        ("                    ", Ok(1)),
        ("         7          ", Ok(7)),
        ("00000000000000000007", Ok(7)),
        ("                  10", Ok(10)),
        // The most recent one.
        ("                   0", Ok(10)),
        ("00000000000000000000", Ok(10)),
        // Nothing to be told again.
        ("                  11", Ok(11)),
        ("                  12", Err('S')),
        ("18446744073709551615", Err('S')),
    ];
    for (text, expected) in cases {
        comes_to(&venue, &number(text), expected);
    }
    for text in ["99999999999999999999", "                  -1", "1 1                 ", "x"] {
        let mut broker = Broker::connect(venue.address());
        broker.send_raw(&number(&format!("{text:<20}")).packet());
        broker.dismissed("malformed packet");
    }
}

#[test]
fn nothing_was_told_before_the_day_so_that_0_is_1() {
    let folder = Folder::new();
    let data = folder.join("data");
    Venue::start(&Setup::new(), &data).stop();
    // A port that is made while the day goes on is told of its beginning.
    let mut setup = Setup::new();
    setup.ports.push(Setup::port("P5", "FRM5", ""));
    let venue = Venue::start(&setup, &data);
    comes_to(&venue, &Login::new("P5").from(0), Ok(1));
    comes_to(&venue, &Login::new("P5").from(3), Err('S'));
}

#[test]
fn a_login_of_version_4_10_is_taken() {
    let folder = Folder::new();
    let venue = Venue::start(&Setup::new(), &folder.join("data"));
    for patience in ["15000", " 5000", "5000 ", "     ", "    0"] {
        comes_to(&venue, &with(|login| login.patience = Some(patience)), Ok(1));
    }
    let mut broker = Broker::connect(venue.address());
    broker.send_raw(&with(|login| login.patience = Some("12x45")).packet());
    broker.dismissed("malformed packet");
}

#[test]
fn passwords_come_from_hashes_and_from_the_environment() {
    let folder = Folder::new();
    let mut setup = Setup::new();
    let hashed = hash(&Secret::new("Hashed 1"));
    setup.ports[0] = setup.ports[0].replace("\"secret\"", &format!("\"{hashed}\""));
    setup.ports[1] = setup.ports[1].replace("\"secret\"", "\"env:OUTCRY_P2\"");
    let file = folder.join("venue.toml");
    std::fs::write(&file, setup.text()).expect("the folder can be written");
    let mut command = outcry();
    command.arg("--config").arg(&file).arg("--data").arg(folder.join("data"));
    let venue = Venue::of_command(command.env("OUTCRY_P2", "fromEnv")).ready();
    let venue = venue.expect("it starts");
    let login = |user: &str, word: &str| {
        let password = format!("{word:<10}");
        Login { password, ..Login::new(user) }
    };
    comes_to(&venue, &login("P1", "hashed 1"), Ok(1));
    comes_to(&venue, &login("P1", "hashed 2"), Err('A'));
    comes_to(&venue, &login("P1", ""), Err('A'));
    comes_to(&venue, &login("P2", "FROMENV"), Ok(1));
    comes_to(&venue, &login("P2", "secret"), Err('A'));
    // Behind a login that takes long to check stand orders that wait for it; others do not.
    let mut slow = Broker::connect(venue.address());
    let login = login("P1", "hashed 1").packet();
    slow.send_raw(&[login, unsequenced(&buy(1).bytes())].concat());
    let mut quick = Broker::login_fresh(venue.address(), "P3");
    assert_eq!(quick.ask(&buy(1).bytes()).kind(), 'A');
    slow.accepted();
    assert_eq!(slow.replies(2)[1].kind(), 'A');
    drop(venue);
    // Without the variable there is no password.
    let exit = Venue::of_command(&mut command_without(&file, &folder)).ready().expect_err("none");
    assert_eq!(exit.code, Some(1), "{}", exit.err);
    assert!(exit.err.contains("OUTCRY_P2"), "{}", exit.err);
}

fn command_without(file: &std::path::Path, folder: &Folder) -> std::process::Command {
    let mut command = outcry();
    command.arg("--config").arg(file).arg("--data").arg(folder.join("data"));
    command.env_remove("OUTCRY_P2");
    command
}

#[test]
fn a_second_login_takes_the_place_of_the_first_and_cancels_nothing() {
    let folder = Folder::new();
    let setup = Setup::new().with_port(1, "cancel_on_disconnect = true");
    let venue = Venue::start(&setup, &folder.join("data"));
    let mut first = Broker::login_fresh(venue.address(), "P1");
    assert_eq!(first.ask(&buy(1).bytes()).kind(), 'A');
    let mut second = Broker::login_with(venue.address(), &Login::new("p1").from(3));
    first.dismissed("another login");
    assert_eq!(second.ask(&buy(2).bytes()).number, 3);
    // Both orders live: they can be canceled.
    second.send(&cancel(1, 0));
    second.send(&cancel(2, 0));
    let told: Vec<_> =
        second.replies(2).iter().map(|each| (each.kind(), each.user_ref())).collect();
    assert_eq!(told, [('C', 1), ('C', 2)]);
    // The first one cannot come back as if nothing were, and its end cancels nothing either.
    drop(first);
    assert_eq!(second.ask(&buy(3).bytes()).kind(), 'A');
    drop(second);
    let mut third = Broker::login_with(venue.address(), &Login::new("P1").from(7));
    match third.packet() {
        Packet::Message(reply) => assert_eq!((reply.number, reply.kind()), (7, 'C')),
        other => panic!("the order of who has left is canceled: {other:?}"),
    }
}

/// Everything that many logins of one port at once come to happens while the venue is held.
#[test]
fn many_logins_of_one_port_at_once_leave_one_of_them() {
    let folder = Folder::new();
    let venue = Venue::start(&Setup::new(), &folder.join("data"));
    venue.signal(rustix::process::Signal::STOP);
    let mut brokers: Vec<_> = (0..10).map(|_| Broker::connect(venue.address())).collect();
    for (n, broker) in (1..).zip(&mut brokers) {
        let order = unsequenced(&buy(n).bytes());
        broker.send_raw(&[Login::new("P1").packet(), order].concat());
    }
    venue.signal(rustix::process::Signal::CONT);
    let mut ends = Vec::new();
    for broker in &mut brokers {
        broker.accepted();
        let end = wait_for("a text or a reply", || match broker.packet() {
            Packet::Text(text) => Some(Some(text)),
            Packet::Message(reply) if reply.kind() == 'A' => Some(None),
            _ => None,
        });
        ends.push(end);
    }
    let left = ends.iter().filter(|end| end.is_none()).count();
    assert_eq!(left, 1, "{ends:?}");
    let others = ends.iter().flatten();
    assert!(others.clone().all(|text| text.contains("another login")), "{ends:?}");
}

#[test]
fn no_more_brokers_are_let_in_than_there_may_be() {
    let folder = Folder::new();
    let setup = Setup::new().with_order_entry("max_connections = 2");
    let venue = Venue::start(&setup, &folder.join("data"));
    let mut p1 = Broker::login_fresh(venue.address(), "P1");
    let p2 = Broker::login_fresh(venue.address(), "P2");
    let mut p3 = Broker::connect(venue.address());
    p3.send_raw(&Login::new("P3").packet());
    p3.dismissed("too many connections");
    // Who takes the place of another is not one more.
    let mut again = Broker::login_fresh(venue.address(), "P1");
    p1.dismissed("another login");
    assert_eq!(again.ask(&buy(1).bytes()).kind(), 'A');
    drop(p2);
    let let_in = wait_for("room for P3", || {
        let mut p3 = Broker::connect(venue.address());
        p3.send_raw(&Login::new("P3").packet());
        matches!(p3.packet(), Packet::Accepted(..)).then_some(p3)
    });
    drop(let_in);
}

#[test]
fn no_more_brokers_are_let_in_at_once_than_there_may_be() {
    let folder = Folder::new();
    let setup = Setup::new().with_order_entry("max_connections = 2");
    let venue = Venue::start(&setup, &folder.join("data"));
    venue.signal(rustix::process::Signal::STOP);
    let mut brokers: Vec<_> = (0..4).map(|_| Broker::connect(venue.address())).collect();
    for (n, broker) in (1..).zip(&mut brokers) {
        broker.send_raw(&Login::new(&format!("P{n}")).packet());
    }
    venue.signal(rustix::process::Signal::CONT);
    let answers: Vec<_> = brokers.iter_mut().map(Broker::packet).collect();
    let let_in = answers.iter().filter(|each| matches!(each, Packet::Accepted(..))).count();
    assert_eq!(let_in, 2, "{answers:?}");
}

/// A login, an order and the end may come so close together that the venue sees them at once.
#[test]
fn who_logs_in_orders_and_leaves_at_once_has_done_all_three() {
    let folder = Folder::new();
    let more = "cancel_on_disconnect = true";
    let venue = Venue::start(&Setup::new().with_port(1, more), &folder.join("data"));
    let mut expected = vec![];
    for n in 1..=20 {
        let is_held = n % 2 == 0;
        if is_held {
            venue.signal(rustix::process::Signal::STOP);
        }
        let mut broker = Broker::connect(venue.address());
        let order = unsequenced(&buy(n).bytes());
        broker.send_raw(&[Login::new("P1").from(u64::from(2 * n)).packet(), order].concat());
        broker.close_our_side();
        if is_held {
            venue.signal(rustix::process::Signal::CONT);
        }
        broker.accepted();
        let (_, text, end) = broker.rest();
        assert_eq!((text, end), (None, Packet::Closed));
        expected.extend([('A', n), ('C', n)]);
    }
    let mut last = Broker::login_with(venue.address(), &Login::new("P1").from(2));
    let told: Vec<_> =
        last.all_replies().iter().map(|reply| (reply.kind(), reply.user_ref())).collect();
    assert_eq!(told, expected);
}
