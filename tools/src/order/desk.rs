//! Asks, and shows what is answered.

use std::fmt;
use std::time::{Duration, Instant};

use client::{Cause, Config, OrderClient, Start};
use protocol_spec::session::soup::End;
use protocol_spec::wire::ouch::Outbound;
use protocol_spec::words::{SequenceNo, UserRefIdx};

use super::answer::{self, Answer};
use super::error::OrderError;
use super::grammar::Asked;
use super::screen::{Lines, Screen};
use crate::say::say;

/// How long replies are waited for.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For the own answer of a request.
    pub answer: Duration,
    /// For whatever follows: so long a silence is the end.
    pub silence: Duration,
}

/// A connection to a venue, and where its replies are shown.
pub struct Desk<'a> {
    venue: OrderClient,
    screen: Screen<'a>,
    patience: Patience,
    /// Channels whose numbers were asked for.
    known: [bool; 256],
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was taken.
    Taken,
    /// It was refused.
    Refused,
    /// A replacement was refused, and the order to be replaced canceled.
    Killed,
    /// There was no answer in this time, and why that may be.
    NoReply(Duration, &'static str),
}

impl<'a> Desk<'a> {
    /// Connects and logs in; replies will be shown in `lines`.
    ///
    /// # Errors
    /// If nobody answers, or the login is refused.
    pub fn open(
        address: &str,
        config: &Config,
        patience: Patience,
        lines: Lines<'a>,
    ) -> Result<Self, OrderError> {
        let venue = OrderClient::connect(address, config)?;
        let only_new = config.start == Start::Now;
        let screen = Screen::new(lines, address, venue.session(), only_new);
        Ok(Desk { venue, screen, patience, known: [false; 256] })
    }

    /// Sends a request, and shows replies until its own answer came.
    ///
    /// # Errors
    /// If the connection ends, or the replies cannot be written.
    pub fn ask(&mut self, asked: &Asked) -> Result<Outcome, OrderError> {
        let Some(request) = asked.request() else {
            return self.query(asked.queried());
        };
        let number = match (asked.number(), request.order()) {
            (Some(number), _) => {
                self.venue.send_as(number, request)?;
                number
            }
            (None, Some(_)) => self.venue.send(request)?,
            (None, None) => {
                self.learn(request.channel())?;
                self.venue.send(request)?
            }
        };
        let deadline = Instant::now() + self.patience.answer;
        let mut wait = self.patience.answer;
        // Other orders may have replies without end.
        while !wait.is_zero() {
            let Some(reply) = self.venue.next(wait)? else {
                break;
            };
            let answer = answer::to(&request, number, &reply);
            self.screen.show(&reply)?;
            match answer {
                None => wait = deadline.saturating_duration_since(Instant::now()),
                Some(Answer::Taken) => return Ok(Outcome::Taken),
                Some(Answer::Refused) => return Ok(Outcome::Refused),
                Some(Answer::Killed) => return Ok(Outcome::Killed),
            }
        }
        Ok(Outcome::NoReply(self.patience.answer, answer::silence(&request)))
    }

    /// Shows whatever comes until nothing has come for a while.
    ///
    /// # Errors
    /// If the connection ends, or the replies cannot be written.
    pub fn settle(&mut self) -> Result<(), OrderError> {
        while let Some(reply) = self.venue.next(self.patience.silence)? {
            self.screen.show(&reply)?;
        }
        Ok(())
    }

    /// Shows what has come.
    ///
    /// # Errors
    /// If the connection ends, or the replies cannot be written.
    pub fn look(&mut self) -> Result<(), OrderError> {
        while let Some(reply) = self.venue.next(Duration::ZERO)? {
            self.screen.show(&reply)?;
        }
        Ok(())
    }

    /// Shows the replies that there are, from where the login begins; then, if it is to follow,
    /// those that come, until the session is over.
    ///
    /// # Errors
    /// If the connection ends otherwise, or the replies cannot be written.
    pub fn replies(&mut self, follow: bool) -> Result<Outcome, OrderError> {
        let past = self.venue.past();
        // Of a single reply it is not known whether it is there.
        while self.venue.next_number() <= past && past > SequenceNo(1) {
            let Some(reply) = self.venue.next(self.patience.answer)? else {
                return Ok(Outcome::NoReply(self.patience.answer, "--timeout waits longer"));
            };
            self.screen.show(&reply)?;
        }
        if past == SequenceNo(1) {
            self.settle()?;
        }
        if !follow {
            return Ok(Outcome::Taken);
        }
        loop {
            match self.venue.next(Duration::MAX) {
                Ok(Some(reply)) => self.screen.show(&reply)?,
                Ok(None) => {}
                Err(error) if matches!(error.cause, Cause::Ended(End::SessionOver)) => {
                    return Ok(Outcome::Taken);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Logs out. That the venue had hung up before changes nothing of what was answered.
    pub fn leave(self) {
        if let Err(error) = self.venue.log_out() {
            say(format_args!("{error}"));
        }
    }

    /// Asks for the next number of a channel and shows the answer.
    fn query(&mut self, channel: UserRefIdx) -> Result<Outcome, OrderError> {
        self.venue.query(channel)?;
        self.known[usize::from(channel.0)] = true;
        while let Some(reply) = self.venue.next(Duration::ZERO)? {
            self.screen.show(&reply)?;
        }
        Ok(Outcome::Taken)
    }

    /// Asks for the next number of a channel, unless that was done, without showing the answer.
    fn learn(&mut self, channel: UserRefIdx) -> Result<(), OrderError> {
        let known = &mut self.known[usize::from(channel.0)];
        if std::mem::replace(known, true) {
            return Ok(());
        }
        self.venue.query(channel)?;
        while let Some(reply) = self.venue.next(Duration::ZERO)? {
            if !matches!(reply.decode(), Ok((Outbound::AccountQueryResponse(_), _))) {
                self.screen.show(&reply)?;
            }
        }
        Ok(())
    }
}

impl Outcome {
    /// Whether it was taken.
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self, Outcome::Taken)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Taken => f.write_str("taken"),
            Outcome::Refused => f.write_str("rejected"),
            Outcome::Killed => {
                f.write_str("not replaced, for something about it is wrong; the order was canceled")
            }
            Outcome::NoReply(wait, why) => write!(f, "no reply within {wait:?}: {why}"),
        }
    }
}
