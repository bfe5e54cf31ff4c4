//! The venue: what it is called and when its day begins.

use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::section::Section;

/// The venue.
#[derive(Clone, Debug)]
pub struct Venue {
    /// Its name, for people.
    pub name: String,
    /// The time zone whose midnight begins a day.
    pub timezone: TimeZone,
    /// The time zone's name, at most [`Venue::MAX_ZONE`] bytes.
    pub timezone_name: String,
    /// When the phases of a day begin.
    pub calendar: Calendar,
    /// The number of this unit among those of the venue.
    pub unit: u8,
}

/// When the phases of a day begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calendar {
    /// The market opens as soon as the venue is ready, and a new day begins at midnight (R24).
    Always,
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
            calendar: section.choice("calendar", Calendar::Always, &[("always", Calendar::Always)]),
            unit: unit.unwrap_or(0),
        }
    }
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
