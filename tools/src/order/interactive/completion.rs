//! What may come next in a line.

use super::said::grammar;
use crate::order::values;

/// What is known of the day.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// Symbols, in capitals.
    pub symbols: Vec<String>,
    /// Open orders: how each is named in a request, and what it is.
    pub orders: Vec<(String, String)>,
}

/// One way to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    /// What is shown of it.
    pub shown: String,
    /// What comes into the line.
    pub put: String,
}

/// What the word that is being written may be.
enum Place {
    /// The name of an option.
    Option,
    /// The value of this option, or this argument.
    Value(String),
    /// Nothing that could be told.
    Nothing,
}

/// Where the word begins that the line ends with, and what it may become.
pub(super) fn complete(line: &str, known: &Known) -> (usize, Vec<Candidate>) {
    let start = line.len() - line.rsplit(char::is_whitespace).next().map_or(0, str::len);
    let (before, word) = line.split_at(start);
    let mut words = before.split_whitespace();
    let Some(request) = words.next() else {
        return (start, requests(word));
    };
    let grammar = grammar();
    let Some(command) = grammar.find_subcommand(request.to_ascii_lowercase()) else {
        return (start, Vec::new());
    };
    let words: Vec<&str> = words.collect();
    let candidates = match place(command, &words, word) {
        Place::Option => options(command, &words, word),
        Place::Value(id) => values(&id, word, known),
        Place::Nothing => Vec::new(),
    };
    (start, candidates)
}

/// What `word` is after these words of a request.
fn place(command: &clap::Command, words: &[&str], word: &str) -> Place {
    let mut waiting = None;
    let mut arguments = 0;
    for said in words {
        if waiting.take().is_some() {
            continue;
        }
        match said.strip_prefix("--") {
            Some(option) => waiting = valued(command, option),
            None => arguments += 1,
        }
    }
    if let Some(id) = waiting {
        return Place::Value(id);
    }
    if word.starts_with('-') {
        return Place::Option;
    }
    match command.get_positionals().nth(arguments) {
        Some(argument) => Place::Value(argument.get_id().to_string()),
        None if word.is_empty() => Place::Option,
        None => Place::Nothing,
    }
}

/// The option's name in the grammar, if its value is the word behind it.
fn valued(command: &clap::Command, option: &str) -> Option<String> {
    let argument = command.get_arguments().find(|argument| argument.get_long() == Some(option))?;
    let is_behind = argument.get_action().takes_values() && !argument.is_require_equals_set();
    is_behind.then(|| argument.get_id().to_string())
}

fn requests(word: &str) -> Vec<Candidate> {
    let grammar = grammar();
    let names: Vec<&str> = grammar.get_subcommands().map(clap::Command::get_name).collect();
    matching(names.into_iter(), word)
}

/// The options that were not said yet.
fn options(command: &clap::Command, words: &[&str], word: &str) -> Vec<Candidate> {
    let names: Vec<String> = command
        .get_arguments()
        .filter_map(|argument| argument.get_long())
        .map(|long| format!("--{long}"))
        .filter(|name| !words.contains(&name.as_str()))
        .collect();
    matching(names.iter().map(String::as_str), word)
}

/// The values of an option or argument, by its name in the grammar.
fn values(id: &str, word: &str, known: &Known) -> Vec<Candidate> {
    match id {
        "symbol" => matching(known.symbols.iter().map(String::as_str), word),
        "order" => known
            .orders
            .iter()
            .filter(|(name, _)| name.starts_with(word))
            .map(|(name, what)| Candidate {
                shown: format!("{name}  {what}"),
                put: format!("{name} "),
            })
            .collect(),
        "_at" => matching(["@"].into_iter(), word),
        "price" if !word.is_empty() => matching(["market"].into_iter(), word),
        "word" => requests(word),
        _ => matching(values::names(id).iter().copied().filter(|name| name.len() > 1), word),
    }
}

/// Those that begin with the word, whatever its case.
fn matching<'a>(names: impl Iterator<Item = &'a str>, word: &str) -> Vec<Candidate> {
    let begins =
        |name: &&str| name.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word));
    names
        .filter(begins)
        .map(|name| Candidate { shown: name.to_owned(), put: format!("{name} ") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        Known {
            symbols: ["AAPL", "AMZN", "MSFT"].map(str::to_owned).to_vec(),
            orders: vec![
                ("3".to_owned(), "buy 50 AAPL @ 187.50".to_owned()),
                ("31".to_owned(), "sell 10 MSFT @ 472.10".to_owned()),
            ],
        }
    }

    /// What a line may become, as it comes into the line.
    fn after(line: &str) -> Vec<String> {
        complete(line, &known()).1.into_iter().map(|candidate| candidate.put).collect()
    }

    #[test]
    fn a_line_begins_with_a_request() {
        assert_eq!(after("bu"), ["buy "]);
        assert_eq!(after("re"), ["replace ", "replies "]);
        assert!(after("").len() > 10);
        assert_eq!(after("nothing "), [""; 0]);
    }

    #[test]
    fn symbols_are_found_whatever_their_case() {
        assert_eq!(after("buy 100 a"), ["AAPL ", "AMZN "]);
        assert_eq!(complete("buy 100 ms", &known()).0, 8);
        assert_eq!(after("mass-cancel --symbol m"), ["MSFT "]);
        assert_eq!(after("sell --tif ioc 100 A"), ["AAPL ", "AMZN "]);
        assert_eq!(after("buy "), [""; 0]);
    }

    #[test]
    fn the_price_has_its_word() {
        assert_eq!(after("buy 100 AAPL "), ["@ "]);
        assert_eq!(after("buy 100 AAPL @ "), [""; 0]);
        assert_eq!(after("buy 100 AAPL @ m"), ["market "]);
    }

    #[test]
    fn open_orders_are_named_with_what_they_are() {
        assert_eq!(after("cancel "), ["3 ", "31 "]);
        assert_eq!(after("replace 31"), ["31 "]);
        let (_, candidates) = complete("modify ", &known());
        assert_eq!(candidates[0].shown, "3  buy 50 AAPL @ 187.50");
        assert!(after("modify 3 s").contains(&"sell ".to_owned()));
    }

    #[test]
    fn options_and_their_values_are_those_of_the_request() {
        assert_eq!(after("cancel 3 --"), ["--channel "]);
        assert_eq!(after("buy 100 AAPL @ 187.50 --ti"), ["--tif "]);
        assert!(!after("buy 100 AAPL @ 187.50 --tif ioc --").contains(&"--tif ".to_owned()));
        assert_eq!(
            after("buy 100 AAPL @ 187.50 --tif "),
            ["day ", "ioc ", "gtx ", "gtt ", "after-hours "]
        );
        assert_eq!(after("buy 100 AAPL @ 1 --display h"), ["hidden "]);
        assert!(after("buy 100 AAPL @ 187.50 ").contains(&"--post-only ".to_owned()));
        assert_eq!(after("help mass"), ["mass-cancel "]);
    }

    #[test]
    fn letters_of_any_kind_do_no_harm() {
        for line in ["büy", "buy 100 Ä", "cancel ü", "buy 1 A @ 1 --tïf ", "\u{3000}x"] {
            complete(line, &known());
        }
    }
}
