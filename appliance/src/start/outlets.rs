//! Where goes what comes of commands: to who keeps it, and to whoever listens.

use protocol_spec::words::{FeedNo, Moment};
use recovery::replay::Machine;
use recovery::rewind::Fresh;

use crate::calendar::Session;
use crate::folds::Folds;
use crate::rewinder::Publications;
use crate::service::{Done, Errands, Job, ServiceError};
use crate::venue::day::Day;
use crate::venue::feed::{self, Feed};
use crate::world::{Disk, Lines};

/// Where goes what comes of commands.
#[derive(Debug)]
pub(crate) struct Outlets<'a, L> {
    /// The way to the service, which keeps replies.
    pub(crate) errands: &'a mut Errands,
    /// The way to who keeps what is published.
    pub(crate) publications: &'a mut Publications,
    /// The lines of the feed.
    pub(crate) feed: &'a mut Feed<L>,
    /// What the clock says.
    pub(crate) now: Moment,
}

/// The messages of the last batch of a journal. Every batch before was told before the next one was
/// kept; of the last one nobody knows, so it is told once more.
#[derive(Debug)]
pub(super) struct LastBatch {
    first: FeedNo,
    records: Vec<u8>,
}

impl<L: Lines> Outlets<'_, L> {
    /// Another day is told from here on.
    pub(super) fn begin(&mut self, now: Moment, session: Session) {
        self.now = now;
        self.feed.begin(now, session, FeedNo(1));
    }

    /// Tells what was published.
    pub(super) fn publish(&mut self, machine: &mut Machine<Folds>) {
        let Outlets { publications, feed, now, .. } = self;
        feed::hand_on(&mut machine.folds.published.rewind, publications, feed, *now);
        feed.flush(*now);
    }

    /// Goes on with the day on the lines: tells the last batch once more, and the end of the day if
    /// that was told before.
    pub(super) fn tell_again<D: Disk>(&mut self, mut day: Day<D>, last: &LastBatch) -> Day<D> {
        let Outlets { feed, now, .. } = self;
        let session = day.session().expect("a day that goes on has a session");
        feed.begin(*now, session, last.first);
        feed.tell(*now, last.first, &last.records);
        feed.flush(*now);
        if day.machine.folds.published.rewind.has_ended() {
            feed.end(*now);
        }
        day.on_told();
        day
    }

    /// Hands complete blocks of replies and messages to those who keep them, and waits if they are
    /// behind.
    pub(super) fn hand_on(
        &mut self,
        machine: &mut Machine<Folds>,
        wait: &mut dyn FnMut(),
    ) -> Result<(), ServiceError> {
        let Outlets { errands, publications, .. } = self;
        let Folds { replies, published, .. } = &mut machine.folds;
        while let Some(block) = replies.outbox.poll_block() {
            errands.ask(Job::Append(block));
        }
        feed::keep(&mut published.rewind, publications);
        loop {
            // Before the venue is open nothing is asked for that has another answer.
            while let Some(done) = errands.poll() {
                if let Done::Failed(error) = done {
                    return Err(error);
                }
            }
            if !errands.is_behind() && !publications.is_behind() {
                break;
            }
            wait();
            errands.pass_on();
            publications.pass_on();
        }
        while replies.poll_fresh().is_some() {}
        Ok(())
    }
}

impl LastBatch {
    /// Nothing behind what the machine has executed.
    pub(super) fn behind(machine: &Machine<Folds>) -> Self {
        let first = machine.folds.published.rewind.next_number();
        LastBatch { first, records: Vec::new() }
    }

    /// These are the messages of another batch.
    pub(super) fn keep(&mut self, fresh: &Fresh<'_>) {
        self.first = fresh.first;
        self.records.clear();
        self.records.extend_from_slice(fresh.records);
    }
}
