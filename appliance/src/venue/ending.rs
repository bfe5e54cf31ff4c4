//! How a day ends and the next begins, and how the venue stops.

use std::time::Duration;

use matcher::command::Command;
use protocol_spec::words::{CommandNo, Moment, Time};
use recovery::replay::Machine;
use tracing::{info, warn};

use super::Venue;
use super::connection::Seat;
use super::stage::{Outcome, Stage, Turn};
use crate::admin::Status;
use crate::calendar::Plan;
use crate::folds::Folds;
use crate::marker::Marker;
use crate::start::{self, Last, Opening, Outlets};
use crate::world::World;

/// How long brokers have to take the last replies of a day.
const LAST_REPLIES: Duration = Duration::from_secs(5);

impl<W: World> Venue<W> {
    /// Goes on to the next stage if it is time to.
    pub(super) fn proceed(&mut self) -> Turn {
        let is_quiet = self.day.is_idle() && self.day.is_empty();
        match self.stage {
            Stage::Open => {}
            Stage::Finishing if is_quiet => {
                self.let_all_go();
            }
            Stage::Ending { until: None, stop } if is_quiet => {
                self.stage = Stage::Ending { until: Some(self.now + LAST_REPLIES), stop };
                for id in self.connections.ids() {
                    self.settle(id);
                }
            }
            Stage::Ending { until: Some(until), stop }
                if is_quiet && (self.connections.holding() == 0 || until <= self.now) =>
            {
                if stop {
                    self.let_all_go();
                } else {
                    self.wait_for_a_day();
                }
            }
            // It may be over already: a machine can sleep for days.
            Stage::Waiting { next: Some(ref next) } if next.opens <= self.time() => {
                self.wait_for_a_day();
            }
            Stage::Stopping { until, .. } if self.connections.count == 0 || until <= self.now => {
                return Turn::Last(self.last_words());
            }
            _ => {}
        }
        Turn::Next
    }

    /// Until when farewells may take.
    pub(super) fn deadline(&self) -> Moment {
        self.now + self.linger() + Duration::from_millis(500)
    }

    /// Stamps the end of the day, which always has a time for it.
    pub(super) fn end_day(&mut self, time: Time, note: &str) -> Option<CommandNo> {
        let session = self.day.session().expect("a day that is open has a session");
        info!(session = session.name(), "the day ends");
        let no = self.day.control(time, Command::EndOfDay, note);
        self.stage = Stage::Ending { until: None, stop: false };
        for id in self.connections.ids() {
            self.list(id);
        }
        no
    }

    /// Stops in good order.
    fn let_all_go(&mut self) {
        if self.day.session().is_some() && !self.day.machine.engine.has_ended() {
            info!("stopping: the day goes on with the next start");
            self.close_all("the venue stops; the day goes on when it is back");
        } else {
            info!("stopping: no day is open");
            self.close_all("the venue stops; no day is open");
        }
        self.stage = Stage::Stopping { until: self.deadline(), failure: None };
    }

    /// Tells everybody who is still there why it is over.
    pub(super) fn close_all(&mut self, text: &str) {
        for id in self.connections.ids() {
            // What is told already goes out before the farewell.
            self.settle(id);
            let Some(connection) = self.connections.get(id) else { continue };
            connection.server.dismiss(self.now, text);
            self.list(id);
            self.settle(id);
        }
    }

    /// No day is open, and all is told of the one before: opens the next one, or waits for it.
    fn wait_for_a_day(&mut self) {
        let time = self.time();
        let next = start::next_day(&self.config, self.day.session(), time);
        if let Some(plan) = next.as_ref().filter(|plan| plan.opens <= time) {
            self.next_day(plan, "");
            return;
        }
        // Under the policy `os` a good end of a later run says nothing of this day.
        if let Err(error) = self.day.sync() {
            self.fail(error.to_string());
            return;
        }
        self.stage = Stage::Waiting { next };
        self.leave_behind();
        // Who waits to log in is told that no day is open.
        self.take_up_logins();
        self.say_what_comes();
    }

    /// Says when the next day opens, if that is awaited.
    pub(super) fn say_what_comes(&self) {
        let zone = &self.config.venue.timezone;
        match &self.stage {
            Stage::Waiting { next: Some(next) } => {
                let opens = Status::clock(next.opens, zone);
                info!("no day is open: the next one opens at {opens}");
            }
            Stage::Waiting { next: None } => {
                warn!(
                    "no day is open, and the calendar has none to come: only the operator opens one"
                );
            }
            _ => {}
        }
    }

    /// Opens the next day in the place of the one that has ended. `note` says who asked for it;
    /// whether it is open.
    pub(super) fn next_day(&mut self, plan: &Plan, note: &str) -> bool {
        // Under the policy `os` a good end of a later day says nothing of this one.
        if let Err(error) = self.day.sync() {
            self.fail(error.to_string());
            return false;
        }
        self.leave_behind();
        let carried = self.day.machine.engine.carried();
        // Its memory is given back before the next one takes as much.
        self.day.machine = Machine::new(Folds::new());
        let state = if self.unmarked { Last::Lossy } else { Last::Kept };
        let opening = Opening { plan, state, carried, note };
        let outlets = &mut Outlets {
            errands: &mut self.errands,
            publications: &mut self.publications,
            feed: &mut self.feed,
            now: self.now,
        };
        let (clock, disk) = (&self.clock, &self.disk);
        let begun = start::begin(&self.config, &self.folders, clock, disk, outlets, &opening);
        let marked = begun.map_err(|error| error.to_string()).and_then(|day| {
            self.day = day;
            self.mark()
        });
        if let Err(error) = marked {
            self.fail(error);
            return false;
        }
        self.stage = Stage::Open;
        self.entering.clear();
        self.greet();
        self.take_up_logins();
        true
    }

    /// Makes the mark of this run, if a new session was awaited for it.
    fn mark(&mut self) -> Result<(), String> {
        if std::mem::take(&mut self.unmarked) {
            let marker = Marker::of_run(&self.config, &self.disk, false);
            let folder = &self.folders.journal;
            marker
                .write(&self.disk, folder)
                .map_err(|error| format!("{} cannot be written: {error}", folder.display()))?;
        }
        Ok(())
    }

    /// Lets go who has a port of the day that has ended; logins that were not heard are put off.
    fn leave_behind(&mut self) {
        for id in self.connections.ids() {
            let Some(connection) = self.connections.get(id) else { continue };
            match connection.seat {
                Seat::Holding { port, .. } => {
                    // Numbers of connections begin anew: what it does now is not the port's.
                    connection.seat = Seat::Gone;
                    let text = "the day has ended; log in to the next one";
                    connection.server.dismiss(self.now, text);
                    self.connections.set_holder(port, None);
                    self.list(id);
                    self.settle(id);
                }
                Seat::Entering { login, .. } => connection.seat = Seat::Checking(login),
                Seat::Stranger | Seat::Checking(_) | Seat::Gone => {}
            }
        }
    }

    /// Something could not be written: what the system remembers may not be on the disk.
    fn leave_suspect(&self) {
        let marker = Marker::of_run(&self.config, &self.disk, false);
        if self.unmarked || !marker.is_in_memory() {
            return;
        }
        let suspect = Marker { suspect: true, ..marker };
        if let Err(error) = suspect.write(&self.disk, &self.folders.journal) {
            warn!("the next start is not told that this one failed: {error}");
        }
    }

    /// Leaves the journal in good order.
    fn last_words(&mut self) -> Outcome {
        self.count();
        info!("{}", self.counters);
        let Stage::Stopping { failure, .. } = &mut self.stage else {
            unreachable!("only who stops has last words")
        };
        if let Some(failure) = failure.take() {
            self.leave_suspect();
            return Outcome::Failed(failure);
        }
        let clean = self.day.sync().map_err(|error| error.to_string()).and_then(|()| {
            if self.unmarked {
                // What the run before may have lost is still to be told from what is kept.
                return Ok(());
            }
            let marker = Marker::of_run(&self.config, &self.disk, true);
            marker.write(&self.disk, &self.folders.journal).map_err(|error| error.to_string())
        });
        match clean {
            Ok(()) => Outcome::Stopped,
            Err(error) => {
                warn!("{error}");
                self.leave_suspect();
                Outcome::Failed(error)
            }
        }
    }
}
