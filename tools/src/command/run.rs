//! `outcry run`: the exchange.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use appliance::config::Config;
use appliance::config::password::Password;
use appliance::{log, run};
use clap::Args;

use super::Failure;

const EXAMPLES: &str = "\
Examples:
  outcry run                                   an embedded default, kept in ./outcry-data
  outcry run --data day-of-tests
  outcry config > venue.toml
  outcry run --config venue.toml --data /var/lib/outcry

What happens.
  It goes on with the day that is in the data directory, or opens one. When it is ready to take
  orders it prints a line for each address that it listens at and then a line `ready`; what happens
  from then on is told on standard error. Nothing is told to a broker before it is kept, so it may
  be killed at any moment: the next start goes on with the next number.

  SIGTERM and Ctrl-C stop it in good order; the day goes on with the next start. A second one ends
  it at once.

Exit status:
  0 if it was asked to stop,
  1 if it cannot open or cannot go on: a wrong configuration, a directory that is in use or cannot
  be written, an address in use, a damaged journal, a full or broken disk,
  2 for misuse.";

/// Run the exchange
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct Arguments {
    /// The configuration, which `outcry config` prints and explains; without it an embedded default
    /// is run: 120 securities and a few demo ports, on the loopback interface alone
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// The directory of the journal and all else that is kept; made if it is not there
    #[arg(long, value_name = "DIR", default_value = "outcry-data")]
    data: PathBuf,
}

/// Runs it until it is asked to stop.
///
/// # Errors
/// If the configuration is wrong, or the exchange cannot open or go on.
pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let mut out = io::stdout().lock();
    let config = match &arguments.config {
        Some(path) => Config::read(path).map_err(Failure::Config)?,
        None => {
            let config = Config::embedded();
            let said = introduce(&config, &mut out);
            said.map_err(|cause| Failure::Io { doing: "write".to_owned(), cause })?;
            config
        }
    };
    let written = log::start(&config.log);
    let _written =
        written.map_err(|cause| Failure::Io { doing: "start the log".to_owned(), cause })?;
    run::run(config, &arguments.data, &mut out).map_err(Failure::Run)?;
    Ok(ExitCode::SUCCESS)
}

/// Says who may log in to a venue that nobody has configured.
fn introduce(config: &Config, out: &mut dyn Write) -> io::Result<()> {
    let (ports, symbols) = (config.ports.len(), config.instruments.len());
    writeln!(out, "no --config: an embedded default with {symbols} securities and {ports} ports")?;
    for port in &config.ports {
        let Password::Plain(password) = &port.password else { continue };
        let firm = port.settings.firms[0];
        let password = String::from_utf8_lossy(&password.0);
        writeln!(out, "  user {}  password {}  firm {firm}", port.username, password.trim())?;
    }
    Ok(())
}
