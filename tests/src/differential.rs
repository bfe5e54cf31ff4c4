//! The same commands through two venues: what each says after every command, and what can be seen
//! of its state, must be the same.

use std::collections::BTreeSet;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use matcher::command::Command;
use matcher::event::Event;
use matcher::sequence::Sequenced;
use matcher::view::Entry;
use protocol_spec::words::{CommandNo, Locate, PortId, UserRefIdx};

use crate::audit::Audit;
use crate::model::Model;
use crate::venue::Venue;

/// A list of commands.
pub type Commands = [Sequenced<Command>];

/// Where two venues differ.
#[derive(Debug)]
pub struct Disagreement {
    /// The place of the command in the list.
    pub at: usize,
    /// What differs.
    pub what: String,
}

/// Runs `commands` through a venue and the model. Events are compared after every command, what can
/// be seen of the state after every `every` commands.
#[must_use]
pub fn compare(commands: &Commands, venue: &mut dyn Venue, every: usize) -> Option<Disagreement> {
    let (mut model, mut seen) = (Model::new(), Seen::default());
    for (at, command) in commands.iter().enumerate() {
        let expected = model.execute(command);
        // A venue that stops at an assertion differs, too.
        let executed = catch_unwind(AssertUnwindSafe(|| venue.execute(command)));
        let what = match executed {
            Ok(events) if events != expected => Some(differing_events(&events, &expected)),
            Ok(_) => {
                let is_due = (at + 1) % every == 0 || at + 1 == commands.len();
                let wrong = seen.note(command, &expected).err();
                match wrong {
                    None if is_due => seen.differing_state(venue, &model),
                    other => other,
                }
            }
            Err(panic) => {
                let text = panic.downcast_ref::<String>().map(String::as_str);
                let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
                Some(format!("the venue panicked: {}", text.unwrap_or("without a word")))
            }
        };
        if let Some(what) = what {
            return Some(Disagreement { at, what });
        }
    }
    None
}

fn differing_events(events: &[Event], expected: &[Event]) -> String {
    let list = |events: &[Event]| -> String {
        events.iter().map(|event| format!("    {event:?}\n")).collect()
    };
    format!("the venue says\n{}the model says\n{}", list(events), list(expected))
}

/// What there is to look at: channels that were used, securities that were listed.
#[derive(Default)]
struct Seen {
    channels: BTreeSet<(PortId, UserRefIdx)>,
    securities: u16,
    audit: Audit,
}

impl Seen {
    fn note(&mut self, command: &Sequenced<Command>, events: &[Event]) -> Result<(), String> {
        let owner = match &command.command {
            Command::Enter(enter) => Some(enter.owner),
            Command::Replace(replace) => Some(replace.owner),
            Command::Refused(refused) => Some(refused.owner),
            Command::MassCancel(mass) => Some(mass.owner),
            Command::Disable(switch) | Command::Enable(switch) => Some(switch.owner),
            _ => None,
        };
        self.channels.extend(owner.map(|owner| (owner.port, owner.idx)));
        let is_new = |event: &&Event| matches!(event, Event::Directory { new: Some(_), .. });
        let listed = events.iter().filter(is_new).count();
        self.securities += u16::try_from(listed).expect("a command lists one security");
        self.audit.read(command, events)
    }

    /// What differs in what can be seen of two states, or is wrong in both.
    fn differing_state(&self, venue: &dyn Venue, model: &Model) -> Option<String> {
        let differs = |what: &str, of: &dyn fmt::Debug, expected: &dyn fmt::Debug| {
            Some(format!("{what}: the venue has\n    {of:?}\nthe model has\n    {expected:?}"))
        };
        let mut all = Vec::new();
        for locate in (1..=self.securities).map(Locate) {
            for buys in [true, false] {
                let (of, expected) = (venue.entries(locate, buys), model.entries(locate, buys));
                if of != expected {
                    return differs("entries", &of, &expected);
                }
                if let Some(wrong) = disordered(&of, buys) {
                    return Some(wrong);
                }
                all.extend(of);
            }
            let (of, expected) = (venue.reference(locate), model.reference(locate));
            if of != expected {
                return differs("reference", &of, &expected);
            }
        }
        if let Err(wrong) = self.audit.compare(&all) {
            return Some(wrong);
        }
        for &(port, idx) in &self.channels {
            let (of, expected) = (venue.last_number(port, idx), model.last_number(port, idx));
            if of != expected {
                return differs("last number", &of, &expected);
            }
        }
        let (of, expected) = (venue.next_due(), model.next_due());
        if of != expected {
            return differs("next due", &of, &expected);
        }
        model.check_soundness().err()
    }
}

/// R44, as far as entries show it.
fn disordered(entries: &[Entry], buys: bool) -> Option<String> {
    let rank = |entry: &Entry| {
        let price = i64::from(entry.price.0);
        (if buys { -price } else { price }, entry.tip.get().is_none())
    };
    let wrong = entries.windows(2).find(|pair| rank(&pair[0]) > rank(&pair[1]));
    if let Some(pair) = wrong {
        return Some(format!("R44: {:?} stands before {:?}", pair[0], pair[1]));
    }
    let stray = entries.iter().find(|entry| {
        let (shares, leaves, total) = (entry.shares, entry.leaves, entry.total);
        entry.side.is_buy() != buys || shares.0 == 0 || shares > leaves || leaves > total
    });
    stray.map(|entry| format!("R44: {entry:?} cannot be"))
}

/// The commands, numbered anew without a gap.
fn renumbered(commands: impl Iterator<Item = Sequenced<Command>>) -> Vec<Sequenced<Command>> {
    (1..).zip(commands).map(|(no, command)| Sequenced { no: CommandNo(no), ..command }).collect()
}

/// How long a search for a shorter list may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A short list that `disagrees` still, made from one that does by leaving out commands.
pub fn shrink(
    commands: &Commands,
    disagrees: impl Fn(&Commands) -> Option<usize>,
) -> Vec<Sequenced<Command>> {
    let mut list = commands.to_vec();
    let begin = Instant::now();
    let mut chunk = list.len();
    while chunk > 0 && begin.elapsed() < PATIENCE {
        // What comes after the first difference does not matter.
        if let Some(at) = disagrees(&list) {
            list.truncate(at + 1);
        }
        let (mut from, before) = (0, list.len());
        while from < list.len() && begin.elapsed() < PATIENCE {
            let to = (from + chunk).min(list.len());
            let shorter = renumbered(list[..from].iter().chain(&list[to..]).cloned());
            if disagrees(&shorter).is_some() {
                list = shorter;
            } else {
                from = to;
            }
        }
        chunk = match list.len() < before {
            true => chunk.min(list.len()),
            false => chunk / 2,
        };
    }
    list
}

/// Runs `commands` through new venues and the model, and if they differ panics with a short list
/// that shows it. `seed` is what the list was made from.
///
/// # Panics
/// If they differ.
pub fn check<V: Venue>(seed: u64, commands: &Commands, every: usize, venue: impl Fn() -> V) {
    let Some(found) = compare(commands, &mut venue(), every) else { return };
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let short = shrink(commands, |list| compare(list, &mut venue(), every).map(|found| found.at));
    std::panic::set_hook(hook);
    let list: String = short
        .iter()
        .map(|command| format!("  {} {} {:?}\n", command.no, command.time.0, command.command))
        .collect();
    let what = compare(&short, &mut venue(), every).map_or(found.what, |found| found.what);
    let test = std::thread::current().name().map(str::to_owned).unwrap_or_default();
    panic!(
        "{} commands, the last of which differs:\n{list}{what}\nonce more: {}={seed} \
         cargo test -p tests -- --exact {test}",
        short.len(),
        crate::seeds::SEED
    );
}
