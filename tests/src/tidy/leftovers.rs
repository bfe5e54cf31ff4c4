//! What must not stay behind in a tree.

use super::Violation;
use super::code::{Source, is_name};

/// Words and the reason against each. The names are cut in two, or this file would break its
/// own rules.
const IN_TEXT: &[(&str, &str)] = &[
    (concat!("TO", "DO"), "finish it, or say what is so"),
    (concat!("FIX", "ME"), "finish it, or say what is so"),
    (concat!("XX", "X"), "finish it, or say what is so"),
    (concat!("/wo", "rk/"), "a path of one machine"),
    (concat!("/t", "mp/"), "a path of one machine; ask the system for its directory"),
    (concat!("/ro", "ot/"), "a path of one machine"),
    (concat!("/ho", "me/"), "a path of one machine"),
    (concat!("index.crates", ".io"), "where packages come from is for each machine to say"),
    (concat!("static.crates", ".io"), "where packages come from is for each machine to say"),
    (concat!("registry.npmjs", ".org"), "where packages come from is for each machine to say"),
    (concat!("pypi", ".org"), "where packages come from is for each machine to say"),
    (concat!("deb.debian", ".org"), "where packages come from is for each machine to say"),
];

/// The same for what is code only outside comments and strings.
const IN_CODE: &[(&str, &str)] = &[
    (concat!("dbg", "!"), "it was for a look"),
    (concat!("to", "do!"), "write it"),
    (concat!("unimple", "mented!"), "write it"),
    (concat!("allow(dead", "_code"), "delete what is dead"),
    (concat!("#[ign", "ore]"), "say why: #[ignore = \"...\"]"),
    (concat!(".unw", "rap()"), "say with expect() why it cannot fail"),
    (concat!("let _", " ="), "handle the result, or name it"),
];

/// Marks of unfinished work, traces of one machine, errors thrown away, what nobody can see.
#[must_use]
pub fn check(source: &Source) -> Vec<Violation> {
    let mut all = found_in(source, &source.text, IN_TEXT);
    all.extend(found_in(source, &source.code, IN_CODE));
    all.extend(controls(source));
    all
}

/// Characters that no editor shows: who searches takes the file for no text.
fn controls(source: &Source) -> impl Iterator<Item = Violation> {
    let is_hidden = |char: char| char.is_control() && char != '\t';
    let lines = (1..).zip(source.text.lines()).filter(move |(_, text)| text.contains(is_hidden));
    lines.map(|(line, _)| {
        let what = "a control character: write it as an escape".to_owned();
        Violation { path: source.path.clone(), line, rule: "leftover", what }
    })
}

fn found_in(source: &Source, text: &str, needles: &[(&str, &str)]) -> Vec<Violation> {
    let mut all = Vec::new();
    for (line, content) in (1..).zip(text.lines()) {
        for (needle, reason) in needles.iter().filter(|(needle, _)| has(content, needle)) {
            let what = format!("`{needle}`: {reason}");
            all.push(Violation { path: source.path.clone(), line, rule: "leftover", what });
        }
    }
    all
}

/// Whether `needle` stands in `text` and is not merely part of a longer word.
#[must_use]
pub fn has(text: &str, needle: &str) -> bool {
    let starts_as_word = needle.starts_with(is_name);
    let ends_as_word = needle.ends_with(is_name);
    text.match_indices(needle).any(|(at, _)| {
        let cut_before = starts_as_word && text[..at].ends_with(is_name);
        let cut_after = ends_as_word && text[at + needle.len()..].starts_with(is_name);
        !cut_before && !cut_after
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        let violations = check(&Source::new(path, text));
        violations.into_iter().map(|found| found.line).collect()
    }

    #[test]
    fn every_leftover_of_the_list_is_found_where_it_counts() {
        for (needle, _) in IN_TEXT {
            assert_eq!(lines("README.md", &format!("fine\nsee {needle} here\n")), [2], "{needle}");
            assert_eq!(lines("a/src/lib.rs", &format!("// {needle} here\n")), [1], "{needle}");
        }
        for (needle, _) in IN_CODE {
            let text = format!("fine();\n    {needle} x;\n// {needle}\n\"{needle}\";\n");
            assert_eq!(lines("a/src/lib.rs", &text), [2], "{needle}");
            assert_eq!(lines("README.md", &text), [] as [usize; 0], "{needle}");
        }
    }

    #[test]
    fn what_nobody_can_see_is_found_and_tabs_are_not() {
        assert_eq!(lines("a/src/lib.rs", "fine\n\tb\"a\0\"\n\u{1b}[1m\n"), [2, 3]);
    }

    #[test]
    fn what_only_resembles_a_leftover_is_left_alone() {
        let text = "let all_todo = a.unwrap_or(b); let _kept = std::env::temp_dir();\n\
                    #[ignore = \"needs a captured day\"]\nmyXXXL(); allow(dead_codes)\n\
                    MANUAL.expect(\"network/homework\");\n";
        assert_eq!(lines("a/src/lib.rs", text), [] as [usize; 0]);
    }
}
