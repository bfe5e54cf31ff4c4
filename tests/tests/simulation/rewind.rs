//! The file of the feed and who asks for messages again: whatever happens, every message that was
//! told can be had again with the right bytes, and the file is what the journal makes.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use appliance::admin::{Answer, Request};
use appliance::checkpoints;
use appliance::config::Durability;
use appliance::rewinder::{Files, Tally};
use appliance::world::{Disk, File, Use};
use protocol_spec::wire::mold::{self, Body, END_OF_SESSION, Packet, SessionId};
use protocol_spec::words::{CommandNo, FeedNo};
use recovery::requests::Dropped;
use recovery::rewind::{BLOCK, Entry, index};
use tests::world::broker::Order;
use tests::world::disk::SimFile;
use tests::world::house::{Ended, House, Pace};
use tests::world::platter::{Done, Trouble};
use tests::world::setting::{NOON, three};

use crate::crashes::{each, start};
use crate::flow;

const SESSION: &str = "2026112001";
/// Bytes of the feed after which there are blocks that are no longer in memory.
const MANY: u64 = 4 * BLOCK as u64;

/// A house that keeps as little as can be in memory, with checkpoints so many commands apart.
fn house(every: u64, seed: u64) -> House {
    let mut house = House::new(three(Durability::Disk), NOON, seed);
    house.config.journal.checkpoint_every = every;
    house.config.recovery.memory = 1;
    house.config.recovery.rerequests_per_second = 10_000_000;
    // Nobody listens here, and what nobody hears need not be looked at.
    house.config.feed.lines.clear();
    house
}

fn files(house: &House, session: &str) -> Files {
    let folder = &house.folders.rewind;
    let file = |kind| folder.join(format!("{session}.{kind}"));
    Files { feed: file("itch"), index: file("index") }
}

/// Every message of a session as its journal has it.
fn told(house: &House, session: &str) -> (Vec<Vec<u8>>, bool) {
    let everything = house.record(session).machine.folds.1;
    (everything.published, everything.has_ended)
}

/// The file with these messages.
fn as_file(messages: &[Vec<u8>], has_ended: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    for message in messages {
        let len = u16::try_from(message.len()).expect("messages are short");
        bytes.extend_from_slice(&len.to_be_bytes());
        bytes.extend_from_slice(message);
    }
    if has_ended {
        bytes.extend_from_slice(&[0, 0]);
    }
    bytes
}

/// File and index are what the journal makes, as far as it was told a second ago at least.
fn check_file(house: &mut House) {
    let session = house.session();
    let (messages, has_ended) = told(house, &session);
    let least = as_file(&messages, has_ended).len();
    house.run(Duration::from_secs(1));
    assert_eq!(house.session(), session);
    let (messages, has_ended) = told(house, &session);
    let (files, expected) = (files(house, &session), as_file(&messages, has_ended));
    let found = house.disk.bytes(&files.feed);
    let bounds = least..=expected.len();
    assert!(bounds.contains(&found.len()), "{} bytes, not {bounds:?}", found.len());
    let differs = found.iter().zip(&expected).position(|(found, made)| found != made);
    assert_eq!(differs, None, "the file is what the journal makes");
    let id = SessionId::new(&session);
    let entries = index::read(&house.disk.bytes(&files.index), id, crc32c::crc32c_append);
    let entries = entries.expect("it is an index");
    let covered = entries.last().map_or(0, Entry::end);
    assert!(covered <= found.len() as u64, "entries come after their blocks");
    assert!(least as u64 <= covered + BLOCK as u64, "every complete block has an entry");
}

fn asker(last: u8) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, last], 4_000))
}

fn request(session: &str, number: u64, count: u16) -> [u8; mold::Request::LEN] {
    let mut bytes = [0; mold::Request::LEN];
    let (session, number) = (SessionId::new(session), FeedNo(number));
    mold::Request { session, number, count }.encode(&mut bytes);
    bytes
}

/// What one request is answered with, if it is: number and message, one after the other.
fn ask(house: &mut House, number: u64, count: u16) -> Option<Vec<(u64, Vec<u8>)>> {
    let session = house.session();
    let now = house.now();
    house.post.put(asker(1), &request(&session, number, count));
    let rewinder = house.rewinder.as_mut().expect("the process is there");
    while rewinder.step(now) {}
    let (to, packet) = house.post.take()?;
    assert_eq!((to, house.post.take()), (asker(1), None), "one packet to who asked");
    assert!(packet.len() <= usize::from(house.config.feed.payload_max));
    let packet = Packet::decode(&packet).expect("it is a packet");
    assert_eq!((packet.session, packet.number.0), (SessionId::new(&session), number));
    let Body::Messages(blocks) = packet.body else { panic!("no messages in {packet:?}") };
    Some((number..).zip(blocks.map(<[u8]>::to_vec)).collect())
}

/// Asks for every message of the day, walking on from answer to answer; all come as they were told.
fn ask_for_all(house: &mut House) {
    let (messages, _) = told(house, &house.session());
    let mut next = 1;
    while next <= messages.len() as u64 {
        // The budget fills with time.
        house.clock.pass(Duration::from_millis(1));
        let count = u16::try_from(house.prng.between(1, 80)).expect("a small number");
        let answer = ask(house, next, count).unwrap_or_else(|| panic!("no answer to {next}"));
        assert!(!answer.is_empty() && answer.len() <= usize::from(count));
        for (number, message) in answer {
            let at = usize::try_from(number).expect("a small number") - 1;
            assert_eq!(Some(&message), messages.get(at), "message {number}");
            next = number + 1;
        }
    }
    assert_eq!(ask(house, next, 1), None, "what was not told yet");
}

/// Brokers at work until the feed has so many bytes.
fn publish(house: &mut House, bytes: u64) {
    while tally(house).file_bytes() < bytes {
        house.connect_all();
        assert_eq!(flow::work(house, 20), None, "the process goes on");
    }
}

fn tally(house: &House) -> Arc<Tally> {
    let venue = house.venue.as_ref().expect("the process is there");
    Arc::clone(venue.publications().counters())
}

/// The command of the checkpoint that the last start went on from.
fn from(house: &House) -> Option<CommandNo> {
    house.venue.as_ref().expect("the process is there").checkpoints().command()
}

fn newest(house: &House) -> Option<CommandNo> {
    let folder = house.folders.journal.join(SESSION);
    checkpoints::list(&house.disk, &folder).expect("a folder can be listed").pop()
}

fn change(house: &House, path: &Path, change: impl FnOnce(&mut SimFile)) {
    let mut file = house.disk.open(path, Use::Cached).expect("it is there");
    change(&mut file);
    file.sync().expect("nothing fails");
}

fn damage(house: &House, path: &Path, at: usize) {
    let byte = house.disk.bytes(path)[at] ^ 0x10;
    change(house, path, |file| file.write_at(at as u64, &[byte]).expect("nothing fails"));
}

/// A day with blocks in the file and checkpoints, killed.
fn killed(seed: u64) -> House {
    let mut house = house(500, seed);
    house.open();
    publish(&mut house, MANY);
    flow::settle(&mut house);
    assert!(newest(&house).is_some(), "there are checkpoints");
    house.die(Trouble::Kill);
    house
}

/// Opens; the file becomes what the journal makes, and everything is answered.
fn open_and_ask(house: &mut House) -> Option<CommandNo> {
    house.open();
    let from = from(house);
    flow::settle(house);
    check_file(house);
    ask_for_all(house);
    from
}

#[test]
fn every_message_of_the_day_is_had_again_from_memory_and_from_the_file() {
    each(2, 2, |seed| {
        let mut house = house(0, seed);
        house.open();
        publish(&mut house, MANY);
        flow::settle(&mut house);
        check_file(&mut house);
        ask_for_all(&mut house);
        let tally = tally(&house);
        let reads = tally.reads();
        assert!((2..20).contains(&reads), "who walks on in a block reads it once: {reads}");
        house.config.recovery.memory = 1 << 20;
        house.stop();
        house.open();
        ask_for_all(&mut house);
        assert_eq!(self::tally(&house).reads(), 0, "all of it was in memory");
    });
}

#[test]
fn whoever_was_just_sent_a_message_gets_it_again_at_once() {
    let mut house = house(0, 1);
    // Nothing is done for the rewinder but what a request makes it do.
    house.pace = Pace::Prompt;
    house.open();
    house.pace = Pace::Never;
    house.connect_all();
    assert_eq!(flow::work(&mut house, 100), None);
    let next = house.venue.as_ref().expect("it is there").machine().folds.published.count();
    assert!(next > 0 && tally(&house).waiting() > 0, "messages wait in the queue");
    let answer = ask(&mut house, next, 1).expect("it was told before it was asked for");
    assert_eq!(answer.len(), 1);
    assert_eq!(tally(&house).waiting(), 0);
}

/// Rounds in which so many orders of a broker are answered.
fn rounds_of(house: &mut House, orders: usize) -> u64 {
    let (now, begin) = (house.now(), house.rounds);
    for _ in 0..orders {
        house.brokers[0].ask(now, |number| Order::day(b'B', 100, 99_000).message(number));
    }
    let is_answered = |house: &House| house.brokers[0].unanswered.is_empty();
    assert!(house.run_until(Duration::from_secs(5), is_answered));
    house.rounds - begin
}

#[test]
fn while_the_rewinder_is_behind_little_is_taken_in_and_operators_see_it() {
    let mut house = house(0, 8);
    house.open();
    house.connect_all();
    assert!(house.run_until(Duration::from_secs(5), House::is_settled));
    let usual = rounds_of(&mut house, 200);
    let rewinder = house.rewinder.take();
    let load = |house: &House| house.venue.as_ref().expect("it is there").publications().load();
    // Every round with an order leaves a word.
    while load(&house).waiting < load(&house).room / 8 * 7 {
        rounds_of(&mut house, 1);
    }
    let slow = rounds_of(&mut house, 200);
    assert!(usual < 20 && slow >= 200, "{usual} rounds, then {slow}");
    assert!(!house.venue.as_ref().expect("it is there").publications().is_behind());
    let Answer::Status(status) = house.operate(Request::Status) else { panic!("it is told") };
    let shown = status.queues.iter().find(|queue| queue.name == "publications");
    let shown = shown.map(|queue| (queue.waiting as usize, queue.room as usize));
    assert_eq!(shown, Some((load(&house).waiting, load(&house).room)));
    house.rewinder = rewinder;
    house.run(Duration::from_millis(10));
    assert_eq!((load(&house).waiting, rounds_of(&mut house, 200)), (0, usual));
    check_file(&mut house);
}

#[test]
fn what_cannot_be_answered_is_dropped_and_counted() {
    let mut house = house(0, 2);
    house.config.recovery.allow = Some(vec!["10.0.0.0/8".parse().expect("a network")]);
    house.open();
    house.connect_all();
    assert_eq!(flow::work(&mut house, 100), None);
    flow::settle(&mut house);
    let next = house.venue.as_ref().expect("it is there").machine().folds.published.count() + 1;
    let post = house.post.clone();
    let stranger = SocketAddr::from(([11, 0, 0, 1], 4_000));
    post.put(stranger, &request(SESSION, 1, 1));
    post.put(asker(1), &request("2026112002", 1, 1));
    post.put(asker(1), &request(SESSION, 0, 1));
    post.put(asker(1), &request(SESSION, 1, 0));
    post.put(asker(1), &request(SESSION, 1, END_OF_SESSION));
    post.put(asker(1), &request(SESSION, next, 1));
    post.put(asker(1), &request(SESSION, 1, 1)[..19]);
    post.put(asker(1), &[&request(SESSION, 1, 1)[..], b"x"].concat());
    house.run(Duration::from_millis(10));
    assert_eq!(post.take(), None, "none of it is answered");
    post.set_full(true);
    post.put(asker(1), &request(SESSION, 1, 1));
    house.run(Duration::from_millis(10));
    post.set_full(false);
    let tally = tally(&house);
    for (why, count) in [
        (Dropped::NotAllowed, 1),
        (Dropped::WrongSession, 1),
        (Dropped::BadNumber, 1),
        (Dropped::BadCount, 2),
        (Dropped::Beyond, 1),
        (Dropped::Malformed, 2),
        (Dropped::Unsent, 1),
    ] {
        assert_eq!(tally.dropped(why), count, "{}", why.name());
    }
    assert_eq!((tally.came(), tally.answered(), tally.all_dropped()), (9, 0, 9));
    assert!(ask(&mut house, 1, 5).is_some_and(|answer| answer.len() == 5));
}

#[test]
fn a_request_that_waits_for_the_file_holds_up_no_other() {
    let mut house = house(0, 3);
    house.open();
    publish(&mut house, MANY);
    flow::settle(&mut house);
    check_file(&mut house);
    let last = house.venue.as_ref().expect("it is there").machine().folds.published.count();
    house.post.put(asker(1), &request(SESSION, 1, 1));
    house.post.put(asker(2), &request(SESSION, last, 1));
    let now = house.now();
    house.rewinder.as_mut().expect("it is there").step(now);
    assert_eq!(house.post.take().map(|(to, _)| to), Some(asker(2)), "the one in memory");
    assert_eq!(house.post.take(), None, "the other is being read");
    while house.rewinder.as_mut().expect("it is there").step(now) {}
    assert_eq!(house.post.take().map(|(to, _)| to), Some(asker(1)));
}

#[test]
fn a_start_goes_on_where_the_checkpoint_says_and_makes_the_rest_again() {
    each(2, 2, |seed| {
        let mut house = killed(seed);
        let files = files(&house, SESSION);
        let before = house.disk.bytes(&files.feed);
        assert_eq!(open_and_ask(&mut house), newest(&house));
        assert!(house.disk.bytes(&files.feed).starts_with(&before), "byte for byte");
        // Without checkpoints all of it is made again, with the same bytes.
        house.die(Trouble::Kill);
        for path in house.disk.paths(".checkpoint") {
            house.disk.remove(&path).expect("it is there");
        }
        assert_eq!(open_and_ask(&mut house), None);
        assert!(house.disk.bytes(&files.feed).starts_with(&before), "byte for byte");
    });
}

/// What can happen to a file.
#[derive(Clone, Copy)]
enum Harm {
    Removed,
    /// To so many bytes, or half of what the feed has.
    Cut(u64),
    Damaged(usize),
}

/// Whether it happens to the index, what, and whether a checkpoint can stand on what is left: the
/// index can be made of the file, and of that the checkpoint reads the last blocks.
const HARM: [(bool, Harm, bool); 6] = [
    (true, Harm::Removed, true),
    (false, Harm::Removed, false),
    (true, Harm::Cut(40), true),
    (false, Harm::Cut(u64::MAX), false),
    (true, Harm::Damaged(70), true),
    (false, Harm::Damaged(1), true),
];

#[test]
fn a_file_or_an_index_that_is_gone_cut_or_damaged_is_made_again() {
    each(2, 2, |seed| {
        let mut house = killed(seed);
        let files = files(&house, SESSION);
        // What happens to which of both, and whether a checkpoint can stand on it afterwards.
        for (round, (of_index, what, stands)) in HARM.into_iter().enumerate() {
            let len = house.disk.bytes(&files.feed).len() as u64;
            let checkpoint = newest(&house);
            let path = if of_index { &files.index } else { &files.feed };
            match what {
                Harm::Removed => house.disk.remove(path).expect("it is there"),
                Harm::Cut(to) => change(&house, path, |file| {
                    file.cut(to.min(len / 2)).expect("nothing fails");
                }),
                Harm::Damaged(at) => damage(&house, path, at),
            }
            house.config.journal.checkpoint_every = 500;
            if matches!((of_index, what), (false, Harm::Damaged(_))) {
                // Only who asks for the block finds out.
                assert_eq!(start_and_meet_damage(&mut house), checkpoint);
                continue;
            }
            let from = open_and_ask(&mut house);
            assert_eq!(from.is_some(), stands, "round {round}: from {from:?}");
            // The next checkpoint stands on what is durable.
            publish(&mut house, len + BLOCK as u64);
            flow::settle(&mut house);
            house.die(Trouble::PowerLoss);
            assert!(open_and_ask(&mut house).is_some(), "round {round}");
            house.die(Trouble::Kill);
        }
    });
}

/// Opens and asks for a message in a block that is damaged: it is not served, all others are, and
/// the next start makes the file anew.
fn start_and_meet_damage(house: &mut House) -> Option<CommandNo> {
    house.open();
    let from = from(house);
    flow::settle(house);
    let (messages, _) = told(house, SESSION);
    assert_eq!(ask(house, 1, 1), None, "it is not what was told");
    assert_eq!(ask(house, 2, 1), None, "nor is the rest of the block");
    let last = messages.len() as u64;
    assert_eq!(ask(house, last, 1), Some(vec![(last, messages[last as usize - 1].clone())]));
    let tally = tally(house);
    assert!(tally.damaged() >= 1);
    assert_eq!(tally.dropped(Dropped::Unreadable), 2);
    assert_eq!(house.disk.paths(".itch.damaged").len(), 1);
    house.die(Trouble::Kill);
    assert_eq!(open_and_ask(house), None, "no checkpoint stands on it");
    house.run(Duration::from_secs(1));
    house.die(Trouble::Kill);
    from
}

#[test]
fn a_file_that_cannot_be_written_stops_no_trading() {
    each(4, 4, |seed| {
        let mut house = killed(seed);
        // Nobody else writes or syncs these files.
        house.config.journal.checkpoint_every = 0;
        house.open();
        house.run(Duration::from_secs(1));
        let kind = house.prng.pick(&[ErrorKind::StorageFull, ErrorKind::Other]);
        let done = house.prng.pick(&[Done::Nothing, Done::Part, Done::All]);
        let aim = house.prng.pick(&["itch", "index"]);
        house.disk.plan(aim, 0, Trouble::Fail(kind, done));
        publish(&mut house, 2 * MANY);
        flow::settle(&mut house);
        house.disk.heal();
        let tally = tally(&house);
        assert_eq!(tally.failures(), 1);
        assert!(tally.written() < tally.file_bytes());
        // What is in memory, or was written, is answered; what is lost is dropped.
        let (messages, _) = told(&house, SESSION);
        let (mut answered, mut lost) = (0, 0);
        for number in (1..=messages.len() as u64).step_by(50) {
            house.clock.pass(Duration::from_millis(1));
            match ask(&mut house, number, 1) {
                Some(answer) => {
                    assert_eq!(answer[0].1, messages[number as usize - 1]);
                    answered += 1;
                }
                None => lost += 1,
            }
        }
        assert!(answered > 0 && lost > 0, "{answered} answered, {lost} lost");
        assert_eq!(tally.dropped(Dropped::Unreadable), lost);
        // The next start makes again what is lost, behind the checkpoint that was there before.
        let before = newest(&house);
        let trouble = house.prng.pick(&[Trouble::Kill, Trouble::PowerLoss]);
        house.die(trouble);
        house.config.journal.checkpoint_every = 500;
        assert_eq!(open_and_ask(&mut house), before);
        publish(&mut house, 3 * MANY);
        flow::settle(&mut house);
        assert!(newest(&house) > before, "the next ones are written");
    });
}

/// A few lives, each ended at any change of the feed's files or of the others.
fn lives(seed: u64) {
    let every = [0, 40, 300][(seed % 3) as usize];
    let mut house = house(every, seed);
    house.config.recovery.memory = house.prng.pick(&[1, 1 << 17]);
    for _ in 0..house.prng.between(2, 4) {
        let trouble = house.prng.pick(&[Trouble::PowerLoss, Trouble::Kill]);
        let aim = house.prng.pick(&["rewind", "rewind", ""]);
        let count = house.prng.weighted(&[(1, 12), (4, 200)]);
        let count = house.prng.below(count);
        house.disk.plan(aim, count, trouble);
        start(&mut house);
        let ended = flow::work(&mut house, 300);
        assert!(matches!(ended, None | Some(Ended::Died(_))), "{ended:?}");
        if ended.is_none() {
            house.die(trouble);
        }
        house.disk.heal();
        start(&mut house);
        flow::settle(&mut house);
        check_file(&mut house);
        ask_for_all(&mut house);
        house.die(trouble);
    }
}

#[test]
fn whatever_ends_a_life_the_next_one_has_every_message() {
    each(8, 8, lives);
}

#[test]
fn a_file_that_was_being_made_again_when_the_power_failed_is_not_believed() {
    each(4, 4, |seed| {
        let mut house = killed(seed);
        let files = files(&house, SESSION);
        house.disk.remove(&files.feed).expect("it is there");
        for _ in 0..5 {
            let count = house.prng.below(60);
            house.disk.plan("", count, Trouble::PowerLoss);
            if let Ok(opened) = house.start() {
                opened.unwrap_or_else(|error| panic!("{error}"));
                let ended = flow::work(&mut house, 40);
                assert!(matches!(ended, None | Some(Ended::Died(_))), "{ended:?}");
            }
            house.disk.heal();
            house.die(Trouble::PowerLoss);
        }
        open_and_ask(&mut house);
    });
}

#[test]
fn a_day_that_has_ended_is_answered_until_the_next_begins() {
    let mut house = house(0, 7);
    house.open();
    house.connect_all();
    assert_eq!(flow::work(&mut house, 200), None);
    flow::settle(&mut house);
    let answer = house.operate(Request::EndDay);
    assert!(matches!(answer, Answer::Done { .. }), "{answer:?}");
    house.run(Duration::from_secs(15));
    let (messages, has_ended) = told(&house, SESSION);
    assert!(has_ended, "the day has ended");
    assert_eq!(house.session(), SESSION, "no other has begun");
    assert_eq!(house.disk.bytes(&files(&house, SESSION).feed), as_file(&messages, true));
    ask_for_all(&mut house);
    // Also after another start.
    house.die(Trouble::Kill);
    house.open();
    check_file(&mut house);
    ask_for_all(&mut house);
    // The next one has numbers of its own.
    let answer = house.operate(Request::OpenDay);
    assert!(matches!(answer, Answer::Done { .. }), "{answer:?}");
    house.run(Duration::from_secs(1));
    assert_ne!(house.session(), SESSION);
    house.post.put(asker(1), &request(SESSION, 1, 1));
    house.run(Duration::from_millis(10));
    assert_eq!((house.post.take(), tally(&house).dropped(Dropped::WrongSession)), (None, 1));
    check_file(&mut house);
    ask_for_all(&mut house);
    assert_eq!(house.disk.bytes(&files(&house, SESSION).feed), as_file(&messages, true));
}
