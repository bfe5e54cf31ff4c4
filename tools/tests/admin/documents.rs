//! What is written about operating a venue names what there is.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use appliance::meters::Meters;
use appliance::office::expose;
use serde_json::Value;

use crate::kit::House;
use crate::sample;

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every metric: name of its samples without the suffixes of a histogram, type, words.
fn metrics() -> Vec<(String, String, String)> {
    let text = expose(&Arc::new(Meters::new()));
    let told = |what: &str| -> Vec<(String, String)> {
        let lines = text.lines().filter_map(|line| line.strip_prefix(what)?.split_once(' '));
        lines.map(|(name, told)| (name.to_owned(), told.to_owned())).collect()
    };
    let helps = told("# HELP ");
    let types = told("# TYPE ");
    let rows = helps.into_iter().zip(types).map(|((name, help), (same, of))| {
        assert_eq!(name, same, "a family is told by its help, then by its type");
        let suffix = match of.as_str() {
            "counter" => "_total",
            "info" => "_info",
            _ => "",
        };
        (name + suffix, of, help)
    });
    rows.collect()
}

/// The metrics that a text names.
fn named(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = text.split(|c| !is_part(c)).filter(|word| word.starts_with("outcry_"));
    let whole = |word: &str| {
        let histogram = "outcry_stage_duration_seconds";
        if word.starts_with(histogram) { histogram.to_owned() } else { word.to_owned() }
    };
    words.map(whole).collect()
}

/// The words of each `outcry admin` that stands as an example in a text.
fn examples(text: &str) -> Vec<Vec<String>> {
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix("outcry admin "));
    // What is piped on or stands behind it is not its own, nor the remark after two spaces.
    let own = lines.filter_map(|line| line.split("  ").next()?.split(['|', '&']).next());
    own.filter_map(shlex::split).collect()
}

#[test]
fn examples_are_commands_that_there_are() {
    let house = House::new(sample::answer);
    let help = house.run(&["--help"]).out;
    let mut tried = 0;
    for words in examples(&(read("OPERATIONS.md") + &help)) {
        // It would go on for ever, or ask where no venue is.
        if words.iter().any(|word| word == "--watch" || word == "--data") {
            continue;
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let run = house.run(&words);
        let is_known = run.code == Some(0) || run.err.contains("unknown-trade");
        assert!(is_known, "{words:?}: {}", run.err);
        tried += 1;
    }
    assert!(tried > 30, "only {tried} examples were found");
}

/// Asserts that all that a text names is there.
fn assert_known(text: &str) {
    let known: BTreeSet<String> = metrics().into_iter().map(|(name, ..)| name).collect();
    let unknown: Vec<String> = named(text).difference(&known).cloned().collect();
    assert!(unknown.is_empty(), "there are no such metrics: {unknown:?}");
}

#[test]
fn the_handbook_has_every_metric_with_its_words() {
    let text = read("OPERATIONS.md");
    let lines: BTreeSet<&str> = text.lines().collect();
    let rows =
        metrics().into_iter().map(|(name, of, help)| format!("| `{name}` | {of} | {help} |"));
    let missing: Vec<String> = rows.filter(|row| !lines.contains(row.as_str())).collect();
    assert!(missing.is_empty(), "docs/OPERATIONS.md has not:\n{}", missing.join("\n"));
    let types = ["counter", "gauge", "histogram", "info"].map(|of| format!("` | {of} | "));
    let is_row = |line: &&str| types.iter().any(|of| line.contains(of));
    let told = text.lines().filter(is_row).count();
    assert_eq!(told, metrics().len(), "docs/OPERATIONS.md tells of metrics that are not there");
    assert_known(&text);
}

#[test]
fn the_dashboard_asks_for_metrics_that_there_are() {
    let text = read("operations/grafana-dashboard.json");
    let dashboard: Value = serde_json::from_str(&text).expect("the dashboard is JSON");
    let panels = dashboard["panels"].as_array().expect("it has panels");
    let mut asked = 0;
    for panel in panels.iter().filter(|panel| panel["type"] != "row") {
        let targets = panel["targets"].as_array().expect("a panel asks for something");
        for target in targets {
            let query = target["expr"].as_str().expect("a target has a query");
            assert!(!named(query).is_empty(), "{query} asks for nothing of the venue");
            assert_known(query);
            asked += 1;
        }
    }
    assert!(asked > 20);
    let ids: BTreeSet<u64> = panels.iter().filter_map(|panel| panel["id"].as_u64()).collect();
    assert_eq!(ids.len(), panels.len(), "each panel has a number of its own");
}

#[test]
fn alerts_ask_for_metrics_that_there_are() {
    let text = read("operations/alerts.yml");
    let alerts: Vec<&str> = text.split("- alert:").skip(1).collect();
    assert!(alerts.len() >= 8);
    for alert in alerts {
        assert!(!named(alert).is_empty() && alert.contains("summary:"), "{alert}");
    }
    assert_known(&text);
}
