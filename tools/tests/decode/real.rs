//! Captures of a real exchange, where they are at hand.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tools::say::say;

use crate::kit::decode;

/// The directory of the captures: from the environment, or beside the repository.
fn data() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data");
    let named = std::env::var_os("OUTCRY_SHARED_DATA").map(PathBuf::from);
    let is_named = named.is_some();
    let directory = named.unwrap_or_else(|| PathBuf::from(beside));
    if directory.is_dir() {
        return Some(directory);
    }
    assert!(!is_named, "{} is named and not there", directory.display());
    say(format_args!("skipped: no captures in {}", directory.display()));
    None
}

fn captures(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory.join("nasdaq-pcaps")).expect("it can be listed");
    let mut files: Vec<String> = entries
        .map(|entry| entry.expect("it can be listed").path().display().to_string())
        .collect();
    files.sort();
    files
}

/// How many messages of each name, over all lines.
fn counts(out: &str) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for line in out.lines() {
        let object: Value = serde_json::from_str(line).expect("each line is an object");
        assert_eq!(object["error"], Value::Null, "{line}");
        let name = format!("{} {}", object["protocol"], object["name"]).replace('"', "");
        *counts.entry(name).or_default() += 1;
    }
    counts
}

#[test]
fn every_captured_packet_is_decoded() {
    let Some(directory) = data() else {
        return;
    };
    let files = captures(&directory);
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let run = decode(&[&files[..], &["--json", "--all"]].concat());
    assert_eq!(run.code, Some(0), "{}", run.err);
    let mut found = counts(&run.out);
    found.remove("mold Packet").expect("the feed comes in packets");
    let expected = [
        ("itch AddOrder", 37),
        ("itch AddOrderMpid", 2),
        ("itch MarketParticipantPosition", 1),
        ("itch NetOrderImbalance", 1),
        ("itch OrderDelete", 2),
        ("itch OrderExecuted", 1),
        ("itch OrderReplace", 1),
        ("itch StockTradingAction", 1),
        ("ouch-in CancelOrder", 1),
        ("ouch-in EnterOrder", 1),
        ("ouch-out Canceled", 1),
        ("ouch-out OrderAccepted", 1),
        ("soup ClientHeartbeat", 1),
        ("soup ServerHeartbeat", 1),
    ];
    assert_eq!(found, expected.map(|(name, count)| (name.to_owned(), count)).into());
    let tags: Vec<Value> = run
        .out
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok()?.get("tags").cloned())
        .filter(|tags| tags.as_object().is_some_and(|tags| !tags.is_empty()))
        .collect();
    let keys = |tags: &Value| tags.as_object().map(|tags| tags.keys().cloned().collect());
    let keys: Vec<Option<Vec<String>>> = tags.iter().map(keys).collect();
    let firm = || "firm".to_owned();
    assert_eq!(keys, [Some(vec![firm()]), Some(vec![firm(), "bbo_weight".to_owned()])]);
}

#[test]
fn captured_messages_are_those_of_the_file_made_from_them() {
    let Some(directory) = data() else {
        return;
    };
    let sorted = |args: &[&str]| {
        let run = decode(args);
        assert_eq!(run.code, Some(0), "{}", run.err);
        let mut messages: Vec<String> = run
            .out
            .lines()
            .map(|line| {
                let object: Value = serde_json::from_str(line).expect("each line is an object");
                format!("{} {} {}", object["time"], object["name"], object["fields"])
            })
            .collect();
        messages.sort();
        messages
    };
    let files = captures(&directory);
    let feeds = files.iter().map(String::as_str).filter(|file| !file.contains("Ouch50"));
    let captured: Vec<&str> = feeds.chain(["--json"]).collect();
    let file = directory.join("totalview_20230822.itch").display().to_string();
    assert_eq!(sorted(&captured), sorted(&[&file, "--json"]));
}

#[test]
fn files_of_real_messages_are_counted() {
    let Some(directory) = data() else {
        return;
    };
    for (file, total, expected) in [
        ("totalview_20230822.itch", "46 messages", &[("Add Order - MPID Attribution", 2)][..]),
        (
            "ritch/bx_20191230_sample.itch",
            "12,012 messages",
            &[
                ("Add Order - No MPID Attribution", 4_997),
                ("Order Delete", 1_745),
                ("Order Executed", 198),
                ("Trade (Non-Cross)", 5_000),
                ("Order Cancel", 45),
            ],
        ),
    ] {
        let path = directory.join(file).display().to_string();
        let run = decode(&[&path, "--summary"]);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(run.out.contains(&format!("\n{total}\n")), "{run:?}");
        for (title, count) in expected {
            let plain = run.out.replace(',', "");
            let line = plain.lines().find(|line| line.contains(&format!("  {title}  ")));
            assert!(line.is_some_and(|line| line.ends_with(&format!(" {count}"))), "{run:?}");
        }
    }
}
