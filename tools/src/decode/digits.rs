//! Bytes written in hexadecimal digits.

use std::fmt;

/// What some editors begin a text with.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Where a text is no digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stray {
    /// The line, from 1.
    pub line: u64,
    /// The column, from 1.
    pub column: usize,
    /// What stands there, escaped.
    pub what: String,
}

impl fmt::Display for Stray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\" in line {}, column {}", self.what, self.line, self.column)
    }
}

/// A text without its byte-order mark.
#[must_use]
pub(super) fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)
}

/// The first character that keeps the start of a text from being hex text, if there is one. A
/// text that begins with a comment is one whatever follows.
#[must_use]
pub(super) fn first_stray(head: &[u8]) -> Option<Stray> {
    let text = without_mark(head);
    if is_comment(text) {
        return None;
    }
    let lines = (1..).zip(text.split(|byte| *byte == b'\n'));
    lines.filter(|(_, line)| !is_comment(line)).find_map(|(number, line)| {
        let allowed = |byte: &u8| byte.is_ascii_hexdigit() || b" \t\r:xX".contains(byte);
        let at = line.iter().position(|byte| !allowed(byte))?;
        Some(Stray { line: number, column: at + 1, what: character(&line[at..]) })
    })
}

/// Reads the digits of a line; spaces, colons and `0x` may stand between bytes.
///
/// # Errors
/// What else stands there.
pub(super) fn parse_line(line: &[u8], bytes: &mut Vec<u8>) -> Result<(), String> {
    bytes.clear();
    if is_comment(line) {
        return Ok(());
    }
    let mut half = None;
    let mut at = 0;
    while let Some(&byte) = line.get(at) {
        let prefixed = matches!(line[at..], [b'0', b'x' | b'X', ..]) && half.is_none();
        let column = at + 1;
        at += if prefixed { 2 } else { 1 };
        if prefixed || byte.is_ascii_whitespace() || byte == b':' {
            continue;
        }
        let Some(digit) = char::from(byte).to_digit(16) else {
            let what = character(&line[column - 1..]);
            return Err(format!("not hex: \"{what}\" in column {column}"));
        };
        match half.take() {
            None => half = Some(digit),
            Some(high) => bytes.push((high << 4 | digit) as u8),
        }
    }
    match half {
        None => Ok(()),
        Some(_) => Err("not hex: an odd number of digits".to_owned()),
    }
}

/// Whether nothing but a comment stands in the line.
pub(super) fn is_comment(line: &[u8]) -> bool {
    line.trim_ascii_start().starts_with(b"#")
}

/// The character at the start of some bytes, or their first byte if they begin with none.
fn character(bytes: &[u8]) -> String {
    let valid = bytes.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next());
    match (valid, bytes.first()) {
        (Some(char), _) => char.escape_debug().to_string(),
        (None, Some(byte)) => byte.escape_ascii().to_string(),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        parse_line(line.as_bytes(), &mut bytes).map(|()| bytes)
    }

    fn stray(text: &[u8]) -> Option<(u64, usize, String)> {
        first_stray(text).map(|stray| (stray.line, stray.column, stray.what))
    }

    #[test]
    fn digits_are_read_with_whatever_people_put_between_them() {
        for line in ["41000f", "41 00 0F\r\n", "0x41 0x00 0x0f", "41:00:0f", "0x41000F", "4100 0f"]
        {
            assert_eq!(parse(line), Ok(vec![0x41, 0x00, 0x0F]), "{line}");
        }
        assert_eq!((parse("# 41"), parse(" #")), (Ok(vec![]), Ok(vec![])));
        assert_eq!(parse("4 1"), Ok(vec![0x41]));
    }

    #[test]
    fn what_is_no_digit_is_named_with_its_column() {
        assert_eq!(parse("41 g0"), Err("not hex: \"g\" in column 4".to_owned()));
        assert_eq!(parse("41 é"), Err("not hex: \"é\" in column 4".to_owned()));
        assert_eq!(parse("410"), Err("not hex: an odd number of digits".to_owned()));
    }

    #[test]
    fn a_text_is_hex_up_to_the_first_character_that_is_none() {
        for text in ["", "41\n0x42\r\n", "# it is\n41 is more than", "\u{FEFF}41\n  # zwölf\n42"] {
            assert_eq!(stray(text.as_bytes()), None, "{text}");
        }
        assert_eq!(stray(b"41\n4g"), Some((2, 2, "g".to_owned())));
        assert_eq!(stray("\u{FEFF}é".as_bytes()), Some((1, 1, "é".to_owned())));
        assert_eq!(stray(b"41\x1B"), Some((1, 3, "\\u{1b}".to_owned())));
        assert_eq!(stray(b"\xFF41"), Some((1, 1, "\\xff".to_owned())));
    }
}
