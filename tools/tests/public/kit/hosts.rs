//! Two hosts and a cable between them: network namespaces of this machine.

use std::fs::{self, File};
use std::net::Ipv4Addr;
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{self, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use super::skipped;

/// The addresses at both ends, from a network that is for documents.
pub(crate) const ADDRESSES: [Ipv4Addr; 2] =
    [Ipv4Addr::new(192, 0, 2, 1), Ipv4Addr::new(192, 0, 2, 2)];
/// What names begin with, and the number of the process that they are of.
const PREFIX: &str = "outcry";

static NEXT: AtomicU32 = AtomicU32::new(0);

/// Two hosts, which are gone with this.
#[derive(Debug)]
pub(crate) struct Hosts {
    names: [String; 2],
}

impl Hosts {
    /// Two hosts with a cable; says why the test is skipped if there can be none.
    pub(crate) fn new() -> Option<Self> {
        remove_those_of_the_dead();
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = |end| format!("{PREFIX}-{}-{number}{end}", process::id());
        // What was made is gone even if the rest cannot be.
        let hosts = Hosts { names: ["a", "b"].map(name) };
        match hosts.make() {
            Ok(()) => Some(hosts),
            Err(why) => {
                skipped(&format!("no network namespaces here (root has them): {why}"));
                None
            }
        }
    }

    fn make(&self) -> Result<(), String> {
        let [a, b] = &self.names;
        for name in &self.names {
            ip(&["netns", "add", name])?;
        }
        ip(&["-n", a, "link", "add", "cable", "type", "veth", "peer", "cable", "netns", b])?;
        for (name, address) in self.names.iter().zip(ADDRESSES) {
            ip(&["-n", name, "address", "add", &format!("{address}/24"), "dev", "cable"])?;
            for device in ["lo", "cable"] {
                ip(&["-n", name, "link", "set", device, "up"])?;
            }
        }
        Ok(())
    }

    /// A command that runs on a host.
    pub(crate) fn command(&self, host: usize, command: &Command) -> Command {
        let mut there = Command::new("ip");
        there.args(["netns", "exec", &self.names[host]]);
        there.arg(command.get_program()).args(command.get_args());
        there
    }

    /// Does something on a host: sockets that are made meanwhile stay there.
    pub(crate) fn on<T: Send>(&self, host: usize, work: impl FnOnce() -> T + Send) -> T {
        thread::scope(|scope| {
            let there = scope.spawn(|| {
                let file = Path::new("/run/netns").join(&self.names[host]);
                let namespace = File::open(file).expect("it was made");
                move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))
                    .expect("who may make it may go there");
                work()
            });
            there.join().unwrap_or_else(|failure| std::panic::resume_unwind(failure))
        })
    }

    /// Pulls the cable out, or plugs it in.
    pub(crate) fn set_cable(&self, state: &str) {
        ip(&["-n", &self.names[0], "link", "set", "cable", state]).expect("there is one");
    }
}

impl Drop for Hosts {
    fn drop(&mut self) {
        for name in &self.names {
            // One that could not be made is not there.
            ip(&["netns", "delete", name]).unwrap_or_default();
        }
    }
}

/// Removes what tests that were killed have left behind.
fn remove_those_of_the_dead() {
    let Ok(entries) = fs::read_dir("/run/netns") else { return };
    for entry in entries.map_while(Result::ok) {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let process = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').nth(1));
        if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
            // Another test may be doing the same.
            ip(&["netns", "delete", &name]).unwrap_or_default();
        }
    }
}

fn ip(arguments: &[&str]) -> Result<(), String> {
    let output = Command::new("ip").args(arguments).output();
    let output = output.map_err(|error| format!("ip does not run: {error}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
    }
}
