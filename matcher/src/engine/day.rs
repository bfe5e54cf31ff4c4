//! Phases and overlays (R18 to R23).

use protocol_spec::wire::itch::{CrossType, SystemEventCode, TradingState};
use protocol_spec::wire::ouch::{self, CancelReason};
use protocol_spec::words::Locate;

use super::market::Market;
use super::task::{Filter, Task, Uncross, Walk};
use crate::accounts::Accounts;
use crate::command::SetState;
use crate::event::{Event, Events};
use crate::order::Tif;
use crate::phase::{Mode, Overlay, Phase, mode, trading_state};
use crate::refusal::Refusal;

/// The reason that is told where the phase caused a change.
const NO_REASON: [u8; 4] = *b"    ";

impl<A: Accounts> Market<A> {
    /// Moves on to a later phase, in the steps of R21.
    pub(super) fn set_phase(&mut self, to: Phase) -> Result<(), Refusal> {
        let from = self.phase;
        if to <= from {
            return Err(Refusal::PhaseBackward);
        }
        self.phase = to;
        let ended = to == Phase::Ended;
        let start = from == Phase::Closed && !ended;
        // The tasks are done from the last to the first.
        if ended && self.started {
            self.tasks.push(Task::PortSystem(ouch::SystemEventCode::END_OF_DAY, 0));
            self.tasks.push(Task::System(SystemEventCode::END_OF_SYSTEM_HOURS));
        }
        self.tasks.push(Task::Symbols(Locate(0)));
        if ended {
            self.cancel_all(Filter::default(), CancelReason::TIMEOUT);
        }
        if to >= Phase::Late {
            let day = Filter { tif: Some(Tif::Day), ..Filter::default() };
            self.cancel_all(day, CancelReason::CLOSED);
        }
        if to == Phase::Open {
            self.tasks.push(Task::System(SystemEventCode::START_OF_MARKET_HOURS));
        }
        if from == Phase::Open {
            self.tasks.push(Task::System(SystemEventCode::END_OF_MARKET_HOURS));
        }
        if start {
            self.started = true;
            self.tasks.push(Task::PortSystem(ouch::SystemEventCode::START_OF_DAY, 0));
            self.tasks.push(Task::System(SystemEventCode::START_OF_SYSTEM_HOURS));
        }
        Ok(())
    }

    fn cancel_all(&mut self, filter: Filter, reason: CancelReason) {
        self.tasks.push(Task::Walk(Walk::new(None, filter, reason)));
    }

    /// The next security after `after` follows the phase (R21, step 5).
    pub(super) fn follow_phase(&mut self, after: Locate, events: &mut Events) {
        if after.0 == self.securities.len() {
            return;
        }
        let locate = Locate(after.0 + 1);
        self.tasks.push(Task::Symbols(locate));
        events.visit(1);
        let security = &mut self.securities[locate];
        let before = security.mode;
        let told = security.told;
        security.mode = mode(self.phase, security.overlay);
        if self.phase == Phase::Ended {
            return;
        }
        let opens = security.mode == Mode::Match && matches!(before, Mode::Collect | Mode::Stop);
        let state = trading_state(self.phase, security.overlay);
        if state != told {
            self.tasks.push(Task::Announce { locate, state, reason: NO_REASON });
        }
        if opens {
            self.tasks.push(Task::Uncross(Uncross::new(locate, CrossType::OPENING)));
        }
    }

    /// Puts an overlay on one security or on all (R22).
    pub(super) fn set_state(&mut self, command: &SetState) -> Result<(), Refusal> {
        if self.phase == Phase::Ended {
            return Err(Refusal::PhaseEnded);
        }
        let (after, last) = match command.symbol {
            None => (Locate(0), Locate(self.securities.len())),
            Some(symbol) => {
                let locate = self.securities.find(symbol).ok_or(Refusal::UnknownSymbol)?;
                (Locate(locate.0 - 1), locate)
            }
        };
        let SetState { overlay, reason, .. } = *command;
        self.tasks.push(Task::Overlays { overlay, reason, after, last });
        Ok(())
    }

    /// The next security after `after`, up to `last`, gets an overlay.
    pub(super) fn put_overlay(
        &mut self,
        overlay: Overlay,
        reason: [u8; 4],
        (after, last): (Locate, Locate),
        events: &mut Events,
    ) {
        if after == last {
            return;
        }
        events.visit(1);
        let locate = Locate(after.0 + 1);
        self.tasks.push(Task::Overlays { overlay, reason, after: locate, last });
        let security = &mut self.securities[locate];
        let (before, told) = (security.mode, security.told);
        let changed = security.reason != reason;
        (security.overlay, security.reason) = (overlay, reason);
        security.mode = mode(self.phase, overlay);
        let opens = security.mode == Mode::Match && matches!(before, Mode::Collect | Mode::Stop);
        let state = trading_state(self.phase, overlay);
        if changed || state != told {
            self.tasks.push(Task::Announce { locate, state, reason });
        }
        if opens {
            self.tasks.push(Task::Uncross(Uncross::new(locate, CrossType::HALT)));
        }
    }

    /// Tells the feed what a security does now.
    pub(super) fn announce(
        &mut self,
        locate: Locate,
        state: TradingState,
        reason: [u8; 4],
        events: &mut Events,
    ) {
        self.securities[locate].told = state;
        events.push(Event::StateChanged { locate, state, reason });
    }
}
