//! The account at the end.

use std::io::{self, Write};

use super::lines::Line;
use super::message::Part;
use super::protocol::Protocol;
use super::tally::Tally;
use crate::count::{grouped, plural};

/// Missing ranges shown of each line.
const MOST_RANGES: usize = 10;

/// Writes what was decoded, what was missing and what could not be decoded.
///
/// # Errors
/// If `out` cannot be written.
pub fn write_summary(out: &mut dyn Write, tally: &Tally) -> io::Result<()> {
    write_counts(out, tally)?;
    write_lines(out, tally)?;
    write_aside(out, tally)?;
    for note in tally.notes() {
        writeln!(out, "note: {note}")?;
    }
    if tally.other_notes > 0 {
        writeln!(out, "note: {} more remarks", grouped(tally.other_notes))?;
    }
    write_failures(out, tally)?;
    if tally.unread > 0 {
        writeln!(out, "could not be read: {}", plural(tally.unread, "input"))?;
    }
    Ok(())
}

fn write_counts(out: &mut dyn Write, tally: &Tally) -> io::Result<()> {
    for (protocol, slot, count) in tally.counts() {
        let (letter, title) = type_of(protocol, slot);
        writeln!(out, "{protocol:<8}  {letter}  {title:<52}  {:>14}", grouped(count))?;
    }
    let (wanted, read) = (tally.wanted(), tally.read);
    if wanted == read {
        writeln!(out, "{}", plural(read, "message"))
    } else {
        writeln!(out, "{} of {}", grouped(wanted), plural(read, "message"))
    }
}

/// Letter and title of the messages of a slot.
fn type_of(protocol: Protocol, slot: u8) -> (char, &'static str) {
    match protocol.layout(slot) {
        Some(layout) => (char::from(slot), layout.title),
        None => {
            let part = Part::ALL.into_iter().find(|part| *part as u8 == slot);
            ('-', part.map_or("unknown", Part::name))
        }
    }
}

fn write_lines(out: &mut dyn Write, tally: &Tally) -> io::Result<()> {
    for (session, to, line) in tally.lines.iter() {
        write!(out, "mold session {session}")?;
        if let Some(to) = to {
            write!(out, " to {to}")?;
        }
        write!(out, ": {}, {}", plural(line.packets, "packet"), plural(line.messages, "message"))?;
        if let Some((first, last)) = line.range() {
            write!(out, ", numbers {first} to {last}")?;
        }
        for (count, what) in [(line.duplicates, "duplicate"), (line.reordered, "reordered")] {
            if count > 0 {
                write!(out, ", {} {what}", grouped(count))?;
            }
        }
        let ended = if line.ended { ", ended" } else { "" };
        writeln!(out, "{ended}{}", missing(line))?;
    }
    if tally.lines.other_packets > 0 {
        let packets = plural(tally.lines.other_packets, "packet");
        writeln!(out, "mold: {packets} of other sessions or to other addresses")?;
    }
    Ok(())
}

fn missing(line: &Line) -> String {
    let others = (line.other_ranges, line.other_missing);
    let (ranges, messages) = line.missing().fold(others, |(ranges, sum), (first, last)| {
        (ranges + 1, sum.saturating_add(last - first + 1))
    });
    if ranges == 0 {
        return ", nothing missing".to_owned();
    }
    let shown: Vec<String> = line
        .missing()
        .take(MOST_RANGES)
        .map(|(first, last)| match first == last {
            true => first.to_string(),
            false => format!("{first}-{last}"),
        })
        .collect();
    let more = match ranges.saturating_sub(MOST_RANGES as u64) {
        0 => String::new(),
        more => format!(" and {} more ranges", grouped(more)),
    };
    format!("\n  missing {}: {}{more}", plural(messages, "message"), shown.join(", "))
}

fn write_aside(out: &mut dyn Write, tally: &Tally) -> io::Result<()> {
    let aside = &tally.aside;
    if aside.lost_bytes > 0 {
        let (bytes, holes) = (plural(aside.lost_bytes, "byte"), plural(aside.holes, "hole"));
        writeln!(out, "TCP: {bytes} never captured, in {holes}")?;
    }
    if aside.partial_bytes > 0 {
        let bytes = plural(aside.partial_bytes, "byte");
        writeln!(out, "TCP: {bytes} lost beside what was not captured: no whole packet is there")?;
    }
    if aside.unnamed > 0 {
        let messages = plural(aside.unnamed, "message");
        writeln!(
            out,
            "left out by --stock: {messages} about securities that nothing named before"
        )?;
    }
    aside.lines().iter().try_for_each(|line| writeln!(out, "passed over: {line}"))
}

fn write_failures(out: &mut dyn Write, tally: &Tally) -> io::Result<()> {
    if tally.failed() == 0 {
        return Ok(());
    }
    writeln!(out, "could not be decoded: {}", grouped(tally.failed()))?;
    for reason in tally.reasons() {
        let count = grouped(reason.count);
        writeln!(out, "  {count} x {}\n    first at {}", reason.what, reason.first)?;
        for line in reason.detail.iter().flat_map(|detail| detail.lines()) {
            writeln!(out, "    {line}")?;
        }
    }
    if tally.other_failures > 0 {
        writeln!(out, "  {} x other reasons", grouped(tally.other_failures))?;
    }
    Ok(())
}
