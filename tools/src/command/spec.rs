//! `outcry spec`: prints what the tables of the protocols say.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{Failure, output};
use crate::spec::file::{self, File};
use crate::spec::protocol::PROTOCOLS;
use crate::spec::sample;

const EXAMPLES: &str = "\
Examples:
  outcry spec docs                          every document, one after the other
  outcry spec docs ouch50 | less            one of them
  outcry spec dissector > outcry.lua        for Wireshark: wireshark -X lua_script:outcry.lua
  outcry spec vectors | jq '.vectors[0]'    the first example message
  outcry spec capture > sample.pcap         something to decode: outcry decode sample.pcap
  outcry spec all --write docs/protocol     refresh every file";

/// Print the protocols' documents, dissector and test vectors, and a sample capture
///
/// All of them come from the tables that the venue itself reads and writes messages by.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
    /// Write files into this directory instead of printing
    #[arg(long, value_name = "DIR", global = true)]
    write: Option<PathBuf>,
}

#[derive(Subcommand, Debug)]
enum What {
    /// The documents: every message of a protocol, byte by byte
    Docs {
        /// Which document; all of them if not given
        name: Option<String>,
    },
    /// The dissector for Wireshark and tshark, in Lua
    Dissector,
    /// An example of every message and every tag, as JSON
    Vectors,
    /// The same examples as traffic of a venue, in a pcap file
    Capture,
    /// All files of docs/protocol
    All,
}

/// Prints or writes what was asked for.
///
/// # Errors
/// If there is no document of the name given, or the result cannot be written.
pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let files = match &arguments.what {
        What::Capture => return capture(arguments.write.as_deref()),
        What::Docs { name: None } => file::documents(),
        What::Docs { name: Some(name) } => vec![document(name)?],
        What::Dissector => vec![file::dissector()],
        What::Vectors => vec![file::vectors()],
        What::All => file::all(),
    };
    match &arguments.write {
        Some(directory) => {
            files
                .iter()
                .try_for_each(|file| output::write(directory, file.name, file.text.as_bytes()))?;
        }
        None => output::print(joined(&files).as_bytes())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes the capture, though not to a terminal, which could not show it.
fn capture(directory: Option<&Path>) -> Result<ExitCode, Failure> {
    let bytes = sample::capture()
        .map_err(|cause| Failure::Io { doing: "make the capture up".to_owned(), cause })?;
    match directory {
        Some(directory) => output::write(directory, "sample.pcap", &bytes)?,
        None if io::stdout().is_terminal() => {
            let cure = "a capture is not for a terminal: outcry spec capture > sample.pcap";
            return Err(Failure::Misuse(cure.to_owned()));
        }
        None => output::print(&bytes)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The document called `name`, with or without its extension.
fn document(name: &str) -> Result<File, Failure> {
    let stem = name.strip_suffix(".md").unwrap_or(name);
    file::documents()
        .into_iter()
        .find(|file| file.name.strip_suffix(".md") == Some(stem))
        .ok_or_else(|| {
            let names: Vec<_> = PROTOCOLS.iter().map(|protocol| protocol.document).collect();
            Failure::Misuse(format!(
                "there is no document called \"{name}\"; there are {} and README",
                names.join(", ")
            ))
        })
}

/// One file as it is, several with a line before each that names it.
fn joined(files: &[File]) -> String {
    match files {
        [file] => file.text.clone(),
        files => {
            files.iter().map(|file| format!("==> {} <==\n{}\n", file.name, file.text)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_found_by_its_name_with_or_without_extension() {
        for protocol in PROTOCOLS {
            let text = |name: &str| document(name).expect("the document exists").text;
            assert_eq!(text(protocol.document), text(protocol.file));
        }
    }

    #[test]
    fn an_unknown_name_is_misuse_and_is_answered_with_the_names_there_are() {
        let failure = document("ouch").expect_err("there is no such document");
        assert_eq!(failure.exit_code(), 2);
        for protocol in PROTOCOLS {
            assert!(failure.to_string().contains(protocol.document), "{failure}");
        }
    }
}
