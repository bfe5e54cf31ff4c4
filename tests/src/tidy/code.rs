//! Rust text without what only looks like code: comments and the insides of literals.

/// A source file, read for the rules.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file, from the root of the workspace, with `/` between names.
    pub path: String,
    /// The file as it is.
    pub text: String,
    /// For Rust, the file with spaces for comments and the insides of literals; else empty.
    pub code: String,
    /// For each line whether it is compiled for tests alone.
    pub for_tests: Vec<bool>,
}

impl Source {
    /// A file with this text.
    #[must_use]
    pub fn new(path: &str, text: &str) -> Self {
        let code = match path.ends_with(".rs") {
            true => code_only(text),
            false => String::new(),
        };
        let file_is_for_tests = path.starts_with("tests/") || path.contains("/tests/");
        let for_tests = match file_is_for_tests || path.ends_with("/tests.rs") {
            true => vec![true; code.lines().count()],
            false => test_lines(&code),
        };
        Source { path: path.to_owned(), text: text.to_owned(), code, for_tests }
    }

    /// Whether it is Rust.
    #[must_use]
    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// The first directory of the path: for what belongs to a crate, the crate.
    #[must_use]
    pub fn house(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }

    /// The lines of code that are not compiled for tests alone, with their numbers.
    pub fn lines_in_use(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = (1..).zip(self.code.lines()).zip(&self.for_tests);
        lines.filter(|(_, for_tests)| !**for_tests).map(|(line, _)| line)
    }
}

/// `text` with spaces for comments and the insides of strings and characters. Lines and columns
/// stay what they are.
#[must_use]
pub fn code_only(text: &str) -> String {
    let mut rest = text;
    let mut code = String::with_capacity(text.len());
    while let Some(next) = rest.chars().next() {
        let after_name = code.ends_with(is_name);
        // What is kept as it is, what is blanked, and the quote behind it, which is kept again.
        let (kept, blank, quote) = match next {
            '/' if rest.starts_with("//") => (0, rest.find('\n').unwrap_or(rest.len()), 0),
            '/' if rest.starts_with("/*") => (0, comment_len(rest), 0),
            '"' => (1, string_len(&rest[1..]), 1),
            '\'' => match char_len(&rest[1..]) {
                0 => (1, 0, 0),
                inside => (1, inside, 1),
            },
            'r' | 'b' | 'c' if !after_name => raw_string(rest).unwrap_or((1, 0, 0)),
            other => (other.len_utf8(), 0, 0),
        };
        let (head, tail) = rest.split_at(kept);
        let (blanked, tail) = tail.split_at(blank);
        let (ending, tail) = tail.split_at(quote.min(tail.len()));
        code.push_str(head);
        code.extend(blanked.chars().map(|char| if char == '\n' { '\n' } else { ' ' }));
        code.push_str(ending);
        rest = tail;
    }
    code
}

/// Whether `char` can be part of a name.
#[must_use]
pub fn is_name(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

/// Length of the block comment at the start of `text`; such comments nest.
fn comment_len(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest.starts_with(b"*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

/// Length of what stands before the quote that ends a string.
fn string_len(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.unwrap_or(text.len())
}

/// Length of the character that stands before the ending quote, 0 where a lifetime begins.
fn char_len(text: &str) -> usize {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some('\\'), Some(escaped)) => {
            let start = 1 + escaped.len_utf8();
            start + text[start..].find('\'').unwrap_or(0)
        }
        (Some(char), Some('\'')) => char.len_utf8(),
        _ => 0,
    }
}

/// Lengths of the opening, the inside and the quote of the raw string at the start of `text`, if
/// it is one.
fn raw_string(text: &str) -> Option<(usize, usize, usize)> {
    let mark = text.trim_start_matches(['b', 'c']);
    let hashes = mark.strip_prefix('r')?;
    let inside = hashes.trim_start_matches('#').strip_prefix('"')?;
    let count = hashes.len() - inside.len() - 1;
    let end = format!("\"{}", "#".repeat(count));
    let opening = text.len() - inside.len();
    Some((opening, inside.find(&end).unwrap_or(inside.len()), 1))
}

/// For each line of code whether it belongs to an item under `#[cfg(test)]`, by indentation.
fn test_lines(code: &str) -> Vec<bool> {
    let mut open: Option<usize> = None;
    let mut lines = Vec::new();
    for line in code.lines() {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        if open.is_none() && text.starts_with("#[cfg(test)]") {
            open = Some(indent);
        }
        lines.push(open.is_some());
        let is_last = !text.starts_with("#[") && (text.starts_with('}') || text.ends_with(';'));
        if is_last && open == Some(indent) {
            open = None;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squeezed(text: &str) -> String {
        let code = code_only(text);
        assert_eq!(code.lines().count(), text.lines().count());
        code.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn comments_and_literals_are_not_code() {
        let samples = [
            ("a // b \"c\nd", "a d"),
            ("a /* b /* c */ \" */ d", "a d"),
            (r#"a("b \" c", 'd', '"', '\'', b'\\', d)"#, r#"a(" ", ' ', ' ', ' ', b' ', d)"#),
            ("fn f<'a>(x: &'a str) {} \"x\"", "fn f<'a>(x: &'a str) {} \" \""),
            ("r#\"b \" c\"# + br\"d\" + r\"\"", "r#\" \"# + br\" \" + r\"\""),
            ("for_r \"x\" \"é\" y", "for_r \" \" \" \" y"),
            ("\"\" a \"b\"", "\"\" a \" \""),
        ];
        for (text, code) in samples {
            assert_eq!(squeezed(text), code, "{text}");
        }
    }

    #[test]
    fn a_quote_in_a_comment_or_a_character_opens_no_string() {
        assert_eq!(squeezed("// it's\nlet a = '\"'; // \"\nb"), "let a = ' '; b");
    }

    #[test]
    fn items_for_tests_end_where_their_indentation_does() {
        let code = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {\n    }\n}\nfn c() {}\n\
                    #[cfg(test)]\n#[path = \"\"]\nmod d;\nfn e() {}\n";
        let expected = [false, true, true, true, true, true, false, true, true, true, false];
        assert_eq!(test_lines(code), expected);
    }
}
