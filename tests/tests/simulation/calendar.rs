//! Weeks by a calendar: phases at their times, days on which nothing opens, starts in between.

use std::time::Duration;

use appliance::admin::{Answer, Request, Stage, Status};
use appliance::calendar::Session;
use appliance::config::{Config, Durability};
use appliance::world::Disk;
use matcher::command::Command;
use matcher::phase::Phase;
use protocol_spec::words::Time;
use tests::world::broker::Order;
use tests::world::house::House;
use tests::world::platter::Trouble;
use tests::world::setting::{HOUR, SECOND, config};

use crate::flow;

/// New York's clocks go back on Sunday, 2026-11-01.
const WEEK: &str = r#"
[venue]
timezone = "America/New_York"
[venue.calendar]
open_day = "03:30"
early = "04:00"
pre_open = "09:00"
open = "09:30"
late = "16:00"
ended = "20:00"
end_day = "20:30"
days = ["mon", "tue", "wed", "thu", "fri"]
holidays = ["2026-11-04"]
half_days = [{ date = "2026-11-03", late = "13:00", ended = "17:00", end_day = "17:30" }]
"#;

/// 2026-10-29, a Thursday: midnight in New York, in summer time.
const THURSDAY: u64 = 1_793_246_400 * SECOND;
const MINUTE: u64 = 60 * SECOND;
const DAY: u64 = 24 * HOUR;

/// The days of the week on which the venue opens: session, midnight, and whether it is a half day.
fn week() -> [(&'static str, u64, bool); 6] {
    // Sunday has an hour more.
    [
        ("2026102901", THURSDAY, false),
        ("2026103001", THURSDAY + DAY, false),
        ("2026110201", THURSDAY + 4 * DAY + HOUR, false),
        ("2026110301", THURSDAY + 5 * DAY + HOUR, true),
        ("2026110501", THURSDAY + 7 * DAY + HOUR, false),
        ("2026110601", THURSDAY + 8 * DAY + HOUR, false),
    ]
}

/// Phases of a day with their minutes after midnight.
fn phases(half: bool) -> [(u64, Phase); 5] {
    let (late, ended) = if half { (13 * 60, 17 * 60) } else { (16 * 60, 20 * 60) };
    [
        (4 * 60, Phase::Early),
        (9 * 60, Phase::PreOpen),
        (9 * 60 + 30, Phase::Open),
        (late, Phase::Late),
        (ended, Phase::Ended),
    ]
}

fn house(more: &str, time: u64, seed: u64) -> House {
    let setting: Config = config(Durability::Disk, &[("B1", ""), ("B2", ""), ("B3", "")], more);
    House::new(setting, Time(time), seed)
}

fn status(house: &mut House) -> Status {
    match house.operate(Request::Status) {
        Answer::Status(status) => *status,
        other => panic!("{other:?}"),
    }
}

/// Everybody is in, and sends.
fn trade(house: &mut House) {
    house.connect_all();
    house.run(Duration::from_millis(300));
    let now = house.now();
    for broker in &mut house.brokers {
        for _ in 0..5 {
            let order = flow::order(&mut house.prng);
            broker.ask(now, |number| order.message(number));
        }
    }
    house.run(Duration::from_millis(300));
}

/// What the journal of a session has besides what brokers sent: when, and which command.
fn steps(house: &House, session: &str) -> Vec<(u64, Command)> {
    let record = house.record(session);
    house.check_seen(session, &record);
    let all = &record.machine.folds.1.commands;
    let of_the_day = |command: &Command| {
        matches!(command, Command::OpenDay(_) | Command::SetPhase(_) | Command::EndOfDay)
    };
    let steps = all.iter().filter(|(_, command)| of_the_day(command));
    steps.map(|(time, command)| (time.0, command.clone())).collect()
}

fn sessions(house: &House) -> Vec<String> {
    let names = house.disk.list(&house.folders.journal).expect("nothing is wrong with the disk");
    names.into_iter().filter(|name| Session::parse(name).is_some()).collect()
}

/// A session went through all its phases in time, and was opened and ended in time.
fn went_by_the_calendar(house: &House, session: &str, midnight: u64, half: bool) {
    let steps = steps(house, session);
    let end = if half { 17 * 60 + 30 } else { 20 * 60 + 30 };
    let mut expected = vec![(3 * 60 + 30, None)];
    expected.extend(phases(half).map(|(minute, phase)| (minute, Some(phase))));
    expected.push((end, None));
    assert_eq!(steps.len(), expected.len(), "{session}: {steps:?}");
    for ((time, command), (minute, phase)) in steps.iter().zip(expected) {
        let due = midnight + minute * MINUTE;
        assert!((due..due + SECOND).contains(time), "{session}: {command:?} at {time}");
        match (command, phase) {
            (Command::SetPhase(to), Some(phase)) => assert_eq!(*to, phase, "{session}"),
            (Command::OpenDay(day), None) => assert_eq!(day.midnight, Time(midnight)),
            (command, phase) => {
                assert!(*command == Command::EndOfDay && phase.is_none(), "{command:?}");
            }
        }
    }
}

#[test]
fn a_week_goes_by_the_calendar() {
    let mut house = house(WEEK, THURSDAY + HOUR, 1);
    house.open();
    let before = status(&mut house);
    assert_eq!((before.stage, before.session.as_str()), (Stage::Waiting, ""));
    let next = before.next.expect("a day is to come");
    assert_eq!(
        (next.at.as_str(), next.what.as_str()),
        ("2026-10-29T03:30:00.000000-04:00", "open-day")
    );
    for (session, midnight, half) in week() {
        let at = |minute: u64| Time(midnight + minute * MINUTE - SECOND);
        house.clock.set(at(3 * 60 + 30));
        house.run(Duration::from_secs(2));
        assert_eq!(house.session(), session);
        for (minute, phase) in phases(half) {
            trade(&mut house);
            house.clock.set(at(minute));
            house.run(Duration::from_millis(900));
            let engine = &house.venue.as_ref().expect("it runs").machine().engine;
            assert!(engine.phase() < Some(phase), "{session}: not before its time");
            house.run(Duration::from_millis(200));
            let engine = &house.venue.as_ref().expect("it runs").machine().engine;
            assert_eq!(engine.phase(), Some(phase), "{session}");
        }
        trade(&mut house);
        house.clock.set(at(if half { 17 * 60 + 30 } else { 20 * 60 + 30 }));
        house.run(Duration::from_secs(8));
        let after = status(&mut house);
        assert_eq!((after.stage, after.phase.as_str()), (Stage::Waiting, "ended"), "{session}");
        went_by_the_calendar(&house, session, midnight, half);
        house.brokers.iter().for_each(|broker| {
            assert!(broker.replies_of(session).len() > 2, "{} was told of it", broker.user);
        });
    }
    let opened: Vec<_> = week().into_iter().map(|(session, ..)| session).collect();
    assert_eq!(sessions(&house), opened, "and no other day was opened");
    let next = status(&mut house).next.expect("there are more weeks");
    assert_eq!(next.at, "2026-11-09T03:30:00.000000-05:00");
}

#[test]
fn a_start_takes_up_the_day_where_the_calendar_is() {
    let (session, midnight, _) = week()[2];
    let mut house = house(WEEK, midnight + 10 * HOUR, 2);
    house.open();
    assert_eq!(status(&mut house).phase, "open");
    trade(&mut house);
    // Two phases are skipped while nobody is there.
    house.die(Trouble::PowerLoss);
    house.clock.set(Time(midnight + 21 * HOUR - 40 * MINUTE));
    house.open();
    assert_eq!((house.session().as_str(), status(&mut house).phase), (session, "ended".to_owned()));
    let steps = steps(&house, session);
    let phases = steps.iter().filter(|(_, command)| matches!(command, Command::SetPhase(_)));
    assert_eq!(phases.count(), 2, "{steps:?}");
    house.run(Duration::from_millis(300));
    assert_eq!(status(&mut house).next.map(|next| next.what), Some("end-day".to_owned()));
}

#[test]
fn a_start_on_a_later_date_first_ends_the_day_before() {
    let (first, midnight, _) = week()[1];
    let mut house = house(WEEK, midnight + 10 * HOUR, 3);
    house.open();
    trade(&mut house);
    house.die(Trouble::Kill);
    // On a Sunday nothing opens.
    house.clock.set(Time(midnight + 2 * DAY + 12 * HOUR));
    house.open();
    assert_eq!(sessions(&house), [first]);
    let ended = steps(&house, first).pop().expect("it has steps");
    assert_eq!(ended, (midnight + 2 * DAY + 12 * HOUR, Command::EndOfDay));
    assert_eq!(status(&mut house).stage, Stage::Waiting);
    house.stop();
    // On Monday the next one does.
    let (second, midnight, _) = week()[2];
    house.clock.set(Time(midnight + 12 * HOUR));
    house.open();
    assert_eq!(house.session(), second);
    assert_eq!(status(&mut house).phase, "open");
    trade(&mut house);
    assert_eq!(sessions(&house), [first, second]);
}

#[test]
fn who_logs_in_while_no_day_is_open_is_told_so() {
    let mut house = house(WEEK, THURSDAY + 2 * DAY, 4);
    house.open();
    house.connect_all();
    house.run(Duration::from_millis(300));
    for broker in &house.brokers {
        let end = format!("{:?}", broker.ends);
        assert!(end.starts_with("[Rejected(\"S\""), "{end}");
    }
}

#[test]
fn a_machine_that_slept_over_days_opens_none_of_them() {
    let (first, midnight, _) = week()[1];
    let mut house = house(WEEK, midnight + 19 * HOUR, 6);
    house.open();
    house.clock.set(Time(midnight + 21 * HOUR));
    house.run(Duration::from_secs(8));
    assert_eq!(status(&mut house).stage, Stage::Waiting);
    // It wakes up in the night before the second Thursday after.
    let (_, next, _) = week()[4];
    house.clock.set(Time(next + 7 * DAY));
    house.run(Duration::from_secs(8));
    assert_eq!(sessions(&house), [first]);
    assert_eq!(
        status(&mut house).next.map(|next| next.at).as_deref(),
        Some("2026-11-12T03:30:00.000000-05:00")
    );
    house.clock.set(Time(next + 7 * DAY + 4 * HOUR));
    house.run(Duration::from_secs(8));
    assert_eq!(sessions(&house), [first, "2026111201"]);
    assert_eq!(status(&mut house).phase, "early");
}

#[test]
fn a_day_of_which_nothing_is_left_is_not_opened_but_by_hand() {
    let (session, midnight, _) = week()[0];
    let mut house = house(WEEK, midnight + 20 * HOUR + 10 * MINUTE, 7);
    house.open();
    let before = status(&mut house);
    let next = before.next.map(|next| next.at);
    assert_eq!(before.stage, Stage::Waiting);
    assert_eq!(next.as_deref(), Some("2026-10-30T03:30:00.000000-04:00"));
    let opened = house.operate(Request::OpenDay);
    assert!(matches!(opened, Answer::Done { .. }), "{opened:?}");
    let by_hand = status(&mut house);
    assert_eq!((by_hand.session.as_str(), by_hand.phase.as_str()), (session, "closed"));
    assert_eq!(
        by_hand.next.map(|next| (next.what, next.at)),
        Some(("end-day".to_owned(), "2026-10-30T00:00:00.000000-04:00".to_owned()))
    );
    // A start finds it as it was.
    house.operate(Request::Phase { phase: "open".to_owned() });
    house.die(Trouble::PowerLoss);
    house.open();
    house.run(Duration::from_millis(300));
    assert_eq!(status(&mut house).phase, "open");
    flow::settle(&mut house);
}

#[test]
fn orders_are_taken_as_the_phase_has_it() {
    let (session, midnight, _) = week()[0];
    let mut house = house(WEEK, midnight + 5 * HOUR, 5);
    house.open();
    house.connect_all();
    house.run(Duration::from_millis(300));
    let ask = |house: &mut House| {
        let now = house.now();
        let order = Order::day(b'B', 100, 100_000);
        house.brokers[0].ask(now, |number| order.message(number));
        house.run(Duration::from_millis(300));
        house.brokers[0].replies_of(session).last().expect("there is one").clone()
    };
    let early = ask(&mut house);
    assert_eq!((early[0], &early[13..15]), (b'J', &[0x00, 0x2D][..]), "DAY in Early");
    house.clock.set(Time(midnight + 9 * HOUR));
    house.run(Duration::from_millis(1100));
    assert_eq!(ask(&mut house)[0], b'A', "collected in PreOpen");
    house.clock.set(Time(midnight + 16 * HOUR));
    house.run(Duration::from_millis(1100));
    let late = ask(&mut house);
    assert_eq!((late[0], &late[13..15]), (b'J', &[0x00, 0x2E][..]), "DAY in Late");
}

#[test]
fn the_power_may_fail_at_any_time_of_any_day() {
    crate::crashes::each(12, 20, |seed| {
        let mut house = house(WEEK, THURSDAY + HOUR, seed);
        house.open();
        for (session, midnight, half) in week() {
            let mut minute = 3 * 60 + 30;
            let end = if half { 17 * 60 + 30 } else { 20 * 60 + 30 };
            while minute < end {
                house.clock.set(Time(midnight + minute * MINUTE));
                house.run(Duration::from_millis(1200));
                trade(&mut house);
                if house.prng.once_in(4) {
                    let trouble = house.prng.pick(&[Trouble::Kill, Trouble::PowerLoss]);
                    house.die(trouble);
                    house.open();
                }
                minute += house.prng.between(20, 400) as u64;
            }
            house.clock.set(Time(midnight + end * MINUTE));
            house.run(Duration::from_secs(8));
            let steps = steps(&house, session);
            let last = steps.last().expect("it has steps");
            assert_eq!(*last, (last.0, Command::EndOfDay), "{session}");
            let phase_of = |(_, command): &(u64, Command)| match command {
                Command::SetPhase(phase) => Some(*phase),
                _ => None,
            };
            let phases: Vec<_> = steps.iter().filter_map(phase_of).collect();
            assert!(phases.is_sorted(), "{session}: {phases:?}");
        }
        assert_eq!(sessions(&house).len(), week().len());
    });
}

/// Something that happens to a venue: who starts it, who asks it, and its clock.
fn happen(house: &mut House, now: &mut u64) {
    match house.prng.below(10) {
        0 => *now += house.prng.below(100) * HOUR,
        1 => *now -= house.prng.below(30) * HOUR,
        2 => *now += house.prng.below(10 * DAY),
        3 | 4 => *now += house.prng.below(300) * MINUTE,
        5 => {
            let trouble = house.prng.pick(&[Trouble::Kill, Trouble::PowerLoss]);
            house.die(trouble);
            house.open();
        }
        6 => {
            house.stop();
            house.open();
        }
        7 => drop(house.operate(Request::EndDay)),
        8 => drop(house.operate(Request::OpenDay)),
        _ => trade(house),
    }
}

#[test]
fn every_session_is_a_day_whatever_the_clock_does() {
    crate::crashes::each(10, 10, |seed| {
        let more = if seed % 3 == 0 { "" } else { WEEK };
        let mut now = THURSDAY + HOUR;
        let mut house = house(more, now, seed);
        house.open();
        for _ in 0..house.prng.between(10, 40) {
            happen(&mut house, &mut now);
            house.clock.set(Time(now));
            let wait = house.prng.below(9_000);
            house.run(Duration::from_millis(wait));
            now += wait * SECOND / 1_000;
            if status(&mut house).stage == Stage::Open {
                house.check();
            }
        }
        for session in sessions(&house) {
            let steps = steps(&house, &session);
            assert!(matches!(steps[0].1, Command::OpenDay(_)), "{session}: {steps:?}");
        }
    });
}
