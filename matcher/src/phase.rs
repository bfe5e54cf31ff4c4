//! The phases of the day and what a security does in them.

use protocol_spec::wire::itch::TradingState;

/// A phase of the day (R18), in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// No orders yet.
    #[default]
    Closed,
    /// Before market hours, trading.
    Early,
    /// Orders are collected for the opening.
    PreOpen,
    /// Market hours.
    Open,
    /// After market hours, trading.
    Late,
    /// No orders any more.
    Ended,
}

impl Phase {
    /// Every phase, in order.
    pub const ALL: [Phase; 6] =
        [Phase::Closed, Phase::Early, Phase::PreOpen, Phase::Open, Phase::Late, Phase::Ended];
}

/// What the operator put over a security (R19).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Overlay {
    /// Nothing.
    #[default]
    None,
    /// No new interest.
    Halted,
    /// Orders are collected.
    Paused,
    /// Orders are collected.
    QuoteOnly,
}

impl Overlay {
    /// Every overlay.
    pub const ALL: [Overlay; 4] =
        [Overlay::None, Overlay::Halted, Overlay::Paused, Overlay::QuoteOnly];
}

/// What a security does with a new order (R20).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// Nothing: the day has not begun or is over.
    Shut,
    /// No new interest; cancels and modifies work.
    Stop,
    /// It rests without matching; books may cross.
    Collect,
    /// It trades.
    Match,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Mode; 4] = [Mode::Shut, Mode::Stop, Mode::Collect, Mode::Match];
}

/// The mode of a security under `overlay` in `phase` (R20).
#[must_use]
pub const fn mode(phase: Phase, overlay: Overlay) -> Mode {
    match (phase, overlay) {
        (Phase::Closed | Phase::Ended, _) => Mode::Shut,
        (_, Overlay::Halted) => Mode::Stop,
        (_, Overlay::Paused | Overlay::QuoteOnly) | (Phase::PreOpen, Overlay::None) => {
            Mode::Collect
        }
        (Phase::Early | Phase::Open | Phase::Late, Overlay::None) => Mode::Match,
    }
}

/// What the feed says of a security under `overlay` in `phase` (R20).
#[must_use]
pub const fn trading_state(phase: Phase, overlay: Overlay) -> TradingState {
    match (overlay, phase) {
        (Overlay::Halted, _) => TradingState::HALTED,
        (Overlay::Paused, _) => TradingState::PAUSED,
        (Overlay::QuoteOnly, _) | (Overlay::None, Phase::PreOpen) => TradingState::QUOTATION_ONLY,
        (Overlay::None, _) => TradingState::TRADING,
    }
}
