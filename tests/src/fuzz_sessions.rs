//! What must hold for the session machines, whatever bytes come and whenever.
//!
//! The data is a list of small steps: bytes that come in pieces, time that passes, bytes that are
//! written, and what the owner wants. The machines must never panic and must end exactly once,
//! and what they write must be whole packets.
#![expect(
    clippy::missing_panics_doc,
    reason = "a body panics whenever what it checks does not hold"
)]

use std::time::Duration;

use protocol_spec::session::mold::{Arrival, BuilderConfig, PacketBuilder, PacketReader};
use protocol_spec::session::soup::{
    Action, Client, ClientConfig, ClientEvent, Server, ServerConfig, ServerEvent,
};
use protocol_spec::wire::mold::{Body, Packet};
use protocol_spec::wire::soup::{Framed, LoginAccepted, LoginRejectReason};
use protocol_spec::wire::text::Digits;
use protocol_spec::words::{FeedNo, Moment, SequenceNo};

use crate::soup_pair::{SESSION, client_config};

/// The steps that are left.
struct Steps<'a>(&'a [u8]);

impl<'a> Steps<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    /// Bytes, as many as the next one says or as are left.
    fn bytes(&mut self) -> &'a [u8] {
        let count = usize::from(self.byte().unwrap_or(0)).min(self.0.len());
        let (bytes, rest) = self.0.split_at(count);
        self.0 = rest;
        bytes
    }

    fn wait(&mut self) -> Duration {
        Duration::from_millis(100 * u64::from(self.byte().unwrap_or(0)))
    }
}

/// What one end has done so far.
#[derive(Default)]
struct Record {
    written: Vec<u8>,
    ended: bool,
    shut: bool,
    closed: bool,
    /// The number of the message told last.
    last: Option<SequenceNo>,
}

impl Record {
    fn end(&mut self) {
        assert!(!self.ended, "a connection ends once");
        self.ended = true;
    }

    fn act(&mut self, action: Action) {
        assert!(!self.closed, "nothing follows a close");
        match action {
            Action::Shutdown => {
                assert!(!self.shut, "a connection is shut once");
                self.shut = true;
            }
            Action::Close => self.closed = true,
        }
    }

    /// The end was told, the connection closed, and what was written is whole packets, unless it
    /// was closed in the middle of one.
    fn check(&self) {
        assert!(self.ended && self.closed);
        let mut rest = self.written.as_slice();
        while !rest.is_empty() {
            let length =
                rest.first_chunk().map(|length| 2 + usize::from(u16::from_be_bytes(*length)));
            let Some((packet, after)) = length.and_then(|length| rest.split_at_checked(length))
            else {
                return assert!(!self.shut, "a connection is shut after whole packets");
            };
            assert!(Framed::decode(packet).is_ok(), "{packet:?}");
            rest = after;
        }
    }
}

/// A SoupBinTCP server.
pub fn soup_server(data: &[u8]) {
    let config = ServerConfig { max_payload: 64, output_bound: 256, ..ServerConfig::default() };
    let (mut steps, mut record, mut now) = (Steps(data), Record::default(), Moment(0));
    let mut server = Server::new(now, &config);
    let login = Client::new(now, &client_config()).poll_output().to_vec();
    let (mut asked, mut answered) = (false, false);
    while let Some(step) = steps.byte() {
        match step % 10 {
            0 | 1 => feed(steps.bytes(), |piece| server.on_bytes(now, piece)),
            2 => feed(&login, |piece| server.on_bytes(now, piece)),
            3 => {
                now = now + steps.wait();
                server.on_timeout(now);
            }
            4 | 5 => {
                let count = server.poll_output().len().min(usize::from(step));
                record.written.extend_from_slice(&server.poll_output()[..count]);
                server.on_written(now, count);
            }
            // A login is answered once, maybe after the connection has ended.
            6 if asked && !answered && step < 30 => {
                server.reject(now, LoginRejectReason::NOT_AUTHORIZED);
                answered = true;
            }
            6 if asked && !answered => {
                server.accept(now, &SESSION, SequenceNo(u64::from(step)));
                answered = true;
            }
            7 if server.next_number().is_some() || !server.is_open() => {
                let room = server.has_room(40);
                assert_eq!(server.send(now, &[step; 40]).is_ok(), room);
            }
            8 if step > 200 => server.finish(now),
            8 if step > 150 => server.dismiss(now, "because"),
            9 if step > 220 => server.on_eof(now),
            9 if step > 200 => server.on_broken(now),
            _ => {}
        }
        // Whoever owns the server may be slow to listen.
        if step % 3 != 0 {
            asked |= listen_to_server(&mut server, &mut record);
        }
        std::iter::from_fn(|| server.poll_action()).for_each(|action| record.act(action));
    }
    // Left alone, every connection comes to its end.
    server.dismiss(now, "the data is over");
    listen_to_server(&mut server, &mut record);
    while let Some(deadline) = server.poll_timeout() {
        server.on_timeout(deadline.max(now));
        std::iter::from_fn(|| server.poll_action()).for_each(|action| record.act(action));
    }
    std::iter::from_fn(|| server.poll_action()).for_each(|action| record.act(action));
    record.check();
}

/// Takes all events; true if a login waits for an answer.
fn listen_to_server(server: &mut Server, record: &mut Record) -> bool {
    let mut asked = false;
    while let Some(event) = server.poll_event() {
        assert!(!record.ended, "nothing follows the end");
        match event {
            ServerEvent::Login(_) => asked = true,
            ServerEvent::Message(message) => assert!(message.len() <= 64),
            ServerEvent::Ended(_) => record.end(),
        }
    }
    asked
}

/// A SoupBinTCP client.
pub fn soup_client(data: &[u8]) {
    let config = ClientConfig { max_payload: 64, output_bound: 256, ..client_config() };
    let (mut steps, mut record, mut now) = (Steps(data), Record::default(), Moment(0));
    let mut client = Client::new(now, &config);
    while let Some(step) = steps.byte() {
        match step % 10 {
            0 | 1 => feed(steps.bytes(), |piece| client.on_bytes(now, piece)),
            2 => {
                // From the first number to the last there is.
                let number = u64::MAX >> (step % 64);
                let number = Digits::new(number);
                let accepted = LoginAccepted { session: SESSION, number }.to_bytes();
                feed(&accepted, |piece| client.on_bytes(now, piece));
            }
            3 => {
                now = now + steps.wait();
                client.on_timeout(now);
            }
            4 | 5 => {
                let count = client.poll_output().len().min(usize::from(step));
                record.written.extend_from_slice(&client.poll_output()[..count]);
                client.on_written(now, count);
            }
            6 | 7 => {
                let room = client.has_room(40);
                assert_eq!(client.send(now, &[step; 40]).is_ok(), room);
            }
            8 if step > 200 => client.log_out(now),
            8 if step > 150 => client.dismiss(now, "because"),
            9 if step > 220 => client.on_eof(now),
            9 if step > 200 => client.on_broken(now),
            _ => {}
        }
        // Whoever owns the client may be slow to listen.
        if step % 3 != 0 {
            listen_to_client(&mut client, &mut record);
        }
        std::iter::from_fn(|| client.poll_action()).for_each(|action| record.act(action));
    }
    // Left alone, every connection comes to its end.
    client.dismiss(now, "the data is over");
    listen_to_client(&mut client, &mut record);
    while let Some(deadline) = client.poll_timeout() {
        client.on_timeout(deadline.max(now));
        std::iter::from_fn(|| client.poll_action()).for_each(|action| record.act(action));
    }
    std::iter::from_fn(|| client.poll_action()).for_each(|action| record.act(action));
    record.check();
}

/// Takes all events; messages must be numbered without a gap.
fn listen_to_client(client: &mut Client, record: &mut Record) {
    while let Some(event) = client.poll_event() {
        assert!(!record.ended, "nothing follows the end");
        match event {
            ClientEvent::Message(number, message) => {
                assert!(message.len() <= 64);
                assert!(record.last.is_none_or(|last| last.next() == number));
                record.last = Some(number);
            }
            ClientEvent::Ended(_) => record.end(),
            _ => {}
        }
    }
}

/// Hands `bytes` over as long as some are taken.
fn feed(mut bytes: &[u8], mut take: impl FnMut(&[u8]) -> usize) {
    while !bytes.is_empty() {
        let taken = take(bytes);
        if taken == 0 {
            return;
        }
        bytes = &bytes[taken..];
    }
}

/// A MoldUDP64 builder, and a reader that gets its packets late, twice, damaged or not at all.
pub fn mold_session(data: &[u8]) {
    const SILENCE: Duration = Duration::from_secs(5);
    let config = BuilderConfig { payload_max: 100, bound: 300, ..BuilderConfig::new(SESSION) };
    let (mut steps, mut now) = (Steps(data), Moment(0));
    let mut builder = PacketBuilder::new(now, config);
    let mut reader = PacketReader::following(now, SILENCE, SESSION, FeedNo(1));
    let (mut sent, mut told, mut messages) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(step) = steps.byte() {
        match step % 8 {
            0..3 => {
                let message = steps.bytes();
                if let Ok(number) = builder.on_message(now, message) {
                    messages.push(message.to_vec());
                    assert_eq!(number, FeedNo(messages.len() as u64));
                }
            }
            3 => builder.on_flush(now),
            4 => {
                now = now + steps.wait();
                builder.on_timeout(now);
            }
            5 => sent.extend(builder.poll_packet().map(<[u8]>::to_vec)),
            6 if step > 240 => builder.on_end(now),
            7 => {
                // A damaged packet may be anything, so what it brings is not looked at.
                let mut packet: Vec<u8> = sent.last().cloned().unwrap_or_default();
                packet.extend_from_slice(steps.bytes());
                let mut other = PacketReader::joining(now, SILENCE);
                if let Ok(Arrival::Messages(fresh)) = other.on_packet(now, &packet) {
                    assert_eq!(
                        fresh.count() as u64,
                        other.next_number().map_or(0, |n| n.0) - number(&packet)
                    );
                }
            }
            _ => {
                let index = usize::from(step) % sent.len().max(1);
                if let Some(packet) = sent.get(index) {
                    take(&mut reader, now, packet, &mut told);
                }
            }
        }
    }
    builder.on_flush(now);
    sent.extend(std::iter::from_fn(|| builder.poll_packet().map(<[u8]>::to_vec)));
    for packet in &sent {
        take(&mut reader, now, packet, &mut told);
    }
    assert_eq!(told, messages);
}

/// The number in the header of a packet that was read.
fn number(packet: &[u8]) -> u64 {
    Packet::decode(packet).expect("it was read").number.0
}

/// Gives a packet to the reader; a gap is told exactly if the packet is ahead.
fn take(reader: &mut PacketReader, now: Moment, packet: &[u8], told: &mut Vec<Vec<u8>>) {
    let decoded = Packet::decode(packet).expect("what was built can be read");
    let next = reader.next_number().expect("it follows");
    match reader.on_packet(now, packet).expect("it is of the session") {
        Arrival::Gap(gap) => assert_eq!((gap.first, gap.end), (next, decoded.number)),
        Arrival::Messages(fresh) => {
            for (number, message) in fresh {
                assert_eq!(number, FeedNo(told.len() as u64 + 1));
                told.push(message.to_vec());
            }
        }
        Arrival::Nothing => assert!(decoded.number <= next),
        Arrival::EndOfSession => assert_eq!(decoded.body, Body::EndOfSession),
    }
}
