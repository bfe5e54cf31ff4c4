//! Messages into books, and what is wrong with them.

use std::time::{Duration, Instant};

use client::feed::{Feed, Run};
use protocol_spec::wire::binary_file::Ending;
use protocol_spec::words::FeedNo;

use super::checker::{Checker, Fault};
use super::error::FeedFailure;
use super::follow::{Flow, Take, Until, follow};
use super::remarks::Remarks;
use super::road::{Left, Road};
use crate::decode::{Input, Next, Progress, open_records};

/// A check, as far as it went.
pub struct Check<'a> {
    checker: Checker,
    /// Faults that are told one by one.
    limit: u64,
    /// Where they are told.
    tell: &'a mut dyn FnMut(FeedNo, Fault),
    faults: u64,
    started: Instant,
}

/// What came of a check.
#[derive(Debug)]
pub struct Verdict {
    /// The books at the end, and what was counted.
    pub checker: Checker,
    /// Messages that something is wrong with, each as often as there is something.
    pub faults: u64,
    /// How long it took.
    pub took: Duration,
}

impl<'a> Check<'a> {
    /// Begins with the first message of a day. So many faults go to `tell`; the others are counted.
    pub fn new(limit: u64, tell: &'a mut dyn FnMut(FeedNo, Fault)) -> Self {
        let checker = Checker::default();
        Check { checker, limit, tell, faults: 0, started: Instant::now() }
    }

    /// Reads a recording to its end, and says what that is. The number of a message is its place
    /// in the file.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn read(&mut self, input: &Input, progress: Progress) -> Result<Ending, FeedFailure> {
        let mut records = open_records(input, progress)?;
        loop {
            match records.next()? {
                Next::Message(_, message) => {
                    self.message(FeedNo(self.checker.messages() + 1), message);
                }
                Next::End(ending) => return Ok(ending),
            }
        }
    }

    /// Follows a feed that is told now, to its end or the first loss: behind that nothing could be
    /// said of the books.
    ///
    /// # Errors
    /// If it cannot be heard.
    pub fn follow(
        &mut self,
        feed: &mut Feed,
        until: &Until,
        remarks: &mut Remarks,
    ) -> Result<Road, FeedFailure> {
        let mut road = Road::default();
        follow(feed, until, remarks, self, &mut road)?;
        Ok(road)
    }

    /// What came of it.
    #[must_use]
    pub fn end(self) -> Verdict {
        let took = self.started.elapsed();
        Verdict { checker: self.checker, faults: self.faults, took }
    }

    fn message(&mut self, number: FeedNo, message: &[u8]) {
        let Check { checker, limit, tell, faults, .. } = self;
        checker.check(message, |fault| {
            *faults += 1;
            if *faults <= *limit {
                tell(number, fault);
            }
        });
    }
}

impl Take for Check<'_> {
    fn take(&mut self, run: Run<'_>) -> Result<Flow, FeedFailure> {
        for (number, message) in run {
            self.message(number, message);
        }
        Ok(Flow::On)
    }
}

/// Whether a recording ended where a message does: whole, or stopped before the day was over.
#[must_use]
pub const fn is_whole(ending: Ending) -> bool {
    matches!(ending, Ending::Marked | Ending::Unmarked)
}

/// Whether a feed was followed as far as was asked for.
#[must_use]
pub fn is_unbroken(road: &Road) -> bool {
    let is_left = matches!(road.left, None | Some(Left::Lost | Left::Abandoned));
    road.session.is_some() && road.lost == 0 && road.missing == 0 && !is_left
}
