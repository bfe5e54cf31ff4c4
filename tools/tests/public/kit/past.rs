//! What a venue must have told: its journal, executed again.

use std::path::Path;

use recovery::replay::Machine;
use tools::decode::Progress;
use tools::journal::day::Day;
use tools::journal::error::Halt;
use tools::journal::place::Spot;
use tools::journal::told::{Kept, Told};

use matcher::engine::Engine;
use protocol_spec::words::Locate;

/// A displayed entry: reference, price, shares.
pub(crate) type Place = (u64, u64, u64);

/// The displayed entries of every security, buys and sells, in priority order.
pub(crate) type Books = Vec<[Vec<Place>; 2]>;

/// The public stream of a session, made again.
#[derive(Clone, Debug)]
pub(crate) struct Past {
    pub(crate) session: String,
    /// From number 1 on.
    pub(crate) messages: Vec<Vec<u8>>,
    /// The venue's own books behind so many messages.
    pub(crate) books: Vec<(u64, Books)>,
}

impl Past {
    /// The last session in a data directory, with its books every so many messages and at the end.
    /// The venue may run.
    pub(crate) fn read(data: &Path, every: usize) -> Self {
        Self::of(data, None, every)
    }

    /// The session with this name, or the last one.
    pub(crate) fn of(data: &Path, session: Option<&str>, every: usize) -> Self {
        let spot = Spot::find(data, session).expect("there is a journal");
        let day = Day::open(&spot, Progress::new(false)).expect("it can be read");
        let kept = Kept { replies: None, feed: true, refusals: false };
        let mut machine = Machine::new(Told::new(kept, None));
        let mut past = Past { session: spot.session(), messages: Vec::new(), books: Vec::new() };
        let end = day.visit(|read| {
            for record in read.batch.records() {
                let record = record.map_err(|fault| read.fault(fault))?;
                let command = record.command().map_err(|fault| read.fault(fault))?;
                machine.run(&command, "");
                let told = &mut machine.folds;
                past.messages.extend(told.items().iter().map(|item| told.bytes(item).to_vec()));
                told.clear();
                past.look(&machine.engine, every);
            }
            Ok::<(), Halt>(())
        });
        end.expect("the journal is whole");
        past.look(&machine.engine, 0);
        past
    }

    /// The messages behind so many of them may not be there yet: waits for nobody.
    fn look(&mut self, engine: &Engine, every: usize) {
        let told = self.messages.len() as u64;
        let last = self.books.last().map_or(0, |(number, _)| *number);
        if told > last && told >= last + every as u64 {
            self.books.push((told, books(engine, self.securities())));
        }
    }

    fn securities(&self) -> u16 {
        let listed = self.messages.iter().filter(|message| message[0] == b'R');
        let locates = listed.map(|message| u16::from_be_bytes([message[1], message[2]]));
        locates.max().unwrap_or(0)
    }
}

fn books(engine: &Engine, securities: u16) -> Books {
    let side = |locate, buys| -> Vec<Place> {
        let entries = engine.entries(Locate(locate), buys);
        let displayed = entries.iter().filter_map(|entry| {
            let tip = entry.tip.get()?;
            Some((tip.0, u64::from(entry.price.0), u64::from(entry.shares.0)))
        });
        displayed.collect()
    };
    (1..=securities).map(|locate| [side(locate, true), side(locate, false)]).collect()
}
