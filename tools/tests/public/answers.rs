//! What is told once more to who asks.

use std::fs;
use std::net::Ipv4Addr;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::kit::{
    Asker, Channel, Folder, Follower, Packet, Past, Setup, Told, Trader, Venue, request,
};

#[test]
fn answers_are_whole_messages_as_they_were_told() {
    let told = Told::new(|setup| setup.with_feed("payload_max = 500"));
    let asker = Asker::from(Ipv4Addr::LOCALHOST, &told.channel);
    let (session, next) = (&told.past.session, told.next());
    for (number, count, expected) in [(1, 1, 1), (1, 3, 3), (next - 1, 1, 1), (next - 2, 100, 2)] {
        let answer = asker.ask(session, number, count);
        assert_eq!(answer.messages().len(), expected, "{number}, {count}");
        told.check(&answer);
    }
    // The most that can be asked for comes as one packet, and the rest is asked for behind it.
    let mut number = 1;
    while number < next {
        asker.send(&request(session, number, 65_534));
        let answer = asker.answer(Duration::from_secs(10)).expect("it is answered");
        assert!(answer.len() <= 500, "{} bytes", answer.len());
        let answer = Packet::read(&answer);
        assert_eq!(answer.number, number);
        told.check(&answer);
        // No message is longer than 50 bytes.
        assert!(answer.next() == next || answer.messages().len() >= 9, "{answer:?}");
        number = answer.next();
    }
    assert_eq!(number, next);
}

/// A day of so many requests of each of three brokers, under the policy that is quicker.
fn long_day(folder: &Folder, setup: &Setup, requests: u32) -> (Venue, Past) {
    let data = folder.join("data");
    let venue = Venue::start(setup, &data);
    let address = venue.address();
    thread::scope(|scope| {
        for (user, seed) in [("P1", 1), ("P2", 2), ("P3", 3)] {
            scope.spawn(move || Trader::new(user, seed).trade(address, requests));
        }
    });
    (venue, Past::read(&data, 10_000))
}

/// Somebody who has heard nothing gets all of the day.
fn gets_everything(channel: &Channel, past: &Past) {
    let mut late = Follower::of(channel);
    late.follow("the day so far", |it| it.messages.len() >= past.messages.len());
    late.has(past);
}

#[test]
fn what_has_left_the_memory_is_read_from_the_disk() {
    let (channel, folder) = (Channel::fresh(), Folder::new());
    let setup = Setup::new(&channel).with_durability("os").with_recovery("memory = \"1MiB\"");
    let (_venue, past) = long_day(&folder, &setup, 20_000);
    let bytes: usize = past.messages.iter().map(|message| 2 + message.len()).sum();
    assert!(bytes > 3 << 19, "{bytes} bytes do not pass the memory");
    gets_everything(&channel, &past);
}

/// Does something to each file of the feed while the venue is down.
fn start_again_behind(harm: impl Fn(&Path, &mut Vec<u8>)) {
    let (channel, folder) = (Channel::fresh(), Folder::new());
    let mut setup = Setup::new(&channel).with_durability("os");
    "checkpoint_every = 1000".clone_into(&mut setup.journal);
    let (venue, past) = long_day(&folder, &setup, 3_000);
    venue.kill();
    let files = fs::read_dir(folder.join("data").join("rewind")).expect("the feed has files");
    let mut count = 0;
    for file in files {
        let path = file.expect("the folder can be read").path();
        let mut bytes = fs::read(&path).expect("it can be read");
        harm(&path, &mut bytes);
        fs::write(&path, bytes).expect("it can be written");
        count += 1;
    }
    assert_eq!(count, 2, "messages, and an index");
    let _venue = Venue::start(&setup, &folder.join("data"));
    gets_everything(&channel, &past);
}

fn is_index(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "index")
}

#[test]
fn files_of_the_feed_that_are_gone_are_made_again() {
    start_again_behind(|_, bytes| bytes.clear());
}

#[test]
fn files_of_the_feed_that_are_cut_are_made_again() {
    start_again_behind(|path, bytes| {
        let part = if is_index(path) { 40 } else { 70_000 };
        bytes.truncate(part);
    });
}

#[test]
fn messages_that_are_damaged_are_never_told() {
    let (channel, folder) = (Channel::fresh(), Folder::new());
    let setup = Setup::new(&channel).with_durability("os").with_recovery("memory = \"1MiB\"");
    let (venue, past) = long_day(&folder, &setup, 20_000);
    let ask = |number| {
        let asker = Asker::from(Ipv4Addr::LOCALHOST, &channel);
        asker.send(&request(&past.session, number, 5));
        let answer = asker.answer(Duration::from_millis(500)).map(|answer| Packet::read(&answer));
        let at = number as usize - 1;
        answer.inspect(|it| assert_eq!(it.messages(), &past.messages[at..at + 5]))
    };
    // Some hundred bytes before the message, and in the same block as it.
    let (damaged, last) = (40, past.messages.len() as u64 - 10);
    let data = folder.join("data");
    let path = data.join("rewind").join(format!("{}.itch", past.session));
    let file = fs::OpenOptions::new().write(true).open(path).expect("the feed has a file");
    file.write_all_at(b"x", 1_000).expect("it can be written");
    assert_eq!(ask(damaged), None, "a block that is damaged");
    venue.wait_for_words("is damaged at byte");
    assert!(ask(last).is_some(), "what is whole is told all the same");
    Trader::new("P4", 1).trade(venue.address(), 100);
    venue.stop();
    // It is made again from the journal.
    let _venue = Venue::start(&setup, &data);
    assert!(ask(damaged).is_some());
    gets_everything(&channel, &Past::read(&data, 10_000));
}
