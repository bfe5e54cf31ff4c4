//! What holds for the protocols that carry messages: MoldUDP64, BinaryFILE and SoupBinTCP.

use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_oneof};

use protocol_spec::wire::binary_file::{self, Ending, Records};
use protocol_spec::wire::mold::{self, Block, Body, END_OF_SESSION, Header, Packet, Request};
use protocol_spec::wire::text::Alpha;
use protocol_spec::wire::{DecodeError, soup};
use protocol_spec::words::FeedNo;
use tests::seeds::check;

const CASES: u32 = 1000;

/// Messages of all lengths, mostly short, with empty ones among them.
fn messages(shortest: usize) -> impl Strategy<Value = Vec<Vec<u8>>> {
    let message = prop_oneof![
        1 => vec(any::<u8>(), shortest..=1),
        8 => vec(any::<u8>(), shortest..60),
        1 => vec(any::<u8>(), 250..270),
    ];
    vec(message, 1..12)
}

fn packet(session: [u8; 10], number: u64, messages: &[Vec<u8>]) -> Vec<u8> {
    let (session, number) = (Alpha(session), FeedNo(number));
    let count = messages.len() as u16;
    let mut bytes = Header { session, number, count }.to_bytes().to_vec();
    for message in messages {
        let length = message.len() as u16;
        bytes.extend(Block { length }.to_bytes());
        bytes.extend_from_slice(message);
    }
    bytes
}

#[test]
fn a_packet_gives_back_its_messages_in_order_and_its_numbers() {
    let make = (any::<[u8; 10]>(), any::<u64>(), messages(0));
    check(CASES, &make, |(session, number, messages)| {
        let bytes = packet(session, number, &messages);
        let packet = Packet::decode(&bytes).expect("a whole packet");
        assert_eq!((packet.session.0, packet.number.0), (session, number));
        let Body::Messages(mut blocks) = packet.body else {
            panic!("{packet:?} holds messages");
        };
        for (taken, message) in messages.iter().enumerate() {
            assert_eq!(blocks.len(), messages.len() - taken);
            assert_eq!(blocks.next(), Some(message.as_slice()));
        }
        assert_eq!((blocks.next(), blocks.is_empty()), (None, true));
        let next = number.checked_add(messages.len() as u64);
        assert_eq!(packet.next(), next.map(FeedNo));
    });
}

#[test]
fn a_packet_cut_anywhere_is_truncated_and_never_needs_more_than_it_had() {
    let make = (any::<[u8; 10]>(), any::<u64>(), messages(0));
    check(100, &make, |(session, number, messages)| {
        let bytes = packet(session, number, &messages);
        for have in 0..bytes.len() {
            match Packet::decode(&bytes[..have]) {
                Err(DecodeError::Truncated { need, have: told }) => {
                    assert_eq!(told, have);
                    assert!((have + 1..=bytes.len()).contains(&need), "{need} after {have}");
                }
                other => panic!("{other:?} after {have} bytes"),
            }
        }
    });
}

#[test]
fn bytes_after_the_last_block_are_trailing() {
    let make = (any::<u64>(), messages(0), vec(any::<u8>(), 1..20), 0..3u8);
    check(CASES, &make, |(number, messages, more, kind)| {
        let mut bytes = packet(*b"SESSION001", number, &messages);
        if kind != 0 {
            // Heartbeat and end of session hold no blocks, whatever follows.
            let count = if kind == 1 { 0 } else { END_OF_SESSION };
            bytes.truncate(Header::LEN);
            bytes[18..].copy_from_slice(&count.to_be_bytes());
        }
        bytes.extend_from_slice(&more);
        let expected = DecodeError::Trailing { extra: more.len() };
        assert_eq!(Packet::decode(&bytes), Err(expected));
    });
}

#[test]
fn packets_without_messages_name_the_next_number() {
    check(CASES, &(any::<[u8; 10]>(), any::<u64>()), |(session, number)| {
        for (count, body) in [(0, Body::Heartbeat), (END_OF_SESSION, Body::EndOfSession)] {
            let (session, number) = (Alpha(session), FeedNo(number));
            let bytes = Header { session, number, count }.to_bytes();
            let packet = Packet::decode(&bytes).expect("a whole packet");
            assert_eq!(packet, Packet { session, number, body });
            assert_eq!(packet.next(), Some(number));
        }
    });
}

#[test]
fn the_most_messages_that_a_count_can_tell_are_read() {
    let messages = vec![Vec::new(); usize::from(END_OF_SESSION) - 1];
    let bytes = packet(*b"SESSION001", 1, &messages);
    let packet = Packet::decode(&bytes).expect("a whole packet");
    assert_eq!(packet.next(), Some(FeedNo(65_535)));
}

#[test]
fn a_request_is_exactly_its_twenty_bytes() {
    check(CASES, &vec(any::<u8>(), 0..40), |bytes| {
        let (have, need) = (bytes.len(), Request::LEN);
        let request = Request::from_datagram(&bytes);
        if have < need {
            assert_eq!(request, Err(DecodeError::Truncated { need, have }));
        } else if have > need {
            assert_eq!(request, Err(DecodeError::Trailing { extra: have - need }));
        } else {
            assert_eq!(request.map(|request| request.to_bytes().to_vec()), Ok(bytes));
        }
    });
}

#[test]
fn the_parts_of_a_packet_are_written_as_they_were_read() {
    check(CASES, &any::<[u8; 20]>(), |bytes| {
        assert_eq!(Header::decode(&bytes).to_bytes(), bytes);
        assert_eq!(Request::decode(&bytes).to_bytes(), bytes);
        let [high, low, ..] = bytes;
        assert_eq!(Block::decode(&[high, low]).to_bytes(), [high, low]);
        for layout in mold::LAYOUTS {
            assert_eq!(layout.bad_codes(&bytes).count(), 0);
        }
    });
}

fn file(messages: &[Vec<u8>]) -> Vec<u8> {
    let record = |message: &Vec<u8>| [&binary_file::header(message), message.as_slice()].concat();
    messages.iter().flat_map(record).collect()
}

fn read(file: &[u8]) -> (Vec<Vec<u8>>, Option<Ending>) {
    let mut records = Records::new(file);
    let messages = records.by_ref().map(<[u8]>::to_vec).collect();
    (messages, records.ending())
}

#[test]
fn a_file_gives_back_its_messages_and_tells_how_it_ends() {
    check(CASES, &(messages(1), vec(any::<u8>(), 1..20)), |(messages, more)| {
        let unmarked = file(&messages);
        let marked = [unmarked.as_slice(), &binary_file::END].concat();
        let trailing = [marked.as_slice(), &more].concat();
        assert_eq!(read(&unmarked), (messages.clone(), Some(Ending::Unmarked)));
        assert_eq!(read(&marked), (messages.clone(), Some(Ending::Marked)));
        assert_eq!(read(&trailing), (messages, Some(Ending::Trailing(more.len()))));
    });
}

#[test]
fn a_file_cut_anywhere_gives_the_whole_messages_and_counts_what_is_missing() {
    check(100, &messages(1), |messages| {
        let whole = file(&messages);
        let mut ends = vec![0];
        for message in &messages {
            ends.push(ends[ends.len() - 1] + 2 + message.len());
        }
        for have in 0..whole.len() {
            let (read, ending) = read(&whole[..have]);
            let complete = ends.iter().filter(|end| **end <= have).count() - 1;
            assert_eq!(read, messages[..complete]);
            let expected = match have - ends[complete] {
                0 => Ending::Unmarked,
                1 => Ending::Cut(1),
                _ => Ending::Cut(ends[complete + 1] - have),
            };
            assert_eq!(ending, Some(expected), "after {have} bytes");
        }
    });
}

#[test]
fn the_longest_payload_of_a_packet_is_framed() {
    for kind in [b'S', b'U', b'+'] {
        let payload = vec![7; soup::MAX_PAYLOAD];
        let bytes = [&soup::header(kind, payload.len()), payload.as_slice()].concat();
        let framed = soup::Framed::decode(&bytes).expect("a whole packet");
        assert_eq!(framed.payload, payload);
    }
}

#[test]
#[should_panic(expected = "a payload fits its length field")]
fn a_longer_payload_than_a_packet_can_tell_is_our_own_mistake() {
    let header = soup::header(b'S', soup::MAX_PAYLOAD + 1);
    unreachable!("{header:?} tells another length");
}
