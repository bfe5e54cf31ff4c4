//! `outcry config calendar`, run as a user runs it.

use std::fs;
use std::path::PathBuf;

use super::{Run, check, config};

const NEW_YORK: &str = "\
[venue]
name = \"Test\"
timezone = \"America/New_York\"
[venue.calendar]
open_day = \"03:30\"
pre_open = \"09:25\"
open = \"09:30\"
late = \"16:00\"
ended = \"20:00\"
holidays = [\"2026-11-26\"]
half_days = [{ date = \"2026-11-27\", late = \"13:00\", ended = \"17:00:30\" }]
";

/// Shows the calendar of a file of this name with this text.
fn calendar(name: &str, text: &str, arguments: &[&str]) -> Run {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).expect("the directory can be written");
    let path = path.to_str().expect("the directory has a plain name");
    config(&[&["calendar", path], arguments].concat(), "")
}

#[test]
fn days_are_shown_by_the_clock_there_and_in_utc() {
    let run = calendar("days.toml", NEW_YORK, &["--from", "2026-11-25", "--days", "4"]);
    let expected = "\
Test, America/New_York
date            day      open_day    pre_open    open        late        ended       end_day
2026-11-25 Wed  whole    03:30       09:25       09:30       16:00       20:00       00:00+1
           UTC           08:30       14:25       14:30       21:00       01:00+1     05:00+1
2026-11-26 Thu  holiday
2026-11-27 Fri  half     03:30       09:25       09:30       13:00       17:00:30    00:00+1
           UTC           08:30       14:25       14:30       18:00       22:00:30    05:00+1
2026-11-28 Sat  weekend
";
    assert_eq!((run.code, run.err.as_str(), run.out.as_str()), (Some(0), "", expected));
}

#[test]
fn utc_follows_the_change_of_clocks() {
    let text = NEW_YORK.replace("open_day", "days = [\"fri\", \"sat\", \"sun\"]\nopen_day");
    let run = calendar("clocks.toml", &text, &["--from", "2027-03-13", "--days", "2"]);
    let rows: Vec<&str> = run.out.lines().skip(2).map(|row| &row[..33]).collect();
    let expected = [
        "2027-03-13 Sat  whole    03:30   ",
        "           UTC           08:30   ",
        "2027-03-14 Sun  whole    03:30   ",
        "           UTC           07:30   ",
    ];
    assert_eq!(rows, expected);
}

#[test]
fn a_program_reads_the_calendar_as_json() {
    let days = ["--from", "2026-11-27", "--days", "2", "--json"];
    let run = calendar("json.toml", NEW_YORK, &days);
    let value: serde_json::Value = serde_json::from_str(&run.out).expect("it is JSON");
    let [friday, saturday] = [&value["days"][0], &value["days"][1]];
    assert_eq!(value["timezone"], "America/New_York");
    assert_eq!((&friday["date"], &friday["weekday"]), (&"2026-11-27".into(), &"Friday".into()));
    let late = serde_json::json!({
        "mark": "late",
        "local": "2026-11-27T13:00:00-05:00",
        "utc": "2026-11-27T18:00:00Z",
    });
    assert_eq!((&friday["kind"], &friday["marks"][3]), (&"half".into(), &late));
    assert_eq!((&saturday["kind"], &saturday["marks"]), (&"weekend".into(), &vec![(); 0].into()));
}

#[test]
fn without_a_file_it_is_the_calendar_of_a_venue_without_one() {
    let run = config(&["calendar", "--from", "2026-12-31", "--days", "1"], "");
    let expected = "\
Outcry, UTC
date            day      open_day    open        end_day
2026-12-31 Thu  whole    00:00       00:00       00:00+1
";
    assert_eq!((run.code, run.out.as_str()), (Some(0), expected));
    let today = config(&["calendar"], "");
    assert_eq!((today.code, today.out.lines().count()), (Some(0), 2 + 14));
}

#[test]
fn a_calendar_that_is_wrong_is_answered_as_by_check() {
    let text = NEW_YORK.replace("09:30", "9:30");
    let run = calendar("wrong-calendar.toml", &text, &[]);
    let checked = check("wrong-calendar.toml", text.as_bytes());
    assert_eq!((run.code, checked.code, run.out.as_str()), (Some(1), Some(1), ""));
    assert!(run.err.ends_with(checked.err.trim_start_matches("FILE")), "{}", run.err);
    for arguments in [["--from", "2026-02-30"], ["--days", "0"], ["--days", "401"]] {
        assert_eq!(calendar("right.toml", NEW_YORK, &arguments).code, Some(2));
    }
}

#[test]
fn a_check_tells_when_the_next_day_opens() {
    let run = check("next.toml", NEW_YORK.as_bytes());
    assert_eq!(run.code, Some(0), "{run:?}");
    let line = run.out.lines().nth(1).expect("there are two lines");
    let begins = ["FILE: a day is open now, from ", "FILE: the next day opens "];
    assert!(begins.iter().any(|begin| line.starts_with(begin)), "{line}");
    assert!(line.contains(" 03:30 ") && line.ends_with(" 00:00, America/New_York"), "{line}");
    let never = "2020-01-01";
    let days: String = (0..7_000)
        .map(|ahead| {
            let date: jiff::civil::Date = never.parse().expect("a date");
            let date = date.checked_add(jiff::Span::new().days(ahead)).expect("a date");
            format!("\"{date}\",\n")
        })
        .collect();
    let text = NEW_YORK.replace("[\"2026-11-26\"]", &format!("[{days}]"));
    let run = check("never.toml", text.split("half_days").next().expect("a text").as_bytes());
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.out.contains("nothing opens within 400 days: look at days and"), "{run:?}");
}
