//! What is said at the desk: requests, and words of the desk's own.

use std::ops::Range;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Parser, Subcommand};

use protocol_spec::wire::Symbol;

use crate::order::grammar::{Asked, first_words};
use crate::order::values;

/// Replies that are shown again if nobody says how many.
const SOME: usize = 20;
/// How a line of the command begins that says the same.
const COMMAND: &str = "outcry order --port NAME ";

/// The words of one line.
#[derive(Parser, Debug)]
#[command(no_binary_name = true, disable_help_subcommand = true, disable_help_flag = true)]
struct Line {
    #[command(subcommand)]
    said: Said,
}

/// One line.
#[derive(Subcommand, Clone, Debug)]
pub(super) enum Said {
    #[command(flatten)]
    Ask(Asked),
    /// The open orders, or those in one security
    Orders {
        /// The security
        #[arg(value_parser = values::symbol)]
        symbol: Option<Symbol>,
    },
    /// The last replies once more
    Replies {
        /// How many
        #[arg(value_name = "N", default_value_t = SOME)]
        count: usize,
        /// With every field
        #[arg(long)]
        long: bool,
    },
    /// Log in again, and go on with the next reply
    Connect,
    /// What can be said, or how one word is used
    Help {
        /// The word
        word: Option<String>,
    },
    /// Log out and leave, as Ctrl-D does
    #[command(alias = "exit")]
    Quit,
}

/// A line that says nothing that can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    /// Which characters of it are at fault.
    at: Range<usize>,
    /// What is wrong.
    what: String,
}

/// The words that a line can begin with, with everything that can follow.
pub(super) fn grammar() -> clap::Command {
    Line::command()
}

/// What a line says, `None` if it is blank or a comment.
pub(super) fn read(line: &str) -> Result<Option<Said>, Wrong> {
    let Some(mut words) = shlex::split(line) else {
        return Err(Wrong { at: 0..line.chars().count(), what: "a quote is not closed".into() });
    };
    let Some(first) = words.first_mut() else {
        return Ok(None);
    };
    first.make_ascii_lowercase();
    if words.iter().any(|word| word == "--help" || word == "-h") {
        return Ok(Some(Said::Help { word: words.into_iter().next() }));
    }
    match Line::try_parse_from(words) {
        Ok(Line { said }) => Ok(Some(said)),
        Err(error) => Err(wrong(line, &error)),
    }
}

impl Wrong {
    /// What is wrong, below the place where it stands in a line behind a prompt of so many columns,
    /// if the line stands in one row.
    pub(super) fn lines(&self, prompt: Option<usize>) -> String {
        let Some(prompt) = prompt else {
            return self.what.clone();
        };
        let gap = " ".repeat(prompt + self.at.start);
        format!("{gap}{}\n{}", "^".repeat(self.at.len().max(1)), self.what)
    }
}

/// Finds the place, and says it in few words.
fn wrong(line: &str, error: &clap::Error) -> Wrong {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        Some(ContextValue::Strings(texts)) => texts.first().map(String::as_str),
        _ => None,
    };
    let missing = || match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::Strings(missing)) => missing.join(" "),
        _ => String::new(),
    };
    let cause = std::error::Error::source(error).map(ToString::to_string);
    let argument = text(ContextKind::InvalidArg);
    let suggestion = |kind| match text(kind) {
        Some(other) => format!("did you mean {other}?"),
        None => "help says what there is".to_owned(),
    };
    let (at, what) = match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let word = text(ContextKind::InvalidSubcommand).unwrap_or_default();
            let grammar = grammar();
            let begins = grammar.get_subcommands().map(clap::Command::get_name);
            let other = match begins.filter(|name| name.starts_with(word)).min() {
                Some(name) => format!("did you mean {name}?"),
                None => suggestion(ContextKind::SuggestedSubcommand),
            };
            (place(line, word), format!("{word} is no request; {other}"))
        }
        ErrorKind::UnknownArgument => {
            let word = argument.unwrap_or_default();
            let other = suggestion(ContextKind::SuggestedArg);
            (place(line, word), format!("{word} has no place here; {other}"))
        }
        ErrorKind::MissingRequiredArgument => (None, format!("still missing: {}", missing())),
        ErrorKind::ValueValidation | ErrorKind::InvalidValue => {
            let value = text(ContextKind::InvalidValue).filter(|value| !value.is_empty());
            let needs = || format!("{} needs a value", argument.unwrap_or("this"));
            let place = place(line, value.or(argument).unwrap_or_default());
            (place, cause.unwrap_or_else(needs))
        }
        _ => (None, first_words(error)),
    };
    let end = line.trim_end().chars().count() + 1;
    Wrong { at: at.unwrap_or(end..end + 1), what }
}

/// Where a word stands in a line, in characters.
fn place(line: &str, word: &str) -> Option<Range<usize>> {
    let word = word.split_whitespace().next().filter(|word| !word.is_empty())?;
    let lower = line.to_ascii_lowercase();
    let is_edge = |edge: Option<char>| edge.is_none_or(|edge| !edge.is_alphanumeric());
    let whole = lower.match_indices(&word.to_ascii_lowercase()).map(|(at, _)| at).find(|at| {
        let (before, behind) = (&line[..*at], &line[at + word.len()..]);
        is_edge(before.chars().next_back()) && is_edge(behind.chars().next())
    })?;
    let start = line[..whole].chars().count();
    Some(start..start + word.chars().count())
}

/// What can be said, or how one word is used.
pub(super) fn help(word: Option<&str>) -> String {
    let mut grammar = grammar();
    let Some(word) = word else {
        let mut lines: Vec<String> = grammar
            .get_subcommands()
            .map(|command| {
                let about = command.get_about().map(ToString::to_string).unwrap_or_default();
                format!("  {:<12} {about}", command.get_name())
            })
            .collect();
        lines.push("help WORD says the rest of one; Tab completes, Up goes back.".to_owned());
        return lines.join("\n");
    };
    match grammar.find_subcommand_mut(word) {
        Some(command) => {
            command.set_bin_name(command.get_name().to_owned());
            let text = command.render_help().to_string().replace(COMMAND, "");
            text.trim_end().to_owned()
        }
        None => format!("{word} is no word of the desk; help says what there is"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &str) -> Said {
        read(line).expect("it is said well").expect("it says something")
    }

    #[test]
    fn requests_and_words_of_the_desk_are_told_apart() {
        assert!(matches!(said("buy 100 aapl @ 187.50 --tif ioc"), Said::Ask(Asked::Buy(_))));
        assert!(matches!(said("BUY 100 AAPL @ market"), Said::Ask(Asked::Buy(_))));
        assert!(matches!(said("orders"), Said::Orders { symbol: None }));
        assert!(matches!(said("replies"), Said::Replies { count: SOME, long: false }));
        assert!(matches!(said("replies 5 --long"), Said::Replies { count: 5, long: true }));
        assert!(matches!(said("exit"), Said::Quit));
        assert!(matches!(said("buy 1 --help"), Said::Help { word: Some(word) } if word == "buy"));
        assert!(read("  ").expect("it is blank").is_none());
        assert!(read("# a remark").expect("it is a comment").is_none());
    }

    #[test]
    fn what_is_wrong_is_pointed_at() {
        for (line, at, what) in [
            ("cancle 3", 0..6, "cancle is no request; did you mean cancel?"),
            ("canc 3", 0..4, "canc is no request; did you mean cancel?"),
            ("xyzzy 1", 0..5, "xyzzy is no request; help says what there is"),
            ("buy 100 AAPL @ 187.505555", 15..25, "187.505555 has more than 4 decimals"),
            ("buy 100 AAPL 187.50", 13..19, "an @ stands before the price: 100 AAPL @ 187.50"),
            ("buy 100 AAPL", 13..14, "still missing: <@> <PRICE>"),
            ("cancel 1 --frim X", 9..15, "--frim has no place here; help says what there is"),
            ("mass-cancel --frim X", 12..18, "--frim has no place here; did you mean --firm?"),
            ("cancel 1 --channel", 9..18, "--channel <0..255> needs a value"),
            ("cancel \"1", 0..9, "a quote is not closed"),
        ] {
            let wrong = read(line).expect_err(line);
            assert!(wrong.what.starts_with(what), "{line}: {wrong:?}");
            assert_eq!(wrong.at, at, "{line}: {wrong:?}");
        }
    }

    #[test]
    fn the_place_is_marked_below_the_line() {
        let wrong = read("buy 1x AAPL @ 1").expect_err("1x is no number");
        assert_eq!(wrong.lines(Some(7)), "           ^^\n1x is no number of shares");
        assert_eq!(wrong.lines(None), "1x is no number of shares");
    }

    #[test]
    fn help_has_every_word_and_the_usage_of_each() {
        let all = help(None);
        for word in grammar().get_subcommands() {
            assert!(all.contains(word.get_name()), "{all}");
            let one = help(Some(word.get_name()));
            assert!(one.contains(&format!("Usage: {}", word.get_name())), "{one}");
        }
        assert!(help(Some("buy")).contains("--tif"));
        assert!(help(Some("bye")).contains("no word of the desk"));
    }
}
