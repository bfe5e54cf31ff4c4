//! What was told is never lost, whenever the power fails or the process is killed.

use std::io::ErrorKind;
use std::time::Duration;

use appliance::config::Durability;
use tests::flow::prng::Prng;
use tests::seeds;
use tests::world::crash::Dead;
use tests::world::house::{Ended, House};
use tests::world::platter::{Done, Trouble};
use tests::world::setting::{NOON, three};
use tests::world::streams::Manners;

use crate::flow;

/// A house with brokers whose lines are as bad as chance has it.
fn house(durability: Durability, seed: u64) -> House {
    let mut house = House::new(three(durability), NOON, seed);
    let mut prng = Prng::new(!seed);
    house.config.journal.checkpoint_every = prng.pick(&[0, 1, 40, 300]);
    house.net.set_manners(prng.pick(&[Manners::GOOD, Manners::BAD]));
    house
}

/// Starts until it is open: the start itself may meet the trouble that was planned.
pub(crate) fn start(house: &mut House) {
    loop {
        match house.start() {
            Ok(Ok(())) => return,
            Ok(Err(error)) => panic!("it does not open: {error}"),
            Err(Dead(trouble)) => house.die(trouble),
        }
    }
}

/// A few lives of a venue, each ended by `trouble` at any change of the disk, or between two.
fn lives(durability: Durability, trouble: Trouble, seed: u64) {
    let mut house = house(durability, seed);
    for _ in 0..house.prng.between(2, 5) {
        let session = house.brokers[0].session;
        let planned = house.prng.chance(80);
        if planned {
            let count = house.prng.weighted(&[(1, 12), (4, 300)]);
            let count = house.prng.below(count);
            house.disk.plan("", count, trouble);
        }
        start(&mut house);
        house.check();
        let ended = flow::work(&mut house, 400);
        assert!(matches!(ended, None | Some(Ended::Died(_))), "{ended:?}");
        if ended.is_none() {
            house.die(trouble);
        }
        house.disk.heal();
        start(&mut house);
        house.check();
        if let Some(session) = session {
            assert_eq!(house.session().as_bytes(), session.trimmed(), "the day goes on");
        }
        flow::settle(&mut house);
        assert_eq!(house.session(), "2026112001", "the day goes on");
        house.die(trouble);
    }
}

/// Runs `case` with every seed and says which one it was that failed.
pub(crate) fn each(fixed: u64, fresh: u64, case: impl Fn(u64)) {
    for seed in seeds::list(fixed, fresh) {
        let guard = Named(seed);
        case(seed);
        std::mem::forget(guard);
    }
}

/// Says a seed when a panic passes.
struct Named(u64);

impl Drop for Named {
    fn drop(&mut self) {
        let test = std::thread::current().name().map(str::to_owned).unwrap_or_default();
        eprintln!("once more: {}={} cargo test -p tests -- --exact {test}", seeds::SEED, self.0);
    }
}

#[test]
fn under_disk_nothing_told_is_lost_when_the_power_fails() {
    each(8, 8, |seed| lives(Durability::Disk, Trouble::PowerLoss, seed));
}

#[test]
fn under_disk_nothing_told_is_lost_when_the_process_is_killed() {
    each(4, 4, |seed| lives(Durability::Disk, Trouble::Kill, seed));
}

#[test]
fn under_os_nothing_told_is_lost_when_the_process_is_killed() {
    each(8, 8, |seed| lives(Durability::Os, Trouble::Kill, seed));
}

/// What a life of a venue came to, as far as the next start is concerned.
#[derive(Clone, Copy, PartialEq)]
enum Left {
    Clean,
    Unclean(Durability),
    /// The machine was restarted after a run that may have told what is lost now.
    Lossy,
}

impl Left {
    fn after(self, trouble: Trouble) -> Left {
        match (self, trouble) {
            (Left::Unclean(Durability::Os), Trouble::PowerLoss) => Left::Lossy,
            _ => self,
        }
    }
}

/// A start that may die or fail; whether it opened, and what is left if not.
fn try_start(house: &mut House, left: &mut Left) -> bool {
    let policy = house.config.journal.durability;
    let planned = house.disk.is_planned();
    match house.start() {
        Ok(Ok(())) => return true,
        Ok(Err(error)) => assert!(planned, "nothing is wrong with the disk: {error}"),
        Err(Dead(trouble)) => {
            house.die(trouble);
            *left = left.after(trouble);
        }
    }
    // Nothing was told; a run of this policy may have begun all the same.
    if *left == Left::Clean || *left == Left::Unclean(Durability::Disk) {
        *left = Left::Unclean(Durability::Disk);
        if policy == Durability::Os {
            *left = Left::Unclean(Durability::Os);
        }
    }
    false
}

/// Lives under policies that change, ended by whatever ends lives.
fn anything(seed: u64) {
    let mut house = house(Durability::Disk, seed);
    let (mut left, mut session) = (Left::Clean, String::new());
    if house.prng.chance(50) {
        house.config.journal.segment_bytes = 400 * 1024;
    }
    for _ in 0..house.prng.between(3, 8) {
        house.config.journal.durability = house.prng.pick(&[Durability::Disk, Durability::Os]);
        let kind = house.prng.pick(&[ErrorKind::StorageFull, ErrorKind::Other]);
        let done = house.prng.pick(&[Done::Nothing, Done::Part, Done::All]);
        let trouble =
            house.prng.pick(&[Trouble::PowerLoss, Trouble::Kill, Trouble::Fail(kind, done)]);
        let count = house.prng.weighted(&[(2, 12), (4, 300), (1, 10_000)]);
        let count = house.prng.below(count);
        house.disk.plan("", count, trouble);
        let (was_lossy, mut tries) = (left == Left::Lossy, 1);
        while !try_start(&mut house, &mut left) {
            tries += 1;
        }
        let before = std::mem::replace(&mut session, house.session());
        // A start under the policy `os` that lost its power may have told something, for all that
        // the next one knows.
        match was_lossy {
            true => assert!(session > before, "{session} is not the session {before} any more"),
            false if tries > 1 => assert!(session >= before, "{session}, {before}"),
            false => assert!(before.is_empty() || session == before, "{session}, {before}"),
        }
        house.check();
        left = Left::Unclean(house.config.journal.durability);
        let mut ended = flow::work(&mut house, 300);
        if !house.disk.heal() && ended.is_none() {
            // If it has failed it says so to everybody.
            let until = house.now() + Duration::from_secs(5);
            while ended.is_none() && house.now() < until {
                ended = house.turn();
            }
        }
        match ended {
            Some(Ended::Died(trouble)) => left = left.after(trouble),
            Some(Ended::Itself(_)) => {}
            None if house.prng.chance(50) => {
                flow::settle(&mut house);
                house.stop();
                left = Left::Clean;
            }
            None => {
                let trouble = house.prng.pick(&[Trouble::PowerLoss, Trouble::Kill]);
                house.die(trouble);
                left = left.after(trouble);
            }
        }
        house.leave();
        house.disk.heal();
        if house.prng.chance(30) {
            house.disk.restart_machine();
            left = left.after(Trouble::PowerLoss);
        }
    }
    while !try_start(&mut house, &mut left) {}
    flow::settle(&mut house);
}

#[test]
fn whatever_ends_a_life_the_next_one_knows_what_to_do() {
    each(20, 20, anything);
}
