//! Days and phases by the clock, as brokers and operators see them.

use std::fs;

use serde_json::Value;

use crate::kit::ouch::{buy, canceled, executed, sell, system};
use crate::kit::{
    Broker, Folder, Login, Packet, Reply, Setup, Venue, clock, hears, hears_no_more,
    seconds_of_day, wait_for,
};

/// A timetable with these seconds of the day.
fn timetable(times: &[(&str, u64)]) -> Setup {
    let line = |(key, seconds): &(&str, u64)| format!("{key} = \"{}\"\n", clock(*seconds));
    Setup::new().with_calendar(&times.iter().map(line).collect::<String>())
}

/// The time of a message is in this second, or not much later.
#[track_caller]
fn is_of(reply: &Reply, second: u64) {
    let nanos = u64::from_be_bytes(reply.bytes[1..9].try_into().expect("eight bytes"));
    let late = nanos.checked_sub(second * 1_000_000_000);
    assert!(late.is_some_and(|late| late < 900_000_000), "{nanos} ns, not second {second}");
}

#[track_caller]
fn finds_no_day(venue: &Venue) {
    let mut broker = Broker::connect(venue.address());
    broker.send_raw(&Login::new("P1").packet());
    broker.rejected('S');
}

/// What the calendar does next, and when.
fn next(status: &Value) -> (String, String) {
    let word = |key: &str| status["next"][key].as_str().expect("a word").to_owned();
    (word("what"), word("at")[11..19].to_owned())
}

fn wait_for_phase(venue: &Venue, phase: &str) -> Value {
    wait_for(phase, || {
        let status = venue.status();
        (status["phase"] == phase && status["stage"] == "open").then_some(status)
    })
}

/// Slow: thirteen seconds of the clock.
#[test]
fn a_day_goes_through_its_phases_by_the_clock() {
    let folder = Folder::new();
    let first = seconds_of_day() + 2;
    let keys = ["open_day", "early", "pre_open", "open", "late", "ended", "end_day"];
    let at: Vec<(&str, u64)> = keys.into_iter().zip((first..).step_by(2)).collect();
    let venue = &Venue::start(&timetable(&at), &folder.join("data"));
    finds_no_day(venue);
    let status = venue.status();
    assert_eq!((&status["stage"], next(&status)), (&"waiting".into(), of("open-day", first)));

    assert_eq!(next(&wait_for_phase(venue, "closed")), of("early", first + 2));
    let p1 = &mut Broker::login(venue.address(), "P1");
    let p2 = &mut Broker::login(venue.address(), "P2");
    assert_eq!(p1.ask(&buy(1).bytes()).untimed(), buy(1).rejected(0x0002));

    let began = p1.reply();
    assert_eq!(began.untimed(), system(b'S'));
    is_of(&began, first + 2);
    hears(p2, &[system(b'S')]);
    assert_eq!(next(&venue.status()), of("pre-open", first + 4));
    assert_eq!(p1.ask(&buy(2).bytes()).untimed(), buy(2).rejected(0x002D));
    let sale = sell(3).tif(b'5').shares(300);
    assert_eq!(p1.ask(&sale.bytes()).untimed(), sale.accepted(1));

    assert_eq!(next(&wait_for_phase(venue, "pre-open")), of("open", first + 6));
    assert_eq!(p2.ask(&buy(1).bytes()).untimed(), buy(1).accepted(2));
    let at_once = buy(2).tif(b'3');
    assert_eq!(p2.ask(&at_once.bytes()).untimed(), at_once.rejected(0x002D));
    hears_no_more(p1);

    let opened = p2.reply();
    assert_eq!(opened.untimed(), executed(1, 100, 100_000, b'O', 1));
    is_of(&opened, first + 6);
    hears(p1, &[executed(3, 100, 100_000, b'O', 1)]);
    assert_eq!(next(&venue.status()), of("late", first + 8));
    assert_eq!(p2.ask(&buy(3).at(90_000).bytes()).kind(), 'A');

    let late = p2.reply();
    assert_eq!(late.untimed(), canceled(3, 100, b'E'));
    is_of(&late, first + 8);
    assert_eq!(next(&venue.status()), of("ended", first + 10));
    assert_eq!(p2.ask(&buy(4).bytes()).untimed(), buy(4).rejected(0x002E));

    let ended = p1.reply();
    assert_eq!(ended.untimed(), canceled(3, 200, b'T'));
    is_of(&ended, first + 10);
    hears(p1, &[system(b'E')]);
    hears(p2, &[system(b'E')]);
    assert_eq!(next(&venue.status()), of("end-day", first + 12));
    assert_eq!(p2.ask(&buy(5).bytes()).untimed(), buy(5).rejected(0x0002));

    for broker in [p1, p2] {
        assert_eq!(broker.packet(), Packet::EndOfSession);
        broker.closed();
    }
    assert!((first + 12..first + 14).contains(&seconds_of_day()));
    finds_no_day(venue);
    assert_eq!(next(&venue.status()), of("open-day", first));
}

fn of(what: &str, seconds: u64) -> (String, String) {
    (what.to_owned(), clock(seconds))
}

#[test]
fn a_start_in_the_middle_of_a_day_is_in_the_phase_of_that_time() {
    let folder = Folder::new();
    let data = folder.join("data");
    let now = seconds_of_day();
    let past = [("open_day", now - 9), ("early", now - 7), ("pre_open", now - 5)];
    let until = |late| {
        let rest = [("open", now - 3), ("late", late), ("ended", now + 900)];
        timetable(&[past.as_slice(), &rest].concat())
    };
    let venue = Venue::start(&until(now + 600), &data);
    let status = venue.status();
    assert_eq!((&status["phase"], next(&status)), (&"open".into(), of("late", now + 600)));
    let mut p1 = Broker::login_fresh(venue.address(), "P1");
    assert_eq!(p1.ask(&buy(1).bytes()).untimed(), buy(1).accepted(1));
    venue.kill();
    // Another timetable holds from the next start on, on the same day.
    let late = seconds_of_day() + 2;
    let venue = Venue::start(&until(late), &data);
    let mut p1 = Broker::login_with(venue.address(), &Login::new("P1").from(3));
    let told = p1.reply();
    assert_eq!(told.untimed(), canceled(1, 100, b'E'));
    is_of(&told, late);
    // What was due while it was down is done when it is back.
    venue.kill();
    let rest = [("open", now - 3), ("late", now - 2), ("ended", now - 1)];
    let venue = Venue::start(&timetable(&[past.as_slice(), &rest].concat()), &data);
    let mut p1 = Broker::login_with(venue.address(), &Login::new("P1").from(4));
    hears(&mut p1, &[system(b'E')]);
    assert_eq!(venue.status()["phase"], "ended");
}

#[test]
fn a_day_that_should_have_ended_meanwhile_is_ended_by_the_next_start() {
    let folder = Folder::new();
    let data = folder.join("data");
    let now = seconds_of_day();
    let times = |end| timetable(&[("open", now - 3), ("ended", now - 2), ("end_day", end)]);
    let first = [("open", now + 200), ("ended", now + 300), ("end_day", now + 600)];
    let venue = Venue::start(&timetable(&first), &data);
    // From no phase to the last one: nothing has begun, and nothing is told.
    let mut p1 = Broker::login(venue.address(), "P1");
    hears_no_more(&mut p1);
    venue.kill();
    let end = seconds_of_day() + 1;
    wait_for("the end of the day", || (seconds_of_day() > end).then_some(()));
    for _ in 0..2 {
        let venue = Venue::start(&times(end), &data);
        let status = wait_for("the end", || {
            let status = venue.status();
            (status["stage"] == "waiting").then_some(status)
        });
        assert_eq!(status["session"], p1.session, "{status}");
        finds_no_day(&venue);
        venue.kill();
    }
    let sessions = fs::read_dir(data.join("journal")).expect("it is there");
    let count = sessions.filter(|each| each.as_ref().is_ok_and(|each| each.path().is_dir()));
    assert_eq!(count.count(), 1, "another day was opened");
}

#[test]
fn a_start_after_the_end_waits_and_a_day_may_be_opened_by_hand() {
    let folder = Folder::new();
    let data = folder.join("data");
    let now = seconds_of_day();
    let times = [("open_day", now - 30), ("open", now - 20), ("ended", now - 10)];
    let setup = timetable(&[times.as_slice(), &[("end_day", now - 5)]].concat());
    let venue = Venue::start(&setup, &data);
    finds_no_day(&venue);
    let status = venue.status();
    let place = (&status["stage"], next(&status));
    assert_eq!(place, (&"waiting".into(), of("open-day", now - 30)), "{status}");
    venue.refuses("halt AAA", "day-not-open", "open-day");
    venue.refuses("end-day", "day-not-open", "open-day");
    venue.kill();
    let venue = Venue::start(&setup, &data);
    venue.does("open-day", "session");
    let status = venue.status();
    assert_eq!((&status["stage"], &status["phase"]), (&"open".into(), &"closed".into()));
    venue.kill();
    let venue = Venue::start(&setup, &data);
    assert_eq!(venue.status()["stage"], "open");
    assert_eq!(venue.status()["session"], status["session"]);
    let mut p1 = Broker::login(venue.address(), "P1");
    venue.does("phase open", "phase open");
    hears(&mut p1, &[system(b'S')]);
    assert_eq!(p1.ask(&buy(1).bytes()).untimed(), buy(1).accepted(1));
    venue.does("end-day", "the day is ended");
}

#[test]
fn the_calendar_does_nothing_where_an_operator_was_before_it() {
    let folder = Folder::new();
    let now = seconds_of_day();
    let times = [("open_day", now - 5), ("pre_open", now - 4), ("open", now + 3)];
    let setup = timetable(&[times.as_slice(), &[("late", now + 4), ("ended", now + 6)]].concat());
    let venue = Venue::start(&setup, &folder.join("data"));
    let mut p1 = Broker::login_fresh(venue.address(), "P1");
    venue.does("phase late", "phase late");
    assert_eq!(next(&venue.status()), of("ended", now + 6));
    let order = buy(1).tif(b'5');
    assert_eq!(p1.ask(&order.bytes()).kind(), 'A');
    let ended = p1.reply();
    assert_eq!(ended.untimed(), canceled(1, 100, b'T'));
    is_of(&ended, now + 6);
    hears(&mut p1, &[system(b'E')]);
    assert!(!venue.err().contains("WARN"), "{}", venue.err());
}

/// A day that was ended by hand is not opened again by its own timetable.
#[test]
fn a_day_ended_by_hand_stays_ended_whatever_is_due() {
    let folder = Folder::new();
    let data = folder.join("data");
    let now = seconds_of_day();
    let setup = timetable(&[("open_day", now - 5), ("open", now + 3), ("ended", now + 600)]);
    let venue = Venue::start(&setup, &data);
    venue.does("end-day", "the day is ended");
    wait_for("its time to open", || (seconds_of_day() > now + 3).then_some(()));
    assert_ne!(venue.status()["stage"], "open");
    assert_eq!(next(&venue.status()), of("open-day", now - 5));
    venue.kill();
    let venue = Venue::start(&setup, &data);
    finds_no_day(&venue);
    // Opened by hand it follows the timetable from where it is.
    venue.does("open-day", "session");
    assert_eq!(venue.status()["phase"], "open");
    Broker::login_fresh(venue.address(), "P1");
}
