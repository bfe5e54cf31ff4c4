//! Journals made up at random: all control records, all kinds of messages, and messages that would
//! like to be batches.

use matcher::command::{
    BreakTrade, Command, DownCause, OperatorCancel, Party, SetState, Switchable,
};
use matcher::order::{Owner, Side};
use matcher::phase::{Overlay, Phase};
use matcher::settings::{Carried, Day, Instrument, Limits, Port};
use protocol_spec::wire::ouch::{BrokenReason, ClOrdId, Mpid, Symbol};
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{CommandNo, MatchNo, PortId, Price, Time, UserRefIdx, UserRefNum};
use recovery::journal::{Marks, Stamp, Writer};

use crate::disk::{CHECKSUM, Disk, Entry, Kept, MARKS, What};
use crate::flow::prng::Prng;

/// When the days begin.
const MIDNIGHT: Time = Time(1_795_132_800_000_000_000);
/// Kinds of control records.
pub const CONTROLS: u64 = 12;

/// A journal in the making.
#[derive(Debug)]
pub struct Diary {
    /// What is left to chance.
    pub prng: Prng,
    /// Where it is written to.
    pub disk: Disk,
    /// What writes it.
    pub writer: Writer,
    /// All that was pushed.
    pub entries: Vec<Entry>,
    /// All that was written.
    pub writes: Vec<Kept>,
}

impl Diary {
    /// A new journal in segments of so many bytes.
    #[must_use]
    pub fn new(seed: u64, segment_bytes: usize) -> Self {
        Diary {
            prng: Prng::new(seed),
            disk: Disk::new(segment_bytes),
            writer: Writer::begin(MARKS, segment_bytes as u64, CHECKSUM),
            entries: Vec::new(),
            writes: Vec::new(),
        }
    }

    /// Pushes one record.
    pub fn push(&mut self) {
        let last = self.entries.last().map_or(MIDNIGHT, |entry| entry.stamp.time);
        let time = Time(last.0 + self.prng.below(3));
        let no = CommandNo(self.entries.len() as u64 + 1);
        let late = self.prng.weighted(&[(9, 0), (2, 17), (1, u32::MAX)]);
        // No broker is there before the day is open.
        let what = match self.writes.is_empty() {
            true => What::Control(control(&mut self.prng, 0), String::new()),
            false => what(&mut self.prng),
        };
        let entry = Entry { stamp: Stamp { no, time, late }, what };
        entry.push(&mut self.writer);
        self.entries.push(entry);
    }

    /// Pushes the records of a batch.
    pub fn fill(&mut self) {
        for _ in 0..self.prng.weighted(&[(3, 1), (3, 3), (1, 8)]) {
            self.push();
        }
    }

    /// Writes batches of random sizes.
    pub fn batches(&mut self, count: usize) {
        for _ in 0..count {
            self.fill();
            let kept = self.disk.commit(&mut self.writer);
            self.writes.push(kept);
        }
    }

    /// Fills a batch and gives its write, which is not done.
    ///
    /// # Panics
    /// If there is nothing to write.
    pub fn pending(&mut self) -> Kept {
        self.fill();
        Kept::new(&self.writer.seal().expect("there is something to write"))
    }
}

fn what(prng: &mut Prng) -> What {
    if prng.chance(25) {
        let kind = prng.below(CONTROLS);
        let note = prng.pick(&["", "", "by the operator", "größer als zuvor"]);
        return What::Control(control(prng, kind), note.to_owned());
    }
    let port = PortId(prng.pick(&[1, 2, 300, u16::MAX]));
    let len = prng.weighted(&[(20, 49), (4, 0), (9, 9), (9, 60), (2, 700)]);
    let bytes = match prng.below(8) {
        0 => vec![0; len],
        1 => vec![0xff; len],
        2 => forged(prng),
        _ => (0..len).map(|_| prng.number() as u8).collect(),
    };
    What::Message(port, bytes)
}

/// A batch as somebody would make it who does not know the salt, with a number that may be to come.
///
/// # Panics
/// Never.
#[must_use]
pub fn forged(prng: &mut Prng) -> Vec<u8> {
    let marks = Marks { salt: prng.number(), ..MARKS };
    let mut writer = Writer::begin(marks, 1 << 20, CHECKSUM);
    let mut len = 0;
    for no in 1..=prng.weighted(&[(5, 2), (2, 40)]) {
        if len > 0 {
            assert!(writer.seal().is_some(), "there is something in it");
            writer.written();
        }
        let stamp = Stamp { no: CommandNo(no), time: MIDNIGHT, late: 0 };
        writer.push_message(stamp, PortId(1), &[7; 16]);
        len = writer.len();
    }
    let write = Kept::new(&writer.seal().expect("there is something in it"));
    let mut places = write.bytes.windows(4);
    let start = places.rposition(|bytes| bytes == b"BTCH").expect("a batch has a head");
    write.bytes[start..][..len].to_vec()
}

/// What an account brings along.
fn carried(prng: &mut Prng, symbol: Symbol, firm: Mpid) -> Carried {
    let user = prng.pick(&[Alpha::new("BROKER"), Alpha::new("B1")]);
    Carried { user, firm, symbol, amount: prng.number().cast_signed() }
}

/// A control record of this kind, with all parts drawn.
#[must_use]
pub fn control(prng: &mut Prng, kind: u64) -> Command {
    let port = PortId(prng.pick(&[1, 7, 9_999]));
    let symbol = prng.pick(&[Symbol::new("ABC"), Symbol::new("ZVZZT"), Symbol::BLANK]);
    let firm = prng.pick(&[Mpid::new("FRMA"), Mpid::BLANK]);
    let conn = prng.number();
    match kind {
        0 => Command::OpenDay(Box::new(Day {
            session: MARKS.session,
            midnight: MIDNIGHT,
            seed: prng.number(),
            limits: Limits { symbols: prng.between(0, 70_000), ..Limits::default() },
            rules_version: prng.between(0, 2),
            carried: (0..prng.pick(&[0, 1, 3])).map(|_| carried(prng, symbol, firm)).collect(),
        })),
        1 => {
            let mut instrument = Instrument::new(symbol, Price(prng.between(0, 9_000_000)));
            instrument.round_lots_only = prng.chance(50);
            instrument.initial_state = prng.pick(&Overlay::ALL);
            Command::SetInstrument(Box::new(instrument))
        }
        2 => {
            let firms = vec![firm; prng.place(65)];
            let mut wanted = Port::new(port, firms);
            wanted.max_notional = prng.number();
            wanted.cancel_on_disconnect = prng.chance(50);
            Command::SetPort(Box::new(wanted))
        }
        3 => Command::SetPhase(prng.pick(&Phase::ALL)),
        4 => Command::SetState(SetState {
            symbol: prng.chance(50).then_some(symbol),
            overlay: prng.pick(&Overlay::ALL),
            reason: *b"T1\0 ",
        }),
        5 => Command::PortUp { port, conn },
        6 => Command::PortDown { port, conn, cause: prng.pick(&DownCause::ALL) },
        7 => Command::Tick,
        8 => Command::OperatorCancel(OperatorCancel {
            port: prng.chance(50).then_some(port),
            firm: prng.chance(50).then_some(firm),
            symbol: prng.chance(50).then_some(symbol),
            side: prng.chance(50).then_some(prng.pick(Side::ALL)),
        }),
        9 => {
            let all = [
                Switchable::Port(port),
                Switchable::Firm(firm),
                Switchable::FirmOnPort(port, firm),
            ];
            Command::OperatorSwitch { whom: prng.pick(&all), off: prng.chance(50) }
        }
        10 => {
            let (idx, user_ref) = (UserRefIdx(3), UserRefNum(prng.between(0, u32::MAX)));
            let owner = Owner { port, idx, user_ref };
            let party = Party { owner, cl_ord_id: ClOrdId::new("PARTY") };
            let (match_no, reason) = (MatchNo(prng.number()), BrokenReason::CONSENT);
            let (buyer, seller) = (party, Party { cl_ord_id: ClOrdId::BLANK, ..party });
            Command::BreakTrade(BreakTrade { match_no, symbol, reason, buyer, seller })
        }
        _ => Command::EndOfDay,
    }
}
