//! Checkpoints that are damaged, torn, too new, or stand on replies that are not there: a start
//! goes on from one only if it comes to the same as the journal alone.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use appliance::checkpoints;
use appliance::config::Durability;
use appliance::start::StartError;
use appliance::venue::Outcome;
use appliance::world::{Disk, File, Use};
use protocol_spec::words::{CommandNo, Time};
use tests::world::crash::Dead;
use tests::world::house::{Ended, House};
use tests::world::platter::{Done, Trouble};
use tests::world::setting::{HOUR, NOON, SECOND, three};

use crate::crashes::each;
use crate::flow;

/// A house whose checkpoints are so many commands apart.
fn house(every: u64, seed: u64) -> House {
    let mut house = House::new(three(Durability::Disk), NOON, seed);
    house.config.journal.checkpoint_every = every;
    house.config.journal.segment_bytes = 400 * 1024;
    house
}

/// The commands with which the checkpoints of a session end.
fn all(house: &House, session: &str) -> Vec<CommandNo> {
    let folder = house.folders.journal.join(session);
    checkpoints::list(&house.disk, &folder).expect("a folder can be listed")
}

fn path(house: &House, command: CommandNo) -> PathBuf {
    checkpoints::path(&house.folders.journal.join("2026112001"), command)
}

fn replies(house: &House) -> PathBuf {
    house.folders.replies.join("2026112001.replies")
}

/// The command that the last start went on from.
fn from(house: &House) -> Option<CommandNo> {
    house.venue.as_ref().expect("the process is there").checkpoints().command()
}

/// Changes a byte of a file.
fn damage(house: &House, path: &Path, at: usize) {
    let byte = house.disk.bytes(path)[at] ^ 0x40;
    overwrite(house, path, at, &[byte]);
}

fn overwrite(house: &House, path: &Path, at: usize, bytes: &[u8]) {
    let mut file = house.disk.open(path, Use::Cached).expect("it is there");
    file.write_at(at as u64, bytes).expect("nothing fails");
    file.sync().expect("nothing fails");
}

/// A day with checkpoints and some blocks of replies in the file, killed.
fn killed(every: u64, seed: u64) -> House {
    let mut house = house(every, seed);
    house.open();
    flow::fill(&mut house, 700_000);
    flow::settle(&mut house);
    assert_eq!(all(&house, "2026112001").len(), 2, "two are kept");
    assert!(house.disk.bytes(&replies(&house)).len() > 200_000, "there are replies in the file");
    house.die(Trouble::Kill);
    house
}

/// Opens; everything is as the journal has it, and every broker gets all of the day again. The
/// command of the checkpoint that the start went on from.
fn open_and_tell(house: &mut House) -> Option<CommandNo> {
    house.open();
    let from = from(house);
    house.check();
    // The brokers find out that they were cut off.
    house.run(Duration::from_millis(100));
    for broker in &mut house.brokers {
        broker.from_start = true;
    }
    flow::settle(house);
    from
}

#[test]
fn a_start_goes_on_from_the_newest_checkpoint_and_reads_nothing_before_it() {
    each(2, 2, |seed| {
        let mut house = killed(500, seed);
        let newest = all(&house, "2026112001").pop();
        // Of what is before it nothing is read but that it is there.
        let first = house.folders.journal.join("2026112001/00000001.segment");
        let good = house.disk.bytes(&first)[9_000];
        damage(&house, &first, 9_000);
        house.open();
        assert_eq!(from(&house), newest);
        house.die(Trouble::Kill);
        overwrite(&house, &first, 9_000, &[good]);
        assert_eq!(open_and_tell(&mut house), newest);
        house.die(Trouble::Kill);
        house.disk.remove(&first).expect("it is there");
        let opened = house.start().expect("nothing kills it");
        assert!(matches!(opened, Err(StartError::History(_))), "{opened:?}");
    });
}

#[test]
fn checkpoints_are_of_no_account_where_there_are_to_be_none() {
    let mut house = killed(500, 1);
    house.config.journal.checkpoint_every = 0;
    let kept = all(&house, "2026112001");
    // Those that are there are used all the same.
    assert_eq!(open_and_tell(&mut house), kept.last().copied());
    flow::fill(&mut house, 200_000);
    assert_eq!(all(&house, "2026112001"), kept, "and no more are written");
}

#[test]
fn a_damaged_checkpoint_is_passed_over() {
    each(2, 2, |seed| {
        let mut house = killed(500, seed);
        let kept = all(&house, "2026112001");
        for (at, older) in kept.iter().enumerate().rev() {
            let path = path(&house, *older);
            let bytes = house.disk.bytes(&path).len();
            let place = house.prng.place(bytes);
            damage(&house, &path, place);
            house.config.journal.checkpoint_every = 0;
            let left = at.checked_sub(1).map(|at| kept[at]);
            assert_eq!(open_and_tell(&mut house), left, "those before it are as good");
            house.die(Trouble::Kill);
        }
        // New ones take their place.
        house.config.journal.checkpoint_every = 100;
        open_and_tell(&mut house);
        flow::fill(&mut house, 100_000);
        flow::settle(&mut house);
        let newest = all(&house, "2026112001").pop().expect("there is one");
        assert!(newest > kept[1]);
        house.die(Trouble::PowerLoss);
        assert_eq!(open_and_tell(&mut house), Some(newest));
    });
}

#[test]
fn replies_that_are_missing_or_short_are_made_again() {
    each(2, 2, |seed| {
        let mut house = killed(500, seed);
        let (file, len) = (replies(&house), house.disk.bytes(&replies(&house)).len() as u64);
        let mut cut = house.disk.open(&file, Use::Cached).expect("it is there");
        cut.cut(len / 2).expect("nothing fails");
        house.config.journal.checkpoint_every = 0;
        assert_eq!(open_and_tell(&mut house), None, "both stand on more");
        house.die(Trouble::Kill);
        house.disk.remove(&file).expect("it is there");
        assert_eq!(open_and_tell(&mut house), None);
        house.die(Trouble::Kill);
        // Made again and not synced: what is there is not believed before it is.
        assert_eq!(open_and_tell(&mut house), None);
        house.config.journal.checkpoint_every = 500;
        house.die(Trouble::Kill);
        open_and_tell(&mut house);
        house.die(Trouble::PowerLoss);
        assert!(open_and_tell(&mut house).is_some(), "from the next one on it is");
    });
}

#[test]
fn replies_that_were_being_made_again_when_the_power_failed_are_not_believed() {
    each(4, 6, |seed| {
        let mut house = killed(500, seed);
        house.disk.remove(&replies(&house)).expect("it is there");
        house.config.journal.checkpoint_every = house.prng.pick(&[0, 500]);
        for _ in 0..6 {
            let count = house.prng.below(60);
            house.disk.plan("", count, Trouble::PowerLoss);
            let ended = match house.start() {
                Ok(opened) => {
                    opened.unwrap_or_else(|error| panic!("{error}"));
                    flow::work(&mut house, 40)
                }
                Err(Dead(_)) => None,
            };
            assert!(matches!(ended, None | Some(Ended::Died(_))), "{ended:?}");
            house.disk.heal();
            house.die(Trouble::PowerLoss);
        }
        open_and_tell(&mut house);
    });
}

#[test]
fn a_block_of_replies_that_is_damaged_does_not_keep_the_venue_from_starting() {
    let mut house = killed(500, 3);
    let file = replies(&house);
    damage(&house, &file, 100);
    house.open();
    assert!(from(&house).is_some(), "nobody looked at it yet");
    // The brokers find out that they were cut off.
    house.run(Duration::from_millis(100));
    for broker in &mut house.brokers {
        broker.from_start = true;
    }
    house.connect_all();
    let ended = house.run_to_end(Duration::from_secs(20));
    let Ended::Itself(Outcome::Failed(reason)) = ended else { panic!("{ended:?}") };
    assert!(reason.contains("the next start makes it anew"), "{reason}");
    assert_eq!(house.disk.paths(".damaged").len(), 1);
    assert_eq!(open_and_tell(&mut house), None);
}

#[test]
fn a_checkpoint_that_the_journal_does_not_reach_is_passed_over() {
    let mut house = killed(500, 4);
    // Nobody is there who was told what is lost now.
    house.brokers.clear();
    let kept = all(&house, "2026112001");
    let head = house.disk.bytes(&path(&house, kept[1]));
    let number = |at: usize| {
        let bytes = head[at..at + 8].try_into().expect("eight bytes");
        usize::try_from(u64::from_le_bytes(bytes)).expect("a small file")
    };
    let segment = u32::from_le_bytes(head[12..16].try_into().expect("four bytes"));
    let name = format!("2026112001/{segment:08}.segment");
    let file = house.folders.journal.join(name);
    let len = house.disk.bytes(&file).len();
    overwrite(&house, &file, number(80), &vec![0; len - number(80)]);
    let later = house.folders.journal.join(format!("2026112001/{:08}.segment", segment + 1));
    if house.disk.bytes(&file).len() == len && house.disk.paths("segment").contains(&later) {
        house.disk.remove(&later).expect("it is there");
    }
    house.open();
    house.check();
    assert_eq!(from(&house), Some(kept[0]));
    // It is ahead of the journal, which comes there once more, with other commands.
    house.die(Trouble::Kill);
    house.open();
    house.check();
    assert_eq!(from(&house), Some(kept[0]));
}

#[test]
fn a_crash_while_a_checkpoint_is_written_is_none_of_the_venues_business() {
    for trouble in [Trouble::PowerLoss, Trouble::Kill] {
        for count in 0..14 {
            let mut house = house(60, count);
            house.open();
            flow::work(&mut house, 60);
            house.disk.plan("checkpoint", count, trouble);
            let mut ended = None;
            while ended.is_none() {
                ended = flow::work(&mut house, 1);
            }
            assert_eq!(ended, Some(Ended::Died(trouble)));
            house.disk.heal();
            open_and_tell(&mut house);
            flow::work(&mut house, 60);
            assert_eq!(house.disk.paths("checkpoint.new").len(), 0, "nothing is left of it");
        }
    }
}

#[test]
fn a_checkpoint_that_cannot_be_written_is_tried_again() {
    each(8, 8, |seed| {
        let mut house = house(60, seed);
        house.open();
        flow::work(&mut house, 20);
        let aim = house.prng.pick(&["checkpoint", "replies"]);
        let kind = house.prng.pick(&[ErrorKind::StorageFull, ErrorKind::Other]);
        let done = house.prng.pick(&[Done::Nothing, Done::Part, Done::All]);
        let count = house.prng.below(6);
        house.disk.plan(aim, count, Trouble::Fail(kind, done));
        // A reply that cannot be written is the end of the run; a checkpoint is not.
        let ended = flow::work(&mut house, 400);
        if ended.is_none() && !house.disk.heal() {
            flow::settle(&mut house);
            let venue = house.venue.as_ref().expect("the process is there");
            assert_eq!(venue.checkpoints().failures(), 1);
        }
        assert!(ended.is_none() || aim == "replies", "{ended:?}");
        if ended.is_none() {
            house.die(Trouble::PowerLoss);
        }
        house.disk.heal();
        open_and_tell(&mut house);
        flow::work(&mut house, 200);
        flow::settle(&mut house);
        assert!(!all(&house, "2026112001").is_empty(), "the next ones are written");
    });
}

#[test]
fn a_file_that_is_not_read_whole_is_no_checkpoint() {
    let mut house = killed(500, 5);
    house.disk.read_short(".checkpoint");
    house.open();
    assert_eq!(from(&house), None);
    house.check();
    house.disk.heal();
    flow::settle(&mut house);
}

#[test]
fn every_day_has_checkpoints_of_its_own() {
    each(3, 3, |seed| {
        let mut house =
            House::new(three(Durability::Disk), Time(NOON.0 + 12 * HOUR - SECOND), seed);
        house.config.journal.checkpoint_every = 40;
        house.open();
        flow::work(&mut house, 100);
        let first = all(&house, "2026112001");
        assert!(!first.is_empty());
        if house.prng.chance(50) {
            // Whatever of them is under way when the day rolls.
            let count = house.prng.below(8);
            house.disk.plan("checkpoint", count, Trouble::Kill);
        }
        house.run_or_die(Duration::from_secs(3));
        house.disk.heal();
        if house.venue.is_none() {
            house.open();
            // It may have died before midnight.
            house.run(Duration::from_secs(3));
        }
        flow::settle(&mut house);
        assert_eq!(house.session(), "2026112101");
        flow::work(&mut house, 100);
        flow::settle(&mut house);
        assert!(!all(&house, "2026112101").is_empty(), "the new day has its own");
        house.die(Trouble::PowerLoss);
        let newest = all(&house, "2026112101").pop();
        assert_eq!(open_and_tell(&mut house), newest);
    });
}

#[test]
fn a_slow_follower_writes_late_and_holds_up_nobody() {
    each(2, 2, |seed| {
        let mut house = house(100, seed);
        house.pace = tests::world::house::Pace::OnceIn(house.prng.between(2, 40).into());
        house.open();
        flow::fill(&mut house, 300_000);
        flow::settle(&mut house);
        house.run(Duration::from_secs(60));
        assert!(!all(&house, "2026112001").is_empty());
        house.die(Trouble::PowerLoss);
        house.pace = tests::world::house::Pace::Prompt;
        open_and_tell(&mut house);
    });
}

#[test]
fn sessions_that_are_old_enough_are_removed_when_a_day_begins() {
    let mut house = House::new(three(Durability::Disk), Time(NOON.0), 6);
    house.config.journal.keep_days = 2;
    house.config.journal.checkpoint_every = 20;
    let sessions = |house: &House| {
        let mut names = house.disk.list(&house.folders.journal).expect("it can be listed");
        names.retain(|name| name.len() == 10);
        names
    };
    for day in 0..5 {
        house.clock.set(Time(NOON.0 + day * 24 * HOUR));
        house.open();
        flow::work(&mut house, 60);
        flow::settle(&mut house);
        house.stop();
    }
    assert_eq!(sessions(&house), ["2026112301", "2026112401"]);
    assert!(house.disk.paths("20261122").is_empty(), "neither journal nor replies are left");
    assert!(!house.disk.paths("replies/20261123").is_empty());
    // The last session before a day stays, however long ago it was.
    house.clock.set(Time(NOON.0 + 400 * 24 * HOUR));
    house.open();
    house.run(Duration::from_secs(1));
    assert_eq!(sessions(&house), ["2026112401", "2027122501"]);
}
