//! Who asks to come in, and where to go on.

use core::time::Duration;

use crate::wire::soup::{LoginRejectReason, LoginRequest, SessionId};
use crate::wire::text::{Alpha, Digits, Secret};
use crate::words::SequenceNo;

/// A login request that is well formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Login {
    /// Who.
    pub username: Alpha<6>,
    /// The proof.
    pub password: Secret<10>,
    /// The session asked for; blank means the current one.
    pub session: SessionId,
    /// The number asked for, `None` if blank.
    pub number: Option<u64>,
    /// How long the client wants to be waited for, if it said (version 4.10).
    pub patience: Option<Duration>,
}

/// What a requested number of 0 means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZeroMeans {
    /// From the most recent message on, as the document has it.
    MostRecent,
    /// From the first message on, as snapshots have it.
    First,
}

impl Login {
    /// The login in a packet that was decoded, and the timeout that followed it, if any.
    pub(super) fn new(request: LoginRequest, timeout: Option<Digits<5>>) -> Self {
        let valid = "the packet was decoded, so its numbers are numbers";
        Login {
            username: request.username,
            password: request.password,
            session: request.session,
            number: request.number.number().expect(valid),
            patience: timeout
                .and_then(|timeout| timeout.number().expect(valid))
                .filter(|&millis| millis > 0)
                .map(Duration::from_millis),
        }
    }

    /// Whether the login asks for `session`, by name or by leaving it blank.
    #[must_use]
    pub fn asks_for(&self, session: &SessionId) -> bool {
        self.session.is_blank() || self.session.trimmed() == session.trimmed()
    }

    /// The number to go on from, if `highest` packets were sequenced so far.
    ///
    /// A blank number is 1.
    ///
    /// # Errors
    /// If the number is more than one above the highest: the client saw what this session did not.
    pub fn start(
        &self,
        highest: SequenceNo,
        zero: ZeroMeans,
    ) -> Result<SequenceNo, LoginRejectReason> {
        match (self.number, zero) {
            (None, _) | (Some(0), ZeroMeans::First) => Ok(SequenceNo(1)),
            (Some(0), ZeroMeans::MostRecent) => Ok(SequenceNo(highest.0.max(1))),
            (Some(number), _) if number <= highest.next().0 => Ok(SequenceNo(number)),
            _ => Err(LoginRejectReason::SESSION_NOT_AVAILABLE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(session: &str, number: &[u8; 20]) -> Login {
        let request = LoginRequest {
            session: Alpha::new(session),
            number: Digits(*number),
            ..LoginRequest::BLANK
        };
        Login::new(request, None)
    }

    #[test]
    fn the_session_matches_by_name_with_either_padding_or_when_blank() {
        let session = Alpha::new("2026112001");
        assert!(login("", &[b' '; 20]).asks_for(&session));
        assert!(login("2026112001", &[b' '; 20]).asks_for(&session));
        assert!(login("  S1", &[b' '; 20]).asks_for(&Alpha::new("S1")));
        assert!(!login("2026112002", &[b' '; 20]).asks_for(&session));
    }

    #[test]
    fn the_start_follows_from_the_number_asked_for() {
        let start = |number: u64, highest, zero| {
            login("", &Digits::new(number).0).start(SequenceNo(highest), zero)
        };
        let most_recent = ZeroMeans::MostRecent;
        assert_eq!(start(1, 0, most_recent), Ok(SequenceNo(1)));
        assert_eq!(start(11, 10, most_recent), Ok(SequenceNo(11)));
        assert_eq!(start(12, 10, most_recent), Err(LoginRejectReason::SESSION_NOT_AVAILABLE));
        assert_eq!(start(0, 10, most_recent), Ok(SequenceNo(10)));
        assert_eq!(start(0, 0, most_recent), Ok(SequenceNo(1)));
        assert_eq!(start(0, 10, ZeroMeans::First), Ok(SequenceNo(1)));
        let blank = login("", &[b' '; 20]);
        assert_eq!(blank.start(SequenceNo(10), most_recent), Ok(SequenceNo(1)));
    }

    #[test]
    fn a_timeout_of_0_is_none() {
        let patience =
            |text: &[u8; 5]| Login::new(LoginRequest::BLANK, Some(Digits(*text))).patience;
        assert_eq!(patience(b"15000"), Some(Duration::from_secs(15)));
        assert_eq!(patience(b"1000 "), Some(Duration::from_secs(1)));
        assert_eq!(patience(b"    0"), None);
        assert_eq!(patience(b"     "), None);
    }
}
