//! Names of inputs.

use std::fmt;
use std::rc::Rc;

/// What an input is called: printed, it cannot steer a terminal, whoever named the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputName(Rc<str>);

impl InputName {
    /// The input of this name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        InputName(name.into())
    }

    /// The name as it is, for readers that are no terminals.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InputName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|char| match char {
            _ if is_harmless(char) => write!(f, "{char}"),
            _ => write!(f, "{}", char.escape_default()),
        })
    }
}

/// Neither a control character nor a mark that turns the direction of the text after it.
fn is_harmless(char: char) -> bool {
    let turns = matches!(char, '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}')
        || matches!(char, '\u{061C}' | '\u{2066}'..='\u{2069}');
    !char.is_control() && !turns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_escaped_and_letters_of_all_scripts_are_not() {
        let print = |name: &str| InputName::new(name).to_string();
        assert_eq!(print("\u{1B}[2J\n\u{7F}\u{9B}"), "\\u{1b}[2J\\n\\u{7f}\\u{9b}");
        assert_eq!(print("a\u{202E}b"), "a\\u{202e}b");
        for plain in ["day.itch", "Börse 東京.pcap", "e\u{301}.itch", "it's \\ a \"day\""] {
            assert_eq!(print(plain), plain);
        }
    }
}
