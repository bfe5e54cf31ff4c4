//! `outcry bench journal`.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::bench_of;

const KEYS: [&str; 5] = [
    "zeroed_fdatasync",
    "zeroed_direct_dsync",
    "zeroed_rwf_dsync",
    "fallocated_fdatasync",
    "growing_fdatasync",
];

/// A directory that is there only for one test.
fn dir(name: &str) -> PathBuf {
    let dir = std::env::temp_dir().join(format!("outcry-journal-{}-{name}", std::process::id()));
    fs::create_dir(&dir).expect("the directory for such things takes it");
    dir
}

#[test]
fn every_way_of_writing_has_a_row_for_every_size_and_leaves_nothing_behind() {
    let dir = dir("rows");
    let name = dir.to_str().expect("a plain name");
    let (code, out, err) = bench_of("journal", &["--dir", name, "--writes", "10"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    for way in ["zeroed, pwrite + f", "O_DIRECT|O_DSYNC", "RWF_DSYNC", "fallocate'd", "growing"] {
        let rows: Vec<&str> = out.lines().filter(|line| line.contains(way)).collect();
        let sizes = ["4 KiB", "16 KiB", "64 KiB"];
        assert!(rows.len() == 3 && rows.iter().zip(sizes).all(|(row, size)| row.contains(size)));
    }
    assert!(
        out.contains(&format!("in {}", fs::canonicalize(&dir).expect("it is there").display()))
    );
    fs::remove_dir(&dir).expect("nothing is left in it");
}

#[test]
fn json_has_the_same_rows() {
    let dir = dir("json");
    let name = dir.to_str().expect("a plain name");
    let arguments = ["--dir", name, "--writes", "12", "--sizes", "8", "--json"];
    let (code, out, _) = bench_of("journal", &arguments);
    fs::remove_dir(&dir).expect("nothing is left in it");
    assert_eq!(code, Some(0));
    let report: Value = serde_json::from_str(&out).expect("it is JSON");
    let rows = report["rows"].as_array().expect("a list");
    let methods: Vec<_> = rows.iter().map(|row| row["method"].as_str()).collect();
    assert_eq!(methods, KEYS.map(Some));
    for row in rows.iter().filter(|row| row.get("impossible").is_none()) {
        assert_eq!((&row["size"], &row["ns"]["count"]), (&8_192.into(), &12.into()));
        let [p50, max] = ["p50", "max"].map(|name| row["ns"][name].as_u64());
        assert!(p50 > Some(0) && p50 <= max, "{row}");
    }
}

#[test]
fn a_directory_that_is_not_there_is_an_error_that_names_it() {
    let (code, _, err) = bench_of("journal", &["--dir", "no/such"]);
    assert_eq!(code, Some(1));
    assert!(err.starts_with("error: cannot measure writes in no/such: "), "{err}");
}

#[test]
fn misuse_is_told_as_such() {
    for arguments in [["--sizes", "5"], ["--sizes", "0"], ["--writes", "1"]] {
        assert_eq!(bench_of("journal", &arguments).0, Some(2), "{arguments:?}");
    }
}
