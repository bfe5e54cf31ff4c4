//! What can be wanted, as it stands on the command line.

use std::collections::BTreeMap;
use std::time::Duration;

use appliance::admin::{PHASES, REASONS, Request};
use clap::builder::PossibleValuesParser;
use clap::{ArgGroup, Args, Subcommand};

use crate::order::duration;

/// Characters of a reason.
const REASON: usize = 4;

#[derive(Subcommand, Debug)]
pub(super) enum What {
    /// Tell how the venue is
    Status(StatusArguments),
    /// Go on to a later phase of the day; phases may be left out
    Phase {
        /// The phase
        #[arg(value_parser = PossibleValuesParser::new(&PHASES[1..]))]
        phase: String,
    },
    /// Let no new interest into a security: its orders can be canceled and made smaller
    Halt(Held),
    /// Collect orders for a security without executing them
    Pause(Held),
    /// As pause, under another state on the feed
    QuoteOnly(Held),
    /// Take away what halt, pause or quote-only put over a security
    Resume(Held),
    /// Cancel the orders that match all that is given
    CancelAll(Matching),
    /// Stop order entry for a port, a firm, or a firm on a port; its orders stay
    Disable(Whom),
    /// Allow order entry again
    Enable(Whom),
    /// Let go of the connection that has a port; it may log in again
    Kick {
        /// The port
        port: String,
    },
    /// Break a trade: both sides are told, and the feed. Nothing else changes, and it is final
    BreakTrade {
        /// The number of the execution (MatchNumber)
        #[arg(value_name = "MATCH")]
        match_no: u64,
        /// Why: erroneous, consent, supervisory or external, or their codes E, C, S and X
        #[arg(long, value_parser = broken)]
        reason: String,
    },
    /// List a security, or have it traded in another way from now on
    Instrument {
        /// The security
        symbol: String,
        /// Keys of `[[instrument]]` in the configuration: see `outcry config`
        #[arg(value_name = "KEY=VALUE", required = true, value_parser = setting)]
        set: Vec<(String, String)>,
    },
    /// Make a port, or change what it may do
    Port {
        /// The port
        #[arg(value_name = "USER")]
        username: String,
        /// Keys of `[[port]]` in the configuration: see `outcry config`
        #[arg(value_name = "KEY=VALUE", required = true, value_parser = setting)]
        set: Vec<(String, String)>,
    },
    /// Open the next day now; on the date of the last one it is the next incarnation
    OpenDay,
    /// End the day now: everybody is told, and the venue waits for the next
    EndDay,
}

#[derive(Args, Debug)]
pub(super) struct StatusArguments {
    /// Print a JSON object, on one line
    #[arg(long)]
    pub json: bool,
    /// Tell it again every so often (`500ms`, `5s`)
    #[arg(long, value_name = "TIME", num_args = 0..=1, default_missing_value = "2s",
        value_parser = watched)]
    pub watch: Option<Duration>,
    /// List every port and every security over which something is put
    #[arg(long)]
    pub ports: bool,
}

#[derive(Args, Debug)]
#[command(group = ArgGroup::new("which").required(true).args(["symbols", "all"]))]
pub(super) struct Held {
    /// The securities; each is a command of its own
    #[arg(value_name = "SYMBOL")]
    symbols: Vec<String>,
    /// Every security, in one command
    #[arg(long)]
    all: bool,
    /// Up to four characters that the feed tells
    #[arg(long, value_name = "CODE", default_value = "", hide_default_value = true,
        value_parser = code)]
    reason: String,
}

#[derive(Args, Debug)]
#[group(required = true, multiple = true)]
pub(super) struct Matching {
    /// Of this port
    #[arg(long, value_name = "USER")]
    port: Option<String>,
    /// Of this firm
    #[arg(long)]
    firm: Option<String>,
    /// In this security
    #[arg(long)]
    symbol: Option<String>,
    /// Of exactly this kind: B buy, S sell, T sell short, E sell short exempt
    #[arg(long, value_parser = PossibleValuesParser::new(["B", "S", "T", "E"]))]
    side: Option<String>,
    /// Every order of the venue
    #[arg(long, conflicts_with_all = ["port", "firm", "symbol", "side"])]
    everything: bool,
}

#[derive(Args, Debug)]
#[group(required = true, multiple = true)]
pub(super) struct Whom {
    /// The port
    #[arg(value_name = "PORT", conflicts_with = "on")]
    port: Option<String>,
    /// The firm
    #[arg(long)]
    firm: Option<String>,
    /// The port, beside a firm
    #[arg(long = "port", id = "on", value_name = "PORT")]
    on: Option<String>,
}

impl What {
    /// What the venue is asked, one after the other.
    pub(super) fn requests(&self) -> Result<Vec<Request>, String> {
        Ok(vec![match self {
            What::Status(_) => Request::Status,
            What::Phase { phase } => Request::Phase { phase: phase.clone() },
            What::Halt(held) => return Ok(held.requests("halted")),
            What::Pause(held) => return Ok(held.requests("paused")),
            What::QuoteOnly(held) => return Ok(held.requests("quote-only")),
            What::Resume(held) => return Ok(held.requests("none")),
            What::CancelAll(Matching { port, firm, symbol, side, .. }) => Request::CancelAll {
                port: port.clone(),
                firm: firm.clone(),
                symbol: symbol.clone(),
                side: side.clone(),
            },
            What::Disable(whom) => whom.request(true),
            What::Enable(whom) => whom.request(false),
            What::Kick { port } => Request::Kick { port: port.clone() },
            What::BreakTrade { match_no, reason } => {
                Request::BreakTrade { match_no: *match_no, reason: reason.clone() }
            }
            What::Instrument { symbol, set } => {
                Request::Instrument { symbol: symbol.clone(), set: settings(set)? }
            }
            What::Port { username, set } => {
                Request::Port { username: username.clone(), set: settings(set)? }
            }
            What::OpenDay => Request::OpenDay,
            What::EndDay => Request::EndDay,
        }])
    }
}

impl Held {
    fn requests(&self, state: &str) -> Vec<Request> {
        let request = |symbol: Option<&String>| Request::State {
            symbol: symbol.cloned(),
            state: state.to_owned(),
            reason: self.reason.clone(),
        };
        if self.all {
            return vec![request(None)];
        }
        self.symbols.iter().map(|symbol| request(Some(symbol))).collect()
    }
}

impl Whom {
    fn request(&self, off: bool) -> Request {
        let port = self.port.clone().or_else(|| self.on.clone());
        Request::Switch { port, firm: self.firm.clone(), off }
    }
}

/// Keys and values; each key once.
fn settings(set: &[(String, String)]) -> Result<BTreeMap<String, String>, String> {
    let mut map = BTreeMap::new();
    for (key, value) in set {
        if map.insert(key.clone(), value.clone()).is_some() {
            return Err(format!("{key} stands there twice"));
        }
    }
    Ok(map)
}

fn setting(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("a key, `=` and a value, as in lot=100".to_owned()),
    }
}

fn code(text: &str) -> Result<String, String> {
    let is_code = text.len() <= REASON && text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if is_code {
        Ok(text.to_owned())
    } else {
        Err(format!("at most {REASON} printable ASCII characters"))
    }
}

fn broken(text: &str) -> Result<String, String> {
    let known = REASONS.iter().find(|(code, word)| *code == text || *word == text);
    known.map(|(code, _)| (*code).to_owned()).ok_or_else(|| {
        let words = REASONS.map(|(code, word)| format!("{word} ({code})"));
        format!("it is one of {}", words.join(", "))
    })
}

/// Not so often that the venue has nothing else to do.
fn watched(text: &str) -> Result<Duration, String> {
    let every = duration(text)?;
    let least = Duration::from_millis(100);
    if every >= least { Ok(every) } else { Err("at least 100ms".to_owned()) }
}
