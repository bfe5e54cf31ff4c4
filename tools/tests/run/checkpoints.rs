//! Checkpoints: a start goes on from one, and does without where one is of no use.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::kit::ouch::buy;
use crate::kit::{Broker, Folder, Login, Setup, Venue, unsequenced};

/// The checkpoints of the only session, in order.
fn checkpoints(data: &Path) -> Vec<PathBuf> {
    let journal = data.join("journal");
    let entries = fs::read_dir(journal).expect("there is a journal");
    let days = entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_dir());
    let files = days.flat_map(|day| fs::read_dir(day).expect("there is a day"));
    let mut files: Vec<_> = files.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|name| name == "checkpoint"));
    files.sort();
    files
}

/// Orders of P1 from this one on, in pieces; the last one's number.
fn orders(broker: &mut Broker, from: u32, count: u32) {
    for first in (from..from + count).step_by(500) {
        let orders: Vec<u8> =
            (first..first + 500).flat_map(|n| unsequenced(&buy(n).shares(0).bytes())).collect();
        broker.send_raw(&orders);
        broker.replies(500);
    }
}

/// Waits until there are two checkpoints, the newer one at this command or later.
fn wait_for_two(data: &Path, command: u64) -> Vec<PathBuf> {
    let start = Instant::now();
    loop {
        let found = checkpoints(data);
        let number = |path: &PathBuf| path.file_stem()?.to_str()?.parse::<u64>().ok();
        if found.len() == 2 && found.last().and_then(number) >= Some(command) {
            return found;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "{found:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn setup() -> Setup {
    Setup { journal: "checkpoint_every = 1000".to_owned(), ..Setup::new() }
}

/// Everything that P1 was told, from the first reply on, is there `count` times.
fn tells_all(venue: &Venue, count: u32) {
    let mut broker = Broker::login_with(venue.address(), &Login::new("P1").from(1));
    let all = broker.replies(count as usize + 1);
    for (number, reply) in (1..).zip(&all[1..]) {
        assert_eq!((reply.user_ref(), reply.kind()), (number, 'J'));
    }
}

#[test]
fn a_start_after_a_kill_goes_on_from_the_last_checkpoint() {
    for durability in ["disk", "os"] {
        let folder = Folder::new();
        let (data, setup) = (folder.join("data"), setup().with_durability(durability));
        let venue = Venue::start(&setup, &data);
        orders(&mut Broker::login_fresh(venue.address(), "P1"), 1, 4_000);
        wait_for_two(&data, 2_000);
        venue.kill();
        let newest = checkpoints(&data).pop().expect("there are two");
        let number = newest.file_stem().and_then(|name| name.to_str()).expect("a plain name");
        let venue = Venue::start(&setup, &data);
        venue.wait_for_words(&format!("checkpoint={}", number.trim_start_matches('0')));
        tells_all(&venue, 4_000);
        // The next ones come after it.
        let login = Login::new("P1").from(4_002);
        orders(&mut Broker::login_with(venue.address(), &login), 4_001, 2_000);
        let number: u64 = number.parse().expect("a number");
        wait_for_two(&data, number + 1);
        venue.kill();
        tells_all(&Venue::start(&setup, &data), 6_000);
    }
}

#[test]
fn a_checkpoint_that_is_damaged_is_passed_over_with_a_warning() {
    let folder = Folder::new();
    let (data, setup) = (folder.join("data"), setup());
    let venue = Venue::start(&setup, &data);
    orders(&mut Broker::login_fresh(venue.address(), "P1"), 1, 4_000);
    wait_for_two(&data, 2_000);
    venue.kill();
    for path in checkpoints(&data).iter().rev() {
        let mut bytes = fs::read(path).expect("it is there");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(path, bytes).expect("it can be written");
        let venue = Venue::start(&setup, &data);
        venue.wait_for_words(path.to_str().expect("a plain name"));
        venue.wait_for_words("is passed over: it says checksum");
        tells_all(&venue, 4_000);
        venue.kill();
    }
}

#[test]
fn replies_that_are_gone_are_made_again() {
    let folder = Folder::new();
    let (data, setup) = (folder.join("data"), setup());
    let venue = Venue::start(&setup, &data);
    orders(&mut Broker::login_fresh(venue.address(), "P1"), 1, 4_000);
    wait_for_two(&data, 2_000);
    venue.kill();
    fs::remove_dir_all(data.join("replies")).expect("they are there");
    let venue = Venue::start(&setup, &data);
    venue.wait_for_words("which is not there");
    tells_all(&venue, 4_000);
    venue.stop();
}
