//! The words that stand for phases, states and refusals.

use matcher::phase::{Overlay, Phase};
use matcher::refusal::Refusal;
use protocol_spec::wire::ouch::BrokenReason;

/// The phases that an operator can name, in their order.
pub const PHASES: [&str; 6] = ["closed", "early", "pre-open", "open", "late", "ended"];
/// The states that an operator can put over a security.
pub const STATES: [&str; 4] = ["none", "halted", "paused", "quote-only"];
/// Why a trade is broken: the codes of OUCH and their words.
pub const REASONS: [(&str, &str); 4] =
    [("E", "erroneous"), ("C", "consent"), ("S", "supervisory"), ("X", "external")];

/// The phase of this name.
#[must_use]
pub fn phase(word: &str) -> Option<Phase> {
    let at = PHASES.iter().position(|known| *known == word)?;
    Some(Phase::ALL[at])
}

/// The name of a phase.
#[must_use]
pub fn phase_word(phase: Phase) -> &'static str {
    match phase {
        Phase::Closed => "closed",
        Phase::Early => "early",
        Phase::PreOpen => "pre-open",
        Phase::Open => "open",
        Phase::Late => "late",
        Phase::Ended => "ended",
    }
}

/// The state of this name.
#[must_use]
pub fn state(word: &str) -> Option<Overlay> {
    [Overlay::None, Overlay::Halted, Overlay::Paused, Overlay::QuoteOnly]
        .into_iter()
        .find(|state| state_word(*state) == word)
}

/// The name of a state.
#[must_use]
pub fn state_word(state: Overlay) -> &'static str {
    match state {
        Overlay::None => "none",
        Overlay::Halted => "halted",
        Overlay::Paused => "paused",
        Overlay::QuoteOnly => "quote-only",
    }
}

/// The reason of this code or word.
#[must_use]
pub fn reason(word: &str) -> Option<BrokenReason> {
    let at = REASONS.iter().position(|(code, name)| *code == word || *name == word)?;
    let all = [
        BrokenReason::ERRONEOUS,
        BrokenReason::CONSENT,
        BrokenReason::SUPERVISORY,
        BrokenReason::EXTERNAL,
    ];
    Some(all[at])
}

/// The word for a refusal by a rule.
#[must_use]
pub fn refusal_word(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::DayNotOpen => "day-not-open",
        Refusal::DayOpen => "day-open",
        Refusal::DayEnded => "day-ended",
        Refusal::BadLimits => "bad-limits",
        Refusal::RulesVersion => "rules-version",
        Refusal::SymbolLimit => "symbol-limit",
        Refusal::PortLimit => "port-limit",
        Refusal::BreakLimit => "break-limit",
        Refusal::BadSymbol => "bad-symbol",
        Refusal::BadLot => "bad-lot",
        Refusal::BadReference => "bad-reference",
        Refusal::BadBps => "bad-bps",
        Refusal::BadFirms => "bad-firms",
        Refusal::BadGroup => "bad-group",
        Refusal::UnknownSymbol => "unknown-symbol",
        Refusal::UnknownPort => "unknown-port",
        Refusal::UnknownFirm => "unknown-firm",
        Refusal::PhaseBackward => "phase-backward",
        Refusal::PhaseEnded => "phase-ended",
        Refusal::UnknownTrade => "unknown-trade",
        Refusal::AlreadyBroken => "already-broken",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_means_what_it_is_the_word_for() {
        for (word, known) in PHASES.into_iter().zip(Phase::ALL) {
            assert_eq!((phase(word), phase_word(known)), (Some(known), word));
        }
        for word in STATES {
            assert_eq!(state(word).map(state_word), Some(word));
        }
        for (code, word) in REASONS {
            assert!(reason(code).is_some() && reason(code) == reason(word), "{word}");
        }
        assert_eq!(reason("C"), Some(BrokenReason::CONSENT));
        assert_eq!(reason("e"), None);
        assert_eq!(phase("noon"), None);
        assert_eq!(state(""), None);
    }
}
