//! An example message with a note to each group of bytes.

use std::fmt::Write;

use super::markdown::hex;
use crate::spec::implied;
use crate::spec::vector::{Datum, Vector};

/// Bytes on a line.
const WIDTH: usize = 10;

/// The example, to stand in a code block.
pub(super) fn block(vector: &Vector) -> String {
    let mut out = String::from("\n```text\n");
    for datum in &vector.data {
        lines(&mut out, vector, datum.offset, datum.len, &note(datum));
    }
    for (tag, datum) in &vector.tags {
        let length = vector.bytes[datum.offset - 2];
        let (of_length, of_tag) = (implied::element_length(), implied::element_tag());
        let note = format!("{}: {length}", of_length.title);
        lines(&mut out, vector, datum.offset - 2, of_length.len, &note);
        let note = format!("{}: {tag}", of_tag.title);
        lines(&mut out, vector, datum.offset - 1, of_tag.len, &note);
        lines(&mut out, vector, datum.offset, datum.len, &self::note(datum));
    }
    if let Some(offset) = vector.payload() {
        let len = vector.bytes.len() - offset;
        let note = format!("Payload: {len} bytes");
        lines(&mut out, vector, offset, len, &note);
    }
    out.push_str("```\n");
    out
}

fn note(datum: &Datum) -> String {
    let shown = datum.shown();
    match (datum.meaning, shown.as_str()) {
        (Some(meaning), _) => format!("{}: {shown} ({meaning})", datum.title),
        (None, "") => format!("{}: blank", datum.title),
        (None, _) => format!("{}: {shown}", datum.title),
    }
}

/// The bytes from `offset` on, `note` beside the first line of them.
fn lines(out: &mut String, vector: &Vector, offset: usize, len: usize, note: &str) {
    let bytes = &vector.bytes[offset..offset + len];
    for (i, chunk) in bytes.chunks(WIDTH).enumerate() {
        let note = if i == 0 { note } else { "" };
        let line = format!("{:>3}  {:<30}{note}", offset + i * WIDTH, hex(chunk));
        writeln!(out, "{}", line.trim_end()).expect("a string takes all text");
    }
}
