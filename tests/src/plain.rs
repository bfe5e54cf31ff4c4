//! Numbers and texts of messages in short words, read without the tables.

/// A big-endian number.
#[must_use]
pub fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte))
}

/// Text without the spaces at its end, with `_` for those within and for a blank.
#[must_use]
pub fn text(bytes: &[u8]) -> String {
    let text = bytes.escape_ascii().to_string();
    let trimmed = text.trim_end().replace(' ', "_");
    if trimmed.is_empty() { "_".to_owned() } else { trimmed }
}

/// `r5`, or `r5'` of those that the public never sees.
#[must_use]
pub fn reference(order_ref: u64) -> String {
    let private = 1 << 55;
    let mark = if order_ref & private == 0 { "" } else { "'" };
    format!("r{}{mark}", order_ref & !private)
}

/// A price with two decimals, or four where it needs them.
#[must_use]
pub fn price(raw: u64) -> String {
    let text = format!("{}.{:04}", raw / 10_000, raw % 10_000);
    text.strip_suffix("00").unwrap_or(&text).to_owned()
}
