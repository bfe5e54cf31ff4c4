//! Order entry: Enter Order and Cancel Order, as a venue reads and a broker writes them.

use protocol_spec::wire::binary_file::{self, Record};
use protocol_spec::wire::ouch::{
    Appendage, CancelOrder, Capacity, CrossType, Display, EnterOrder, Inbound, Iso, Side, TagSet,
    Tags, TimeInForce,
};
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{OrderPrice, Shares, UserRefNum};

use crate::hand;
use crate::itch::sum;
use crate::measure::{Group, Limit, Variant};
use crate::random::Random;

const MESSAGES: usize = 50_000;
const SYMBOL: Alpha<8> = Alpha::new("AAPL");
const CL_ORD_ID: Alpha<14> = Alpha::new("ORDER 00000001");

pub(crate) fn groups() -> Vec<Group> {
    vec![
        Group {
            title: "OUCH, decode Enter Order and Cancel Order in random order, all fields",
            messages: MESSAGES,
            input: mix(),
            variants: vec![
                Variant::new("by hand", Limit::Yardstick, |file| {
                    let mut s = 0;
                    hand::records(file, |message| hand::ouch_message(message, &mut s));
                    s
                }),
                Variant::new("frame, elements", Limit::Times(1.1), read_elements),
                Variant::new("frame, elements as Tags", Limit::None, read_tags),
            ],
        },
        Group {
            title: "OUCH, encode Enter Order and Cancel Order in random order",
            messages: MESSAGES,
            input: mix_kinds(),
            variants: vec![
                Variant::new("by hand", Limit::Yardstick, |kinds| encode(kinds, by_hand)),
                Variant::new("encode", Limit::Times(1.1), |kinds| encode(kinds, by_table)),
            ],
        },
    ]
}

/// Frames every message and reads all fields, elements one by one.
fn read_elements(file: &[u8]) -> u64 {
    read(file, |appendage| {
        let mut firm = 0;
        for element in appendage.elements().expect("the mix is valid") {
            let element = element.expect("the mix is valid");
            match (element.tag, element.value.first_chunk()) {
                (2, Some(value)) => firm = u64::from(u32::from_le_bytes(*value)),
                _ => panic!("the mix holds no other element"),
            }
        }
        firm
    })
}

/// Frames every message and reads all fields, elements as `Tags`, with all that a venue asks of
/// them: known, of the right size, not doubled, allowed for the message.
fn read_tags(file: &[u8]) -> u64 {
    const ALLOWED: TagSet = TagSet::of(&[2, 3, 5, 12, 13, 15, 24, 28]);
    read(file, |appendage| {
        let tags = appendage.read(ALLOWED).expect("the mix is valid");
        tags.firm.map_or(0, |firm| u64::from(u32::from_le_bytes(firm.0)))
    })
}

#[inline(always)]
fn read(mut file: &[u8], firm: impl Fn(Appendage<'_>) -> u64) -> u64 {
    let text8 = |bytes: &[u8], at: usize| {
        u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
    };
    let mut s = 0;
    while let Record::Message(bytes, rest) = binary_file::split(file) {
        let (message, appendage) = Inbound::frame(bytes).expect("the mix is valid");
        let s = &mut s;
        match message {
            Inbound::EnterOrder(m) => {
                sum!(s, u64::from(m.user_ref_num().0), u64::from(m.quantity().0), m.price().0);
                sum!(s, u64::from(m.side().0[0]), u64::from(m.time_in_force().0[0]));
                sum!(s, u64::from(m.display().0[0]), u64::from(m.capacity().0[0]));
                sum!(s, u64::from(m.iso().0[0]), u64::from(m.cross_type().0[0]));
                sum!(s, text8(&m.symbol().0, 0), text8(&m.cl_ord_id().0, 0));
                sum!(s, text8(&m.cl_ord_id().0, 6), firm(appendage));
            }
            Inbound::CancelOrder(m) => {
                sum!(s, u64::from(m.user_ref_num().0), u64::from(m.quantity().0));
            }
            other => panic!("the mix holds no {other:?}"),
        }
        file = rest;
    }
    s
}

fn mix() -> Vec<u8> {
    let mut file = Vec::new();
    for (n, kind) in mix_kinds().into_iter().enumerate() {
        let mut out = [0; 54];
        let mut len = by_table(kind, number(n), out.first_chunk_mut().expect("shorter"));
        if kind == b'O' && n % 2 == 0 {
            let tags = Tags { firm: Some(Alpha::new("FIRM")), ..Tags::NONE };
            len = EnterOrder::LEN + tags.encode(&mut out[EnterOrder::LEN..]);
        }
        file.extend_from_slice(&binary_file::header(&out[..len]));
        file.extend_from_slice(&out[..len]);
    }
    file
}

/// What to encode: a byte a message.
fn mix_kinds() -> Vec<u8> {
    let mut random = Random::new();
    (0..MESSAGES).map(|_| b"OX"[random.below(2) as usize]).collect()
}

fn number(n: usize) -> u64 {
    (n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Encodes a message of each kind with `put` and sums bytes written.
#[inline(always)]
fn encode(kinds: &[u8], put: impl Fn(u8, u64, &mut [u8; 47]) -> usize) -> u64 {
    let (mut s, mut out) = (0u64, [0; 47]);
    for (n, &kind) in kinds.iter().enumerate() {
        let len = put(kind, number(n), &mut out);
        let out = std::hint::black_box(&out);
        s = s.wrapping_add(u64::from(out[len - 1])).wrapping_add(u64::from(out[4]));
    }
    s
}

#[inline(always)]
fn by_hand(kind: u8, n: u64, out: &mut [u8; 47]) -> usize {
    if kind == b'O' {
        hand::put_enter(out, n);
        47
    } else {
        hand::put_cancel(out.first_chunk_mut().expect("shorter"), n);
        9
    }
}

#[inline(always)]
fn by_table(kind: u8, n: u64, out: &mut [u8; 47]) -> usize {
    let user_ref_num = UserRefNum(n as u32);
    let quantity = Shares((n >> 5) as u32);
    if kind != b'O' {
        CancelOrder { user_ref_num, quantity }.encode(out.first_chunk_mut().expect("shorter"));
        return CancelOrder::LEN;
    }
    let (fixed, appendage) = out.split_first_chunk_mut().expect("shorter");
    EnterOrder {
        user_ref_num,
        side: if n & 1 == 0 { Side::BUY } else { Side::SELL },
        quantity,
        symbol: SYMBOL,
        price: OrderPrice(n >> 9),
        time_in_force: TimeInForce::DAY,
        display: Display::VISIBLE,
        capacity: Capacity::AGENCY,
        iso: Iso::NO,
        cross_type: CrossType::CONTINUOUS,
        cl_ord_id: CL_ORD_ID,
    }
    .encode(fixed);
    appendage.copy_from_slice(&Appendage::EMPTY);
    EnterOrder::LEN + appendage.len()
}
