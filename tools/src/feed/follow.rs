//! A feed from its first event to the end that is asked for.

use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use appliance::linux::StopSignal;
use client::feed::{Event, Feed, Run, State};
use protocol_spec::wire::mold::SessionId;

use super::error::FeedFailure;
use super::remarks::Remarks;

/// Waited at once: a signal that comes just before the wait is noticed behind it.
const WAIT: Duration = Duration::from_millis(100);

/// How long a feed is followed, if it does not end before.
#[derive(Debug)]
pub struct Until {
    /// Ends it when it is asked for.
    stop: StopSignal,
    /// What signals are written to; nobody has to read it, since the wait for a feed ends by them.
    _bell: UnixStream,
    /// And at this time.
    deadline: Option<Instant>,
    on_loss: OnLoss,
}

/// What to do where messages are lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnLoss {
    /// Go on behind them.
    GoOn,
    /// End there.
    End,
}

/// Whether whoever takes the messages wants more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Yes.
    On,
    /// No.
    Enough,
}

/// Why a feed was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Every message of the session was told.
    Over,
    /// The session was left for another one before its end.
    Abandoned,
    /// Messages were lost.
    Lost,
    /// It was asked for, or the time is over.
    Stopped,
    /// There was enough of it.
    Enough,
}

/// How a feed was followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Road {
    /// Why it was left.
    pub left: Left,
    /// The session, if any was heard.
    pub session: Option<SessionId>,
    /// Messages that were lost on the way.
    pub lost: u64,
    /// Whether messages were still missing when it was left.
    pub is_open: bool,
}

/// What takes what comes.
pub trait Take {
    /// Takes messages.
    ///
    /// # Errors
    /// If it cannot.
    fn take(&mut self, run: Run<'_>) -> Result<Flow, FeedFailure>;

    /// Nothing comes for now; asked again and again while that is so.
    ///
    /// # Errors
    /// If what was taken cannot be passed on.
    fn rest(&mut self) -> Result<Flow, FeedFailure> {
        Ok(Flow::On)
    }
}

/// Gives the messages of one session to `taker`, and remarks on everything else.
///
/// # Errors
/// If the feed cannot be read or the messages not be taken.
pub fn follow(
    feed: &mut Feed,
    until: &Until,
    remarks: &mut Remarks,
    taker: &mut dyn Take,
) -> Result<Road, FeedFailure> {
    let mut road = Road { left: Left::Stopped, session: None, lost: 0, is_open: false };
    let mut wait = Duration::ZERO;
    while !until.is_over() {
        let Some(event) = feed.next(wait)? else {
            if taker.rest()? == Flow::Enough {
                return Ok(Road { left: Left::Enough, ..road });
            }
            wait = until.wait();
            continue;
        };
        wait = Duration::ZERO;
        match event {
            Event::Messages(run) => {
                remarks.bar().inc(run.records().len() as u64);
                if taker.take(run)? == Flow::Enough {
                    return Ok(Road { left: Left::Enough, ..road });
                }
            }
            Event::Session(session, first) => {
                road.session = Some(session);
                remarks.session(session, first);
            }
            Event::EndOfSession(next) => {
                remarks.over(next);
                return Ok(Road { left: Left::Over, ..road });
            }
            Event::Abandoned { session, next } => {
                remarks.abandoned(session, next);
                return Ok(Road { left: Left::Abandoned, ..road });
            }
            Event::GaveUp(gap) => {
                remarks.lost(gap, feed.unasked());
                road.lost += gap.count();
                if until.on_loss == OnLoss::End {
                    return Ok(Road { left: Left::Lost, ..road });
                }
                feed.skip_gap();
            }
            Event::Gap(gap) => remarks.gap(gap, feed.counts()),
            Event::Recovered(gap) => remarks.recovered(gap, feed.counts()),
            Event::Retracted(gap) => remarks.retracted(gap),
            Event::Silent(line) => remarks.silent(line),
            Event::Heard(line) => remarks.heard(line),
            Event::Foreign(session) => remarks.foreign(session),
        }
    }
    if let State::Missing(gap) = feed.state() {
        remarks.left_open(gap, feed.unasked());
        road.is_open = true;
    }
    Ok(road)
}

impl Until {
    /// To the deadline, or until a signal asks for the end.
    ///
    /// # Errors
    /// If the system does not let it hear signals.
    pub fn new(deadline: Option<Instant>, on_loss: OnLoss) -> Result<Self, FeedFailure> {
        let (stop, bell) = StopSignal::listen().map_err(FeedFailure::Signals)?;
        Ok(Until { stop, _bell: bell, deadline, on_loss })
    }

    fn is_over(&self) -> bool {
        self.stop.is_asked() || self.deadline.is_some_and(|deadline| deadline <= Instant::now())
    }

    fn wait(&self) -> Duration {
        let left = self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        left.map_or(WAIT, |left| left.min(WAIT))
    }
}
