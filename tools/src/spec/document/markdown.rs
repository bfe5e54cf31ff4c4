//! Pieces of markdown.

/// A table, a row a line.
pub(super) struct Table(String);

impl Table {
    pub(super) fn new(heads: &[&str]) -> Self {
        let heads: Vec<_> = heads.iter().map(|&head| head.to_owned()).collect();
        let mut table = Table(String::new());
        table.row(&heads);
        table.row(&vec!["---".to_owned(); heads.len()]);
        table
    }

    pub(super) fn row(&mut self, cells: &[String]) {
        for cell in cells {
            self.0.push_str("| ");
            self.0.push_str(cell);
            self.0.push(' ');
        }
        self.0.push_str("|\n");
    }

    pub(super) fn text(self) -> String {
        self.0
    }
}

/// The anchor that a heading gets: lower case, hyphens for spaces, nothing but letters and digits.
#[must_use]
pub fn slug(heading: &str) -> String {
    heading
        .chars()
        .filter(|char| char.is_alphanumeric() || matches!(char, ' ' | '-' | '_'))
        .map(|char| if char == ' ' { '-' } else { char.to_ascii_lowercase() })
        .collect()
}

/// A link to a heading of the same document.
pub(super) fn link(label: &str, heading: &str) -> String {
    format!("[{label}](#{})", slug(heading))
}

/// Bytes in hexadecimal digits, with a space between two.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digits: Vec<_> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    digits.join(" ")
}

/// The characters of a code or type, as they stand in a table.
pub(super) fn code(bytes: &[u8]) -> String {
    match bytes.trim_ascii_end() {
        [] if bytes.len() == 1 => "space".to_owned(),
        [] => "spaces".to_owned(),
        text => format!("`{}`", text.escape_ascii()),
    }
}
