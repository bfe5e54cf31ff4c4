//! `outcry decode`: messages out of files, captures and text.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::FileTypeExt;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use protocol_spec::wire::Symbol;
use protocol_spec::words::Timestamp;

use super::Failure;
use crate::decode::{
    DecodeFailure, Format, Input, Orders, Output, Progress, Protocol, Reading, Selection, Sink,
    Stop, Style, Tally, TypeName, TypeSet, View, parse_time, stop, write_summary,
};

/// Show the messages in captures, BinaryFILEs and hex text
///
/// Files may be pcap or pcapng captures, BinaryFILEs (each message after its length in two bytes),
/// or text with a message in hexadecimal on each line. What they are is found out from what is in
/// them. Exits with 1 if something could not be decoded.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct DecodeArgs {
    /// Files to decode; `-` or none is standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Hex text to decode instead of a file; may be given several times
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["files", "format"])]
    hex: Vec<String>,

    /// Format of the files; found out if not given
    #[arg(long, value_enum, hide_possible_values = true, value_name = "hex|binary-file|pcap")]
    format: Option<Format>,

    /// What the messages, or the packets that carry them, are; found out if not given
    #[arg(long = "as", value_enum, value_name = "PROTOCOL")]
    protocol: Option<Protocol>,

    /// Only packets of this port, to or from it; may be given several times
    #[arg(long, value_name = "PORT", value_delimiter = ',')]
    port: Vec<u16>,

    /// Only these types: letters (A), names (AddOrder), or either of one protocol (soup:L, ouch:U)
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',', help_heading = "Filters")]
    types: Vec<TypeName>,

    /// Only messages about these securities, those that name them by number included
    #[arg(long, value_name = "SYMBOL", value_delimiter = ',', help_heading = "Filters",
        value_parser = parse_symbol)]
    stock: Vec<Symbol>,

    /// Only messages about these orders, by reference or UserRefNum, and their replacements
    #[arg(long, value_name = "NUMBER", value_delimiter = ',', help_heading = "Filters")]
    order: Vec<u64>,

    /// Not before this time of day, as the output shows it: HH:MM[:SS[.n]]
    #[arg(long, value_name = "TIME", help_heading = "Filters", value_parser = parse_time)]
    from: Option<Timestamp>,

    /// Before this time of day
    #[arg(long, value_name = "TIME", help_heading = "Filters", value_parser = parse_time)]
    to: Option<Timestamp>,

    /// Stop after so many messages
    #[arg(long, value_name = "N", help_heading = "Filters",
        value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,

    /// One JSON object a line instead of text
    #[arg(long, conflicts_with = "summary", help_heading = "Output")]
    json: bool,

    /// Only the summary, on standard output
    #[arg(long, help_heading = "Output")]
    summary: bool,

    /// Also heartbeats, debug packets, requests and the headers of datagrams
    #[arg(long, help_heading = "Output")]
    all: bool,

    /// Sender and receiver at the end of each line of text
    #[arg(long, help_heading = "Output")]
    addresses: bool,

    /// A line on standard error for everything that is passed over
    #[arg(long, short, help_heading = "Output")]
    verbose: bool,

    /// No summary and no progress on standard error
    #[arg(long, short, conflicts_with = "summary", help_heading = "Output")]
    quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  outcry decode --hex \"53 0000 0000 1F1ACED9F000 51\"
  outcry decode day.itch --stock AAPL --type A,F,E --from 09:30 --to 09:31
  outcry decode feed.pcap orders.pcap --order 12345 --addresses
  outcry decode session.pcap --port 9000 --all
  outcry decode day.itch --json | jq 'select(.type == \"P\") | .fields.price'
  outcry decode day.itch --summary
  gzip -dc day.itch.gz | outcry decode - --limit 100
  tcpdump -U -w - udp | outcry decode -

A line of text is: time, protocol, number, type, security, fields.
  The time is the message's own. Where it has none it is the capture's, in UTC and with a Z behind
  it; --from and --to compare whatever is shown. Number: #n is the session's, +n is counted from
  the first message seen. A security in parentheses was named by another message. What is wrong
  with a message stands behind `!!`.

JSON holds exact values.
  Prices are strings with all their decimals, or \"market\". Times of day are nanoseconds. Numbers
  above 2^53 are strings, because most readers would round them. Codes stand as they came, what
  they say is under \"meanings\". \"number\" is the session's, \"position\" is counted from the
  first message seen. What is wrong has \"error\" and \"hex\".

Formats are found out by content.
  Captures: datagrams as MoldUDP64, streams as SoupBinTCP, whatever is neither is counted. What a
  stream carries is told by its first message that fits one protocol in everything. BinaryFILE:
  ITCH. Hex: a message or packet a line. --as soup and --as mold name what carries the messages.

Passwords are not shown.

Exit status: 0 if everything was decoded, 1 if not or if an input cannot be read, 2 for misuse.";

/// Decodes what the arguments name.
///
/// # Errors
/// If an input cannot be read, or the output not be written.
pub fn run(args: &DecodeArgs) -> Result<ExitCode, Failure> {
    let inputs = inputs(args)?;
    let stdout = io::stdout();
    let on_terminal = stdout.is_terminal();
    let progress = !args.quiet && !args.verbose && shows_progress(args.summary);
    let reading = Reading {
        format: args.format,
        protocol: args.protocol,
        ports: args.port.clone(),
        progress: Progress::new(progress),
    };
    let view = View {
        style: match (args.summary, args.json) {
            (true, _) => Style::Nothing,
            (false, true) => Style::Json,
            (false, false) => Style::Text { addresses: args.addresses },
        },
        all: args.all,
        verbose: args.verbose,
        limit: args.limit,
    };
    let mut lock = stdout.lock();
    let mut sink = Sink::new(view, selection(args), Output::new(&mut lock, on_terminal));
    let outcome = inputs
        .iter()
        .try_for_each(|input| reading.decode(input, &mut sink))
        .and_then(|()| sink.flush());
    let outcome = match outcome {
        Err(Stop::Enough) => sink.flush(),
        other => other,
    };
    let tally = sink.tally;
    match outcome {
        Err(Stop::Unread) => return Ok(ExitCode::SUCCESS),
        Err(Stop::Failed(failure)) => {
            if !tally.is_empty() {
                tell(args, &tally)?;
            }
            return Err(failure.into());
        }
        Ok(()) | Err(Stop::Enough) => tell(args, &tally)?,
    }
    Ok(exit_code(&tally))
}

fn inputs(args: &DecodeArgs) -> Result<Vec<Input>, DecodeFailure> {
    let texts = args.hex.iter().cloned().map(Input::Text);
    let files = args.files.iter().map(|file| match file.to_str() {
        Some("-") => Input::Stdin,
        _ => Input::File(file.clone()),
    });
    let inputs: Vec<Input> = texts.chain(files).collect();
    match inputs.is_empty() {
        false => Ok(inputs),
        true if io::stdin().is_terminal() => Err(DecodeFailure::NothingNamed),
        true => Ok(vec![Input::Stdin]),
    }
}

fn selection(args: &DecodeArgs) -> Selection {
    Selection {
        types: (!args.types.is_empty()).then(|| TypeSet::of(&args.types)),
        stocks: args.stock.clone(),
        orders: (!args.order.is_empty()).then(|| Orders::new(&args.order)),
        from: args.from,
        to: args.to,
    }
}

/// Writes the summary where it belongs. Beside messages typed by hand it would only say again what
/// stands there, unless something is wrong.
fn tell(args: &DecodeArgs, tally: &Tally) -> Result<(), DecodeFailure> {
    let typed = !args.hex.is_empty() && !args.summary && tally.failed() == 0;
    if args.quiet || typed {
        return Ok(());
    }
    let written = if args.summary {
        let mut out = BufWriter::new(io::stdout());
        write_summary(&mut out, tally).and_then(|()| out.flush())
    } else {
        let mut out = BufWriter::new(io::stderr());
        write_summary(&mut out, tally).and_then(|()| out.flush())
    };
    match written.map_err(stop) {
        Err(Stop::Failed(failure)) => Err(failure),
        Ok(()) | Err(Stop::Unread | Stop::Enough) => Ok(()),
    }
}

fn exit_code(tally: &Tally) -> ExitCode {
    if tally.failed() > 0 || tally.is_all_aside() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Whether a progress bar would reach a person and disturb nothing.
///
/// A pipe may lead to a pager, which owns the terminal that the bar would be drawn on.
fn shows_progress(summary: bool) -> bool {
    let stdout = io::stdout();
    let is_pipe = || {
        let file = stdout.as_fd().try_clone_to_owned().map(File::from);
        let about = file.and_then(|file| file.metadata());
        about.is_ok_and(|about| about.file_type().is_fifo())
    };
    io::stderr().is_terminal() && (summary || !stdout.is_terminal()) && !is_pipe()
}

fn parse_symbol(text: &str) -> Result<Symbol, String> {
    let fits = Symbol::try_new(&text.to_ascii_uppercase()).filter(|symbol| !symbol.is_blank());
    fits.ok_or_else(|| format!("\"{text}\" is no symbol: they have 1 to 8 letters"))
}
