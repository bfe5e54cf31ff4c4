//! Messages to decode, and the command that decodes them.

use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use protocol_spec::wire::ouch::{self, Tags};
use protocol_spec::wire::text::{Alpha, Digits, Secret};
use protocol_spec::wire::{Symbol, binary_file, itch, mold, soup};
use protocol_spec::words::{
    FeedNo, Locate, MatchNo, OrderPrice, OrderRef, Price, Shares, Timestamp, UserRefNum,
};
use tools::capture::CaptureTime;
use tools::capture::write::{PcapWriter, Side, TcpConversation};

/// 09:30:00 in nanoseconds since midnight.
pub(crate) const OPEN: u64 = 34_200_000_000_000;
/// 2023-08-22T13:30:00Z.
pub(crate) const CAPTURED: CaptureTime = CaptureTime(1_692_711_000_000_000_000);

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Run {
    /// Lines of the output.
    pub(crate) fn lines(&self) -> Vec<&str> {
        self.out.lines().collect()
    }

    /// Names of the messages shown.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.out.lines().map(|line| line.split_whitespace().nth(4).unwrap_or(line)).collect()
    }
}

/// Runs `outcry decode` with bytes on its standard input.
pub(crate) fn decode_input(args: &[&str], input: &[u8]) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_outcry"))
        .arg("decode")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command is built");
    let mut stdin = child.stdin.take().expect("it is piped");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || match stdin.write_all(&input) {
        Ok(()) => {}
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe),
    });
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("the writer does not panic");
    Run {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).expect("the output is text"),
        err: String::from_utf8(output.stderr).expect("the messages are text"),
    }
}

/// Runs `outcry decode`.
pub(crate) fn decode(args: &[&str]) -> Run {
    decode_input(args, &[])
}

/// Runs `outcry decode` on a file with these bytes.
pub(crate) fn decode_file(name: &str, bytes: &[u8], args: &[&str]) -> Run {
    let file = write_file(name, bytes);
    let mut all = vec![file.to_str().expect("the directory has a plain name")];
    all.extend(args);
    decode(&all)
}

pub(crate) fn write_file(name: &str, bytes: &[u8]) -> PathBuf {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&file, bytes).expect("the directory can be written");
    file
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X} ")).collect()
}

/// Messages as a BinaryFILE without its end mark.
pub(crate) fn records(messages: &[Vec<u8>]) -> Vec<u8> {
    messages.iter().flat_map(|m| [&binary_file::header(m)[..], m].concat()).collect()
}

pub(crate) fn system_event() -> Vec<u8> {
    let event = itch::SystemEvent {
        timestamp: Timestamp(OPEN),
        event: itch::SystemEventCode::START_OF_MARKET_HOURS,
        ..itch::SystemEvent::BLANK
    };
    event.to_bytes().to_vec()
}

pub(crate) fn add(order: u64, locate: u16, stock: &str, at: u64) -> Vec<u8> {
    let add = itch::AddOrder {
        locate: Locate(locate),
        timestamp: Timestamp(OPEN + at),
        order_ref: OrderRef(order),
        side: itch::BuySell::BUY,
        shares: Shares(300),
        stock: Symbol::new(stock),
        price: Price(1_875_000),
        ..itch::AddOrder::BLANK
    };
    add.to_bytes().to_vec()
}

pub(crate) fn executed(order: u64, locate: u16, at: u64) -> Vec<u8> {
    let executed = itch::OrderExecuted {
        locate: Locate(locate),
        timestamp: Timestamp(OPEN + at),
        order_ref: OrderRef(order),
        shares: Shares(100),
        match_no: MatchNo(u64::MAX),
        ..itch::OrderExecuted::BLANK
    };
    executed.to_bytes().to_vec()
}

pub(crate) fn replace(from: u64, to: u64, locate: u16, at: u64) -> Vec<u8> {
    let replace = itch::OrderReplace {
        locate: Locate(locate),
        timestamp: Timestamp(OPEN + at),
        original_ref: OrderRef(from),
        new_ref: OrderRef(to),
        shares: Shares(200),
        price: Price(1_880_000),
        ..itch::OrderReplace::BLANK
    };
    replace.to_bytes().to_vec()
}

pub(crate) fn enter(number: u32, symbol: &str, tags: &Tags) -> Vec<u8> {
    let enter = ouch::EnterOrder {
        user_ref_num: UserRefNum(number),
        side: ouch::Side::BUY,
        quantity: Shares(300),
        symbol: Symbol::new(symbol),
        price: OrderPrice::MARKET_MAX,
        time_in_force: ouch::TimeInForce::DAY,
        display: ouch::Display::VISIBLE,
        capacity: ouch::Capacity::AGENCY,
        iso: ouch::Iso::NO,
        cross_type: ouch::CrossType::CONTINUOUS,
        cl_ord_id: Alpha::new("mine"),
    };
    with_tags(&enter.to_bytes(), tags)
}

pub(crate) fn accepted(number: u32, order: u64, symbol: &str) -> Vec<u8> {
    let accepted = ouch::OrderAccepted {
        timestamp: Timestamp(OPEN + 5),
        user_ref_num: UserRefNum(number),
        side: ouch::Side::BUY,
        quantity: Shares(300),
        symbol: Symbol::new(symbol),
        price: OrderPrice(1_875_000),
        time_in_force: ouch::TimeInForce::DAY,
        display: ouch::Display::VISIBLE,
        order_ref: OrderRef(order),
        capacity: ouch::Capacity::AGENCY,
        iso: ouch::Iso::NO,
        cross_type: ouch::CrossType::CONTINUOUS,
        state: ouch::OrderState::LIVE,
        cl_ord_id: Alpha::new("mine"),
    };
    with_tags(&accepted.to_bytes(), &Tags::NONE)
}

pub(crate) fn canceled(number: u32) -> Vec<u8> {
    let canceled = ouch::Canceled {
        timestamp: Timestamp(OPEN + 6),
        user_ref_num: UserRefNum(number),
        quantity: Shares(300),
        reason: ouch::CancelReason::IMMEDIATE,
    };
    canceled.to_bytes().to_vec()
}

fn with_tags(message: &[u8], tags: &Tags) -> Vec<u8> {
    let mut appendage = [0; Tags::MAX_LEN];
    let length = tags.encode(&mut appendage);
    [message, &appendage[..length]].concat()
}

/// A SoupBinTCP packet that carries something.
pub(crate) fn soup(kind: u8, payload: &[u8]) -> Vec<u8> {
    [&soup::header(kind, payload.len())[..], payload].concat()
}

pub(crate) fn login(password: &str) -> Vec<u8> {
    let login = soup::LoginRequest {
        username: Alpha::new("TRADER"),
        password: Secret::new(password),
        session: Alpha::BLANK,
        number: Digits::new(1),
    };
    login.to_bytes().to_vec()
}

pub(crate) fn login_accepted(number: u64) -> Vec<u8> {
    let accepted = soup::LoginAccepted {
        session: Alpha::right("S1").expect("it fits"),
        number: Digits::new(number),
    };
    accepted.to_bytes().to_vec()
}

/// A MoldUDP64 packet.
pub(crate) fn mold(number: u64, count: u16, messages: &[Vec<u8>]) -> Vec<u8> {
    let header = mold::Header { session: Alpha::new("2026112001"), number: FeedNo(number), count };
    [header.to_bytes().to_vec(), records(messages)].concat()
}

pub(crate) const GROUP: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(233, 1, 2, 3), 26_477);
pub(crate) const FEED: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 1), 5_000);
pub(crate) const CLIENT: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 7), 40_000);
pub(crate) const SERVER: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 1), 9_000);

/// A capture of datagrams to the group.
pub(crate) fn datagrams(payloads: &[Vec<u8>]) -> Vec<u8> {
    let mut writer = PcapWriter::new(Vec::new()).expect("a vector takes everything");
    for payload in payloads {
        writer.udp(CAPTURED, FEED, GROUP, payload).expect("a vector takes everything");
    }
    writer.into_inner()
}

/// A capture of a connection: pieces of bytes, each a segment of its side.
pub(crate) fn connection(pieces: &[(Side, &[u8])]) -> Vec<u8> {
    let mut writer = PcapWriter::new(Vec::new()).expect("a vector takes everything");
    let mut talk = TcpConversation::new(CLIENT, SERVER);
    talk.open(&mut writer, CAPTURED).expect("a vector takes everything");
    for (side, bytes) in pieces {
        talk.send(&mut writer, CAPTURED, *side, bytes).expect("a vector takes everything");
    }
    talk.close(&mut writer, CAPTURED).expect("a vector takes everything");
    writer.into_inner()
}
