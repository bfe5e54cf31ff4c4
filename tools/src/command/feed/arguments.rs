//! Arguments of `outcry feed`.

use std::net::{SocketAddr, SocketAddrV4};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::Args;
use client::feed::{FeedConfig, LineAddress, Start};
use protocol_spec::words::FeedNo;

use super::help;
use crate::command::time::parse_time;
use crate::decode::Input;
use crate::feed::FeedFailure;
use crate::feed::save::Target;
use crate::feed::source::{lines_of, server_of, venue};

/// How long a gap is waited for where somebody can be asked, and where nobody can.
const PATIENCE: [Duration; 2] = [Duration::from_secs(30), Duration::from_secs(1)];

/// Where the feed is heard.
#[derive(Args, Debug)]
pub(super) struct LinesArguments {
    /// Groups to join, each by the interface with this address; lines of one feed with commas
    #[arg(
        long,
        value_name = "GROUP:PORT@INTERFACE",
        value_delimiter = ',',
        help_heading = "Lines"
    )]
    lines: Vec<LineAddress>,

    /// Addresses of this machine that the venue sends lines to
    #[arg(long, value_name = "ADDRESS:PORT", value_delimiter = ',', help_heading = "Lines")]
    receive: Vec<SocketAddrV4>,

    /// Who is asked for what is missing, or `none`
    #[arg(long, value_name = "ADDRESS:PORT", help_heading = "Lines")]
    rerequest: Option<Server>,

    /// The configuration of the venue, which says both; without any of these, that of `outcry run`
    /// without one
    #[arg(long, value_name = "FILE", help_heading = "Lines")]
    config: Option<PathBuf>,

    /// How long missing messages are waited for before they count as lost; 30s, or 1s where nobody
    /// can be asked
    #[arg(long, value_name = "TIME", value_parser = parse_time, help_heading = "Lines")]
    patience: Option<Duration>,
}

/// Save the feed to a file, from the first message of the day to its end
#[derive(Args, Debug)]
#[command(after_long_help = help::SAVE)]
pub(super) struct SaveArguments {
    /// The BinaryFILE to write; `-` is standard output
    #[arg(value_name = "FILE")]
    file: PathBuf,

    #[command(flatten)]
    pub(super) lines: LinesArguments,

    /// Where to begin: `first`, `now`, or the number of a message
    #[arg(long, value_name = "first|now|N", default_value = "first")]
    pub(super) from: From,

    /// Stop after so many messages
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) count: Option<u64>,

    /// Stop after this time: 500ms, 5s, 2m, 1h
    #[arg(long = "for", value_name = "TIME", value_parser = parse_span)]
    pub(super) time: Option<Duration>,

    /// Write over a file that is there
    #[arg(long)]
    force: bool,

    /// Only say what is lost
    #[arg(long, short)]
    pub(super) quiet: bool,
}

/// Rebuild all books from a recording, or from the feed as it is told, and say what is wrong
#[derive(Args, Debug)]
#[command(after_long_help = help::CHECK)]
pub(super) struct CheckArguments {
    /// The BinaryFILE to read; `-` is standard input
    #[arg(value_name = "FILE", conflicts_with = "live")]
    file: Option<PathBuf>,

    /// Check the feed that is told now, from the first message of the day to its end
    #[arg(long)]
    live: bool,

    #[command(flatten)]
    pub(super) lines: LinesArguments,

    /// With --live, stop after this time
    #[arg(long = "for", value_name = "TIME", value_parser = parse_span)]
    pub(super) time: Option<Duration>,

    /// Say so many faults one by one, and count the others
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(super) limit: u64,

    /// One JSON object instead of text
    #[arg(long)]
    pub(super) json: bool,

    /// No progress, and only say what is lost
    #[arg(long, short)]
    pub(super) quiet: bool,
}

/// Where a recording begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct From(pub(super) Start);

/// Who is asked for what is missing.
#[derive(Clone, Copy, Debug)]
struct Server(Option<SocketAddr>);

impl LinesArguments {
    /// Where and how the feed is heard.
    pub(super) fn config(&self) -> Result<FeedConfig, FeedFailure> {
        let unicast = self.receive.iter().copied().map(LineAddress::Unicast);
        let mut lines: Vec<_> = self.lines.iter().copied().chain(unicast).collect();
        // Of a venue whose lines are named, nobody knows the server.
        let venue = match lines.is_empty() || self.config.is_some() {
            true => Some(venue(self.config.as_deref())?),
            false => None,
        };
        check_lines(&lines)?;
        if let Some(venue) = &venue
            && lines.is_empty()
        {
            lines = lines_of(venue)?;
        }
        let server = match (&self.rerequest, &venue) {
            (Some(server), _) => server.0,
            (None, Some(venue)) => server_of(venue, &lines),
            (None, None) => None,
        };
        let mut config = FeedConfig::new(lines, server);
        let patience = PATIENCE[usize::from(server.is_none())];
        config.receiver.patience = Some(self.patience.unwrap_or(patience));
        Ok(config)
    }

    fn is_given(&self) -> bool {
        let LinesArguments { lines, receive, rerequest, config, patience } = self;
        !lines.is_empty()
            || !receive.is_empty()
            || rerequest.is_some()
            || config.is_some()
            || patience.is_some()
    }
}

impl SaveArguments {
    /// Where the recording goes.
    pub(super) fn target(&self) -> Target {
        match self.file.to_str() {
            Some("-") => Target::Stdout,
            _ => Target::File(self.file.clone(), self.force),
        }
    }
}

impl CheckArguments {
    /// The recording that is read, `None` if the feed is heard.
    pub(super) fn recording(&self) -> Result<Option<Input>, FeedFailure> {
        let misuse = |what: &str| Err(FeedFailure::Misuse(what.to_owned()));
        match &self.file {
            _ if self.live => Ok(None),
            _ if self.lines.is_given() || self.time.is_some() => {
                misuse("lines, and --for, are for --live: a recording is read to its end")
            }
            Some(file) if file.to_str() == Some("-") => Ok(Some(Input::Stdin)),
            Some(file) => Ok(Some(Input::File(file.clone()))),
            None => misuse("name a recording, `-` for standard input, or --live"),
        }
    }
}

impl FromStr for From {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text, text.parse()) {
            ("first", _) => Ok(From(Start::First)),
            ("now", _) => Ok(From(Start::Next)),
            (_, Ok(number @ 1..)) => Ok(From(Start::At(FeedNo(number)))),
            _ => Err("write first, now, or the number of a message, from 1".to_owned()),
        }
    }
}

impl FromStr for Server {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Server(None)),
            _ => match text.parse::<SocketAddr>() {
                Ok(server) if server.port() == 0 => {
                    Err("nobody is asked at port 0: name the port of the server".to_owned())
                }
                Ok(server) => Ok(Server(Some(server))),
                Err(_) => {
                    Err("write an IP address and a port, as in 127.0.0.1:26410, or none".to_owned())
                }
            },
        }
    }
}

/// Lines that can be heard, each of them once.
fn check_lines(lines: &[LineAddress]) -> Result<(), FeedFailure> {
    for (at, line) in lines.iter().enumerate() {
        if let LineAddress::Unicast(address) = line
            && address.port() == 0
        {
            let what = format!("nothing is sent to port 0: {address} names no line");
            return Err(FeedFailure::Misuse(what));
        }
        if lines[..at].contains(line) {
            return Err(FeedFailure::Misuse(format!(
                "line {line} is named twice: each of the lines that tell the same is named once"
            )));
        }
    }
    Ok(())
}

/// A time that is not over at once.
fn parse_span(text: &str) -> Result<Duration, String> {
    match parse_time(text)? {
        Duration::ZERO => Err("nothing is heard in no time: write one such as 5s".to_owned()),
        time => Ok(time),
    }
}
