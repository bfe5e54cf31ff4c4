//! Bytes that real exchanges sent, where this machine has them.

use std::collections::BTreeMap;

use protocol_spec::wire::binary_file::{self, Ending, Records};
use tests::{protocols, shared_data};

/// Reads a BinaryFILE of the feed, every message strictly, and returns how many there are of each
/// type and how the file ends. What was read is written again and must be the same.
fn read(file: &[u8]) -> (BTreeMap<char, usize>, Option<Ending>) {
    let itch = protocols::named("itch");
    let mut counts = BTreeMap::new();
    let mut written = Vec::new();
    let mut records = Records::new(file);
    for (number, message) in (1..).zip(records.by_ref()) {
        let decoded = (itch.decode)(message);
        decoded.unwrap_or_else(|error| panic!("message {number}: {error}"));
        *counts.entry(char::from(message[0])).or_default() += 1;
        written.extend(binary_file::header(message));
        written.extend(itch.rewrite(message));
    }
    assert_eq!(written, file[..written.len()]);
    (counts, records.ending())
}

#[test]
fn a_captured_morning_of_the_feed_is_read_and_written_again() {
    let Some(file) = shared_data::file("totalview_20230822.itch") else {
        return;
    };
    let (counts, ending) = read(&file);
    let expected =
        [('A', 37), ('D', 2), ('E', 1), ('F', 2), ('H', 1), ('I', 1), ('L', 1), ('U', 1)];
    assert_eq!(counts, BTreeMap::from(expected));
    assert_eq!(ending, Some(Ending::Unmarked));
}

#[test]
fn a_sampled_day_of_the_feed_is_read_and_written_again() {
    let Some(file) = shared_data::file("ritch/bx_20191230_sample.itch") else {
        return;
    };
    let (counts, ending) = read(&file);
    let expected = [
        ('A', 4997),
        ('D', 1745),
        ('E', 198),
        ('F', 3),
        ('H', 3),
        ('P', 5000),
        ('R', 3),
        ('S', 6),
        ('U', 12),
        ('X', 45),
    ];
    assert_eq!(counts, BTreeMap::from(expected));
    assert_eq!(counts.values().sum::<usize>(), 12_012);
    assert_eq!(ending, Some(Ending::Unmarked));
}
