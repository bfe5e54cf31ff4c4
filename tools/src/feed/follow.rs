//! A feed from its first event to the end that is asked for.

use std::mem;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use appliance::linux::StopSignal;
use client::feed::{Event, Feed, Gap, Run, State};

use super::error::FeedFailure;
use super::remarks::Remarks;
use super::road::{Before, Left, Road};

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

/// Gives the messages of one session to `taker`, and remarks on everything else. `road` has how it
/// went, also if it fails.
///
/// # Errors
/// If the feed cannot be read or the messages not be taken.
pub fn follow(
    feed: &mut Feed,
    until: &Until,
    remarks: &mut Remarks,
    taker: &mut dyn Take,
    road: &mut Road,
) -> Result<(), FeedFailure> {
    let mut wait = Duration::ZERO;
    // What is missing as soon as a session is joined was told before.
    let mut is_joining = false;
    while road.left.is_none() {
        road.left = until.over();
        if road.left.is_some() {
            leave_open(feed, remarks, road);
            break;
        }
        let Some(event) = feed.next(wait)? else {
            is_joining = false;
            remarks.rest(feed.counts());
            if taker.rest()? == Flow::Enough {
                road.left = Some(Left::Enough);
            }
            wait = until.wait();
            continue;
        };
        wait = Duration::ZERO;
        match event {
            Event::Messages(run) => {
                is_joining = false;
                remarks.bar().inc(run.records().len() as u64);
                if taker.take(run)? == Flow::Enough {
                    road.left = Some(Left::Enough);
                }
            }
            Event::Session(session, first) => {
                is_joining = true;
                road.session = Some(session);
                remarks.session(session, first);
            }
            Event::EndOfSession(next) => {
                remarks.over(next);
                road.left = Some(Left::Over);
            }
            Event::Abandoned { session, next } => {
                remarks.abandoned(session, next);
                road.left = Some(Left::Abandoned);
            }
            Event::GaveUp(gap) => {
                lose(gap, feed, remarks, road);
                match until.on_loss {
                    OnLoss::End => road.left = Some(Left::Lost),
                    OnLoss::GoOn => feed.skip_gap(),
                }
            }
            Event::Gap(gap) if mem::take(&mut is_joining) => {
                road.before = Some(Before::new(gap));
                remarks.before(gap);
            }
            Event::Gap(gap) => remarks.gap(gap, feed.counts()),
            Event::Recovered(gap) => recover(gap, feed, remarks, road),
            Event::Retracted(gap) => retract(gap, feed, remarks, road),
            Event::Silent(line) => remarks.silent(line),
            Event::Heard(line) => remarks.heard(line),
            Event::Foreign(session) => remarks.foreign(session),
        }
    }
    Ok(())
}

/// All of a gap came.
fn recover(gap: Gap, feed: &Feed, remarks: &Remarks, road: &mut Road) {
    match close(road, feed) {
        true => remarks.fetched(gap),
        false => remarks.recovered(gap, feed.counts()),
    }
}

/// A gap is none.
fn retract(gap: Gap, feed: &Feed, remarks: &Remarks, road: &mut Road) {
    close(road, feed);
    remarks.retracted(gap);
}

/// A gap is given up.
fn lose(gap: Gap, feed: &Feed, remarks: &Remarks, road: &mut Road) {
    remarks.lost(gap, feed);
    close(road, feed);
    road.lost += gap.count();
}

/// The open gap is no longer waited for; says whether it was that of what was told before.
fn close(road: &mut Road, feed: &Feed) -> bool {
    let open = road.before.as_mut().filter(|before| before.is_open());
    open.map(|before| before.close(feed.counts())).is_some()
}

/// It ends now, whatever is missing.
fn leave_open(feed: &Feed, remarks: &Remarks, road: &mut Road) {
    if let State::Missing(mut gap) = feed.state() {
        // What came of it is told, or held for what is missing before it.
        gap.first = feed.next_number().unwrap_or(gap.first);
        remarks.left_open(gap, feed);
        road.missing = gap.count();
    }
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

    /// Whether it is to end now, and why.
    fn over(&self) -> Option<Left> {
        if self.stop.is_asked() {
            return Some(Left::Stopped);
        }
        let is_late = self.deadline.is_some_and(|deadline| deadline <= Instant::now());
        is_late.then_some(Left::TimeOver)
    }

    fn wait(&self) -> Duration {
        let left = self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        left.map_or(WAIT, |left| left.min(WAIT))
    }
}
