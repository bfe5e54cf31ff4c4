//! Days that operators end and open.

use serde_json::json;

use crate::kit::ouch::{Enter, buy, canceled, executed, sell, system};
use crate::kit::{Broker, Folder, Login, Packet, Scene, Setup, Venue, hears, scene, wait_for};

/// Logs in and is told that there is no such session.
#[track_caller]
fn finds_no_day(venue: &Venue) {
    let mut broker = Broker::connect(venue.address());
    broker.send_raw(&Login::new("P1").packet());
    broker.rejected('S');
}

/// The session of a day that is open, and where the venue is.
fn day(venue: &Venue) -> (String, String) {
    let status = venue.status();
    let word = |key: &str| status[key].as_str().expect("a word").to_owned();
    (word("session"), word("stage"))
}

fn wait_for_stage(venue: &Venue, stage: &str) {
    wait_for(stage, || (day(venue).1 == stage).then_some(()));
}

#[test]
fn a_day_that_is_ended_lets_everybody_go_and_the_next_begins_anew() {
    let mut at = scene(&Setup::new());
    let Scene { p1, p2, venue, .. } = &mut at;
    let first = p1.session.clone();
    assert_eq!(p1.ask(&buy(1).bytes()).kind(), 'A');
    assert_eq!(p1.ask(&buy(2).tif(b'5').bytes()).kind(), 'A');
    let mut stranger = Broker::connect(venue.address());
    venue.refuses("open-day", "day-open", "");
    venue.does("end-day", "the day is ended");
    hears(p1, &[canceled(1, 100, b'E'), canceled(2, 100, b'T'), system(b'E')]);
    hears(p2, &[system(b'E')]);
    for broker in [&mut *p1, &mut *p2] {
        assert_eq!(broker.packet(), Packet::EndOfSession);
        broker.closed();
    }
    stranger.send_raw(&Login::new("P3").packet());
    stranger.rejected('S');
    finds_no_day(venue);
    wait_for_stage(venue, "waiting");
    venue.refuses("end-day", "day-ended", "open-day");
    venue.refuses("halt AAA", "day-ended", "open-day");
    assert_eq!(venue.status()["next"]["what"], "open-day");
    let second = format!("{}02", &first[..8]);
    assert_eq!(venue.does("open-day", &format!("session {second} is open")), 1);
    let p1 = &mut Broker::login_fresh(venue.address(), "P1");
    let p2 = &mut Broker::login_fresh(venue.address(), "P2");
    assert_eq!(p1.session, second);
    p1.send(&sell(1).bytes());
    hears(p1, &[sell(1).accepted(1)]);
    p2.send(&buy(1).bytes());
    hears(p2, &[buy(1).accepted(2), executed(1, 100, 100_000, b'R', 1)]);
    // Who asks for the day before is told that it is gone.
    let mut late = Broker::connect(venue.address());
    late.send_raw(&Login { session: first, ..Login::new("P3") }.packet());
    late.rejected('S');
    venue.does("end-day", "the day is ended");
    assert!(venue.does("open-day", &format!("session {}03 is open", &second[..8])) == 1);
}

#[test]
fn what_operators_changed_ends_with_the_day() {
    let mut at = scene(&Setup::new());
    let Scene { venue, .. } = &mut at;
    venue.does("halt AAA", "AAA is halted");
    venue.does("disable P1", "order entry of P1 is stopped");
    venue.does("disable --firm FRM2", "order entry of FRM2 is stopped");
    venue.does("port P3 max_quantity=10", "port 3 of P3 is changed");
    venue.does("instrument BBB max_quantity=10", "BBB is changed");
    venue.does("end-day", "the day is ended");
    venue.does("open-day", "session");
    let status = venue.status();
    assert_eq!(status["instruments"]["states"], json!([]), "{status}");
    for user in ["P1", "P2", "P3"] {
        let mut broker = Broker::login_fresh(venue.address(), user);
        let order = Enter { symbol: "BBB", ..buy(1) };
        assert_eq!(broker.ask(&order.bytes()).kind(), 'A', "{user}");
        assert_eq!(broker.ask(&buy(2).bytes()).kind(), 'A', "{user}");
    }
}

#[test]
fn what_operators_made_ends_with_the_day() {
    let mut at = scene(&Setup::new());
    let Scene { venue, .. } = &mut at;
    venue.does("instrument NEW reference_price=10.00", "NEW is listed");
    venue.does("port P5 password=secret firm=FRM5", "port 5 of P5 is made");
    venue.does("end-day", "the day is ended");
    venue.does("open-day", "session");
    let status = venue.status();
    assert_eq!(status["instruments"]["listed"], 2, "{status}");
    assert_eq!(status["ports"].as_array().map(Vec::len), Some(4), "{status}");
    let mut p5 = Broker::connect(venue.address());
    p5.send_raw(&Login::new("P5").packet());
    p5.rejected('A');
}

#[test]
fn a_start_between_two_days_waits_for_the_next() {
    let folder = Folder::new();
    let data = folder.join("data");
    let setup = Setup::new();
    let venue = Venue::start(&setup, &data);
    let first = Broker::login_fresh(venue.address(), "P1").session;
    venue.does("end-day", "the day is ended");
    venue.kill();
    for _ in 0..2 {
        let venue = Venue::start(&setup, &data);
        assert_eq!(day(&venue), (first.clone(), "waiting".to_owned()));
        finds_no_day(&venue);
        venue.kill();
    }
    let venue = Venue::start(&setup, &data);
    venue.does("open-day", "session");
    venue.kill();
    let venue = Venue::start(&setup, &data);
    assert_eq!(day(&venue), (format!("{}02", &first[..8]), "open".to_owned()));
    Broker::login_fresh(venue.address(), "P1");
    venue.stop();
}

#[test]
fn a_password_that_an_operator_set_holds_until_the_day_ends() {
    let mut at = scene(&Setup::new());
    let Scene { venue, .. } = &mut at;
    let login = |word: &str| Login { password: format!("{word:<10}"), ..Login::new("P3") };
    let answers = |word| {
        let mut broker = Broker::connect(venue.address());
        broker.send_raw(&login(word).packet());
        broker.packet()
    };
    for word in ["first", "last"] {
        venue.does(&format!("port P3 password={word}"), "port 3 of P3 is changed");
        assert!(matches!(answers(word), Packet::Accepted(..)), "{word}");
        assert_eq!(answers("secret"), Packet::Rejected('A'));
    }
    venue.does("end-day", "the day is ended");
    venue.does("open-day", "session");
    assert_eq!(answers("last"), Packet::Rejected('A'));
    assert!(matches!(answers("secret"), Packet::Accepted(..)));
}

/// Whoever does not read is no reason to wait for long.
#[test]
fn a_day_ends_and_the_next_opens_though_a_broker_does_not_read() {
    let mut at = scene(&Setup::new());
    let Scene { p1, venue, .. } = &mut at;
    let orders: Vec<u8> =
        (1..=20_000).flat_map(|n| crate::kit::unsequenced(&buy(n).shares(0).bytes())).collect();
    p1.send_raw(&orders);
    venue.does("end-day", "the day is ended");
    wait_for("the next day", || (venue.admin("open-day").code == Some(0)).then_some(()));
    Broker::login_fresh(venue.address(), "P2");
}
