//! MoldUDP64 packets built and put in order again, in virtual time.

use std::time::Duration;

use proptest::prelude::*;
use protocol_spec::session::mold::{
    Arrival, BuilderConfig, Gap, PacketBuilder, PacketError, PacketReader, PushError,
};
use protocol_spec::wire::DecodeError;
use protocol_spec::wire::mold::{Body, Packet, SessionId};
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{FeedNo, Moment};

const SECOND: Duration = Duration::from_secs(1);
const NANO: Duration = Duration::from_nanos(1);
const SILENCE: Duration = Duration::from_secs(5);
const SESSION: SessionId = Alpha::new("2026112001");
const START: Moment = Moment(7_000_000_000);

fn builder(payload_max: u16) -> PacketBuilder {
    PacketBuilder::new(START, BuilderConfig { payload_max, ..BuilderConfig::new(SESSION) })
}

fn packets(builder: &mut PacketBuilder) -> Vec<Vec<u8>> {
    std::iter::from_fn(|| builder.poll_packet().map(<[u8]>::to_vec)).collect()
}

/// What a packet says: its number and messages, or `None` for the end of the session.
fn said(packet: &[u8]) -> (u64, Option<Vec<Vec<u8>>>) {
    let packet = Packet::decode(packet).expect("what was built can be read");
    let messages = match packet.body {
        Body::Heartbeat => Some(Vec::new()),
        Body::EndOfSession => None,
        Body::Messages(blocks) => Some(blocks.map(<[u8]>::to_vec).collect()),
    };
    (packet.number.0, messages)
}

#[test]
fn a_packet_is_filled_to_its_last_byte_and_not_beyond() {
    // A header and two blocks of 10 bytes each.
    for (payload_max, per_packet) in [(20 + 24, 2), (20 + 24 - 1, 1), (20 + 36 - 1, 2)] {
        let mut builder = builder(payload_max);
        for n in 1..=6 {
            assert_eq!(builder.on_message(START, &[n; 10]), Ok(FeedNo(n.into())));
        }
        builder.on_flush(START);
        let packets = packets(&mut builder);
        assert_eq!(packets.len(), 6 / per_packet);
        for (i, packet) in packets.iter().enumerate() {
            let first = i * per_packet + 1;
            let messages: Vec<_> = (first..first + per_packet).map(|n| vec![n as u8; 10]).collect();
            assert_eq!(said(packet), (first as u64, Some(messages)));
            assert_eq!(packet.len(), 20 + 12 * per_packet);
        }
    }
}

#[test]
fn nothing_is_told_before_it_is_flushed_except_full_packets() {
    let mut builder = builder(20 + 24);
    for n in 1..=3 {
        builder.on_message(START, &[n; 10]).expect("there is room");
    }
    assert_eq!(packets(&mut builder).len(), 1);
    assert_eq!(builder.poll_timeout(), None, "the open packet is to be flushed");
    assert_eq!(builder.next_number(), FeedNo(4));
    builder.on_flush(START);
    assert_eq!(said(&packets(&mut builder)[0]), (3, Some(vec![vec![3; 10]])));
    builder.on_flush(START);
    assert_eq!(packets(&mut builder), Vec::<Vec<u8>>::new());
}

#[test]
fn a_heartbeat_with_the_next_number_comes_after_each_second_of_silence() {
    let mut builder = builder(1472);
    builder.on_message(START, b"one").expect("there is room");
    let flushed = START + SECOND / 2;
    builder.on_flush(flushed);
    assert_eq!(packets(&mut builder).len(), 1);
    for beat in 1..=10 {
        assert_eq!(builder.poll_timeout(), Some(flushed + beat * SECOND));
        builder.on_timeout(flushed + (beat * SECOND - NANO));
        assert_eq!(packets(&mut builder), Vec::<Vec<u8>>::new());
        builder.on_timeout(flushed + beat * SECOND);
        let packets = packets(&mut builder);
        assert_eq!(packets.iter().map(|p| said(p)).collect::<Vec<_>>(), [(2, Some(vec![]))]);
        assert_eq!(packets[0].len(), 20);
    }
}

#[test]
fn the_end_of_the_session_follows_the_last_message_and_is_repeated_each_second() {
    let mut builder = builder(1472);
    builder.on_message(START, b"last").expect("there is room");
    builder.on_end(START);
    let mut all = packets(&mut builder);
    for beat in 1..=3 {
        builder.on_timeout(START + beat * SECOND);
        all.extend(packets(&mut builder));
    }
    let said: Vec<_> = all.iter().map(|packet| said(packet)).collect();
    let last = (1, Some(vec![b"last".to_vec()]));
    assert_eq!(said, [last, (2, None), (2, None), (2, None), (2, None)]);
    assert_eq!(builder.on_message(START, b"x"), Err(PushError::Over));
}

#[test]
fn a_message_that_fits_no_packet_is_refused_and_takes_no_number() {
    let mut builder = builder(100);
    let error = PushError::TooLong { len: 79, max: 78 };
    assert_eq!(builder.on_message(START, &[0; 79]), Err(error));
    assert_eq!(builder.on_message(START, &[0; 78]), Ok(FeedNo(1)));
}

#[test]
fn packets_that_wait_are_bounded_and_nothing_is_lost_when_they_are_too_many() {
    let config = BuilderConfig { payload_max: 50, bound: 130, ..BuilderConfig::new(SESSION) };
    let mut builder = PacketBuilder::new(START, config);
    let (mut told, mut refused) = (Vec::new(), 0);
    for n in 0..1000u16 {
        while builder.on_message(START, &n.to_be_bytes()).is_err() {
            refused += 1;
            told.extend(packets(&mut builder));
        }
    }
    builder.on_flush(START);
    told.extend(packets(&mut builder));
    let messages: Vec<_> = told.iter().flat_map(|packet| said(packet).1).flatten().collect();
    assert!(refused > 10);
    assert_eq!(messages, (0..1000u16).map(|n| n.to_be_bytes().to_vec()).collect::<Vec<_>>());
}

#[test]
fn an_end_for_which_there_is_no_room_is_told_a_second_later() {
    let config = BuilderConfig { payload_max: 50, bound: 100, ..BuilderConfig::new(SESSION) };
    let mut builder = PacketBuilder::new(START, config);
    while builder.on_message(START, &[7; 20]).is_ok() {}
    let count = builder.next_number().0 - 1;
    builder.on_end(START);
    let mut all = packets(&mut builder);
    builder.on_timeout(START + SECOND);
    all.extend(packets(&mut builder));
    let said: Vec<_> = all.iter().map(|packet| said(packet)).collect();
    let messages: usize = said.iter().filter_map(|(_, told)| Some(told.as_ref()?.len())).sum();
    assert_eq!(messages as u64, count);
    assert_eq!(said.last(), Some(&(count + 1, None)));
}

#[test]
fn a_stream_that_is_polled_in_time_never_finds_the_builder_full() {
    let config = BuilderConfig { payload_max: 50, bound: 100, ..BuilderConfig::new(SESSION) };
    let mut builder = PacketBuilder::new(START, config);
    let mut told = Vec::new();
    for n in 0..500u16 {
        let message = vec![n as u8; usize::from(n) % 29];
        assert_eq!(builder.on_message(START, &message), Ok(FeedNo(u64::from(n) + 1)));
        told.extend(packets(&mut builder).iter().filter_map(|packet| said(packet).1).flatten());
    }
    builder.on_flush(START);
    told.extend(packets(&mut builder).iter().filter_map(|packet| said(packet).1).flatten());
    assert!(
        told.iter().zip(0..).all(|(told, n)| *told == vec![n as u8; usize::from(n as u16) % 29])
    );
    assert_eq!(told.len(), 500);
}

#[test]
fn a_packet_of_the_largest_size_is_filled_even_with_empty_messages() {
    let config =
        BuilderConfig { payload_max: u16::MAX, bound: 1 << 20, ..BuilderConfig::new(SESSION) };
    let mut builder = PacketBuilder::new(START, config);
    for _ in 0..70_000 {
        builder.on_message(START, b"").expect("there is room");
    }
    builder.on_flush(START);
    // 65,535 bytes hold a header and 32,757 empty blocks.
    let counts: Vec<_> = packets(&mut builder)
        .iter()
        .map(|packet| said(packet).1.expect("messages").len())
        .collect();
    assert_eq!(counts, [32_757, 32_757, 4_486]);
}

/// A packet of `messages` numbered from `number`, in the session of these tests.
fn packet(number: u64, messages: &[&[u8]]) -> Vec<u8> {
    let config = BuilderConfig { next: FeedNo(number), ..BuilderConfig::new(SESSION) };
    let mut builder = PacketBuilder::new(START, config);
    for message in messages {
        builder.on_message(START, message).expect("there is room");
    }
    builder.on_flush(START);
    builder.on_timeout(START + if messages.is_empty() { SECOND } else { Duration::ZERO });
    packets(&mut builder).remove(0)
}

fn end_of_session(number: u64) -> Vec<u8> {
    let mut packet = packet(number, &[]);
    packet[18..].copy_from_slice(&[0xFF, 0xFF]);
    packet
}

fn told(arrival: Arrival<'_>) -> Vec<(u64, Vec<u8>)> {
    match arrival {
        Arrival::Messages(fresh) => {
            fresh.map(|(number, message)| (number.0, message.to_vec())).collect()
        }
        other => panic!("messages were expected, not {other:?}"),
    }
}

#[test]
fn a_reader_that_joins_starts_with_the_first_packet_it_sees() {
    let mut reader = PacketReader::joining(START, SILENCE);
    assert_eq!((reader.session(), reader.next_number()), (None, None));
    let arrival = packet(41, &[b"a", b"b"]);
    let arrival = reader.on_packet(START, &arrival).expect("it is a packet");
    assert_eq!(told(arrival), [(41, b"a".to_vec()), (42, b"b".to_vec())]);
    assert_eq!((reader.session(), reader.next_number()), (Some(SESSION), Some(FeedNo(43))));
}

#[test]
fn a_reader_that_joins_may_be_told_where_to_begin() {
    let mut reader = PacketReader::joining(START, SILENCE);
    reader.skip_to(FeedNo(40));
    reader.skip_to(FeedNo(39));
    let first = packet(41, &[b"a"]);
    let gap = Gap { first: FeedNo(40), end: FeedNo(41) };
    assert_eq!(reader.on_packet(START, &first), Ok(Arrival::Gap(gap)));
    let missing = packet(39, &[b"x", b"y"]);
    let arrival = reader.on_packet(START, &missing).expect("it is a packet");
    assert_eq!(told(arrival), [(40, b"y".to_vec())]);
}

#[test]
fn messages_told_before_are_skipped_even_in_the_middle_of_a_packet() {
    let mut reader = PacketReader::following(START, SILENCE, SESSION, FeedNo(3));
    let old = packet(1, &[b"1", b"2"]);
    assert_eq!(reader.on_packet(START, &old), Ok(Arrival::Nothing));
    let both = packet(2, &[b"2", b"3", b"", b"5"]);
    let arrival = reader.on_packet(START, &both).expect("it is a packet");
    assert_eq!(told(arrival), [(3, b"3".to_vec()), (4, b"".to_vec()), (5, b"5".to_vec())]);
    assert_eq!(reader.on_packet(START, &both), Ok(Arrival::Nothing));
}

#[test]
fn every_kind_of_packet_shows_a_gap_and_is_not_taken() {
    let gap = Ok(Arrival::Gap(Gap { first: FeedNo(3), end: FeedNo(5) }));
    for ahead in [packet(5, &[b"5"]), packet(5, &[]), end_of_session(5)] {
        let mut reader = PacketReader::following(START, SILENCE, SESSION, FeedNo(3));
        assert_eq!(reader.on_packet(START, &ahead), gap);
        assert_eq!(reader.next_number(), Some(FeedNo(3)));
        let missing = packet(3, &[b"3", b"4"]);
        let arrival = reader.on_packet(START, &missing).expect("it is a packet");
        assert_eq!(told(arrival).len(), 2);
        assert!(!matches!(reader.on_packet(START, &ahead), Ok(Arrival::Gap(_))));
    }
    let mut reader = PacketReader::following(START, SILENCE, SESSION, FeedNo(3));
    reader.skip_to(FeedNo(5));
    reader.skip_to(FeedNo(4));
    let ahead = packet(5, &[b"5"]);
    assert_eq!(told(reader.on_packet(START, &ahead).expect("a packet")).len(), 1);
}

#[test]
fn the_end_is_told_only_after_every_message_was() {
    let mut reader = PacketReader::following(START, SILENCE, SESSION, FeedNo(3));
    let end = end_of_session(4);
    let gap = Gap { first: FeedNo(3), end: FeedNo(4) };
    assert_eq!(reader.on_packet(START, &end), Ok(Arrival::Gap(gap)));
    let last = packet(3, &[b"3"]);
    assert_eq!(told(reader.on_packet(START, &last).expect("a packet")).len(), 1);
    assert_eq!(reader.on_packet(START, &end), Ok(Arrival::EndOfSession));
    assert_eq!(reader.poll_timeout(), None);
    for after in [end, end_of_session(2), packet(4, &[b"late"])] {
        assert_eq!(reader.on_packet(START, &after), Ok(Arrival::Nothing));
        assert_eq!((reader.next_number(), reader.poll_timeout()), (Some(FeedNo(4)), None));
    }
}

#[test]
fn what_is_no_packet_of_the_session_is_refused_and_changes_nothing() {
    let mut reader = PacketReader::following(START, SILENCE, SESSION, FeedNo(1));
    let good = packet(1, &[b"abc", b"d"]);
    for len in 0..good.len() {
        let error = reader.on_packet(START, &good[..len]).expect_err("it is cut");
        let PacketError::Malformed(DecodeError::Truncated { have, need }) = error else {
            panic!("it is truncated, not {error:?}");
        };
        assert!(have == len && len < need && need <= good.len());
    }
    let longer = [good.as_slice(), b"xy"].concat();
    let trailing = PacketError::Malformed(DecodeError::Trailing { extra: 2 });
    assert_eq!(reader.on_packet(START, &longer), Err(trailing));
    let mut foreign = good.clone();
    foreign[9] = b'2';
    let theirs = Alpha::new("2026112002");
    let error = PacketError::ForeignSession { ours: SESSION, theirs };
    assert_eq!(reader.on_packet(START, &foreign), Err(error));
    for number in [0, u64::MAX] {
        let mut bad = good.clone();
        bad[10..18].copy_from_slice(&number.to_be_bytes());
        assert_eq!(reader.on_packet(START, &bad), Err(PacketError::BadNumber(FeedNo(number))));
    }
    assert_eq!(told(reader.on_packet(START, &good).expect("a packet")).len(), 2);
}

#[test]
fn a_line_is_silent_when_nothing_of_the_session_was_heard_for_long_enough() {
    let mut reader = PacketReader::joining(START, SILENCE);
    assert_eq!(reader.poll_timeout(), Some(START + SILENCE));
    let heard = START + SECOND;
    let heartbeat = packet(9, &[]);
    assert_eq!(reader.on_packet(heard, &heartbeat), Ok(Arrival::Nothing));
    let mut foreign = heartbeat.clone();
    foreign[0] = b'X';
    assert!(reader.on_packet(heard + SECOND, &foreign).is_err());
    assert_eq!(reader.poll_timeout(), Some(heard + SILENCE));
    assert!(!reader.is_silent(heard + (SILENCE - NANO)));
    assert!(reader.is_silent(heard + SILENCE));
}

proptest! {
    /// Whatever is doubled, delayed or lost on the way: each message once, in order, and a gap
    /// is told exactly when something before a packet is missing.
    #[test]
    fn messages_arrive_once_and_in_order(
        messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..30), 1..200),
        flushes in prop::collection::vec(any::<bool>(), 200),
        payload_max in 60u16..200,
        order in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..400),
    ) {
        let mut builder = builder(payload_max);
        let mut sent = Vec::new();
        for (message, flush) in messages.iter().zip(&flushes) {
            builder.on_message(START, message).expect("there is room");
            if *flush {
                builder.on_flush(START);
            }
            sent.extend(packets(&mut builder));
        }
        builder.on_end(START);
        sent.extend(packets(&mut builder));
        let mut reader = PacketReader::following(START, SILENCE, SESSION, FeedNo(1));
        let mut got = Vec::new();
        let arrivals = order.iter().map(|(index, _)| index.get(&sent)).chain(&sent);
        for packet in arrivals {
            let number = said(packet).0;
            let next = reader.next_number().expect("it follows");
            match reader.on_packet(START, packet).expect("it is a packet") {
                Arrival::Messages(fresh) => got.extend(fresh.map(|(n, m)| (n.0, m.to_vec()))),
                Arrival::Gap(gap) => {
                    prop_assert_eq!(gap, Gap { first: next, end: FeedNo(number) });
                    prop_assert!(gap.count() > 0);
                }
                Arrival::Nothing | Arrival::EndOfSession => prop_assert!(number <= next.0),
            }
        }
        let expected: Vec<_> = (1..).zip(messages).collect();
        prop_assert_eq!(got, expected);
    }
}
