//! What is returned of a request's tags: random orders and replacements as bytes, through the
//! checks of form, the engine and the teller, with the elements of both appendages compared.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use matcher::command::Command;
use matcher::engine::{Engine, Step};
use matcher::event::Events;
use matcher::form;
use matcher::phase::Phase;
use matcher::sequence::Sequencer;
use matcher::settings::{Day, Instrument, Limits, Port};
use order_entry::outbound::{Replies, Teller};
use protocol_spec::wire::ouch::{Mpid, Symbol};
use protocol_spec::words::{PortId, Price, Time};
use tests::flow::prng::Prng;
use tests::seeds;

const MIDNIGHT: Time = Time(1_700_000_000_000_000_000);
const PORT: PortId = PortId(1);

/// The tags that the document lists for each message.
const OF_ENTER: &[u8] = &[2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 15, 16, 17, 24, 25, 26, 28, 29, 30];
const OF_REPLACE: &[u8] = &[3, 5, 6, 7, 9, 10, 11, 12, 13, 15, 16, 17, 25, 26, 27, 28, 29, 30];
const OF_ACCEPTED: &[u8] =
    &[2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 24, 25, 28, 29, 30];
const OF_REPLACED: &[u8] = &[2, 3, 5, 6, 12, 15, 16, 17, 18, 28, 29, 30];

/// Elements by tag.
type Elements = BTreeMap<u8, Vec<u8>>;

/// A venue and what it answers to a message.
struct Venue {
    engine: Engine,
    teller: Teller,
    sequencer: Sequencer,
    events: Events,
    replies: Replies,
}

impl Venue {
    fn new() -> Self {
        let mut venue = Venue {
            engine: Engine::new(),
            teller: Teller::new(),
            sequencer: Sequencer::new(MIDNIGHT),
            events: Events::new(),
            replies: Replies::new(),
        };
        let limits = Limits { live_orders: 10_000, levels: 1_000, ..Limits::default() };
        let (session, rules_version) = (*b"2026112001", Engine::RULES_VERSION);
        let day = Day {
            session,
            midnight: MIDNIGHT,
            seed: 1,
            limits,
            rules_version,
            carried: Vec::new(),
        };
        let mut instrument = Instrument::new(Symbol::new("ABC"), Price(100_000));
        instrument.lot.0 = 1;
        let port = Port::new(PORT, vec![Mpid::new("FRM1"), Mpid::new("FRM2")]);
        venue.run(Command::OpenDay(Box::new(day)));
        venue.run(Command::SetInstrument(Box::new(instrument)));
        venue.run(Command::SetPort(Box::new(port)));
        venue.run(Command::SetPhase(Phase::Open));
        venue
    }

    fn send(&mut self, message: &[u8]) -> Vec<Vec<u8>> {
        self.run(form::command(PORT, message).expect("the message is framed"))
    }

    fn run(&mut self, command: Command) -> Vec<Vec<u8>> {
        let command = self.sequencer.stamp(MIDNIGHT, command).expect("the day is young");
        self.teller.begin(&command);
        let step = self.engine.apply(&command, &mut self.events);
        assert_eq!(step, Step::Done, "the books are small");
        let mut all = Vec::new();
        for event in self.events.as_slice() {
            self.teller.tell(&command, event, &mut self.replies);
            all.extend(self.replies.iter().map(|(_, message)| message.to_vec()));
        }
        all
    }
}

/// A value for a tag that most orders may have.
fn value(prng: &mut Prng, tag: u8) -> Vec<u8> {
    let mut pick = |bytes: &[u8]| vec![prng.pick(bytes)];
    match tag {
        2 => prng.pick(&[b"FRM1", b"FRM2", b"    "]).to_vec(),
        3 => prng.weighted(&[(4, 0_u32), (1, 100)]).to_be_bytes().to_vec(),
        4 => pick(b"RN "),
        5 => prng.pick(&[0_u32, 100, 200]).to_be_bytes().to_vec(),
        6 | 10 => vec![b'L'],
        7 | 11 => vec![0; 4],
        9 => vec![0; 8],
        12 => pick(b"NNNP"),
        13 => prng.weighted(&[(3, 0_u32), (1, 50)]).to_be_bytes().to_vec(),
        15 => prng.between(1, 86_399).to_be_bytes().to_vec(),
        16 => pick(b"N "),
        17 => vec![b' '],
        24 => prng.number().to_be_bytes()[..2].to_vec(),
        25 => pick(b"YN"),
        26 => prng.number().to_be_bytes()[..4].to_vec(),
        27 => pick(b"STE"),
        28 => pick(&[0, 1, 1, 2]),
        29 => pick(b"*NYDOW"),
        30 => prng.pick(&[b"**", b"  ", b"g1", b"~!"]).to_vec(),
        _ => unreachable!("no request has tag {tag}"),
    }
}

/// Elements as they are sent, in any order.
fn sent(prng: &mut Prng, listed: &[u8], is_gtt: bool) -> (Elements, Vec<u8>) {
    let percent = prng.pick(&[5, 20, 60]);
    let mut tags: Vec<u8> =
        listed.iter().copied().filter(|tag| *tag != 15 && prng.chance(percent)).collect();
    if is_gtt {
        tags.push(15);
    }
    let (mut elements, mut bytes) = (Elements::new(), Vec::new());
    while !tags.is_empty() {
        let tag = tags.swap_remove(prng.place(tags.len()));
        let value = value(prng, tag);
        bytes.extend_from_slice(&[1 + value.len() as u8, tag]);
        bytes.extend_from_slice(&value);
        elements.insert(tag, value);
    }
    let length = u16::try_from(bytes.len()).expect("an appendage is short");
    (elements, [&length.to_be_bytes()[..], &bytes].concat())
}

/// The elements of a reply whose fixed part has so many bytes; they ascend.
fn returned(message: &[u8], fixed: usize) -> Elements {
    let appendage = &message[fixed..];
    assert_eq!(usize::from(appendage[0]) << 8 | usize::from(appendage[1]), appendage.len() - 2);
    let (mut elements, mut rest) = (Elements::new(), &appendage[2..]);
    while let [size, tag, more @ ..] = rest {
        let (value, others) = more.split_at(usize::from(*size) - 1);
        assert!(elements.keys().all(|before| before < tag), "{message:02x?}");
        elements.insert(*tag, value.to_vec());
        rest = others;
    }
    elements
}

/// The elements that have to be returned.
fn expected(sent: &Elements, listed: &[u8]) -> Elements {
    let is_told = |tag: u8, value: &[u8]| listed.contains(&tag) && (tag != 28 || value[0] > 0);
    let told = sent.iter().filter(|(tag, value)| is_told(**tag, value));
    told.map(|(tag, value)| (*tag, value.clone())).collect()
}

/// Sends orders, each of which may be replaced once; what came back of both kinds is counted.
fn check(prng: &mut Prng, counts: &mut [u32; 2]) {
    let mut venue = Venue::new();
    for number in (1..400_u32).step_by(2) {
        let tif = prng.pick(b"0006");
        let (elements, appendage) = sent(prng, OF_ENTER, tif == b'6');
        let (side, price) = prng.pick(&[(b'B', 90_000_u64), (b'S', 110_000), (b'T', 110_000)]);
        let order = [
            &[b'O'][..],
            &number.to_be_bytes(),
            &[side],
            &500_u32.to_be_bytes(),
            b"ABC     ",
            &price.to_be_bytes(),
            &[tif],
            b"YANN",
            b"an order      ",
            &appendage,
        ];
        let told = venue.send(&order.concat());
        if told[0][0] != b'A' {
            assert_eq!(told[0][0], b'J');
            continue;
        }
        counts[0] += 1;
        assert_eq!(returned(&told[0], 62), expected(&elements, OF_ACCEPTED));
        // The original's channel, else there is nothing to be replaced.
        let channel = elements.get(&28).map_or(0, |value| value[0]);
        let tif = prng.pick(b"0006");
        let (mut elements, mut appendage) = sent(prng, OF_REPLACE, tif == b'6');
        if elements.get(&28).map_or(0, |value| value[0]) != channel {
            elements = Elements::from([(28, vec![channel])]);
            appendage = vec![0, 3, 2, 28, channel];
        }
        let replace = [
            &[b'U'][..],
            &number.to_be_bytes(),
            &(number + 1).to_be_bytes(),
            &400_u32.to_be_bytes(),
            &price.to_be_bytes(),
            &[tif],
            b"YN",
            b"another       ",
            &appendage,
        ];
        let told = venue.send(&replace.concat());
        if told[0][0] == b'U' {
            counts[1] += 1;
            assert_eq!(returned(&told[0], 66), expected(&elements, OF_REPLACED));
        } else {
            assert_eq!(told[0][0], b'C', "the original is killed");
        }
    }
}

#[test]
fn replies_return_the_tags_that_were_sent_and_are_listed() {
    let mut counts = [0; 2];
    for seed in seeds::list(16, 8) {
        let mut prng = Prng::new(seed);
        let outcome = catch_unwind(AssertUnwindSafe(|| check(&mut prng, &mut counts)));
        if let Err(panic) = outcome {
            eprintln!("once more: {}={seed} cargo test -p tests --test reply_tags", seeds::SEED);
            resume_unwind(panic);
        }
        assert!(counts.iter().all(|count| *count > 50), "{counts:?}");
    }
}
