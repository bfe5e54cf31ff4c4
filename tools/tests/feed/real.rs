//! Recordings of a real exchange, where they are at hand.

use std::path::{Path, PathBuf};

use tools::say::say;

use crate::kit::feed;

/// A recording among the shared data: from the environment, or beside the repository.
fn recording(name: &str) -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data");
    let named = std::env::var_os("OUTCRY_SHARED_DATA");
    let directory = named.as_ref().map_or(Path::new(beside), Path::new);
    let path = directory.join(name);
    if path.is_file() {
        return Some(path);
    }
    assert!(named.is_none(), "{} is named and not there", path.display());
    say(format_args!("skipped: no {}", path.display()));
    None
}

#[test]
fn what_was_left_out_of_a_sample_dangles() {
    let Some(path) = recording("ritch/bx_20191230_sample.itch") else { return };
    let path = path.to_str().expect("a plain name");
    let object = feed(&["check", path, "--json", "--limit", "100000"], b"").object();
    assert_eq!(
        (object["messages"].as_u64(), object["securities"].as_u64()),
        (Some(12_012), Some(3))
    );
    let found = object["found"].as_array().expect("a list");
    let words = |fault: &str| {
        let says = |one: &&serde_json::Value| {
            one["fault"].as_str().is_some_and(|words| words.contains(fault))
        };
        found.iter().filter(says).count()
    };
    // Counted by whoever put it together; its books are crossed, for orders that went are there.
    assert_eq!(words("is displayed"), 117);
    assert!(words("trades and is crossed") > 0);
    assert_eq!(words("is displayed") + words("trades and is"), found.len());
}
