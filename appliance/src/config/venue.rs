//! The venue: what it is called and when its day begins.

use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::section::Section;
use super::timetable;
use crate::calendar::Calendar;

/// The venue.
#[derive(Clone, Debug)]
pub struct Venue {
    /// Its name, for people.
    pub name: String,
    /// The time zone whose midnight begins a day.
    pub timezone: TimeZone,
    /// The time zone's name, at most [`Venue::MAX_ZONE`] bytes.
    pub timezone_name: String,
    /// Which days it opens, and when their phases begin.
    pub calendar: Calendar,
    /// The number of this unit among those of the venue.
    pub unit: u8,
}

impl Venue {
    /// Most bytes of a time zone's name.
    pub const MAX_ZONE: usize = 32;
    /// Most characters of a venue's name.
    const MAX_NAME: usize = 64;

    pub(super) fn read(section: &mut Section<'_, '_>) -> Self {
        let allowed = "1 to 64 characters, in quotes, none of them a control character";
        let name = section.find("name", allowed, |name: String| {
            let count = name.trim().chars().count();
            let printable = !name.chars().any(char::is_control);
            ((1..=Self::MAX_NAME).contains(&count) && printable).then_some(name)
        });
        let unit = section
            .find("unit", "0: there is one unit so far", |unit: i64| (unit == 0).then_some(0));
        let allowed = "the name of a time zone, such as \"UTC\" or \"America/New_York\"";
        let zone = section.find("timezone", allowed, |name: String| zone(&name));
        let (timezone, timezone_name) = zone.unwrap_or((TimeZone::UTC, "UTC".to_owned()));
        Venue {
            name: name.unwrap_or_else(|| "Outcry".to_owned()),
            timezone,
            timezone_name,
            calendar: calendar(section),
            unit: unit.unwrap_or(0),
        }
    }
}

/// The calendar: a word, or a section of its own.
fn calendar(section: &mut Section<'_, '_>) -> Calendar {
    const KEY: &str = "calendar";
    if section.has_section(KEY) {
        let timetable = section.inner(KEY, timetable::SECTION, timetable::read).flatten();
        return timetable.map_or(Calendar::Always, Calendar::Timed);
    }
    let allowed = "\"always\"; or leave it out and write a section [venue.calendar], in which open \
                   and ended are times of the day such as \"09:30\"";
    let always = |word: String| (word == "always").then_some(Calendar::Always);
    section.find(KEY, allowed, always).unwrap_or(Calendar::Always)
}

/// The time zone of this name, with the name in its usual spelling: as the system knows it, or as
/// it was known when this program was built.
pub(crate) fn zone(name: &str) -> Option<(TimeZone, String)> {
    let zone = jiff::tz::db().get(name);
    let zone = zone.or_else(|_| TimeZoneDatabase::bundled().get(name)).ok()?;
    let name = zone.iana_name()?.to_owned();
    (name.len() <= Venue::MAX_ZONE && name.is_ascii()).then_some((zone, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_known_by_name_in_any_case() {
        assert_eq!(zone("utc"), Some((TimeZone::UTC, "UTC".to_owned())));
        let (_, name) = zone("america/new_york").expect("a zone");
        assert_eq!(name, "America/New_York");
        for name in ["", "New York", "../../etc/passwd", "America", "Local", "/etc/localtime"] {
            assert_eq!(zone(name), None, "{name}");
        }
    }

    #[test]
    fn every_zone_has_a_name_that_fits() {
        let bundled = TimeZoneDatabase::bundled();
        let zones: Vec<_> = bundled.available().collect();
        assert!(zones.len() > 300, "{}", zones.len());
        for name in zones {
            assert!(zone(name.as_str()).is_some(), "{}", name.as_str());
        }
    }
}
