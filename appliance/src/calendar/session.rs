//! Names of trading days.

use jiff::civil;

/// The name of a trading day: YYYYMMDD and two digits of incarnation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Session(pub [u8; 10]);

impl Session {
    /// Sessions that a date may have: two digits tell them apart.
    pub const MOST: u32 = 99;

    /// The session of a date (YYYYMMDD) that is its `incarnation`.
    ///
    /// # Panics
    /// If either has more digits than there are for it.
    #[must_use]
    pub fn of(date: u32, incarnation: u32) -> Self {
        assert!(
            (1..=Self::MOST).contains(&incarnation),
            "a day has two digits for its incarnations"
        );
        let text = format!("{date:08}{incarnation:02}");
        Session(text.as_bytes().try_into().expect("eight digits and two"))
    }

    /// The session of this name, if it is one.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let bytes: [u8; 10] = name.as_bytes().try_into().ok()?;
        let session = bytes.iter().all(u8::is_ascii_digit).then_some(Session(bytes))?;
        session.civil().is_some().then_some(session)
    }

    /// Its date, if there is one like that.
    pub(super) fn civil(self) -> Option<civil::Date> {
        let name = self.name();
        let (year, month, day) = (name[..4].parse(), name[4..6].parse(), name[6..8].parse());
        civil::Date::new(year.ok()?, month.ok()?, day.ok()?).ok()
    }

    /// Its name.
    ///
    /// # Panics
    /// Never: it is made of digits.
    #[must_use]
    pub fn name(&self) -> &str {
        str::from_utf8(&self.0).expect("it is made of digits")
    }

    /// Its date: YYYYMMDD.
    ///
    /// # Panics
    /// Never: it is made of digits.
    #[must_use]
    pub fn date(&self) -> u32 {
        self.name()[..8].parse().expect("it is made of digits")
    }

    /// Which session of its date it is.
    ///
    /// # Panics
    /// Never: it is made of digits.
    #[must_use]
    pub fn incarnation(&self) -> u32 {
        self.name()[8..].parse().expect("it is made of digits")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_ten_digits() {
        let session = Session::of(20_261_120, 3);
        assert_eq!(session.name(), "2026112003");
        assert_eq!((session.date(), session.incarnation()), (20_261_120, 3));
        assert_eq!(Session::parse("2026112003"), Some(session));
        for name in ["", "lock", "20261120", "2026112003x", "202611200x", "2026113101"] {
            assert_eq!(Session::parse(name), None);
        }
    }
}
