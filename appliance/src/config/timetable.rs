//! Days and phases by the clock on the wall.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use toml::de::DeValue;

use super::section::Section;
use crate::calendar::{DayKind, Mark, TimeOfDay, Times, Timetable};

/// The section of a timetable.
pub(super) const SECTION: &str = "venue.calendar";
/// What a half day has, as if it were a section.
pub(super) const HALF_DAYS: &str = "venue.calendar.half_days";

const TIME: &str = "a time of the day in quotes, from \"00:00\" to \"24:00\", such as \"09:30\" or \
                    \"09:30:15\"";
const DATE: &str = "a date that there is, as year-month-day in quotes, such as \"2026-12-25\"";
const HOLIDAYS: &str = "a list of dates in quotes, such as [\"2026-12-25\", \"2027-01-01\"]";
const HALF_DAYS_ARE: &str = "a list of dates with the times that differ, such as \
                         [{ date = \"2026-11-27\", late = \"13:00\", ended = \"17:00\" }]";
const DAYS: &str =
    "a list of days of the week, such as [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]";
const DAY: &str = "one of \"mon\", \"tue\", \"wed\", \"thu\", \"fri\", \"sat\", \"sun\"";
const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Reads the section `[venue.calendar]`; `None` if something is wrong with it.
pub(super) fn read(section: &mut Section<'_, '_>) -> Option<Timetable> {
    for mark in [Mark::Open, Mark::Ended] {
        if !section.has(mark.key()) {
            section.fault(mark.key(), format!("is missing: it must be {TIME}"));
        }
    }
    let times = times(section, Times::of_a_day());
    let days = days(section);
    let holidays = holidays(section);
    let mut timetable = Timetable { times, days, holidays, half_days: BTreeMap::new() };
    half_days(section, &mut timetable);
    section.is_fine().then_some(timetable)
}

/// The times of `usual` with those that the section has.
fn times(section: &mut Section<'_, '_>, usual: Times) -> Times {
    let mut times = usual;
    for mark in Mark::ALL {
        if let Some(time) = section.find(mark.key(), TIME, |text: String| TimeOfDay::parse(&text)) {
            times = times.with(mark, time);
        }
    }
    for (first, second) in times.disorder() {
        let time = |mark| times.at(mark).expect("what is in disorder has times");
        let (key, relation, other) = match section.has(second.key()) {
            true => (second, "after", first),
            false => (first, "before", second),
        };
        if section.has(key.key()) {
            let problem =
                format!("must be {relation} {}, which is \"{}\"", other.key(), time(other));
            section.fault(key.key(), problem);
        }
    }
    times
}

/// The days of the week on which something opens, from Monday to Sunday. If they are wrong, it is
/// all of them: of no date is it said then that nothing opens.
fn days(section: &mut Section<'_, '_>) -> [bool; 7] {
    const KEY: &str = "days";
    let Some(elements) = section.list(KEY, DAYS) else { return Timetable::WORKDAYS };
    let mut is_fine = !elements.is_empty();
    if !is_fine {
        section.fault(KEY, format!("the venue would never open: must be {DAYS}"));
    }
    let mut days = [false; 7];
    for element in elements {
        let day = |name: String| NAMES.iter().position(|known| *known == name);
        let Some(day) = section.element(KEY, element, DAY, day) else {
            is_fine = false;
            continue;
        };
        if days[*day.get_ref()] {
            section.fault_of_element(KEY, day.span(), "is named already: leave it out".to_owned());
        }
        days[day.into_inner()] = true;
    }
    if is_fine { days } else { [true; 7] }
}

fn holidays(section: &mut Section<'_, '_>) -> BTreeSet<Date> {
    const KEY: &str = "holidays";
    let mut dates = BTreeMap::new();
    for element in section.list(KEY, HOLIDAYS).unwrap_or_default() {
        let date = |text: String| date(&text);
        let Some(date) = section.element(KEY, element, DATE, date) else { continue };
        let line = section.line(&date.span());
        if let Some(before) = dates.insert(*date.get_ref(), line) {
            let problem = format!("is named at line {before} already: leave it out");
            section.fault_of_element(KEY, date.span(), problem);
        }
    }
    dates.into_keys().collect()
}

/// Reads half days into the timetable, which has everything else.
fn half_days(section: &mut Section<'_, '_>, timetable: &mut Timetable) {
    const KEY: &str = "half_days";
    let usual_is_fine = section.is_fine();
    let mut lines = BTreeMap::new();
    for element in section.list(KEY, HALF_DAYS_ARE).unwrap_or_default() {
        let place = element.span();
        let line = section.line(&place);
        let DeValue::Table(table) = element.into_inner() else {
            section.fault_of_element(KEY, place, format!("must be in {HALF_DAYS_ARE}"));
            continue;
        };
        let usual = timetable.times.clone();
        let read = section.read_inner(HALF_DAYS, place, table, |half| {
            half_day(half, usual, usual_is_fine, timetable, &lines)
        });
        if let Some((date, times)) = read {
            lines.insert(date, line);
            timetable.half_days.insert(date, times);
        }
    }
}

/// A half day. `lines` has the dates that there are with their lines.
fn half_day(
    half: &mut Section<'_, '_>,
    usual: Times,
    usual_is_fine: bool,
    timetable: &Timetable,
    lines: &BTreeMap<Date, usize>,
) -> Option<(Date, Times)> {
    const KEY: &str = "date";
    let date = half.required(KEY, DATE, |text: String| date(&text));
    if !Mark::ALL.iter().any(|mark| half.has(mark.key())) {
        let example = "such as late = \"13:00\", or leave out the half day";
        half.fault_of_all(format!("no time differs: give those that do, {example}"));
    }
    let usual = if usual_is_fine { usual } else { Times::of_a_day() };
    let times = times(half, usual);
    let date = date?;
    let nothing = "nothing opens on that date, which is a";
    let problem = match (timetable.kind(date), lines.get(&date)) {
        (_, Some(line)) => format!("is a half day at line {line} already: leave one out"),
        (DayKind::Holiday, _) => format!("{nothing} holiday: leave it out of one of the two"),
        (DayKind::Off, _) => {
            let day = date.weekday();
            let short = NAMES[usize::from(day.to_monday_zero_offset().unsigned_abs())];
            format!("{nothing} {day:?}: leave it out, or name \"{short}\" in days")
        }
        (DayKind::Whole | DayKind::Half, None) => return Some((date, times)),
    };
    half.fault(KEY, problem);
    None
}

/// The date that `text` is, as `2026-12-25`.
fn date(text: &str) -> Option<Date> {
    let mut parts = text.split('-').zip([4, 2, 2]).map(|(part, length)| {
        let digits = part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<i16>().ok().filter(|_| digits)
    });
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok();
    date.filter(|_| text.len() == 10)
}
