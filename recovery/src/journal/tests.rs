use alloc::vec;
use alloc::vec::Vec;

use matcher::command::{Command, Switch};
use matcher::order::Owner;
use matcher::stored::LoadError;
use protocol_spec::wire::ouch::Mpid;
use protocol_spec::words::{CommandNo, PortId, Time};

use super::record::Head;
use super::*;

const MARKS: Marks = Marks {
    session: *b"2026112000",
    unit: 2,
    zone: *b"America/New_York                ",
    rules_version: 1,
    salt: 0x1122_3344_5566_7788,
};

/// CRC32C bit by bit: a second one beside that of the venue.
fn crc32c(before: u32, bytes: &[u8]) -> u32 {
    let mut crc = !before;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0x82F6_3B78 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

fn writer() -> Writer {
    Writer::begin(MARKS, 1 << 20, crc32c)
}

fn stamp(no: u64) -> Stamp {
    Stamp { no: CommandNo(no), time: Time(1_000 + no), late: 7 }
}

#[test]
fn the_checksum_is_the_one_that_venues_pass_in() {
    assert_eq!(crc32c(0, b"123456789"), 0xE306_9283);
    assert_eq!(crc32c(crc32c(0, b"1234"), b"56789"), 0xE306_9283);
    assert_eq!(crc32c::crc32c_append(crc32c::crc32c(b"1234"), b"56789"), 0xE306_9283);
}

#[test]
fn a_journal_is_byte_by_byte_what_the_tables_say() {
    let mut writer = writer();
    writer.push_message(stamp(1), PortId(0x0301), b"X\0\0\0\x01\0\0\0\0");
    writer.push_control(stamp(2), &Command::PortUp { port: PortId(3), conn: 4 }, "no");
    let write = writer.seal().expect("there is something in it");
    assert_eq!((write.segment, write.offset, write.bytes.len()), (1, 0, 2 * BLOCK));
    let (header, batch) = write.bytes.split_at(BLOCK);

    let mut expected = Vec::new();
    expected.extend(b"OUTCRYJL\x02\0\0\0\x01\0\0\x002026112000\x02\0\0\0\0\0");
    expected.extend(b"America/New_York                \x01\0\0\0\0\0\0\0");
    expected.extend(0x1122_3344_5566_7788_u64.to_le_bytes());
    expected.extend(b"\x01\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0");
    expected.resize(124, 0);
    expected.extend(crc32c(0, &expected).to_le_bytes());
    let (header, zeros) = header.split_at(expected.len());
    assert_eq!(header, expected);
    assert!(zeros.iter().all(|&byte| byte == 0));

    let mut checked = Vec::new();
    checked.extend(b"\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0");
    checked.extend(b"\x02\0\0\0\x40\0\0\0\0\0\0\0\0\0\0\0");
    checked
        .extend(b"\x09\0\x01\x03\x07\0\0\0\xe9\x03\0\0\0\0\0\0X\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0");
    checked.extend(b"\x0e\0\0\0\x07\0\0\0\xea\x03\0\0\0\0\0\0\x06\x02no");
    checked.extend(b"\x03\0\x04\0\0\0\0\0\0\0\0\0");
    checked.resize(40 + 64, 0);
    let mut salted = b"2026112000".to_vec();
    salted.extend(0x1122_3344_5566_7788_u64.to_le_bytes());
    salted.extend(1_u32.to_le_bytes());
    let sum = crc32c(crc32c(0, &salted), &checked);
    let mut expected = b"BTCH".to_vec();
    expected.extend(sum.to_le_bytes());
    expected.extend(checked);
    let (batch, zeros) = batch.split_at(expected.len());
    assert_eq!(batch, expected);
    assert!(zeros.iter().all(|&byte| byte == 0));
}

#[test]
fn a_write_is_given_again_until_it_is_written() {
    let mut writer = writer();
    assert!(writer.seal().is_none());
    assert_eq!((writer.len(), writer.is_empty()), (0, true));
    writer.push_message(stamp(1), PortId(1), b"");
    assert_eq!((writer.len(), writer.is_empty()), (48 + Head::LEN, false));
    let first = writer.seal().map(|write| (write.segment, write.offset, write.bytes.to_vec()));
    let again = writer.seal().map(|write| (write.segment, write.offset, write.bytes.to_vec()));
    assert!(first.is_some() && first == again);
    writer.written();
    assert!(writer.seal().is_none());
    writer.push_message(stamp(2), PortId(1), b"");
    let write = writer.seal().expect("there is something in it");
    assert_eq!((write.offset, write.bytes.len()), (BLOCK as u64, BLOCK));
    let (_, _, first) = first.expect("it was there");
    assert_eq!(write.bytes[..64], first[BLOCK..BLOCK + 64], "the carry comes first");
}

#[test]
fn a_batch_that_does_not_fit_moves_to_the_next_segment() {
    let mut writer = Writer::begin(MARKS, 2 * BLOCK as u64, crc32c);
    let mut places = Vec::new();
    for no in 1..=5 {
        writer.push_message(stamp(no), PortId(1), &[no as u8; 1_500]);
        let write = writer.seal().expect("there is something in it");
        assert!((write.bytes.as_ptr() as usize).is_multiple_of(BLOCK));
        places.push((write.segment, write.offset, write.bytes.len()));
        writer.written();
    }
    let (begun, next) = ((0, 2 * BLOCK), (BLOCK as u64, BLOCK));
    let place = |segment, (offset, len)| (segment, offset, len);
    let expected =
        [place(1, begun), place(1, next), place(2, begun), place(2, next), place(3, begun)];
    assert_eq!(places, expected);
}

#[test]
#[should_panic(expected = "no broker has port 0")]
fn port_0_is_nobodys() {
    writer().push_message(stamp(1), PortId(0), b"");
}

#[test]
#[should_panic(expected = "commands come without a gap")]
fn numbers_have_no_gap() {
    writer().push_message(stamp(2), PortId(1), b"");
}

#[test]
#[should_panic(expected = "time never goes back")]
fn time_does_not_go_back() {
    let mut writer = writer();
    writer.push_message(stamp(1), PortId(1), b"");
    writer.push_message(Stamp { time: Time(1_000), ..stamp(2) }, PortId(1), b"");
}

#[test]
#[should_panic(expected = "sealed before it is full")]
fn a_full_batch_takes_no_more() {
    let mut writer = Writer::begin(MARKS, 2 * BLOCK as u64, crc32c);
    assert!(!writer.has_room());
    (1..=9).for_each(|no| writer.push_message(stamp(no), PortId(1), &[1; 1_000]));
}

#[test]
#[should_panic(expected = "the batch before is written first")]
fn a_sealed_batch_takes_no_more() {
    let mut writer = writer();
    writer.push_message(stamp(1), PortId(1), b"");
    assert!(writer.seal().is_some());
    writer.push_message(stamp(2), PortId(1), b"");
}

#[test]
#[should_panic(expected = "sealed before it is written")]
fn what_is_not_sealed_is_not_written() {
    writer().written();
}

#[test]
#[should_panic(expected = "kept as it came")]
fn a_brokers_command_is_no_control_record() {
    let command = Command::Enable(Switch { owner: Owner::default(), firm: Mpid::BLANK });
    writer().push_control(stamp(1), &command, "");
}

#[test]
#[should_panic(expected = "read to its end before the next one")]
fn a_segment_is_read_to_its_end() {
    let mut writer = writer();
    writer.push_message(stamp(1), PortId(1), b"");
    let bytes = writer.seal().expect("there is something in it").bytes.to_vec();
    let mut reader = Reader::new(None, crc32c);
    assert!(reader.segment(1, &bytes).is_ok());
    drop(reader.segment(2, &bytes));
}

/// What a reader says of one batch with a head whose fields are all right, made of this.
fn read_batch(epoch: u32, count: u32, records: &[u8]) -> Result<Tail, Fault> {
    let mut writer = writer();
    writer.push_message(stamp(1), PortId(1), b"");
    let mut bytes = writer.seal().expect("there is something in it").bytes.to_vec();
    let batch = &mut bytes[BLOCK..];
    batch[12..16].copy_from_slice(&epoch.to_le_bytes());
    batch[32..36].copy_from_slice(&count.to_le_bytes());
    let length = records.len();
    batch[36..40].copy_from_slice(&u32::try_from(length).expect("it is short").to_le_bytes());
    batch[48..48 + length].copy_from_slice(records);
    let sum = crc32c(MARKS.seed(1, crc32c), &batch[8..48 + length]);
    batch[4..8].copy_from_slice(&sum.to_le_bytes());
    let mut reader = Reader::new(None, crc32c);
    let mut batches = reader.segment(1, &bytes)?;
    while let Some(batch) = batches.next()? {
        assert_eq!(batch.records().count(), count as usize);
    }
    reader.finish()
}

#[test]
fn a_whole_batch_that_nobody_should_have_written_is_named() {
    let record = |len: u16, time: u64| {
        let payload = vec![1; usize::from(len).next_multiple_of(8)];
        [&Head { len, port: 1, late: 0, time }.to_bytes()[..], &payload].concat()
    };
    let fault = |kind| Err(Fault { segment: 1, offset: BLOCK as u64, kind });
    let (one, two) = (record(3, 5), [record(9, 5), record(0, 5)].concat());
    assert!(read_batch(0, 1, &one).is_ok_and(|tail| tail.last_time == Time(5)));
    assert!(read_batch(0, 2, &two).is_ok_and(|tail| tail.next_command == CommandNo(3)));
    assert_eq!(read_batch(4, 1, &one), fault(FaultKind::Epoch(4)));
    for (count, records) in [(2, &one), (1, &two), (3, &two), (u32::MAX, &two)] {
        assert_eq!(read_batch(0, count, records), fault(FaultKind::Records), "{count}");
    }
    let back = [record(0, 5), record(0, 4)].concat();
    assert_eq!(read_batch(0, 2, &back), fault(FaultKind::TimeGoesBack { last: 5, found: 4 }));
    // No such length or count is ever taken for a batch.
    for (count, length) in [(0, 24), (1, 20)] {
        assert!(read_batch(0, count, &one[..length]).is_ok_and(|tail| tail.is_of_nothing()));
    }
}

#[test]
fn what_is_no_control_record_says_why() {
    let parts = |error| ControlFault::Parts(error);
    let wrong: [(&[u8], ControlFault); 9] = [
        (b"", ControlFault::Note),
        (b"\x08", ControlFault::Note),
        (b"\x08\x02a", ControlFault::Note),
        (b"\x08\x01\xff", ControlFault::Note),
        (b"\x00\x00", ControlFault::UnknownType(0)),
        (b"\x0d\x00", ControlFault::UnknownType(13)),
        (b"\x08\x00ab", ControlFault::Trailing(2)),
        (b"\x06\x00\x01\x00", parts(LoadError::Truncated)),
        (b"\x04\x00\x09", parts(LoadError::Impossible("Phase"))),
    ];
    for (payload, fault) in wrong {
        assert_eq!(control::load(payload), Err(fault), "{payload:?}");
        let no = CommandNo(1);
        let shown = alloc::format!("{}", RecordFault { no, kind: RecordFaultKind::Control(fault) });
        assert!(shown.starts_with("command 1: "), "{shown}");
    }
    assert_eq!(control::load(b"\x08\x02ab"), Ok((Command::Tick, "ab")));
}
