//! Books as a receiver builds them: naively, from the messages alone, and with every check that the
//! rule book gives a receiver.

use std::collections::{BTreeMap, BTreeSet};

use crate::plain::{number, text};

use super::words::{time_of, words};

/// A displayed entry, in the order in which a book lists them.
pub type Place = (u64, u64, u64);

/// What the feed says of a displayed entry.
#[derive(Clone, Copy, Debug)]
struct Entry {
    locate: u64,
    buys: bool,
    price: u64,
    shares: u64,
}

/// A security as the feed tells of it.
#[derive(Debug, Default)]
struct Security {
    name: String,
    /// The letter of the last H.
    state: u8,
    /// By price, first come first: references of displayed buys, and of displayed sells.
    sides: [BTreeMap<u64, Vec<u64>>; 2],
    /// Executions since the last print of a cross: their price, and the sides of each.
    crossing: Vec<(u64, u64, bool)>,
}

/// Everything that the feed has told.
#[derive(Debug, Default)]
pub struct Books {
    securities: Vec<Security>,
    entries: BTreeMap<u64, Entry>,
    /// Every reference of the day, since none is used twice.
    references: BTreeSet<u64>,
    /// The highest number of an execution or a print.
    matches: u64,
    broken: BTreeSet<u64>,
    time: u64,
    /// The stages of the day.
    stages: String,
    /// How many messages there were of each type.
    pub counts: BTreeMap<char, usize>,
}

impl Books {
    /// Nothing was told.
    #[must_use]
    pub fn new() -> Self {
        Books::default()
    }

    /// How many securities there are.
    #[must_use]
    pub fn securities(&self) -> u16 {
        self.securities.len() as u16
    }

    /// The stages that the day has passed.
    #[must_use]
    pub fn stages(&self) -> &str {
        &self.stages
    }

    /// The displayed entries of one side in priority order: reference, price, shares.
    #[must_use]
    pub fn side(&self, locate: u16, buys: bool) -> Vec<Place> {
        let levels = &self.securities[usize::from(locate) - 1].sides[usize::from(!buys)];
        let mut levels: Vec<_> = levels.values().collect();
        if buys {
            levels.reverse();
        }
        let places = levels.into_iter().flatten().map(|&of| {
            let entry = self.entries[&of];
            (of, entry.price, entry.shares)
        });
        places.collect()
    }

    /// The next message.
    ///
    /// # Panics
    /// If it is none, or says what cannot be: a receiver would have a wrong book.
    pub fn on(&mut self, message: &[u8]) {
        let words = words(message);
        let read = |from: usize, len: usize| number(&message[from..from + len]);
        *self.counts.entry(char::from(message[0])).or_default() += 1;
        assert!(time_of(message) >= self.time, "{words}: time never goes back");
        self.time = time_of(message);
        assert_eq!(self.stages.is_empty(), message[0] == b'S' && message[11] == b'O', "{words}");
        assert!(!self.stages.ends_with('C'), "{words}: the day is over");
        let locate = read(1, 2);
        match message[0] {
            b'S' => self.stages.push(char::from(message[11])),
            b'R' => self.list(locate, &text(&message[11..19])),
            b'H' => self.named(locate, &message[11..19], &words).state = message[19],
            b'Y' => {
                let state = self.named(locate, &message[11..19], &words).state;
                assert!(b"HPQT".contains(&state), "{words}: an H comes before it");
            }
            b'A' | b'F' => {
                self.named(locate, &message[24..32], &words);
                let (price, shares) = (read(32, 4), read(20, 4));
                let entry = Entry { locate, buys: message[19] == b'B', price, shares };
                self.add(read(11, 8), entry, &words);
            }
            b'E' => {
                let state = self.named_state(locate);
                assert_eq!(state, b'T', "{words}: nothing is executed in another state (R20)");
                self.matched(read(23, 8), &words);
                self.lessen(locate, read(11, 8), read(19, 4), &words);
            }
            b'C' => {
                assert_ne!(self.named_state(locate), b'T', "{words}: only in an uncross (R76)");
                let entry = self.lessen(locate, read(11, 8), read(19, 4), &words);
                let security = &mut self.securities[locate as usize - 1];
                security.crossing.push((read(32, 4), read(23, 8), entry.buys));
            }
            b'X' => {
                let (of, shares) = (read(11, 8), read(19, 4));
                self.lessen(locate, of, shares, &words);
                assert!(self.entries.contains_key(&of), "{words}: a D says that it is gone");
            }
            b'D' => {
                self.remove(locate, read(11, 8), &words);
            }
            b'U' => {
                let old = self.remove(locate, read(11, 8), &words);
                let entry = Entry { shares: read(27, 4), price: read(31, 4), ..old };
                self.add(read(19, 8), entry, &words);
            }
            b'P' => {
                let state = self.named(locate, &message[24..32], &words).state;
                assert_eq!(state, b'T', "{words}: nothing is executed in another state (R20)");
                self.matched(read(36, 8), &words);
            }
            b'Q' => {
                self.named(locate, &message[19..27], &words);
                self.print(locate, read(11, 8), read(27, 4), read(31, 8), &words);
            }
            _ => {
                let of = read(11, 8);
                assert!((1..=self.matches).contains(&of), "{words}: there was no such trade");
                assert!(self.broken.insert(of), "{words}: a trade is broken once");
            }
        }
        if locate > 0 {
            self.securities[locate as usize - 1].check(&words);
        }
    }

    fn list(&mut self, locate: u64, name: &str) {
        if locate as usize == self.securities.len() + 1 {
            let known = self.securities.iter().any(|security| security.name == name);
            assert!(!known, "{name} has two locates");
            self.securities.push(Security { name: name.to_owned(), ..Security::default() });
        }
        assert_eq!(self.securities[locate as usize - 1].name, name, "locates are dense");
    }

    /// The security of a message that has both its locate and its name.
    fn named(&mut self, locate: u64, name: &[u8], words: &str) -> &mut Security {
        let security = &mut self.securities[locate as usize - 1];
        assert_eq!(security.name, text(name), "{words}");
        security
    }

    fn named_state(&self, locate: u64) -> u8 {
        self.securities[locate as usize - 1].state
    }

    fn matched(&mut self, number: u64, words: &str) {
        assert!(number > self.matches, "{words}: numbers of executions rise");
        self.matches = number;
    }

    fn add(&mut self, of: u64, entry: Entry, words: &str) {
        assert!(of > 0 && of < 1 << 55, "{words}: the reference is a public one (R5)");
        assert!(self.references.insert(of), "{words}: a reference is never used again");
        assert!(entry.shares > 0 && entry.price > 0, "{words}");
        self.entries.insert(of, entry);
        let security = &mut self.securities[entry.locate as usize - 1];
        security.sides[usize::from(!entry.buys)].entry(entry.price).or_default().push(of);
    }

    fn lessen(&mut self, locate: u64, of: u64, shares: u64, words: &str) -> Entry {
        let known = self.entries.get_mut(&of);
        let entry = known.unwrap_or_else(|| panic!("{words}: the reference dangles"));
        assert!(shares > 0 && shares <= entry.shares, "{words}: it has {}", entry.shares);
        entry.shares -= shares;
        let entry = *entry;
        if entry.shares == 0 {
            self.remove(locate, of, words);
        }
        entry
    }

    fn remove(&mut self, locate: u64, of: u64, words: &str) -> Entry {
        let known = self.entries.remove(&of);
        let entry = known.unwrap_or_else(|| panic!("{words}: the reference dangles"));
        assert_eq!(entry.locate, locate, "{words}");
        let side = &mut self.securities[locate as usize - 1].sides[usize::from(!entry.buys)];
        let level = side.get_mut(&entry.price).expect("an entry stands at its price");
        level.retain(|&each| each != of);
        if level.is_empty() {
            side.remove(&entry.price);
        }
        entry
    }

    /// A cross is over: what was executed in it is part of it (R27).
    fn print(&mut self, locate: u64, volume: u64, price: u64, number: u64, words: &str) {
        let security = &mut self.securities[locate as usize - 1];
        let pairs = std::mem::take(&mut security.crossing);
        assert_ne!(security.state, b'T', "{words}: only in an uncross");
        assert_eq!(volume == 0, price == 0, "{words}: no price without a trade (R26)");
        assert!(volume > 0 || pairs.is_empty(), "{words}: pairs were told");
        let mut sides = BTreeSet::new();
        for pair in pairs {
            let (at, of, _) = pair;
            assert!(at == price && of > self.matches && of < number, "{words}: {pair:?}");
            assert!(sides.insert(pair), "{words}: {pair:?} twice");
        }
        self.matched(number, words);
    }
}

impl Security {
    /// Nothing displayed is locked or crossed while the security trades (R61).
    fn check(&self, words: &str) {
        let [buys, sells] = &self.sides;
        let (bid, offer) = (buys.last_key_value(), sells.first_key_value());
        if let (b'T', Some((bid, _)), Some((offer, _))) = (self.state, bid, offer) {
            assert!(bid < offer, "{words}: {} is crossed, {bid} to {offer}", self.name);
        }
    }
}
