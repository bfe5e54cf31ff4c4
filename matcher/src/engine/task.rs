//! What is left to do of a command, as data (R72).
//!
//! A command is a stack of tasks: the topmost is worked on, and may put others upon the rest of
//! itself. Between commands the stack is empty. It is part of the state: a step may end anywhere.

mod incoming;
mod uncross;
mod walk;

use protocol_spec::wire::itch;
use protocol_spec::wire::ouch::SystemEventCode;
use protocol_spec::words::Locate;

use crate::phase::Overlay;

pub(super) use incoming::{Incoming, Stage};
pub(super) use uncross::{Candidate, CrossStage, Uncross};
pub(super) use walk::{Filter, Walk};

/// Something that is left to do.
#[derive(Clone, Debug)]
pub(super) enum Task {
    /// Everything that is due (R9).
    Due,
    /// The command itself.
    Start,
    /// An order that was accepted.
    Incoming(Incoming),
    /// Orders are canceled.
    Walk(Walk),
    /// The feed is told a stage of the day.
    System(itch::SystemEventCode),
    /// The ports are told a stage of the day, from this number on.
    PortSystem(SystemEventCode, u32),
    /// The securities follow a change of phase, after this one (R21, step 5).
    Symbols(Locate),
    /// The securities get an overlay, after this one (R22).
    Overlays { overlay: Overlay, reason: [u8; 4], after: Locate, last: Locate },
    /// Books are crossed.
    Uncross(Uncross),
    /// The feed is told what a security does now.
    Announce { locate: Locate, state: itch::TradingState, reason: [u8; 4] },
    /// The day ends (R23).
    EndDay,
}
