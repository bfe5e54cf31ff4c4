//! Why the operator's command had no effect (R14).

use core::fmt;

/// Why a rule forbids an operator's command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The day is not open yet (R16).
    DayNotOpen,
    /// The day is open already (R16).
    DayOpen,
    /// The day has ended; no command follows (R23).
    DayEnded,
    /// A limit of the day is 0 or more than can be held.
    BadLimits,
    /// The day is to be run under another version of the rule book (R16).
    RulesVersion,
    /// There are as many symbols as the day's limits allow (R79).
    SymbolLimit,
    /// There are as many ports as the day's limits allow (R79).
    PortLimit,
    /// There are as many broken trades as the day's limits allow (R79).
    BreakLimit,
    /// The symbol is blank or not printable ASCII, left-justified.
    BadSymbol,
    /// The lot is 0 or more than an order's quantity can be.
    BadLot,
    /// The reference price is 0 or not valid in the tick table (R12).
    BadReference,
    /// A share of 1/10,000 is above 10,000 (R15).
    BadBps,
    /// A port has 1 to 64 firms, and none is blank, no printable ASCII or twice there.
    BadFirms,
    /// The strategy group is not two printable ASCII characters.
    BadGroup,
    /// No such symbol.
    UnknownSymbol,
    /// No such port.
    UnknownPort,
    /// The firm is not on the port.
    UnknownFirm,
    /// Phases only move forward (R18).
    PhaseBackward,
    /// States are not set in phase Ended (R19).
    PhaseEnded,
    /// No trade has this number (R78).
    UnknownTrade,
    /// The trade is broken already (R78).
    AlreadyBroken,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refusal::DayNotOpen => "the day is not open yet",
            Refusal::DayOpen => "the day is open already",
            Refusal::DayEnded => "the day has ended",
            Refusal::BadLimits => "a limit of the day is 0 or more than can be held",
            Refusal::RulesVersion => "this is another version of the rule book",
            Refusal::SymbolLimit => "there are as many symbols as the day's limits allow",
            Refusal::PortLimit => "there are as many ports as the day's limits allow",
            Refusal::BreakLimit => "as many trades are broken as the day's limits allow",
            Refusal::BadSymbol => "a symbol is printable ASCII, left-justified and not blank",
            Refusal::BadLot => "a lot is 1 to 999,999 shares",
            Refusal::BadReference => "the reference price is 0 or not valid in the tick table",
            Refusal::BadBps => "a share in 1/10,000 is at most 10,000",
            Refusal::BadFirms => "a port has 1 to 64 firms, each once, in printable ASCII",
            Refusal::BadGroup => "a strategy group is two printable ASCII characters",
            Refusal::UnknownSymbol => "there is no such symbol",
            Refusal::UnknownPort => "there is no such port",
            Refusal::UnknownFirm => "the firm is not on the port",
            Refusal::PhaseBackward => "phases only move forward",
            Refusal::PhaseEnded => "the phase is Ended",
            Refusal::UnknownTrade => "no trade has this number",
            Refusal::AlreadyBroken => "the trade is broken already",
        })
    }
}

impl core::error::Error for Refusal {}
