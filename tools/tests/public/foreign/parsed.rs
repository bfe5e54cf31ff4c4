//! Books of what the crate `itchy` reads in messages.

use std::collections::BTreeMap;

use itchy::{Body, MessageStream, Side};

use crate::kit::{Books, Place};

#[derive(Clone, Copy, Debug)]
struct Entry {
    locate: u16,
    buys: bool,
    price: u32,
    shares: u32,
    /// The message that gave it its place.
    since: u64,
}

/// Displayed entries by reference.
#[derive(Debug, Default)]
struct Parsed {
    entries: BTreeMap<u64, Entry>,
    securities: u16,
}

/// The books behind each of these numbers of messages, which ascend.
pub(super) fn books(messages: &[Vec<u8>], marks: &[u64]) -> Vec<Books> {
    let records = messages.iter().flat_map(|message| {
        let length = u16::try_from(message.len()).expect("messages are short");
        [&length.to_be_bytes(), message.as_slice()].concat()
    });
    let file: Vec<u8> = records.collect();
    let (mut parsed, mut shown) = (Parsed::default(), Vec::new());
    let stream = MessageStream::from_reader(file.as_slice());
    let mut count = 0;
    for (number, (message, bytes)) in (1..).zip(stream.zip(messages)) {
        let message = message.unwrap_or_else(|error| panic!("message {number}: {error}"));
        assert_eq!(message.tag, bytes[0], "message {number}");
        parsed.on(number, message.stock_locate, &message.body);
        count = number;
        shown.extend(marks.contains(&number).then(|| parsed.books()));
    }
    assert_eq!(count, messages.len() as u64, "every message is read");
    shown
}

impl Parsed {
    fn on(&mut self, number: u64, locate: u16, body: &Body) {
        match *body {
            Body::StockDirectory(_) => self.securities = self.securities.max(locate),
            Body::AddOrder(ref add) => {
                let buys = matches!(add.side, Side::Buy);
                let (price, shares) = (add.price.raw(), add.shares);
                let entry = Entry { locate, buys, price, shares, since: number };
                let known = self.entries.insert(add.reference, entry);
                assert!(known.is_none(), "message {number} adds what is there");
            }
            Body::OrderExecuted { reference, executed, .. }
            | Body::OrderExecutedWithPrice { reference, executed, .. } => {
                self.lessen(reference, executed);
            }
            Body::OrderCancelled { reference, cancelled } => self.lessen(reference, cancelled),
            Body::DeleteOrder { reference } => {
                self.remove(reference);
            }
            Body::ReplaceOrder(ref replace) => {
                let old = self.remove(replace.old_reference);
                let (price, shares) = (replace.price.raw(), replace.shares);
                let entry = Entry { price, shares, since: number, ..old };
                self.entries.insert(replace.new_reference, entry);
            }
            _ => {}
        }
    }

    fn lessen(&mut self, reference: u64, shares: u32) {
        let entry = self.entries.get_mut(&reference).expect("the order is there");
        entry.shares = entry.shares.checked_sub(shares).expect("it has so many shares");
        if entry.shares == 0 {
            self.remove(reference);
        }
    }

    fn remove(&mut self, reference: u64) -> Entry {
        self.entries.remove(&reference).expect("the order is there")
    }

    fn books(&self) -> Books {
        let side = |locate, buys| -> Vec<Place> {
            let of = |(_, entry): &(&u64, &Entry)| entry.locate == locate && entry.buys == buys;
            let mut entries: Vec<_> = self.entries.iter().filter(of).collect();
            let first = |price: u32| if buys { u32::MAX - price } else { price };
            entries.sort_by_key(|(_, entry)| (first(entry.price), entry.since));
            let place =
                |(of, entry): (&u64, &Entry)| (*of, entry.price.into(), entry.shares.into());
            entries.into_iter().map(place).collect()
        };
        (1..=self.securities).map(|locate| [side(locate, true), side(locate, false)]).collect()
    }
}
