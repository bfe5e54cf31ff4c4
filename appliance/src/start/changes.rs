//! The commands that bring a day in line with the configuration.

use std::collections::BTreeSet;

use matcher::command::{Command, Switchable};
use matcher::settings;
use protocol_spec::wire::ouch::Symbol;
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::PortId;
use recovery::replay::Machine;

use crate::config::Config;
use crate::folds::{Folds, REMOVED};

/// The commands, each with its note.
pub(super) fn of(config: &Config, machine: &Machine<Folds>) -> Vec<(Command, String)> {
    let mut commands = Vec::new();
    let configured = &machine.folds.configured.instruments;
    for instrument in &config.instruments {
        if configured.get(&instrument.symbol) != Some(instrument) {
            let command = Command::SetInstrument(Box::new(instrument.clone()));
            commands.push((command, String::new()));
        }
    }
    ports(config, machine, &mut commands);
    commands
}

/// Securities of the day that the configuration does not have: they stay listed (R17).
pub(super) fn unlisted(config: &Config, machine: &Machine<Folds>) -> Vec<Symbol> {
    let configured: BTreeSet<_> =
        config.instruments.iter().map(|instrument| instrument.symbol).collect();
    let listed = machine.folds.configured.instruments.keys();
    listed.filter(|symbol| !configured.contains(symbol)).copied().collect()
}

/// Ports of the day that operators made and the configuration does not have: nobody knows their
/// passwords any more.
pub(super) fn without_password(config: &Config, machine: &Machine<Folds>) -> Vec<Alpha<6>> {
    let Folds { roster, configured, .. } = &machine.folds;
    let listed: BTreeSet<_> =
        config.ports.iter().filter_map(|entry| roster.port(entry.username)).collect();
    let is_made = |port: &PortId| !configured.ports.contains_key(port) && !listed.contains(port);
    roster.iter().filter(|(_, port)| is_made(port)).map(|(user, _)| user).collect()
}

fn ports(config: &Config, machine: &Machine<Folds>, commands: &mut Vec<(Command, String)>) {
    let Folds { roster, configured, .. } = &machine.folds;
    let mut free = roster.free();
    for entry in &config.ports {
        let number = roster.port(entry.username).unwrap_or(free);
        if number == free {
            free = PortId(free.0 + 1);
        }
        let port = settings::Port { number, ..entry.settings.clone() };
        if configured.ports.get(&number) != Some(&port) {
            let command = Command::SetPort(Box::new(port));
            commands.push((command, entry.username.to_string()));
        }
        if roster.is_removed(number) {
            commands.push(switch(number, false));
        }
    }
    let listed: BTreeSet<_> =
        config.ports.iter().filter_map(|entry| roster.port(entry.username)).collect();
    for &number in configured.ports.keys() {
        if !listed.contains(&number) && !roster.is_removed(number) {
            commands.push(switch(number, true));
        }
    }
}

/// Stops or allows a port because it is not, or is again, in the configuration.
fn switch(port: PortId, off: bool) -> (Command, String) {
    let whom = Switchable::Port(port);
    (Command::OperatorSwitch { whom, off }, REMOVED.to_owned())
}

/// What a command changes, for people.
pub(super) fn tell(command: &Command, note: &str) -> String {
    match command {
        Command::SetInstrument(instrument) => format!("instrument {}", instrument.symbol),
        Command::SetPort(port) => format!("port {} of user {note}", port.number),
        Command::SetPhase(phase) => format!("phase {phase:?}"),
        Command::OperatorSwitch { whom: Switchable::Port(port), off } => {
            let (stopped, why) = match off {
                true => ("stopped", note),
                false => ("allowed", "in the configuration again"),
            };
            format!("port {port} is {stopped}: {why}")
        }
        command => format!("{command:?}"),
    }
}
