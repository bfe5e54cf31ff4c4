//! OUCH messages written with their appendage: there always, only with elements, or never.

use protocol_spec::wire::ouch::{
    CancelOrder, CancelReason, Canceled, EnterOrder, Inbound, OrderExecuted, Outbound, SystemEvent,
    SystemEventCode, TagSet, Tags,
};
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{Shares, UserRefIdx, UserRefNum};

const CHANNEL_5: Tags = Tags { user_ref_idx: Some(UserRefIdx(5)), ..Tags::NONE };

/// The bytes that `encode` writes.
fn written(encode: impl FnOnce(&mut [u8]) -> usize) -> Vec<u8> {
    let mut out = [0xEE; 400];
    let len = encode(&mut out);
    out[..len].to_vec()
}

#[test]
fn an_appendage_that_is_always_there_is_written_even_if_it_is_empty() {
    let order = EnterOrder { user_ref_num: UserRefNum(7), ..EnterOrder::BLANK };
    let plain = written(|out| order.encode_with(&Tags::NONE, out));
    assert_eq!(plain.len(), 47);
    assert_eq!(plain[45..], [0, 0]);
    let tags = Tags { firm: Some(Alpha::new("FRM1")), ..CHANNEL_5 };
    let tagged = written(|out| order.encode_with(&tags, out));
    assert_eq!(tagged[45..], *b"\x00\x09\x05\x02FRM1\x02\x1C\x05");
    let (message, appendage) = Inbound::frame(&tagged).expect("it can be framed");
    assert_eq!(message.layout().name, "EnterOrder");
    assert_eq!(appendage.read(TagSet::of(&[2, 28])), Ok(tags));
    let executed = written(|out| OrderExecuted::BLANK.encode_with(&Tags::NONE, out));
    assert_eq!(executed.len(), 36);
}

#[test]
fn an_appendage_that_may_be_missing_is_written_only_with_elements() {
    let cancel = CancelOrder { user_ref_num: UserRefNum(7), quantity: Shares(0) };
    let plain = written(|out| cancel.encode_with(&Tags::NONE, out));
    assert_eq!(plain, b"X\0\0\0\x07\0\0\0\0");
    let tagged = written(|out| cancel.encode_with(&CHANNEL_5, out));
    assert_eq!(tagged[9..], *b"\x00\x03\x02\x1C\x05");
    let canceled = Canceled { reason: CancelReason::USER, ..Canceled::BLANK };
    assert_eq!(written(|out| canceled.encode_with(&Tags::NONE, out)).len(), 18);
    let echoed = written(|out| canceled.encode_with(&CHANNEL_5, out));
    assert_eq!(echoed[18..], *b"\x00\x03\x02\x1C\x05");
    assert!(Outbound::decode(&echoed).is_ok());
}

#[test]
fn a_message_without_an_appendage_is_written_without() {
    let event = SystemEvent { event: SystemEventCode::START_OF_DAY, ..SystemEvent::BLANK };
    assert_eq!(written(|out| event.encode_with(&Tags::NONE, out)).len(), 10);
}

#[test]
#[should_panic(expected = "Cancel Order")]
fn an_element_that_the_message_may_not_have_is_a_mistake_of_the_caller() {
    let tags = Tags { min_qty: Some(Shares(100)), ..Tags::NONE };
    written(|out| CancelOrder::BLANK.encode_with(&tags, out));
}
