//! Days through the year, with all that clocks do.

use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan, civil};
use matcher::phase::Phase;
use protocol_spec::words::Time;

use super::{Calendar, CalendarDay, DayKind, Mark, Plan, TimeOfDay, Times, Timetable};

fn zone(name: &str) -> TimeZone {
    TimeZoneDatabase::bundled().get(name).expect("a zone")
}

fn utc(text: &str) -> Time {
    let moment: Timestamp = text.parse().expect("a moment");
    Time(u64::try_from(moment.as_nanosecond()).expect("it is after 1970"))
}

fn times(marks: &[(Mark, &str)]) -> Times {
    marks.iter().fold(Times::of_a_day(), |times, (mark, text)| {
        times.with(*mark, TimeOfDay::parse(text).expect("a time"))
    })
}

fn timetable(marks: &[(Mark, &str)]) -> Timetable {
    Timetable {
        times: times(marks),
        days: Timetable::WORKDAYS,
        holidays: [].into(),
        half_days: [].into(),
    }
}

/// New York's usual day.
const USUAL: [(Mark, &str); 6] = [
    (Mark::OpenDay, "03:30"),
    (Mark::Early, "04:00"),
    (Mark::PreOpen, "09:25"),
    (Mark::Open, "09:30"),
    (Mark::Late, "16:00"),
    (Mark::Ended, "20:00"),
];

/// Marks in the hours in which clocks are changed.
const NIGHT: [(Mark, &str); 6] = [
    (Mark::OpenDay, "01:30"),
    (Mark::Early, "02:00"),
    (Mark::PreOpen, "02:30"),
    (Mark::Open, "03:00"),
    (Mark::Late, "03:30"),
    (Mark::Ended, "16:00"),
];

fn every_night() -> Calendar {
    Calendar::Timed(Timetable { days: [true; 7], ..timetable(&NIGHT) })
}

/// When a day opens, its phases, and when it ends.
fn moments(plan: &Plan) -> Vec<Time> {
    let phases = plan.phases.iter().map(|(time, _)| *time);
    [plan.opens].into_iter().chain(phases).chain([plan.end]).collect()
}

#[track_caller]
fn is_planned(calendar: &Calendar, date: u32, zone: &TimeZone, expected: [&str; 7]) {
    let plan = calendar.plan_of(date, zone).expect("it opens");
    assert_eq!((plan.date, moments(&plan)), (date, expected.map(utc).to_vec()));
    assert!(plan.phases.is_sorted(), "{plan:?}");
}

#[test]
fn days_without_a_timetable_are_those_of_the_clock_and_the_market_is_open() {
    let names = [
        "UTC",
        "America/New_York",
        "Europe/Berlin",
        "America/Sao_Paulo",
        "America/Havana",
        "America/Nuuk",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Africa/Cairo",
        "Asia/Tehran",
    ];
    for name in names {
        let zone = zone(name);
        for begin in ["2018-01-01T00:00:00Z", "2026-01-01T00:00:00Z"].map(utc) {
            for step in 0..5_000 {
                let now = Time(begin.0 + step * 6_301_000_000_000);
                let day = CalendarDay::at(now, &zone);
                let plan = Calendar::Always.plan(now, &zone).expect("every day opens");
                let CalendarDay { date, midnight, end } = day;
                let phases = vec![(midnight, Phase::Open)];
                assert_eq!(plan, Plan { date, midnight, opens: midnight, phases, end }, "{name}");
                assert!(plan.is_open_at(now) && plan.phase_at(now) == Phase::Open);
                assert_eq!(Calendar::Always.plan_of(date, &zone), Some(plan));
            }
        }
    }
}

#[test]
fn phases_follow_the_wall_clock_in_summer_and_in_winter() {
    let new_york = zone("America/New_York");
    let calendar = Calendar::Timed(timetable(&USUAL));
    let days = [
        // The Friday before and the Monday after each change.
        (20_260_306, "2026-03-06", 5),
        (20_260_309, "2026-03-09", 4),
        (20_261_030, "2026-10-30", 4),
        (20_261_102, "2026-11-02", 5),
    ];
    for (date, day, behind) in days {
        let plan = calendar.plan_of(date, &new_york).expect("it opens");
        let midnight = utc(&format!("{day}T0{behind}:00:00Z"));
        let after = |minutes: u64| Time(midnight.0 + minutes * 60_000_000_000);
        let expected = [210, 240, 565, 570, 960, 1_200, 1_440].map(after);
        assert_eq!((plan.midnight, moments(&plan)), (midnight, expected.to_vec()), "{date}");
    }
    for (from, to, hours) in [(20_260_306, 20_260_309, 71), (20_261_030, 20_261_102, 73)] {
        let first = calendar.plan_of(from, &new_york).expect("it opens");
        let next = calendar.plan(first.end, &new_york).expect("one follows");
        assert_eq!(next.date, to);
        assert_eq!(next.midnight.0 - first.midnight.0, (hours) * 3_600_000_000_000);
    }
}

#[test]
fn times_that_are_skipped_fall_on_the_change() {
    let expected = [
        "2026-03-08T06:30:00Z",
        "2026-03-08T07:00:00Z",
        "2026-03-08T07:00:00Z",
        "2026-03-08T07:00:00Z",
        "2026-03-08T07:30:00Z",
        "2026-03-08T20:00:00Z",
        "2026-03-09T04:00:00Z",
    ];
    is_planned(&every_night(), 20_260_308, &zone("America/New_York"), expected);
    let expected = [
        "2026-03-29T00:30:00Z",
        "2026-03-29T01:00:00Z",
        "2026-03-29T01:00:00Z",
        "2026-03-29T01:00:00Z",
        "2026-03-29T01:30:00Z",
        "2026-03-29T14:00:00Z",
        "2026-03-29T22:00:00Z",
    ];
    is_planned(&every_night(), 20_260_329, &zone("Europe/Berlin"), expected);
}

#[test]
fn of_times_that_come_twice_it_is_the_first() {
    let expected = [
        "2026-11-01T05:30:00Z",
        "2026-11-01T07:00:00Z",
        "2026-11-01T07:30:00Z",
        "2026-11-01T08:00:00Z",
        "2026-11-01T08:30:00Z",
        "2026-11-01T21:00:00Z",
        "2026-11-02T05:00:00Z",
    ];
    is_planned(&every_night(), 20_261_101, &zone("America/New_York"), expected);
    let expected = [
        "2026-10-24T23:30:00Z",
        "2026-10-25T00:00:00Z",
        "2026-10-25T00:30:00Z",
        "2026-10-25T02:00:00Z",
        "2026-10-25T02:30:00Z",
        "2026-10-25T15:00:00Z",
        "2026-10-25T23:00:00Z",
    ];
    is_planned(&every_night(), 20_261_025, &zone("Europe/Berlin"), expected);
}

#[test]
fn phases_that_begin_at_once_are_passed_to_the_last() {
    let new_york = zone("America/New_York");
    let plan = every_night().plan_of(20_260_308, &new_york).expect("it opens");
    let change = utc("2026-03-08T07:00:00Z");
    assert_eq!(plan.phase_at(Time(change.0 - 1)), Phase::Closed);
    assert_eq!(plan.phase_at(change), Phase::Open);
    assert_eq!(plan.next_phase(Phase::Closed), Some((change, Phase::Early)));
    assert_eq!(plan.next_phase(Phase::Early), Some((change, Phase::PreOpen)));
    assert_eq!(plan.next_phase(Phase::PreOpen), Some((change, Phase::Open)));
    let late = utc("2026-03-08T07:30:00Z");
    assert_eq!(plan.next_phase(Phase::Open), Some((late, Phase::Late)));
    assert_eq!(plan.next_phase(Phase::Ended), None);
    assert_eq!((plan.phase_at(late), plan.phase_at(plan.end)), (Phase::Late, Phase::Ended));
}

#[test]
fn phases_that_are_left_out_do_not_begin() {
    let marks = [(Mark::Open, "09:30"), (Mark::Ended, "16:00")];
    let calendar = Calendar::Timed(timetable(&marks));
    let plan = calendar.plan_of(20_261_120, &TimeZone::UTC).expect("it opens");
    let (open, ended) = (utc("2026-11-20T09:30:00Z"), utc("2026-11-20T16:00:00Z"));
    assert_eq!(plan.phases, [(open, Phase::Open), (ended, Phase::Ended)]);
    assert_eq!((plan.opens, plan.end), (utc("2026-11-20T00:00:00Z"), utc("2026-11-21T00:00:00Z")));
    assert_eq!(plan.phase_at(Time(open.0 - 1)), Phase::Closed);
    assert_eq!(plan.next_phase(Phase::Closed), Some((open, Phase::Open)));
    assert_eq!(plan.next_phase(Phase::Open), Some((ended, Phase::Ended)));
}

#[test]
fn midnights_that_there_are_not_are_the_first_moment_of_their_date() {
    let sao_paulo = zone("America/Sao_Paulo");
    let first = utc("2018-11-04T03:00:00Z");
    let always = Calendar::Always.plan_of(20_181_104, &sao_paulo).expect("it opens");
    assert_eq!((always.midnight, always.end), (first, utc("2018-11-05T02:00:00Z")));
    let before = Calendar::Always.plan_of(20_181_103, &sao_paulo).expect("it opens");
    assert_eq!(before.end, first);
    let marks = [
        (Mark::Early, "00:20"),
        (Mark::PreOpen, "00:40"),
        (Mark::Open, "09:00"),
        (Mark::Ended, "17:00"),
    ];
    let calendar = Calendar::Timed(Timetable { days: [true; 7], ..timetable(&marks) });
    let plan = calendar.plan_of(20_181_104, &sao_paulo).expect("it opens");
    let open = utc("2018-11-04T11:00:00Z");
    let ended = utc("2018-11-04T19:00:00Z");
    assert_eq!(moments(&plan), [first, first, first, open, ended, always.end]);
    assert_eq!(plan.midnight, first);
}

#[test]
fn midnights_that_come_twice_are_the_first() {
    // In Havana 01:00 becomes 00:00 of the same date, in Nuuk 00:00 becomes 23:00 of the other.
    let havana = Calendar::Always.plan_of(20_261_101, &zone("America/Havana")).expect("it opens");
    assert_eq!(havana.midnight, utc("2026-11-01T04:00:00Z"));
    assert_eq!(havana.end, utc("2026-11-02T05:00:00Z"));
    let nuuk = zone("America/Nuuk");
    let plan = Calendar::Always.plan_of(20_261_024, &nuuk).expect("it opens");
    assert_eq!(
        (plan.midnight, plan.end),
        (utc("2026-10-24T01:00:00Z"), utc("2026-10-25T02:00:00Z"))
    );
    // In St. John's 00:01 became 23:01 of the date before, whose day was over by then.
    let st_johns = zone("America/St_Johns");
    let before = Calendar::Always.plan_of(20_101_106, &st_johns).expect("it opens");
    assert_eq!(before.end, utc("2010-11-07T02:30:00Z"));
    for moment in ["2010-11-07T02:30:00Z", "2010-11-07T02:31:00Z", "2010-11-07T03:29:59Z"] {
        let plan = Calendar::Always.plan(utc(moment), &st_johns).expect("it opens");
        assert_eq!((plan.date, plan.is_open_at(utc(moment))), (20_101_107, true), "{moment}");
    }
}

#[test]
fn a_date_that_a_zone_skipped_does_not_open() {
    let apia = zone("Pacific/Apia");
    assert_eq!(Calendar::Always.plan_of(20_111_230, &apia), None);
    assert_eq!(every_night().plan_of(20_111_230, &apia), None);
    let last = Calendar::Always.plan(utc("2011-12-30T09:59:59Z"), &apia).expect("it opens");
    let next = Calendar::Always.plan(last.end, &apia).expect("it opens");
    assert_eq!((last.date, next.date), (20_111_229, 20_111_231));
    assert_eq!(last.end, next.midnight);
}

/// A year's end in New York, with a half day and two holidays.
fn year_end() -> Calendar {
    let half = [(Mark::Late, "13:00"), (Mark::Ended, "17:00")];
    let half = half.iter().fold(times(&USUAL), |times, (mark, text)| {
        times.with(*mark, TimeOfDay::parse(text).expect("a time"))
    });
    Calendar::Timed(Timetable {
        holidays: [civil::date(2026, 12, 25), civil::date(2027, 1, 1)].into(),
        half_days: [(civil::date(2026, 12, 24), half)].into(),
        ..timetable(&USUAL)
    })
}

#[test]
fn half_days_have_their_own_times_and_holidays_and_weekends_none() {
    let (calendar, new_york) = (year_end(), zone("America/New_York"));
    let expected = [
        "2026-12-24T08:30:00Z",
        "2026-12-24T09:00:00Z",
        "2026-12-24T14:25:00Z",
        "2026-12-24T14:30:00Z",
        "2026-12-24T18:00:00Z",
        "2026-12-24T22:00:00Z",
        "2026-12-25T05:00:00Z",
    ];
    is_planned(&calendar, 20_261_224, &new_york, expected);
    let kinds = [
        (20_261_223, Some(DayKind::Whole)),
        (20_261_224, Some(DayKind::Half)),
        (20_261_225, Some(DayKind::Holiday)),
        (20_261_226, Some(DayKind::Off)),
        (20_261_227, Some(DayKind::Off)),
        (20_261_228, Some(DayKind::Whole)),
        (20_270_101, Some(DayKind::Holiday)),
        (20_260_230, None),
        (20_261_301, None),
        (0, None),
        (u32::MAX, None),
    ];
    for (date, kind) in kinds {
        assert_eq!(calendar.kind_of(date), kind, "{date}");
        let opens = matches!(kind, Some(DayKind::Whole | DayKind::Half));
        assert_eq!(calendar.plan_of(date, &new_york).is_some(), opens, "{date}");
    }
}

#[test]
fn the_next_day_is_that_which_is_open_or_opens_first() {
    let (calendar, new_york) = (year_end(), zone("America/New_York"));
    let rows = [
        // Before a day opens, when it does, until it ends.
        ("2026-12-23T05:00:00Z", 20_261_223, false),
        ("2026-12-23T08:29:59.999999999Z", 20_261_223, false),
        ("2026-12-23T08:30:00Z", 20_261_223, true),
        ("2026-12-24T04:59:59.999999999Z", 20_261_223, true),
        ("2026-12-24T05:00:00Z", 20_261_224, false),
        // Over Christmas and the weekend.
        ("2026-12-25T04:59:59Z", 20_261_224, true),
        ("2026-12-25T05:00:00Z", 20_261_228, false),
        ("2026-12-27T23:00:00Z", 20_261_228, false),
        ("2027-01-01T05:00:00Z", 20_270_104, false),
    ];
    for (now, date, is_open) in rows {
        let plan = calendar.plan(utc(now), &new_york).expect("one follows");
        assert_eq!((plan.date, plan.is_open_at(utc(now))), (date, is_open), "{now}");
    }
}

#[test]
fn what_does_not_open_within_the_horizon_does_not() {
    let begin = civil::date(2026, 1, 1);
    let only = |ahead: i32| {
        let dates = begin.series(1.day()).take(500);
        let opens = begin.checked_add(ahead.days()).expect("a date");
        let holidays = dates.filter(|date| *date != opens).collect();
        Calendar::Timed(Timetable { days: [true; 7], holidays, ..timetable(&USUAL) })
    };
    let now = utc("2026-01-01T12:00:00Z");
    let plan = only(400).plan(now, &TimeZone::UTC).expect("it opens");
    assert_eq!(plan.date, 20_270_205);
    assert_eq!(only(401).plan(now, &TimeZone::UTC), None);
    let never = Calendar::Timed(Timetable { days: [false; 7], ..timetable(&USUAL) });
    assert_eq!(never.plan(now, &TimeZone::UTC), None);
}

#[test]
fn every_time_of_ours_has_an_answer() {
    for name in ["UTC", "America/New_York", "Pacific/Kiritimati"] {
        let zone = zone(name);
        for calendar in [Calendar::Always, every_night(), year_end()] {
            for time in [0, 1, 1 << 62, u64::MAX - (1 << 60)] {
                let plan = calendar.plan(Time(time), &zone);
                assert!(plan.is_some_and(|plan| Time(time) < plan.end), "{name} {time}");
            }
            // Where our time ends, so do days.
            assert_eq!(calendar.plan(Time(u64::MAX), &zone), None);
        }
    }
}

#[test]
fn marks_that_do_not_ascend_are_found() {
    assert_eq!(times(&USUAL).disorder().count(), 0);
    let late = times(&[(Mark::Open, "16:00"), (Mark::Late, "16:00"), (Mark::Ended, "24:00")]);
    let expected = [(Mark::Open, Mark::Late), (Mark::Ended, Mark::EndDay)];
    assert_eq!(late.disorder().collect::<Vec<_>>(), expected);
}
