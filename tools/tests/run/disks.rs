//! Journals that are damaged, torn or cut, and disks that are full.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::kit::ouch::{buy, cancel};
use crate::kit::{Broker, Chance, Folder, Login, Packet, Reply, Setup, Venue, unsequenced};

/// The day's folder and its segments, in order.
fn segments(data: &Path) -> (PathBuf, Vec<PathBuf>) {
    let journal = data.join("journal");
    let days = fs::read_dir(&journal).expect("there is a journal");
    let mut days: Vec<_> = days.map(|entry| entry.expect("an entry").path()).collect();
    days.retain(|path| path.is_dir());
    assert_eq!(days.len(), 1, "{days:?}");
    let day = days.pop().expect("there is one");
    let files = fs::read_dir(&day).expect("there is a day");
    let mut files: Vec<_> = files.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|name| name == "segment"));
    files.sort();
    (day, files)
}

/// Where what was written ends: behind its last byte that is not 0.
fn used(path: &Path) -> u64 {
    let bytes = fs::read(path).expect("it can be read");
    bytes.iter().rposition(|&byte| byte != 0).map_or(0, |at| at as u64 + 1)
}

fn overwrite(path: &Path, offset: u64, bytes: &[u8]) {
    let file = OpenOptions::new().write(true).open(path).expect("it is there");
    file.write_all_at(bytes, offset).expect("it can be written");
}

/// A day with some orders of P1, one batch each; it was killed. All its replies.
fn killed_day(setup: &Setup, data: &Path, orders: u32) -> Vec<Reply> {
    let venue = Venue::start(setup, data);
    let mut broker = Broker::login(venue.address(), "P1");
    let mut replies = vec![broker.reply()];
    for n in 1..=orders {
        replies.push(broker.ask(&buy(n).at(90_000).bytes()));
    }
    venue.kill();
    replies
}

fn all_files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect("it is there") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            all.extend(all_files(&path));
        } else {
            let bytes = fs::read(&path).expect("it can be read");
            all.push((path, bytes));
        }
    }
    all.sort();
    all
}

#[test]
fn a_damaged_journal_is_refused_and_left_as_it_is() {
    for durability in ["disk", "os"] {
        let folder = Folder::new();
        let data = folder.join("data");
        let setup = Setup::new().with_durability(durability);
        killed_day(&setup, &data, 30);
        let (day, files) = segments(&data);
        let end = used(&files[0]);
        // The header, its rest, the first batch, and places in the middle.
        let mut chance = Chance(Chance::fresh());
        println!("seed {}", chance.0);
        let middle = (0..6).map(|_| 4096 + chance.below((end - 4096) * 3 / 4));
        for offset in [0, 20, 4096, 4100].into_iter().chain(middle) {
            let mut byte = [0];
            let file = fs::File::open(&files[0]).expect("it is there");
            file.read_exact_at(&mut byte, offset).expect("it can be read");
            overwrite(&files[0], offset, &[byte[0] ^ 0x40]);
            let before = all_files(&day);
            let Err(exit) = Venue::try_start(&setup, &data) else {
                panic!("started with byte {offset} of {} damaged", files[0].display());
            };
            assert_eq!(exit.code, Some(1), "{}", exit.err);
            let name = files[0].to_str().expect("a plain name");
            assert!(exit.err.contains(name), "{}", exit.err);
            assert!(exit.err.contains("is damaged") && exit.err.contains("offset"), "{}", exit.err);
            assert!(all_files(&day) == before, "byte {offset}: it was changed");
            overwrite(&files[0], offset, &byte);
        }
        Venue::start(&setup, &data).stop();
    }
}

#[test]
fn a_segment_that_is_missing_is_named() {
    let folder = Folder::new();
    let data = folder.join("data");
    let setup = Setup::new();
    let venue = Venue::start(&setup, &data);
    let mut broker = Broker::login_fresh(venue.address(), "P1");
    let (day, _) = segments(&data);
    let mut n = 0;
    while !day.join("00000003.segment").exists() {
        let orders: Vec<u8> =
            (n + 1..=n + 1000).flat_map(|n| unsequenced(&buy(n).shares(0).bytes())).collect();
        broker.send_raw(&orders);
        broker.replies(1000);
        n += 1000;
    }
    venue.kill();
    let (_, files) = segments(&data);
    assert!(used(&files[1]) > 0, "the second one is in use");
    let kept = folder.join("kept");
    fs::rename(&files[0], &kept).expect("it can be moved");
    let Err(exit) = Venue::try_start(&setup, &data) else { panic!("it started") };
    assert!(exit.err.contains("00000001.segment is missing"), "{}", exit.err);
    fs::rename(&kept, &files[0]).expect("it can be moved");
    let venue = Venue::start(&setup, &data);
    let mut broker = Broker::login_with(venue.address(), &Login::new("P1").from(u64::from(n) + 1));
    assert_eq!(broker.reply().user_ref(), n);
}

/// What a write that was cut short may leave behind.
#[test]
fn a_torn_end_is_cut_off_and_the_day_goes_on() {
    for durability in ["disk", "os"] {
        let folder = Folder::new();
        let data = folder.join("data");
        let setup = Setup::new().with_durability(durability);
        let mut replies = killed_day(&setup, &data, 10);
        let mut chance = Chance(Chance::fresh());
        println!("seed {}", chance.0);
        for round in 0..4 {
            let (_, files) = segments(&data);
            let end = used(&files[0]);
            let rubbish: Vec<u8> =
                (0..1 + chance.below(10_000)).map(|_| chance.next() as u8).collect();
            overwrite(&files[0], end.next_multiple_of(8), &rubbish);
            let venue = Venue::start(&setup, &data);
            venue.wait_for_words("a torn write is cut off");
            let mut broker = Broker::login(venue.address(), "P1");
            let again = broker.replies(replies.len());
            assert!(again == replies, "round {round}");
            let number = 100 + round;
            let reply = broker.ask(&buy(number).bytes());
            assert_eq!((reply.number, reply.kind()), (replies.len() as u64 + 1, 'A'));
            replies.push(reply);
            venue.kill();
        }
        // The last batch itself: it was told, but only a broken disk loses it.
        let (_, files) = segments(&data);
        let end = used(&files[0]);
        overwrite(&files[0], end - 2, &[0xFF, 0xFF]);
        let venue = Venue::start(&setup, &data);
        venue.wait_for_words("a torn write is cut off");
        let mut broker = Broker::login(venue.address(), "P1");
        assert_eq!(broker.all_replies(), replies[..replies.len() - 1]);
        venue.stop();
    }
}

#[test]
fn a_day_that_was_hardly_begun_is_begun_again() {
    let folder = Folder::new();
    let data = folder.join("data");
    let setup = Setup::new();
    killed_day(&setup, &data, 0);
    let (day, files) = segments(&data);
    let bytes = fs::read(&files[0]).expect("it can be read");
    let end = used(&files[0]) as usize;
    let zeros = vec![0; bytes.len()];
    // Nothing of the first write, its first block, part of its first batch.
    for kept in [0, 10, 4096, 4096 + 100, end.min(4096 + 200)] {
        overwrite(&files[0], 0, &[&bytes[..kept], &zeros[kept..]].concat());
        let venue = Venue::start(&setup, &data);
        let broker = Broker::login_fresh(venue.address(), "P1");
        assert_eq!(day.file_name().and_then(|name| name.to_str()), Some(broker.session.as_str()));
        venue.kill();
        let (_, files) = segments(&data);
        for file in &files[1..] {
            fs::remove_file(file).expect("it is there");
        }
    }
    // No file at all, or only one that was being zeroed.
    fs::remove_file(&files[0]).expect("it is there");
    fs::write(day.join("next.zeroing"), [0; 1000]).expect("it can be written");
    let venue = Venue::start(&setup, &data);
    Broker::login_fresh(venue.address(), "P1");
    venue.stop();
}

/// A disk of a few MiB, until this is dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn new(path: &Path, size: &str) -> Option<Self> {
        fs::create_dir_all(path).expect("the folder can be made");
        let options = format!("size={size}");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(path);
        let Ok(status) = mount.status() else {
            println!("skipped: there is no mount");
            return None;
        };
        if !status.success() {
            println!("skipped: no disk may be mounted here");
            return None;
        }
        Some(SmallDisk(path.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("-l").arg(&self.0).status();
        assert!(unmounted.is_ok_and(|status| status.success()), "it can be unmounted");
    }
}

/// Sends orders until the venue ends it: the replies and the reason.
fn until_closed(broker: &mut Broker) -> (Vec<Reply>, Option<String>) {
    let mut replies = Vec::new();
    for n in (1..).step_by(200) {
        let orders: Vec<u8> =
            (n..n + 200).flat_map(|n| unsequenced(&buy(n).at(90_000).bytes())).collect();
        broker.try_send(&orders);
        for _ in 0..200 {
            match broker.packet() {
                Packet::Message(reply) => replies.push(reply),
                Packet::Text(text) => {
                    assert_eq!(broker.rest().0, []);
                    return (replies, Some(text));
                }
                Packet::Closed | Packet::Torn | Packet::Reset => return (replies, None),
                other => panic!("{other:?}"),
            }
        }
    }
    unreachable!("the disk is full at some time")
}

#[test]
fn a_full_disk_closes_order_entry_and_loses_nothing() {
    for (size, low_disk) in [("3m", "low_disk_warn = 1\nlow_disk_stop = 0"), ("12m", "")] {
        let folder = Folder::new();
        let Some(disk) = SmallDisk::new(&folder.join("disk"), size) else { return };
        let data = disk.0.join("data");
        let file = folder.join("venue.toml");
        let setup = Setup { low_disk, ..Setup::new() };
        let stop = "low_disk_warn = \"6MiB\"\nlow_disk_stop = \"4MiB\"";
        let setup = if low_disk.is_empty() { Setup { low_disk: stop, ..setup } } else { setup };
        fs::write(&file, setup.text()).expect("the folder can be written");
        let start = || {
            let mut command = crate::kit::outcry();
            command.arg("--config").arg(&file).arg("--data").arg(&data);
            Venue::of_command(&mut command).ready()
        };
        let mut venue = start().expect("there is room for a day");
        let mut broker = Broker::login_fresh(venue.address(), "P1");
        let (told, reason) = if low_disk.is_empty() {
            // The disk is looked at once a second.
            let told = vec![broker.ask(&buy(1).bytes())];
            fs::write(disk.0.join("ballast"), vec![1; 8 << 20]).expect("there is room");
            let (_, reason, _) = broker.rest();
            (told, reason)
        } else {
            until_closed(&mut broker)
        };
        let reason = reason.expect("a reason is given");
        assert!(reason.contains("order entry is closed"), "{reason}");
        drop(broker);
        let exit = venue.wait();
        assert_eq!(exit.code, Some(1), "{}", exit.err);
        let words = if low_disk.is_empty() { "below low_disk_stop" } else { "No space left" };
        assert!(exit.err.contains(words), "{}", exit.err);
        assert!(exit.err.lines().last().is_some_and(|line| line.starts_with("error: ")));
        // Room is made, and the day goes on.
        let grow = Command::new("mount").args(["-o", "remount,size=64m"]).arg(&disk.0).status();
        assert!(grow.expect("there is mount").success());
        let venue = start().expect("there is room again");
        let mut broker = Broker::login_with(venue.address(), &Login::new("P1").from(2));
        let again = broker.all_replies();
        assert!(again[..told.len()] == told, "something that was told is lost");
        let next = again.len() as u32 + 1;
        assert_eq!(broker.ask(&buy(next).bytes()).user_ref(), next);
        broker.send(&cancel(1, 0));
        assert_eq!(broker.reply().kind(), 'C');
        venue.stop();
    }
}

#[test]
fn a_disk_that_gets_full_is_warned_of() {
    let folder = Folder::new();
    let low_disk = "low_disk_warn = \"1000000GiB\"\nlow_disk_stop = 0";
    let setup = Setup { low_disk, ..Setup::new() };
    let venue = Venue::start(&setup, &folder.join("data"));
    venue.wait_for_words("the disk gets full");
    let mut broker = Broker::login_fresh(venue.address(), "P1");
    assert_eq!(broker.ask(&buy(1).bytes()).kind(), 'A');
    let low_disk = "low_disk_warn = \"1000000GiB\"\nlow_disk_stop = \"900000GiB\"";
    let setup = Setup { low_disk, ..Setup::new() };
    let Err(exit) = Venue::try_start(&setup, &folder.join("other")) else { panic!("it started") };
    assert_eq!(exit.code, Some(1), "{}", exit.err);
    assert!(exit.err.contains("below low_disk_stop"), "{}", exit.err);
}

#[test]
fn a_journal_under_another_name_is_refused() {
    let folder = Folder::new();
    let data = folder.join("data");
    killed_day(&Setup::new(), &data, 3);
    let (day, _) = segments(&data);
    let name = day.file_name().and_then(|name| name.to_str()).expect("a plain name").to_owned();
    let other = day.with_file_name(name.replace("01", "02"));
    assert_ne!(day, other);
    fs::rename(&day, &other).expect("it can be moved");
    let Err(exit) = Venue::try_start(&Setup::new(), &data) else { panic!("it started") };
    assert_eq!(exit.code, Some(1), "{}", exit.err);
    assert!(exit.err.contains(&format!("the journal of session {name}")), "{}", exit.err);
    fs::rename(&other, &day).expect("it can be moved");
    Venue::start(&Setup::new(), &data).stop();
}
