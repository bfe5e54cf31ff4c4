//! A capture with every example message, as the venue's traffic would carry it.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};

use protocol_spec::session::mold::{BuilderConfig, PacketBuilder};
use protocol_spec::session::soup::{Client, ClientConfig, Server, ServerConfig};
use protocol_spec::wire::glimpse;
use protocol_spec::wire::mold::{Request, SessionId};
use protocol_spec::wire::text::{Alpha, Secret};
use protocol_spec::words::{FeedNo, Moment, SequenceNo};

use super::protocol::Direction;
use super::vector::{self, Vector};
use crate::capture::CaptureTime;
use crate::capture::write::{PcapWriter, Side, TcpConversation};

const SESSION: SessionId = Alpha::new("2025111801");
/// The venue, the group that its feed goes to, and a client.
const VENUE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 1);
const GROUP: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(239, 192, 26, 1), 26401);
const CLIENT: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
/// 2025-11-18, 09:30 in New York.
const START: CaptureTime = CaptureTime(1_763_476_200_000_000_000);
const NOW: Moment = Moment(0);

/// A capture being made up, a millisecond from step to step.
struct Sample {
    writer: PcapWriter<Vec<u8>>,
    time: CaptureTime,
}

/// The capture: feed, rerequest, order entry, replay and snapshot on their own ports.
///
/// # Errors
/// If a message were too long for a packet, which none is.
pub fn capture() -> io::Result<Vec<u8>> {
    let vectors = vector::all();
    let of = |protocol, direction| -> Vec<&Vector> {
        let is_of = |v: &&Vector| v.protocol == protocol && v.direction == direction;
        vectors.iter().filter(is_of).collect()
    };
    let feed = of("itch", None);
    let told = glimpse::FEED_TYPES.iter();
    let snapshot: Vec<&Vector> = told
        .flat_map(|kind| feed.iter().copied().filter(|vector| vector.bytes[0] == *kind))
        .chain(of("glimpse", None))
        .collect();
    let (asked, answered) =
        (of("ouch", Some(Direction::Inbound)), of("ouch", Some(Direction::Outbound)));
    let mut sample = Sample { writer: PcapWriter::new(Vec::new())?, time: START };
    sample.feed(&feed)?;
    sample.connection(9001, &asked, &answered)?;
    sample.connection(26411, &[], &feed)?;
    sample.connection(26412, &[], &snapshot)?;
    Ok(sample.writer.into_inner())
}

impl Sample {
    fn step(&mut self) -> CaptureTime {
        self.time.0 += 1_000_000;
        self.time
    }

    /// The feed from its first message to its end, and one packet asked for again.
    fn feed(&mut self, messages: &[&Vector]) -> io::Result<()> {
        let source = SocketAddrV4::new(VENUE, 26400);
        let (asker, server) = (SocketAddrV4::new(CLIENT, 5000), SocketAddrV4::new(VENUE, 26410));
        let mut builder = PacketBuilder::new(NOW, BuilderConfig::new(SESSION));
        for (place, message) in (1..).zip(messages) {
            builder.on_message(NOW, &message.bytes).map_err(io::Error::other)?;
            // Packets of one, two, three .. messages.
            if (1..10).any(|count| count * (count + 1) / 2 == place) {
                builder.on_flush(NOW);
            }
        }
        builder.on_flush(NOW);
        let heartbeat = builder.poll_timeout().unwrap_or(NOW);
        builder.on_timeout(heartbeat);
        builder.on_end(heartbeat);
        let mut again = None;
        while let Some(packet) = builder.poll_packet() {
            let packet = packet.to_vec();
            let time = self.step();
            self.writer.udp(time, source, GROUP, &packet)?;
            again.get_or_insert(packet);
        }
        let request = Request { session: SESSION, number: FeedNo(1), count: 1 }.to_bytes();
        let time = self.step();
        self.writer.udp(time, asker, server, &request)?;
        let time = self.step();
        self.writer.udp(time, server, asker, &again.unwrap_or_default())
    }

    /// A connection from login to end: what the client asks, and what the server tells.
    fn connection(&mut self, port: u16, asks: &[&Vector], tells: &[&Vector]) -> io::Result<()> {
        let (client, server) = (SocketAddrV4::new(CLIENT, 40_000), SocketAddrV4::new(VENUE, port));
        let mut tcp = TcpConversation::new(client, server);
        let time = self.step();
        tcp.open(&mut self.writer, time)?;
        let config = ClientConfig::new(Alpha::new("demo1"), Secret::new("secret"));
        let mut client = Client::new(NOW, &config);
        let mut server = Server::new(NOW, &ServerConfig::default());
        let login = client.poll_output().to_vec();
        client.on_written(NOW, login.len());
        assert_eq!(server.on_bytes(NOW, &login), login.len());
        assert!(server.poll_event().is_some(), "a login came");
        server.accept(NOW, &SESSION, SequenceNo(1));
        self.say(&mut tcp, Side::Client, &login)?;
        for ask in asks {
            client.send(NOW, &ask.bytes).map_err(io::Error::other)?;
        }
        for (place, tell) in (1..).zip(tells) {
            server.send(NOW, &tell.bytes).map_err(io::Error::other)?;
            if place % 3 == 0 {
                let told = server.poll_output().to_vec();
                server.on_written(NOW, told.len());
                self.say(&mut tcp, Side::Server, &told)?;
            }
        }
        server.finish(NOW);
        self.say(&mut tcp, Side::Client, client.poll_output())?;
        self.say(&mut tcp, Side::Server, server.poll_output())?;
        let time = self.step();
        tcp.close(&mut self.writer, time)
    }

    fn say(&mut self, tcp: &mut TcpConversation, side: Side, bytes: &[u8]) -> io::Result<()> {
        let time = self.step();
        tcp.send(&mut self.writer, time, side, bytes)
    }
}
