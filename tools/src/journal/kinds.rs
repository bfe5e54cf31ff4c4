//! Kinds of commands, as somebody names them.

use std::str::FromStr;

use matcher::command::Command;
use protocol_spec::wire::ouch::Inbound;

use crate::decode::nearest;

/// Names of the commands that no broker sends.
const CONTROLS: [&str; 12] = [
    "OpenDay",
    "SetInstrument",
    "SetPort",
    "SetPhase",
    "SetState",
    "PortUp",
    "PortDown",
    "Tick",
    "OperatorCancel",
    "OperatorSwitch",
    "BreakTrade",
    "EndOfDay",
];

/// The kinds that one word names: a letter of OUCH, a name, `ouch` or `control`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindWord {
    /// Type bytes of brokers' messages.
    letters: Vec<u8>,
    controls: Vec<&'static str>,
}

impl KindWord {
    /// Whether a broker's message of this type is meant.
    #[must_use]
    pub fn is_message(&self, letter: u8) -> bool {
        self.letters.contains(&letter)
    }

    /// Whether this command, which no broker sent, is meant.
    #[must_use]
    pub fn is_control(&self, command: &Command) -> bool {
        self.controls.contains(&name(command))
    }
}

impl FromStr for KindWord {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let word = text.trim();
        let is = |name: &str| plain(name) == plain(word);
        let mut found = KindWord { letters: Vec::new(), controls: Vec::new() };
        for layout in Inbound::LAYOUTS {
            let Some(kind) = layout.kind else { continue };
            let by_letter = word.as_bytes() == [kind.byte];
            if by_letter || is(layout.name) || is(layout.title) || is("ouch") {
                found.letters.push(kind.byte);
            }
        }
        found.controls.extend(CONTROLS.into_iter().filter(|name| is(name) || is("control")));
        if found.letters.is_empty() && found.controls.is_empty() {
            let names = Inbound::LAYOUTS.iter().map(|layout| layout.name).chain(CONTROLS);
            let hint = nearest(word, names);
            let hint = hint.map_or_else(String::new, |name| format!(" (did you mean {name}?)"));
            return Err(format!(
                "no command is called \"{text}\"{hint}: use a letter of OUCH (O), a name \
                 (EnterOrder, SetPort), ouch or control"
            ));
        }
        Ok(found)
    }
}

/// Letters and digits alone, in lower case.
fn plain(text: &str) -> Vec<u8> {
    let letters = text.bytes().filter(u8::is_ascii_alphanumeric);
    letters.map(|byte| byte.to_ascii_lowercase()).collect()
}

/// The name of a command that no broker sends; nothing for the others.
#[must_use]
pub fn name(command: &Command) -> &'static str {
    match command {
        Command::OpenDay(_) => "OpenDay",
        Command::SetInstrument(_) => "SetInstrument",
        Command::SetPort(_) => "SetPort",
        Command::SetPhase(_) => "SetPhase",
        Command::SetState(_) => "SetState",
        Command::PortUp { .. } => "PortUp",
        Command::PortDown { .. } => "PortDown",
        Command::Tick => "Tick",
        Command::OperatorCancel(_) => "OperatorCancel",
        Command::OperatorSwitch { .. } => "OperatorSwitch",
        Command::BreakTrade(_) => "BreakTrade",
        Command::EndOfDay => "EndOfDay",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_named_by_letters_names_and_sides() {
        let kind = |text: &str| text.parse::<KindWord>().expect("there is such a kind");
        assert!(kind("O").is_message(b'O') && !kind("O").is_message(b'U'));
        assert_eq!(kind("enter-order"), kind("EnterOrder"));
        assert!(kind("set-phase").is_control(&Command::SetPhase(matcher::phase::Phase::Open)));
        assert_eq!((kind("ouch").letters.len(), kind("ouch").controls.len()), (8, 0));
        assert_eq!((kind("control").letters.len(), kind("control").controls.len()), (0, 12));
        let error = "SetPrt".parse::<KindWord>().expect_err("there is none");
        assert!(error.contains("did you mean SetPort?"), "{error}");
        assert!("".parse::<KindWord>().is_err() && "Z".parse::<KindWord>().is_err());
    }
}
