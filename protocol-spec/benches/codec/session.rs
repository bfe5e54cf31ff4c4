//! The session machines at full speed: messages into packets and out of them again.

use protocol_spec::session::mold::{Arrival, BuilderConfig, PacketBuilder, PacketReader};
use protocol_spec::session::soup::{Client, ClientConfig, Server, ServerConfig, ServerEvent};
use protocol_spec::wire::binary_file::Records;
use protocol_spec::wire::text::{Alpha, Secret};
use protocol_spec::words::{FeedNo, Moment, SequenceNo};
use std::hint::black_box;
use std::time::Duration;

use crate::itch;
use crate::measure::{Group, Limit, Variant};

const NOW: Moment = Moment(0);
const SESSION: Alpha<10> = Alpha::new("2026112001");
/// How much a socket gives or takes at a time.
const CHUNK: usize = 64 * 1024;

pub(crate) fn groups() -> Vec<Group> {
    let input = itch::mix();
    let messages = Records::new(&input).count();
    vec![
        Group {
            title: "MoldUDP64, the mix into packets and out again",
            messages,
            input: input.clone(),
            variants: vec![
                Variant::new("copied into buffers of a packet", Limit::Yardstick, copied),
                Variant::new("PacketBuilder", Limit::None, built),
                Variant::new("PacketBuilder and PacketReader", Limit::None, built_and_read),
            ],
        },
        Group {
            title: "SoupBinTCP, the mix as unsequenced packets to a server",
            messages,
            input,
            variants: vec![
                Variant::new("copied into a buffer", Limit::Yardstick, copied),
                Variant::new("Client and Server", Limit::None, sent),
            ],
        },
    ]
}

/// Adds up all that a message is known by here: its type and its length.
fn tally(message: &[u8]) -> u64 {
    u64::from(message[0]) + message.len() as u64
}

fn copied(file: &[u8]) -> u64 {
    let (mut s, mut packet) = (0, Vec::with_capacity(1472));
    for message in Records::new(file) {
        if packet.len() + message.len() > 1400 {
            black_box(&packet);
            packet.clear();
        }
        packet.extend_from_slice(message);
        s += tally(message);
    }
    s
}

fn built(file: &[u8]) -> u64 {
    let mut s = 0;
    build(file, |packet| {
        black_box(packet);
    });
    Records::new(file).for_each(|message| s += tally(message));
    s
}

fn built_and_read(file: &[u8]) -> u64 {
    let mut s = 0;
    let mut reader = PacketReader::following(NOW, Duration::from_secs(5), SESSION, FeedNo(1));
    build(file, |packet| match reader.on_packet(NOW, packet) {
        Ok(Arrival::Messages(fresh)) => fresh.for_each(|(_, message)| s += tally(message)),
        other => panic!("packets come in order, not {other:?}"),
    });
    s
}

fn build(file: &[u8], mut each: impl FnMut(&[u8])) {
    let mut builder = PacketBuilder::new(NOW, BuilderConfig::new(SESSION));
    for message in Records::new(file) {
        builder.on_message(NOW, message).expect("packets are taken at once");
        while let Some(packet) = builder.poll_packet() {
            each(packet);
        }
    }
    builder.on_flush(NOW);
    while let Some(packet) = builder.poll_packet() {
        each(packet);
    }
}

fn sent(file: &[u8]) -> u64 {
    let config = ClientConfig::new(Alpha::new("demo1"), Secret::new("secret"));
    let mut client = Client::new(NOW, &ClientConfig { output_bound: CHUNK, ..config });
    let mut server =
        Server::new(NOW, &ServerConfig { max_payload: 2 * 1024, ..ServerConfig::default() });
    let mut s = 0;
    for message in Records::new(file) {
        while client.send(NOW, message).is_err() {
            s += carry(&mut client, &mut server);
        }
    }
    while !client.poll_output().is_empty() {
        s += carry(&mut client, &mut server);
    }
    s
}

/// Hands over what the server has room for, and takes all messages.
fn carry(client: &mut Client, server: &mut Server) -> u64 {
    let count = server.on_bytes(NOW, client.poll_output());
    client.on_written(NOW, count);
    let mut s = 0;
    while let Some(event) = server.poll_event() {
        match event {
            ServerEvent::Message(message) => s += tally(message),
            ServerEvent::Login(_) => server.accept(NOW, &SESSION, SequenceNo(1)),
            ServerEvent::Ended(end) => panic!("{end}"),
        }
    }
    s
}
