//! Calendars: what is written is what will be, and what contradicts itself is answered.

use jiff::civil::date;

use super::{right, wrong};
use crate::calendar::{Calendar, Mark, TimeOfDay, Times, Timetable};

const USUAL: &str = "[venue.calendar]\nopen = \"09:30\"\nended = \"16:00\"\n";

fn timetable(text: &str) -> Timetable {
    match right(text).venue.calendar {
        Calendar::Timed(timetable) => timetable,
        Calendar::Always => panic!("it is a timetable"),
    }
}

fn times(marks: &[(Mark, &str)]) -> Times {
    marks.iter().fold(Times::of_a_day(), |times, (mark, text)| {
        times.with(*mark, TimeOfDay::parse(text).expect("a time"))
    })
}

/// Checks that all that is said of `text` is these lines.
#[track_caller]
fn says(text: &str, lines: &[&str]) {
    assert_eq!(wrong(text), lines, "of\n{text}");
}

#[test]
fn two_times_are_enough() {
    let expected = Timetable {
        times: times(&[(Mark::Open, "09:30"), (Mark::Ended, "16:00")]),
        days: Timetable::WORKDAYS,
        holidays: [].into(),
        half_days: [].into(),
    };
    assert_eq!(timetable(USUAL), expected);
    let inline = "[venue]\ncalendar = { open = \"09:30\", ended = \"16:00\" }\n";
    let dotted = "[venue]\ncalendar.open = \"09:30\"\ncalendar.ended = \"16:00\"\n";
    for text in [inline, dotted] {
        assert_eq!(timetable(text), expected);
    }
}

#[test]
fn a_timetable_is_what_was_written() {
    let all = timetable(
        "[venue]\nname = \"X\"\n[venue.calendar]\nopen_day = \"03:30\"\nearly = \"04:00\"\n\
         pre_open = \"09:25:30\"\nopen = \"09:30\"\nlate = \"16:00\"\nended = \"20:00\"\n\
         end_day = \"23:00\"\ndays = [\"sun\", \"mon\"]\n\
         holidays = [\"2027-12-25\", \"2020-02-29\"]\n\
         half_days = [\n{ date = \"2026-11-23\", late = \"13:00\", ended = \"17:00\" },\n\
         { date = \"2026-11-29\", open_day = \"00:00\" },\n]\n",
    );
    let usual = times(&[
        (Mark::OpenDay, "03:30"),
        (Mark::Early, "04:00"),
        (Mark::PreOpen, "09:25:30"),
        (Mark::Open, "09:30"),
        (Mark::Late, "16:00"),
        (Mark::Ended, "20:00"),
        (Mark::EndDay, "23:00"),
    ]);
    let at = |text| TimeOfDay::parse(text).expect("a time");
    let short = usual.clone().with(Mark::Late, at("13:00")).with(Mark::Ended, at("17:00"));
    let long = usual.clone().with(Mark::OpenDay, TimeOfDay::MIDNIGHT);
    let expected = Timetable {
        times: usual,
        days: [true, false, false, false, false, false, true],
        holidays: [date(2020, 2, 29), date(2027, 12, 25)].into(),
        half_days: [(date(2026, 11, 23), short), (date(2026, 11, 29), long)].into(),
    };
    assert_eq!(all, expected);
}

#[test]
fn half_days_may_be_sections() {
    let text =
        format!("{USUAL}[[venue.calendar.half_days]]\ndate = \"2026-11-27\"\nended = \"13:00\"\n");
    assert_eq!(timetable(&text).half_days.len(), 1);
    let text = text.replace("ended = \"13:00\"\n", "ended = \"09:00\"\n");
    says(
        &text,
        &["v.toml:6: venue.calendar.half_days.ended = \"09:00\": must be after open, which is \
           \"09:30\""],
    );
}

#[test]
fn times_ascend() {
    says(
        "[venue.calendar]\nopen_day = \"10:00\"\nearly = \"09:00\"\nopen = \"09:30\"\n\
         late = \"09:30\"\nended = \"24:00\"\n",
        &[
            "v.toml:3: venue.calendar.early = \"09:00\": must be after open_day, which is \
             \"10:00\"",
            "v.toml:5: venue.calendar.late = \"09:30\": must be after open, which is \"09:30\"",
            "v.toml:6: venue.calendar.ended = \"24:00\": must be before end_day, which is \
             \"24:00\"",
        ],
    );
    says(
        &format!("{USUAL}half_days = [{{ date = \"2026-11-27\", late = \"17:00\" }}]\n"),
        &["v.toml:4: venue.calendar.half_days.late = \"17:00\": must be before ended, which is \
           \"16:00\""],
    );
}

#[test]
fn what_is_wrong_in_a_list_has_its_own_line() {
    says(
        &format!(
            "{USUAL}holidays = [\n\"2026-12-25\",\n\"2026-02-30\",\n\"2026-12-25\",\n\
             2026-12-26,\n]\ndays = [\"mon\", \"tuesday\",\n\"mon\"]\n\
             half_days = [{{ date = \"2026-12-27\", ended = \"12:00\" }}]\n"
        ),
        &[
            "v.toml:6: venue.calendar.holidays = \"2026-02-30\": must be a date that there is, as \
             year-month-day in quotes, such as \"2026-12-25\"",
            "v.toml:7: venue.calendar.holidays = \"2026-12-25\": is named at line 5 already: \
             leave it out",
            "v.toml:8: venue.calendar.holidays = 2026-12-26: must be a date that there is, as \
             year-month-day in quotes, such as \"2026-12-25\"",
            "v.toml:10: venue.calendar.days = \"tuesday\": must be one of \"mon\", \"tue\", \
             \"wed\", \"thu\", \"fri\", \"sat\", \"sun\"",
            "v.toml:11: venue.calendar.days = \"mon\": is named already: leave it out",
        ],
    );
}

#[test]
fn half_days_are_dates_on_which_the_venue_opens_at_other_times() {
    says(
        &format!(
            "{USUAL}holidays = [\"2026-12-25\"]\nhalf_days = [\n{{ date = \"2026-12-24\" }},\n\
             \"2026-12-31\",\n{{ date = \"2026-12-21\", lat = \"13:00\", ended = \"12:00\" }},\n\
             {{ date = \"2026-12-21\", ended = \"12:00\" }},\n\
             {{ date = \"2026-12-25\", ended = \"12:00\" }},\n\
             {{ date = \"2026-12-27\", ended = \"12:00\" }},\n{{ ended = \"12:00\" }},\n]\n"
        ),
        &[
            "v.toml:6: venue.calendar.half_days: no time differs: give those that do, such as \
             late = \"13:00\", or leave out the half day",
            "v.toml:7: venue.calendar.half_days = \"2026-12-31\": must be in a list of dates with \
             the times that differ, such as [{ date = \"2026-11-27\", late = \"13:00\", ended = \
             \"17:00\" }]",
            "v.toml:8: venue.calendar.half_days.lat: no such key in half_days of \
             [venue.calendar]; did you mean late?",
            "v.toml:9: venue.calendar.half_days.date = \"2026-12-21\": is a half day at line 8 \
             already: leave one out",
            "v.toml:10: venue.calendar.half_days.date = \"2026-12-25\": nothing opens on that \
             date, which is a holiday: leave it out of one of the two",
            "v.toml:11: venue.calendar.half_days.date = \"2026-12-27\": nothing opens on that \
             date, which is a Sunday: leave it out, or name \"sun\" in days",
            "v.toml:12: venue.calendar.half_days.date: is missing: it must be a date that there \
             is, as year-month-day in quotes, such as \"2026-12-25\"",
        ],
    );
}
