use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicU32, Ordering};

use protocol_spec::wire::text::{Alpha, Secret};

use super::*;

/// A directory of one test, with a program in it that stands for a venue.
struct Stage {
    dir: PathBuf,
    program: PathBuf,
}

impl Stage {
    fn new(script: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let dir = std::env::temp_dir().join(format!("outcry-own-{}-{count}", process::id()));
        fs::create_dir(&dir).expect("the directory for such things takes it");
        let program = dir.join("venue");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("it is ours");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("it is ours");
        Stage { dir, program }
    }

    fn start(&self, patience: Duration) -> Result<Own, LoadError> {
        // A program just written may still be open in a process that another test starts.
        loop {
            match Own::start(&self.program, &self.dir, &config(), patience) {
                Err(LoadError::Io { cause, .. })
                    if cause.kind() == std::io::ErrorKind::ExecutableFileBusy => {}
                other => return other,
            }
        }
    }
}

impl Drop for Stage {
    /// Only the program is left: whatever a venue had is gone with it.
    fn drop(&mut self) {
        fs::remove_file(&self.program).expect("it is ours");
        fs::remove_dir(&self.dir).expect("nothing else is left");
    }
}

fn config() -> OwnConfig {
    let who = Credentials { username: Alpha::new("demo1"), password: Secret::new("a\"b") };
    OwnConfig {
        ports: vec![(who, "a\"b".to_owned())],
        idle: Some(("I".to_owned(), "a\"b".to_owned(), 5_000)),
        symbols: vec![Symbol::new("AAPL")],
        price: 1_000_500,
        live_orders: 10,
        durability: "os",
        has_feed: false,
        core: Some(1),
    }
}

const LONG: Duration = Duration::from_secs(20);

/// Says that it is ready, and waits for its end.
const READY: &str = "echo 'order entry on 127.0.0.1:9001'; echo ready; \
                     while :; do sleep 0.02; done";

#[test]
fn a_venue_is_started_with_its_configuration_told_where_it_is_and_stopped() {
    let stage = Stage::new(&format!(
        "trap 'exit 0' TERM\n[ \"$1 $2 $4\" = 'run --config --data' ] && [ -d \"$5\" ] || exit 9\n\
         {READY}"
    ));
    let own = stage.start(LONG).expect("it becomes ready");
    assert_eq!(own.address().to_string(), "127.0.0.1:9001");
    let text = fs::read_to_string(own.dir().join("load.toml")).expect("it was written");
    for line in [
        "durability = \"os\"",
        "core = 1",
        "ports = 5256",
        "max_connections = 5256",
        "username = \"demo1\"",
        "username = \"I\"",
        "count = 5000",
        "password = \"a\\\"b\"",
        "reference_price = \"100.0500\"",
    ] {
        assert!(text.lines().any(|of| of == line), "{line} is not in\n{text}");
    }
    own.pause().expect("it is there");
    own.resume().expect("it is there");
    own.stop(LONG).expect("it ends well");
}

#[test]
fn a_venue_that_ends_before_it_is_ready_is_told_with_its_last_words() {
    let stage = Stage::new("echo 'no such key' >&2; exit 3");
    let error = stage.start(LONG).expect_err("it is not ready").to_string();
    assert!(error.contains("venue did not become ready: exit status: 3"), "{error}");
    assert!(error.ends_with("the last it said:\nno such key"), "{error}");
}

#[test]
fn a_venue_that_is_never_ready_is_waited_for_so_long_and_killed() {
    let stage = Stage::new("echo 'order entry on 127.0.0.1:9001'; exec sleep 600");
    let error = stage.start(Duration::from_millis(50)).expect_err("it is not ready").to_string();
    assert!(error.contains("did not become ready: nothing for 0 s; it said nothing"), "{error}");
}

#[test]
fn a_venue_that_does_not_end_well_is_told() {
    let stage = Stage::new(&format!("trap 'echo torn >&2; exit 7' TERM\n{READY}"));
    let own = stage.start(LONG).expect("it becomes ready");
    let error = own.stop(LONG).expect_err("it ends badly").to_string();
    assert_eq!(error, "the venue ended with exit status: 7; the last it said:\ntorn");
}

#[test]
fn a_venue_that_does_not_end_is_killed_and_told() {
    let stage = Stage::new(&format!("trap '' TERM\n{READY}"));
    let own = stage.start(LONG).expect("it becomes ready");
    let error = own.stop(Duration::from_millis(50)).expect_err("it does not end").to_string();
    assert_eq!(error, "the venue did not end on SIGTERM and was killed; it said nothing");
}
