//! Literals of Lua.

/// A string of any bytes.
pub(super) fn string(bytes: &[u8]) -> String {
    let inside: String = bytes
        .iter()
        .map(|&byte| match byte {
            b'"' => "\\\"".to_owned(),
            b'\\' => "\\\\".to_owned(),
            b' '..=b'~' => char::from(byte).to_string(),
            _ => format!("\\{byte:03}"),
        })
        .collect();
    format!("\"{inside}\"")
}

/// A string of text.
pub(super) fn text(text: &str) -> String {
    string(text.as_bytes())
}
