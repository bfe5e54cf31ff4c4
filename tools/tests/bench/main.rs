//! `outcry bench`, run as a user runs it.

mod journal;

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

/// Exit code, output, messages of a bench of the matcher.
fn bench(arguments: &[&str]) -> (Option<i32>, String, String) {
    bench_of("matcher", arguments)
}

fn bench_of(what: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_outcry"))
        .args(["bench", what])
        .args(arguments)
        .output()
        .expect("the command is built");
    let text = |bytes| String::from_utf8(bytes).expect("it writes text");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

const QUICK: [&str; 6] = ["--subject", "plain", "--rounds", "2", "--commands", "3000"];

fn quick(arguments: &[&str]) -> (Option<i32>, String, String) {
    bench(&[&QUICK[..], arguments].concat())
}

/// A file with a sale, a buy that trades with it, and the outcome of that, or another one.
fn file(name: &str, trades: u64) -> PathBuf {
    let mut bytes = b"WLOB0001".to_vec();
    bytes.extend([128_u32, 24].iter().flat_map(|value| value.to_le_bytes()));
    bytes.extend(2_u64.to_le_bytes());
    bytes.extend(1_u64.to_le_bytes());
    bytes.resize(72, 0);
    let hash = [1_u64, 2, 50, 100].iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, value| {
        let mixed = (hash ^ value).wrapping_mul(0x0100_0000_01b3);
        mixed ^ (mixed >> 29)
    });
    for value in [trades, 100, 5_000, hash, 0, 0] {
        bytes.extend(value.to_le_bytes());
    }
    bytes.resize(128, 0);
    for (id, side) in [(1_u64, 1_u8), (2, 0)] {
        bytes.extend(id.to_le_bytes());
        bytes.extend([50_u32, 100].iter().flat_map(|value| value.to_le_bytes()));
        bytes.extend([0, 0, 0, side, 0, 0, 0, 0]);
    }
    let path = std::env::temp_dir().join(format!("outcry-{}-{name}.wlob", std::process::id()));
    std::fs::write(&path, bytes).expect("the directory for such files takes it");
    path
}

#[test]
fn all_workloads_are_measured_if_none_is_named() {
    let (code, out, err) = quick(&[]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let names: Vec<&str> =
        out.lines().skip(5).filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names, ["real", "one", "hundred", "deep", "swing", "crash", "many"]);
    assert!(out.contains("plain book on one core, 2 rounds, batches of 16"), "{out}");
}

#[test]
fn json_has_every_figure() {
    let (code, out, _) = quick(&["--workload", "one,crash", "--json"]);
    assert_eq!(code, Some(0));
    let report: Value = serde_json::from_str(&out).expect("it is JSON");
    assert_eq!((&report["subject"], &report["rounds"]), (&"plain book".into(), &2.into()));
    let workloads = report["workloads"].as_array().expect("a list");
    let names: Vec<_> = workloads.iter().map(|workload| &workload["workload"]).collect();
    assert_eq!(names, ["one", "crash"]);
    for workload in workloads {
        assert_eq!(workload["commands"], 3_000);
        for figure in ["best", "median"] {
            assert!(workload["commands_per_second"][figure].as_f64() > Some(0.0), "{workload}");
        }
        for figure in ["p50", "p90", "p99", "p99.9"] {
            assert!(workload["ns_per_command"][figure].as_f64() > Some(0.0), "{workload}");
        }
    }
}

#[test]
fn a_file_is_measured_and_named_by_its_stem() {
    let path = file("right", 1);
    let (code, out, err) = quick(&[path.to_str().expect("a plain name")]);
    std::fs::remove_file(&path).expect("it was written");
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let last = out.lines().last().expect("a line");
    let cells: Vec<&str> = last.split_whitespace().take(3).collect();
    assert_eq!(cells[1..], ["2", "1"], "{last}");
    assert!(cells[0].ends_with("-right"), "{last}");
}

#[test]
fn a_file_that_expects_something_else_is_an_error() {
    let path = file("wrong", 2);
    let (code, _, err) = quick(&[path.to_str().expect("a plain name")]);
    std::fs::remove_file(&path).expect("it was written");
    assert_eq!(code, Some(1));
    assert!(err.contains("its header says 2 trades"), "{err}");
    assert!(err.contains("its commands come to 1 trades"), "{err}");
}

#[test]
fn a_file_that_is_none_is_an_error_that_names_it() {
    let (code, _, err) = quick(&["no/such.wlob"]);
    assert_eq!(code, Some(1));
    assert!(err.starts_with("error: no/such.wlob: cannot be read: "), "{err}");
}

#[test]
fn misuse_is_told_as_such() {
    for arguments in [["--workload", "none"], ["--rounds", "0"], ["--batch", "5000"]] {
        assert_eq!(bench(&arguments).0, Some(2), "{arguments:?}");
    }
}
