//! Drives the fuzz bodies without a fuzzer: with random bytes, and with damaged vectors, which
//! get further in.

use std::collections::BTreeSet;
use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::any;

use protocol_spec::wire::binary_file;
use tests::arbitrary::damaged;
use tests::fuzz::BODIES;
use tests::golden::{FILES, read};
use tests::seeds::check;

#[test]
fn nothing_breaks_on_random_bytes() {
    check(20_000, &vec(any::<u8>(), 0..128), |bytes| {
        for (_, body) in BODIES {
            body(&bytes);
        }
    });
}

#[test]
fn nothing_breaks_on_damaged_messages() {
    for (file, _) in FILES {
        let originals: Vec<_> = read(file).into_iter().map(|vector| vector.bytes).collect();
        check(10_000, &damaged(originals), |bytes| {
            for (_, body) in BODIES {
                body(&bytes);
            }
        });
    }
}

#[test]
fn nothing_breaks_on_damaged_files() {
    let files = FILES.iter().map(|(file, _)| {
        let record = |message: Vec<u8>| [&binary_file::header(&message), &*message].concat();
        let vectors = read(file).into_iter().take(20);
        let records = vectors.flat_map(|vector| record(vector.bytes));
        records.chain(binary_file::END).collect()
    });
    check(2000, &damaged(files.collect()), |bytes| {
        tests::fuzz::binary_file(&bytes);
    });
}

#[test]
fn nothing_breaks_on_damaged_captures() {
    let sample = tools::spec::sample::capture().expect("the sample is made");
    check(2000, &damaged(vec![sample]), |bytes| tests::fuzz::capture(&bytes));
}

#[test]
fn nothing_breaks_on_long_lists_of_commands() {
    check(1_000, &vec(any::<u8>(), 0..3_000), |bytes| tests::fuzz_engine::engine(&bytes));
}

#[test]
fn nothing_breaks_on_long_lists_of_packets() {
    check(3_000, &vec(any::<u8>(), 0..1_500), |bytes| tests::fuzz_receiver::receiver(&bytes));
}

#[test]
fn nothing_breaks_on_long_lists_of_messages() {
    check(200, &vec(any::<u8>(), 0..3_000), |bytes| tests::fuzz_book_view::book_view(&bytes));
}

#[test]
fn nothing_breaks_on_damaged_journals() {
    check(2_000, &vec(any::<u8>(), 0..64), |mut bytes| {
        for mode in [0, 1] {
            bytes.insert(0, mode);
            tests::fuzz_journal::journal(&bytes);
        }
    });
}

#[test]
fn nothing_breaks_on_damaged_files_of_the_feed() {
    check(1_000, &vec(any::<u8>(), 2..16), |mut bytes| {
        bytes.insert(0, 1);
        tests::fuzz_rewind::rewind(&bytes);
    });
}

#[test]
fn nothing_breaks_on_floods_of_requests() {
    check(2_000, &vec(any::<u8>(), 0..2_000), |bytes| tests::fuzz_rewind::requests(&bytes));
}

#[test]
fn every_body_has_a_target_of_its_name_and_every_target_a_body() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let manifest = std::fs::read_to_string(fuzz.join("Cargo.toml")).expect("a manifest");
    let manifest: toml::Table = manifest.parse().expect("a manifest that cargo can read");
    let bins = manifest["bin"].as_array().expect("targets");
    let targets: BTreeSet<&str> = bins.iter().filter_map(|bin| bin["name"].as_str()).collect();
    let bodies: BTreeSet<&str> = BODIES.iter().map(|(name, _)| *name).collect();
    assert_eq!(targets, bodies);
    for name in bodies {
        let path = fuzz.join("fuzz_targets").join(name).with_extension("rs");
        let target = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(target.contains(&format!("::{name}(data)")), "{name}");
    }
}
