//! What came of following, saving and checking a feed, in words and as JSON.

use client::feed::{Counts, LineAddress};
use protocol_spec::wire::binary_file::Ending;
use protocol_spec::wire::itch::TradingState;
use serde_json::{Value, json};

use super::check::Verdict;
use super::road::{Before, Healed, Left, Road};
use crate::count::{grouped, plural};

/// How the lines did, who healed what they lost, and what nobody did.
#[must_use]
pub fn lines_of(lines: &[LineAddress], counts: &Counts, road: &Road) -> String {
    let mut text = String::new();
    for ((letter, line), tally) in ('A'..).zip(lines).zip(&counts.lines) {
        text.push_str(&format!("line {letter}      {line}: "));
        if tally.packets == 0 {
            text.push_str("nothing was heard\n");
            continue;
        }
        let (packets, first) = (plural(tally.packets, "packet"), grouped(tally.messages));
        text.push_str(&format!("{packets}, {first} of the messages came by it first"));
        if tally.gaps > 0 {
            text.push_str(&format!(", {}", plural(tally.gaps, "gap")));
        }
        if tally.malformed > 0 {
            text.push_str(&format!(", {} malformed", grouped(tally.malformed)));
        }
        text.push('\n');
    }
    if let Some(before) = road.before {
        text.push_str(&format!("before      {}\n", fetched(&before, counts)));
    }
    let (gaps, healed) = gaps_of(counts, road);
    match gaps {
        0 => text.push_str("gaps        none\n"),
        _ => text.push_str(&format!(
            "gaps        {}: {} of the messages came by another line, {} by {}\n",
            grouped(gaps),
            grouped(healed.by_lines),
            grouped(healed.by_answers),
            plural(healed.requests, "request")
        )),
    }
    if road.lost > 0 {
        text.push_str(&format!("lost        {}\n", plural(road.lost, "message")));
    }
    if road.missing > 0 {
        let missing = plural(road.missing, "message");
        text.push_str(&format!("missing     {missing} when it ended\n"));
    }
    text
}

/// What came of what was told before.
fn fetched(before: &Before, counts: &Counts) -> String {
    let (wanted, healed) = (before.gap.count(), before.healed(counts));
    let of = match healed.messages() {
        fetched if fetched < wanted => format!("{} of ", grouped(fetched)),
        _ => String::new(),
    };
    let by = match healed.requests {
        0 => String::new(),
        requests => format!(", by {}", plural(requests, "request")),
    };
    format!("fetched {of}{} told before{by}", plural(wanted, "message"))
}

/// The gaps, and who healed them, but for what was told before.
fn gaps_of(counts: &Counts, road: &Road) -> (u64, Healed) {
    let before = road.before.map(|before| before.healed(counts)).unwrap_or_default();
    let gaps = counts.gaps - u64::from(road.before.is_some());
    (gaps, Healed::of(counts).since(before))
}

/// The same for programs.
#[must_use]
pub fn lines_json(lines: &[LineAddress], counts: &Counts, road: &Road) -> Value {
    let each = lines.iter().zip(&counts.lines).map(|(line, tally)| {
        json!({
            "line": line.to_string(),
            "packets": tally.packets,
            "messages_first": tally.messages,
            "duplicates": tally.duplicates,
            "malformed": tally.malformed,
            "foreign": tally.foreign,
            "gaps": tally.gaps,
            "silent": tally.silent,
        })
    });
    let before = road.before.map(|before| {
        let healed = before.healed(counts);
        json!({
            "first": before.gap.first.0,
            "messages": before.gap.count(),
            "fetched": healed.messages(),
            "requests": healed.requests,
        })
    });
    let (gaps, healed) = gaps_of(counts, road);
    json!({
        "lines": each.collect::<Vec<_>>(),
        "before": before,
        "gaps": gaps,
        "healed_by_lines": healed.by_lines,
        "healed_by_answers": healed.by_answers,
        "requests": healed.requests,
        "not_healed": counts.gave_up,
        "lost": road.lost,
        "missing": road.missing,
    })
}

/// Why a feed was left, in a word for programs.
#[must_use]
pub const fn left_word(left: Left) -> &'static str {
    match left {
        Left::Over => "over",
        Left::Abandoned => "abandoned",
        Left::Lost => "lost",
        Left::Stopped => "stopped",
        Left::TimeOver => "time_over",
        Left::Enough => "enough",
    }
}

/// Where a feed was left.
#[must_use]
pub const fn left(left: Left) -> &'static str {
    match left {
        Left::Over => "end of the day",
        Left::Abandoned => "before the end of the session: the venue tells another one",
        Left::Lost => "where messages are lost: of the books behind them nothing is known",
        Left::Stopped => "stopped, before the end of the day",
        Left::TimeOver => "time over, before the end of the day",
        Left::Enough => "there was enough of it",
    }
}

/// Where a recording ends, in a word for programs.
#[must_use]
pub const fn ending_word(ending: Ending) -> &'static str {
    match ending {
        Ending::Marked => "marked",
        Ending::Unmarked => "unmarked",
        Ending::Cut(_) => "cut",
        Ending::Trailing(_) => "trailing",
    }
}

/// Where a recording ends.
#[must_use]
pub fn ending(ending: Ending) -> String {
    match ending {
        Ending::Marked => "with the end mark, as a whole day does".to_owned(),
        Ending::Unmarked => {
            "after a whole message, without the end mark: the day went on".to_owned()
        }
        Ending::Cut(missing) => {
            format!("inside a message: it is cut off, {} too early", plural(missing as u64, "byte"))
        }
        Ending::Trailing(extra) => {
            format!("{} behind its end mark", plural(extra as u64, "byte"))
        }
    }
}

/// The sums over all securities.
struct Sums {
    securities: u64,
    trading: u64,
    orders: u64,
    trades: u64,
    volume: u64,
}

impl Verdict {
    fn sums(&self) -> Sums {
        let view = self.checker.view();
        let mut sums = Sums {
            securities: 0,
            trading: 0,
            orders: view.live_orders() as u64,
            trades: 0,
            volume: 0,
        };
        for security in view.securities() {
            sums.securities += 1;
            sums.trading += u64::from(security.state == Some(TradingState::TRADING));
            sums.trades += security.tape.trades;
            sums.volume = sums.volume.saturating_add(security.tape.volume.0);
        }
        sums
    }

    /// For people.
    #[must_use]
    pub fn lines(&self) -> String {
        let Sums { securities, trading, orders, trades, volume } = self.sums();
        let took = self.took.as_secs_f64();
        let faults = match self.faults {
            0 if self.checker.messages() == 0 => "none found: there was no message".to_owned(),
            0 => "none".to_owned(),
            faults => grouped(faults),
        };
        let last = match self.checker.messages() {
            0 => String::new(),
            _ => format!(", the last one at {}", self.checker.time()),
        };
        format!(
            "messages    {} in {took:.1} s{last}\n\
             securities  {}, {} of them trading\n\
             orders      {} displayed\n\
             trades      {}\n\
             volume      {}\n\
             books       digest {:016x}\n\
             faults      {faults}\n",
            grouped(self.checker.messages()),
            grouped(securities),
            grouped(trading),
            grouped(orders),
            grouped(trades),
            plural(volume, "share"),
            self.checker.view().digest(),
        )
    }

    /// For programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let Sums { securities, trading, orders, trades, volume } = self.sums();
        json!({
            "messages": self.checker.messages(),
            "seconds": self.took.as_secs_f64(),
            "time": self.checker.time().0,
            "securities": securities,
            "trading": trading,
            "orders": orders,
            "trades": trades,
            "volume": volume,
            "digest": format!("{:016x}", self.checker.view().digest()),
            "faults": self.faults,
        })
    }
}
