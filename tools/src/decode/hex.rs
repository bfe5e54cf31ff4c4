//! Hex text, a message or packet a line.

use std::io::{BufRead, BufReader, Read};

use super::carried::Carried;
use super::error::{DecodeFailure, Stop};
use super::origin::{Number, Origin, Place};
use super::protocol::Protocol;
use super::sink::Sink;

/// The longest packet there is, written with some air.
const LONGEST_LINE: u64 = 512 * 1024;

/// Decodes a text. Lines that are blank or begin with `#` are passed over.
///
/// # Errors
/// If it cannot be read, or when nothing more is to be decoded.
pub(super) fn decode_hex(
    reader: impl Read,
    file: &str,
    protocol: Option<Protocol>,
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    let mut reader = BufReader::new(reader);
    let mut origin = Origin::of(file);
    let mut carried = Carried::new(protocol);
    let mut text = Vec::new();
    let mut bytes = Vec::new();
    let mut offset = 0;
    for line in 1.. {
        text.clear();
        let read = reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut text);
        let count =
            read.map_err(|source| DecodeFailure::Read { file: file.to_owned(), offset, source })?;
        if count == 0 {
            break;
        }
        offset += count as u64;
        origin.place = Place::Line(line);
        origin.number = Number::None;
        match parse_line(&text, &mut bytes) {
            Ok(()) if bytes.is_empty() => {}
            Ok(()) => carried.message(sink, &mut origin, protocol, &bytes)?,
            Err(what) => sink.undecodable(&origin, None, &[], &what, None)?,
        }
        if reader.buffer().is_empty() {
            sink.flush()?;
        }
    }
    Ok(())
}

/// Reads the digits of a line; spaces, colons and `0x` may stand between bytes.
fn parse_line(line: &[u8], bytes: &mut Vec<u8>) -> Result<(), String> {
    bytes.clear();
    if line.len() as u64 == LONGEST_LINE {
        return Err("line longer than any packet".to_owned());
    }
    if line.first() == Some(&b'#') {
        return Ok(());
    }
    let mut half = None;
    let mut at = 0;
    while let Some(&byte) = line.get(at) {
        let prefixed = matches!(line[at..], [b'0', b'x' | b'X', ..]) && half.is_none();
        at += if prefixed { 2 } else { 1 };
        if prefixed || byte.is_ascii_whitespace() || byte == b':' {
            continue;
        }
        let Some(digit) = char::from(byte).to_digit(16) else {
            let what = byte.escape_ascii();
            return Err(format!("not hex: \"{what}\" in column {at}"));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        parse_line(line.as_bytes(), &mut bytes).map(|()| bytes)
    }

    #[test]
    fn digits_are_read_with_whatever_people_put_between_them() {
        for line in ["41000f", "41 00 0F\r\n", "0x41 0x00 0x0f", "41:00:0f", "0x41000F", "4100 0f"]
        {
            assert_eq!(parse(line), Ok(vec![0x41, 0x00, 0x0F]), "{line}");
        }
        assert_eq!(parse("# 41"), Ok(vec![]));
        assert_eq!(parse("4 1"), Ok(vec![0x41]));
    }

    #[test]
    fn what_is_no_digit_is_named_with_its_column() {
        assert_eq!(parse("41 g0"), Err("not hex: \"g\" in column 4".to_owned()));
        assert_eq!(parse("410"), Err("not hex: an odd number of digits".to_owned()));
    }
}
