//! The lines of earlier days: where they lie, and what is in them.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::PathBuf;

/// The file, by the values of `XDG_STATE_HOME` and `HOME`.
pub(super) fn path(state: Option<OsString>, home: Option<OsString>) -> Option<PathBuf> {
    let absolute = |value: OsString| Some(PathBuf::from(value)).filter(|path| path.is_absolute());
    let state = state.and_then(absolute).or_else(|| {
        let home = home.and_then(absolute)?;
        Some(home.join(".local").join("state"))
    })?;
    Some(state.join("outcry").join("history"))
}

/// Whether a line is kept: never one with a password, which has no place at the desk.
pub(super) fn is_kept(line: &str) -> bool {
    !line.trim().is_empty() && !line.to_ascii_lowercase().contains("password")
}

/// The symbols in a line, in capitals, as far as it is a request.
pub(super) fn symbols(line: &str) -> BTreeSet<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let behind = words.windows(2).filter(|pair| pair[0] == "--symbol").map(|pair| pair[1]);
    let before = words.windows(2).filter(|pair| pair[1] == "@").map(|pair| pair[0]);
    behind
        .chain(before)
        .filter(|word| word.len() <= 8 && word.starts_with(|first: char| first.is_alphabetic()))
        .map(str::to_ascii_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(state: Option<&str>, home: Option<&str>) -> Option<String> {
        let path = path(state.map(OsString::from), home.map(OsString::from))?;
        Some(path.display().to_string())
    }

    #[test]
    fn history_lies_in_the_state_directory() {
        let (state, home) = (Some("/var/me"), Some("/users/me"));
        let usual = Some("/users/me/.local/state/outcry/history".to_owned());
        assert_eq!(place(state, home), Some("/var/me/outcry/history".to_owned()));
        assert_eq!((place(None, home), place(Some("me"), home)), (usual.clone(), usual));
        assert_eq!(place(None, None), None);
    }

    #[test]
    fn passwords_are_not_kept() {
        assert!(is_kept("buy 100 AAPL @ 187.50"));
        assert!(
            !is_kept("query --password secret") && !is_kept("OUTCRY_PASSWORD=x") && !is_kept(" ")
        );
    }

    #[test]
    fn symbols_stand_before_the_price_and_behind_their_option() {
        let found = |line| symbols(line).into_iter().collect::<Vec<_>>();
        assert_eq!(found("buy 100 aapl @ 187.50 --tif ioc"), ["AAPL"]);
        assert_eq!(found("mass-cancel --symbol brk.b"), ["BRK.B"]);
        assert_eq!(found("replace 3 100 @ 187.40"), [""; 0]);
    }
}
