//! Who logs in, and how patient both sides are.

use std::fmt;
use std::time::Duration;

use protocol_spec::session::soup::ClientConfig;
use protocol_spec::wire::soup::SessionId;
use protocol_spec::wire::text::{Alpha, Secret};
use protocol_spec::words::SequenceNo;

/// Who logs in, and how patient both sides are.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// The login and the waits of the session. Which session, and from where, `start` says.
    pub login: ClientConfig,
    /// The first reply wanted.
    pub start: Start,
    /// How long it may take to connect.
    pub connect_timeout: Duration,
    /// How long the venue may take to answer an Account Query, or to read on.
    pub answer_timeout: Duration,
}

/// The first reply wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// The next one that there will be in the current session. If there was only one so far, it
    /// may come first.
    Now,
    /// The first one of the current session.
    First,
    /// This one of a session, of the current one if that is blank: where a program goes on after
    /// it was started anew. Number 0 is the most recent reply.
    At(SessionId, SequenceNo),
}

/// A username or a password that does not fit its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadText {
    field: &'static str,
    most: usize,
}

impl Config {
    /// Logs `username` in, for the replies from now on.
    ///
    /// # Errors
    /// If the username has not 1 to 6 printable ASCII characters, or the password not 1 to 10.
    pub fn new(username: &str, password: &str) -> Result<Self, BadText> {
        let username = fitting("username", username, 6, Alpha::try_new)?;
        let password = fitting("password", password, 10, Secret::try_new)?;
        Ok(Config {
            login: ClientConfig::new(username, password),
            start: Start::Now,
            connect_timeout: Duration::from_secs(5),
            answer_timeout: Duration::from_secs(10),
        })
    }

    /// Asks for replies from another start.
    #[must_use]
    pub const fn from(mut self, start: Start) -> Self {
        self.start = start;
        self
    }
}

fn fitting<T>(
    field: &'static str,
    text: &str,
    most: usize,
    make: fn(&str) -> Option<T>,
) -> Result<T, BadText> {
    let printable = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    make(text).filter(|_| printable).ok_or(BadText { field, most })
}

impl fmt::Display for BadText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BadText { field, most } = self;
        write!(f, "the {field} has to have 1 to {most} printable ASCII characters, none a space")
    }
}

impl std::error::Error for BadText {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_passwords_fit_or_are_refused() {
        assert!(Config::new("demo12", "0123456789").is_ok());
        for (username, password) in [("demo123", "x"), ("", "x"), ("démo", "x"), ("de mo", "x")] {
            let error = Config::new(username, password).expect_err("such a name does not fit");
            assert!(error.to_string().contains("username has to have 1 to 6"), "{error}");
        }
        let error = Config::new("demo1", "0123456789a").expect_err("it has eleven characters");
        assert!(error.to_string().contains("password has to have 1 to 10"), "{error}");
    }

    #[test]
    fn the_password_is_not_shown() {
        let config = Config::new("demo1", "hunter2").expect("both fit");
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}
