//! How a day ends and the next begins, and how the venue stops.

use std::time::Duration;

use matcher::command::Command;
use protocol_spec::words::{Moment, Time};
use recovery::replay::Machine;
use tracing::{info, warn};

use super::Venue;
use super::connection::Seat;
use super::stage::{Outcome, Stage, Turn};
use crate::calendar::CalendarDay;
use crate::folds::Folds;
use crate::marker::Marker;
use crate::start::{self, Last};
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
                info!("stopping: the day goes on with the next start");
                self.let_all_go("the venue stops; the day goes on when it is back");
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
                    info!("stopping: the next start opens the next day");
                    self.let_all_go("the venue stops; the day has ended");
                } else {
                    self.next_day();
                }
            }
            Stage::Ended if self.day.end <= self.time() => self.next_day(),
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

    /// Stamps the end of the day.
    pub(super) fn end_day(&mut self, time: Time) {
        info!(session = self.day.session.name(), "the day ends");
        self.day.control(time, Command::EndOfDay, "");
        self.stage = Stage::Ending { until: None, stop: false };
        for id in self.connections.ids() {
            self.list(id);
        }
    }

    /// Stops in good order.
    fn let_all_go(&mut self, text: &str) {
        self.close_all(text);
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

    /// Opens the next day in the place of the one that has ended.
    fn next_day(&mut self) {
        // Under the policy `os` a good end of a later day says nothing of this one.
        if let Err(error) = self.day.journal.sync() {
            self.fail(error.to_string());
            return;
        }
        self.leave_behind();
        // Its memory is given back before the next one takes as much.
        self.day.machine = Machine::new(Folds::new());
        let day = CalendarDay::at(self.time(), &self.config.venue.timezone);
        let begun = start::begin(
            &self.config,
            &self.folders,
            &self.clock,
            &self.disk,
            &mut self.errands,
            &day,
            Last::Kept,
        );
        match begun {
            Ok(day) => {
                self.day = day;
                self.stage = Stage::Open;
                self.entering.clear();
                self.greet();
                self.take_up_logins();
            }
            Err(error) => self.fail(error.to_string()),
        }
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

    /// Leaves the journal in good order.
    fn last_words(&mut self) -> Outcome {
        self.count();
        info!("{}", self.counters);
        let Stage::Stopping { failure, .. } = &mut self.stage else {
            unreachable!("only who stops has last words")
        };
        if let Some(failure) = failure.take() {
            return Outcome::Failed(failure);
        }
        let clean = self.day.journal.sync().map_err(|error| error.to_string()).and_then(|()| {
            let marker = Marker::of_run(&self.config, &self.disk, true);
            marker.write(&self.disk, &self.folders.journal).map_err(|error| error.to_string())
        });
        match clean {
            Ok(()) => Outcome::Stopped,
            Err(error) => {
                warn!("{error}");
                Outcome::Failed(error)
            }
        }
    }
}
