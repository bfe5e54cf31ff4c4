//! Arguments of `outcry journal`.

use std::path::PathBuf;

use clap::Args;
use matcher::event::Events;
use protocol_spec::wire::ouch::Symbol;
use protocol_spec::words::Timestamp;

use super::help;
use crate::decode::parse_time;
use crate::journal::follow::OrderWord;
use crate::journal::kinds::KindWord;
use crate::journal::names::PortWord;
use crate::journal::select::{Numbers, Selection};
use crate::journal::until::Until;

/// Which journal is meant.
#[derive(Args, Debug)]
pub(super) struct Where {
    /// The folder of a session, or a journal or data directory
    #[arg(value_name = "FOLDER")]
    pub(super) folder: PathBuf,

    /// The session of this name, not the last one
    #[arg(long, value_name = "NAME")]
    pub(super) session: Option<String>,
}

/// Show every command in words
#[derive(Args, Debug)]
#[command(after_long_help = help::CAT)]
pub(super) struct CatArguments {
    #[command(flatten)]
    pub(super) at: Where,

    #[command(flatten)]
    pub(super) selection: SelectionArguments,

    /// Stop after so many commands
    #[arg(long, value_name = "N", help_heading = "Filters",
        value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) limit: Option<u64>,

    /// Also what each command did: replies, messages of the feed, refusals
    #[arg(long, help_heading = "Output")]
    pub(super) events: bool,

    /// Date and time in UTC instead of the time of day
    #[arg(long, help_heading = "Output", conflicts_with = "json")]
    pub(super) utc: bool,

    /// One JSON object a line
    #[arg(long, help_heading = "Output")]
    pub(super) json: bool,
}

/// Which commands are wanted.
#[derive(Args, Debug)]
pub(super) struct SelectionArguments {
    /// Only of these ports, by number or user
    #[arg(long, value_name = "PORT", value_delimiter = ',', help_heading = "Filters",
        value_parser = parse_port)]
    port: Vec<PortWord>,

    /// Only about these securities
    #[arg(long, value_name = "SYMBOL", value_delimiter = ',', help_heading = "Filters",
        value_parser = parse_symbol)]
    symbol: Vec<Symbol>,

    /// Only about these orders, PORT#NUMBER[.CHANNEL] or a reference, and their replacements
    #[arg(long, value_name = "ORDER", value_delimiter = ',', help_heading = "Filters")]
    order: Vec<OrderWord>,

    /// Only of these kinds: letters of OUCH (O), names (SetPort), `ouch`, `control`
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',', help_heading = "Filters")]
    kinds: Vec<KindWord>,

    /// Not before this time of day: HH:MM[:SS[.n]]
    #[arg(long, value_name = "TIME", help_heading = "Filters", value_parser = parse_time)]
    from: Option<Timestamp>,

    /// Before this time of day
    #[arg(long, value_name = "TIME", help_heading = "Filters", value_parser = parse_time)]
    to: Option<Timestamp>,

    /// Only these numbers: N, A..B, A.. or ..B, both included
    #[arg(long, value_name = "NUMBERS", help_heading = "Filters")]
    number: Option<Numbers>,
}

impl SelectionArguments {
    /// What they ask for.
    pub(super) fn selection(&self) -> Selection {
        Selection {
            ports: self.port.clone(),
            symbols: self.symbol.clone(),
            orders: self.order.clone(),
            kinds: self.kinds.clone(),
            from: self.from,
            to: self.to,
            numbers: self.number.unwrap_or_default(),
        }
    }
}

/// Read everything, execute it, and say whether it is whole
#[derive(Args, Debug)]
#[command(after_long_help = help::VERIFY)]
pub(super) struct VerifyArguments {
    #[command(flatten)]
    pub(super) at: Where,

    /// The file of replies, where it does not lie where a venue has it
    #[arg(long, value_name = "FILE")]
    pub(super) replies: Option<PathBuf>,

    /// The file of the feed, where it does not lie where a venue has it
    #[arg(long, value_name = "FILE")]
    pub(super) feed: Option<PathBuf>,

    /// Print a JSON object
    #[arg(long)]
    pub(super) json: bool,
}

/// Execute a day again, and say what it comes to
#[derive(Args, Debug)]
#[command(after_long_help = help::REPLAY)]
pub(super) struct ReplayArguments {
    #[command(flatten)]
    pub(super) at: Where,

    /// Stop behind this command, or before this time of day
    #[arg(long, value_name = "N|TIME")]
    pub(super) to: Option<Until>,

    /// Show the book of a security as it is then
    #[arg(long, value_name = "SYMBOL", value_parser = parse_symbol)]
    pub(super) book: Option<Symbol>,

    /// Show every reply to a port up to there
    #[arg(long, value_name = "PORT", value_parser = parse_port)]
    pub(super) replies: Option<PortWord>,

    /// Show every message of the feed up to there
    #[arg(long)]
    pub(super) feed: bool,

    /// Write the feed into a BinaryFILE
    #[arg(long, value_name = "FILE")]
    pub(super) binary_file: Option<PathBuf>,

    /// Write everything that is told as lines for another build to compare
    #[arg(long, hide = true, conflicts_with_all = [
        "to", "book", "replies", "feed", "binary_file", "json",
    ])]
    pub(super) told_lines: bool,

    /// Most events of a step; what is told does not depend on it
    #[arg(long, value_name = "N", default_value_t = Events::LIMIT as u32,
        value_parser = clap::value_parser!(u32).range(4..=Events::LIMIT as i64))]
    pub(super) events: u32,

    /// Most orders, entries and levels that a step visits; what is told does not depend on it
    #[arg(long, value_name = "N", default_value_t = Events::VISITS,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(Events::VISITS)))]
    pub(super) visits: u32,

    /// JSON: an object for each message, and one for what the day comes to
    #[arg(long)]
    pub(super) json: bool,
}

/// Find where two journals part, or two builds over one journal
#[derive(Args, Debug)]
#[command(after_long_help = help::DIFF)]
pub(super) struct DiffArguments {
    /// Two folders, or one with --build
    #[arg(value_name = "FOLDER", num_args = 1..=2, required = true)]
    pub(super) folders: Vec<PathBuf>,

    /// Another build of this program, to be run over the journal
    #[arg(long, value_name = "PROGRAM", conflicts_with_all = ["told", "times"])]
    pub(super) build: Option<PathBuf>,

    /// Compare what the journals tell, not what went in
    #[arg(long)]
    pub(super) told: bool,

    /// Times count too
    #[arg(long)]
    pub(super) times: bool,

    /// So much of what is the same before, and of what follows
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(super) context: usize,

    /// The session of this name, not the last one
    #[arg(long, value_name = "NAME")]
    pub(super) session: Option<String>,

    /// Print a JSON object
    #[arg(long)]
    pub(super) json: bool,
}

/// Show every trade of a day
#[derive(Args, Debug)]
#[command(after_long_help = help::TRADES)]
pub(super) struct TradesArguments {
    #[command(flatten)]
    pub(super) at: Where,

    /// Only in these securities
    #[arg(long, value_name = "SYMBOL", value_delimiter = ',', value_parser = parse_symbol)]
    pub(super) symbol: Vec<Symbol>,

    /// Only with these ports on a side, by number or user
    #[arg(long, value_name = "PORT", value_delimiter = ',', value_parser = parse_port)]
    pub(super) port: Vec<PortWord>,

    /// Comma-separated values with a line of names
    #[arg(long, conflicts_with = "json")]
    pub(super) csv: bool,

    /// One JSON object a line
    #[arg(long)]
    pub(super) json: bool,
}

/// Pass over a command that every start dies of
#[derive(Args, Debug)]
#[command(after_long_help = help::QUARANTINE)]
pub(super) struct QuarantineArguments {
    /// The number of the command
    #[arg(value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) number: u64,

    #[command(flatten)]
    pub(super) at: Where,

    /// Why, for whoever reads the journal later
    #[arg(long, value_name = "TEXT", required = true, value_parser = parse_why)]
    pub(super) why: String,
}

/// Execute a command in this process, to see whether it dies of it
#[derive(Args, Debug)]
pub(super) struct ProbeArguments {
    /// The number of the command
    #[arg(value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) number: u64,

    #[command(flatten)]
    pub(super) at: Where,
}

fn parse_port(text: &str) -> Result<PortWord, String> {
    match text.trim() {
        "" => Err("a port is named by its number or its user".to_owned()),
        word => Ok(PortWord(word.to_owned())),
    }
}

fn parse_symbol(text: &str) -> Result<Symbol, String> {
    let fits = Symbol::try_new(text.trim()).filter(|symbol| !symbol.is_blank());
    fits.ok_or_else(|| format!("\"{text}\" is no symbol: they have 1 to 8 letters"))
}

fn parse_why(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("say why the command is skipped".to_owned()),
        why => Ok(why.to_owned()),
    }
}
