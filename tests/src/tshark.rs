//! tshark with the printed dissector, and what it says of a capture.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, process};

use crate::skip::skipped;

/// A field that the dissector added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Name in filters.
    pub name: String,
    /// The value that filters see.
    pub value: String,
    /// What people see.
    pub label: String,
}

/// Whether there is a tshark to run; says so if not.
#[must_use]
pub fn is_installed() -> bool {
    let found = Command::new("tshark")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !found {
        skipped("tshark is not installed (apt-get install tshark)");
    }
    found
}

/// What tshark prints for `capture` with `arguments`, errors included.
///
/// # Panics
/// If tshark cannot be run or fails.
#[must_use]
pub fn run(name: &str, capture: &[u8], arguments: &[&str]) -> String {
    // Tests run side by side in one process, and some of them by the same name.
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    let run = RUNS.fetch_add(1, Ordering::Relaxed);
    let file = env::temp_dir().join(format!("outcry-{}-{run}-{name}.pcap", process::id()));
    fs::write(&file, capture).expect("the capture is written");
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/protocol/outcry.lua");
    let output = Command::new("tshark")
        .arg("-n")
        .arg("-r")
        .arg(&file)
        .arg("-X")
        .arg(format!("lua_script:{}", script.display()))
        .args(arguments)
        .output()
        .expect("tshark runs");
    fs::remove_file(&file).expect("the capture is removed");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "tshark failed: {errors}");
    assert!(!errors.contains("Lua") && !errors.contains("lua:"), "{errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Every field of the dissector's in the output of `-T pdml`, in order.
#[must_use]
pub fn fields(pdml: &str) -> Vec<Shown> {
    pdml.lines()
        .map(str::trim_start)
        .filter(|line| line.starts_with("<field name=\"outcry."))
        .map(|line| Shown {
            name: attribute(line, "name"),
            value: attribute(line, "show"),
            label: attribute(line, "showname"),
        })
        .collect()
}

/// The value of an attribute, empty if it is not there.
fn attribute(line: &str, name: &str) -> String {
    let start = format!(" {name}=\"");
    let value = line
        .split_once(&start)
        .and_then(|(_, rest)| rest.split_once('"'))
        .map_or("", |(value, _)| value);
    value
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}
