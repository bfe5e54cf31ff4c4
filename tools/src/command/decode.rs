//! `outcry decode`: messages out of files, captures and text.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;

use clap::Args;
use protocol_spec::wire::Symbol;
use protocol_spec::words::Timestamp;

use super::Failure;
use crate::decode::{
    DecodeFailure, Endings, Format, Input, Orders, Output, Progress, Protocol, Reading, Selection,
    Sink, Stop, Style, Tally, TypeName, TypeSet, View, parse_time, stop, write_summary,
};
use crate::say::say;

/// Show the messages in captures, BinaryFILEs and hex text
///
/// Files are pcap or pcapng captures, BinaryFILEs, or text in hexadecimal; which is found out.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct DecodeArgs {
    /// Files to decode; `-` or none is standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Hex text to decode instead of a file; may be given several times
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["files", "format", "port"])]
    hex: Vec<String>,

    /// Format of the files; found out if not given
    #[arg(
        long,
        value_enum,
        ignore_case = true,
        hide_possible_values = true,
        value_name = "hex|binary-file|pcap"
    )]
    format: Option<Format>,

    /// What the messages, or the packets that carry them, are; found out if not given
    #[arg(long = "as", value_enum, ignore_case = true, value_name = "PROTOCOL")]
    protocol: Option<Protocol>,

    /// Only packets of captures of this port, to or from it; may be given several times
    #[arg(long, value_name = "PORT", value_delimiter = ',', value_parser = parse_number::<u16>)]
    port: Vec<u16>,

    /// Only these types: letters (A), names (AddOrder), or either of one protocol (soup:L, ouch:U)
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',', help_heading = "Filters")]
    types: Vec<TypeName>,

    /// Only messages about these securities, those that name them by number included
    #[arg(long, value_name = "SYMBOL", value_delimiter = ',', help_heading = "Filters",
        value_parser = parse_symbol)]
    stock: Vec<Symbol>,

    /// Only messages about these orders, by reference or UserRefNum, and their replacements
    #[arg(long, value_name = "NUMBER", value_delimiter = ',', help_heading = "Filters",
        value_parser = parse_number::<u64>)]
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
  with a message stands behind `!!`. With several --hex each line ends with the one it is of.

A letter for --type means every message and packet of that type in any protocol.
  Packets that only keep a session going, such as heartbeats, are meant with --all, or when they
  are named (ServerHeartbeat) or the protocol is (soup:H).

JSON holds exact values.
  Prices are strings with all their decimals, or \"market\". Times of day are nanoseconds. Numbers
  above 2^53 are strings, because most readers would round them. Codes stand as they came, what
  they say is under \"meanings\", for those in \"tags\" under \"tag_meanings\". \"number\" is the
  session's, \"position\" is counted from the first message seen. What is wrong has \"error\" and
  \"hex\".

Formats are found out by content.
  Captures: datagrams as MoldUDP64, streams as SoupBinTCP, whatever is neither is counted. What a
  stream carries is told by its first message that fits one protocol in everything. BinaryFILE,
  each message behind its length in two bytes: ITCH. Hex: a message or packet a line, comments in
  lines that begin with `#`. --as soup and --as mold name what carries the messages.

Passwords are not shown.

Exit status:
  1 if an input could not be read, something that claims to be of a protocol could not be decoded,
    or nothing at all was found in the inputs: messages that filters leave out count as found,
    traffic that --port or --as leave out does not,
  2 for misuse,
  0 otherwise: what was not captured is no failure, nor are the bytes of a stream beside it up to
    where packets can be told apart again. Both are counted in the summary.";

/// Decodes what the arguments name.
///
/// # Errors
/// If an input cannot be read, or the output not be written.
pub fn run(args: &DecodeArgs) -> Result<ExitCode, Failure> {
    let inputs = inputs(args)?;
    let stdout = io::stdout();
    let on_terminal = stdout.is_terminal();
    let progress = match args.quiet || args.verbose {
        true => Progress::new(false),
        false => Progress::beside(!args.summary),
    };
    let reading = Reading {
        format: args.format,
        protocol: args.protocol,
        ports: args.port.clone(),
        progress,
    };
    let view = View {
        style: match (args.summary, args.json) {
            (true, _) => Style::Nothing,
            (false, true) => Style::Json,
            (false, false) => {
                Style::Text(Endings { addresses: args.addresses, inputs: args.hex.len() > 1 })
            }
        },
        all: args.all,
        verbose: args.verbose,
        limit: args.limit,
    };
    let mut lock = stdout.lock();
    let mut sink = Sink::new(view, selection(args), Output::new(&mut lock, on_terminal));
    let mut code = 0;
    let outcome = inputs.iter().try_for_each(|input| match reading.decode(input, &mut sink) {
        Err(Stop::Failed(failure)) if failure.is_of_one_input() => {
            let failure = Failure::from(failure);
            code = code.max(failure.exit_code());
            pass_by(&failure, &mut sink)
        }
        other => other,
    });
    let outcome = match outcome {
        Ok(()) | Err(Stop::Enough) => sink.flush(),
        other => other,
    };
    let tally = sink.tally;
    match outcome {
        Err(Stop::Failed(failure)) => {
            tell(args, &tally, inputs.len())?;
            return Err(failure.into());
        }
        Ok(()) | Err(Stop::Enough) => tell(args, &tally, inputs.len())?,
        Err(Stop::Unread) => {}
    }
    Ok(ExitCode::from(code.max(u8::from(!tally.is_success()))))
}

/// Says why an input cannot be decoded, behind what was decoded before it.
fn pass_by(failure: &Failure, sink: &mut Sink<'_>) -> Result<(), Stop> {
    sink.flush()?;
    say(format_args!("error: {failure}"));
    sink.tally.unread += 1;
    Ok(())
}

fn inputs(args: &DecodeArgs) -> Result<Vec<Input>, DecodeFailure> {
    let position = |at| (args.hex.len() > 1).then_some(at);
    let texts = (1..).zip(&args.hex).map(|(at, text)| Input::Text(text.clone(), position(at)));
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
        types: (!args.types.is_empty()).then(|| TypeSet::of(&args.types, args.all)),
        stocks: args.stock.clone(),
        orders: (!args.order.is_empty()).then(|| Orders::new(&args.order)),
        from: args.from,
        to: args.to,
    }
}

/// Writes the summary where it belongs. Beside messages typed by hand it would only say again what
/// stands there, unless something is wrong; where none of the inputs could be read, that was said.
fn tell(args: &DecodeArgs, tally: &Tally, inputs: usize) -> Result<(), DecodeFailure> {
    let typed = !args.hex.is_empty() && !args.summary && tally.is_success();
    let nothing_read = tally.is_empty() && tally.unread == inputs as u64;
    if args.quiet || typed || nothing_read {
        return Ok(());
    }
    let mut summary = Vec::new();
    write_summary(&mut summary, tally).expect("a vector takes everything");
    if !args.summary {
        say(format_args!("{}", String::from_utf8_lossy(&summary).trim_end()));
        return Ok(());
    }
    let mut out = io::stdout().lock();
    match out.write_all(&summary).and_then(|()| out.flush()).map_err(stop) {
        Err(Stop::Failed(failure)) => Err(failure),
        Ok(()) | Err(Stop::Unread | Stop::Enough) => Ok(()),
    }
}

fn parse_symbol(text: &str) -> Result<Symbol, String> {
    let fits =
        Symbol::try_new(&text.trim().to_ascii_uppercase()).filter(|symbol| !symbol.is_blank());
    fits.ok_or_else(|| format!("\"{text}\" is no symbol: they have 1 to 8 letters"))
}

/// A number of a list, in which people put spaces behind commas.
fn parse_number<T: FromStr>(text: &str) -> Result<T, T::Err> {
    text.trim().parse()
}
