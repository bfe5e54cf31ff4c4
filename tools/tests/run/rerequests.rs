//! Messages of the feed asked for again, by UDP, of a venue that runs.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use protocol_spec::wire::binary_file::{Record, split};
use protocol_spec::wire::mold::{Body, END_OF_SESSION, Packet, Request, SessionId};
use protocol_spec::words::FeedNo;

use crate::kit::ouch::{buy, cancel, sell};
use crate::kit::{Broker, Folder, SOON, Setup, Venue, wait_for};

/// How long an answer may take before it is asked for again.
const PATIENCE: Duration = Duration::from_millis(500);

fn setup(more: &str) -> Setup {
    let recovery = format!("rerequest = \"127.0.0.1:0\"\nallow = [\"127.0.0.1\"]\n{more}");
    Setup { recovery, ..Setup::new() }
}

/// Somebody who asks.
struct Asker {
    socket: UdpSocket,
    venue: SocketAddr,
}

impl Asker {
    fn at(venue: &Venue, address: Ipv4Addr) -> Self {
        let socket = UdpSocket::bind((address, 0)).expect("a port is free");
        socket.set_read_timeout(Some(PATIENCE)).expect("it is no zero");
        let venue = venue.told("rerequests on ").parse().expect("an address");
        Asker { socket, venue }
    }

    fn new(venue: &Venue) -> Self {
        Asker::at(venue, Ipv4Addr::LOCALHOST)
    }

    fn send(&self, session: &str, number: u64, count: u16) {
        let (session, number) = (SessionId::new(session), FeedNo(number));
        let mut bytes = [0; Request::LEN];
        Request { session, number, count }.encode(&mut bytes);
        self.send_bytes(&bytes);
    }

    fn send_bytes(&self, bytes: &[u8]) {
        self.socket.send_to(bytes, self.venue).expect("there is room");
    }

    /// The next answer: the number of its first message, and the messages.
    fn answer(&self) -> Option<(u64, Vec<Vec<u8>>)> {
        let mut buffer = [0; 2048];
        let (count, from) = self.socket.recv_from(&mut buffer).ok()?;
        assert_eq!(from, self.venue);
        assert!(count <= 1472, "{count} bytes");
        let packet = Packet::decode(&buffer[..count]).expect("it is a packet");
        let Body::Messages(blocks) = packet.body else { panic!("no messages: {packet:?}") };
        Some((packet.number.0, blocks.map(<[u8]>::to_vec).collect()))
    }

    /// Asks until it is answered.
    fn ask(&self, session: &str, number: u64, count: u16) -> Vec<Vec<u8>> {
        let start = Instant::now();
        loop {
            self.send(session, number, count);
            while let Some((first, messages)) = self.answer() {
                // An answer to what was asked before may come late.
                if first == number {
                    return messages;
                }
            }
            assert!(start.elapsed() < SOON, "no answer to {number}");
        }
    }
}

/// The file of the only session there is, which is made a little after it has begun.
fn feed(data: &Path) -> PathBuf {
    wait_for("the file of the feed", || {
        let names = fs::read_dir(data.join("rewind")).ok()?;
        let mut paths = names.map(|name| name.expect("it can be read").path());
        paths.find(|path| path.extension().is_some_and(|kind| kind == "itch"))
    })
}

fn session(data: &Path) -> String {
    let path = feed(data);
    path.file_stem().expect("it has a name").to_string_lossy().into_owned()
}

/// The whole messages in a file.
fn messages(path: &Path) -> Vec<Vec<u8>> {
    let bytes = fs::read(path).expect("it can be read");
    let (mut rest, mut all) = (&bytes[..], Vec::new());
    while let Record::Message(message, behind) = split(rest) {
        all.push(message.to_vec());
        rest = behind;
    }
    all
}

/// Trades that are told: `count` orders of each side.
fn trade(venue: &Venue, count: u32) {
    let mut p1 = Broker::login_fresh(venue.address(), "P1");
    let mut p2 = Broker::login_fresh(venue.address(), "P2");
    for number in 1..=count {
        p1.send(&sell(number).shares(300).bytes());
        p2.send(&buy(number).shares(100).bytes());
        if number % 3 == 0 {
            p1.send(&cancel(number, 0));
        }
    }
    // Whatever was sent is executed.
    for broker in [&mut p1, &mut p2] {
        assert!(!broker.all_replies().is_empty());
    }
}

/// Asks for every message that is in the file, a second after the last was told.
fn ask_for_all(venue: &Venue, data: &Path, least: usize) -> Vec<Vec<u8>> {
    let path = feed(data);
    let mut known = 0;
    let all = wait_for("a file that grows no more", || {
        let all = messages(&path);
        std::thread::sleep(Duration::from_secs(1));
        let is_all = all.len() == std::mem::replace(&mut known, all.len());
        (is_all && all.len() >= least).then_some(all)
    });
    let (asker, session) = (Asker::new(venue), session(data));
    let mut next = 1;
    while next <= all.len() {
        let answer = asker.ask(&session, next as u64, 30);
        assert!((1..=30).contains(&answer.len()));
        for message in answer {
            assert_eq!(message, all[next - 1], "message {next}");
            next += 1;
        }
    }
    all
}

fn verify(data: &Path) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_outcry"));
    let output = command.args(["journal", "verify"]).arg(data).output().expect("it is built");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("messages are as they should be\n"), "{said}");
}

#[test]
fn every_number_is_answered_also_by_the_process_that_comes_after_a_kill() {
    let (setup, folder) = (setup("memory = \"1MiB\""), Folder::new());
    let data = folder.join("data");
    let venue = Venue::start(&setup, &data);
    trade(&venue, 60);
    let first = ask_for_all(&venue, &data, 100);
    venue.kill();
    verify(&data);
    let venue = Venue::start(&setup, &data);
    let again = ask_for_all(&venue, &data, first.len());
    assert!(again.starts_with(&first), "what was told stays as it was");
    venue.stop();
    verify(&data);
    // Without the file it is made again from the journal.
    let path = feed(&data);
    let before = fs::read(&path).expect("it is there");
    fs::remove_file(&path).expect("it is there");
    let venue = Venue::start(&setup, &data);
    ask_for_all(&venue, &data, again.len());
    assert!(fs::read(&path).expect("it is there").starts_with(&before), "byte for byte");
    venue.stop();
}

#[test]
fn what_is_no_proper_request_or_comes_from_elsewhere_gets_no_answer() {
    let folder = Folder::new();
    let data = folder.join("data");
    let venue = Venue::start(&setup(""), &data);
    trade(&venue, 2);
    let session = session(&data);
    let (asker, elsewhere) = (Asker::new(&venue), Asker::at(&venue, Ipv4Addr::new(127, 0, 0, 2)));
    asker.ask(&session, 1, 1);
    elsewhere.send(&session, 1, 1);
    asker.send("1999010101", 1, 1);
    asker.send(&session, 0, 1);
    asker.send(&session, 1, 0);
    asker.send(&session, 1, END_OF_SESSION);
    asker.send(&session, 1_000_000, 1);
    asker.send(&session, u64::MAX, 1);
    asker.send_bytes(b"");
    asker.send_bytes(&[b'0'; 19]);
    asker.send_bytes(&[b'0'; 21]);
    asker.send_bytes(&[0; 1400]);
    assert_eq!(asker.answer(), None);
    assert_eq!(elsewhere.answer(), None);
    // Nor did any of it do any harm.
    assert_eq!(asker.ask(&session, 2, 3).len(), 3);
    venue.stop();
}

#[test]
fn there_is_a_budget_of_answers_for_all_together() {
    let folder = Folder::new();
    let data = folder.join("data");
    let venue = Venue::start(&setup("rerequests_per_second = 20"), &data);
    trade(&venue, 2);
    let (asker, session) = (Asker::new(&venue), session(&data));
    asker.ask(&session, 1, 1);
    let start = Instant::now();
    for _ in 0..20 {
        asker.send(&session, 1, 1);
    }
    for _ in 0..20 {
        wait_for("an answer", || asker.answer());
    }
    // A bucket holds one packet.
    assert!(start.elapsed() >= Duration::from_millis(900), "{:?}", start.elapsed());
    venue.stop();
}

#[test]
fn an_address_that_is_taken_is_an_error_that_says_what_to_do() {
    let taken = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    let address = taken.local_addr().expect("it is bound");
    let recovery = format!("rerequest = \"{address}\"");
    let folder = Folder::new();
    let exit = Venue::try_start(&Setup { recovery, ..Setup::new() }, &folder.join("data"));
    let exit = exit.expect_err("it cannot be had");
    assert_eq!(exit.code, Some(1));
    for words in [address.to_string().as_str(), "rerequest of [recovery]", "\"\" for none"] {
        assert!(exit.err.contains(words), "{words}: {}", exit.err);
    }
}

#[test]
fn without_an_address_nobody_is_heard_and_the_file_is_kept() {
    let folder = Folder::new();
    let data = folder.join("data");
    let venue = Venue::start(&Setup::new(), &data);
    assert!(!venue.said.iter().any(|line| line.contains("rerequests")), "{:?}", venue.said);
    trade(&venue, 2);
    wait_for("messages in the file", || (messages(&feed(&data)).len() > 8).then_some(()));
    venue.stop();
    verify(&data);
}
