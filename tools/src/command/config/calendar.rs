//! `outcry config calendar`: the days to come.

use std::path::PathBuf;
use std::process::ExitCode;

use appliance::calendar::{Calendar, DayKind, Mark, Plan};
use appliance::config::{Config, Venue};
use clap::Args;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use protocol_spec::words::Time;
use serde_json::{Value, json};

use crate::command::{Failure, output};
use crate::say::say;

/// Show the days to come: which open, when their phases begin, and why others do not open
///
/// A row has the times of a day by the clock of the venue's time zone, the row below it the same
/// in UTC. +1 is the date after, -1 the one before. Times are those at which something really
/// happens, also where clocks are changed.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The configuration [default: the one that a venue without a file runs with]
    file: Option<PathBuf>,
    /// The first date, as 2026-11-20 [default: today at the venue]
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// How many days
    #[arg(long, value_name = "N", default_value_t = 14,
          value_parser = clap::value_parser!(u16).range(1..=400))]
    days: u16,
    /// As one JSON object
    #[arg(long)]
    json: bool,
}

/// A date of the calendar.
struct Day {
    date: Date,
    kind: DayKind,
    /// What happens when; nothing if nothing opens.
    marks: Vec<(Mark, Zoned)>,
}

/// Shows the days to come.
///
/// # Errors
/// If they cannot be written.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let config = match &arguments.file {
        None => Ok(Config::embedded()),
        Some(file) => Config::read(file),
    };
    let venue = match config {
        Ok(config) => config.venue,
        Err(errors) => {
            say(format_args!("{errors}"));
            return Ok(ExitCode::FAILURE);
        }
    };
    let today = || Timestamp::now().to_zoned(venue.timezone.clone()).date();
    let first = arguments.from.unwrap_or_else(today);
    let dates = first.series(1.day()).take(arguments.days.into());
    let days: Vec<Day> = dates.filter_map(|date| day(&venue, date)).collect();
    let text = match arguments.json {
        true => format!("{:#}\n", as_json(&venue, &days)),
        false => as_table(&venue, &days),
    };
    output::print(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// What the venue would do if it were started now, in a line.
#[must_use]
pub(super) fn next(venue: &Venue) -> String {
    let now = Timestamp::now().as_nanosecond();
    let now = Time(u64::try_from(now).unwrap_or_default());
    let Some(plan) = venue.calendar.plan(now, &venue.timezone) else {
        let days = Calendar::HORIZON;
        return format!("nothing opens within {days} days: look at days and holidays");
    };
    let at = |time| local(time, &venue.timezone).strftime("%a %Y-%m-%d %H:%M").to_string();
    let (opens, ends, zone) = (at(plan.opens), at(plan.end), &venue.timezone_name);
    match plan.is_open_at(now) {
        true => format!("a day is open now, from {opens} to {ends}, {zone}"),
        false => format!("the next day opens {opens} and ends {ends}, {zone}"),
    }
}

fn local(time: Time, zone: &TimeZone) -> Zoned {
    let moment = Timestamp::from_nanosecond(i128::from(time.0));
    moment.expect("64 bits of nanoseconds end in the year 2554").to_zoned(zone.clone())
}

/// A date of the calendar; `None` if it has too many digits for one of the venue's.
fn day(venue: &Venue, date: Date) -> Option<Day> {
    let digits: u32 = date.strftime("%Y%m%d").to_string().parse().ok()?;
    let kind = venue.calendar.kind_of(digits)?;
    let plan = venue.calendar.plan_of(digits, &venue.timezone);
    let marks = plan.map(|plan| marks(&plan, &venue.timezone)).unwrap_or_default();
    Some(Day { date, kind, marks })
}

fn marks(plan: &Plan, zone: &TimeZone) -> Vec<(Mark, Zoned)> {
    let begin = |mark: Mark| match mark {
        Mark::OpenDay => Some(plan.opens),
        Mark::EndDay => Some(plan.end),
        _ => {
            let begin = plan.phases.iter().find(|(_, phase)| mark.phase() == Some(*phase));
            begin.map(|(time, _)| *time)
        }
    };
    let marks = Mark::ALL.into_iter();
    marks.filter_map(|mark| Some((mark, local(begin(mark)?, zone)))).collect()
}

/// Why a date opens as it does, or not.
fn word(day: &Day) -> &'static str {
    match day.kind {
        DayKind::Holiday => "holiday",
        DayKind::Off if matches!(day.date.weekday(), Weekday::Saturday | Weekday::Sunday) => {
            "weekend"
        }
        DayKind::Off => "closed",
        DayKind::Whole | DayKind::Half if day.marks.is_empty() => "skipped",
        DayKind::Whole => "whole",
        DayKind::Half => "half",
    }
}

/// When a mark of a day is, in its own zone or in another, with the days that is ahead of its date.
fn clock(day: &Day, wanted: Mark, zone: Option<TimeZone>) -> String {
    let found = day.marks.iter().find(|(mark, _)| *mark == wanted);
    let Some((_, moment)) = found else { return String::new() };
    let moment = zone.map_or_else(|| moment.clone(), |zone| moment.with_time_zone(zone));
    let format = if moment.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
    let time = moment.strftime(format).to_string();
    match day.date.until(moment.date()).map_or(0, |ahead| ahead.get_days()) {
        0 => time,
        ahead => format!("{time}{ahead:+}"),
    }
}

fn as_table(venue: &Venue, days: &[Day]) -> String {
    let used = |mark: &Mark| days.iter().any(|day| day.marks.iter().any(|(m, _)| m == mark));
    let columns: Vec<Mark> = Mark::ALL.into_iter().filter(used).collect();
    let row = |begin: String, cell: &dyn Fn(Mark) -> String| {
        let cells = columns.iter().map(|mark| format!("  {:<10}", cell(*mark)));
        let line = begin + &cells.collect::<String>();
        format!("{}\n", line.trim_end())
    };
    let begin = |day: &str, kind: &str| format!("{day:<14}  {kind:<7}");
    let mut text = format!("{}, {}\n", venue.name, venue.timezone_name);
    text += &row(begin("date", "day"), &|mark| mark.key().to_owned());
    for day in days {
        let name = day.date.strftime("%Y-%m-%d %a").to_string();
        text += &row(begin(&name, word(day)), &|mark| clock(day, mark, None));
        if !day.marks.is_empty() && venue.timezone != TimeZone::UTC {
            let utc = &|mark| clock(day, mark, Some(TimeZone::UTC));
            text += &row(begin("           UTC", ""), utc);
        }
    }
    text
}

fn as_json(venue: &Venue, days: &[Day]) -> Value {
    let mark = |(mark, moment): &(Mark, Zoned)| {
        let local = moment.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        let utc = moment.timestamp().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        json!({ "mark": mark.key(), "local": local, "utc": utc })
    };
    let day = |day: &Day| {
        json!({
            "date": day.date.to_string(),
            "weekday": day.date.strftime("%A").to_string(),
            "kind": word(day),
            "marks": day.marks.iter().map(mark).collect::<Vec<Value>>(),
        })
    };
    json!({
        "venue": venue.name,
        "timezone": venue.timezone_name,
        "days": days.iter().map(day).collect::<Vec<Value>>(),
    })
}
