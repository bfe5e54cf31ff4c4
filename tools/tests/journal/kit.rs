//! Journals written record by record, and the command that reads them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};

use matcher::command::{Command, DownCause, SetState};
use matcher::engine::Engine;
use matcher::phase::{Overlay, Phase};
use matcher::settings::{Day, Instrument, Limits, Port};
use protocol_spec::wire::ouch::{Mpid, Symbol};
use protocol_spec::words::{CommandNo, PortId, Price, Time};
use recovery::journal::{Marks, Stamp, Writer};
use serde_json::Value;

use crate::folder::Folder;

/// 2026-11-20 in UTC.
pub(crate) const MIDNIGHT: Time = Time(1_795_132_800_000_000_000);
pub(crate) const SESSION: &str = "2026112001";
pub(crate) const SALT: u64 = 0x5EED;
const SECOND: u64 = 1_000_000_000;
const SEGMENT: usize = 64 * 1024;

/// How `outcry` ended, and what it wrote.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs `outcry journal` with arguments and a folder as the last of them.
pub(crate) fn journal(args: &[&str], folder: &Path) -> Said {
    let mut process = Process::new(env!("CARGO_BIN_EXE_outcry"));
    process.arg("journal").args(args).arg(folder).stdin(Stdio::null());
    let output = process.output().expect("it is built");
    let text = |bytes| String::from_utf8(bytes).expect("it writes text");
    Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

impl Said {
    /// What it wrote, all being well.
    pub(crate) fn fine(self) -> String {
        assert_eq!(self.code, Some(0), "{}{}", self.out, self.err);
        self.out
    }

    /// The JSON objects that it wrote, one a line, all being well.
    pub(crate) fn objects(self) -> Vec<Value> {
        let out = self.fine();
        out.lines().map(|line| serde_json::from_str(line).expect("each line is one")).collect()
    }

    /// That it failed so, with these words.
    pub(crate) fn fails(self, code: i32, words: &[&str]) {
        assert_eq!(self.code, Some(code), "{}{}", self.out, self.err);
        for word in words {
            assert!(self.err.contains(word), "no \"{word}\" in: {}", self.err);
        }
    }
}

/// A journal in the making.
pub(crate) struct Diary {
    writer: Writer,
    /// Segments, full of zeros behind what was written.
    segments: Vec<Vec<u8>>,
    next: CommandNo,
    time: Time,
}

impl Diary {
    /// A journal without a record.
    pub(crate) fn new() -> Self {
        let mut zone = [b' '; 32];
        zone[..3].copy_from_slice(b"UTC");
        let session = SESSION.as_bytes().try_into().expect("ten bytes");
        let rules_version = Engine::RULES_VERSION;
        let marks = Marks { session, unit: 0, zone, rules_version, salt: SALT };
        let writer = Writer::begin(marks, SEGMENT as u64, crc32c::crc32c_append);
        let (next, time) = (CommandNo(1), MIDNIGHT);
        Diary { writer, segments: Vec::new(), next, time }
    }

    /// An open day with AAA and BBB at 10.00 and the ports P1 and P2 of FRM1 and FRM2, six commands
    /// in one batch, at 09:00.
    pub(crate) fn open() -> Self {
        let mut diary = Diary::new();
        diary.at("09:00:00");
        diary.control(&opening(MIDNIGHT), "");
        for symbol in ["AAA", "BBB"] {
            let instrument = Instrument::new(Symbol::new(symbol), Price(100_000));
            diary.control(&Command::SetInstrument(instrument.into()), "");
        }
        for (number, note) in [(1, "P1"), (2, "P2; by alice (uid 7)")] {
            let firm = Mpid::new(&format!("FRM{number}"));
            let port = Port::new(PortId(number), vec![firm]);
            diary.control(&Command::SetPort(port.into()), note);
        }
        diary.control(&Command::SetPhase(Phase::Open), "");
        diary.commit();
        diary
    }

    /// A day with a trade, a replacement, a channel, a reserve and a hidden order, a pause, a mass
    /// cancel and a command that a rule forbids: commands 7 to 18, each in a batch of its own.
    pub(crate) fn busy() -> Self {
        let mut diary = Diary::open();
        diary.one("09:30:00", 1, &enter(1, b'B', 100, "AAA", 100_000, &[]));
        diary.one("09:30:15.5", 2, &enter(1, b'S', 60, "AAA", 100_000, &[]));
        diary.one("09:31:00", 1, &replace(1, 2, 150, 99_900));
        diary.one("09:32:00", 1, &enter(3, b'S', 200, "BBB", 101_000, &[2, 28, 3]));
        diary.one("09:33:00", 2, &cancel(9, 0));
        diary.one("09:34:00", 2, &enter(2, b'S', 500, "BBB", 102_000, &[5, 5, 0, 0, 0, 100]));
        diary.one("09:35:00", 2, &hidden(3, b'S', 50, "AAA", 100_500));
        let overlay = Overlay::Paused;
        let state = SetState { symbol: Some(Symbol::new("AAA")), overlay, reason: *b"NEWS" };
        diary.operator("09:36:00", &Command::SetState(state), "AAA; by alice (uid 7)");
        diary.one("09:37:00", 1, &mass_cancel(4));
        diary.operator("09:38:00", &Command::SetPhase(Phase::Early), "by bob (uid 8)");
        let (port, conn) = (PortId(2), 1);
        diary.operator("09:39:00", &Command::PortUp { port, conn }, "");
        let cause = DownCause::Disconnect;
        diary.operator("09:40:00", &Command::PortDown { port, conn, cause }, "");
        diary
    }

    /// From this time of day on.
    pub(crate) fn at(&mut self, time: &str) {
        let mut parts = time.split(':').map(|part| part.parse::<f64>().expect("a number"));
        let mut part = || parts.next().expect("hours, minutes, seconds");
        let seconds = (part() * 60.0 + part()) * 60.0 + part();
        self.time = Time(MIDNIGHT.0 + (seconds * 10.0) as u64 * (SECOND / 10));
    }

    fn stamp(&mut self) -> Stamp {
        let stamp = Stamp { no: self.next, time: self.time, late: 0 };
        self.next = self.next.next();
        stamp
    }

    pub(crate) fn control(&mut self, command: &Command, note: &str) {
        let stamp = self.stamp();
        self.writer.push_control(stamp, command, note);
    }

    pub(crate) fn message(&mut self, port: u16, bytes: &[u8]) {
        let stamp = self.stamp();
        self.writer.push_message(stamp, PortId(port), bytes);
    }

    /// A broker's message in a batch of its own.
    pub(crate) fn one(&mut self, time: &str, port: u16, bytes: &[u8]) {
        self.at(time);
        self.message(port, bytes);
        self.commit();
    }

    /// A command that no broker sent in a batch of its own.
    pub(crate) fn operator(&mut self, time: &str, command: &Command, note: &str) {
        self.at(time);
        self.control(command, note);
        self.commit();
    }

    /// Writes the batch.
    pub(crate) fn commit(&mut self) {
        let write = self.writer.seal().expect("there is something in it");
        let at = write.segment as usize - 1;
        if self.segments.len() <= at {
            self.segments.resize_with(at + 1, || vec![0; SEGMENT]);
        }
        let offset = usize::try_from(write.offset).expect("a segment is short");
        self.segments[at][offset..offset + write.bytes.len()].copy_from_slice(write.bytes);
        self.writer.written();
    }

    /// Writes the files into a data directory, and says where they are.
    pub(crate) fn save(&self, data: &Path) -> PathBuf {
        let folder = data.join("journal").join(SESSION);
        fs::create_dir_all(&folder).expect("the folder can be made");
        for (number, segment) in (1..).zip(&self.segments) {
            let path = folder.join(format!("{number:08}.segment"));
            fs::write(path, segment).expect("the folder can be written");
        }
        folder
    }

    /// The same into a folder of a test.
    pub(crate) fn saved(&self) -> (Folder, PathBuf) {
        let folder = Folder::new();
        let data = folder.join("data");
        self.save(&data);
        (folder, data)
    }
}

/// The opening of the day whose midnight is this.
pub(crate) fn opening(midnight: Time) -> Command {
    let limits =
        Limits { symbols: 64, ports: 16, live_orders: 65_536, levels: 4_096, ..Limits::default() };
    let session = SESSION.as_bytes().try_into().expect("ten bytes");
    let rules_version = Engine::RULES_VERSION;
    Command::OpenDay(
        Day { session, midnight, seed: 1, limits, rules_version, carried: Vec::new() }.into(),
    )
}

fn padded(text: &str, len: usize) -> Vec<u8> {
    format!("{text:<len$}").into_bytes()
}

/// O, good for the day and displayed; `tags` are elements of the appendage.
pub(crate) fn enter(
    number: u32,
    side: u8,
    quantity: u32,
    symbol: &str,
    price: u64,
    tags: &[u8],
) -> Vec<u8> {
    let length = u16::try_from(tags.len()).expect("it is short");
    [
        b"O".as_slice(),
        &number.to_be_bytes(),
        &[side],
        &quantity.to_be_bytes(),
        &padded(symbol, 8),
        &price.to_be_bytes(),
        b"0YANN",
        &padded(&format!("order{number}"), 14),
        &length.to_be_bytes(),
        tags,
    ]
    .concat()
}

/// The same, not displayed.
pub(crate) fn hidden(number: u32, side: u8, quantity: u32, symbol: &str, price: u64) -> Vec<u8> {
    let mut bytes = enter(number, side, quantity, symbol, price, &[]);
    bytes[27] = b'N';
    bytes
}

/// U.
pub(crate) fn replace(original: u32, number: u32, quantity: u32, price: u64) -> Vec<u8> {
    [
        b"U".as_slice(),
        &original.to_be_bytes(),
        &number.to_be_bytes(),
        &quantity.to_be_bytes(),
        &price.to_be_bytes(),
        b"0YN",
        &padded(&format!("order{number}"), 14),
        &[0, 0],
    ]
    .concat()
}

/// X.
pub(crate) fn cancel(number: u32, quantity: u32) -> Vec<u8> {
    [b"X".as_slice(), &number.to_be_bytes(), &quantity.to_be_bytes()].concat()
}

/// C of all orders.
pub(crate) fn mass_cancel(number: u32) -> Vec<u8> {
    [b"C".as_slice(), &number.to_be_bytes(), &[b' '; 12], &[0, 0]].concat()
}
