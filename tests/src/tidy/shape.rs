//! How long files, functions and lines may be.

use super::Violation;
use super::code::Source;

/// Most lines of a file.
const FILE: usize = 700;
/// Most lines of a function, from its name to its closing brace.
const FUNCTION: usize = 70;
/// Most columns of a line. Prose and tables of Markdown and TOML are no code and may be wider.
const LINE: usize = 100;

/// Files that are too long, with functions that are too long, with lines that are too wide.
#[must_use]
pub fn check(source: &Source) -> Vec<Violation> {
    let is_code = [".rs", ".sh", ".lua"].iter().any(|end| source.path.ends_with(end));
    let is_printed = source.path.starts_with("docs/protocol/");
    if !is_code || is_printed {
        return Vec::new();
    }
    let violation = |line, rule, what| Violation { path: source.path.clone(), line, rule, what };
    let mut all = Vec::new();
    let lines = source.text.lines().count();
    if lines > FILE {
        all.push(violation(0, "file-length", format!("{lines} lines, {FILE} at most")));
    }
    for (number, line) in (1..).zip(source.text.lines()) {
        let width = line.chars().count();
        if width > LINE {
            all.push(violation(number, "line-width", format!("{width} columns, {LINE} at most")));
        }
    }
    for function in functions(&source.code) {
        if function.lines > FUNCTION {
            let what =
                format!("{} has {} lines, {FUNCTION} at most", function.name, function.lines);
            all.push(violation(function.first, "function-length", what));
        }
    }
    all
}

#[derive(Debug, PartialEq, Eq)]
struct Function<'a> {
    name: &'a str,
    /// Number of its first line.
    first: usize,
    lines: usize,
}

/// The functions of formatted code, which ends them by a brace at the indentation of their start.
fn functions(code: &str) -> Vec<Function<'_>> {
    let lines: Vec<&str> = code.lines().map(str::trim_end).collect();
    let mut all = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else {
            continue;
        };
        let ends = |line: &&str| line.ends_with(['}', ';']);
        let at_start = |other: &&&str| indent(other) == indent(line);
        let after = match ends(line) {
            true => 0,
            false => {
                lines[at + 1..].iter().take_while(|other| !(at_start(other) && ends(other))).count()
                    + 1
            }
        };
        all.push(Function { name, first: at + 1, lines: 1 + after });
    }
    all
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The name of the function that begins in this line.
fn function_name(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("fn ")?;
    let is_qualifier = |word: &str| {
        ["const", "async", "unsafe", "extern", "default"].contains(&word)
            || word.starts_with("pub")
            || word.starts_with('"')
            || word.ends_with('"')
            || word.ends_with(')')
    };
    let name = after.split(|char| !super::code::is_name(char)).next()?;
    let begins = before.split_whitespace().all(is_qualifier) && !name.is_empty();
    (begins && (before.is_empty() || before.ends_with(' '))).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(path: &str, text: &str) -> Vec<(&'static str, usize)> {
        let violations = check(&Source::new(path, text));
        violations.into_iter().map(|found| (found.rule, found.line)).collect()
    }

    fn function_of(lines: usize) -> String {
        let body = "    step();\n".repeat(lines - 2);
        format!("/// Does it.\npub(crate) const fn long() {{\n{body}}}\n")
    }

    #[test]
    fn a_file_above_the_limit_is_found_and_one_at_the_limit_is_not() {
        assert_eq!(rules("a/src/lib.rs", &"a();\n".repeat(FILE + 1)), [("file-length", 0)]);
        assert_eq!(rules("a/src/lib.rs", &"a();\n".repeat(FILE)), []);
        assert_eq!(rules("README.md", &"a\n".repeat(FILE + 1)), []);
    }

    #[test]
    fn a_function_above_the_limit_is_found_and_one_at_the_limit_is_not() {
        assert_eq!(rules("a/src/lib.rs", &function_of(FUNCTION + 1)), [("function-length", 2)]);
        assert_eq!(rules("a/src/lib.rs", &function_of(FUNCTION)), []);
    }

    #[test]
    fn a_line_above_the_limit_is_found_in_code_and_scripts_alone() {
        let wide = format!("{}\n", "é".repeat(LINE + 1));
        let fits = format!("{}\n", "é".repeat(LINE));
        for path in ["a/src/lib.rs", "a/run.sh", "a/src/template.lua"] {
            assert_eq!(rules(path, &wide), [("line-width", 1)]);
            assert_eq!(rules(path, &fits), []);
        }
        assert_eq!(rules("README.md", &wide), []);
    }

    #[test]
    fn functions_of_all_forms_are_measured() {
        let code = "fn a() {}\ntrait T {\n    fn b(\n        &self,\n    ) -> u8;\n    fn c();\n}\n\
                    impl T {\n    pub async unsafe fn d()\n    where\n        Self: Sized,\n    {\n\
                    \x20       let f = |x| {\n            fn_like();\n        };\n    }\n}\n\
                    type F = fn (u8);\n";
        let found: Vec<_> = functions(code)
            .into_iter()
            .map(|function| (function.name, function.first, function.lines))
            .collect();
        assert_eq!(found, [("a", 1, 1), ("b", 3, 3), ("c", 6, 1), ("d", 9, 8)]);
    }
}
