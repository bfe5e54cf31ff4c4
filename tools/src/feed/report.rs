//! What came of following, saving and checking a feed, in words and as JSON.

use client::feed::{Counts, LineAddress};
use protocol_spec::wire::binary_file::Ending;
use protocol_spec::wire::itch::TradingState;
use serde_json::{Value, json};

use super::check::Verdict;
use crate::count::{grouped, plural};

/// How the lines did, and who healed what they lost.
#[must_use]
pub fn lines_of(lines: &[LineAddress], counts: &Counts) -> String {
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
    let Counts { gaps, gave_up, healed_by_lines, healed_by_answers, requests, .. } = counts;
    match gaps {
        0 => text.push_str("gaps        none\n"),
        _ => {
            let (late, asked) = (grouped(*healed_by_lines), grouped(*healed_by_answers));
            text.push_str(&format!(
                "gaps        {}: {late} of the messages came by another line, {asked} by {}",
                grouped(*gaps),
                plural(*requests, "request")
            ));
            if *gave_up > 0 {
                text.push_str(&format!("; {} not healed", grouped(*gave_up)));
            }
            text.push('\n');
        }
    }
    text
}

/// The same for programs.
#[must_use]
pub fn lines_json(lines: &[LineAddress], counts: &Counts) -> Value {
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
    json!({
        "lines": each.collect::<Vec<_>>(),
        "gaps": counts.gaps,
        "healed_by_lines": counts.healed_by_lines,
        "healed_by_answers": counts.healed_by_answers,
        "requests": counts.requests,
        "not_healed": counts.gave_up,
    })
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
