//! How a venue is, in lines for people.

use std::fmt::{self, Write};

use appliance::admin::{Connections, FeedLine, Port, Rate, Stage, Status};

use super::Paint;
use crate::count::grouped;

/// Ports that are listed unless all are wanted.
const PORTS: usize = 20;
/// Securities that are listed unless all are wanted.
const STATES: usize = 20;

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wide {
    /// What fits on a screen.
    Screen,
    /// Every port and every security that is held.
    All,
}

/// A status, to be shown.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The status.
    pub status: &'a Status,
    /// Its colours.
    pub paint: Paint,
    /// How much of it.
    pub wide: Wide,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { status, .. } = self;
        self.day(f)?;
        self.journal(f)?;
        self.feed(f)?;
        let rates = &status.rates;
        self.line(
            f,
            "rates",
            format_args!(
                "commands {}, replies {} a second, in the last second / minute",
                rate(rates.commands_per_second),
                rate(rates.replies_per_second)
            ),
        )?;
        self.times(f)?;
        self.connections(f, &status.connections)?;
        let queues = status.queues.iter().map(|queue| {
            let text = format!("{} {} of {}", queue.name, queue.waiting, queue.room);
            if 2 * queue.waiting > queue.room { self.paint.odd(text) } else { text }
        });
        self.line(f, "queues", format_args!("{}", joined(queues, ", ")))?;
        self.instruments(f)?;
        self.ports(f)
    }
}

impl Report<'_> {
    fn line(
        &self,
        f: &mut fmt::Formatter<'_>,
        title: &str,
        text: fmt::Arguments<'_>,
    ) -> fmt::Result {
        writeln!(f, "{} {text}", self.paint.title(format_args!("{title:<12}")))
    }

    fn day(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Status { venue, version, process, started, session, date, stage, .. } = self.status;
        let Status { phase, time, next, .. } = self.status;
        let since = self.paint.faint(format_args!("since {started}"));
        self.line(
            f,
            "venue",
            format_args!("{venue}, outcry {version}, process {process} {since}"),
        )?;
        let word = match stage {
            Stage::Open => self.paint.good("open"),
            Stage::Ending => self.paint.odd("ending"),
            Stage::Waiting => self.paint.odd("waiting for the next day"),
            Stage::Stopping => self.paint.odd("stopping"),
        };
        match session.as_str() {
            "" => self.line(f, "day", format_args!("none yet, {word}"))?,
            _ => self.line(f, "day", format_args!("{session} of {date}, {word}, phase {phase}"))?,
        }
        let next = match next {
            Some(next) => format!("next {} at {}", next.what, next.at),
            None => "nothing comes next".to_owned(),
        };
        self.line(f, "time", format_args!("{time}, {next}"))
    }

    fn journal(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let journal = &self.status.journal;
        let (used, size) = (bytes(journal.used_bytes), bytes(journal.segment_bytes));
        let free = match journal.free_bytes {
            Some(free) => format!("{} free", bytes(free)),
            None => "free space not known yet".to_owned(),
        };
        let (commands, batches) = (grouped(journal.commands), grouped(journal.batches));
        let (folder, durability) = (&journal.folder, &journal.durability);
        self.line(
            f,
            "journal",
            format_args!(
                "{commands} commands, {batches} batches, segment {} has {used} of {size}, \
                 durability {durability}, {free}",
                journal.segment
            ),
        )?;
        self.line(f, "", format_args!("{}", self.paint.faint(folder)))?;
        match &self.status.checkpoint {
            None => self.line(f, "checkpoint", format_args!("none"))?,
            Some(checkpoint) => {
                let command = grouped(checkpoint.command);
                let written = checkpoint.written.as_deref();
                let written = written.unwrap_or("a time before this process");
                let failures = self.odd(checkpoint.failures, "could not be written");
                let line = format_args!("up to command {command}, at {written}{failures}");
                self.line(f, "checkpoint", line)?;
            }
        }
        let replies = &self.status.replies;
        let (count, size) = (grouped(replies.count), bytes(replies.bytes));
        self.line(
            f,
            "replies",
            format_args!("{count}, {size} in {}", self.paint.faint(&replies.file)),
        )
    }

    fn feed(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = &self.status.feed;
        let none = if of.lines.is_empty() { ", no lines" } else { "" };
        let next = grouped(of.next);
        let rate = rate(self.status.rates.messages_per_second);
        self.line(f, "feed", format_args!("message {next} comes next, {rate} a second{none}"))?;
        for line in &of.lines {
            let FeedLine { name, to, .. } = line;
            let (packets, messages) = (grouped(line.packets), grouped(line.messages));
            let dropped = self.odd(line.dropped, "packets not taken");
            self.line(
                f,
                "",
                format_args!("{name} {to}: {packets} packets, {messages} messages{dropped}"),
            )?;
        }
        let (written, file) = (bytes(of.written_bytes), &of.file);
        let behind = self.odd(of.bytes.saturating_sub(of.written_bytes), "bytes behind");
        let failures = self.odd(of.failures, "failures");
        self.line(f, "", format_args!("{written} in {file}{behind}{failures}"))?;
        self.rerequests(f)
    }

    fn rerequests(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(address) = &self.status.feed.rerequest else {
            return self.line(f, "rerequests", format_args!("none are heard"));
        };
        let of = &self.status.feed.requests;
        let [came, answered, messages] = [of.came, of.answered, of.messages].map(grouped);
        let dropped = of.dropped.iter().map(|(why, count)| {
            let why = why.replace('_', " ");
            format!(", {}", self.paint.odd(format_args!("{} {why}", grouped(*count))))
        });
        let dropped: String = dropped.collect();
        self.line(
            f,
            "rerequests",
            format_args!(
                "{came} at {address}, {answered} answered with {messages} messages{dropped}"
            ),
        )
    }

    fn times(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, times) in self.status.times.iter().filter(|times| times.count > 0).enumerate() {
            let [p50, p99, p999, max] =
                [times.p50_ns, times.p99_ns, times.p999_ns, times.max_ns].map(micros);
            let title = if at == 0 { "turns" } else { "" };
            let (stage, count) = (&times.stage, grouped(times.count));
            self.line(
                f,
                title,
                format_args!(
                    "{stage:<8} p50 {p50:>9}  p99 {p99:>9}  p99.9 {p999:>9}  max {max:>11} us  \
                     of {count}"
                ),
            )?;
        }
        Ok(())
    }

    fn connections(&self, f: &mut fmt::Formatter<'_>, of: &Connections) -> fmt::Result {
        let odd = [
            (of.rejected_logins, "logins rejected"),
            (of.turned_away, "turned away"),
            (of.broken_protocol, "broke the protocol"),
            (of.floods, "sent too much"),
            (of.stalled, "did not read"),
        ];
        let odd: String = odd.iter().map(|(count, what)| self.odd(*count, what)).collect();
        self.line(
            f,
            "connections",
            format_args!(
                "{} of {} logged in, {} of {} pending, {} in all, {} logins{odd}",
                of.logged_in,
                of.most_logged_in,
                of.pending,
                of.most_pending,
                grouped(of.total),
                grouped(of.logins)
            ),
        )
    }

    /// What is said only if there is any of it.
    fn odd(&self, count: u64, what: &str) -> String {
        match count {
            0 => String::new(),
            _ => format!(", {}", self.paint.odd(format_args!("{} {what}", grouped(count)))),
        }
    }

    fn instruments(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = &self.status.instruments;
        let held = of.states.len();
        let mut text = format!("{} listed", grouped(of.listed));
        if held > 0 {
            write!(text, ", {}", self.paint.odd(format_args!("{held} held")))?;
        }
        self.line(f, "instruments", format_args!("{text}"))?;
        for state in of.states.iter().take(self.most(STATES)) {
            let reason = match state.reason.as_str() {
                "" => String::new(),
                reason => format!(" ({reason})"),
            };
            let (symbol, state) = (&state.symbol, self.paint.odd(&state.state));
            self.line(f, "", format_args!("{symbol:<8} {state}{reason}"))?;
        }
        self.rest(f, held, STATES)
    }

    fn ports(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ports = &self.status.ports;
        let count = |is: fn(&Port) -> bool| ports.iter().filter(|port| is(port)).count();
        let up = count(|port| port.up);
        let stopped = count(is_stopped);
        let mut text = format!("{up} of {} up", ports.len());
        if stopped > 0 {
            write!(text, ", {}", self.paint.odd(format_args!("{stopped} stopped")))?;
        }
        self.line(f, "ports", format_args!("{text}"))?;
        // Who is there or wants to be looked at comes first.
        let mut shown: Vec<&Port> = ports.iter().collect();
        if self.wide == Wide::Screen {
            shown.sort_by_key(|port| (!is_stopped(port), !port.up, port.number));
        }
        for port in shown.into_iter().take(self.most(PORTS)) {
            self.port(f, port)?;
        }
        self.rest(f, ports.len(), PORTS)
    }

    fn port(&self, f: &mut fmt::Formatter<'_>, port: &Port) -> fmt::Result {
        let state = match (port.up, &port.peer) {
            (true, Some(peer)) => self.paint.good(format_args!("{:<21}", format!("up {peer}"))),
            (true, None) => self.paint.good(format_args!("{:<21}", "up")),
            (false, _) => self.paint.faint(format_args!("{:<21}", "down")),
        };
        let mut odd = String::new();
        if port.behind > 0 {
            write!(odd, " {}", self.paint.odd(format_args!("{} behind", grouped(port.behind))))?;
        }
        if port.stopped {
            write!(odd, " {}", self.paint.odd("stopped"))?;
        }
        for firm in &port.stopped_firms {
            write!(odd, " {}", self.paint.odd(format_args!("{firm} stopped")))?;
        }
        if !port.configured {
            write!(odd, " {}", self.paint.odd("not configured"))?;
        }
        let Port { username, number, replies, .. } = port;
        let (firms, replies) = (port.firms.join(" "), grouped(*replies));
        self.line(
            f,
            "",
            format_args!("{number:>5} {username:<6} {state} {replies:>11} replies  {firms}{odd}"),
        )
    }

    /// As many as are listed.
    fn most(&self, screen: usize) -> usize {
        if self.wide == Wide::All { usize::MAX } else { screen }
    }

    fn rest(&self, f: &mut fmt::Formatter<'_>, all: usize, screen: usize) -> fmt::Result {
        match all.saturating_sub(self.most(screen)) {
            0 => Ok(()),
            rest => {
                let text = format!("and {rest} more: --ports lists them all");
                self.line(f, "", format_args!("{}", self.paint.faint(text)))
            }
        }
    }
}

/// Whether the operator stopped it, or a firm on it.
fn is_stopped(port: &Port) -> bool {
    port.stopped || !port.stopped_firms.is_empty()
}

/// What was done in the last second, and in one of the last minute.
fn rate(of: Rate) -> String {
    format!("{} / {}", grouped(of.last_second), grouped(of.last_minute))
}

fn joined(parts: impl Iterator<Item = String>, by: &str) -> String {
    parts.collect::<Vec<_>>().join(by)
}

/// Nanoseconds in microseconds, with a tenth.
fn micros(nanos: u64) -> String {
    format!("{}.{}", grouped(nanos / 1000), nanos % 1000 / 100)
}

/// Bytes in the largest unit of which there is one, with a tenth.
fn bytes(count: u64) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
    let steps = (count.max(1).ilog2() / 10).min(4);
    let unit = units[steps as usize];
    if steps == 0 {
        return format!("{count} {unit}");
    }
    let whole = count >> (10 * steps);
    let tenth = (count >> (10 * (steps - 1)) & 1023) * 10 / 1024;
    format!("{whole}.{tenth} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_a_unit_and_a_tenth() {
        for (count, text) in [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (1024, "1.0 KiB"),
            (1536, "1.5 KiB"),
            (64 << 20, "64.0 MiB"),
            (u64::MAX, "16777215.9 TiB"),
        ] {
            assert_eq!(bytes(count), text);
        }
        assert_eq!(micros(1_234_567), "1,234.5");
    }
}
