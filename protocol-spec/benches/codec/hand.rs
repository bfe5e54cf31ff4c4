//! The yardstick: fields read and written at literal offsets, as one would for one purpose.

fn be16(bytes: &[u8], at: usize) -> u64 {
    u64::from(u16::from_be_bytes([bytes[at], bytes[at + 1]]))
}

fn be32(bytes: &[u8], at: usize) -> u64 {
    let word = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
    u64::from(u32::from_be_bytes(word))
}

fn be64(bytes: &[u8], at: usize) -> u64 {
    u64::from_be_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

fn text8(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

fn text4(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes")))
}

fn byte(bytes: &[u8], at: usize) -> u64 {
    u64::from(bytes[at])
}

fn time(bytes: &[u8]) -> u64 {
    be64(bytes, 3) & 0xFFFF_FFFF_FFFF
}

/// Reads every field of one message; type and length have to fit, and the codes if `CHECK`.
#[inline(always)]
pub(crate) fn itch_message<const CHECK: bool>(m: &[u8], s: &mut u64) {
    let body = match (m[0], m.len()) {
        (b'A', 36) => add::<CHECK>(m),
        (b'F', 40) => add::<CHECK>(m).wrapping_add(text4(m, 36)),
        (b'P', 44) => add::<CHECK>(m).wrapping_add(be64(m, 36)),
        (b'D', 19) => be64(m, 11),
        (b'U', 35) => total([be64(m, 11), be64(m, 19), be32(m, 27), be32(m, 31)]),
        (b'E', 31) => total([be64(m, 11), be32(m, 19), be64(m, 23)]),
        (b'X', 23) => total([be64(m, 11), be32(m, 19)]),
        (b'C', 36) => {
            check::<CHECK>(matches!(m[31], b'Y' | b'N'));
            total([be64(m, 11), be32(m, 19), be64(m, 23), byte(m, 31), be32(m, 32)])
        }
        (b'Q', 40) => {
            check::<CHECK>(matches!(m[39], b'O' | b'C' | b'H' | b'I'));
            total([be64(m, 11), text8(m, 19), be32(m, 27), be64(m, 31), byte(m, 39)])
        }
        (b'S', 12) => {
            check::<CHECK>(matches!(m[11], b'O' | b'S' | b'Q' | b'M' | b'E' | b'C'));
            byte(m, 11)
        }
        _ => panic!("the mix holds no other message"),
    };
    *s = s.wrapping_add(total([be16(m, 1), be16(m, 3), time(m), body]));
}

#[inline(always)]
fn add<const CHECK: bool>(m: &[u8]) -> u64 {
    check::<CHECK>(matches!(m[19], b'B' | b'S'));
    total([be64(m, 11), byte(m, 19), be32(m, 20), text8(m, 24), be32(m, 32)])
}

#[inline(always)]
fn check<const CHECK: bool>(known: bool) {
    if CHECK {
        assert!(known, "the mix is valid");
    }
}

#[inline(always)]
fn total<const N: usize>(values: [u64; N]) -> u64 {
    values.into_iter().fold(0, u64::wrapping_add)
}

/// The messages of a BinaryFILE, one after the other.
#[inline(always)]
pub(crate) fn records(file: &[u8], mut each: impl FnMut(&[u8])) {
    let mut at = 0;
    while at + 2 <= file.len() {
        let end = at + 2 + usize::from(u16::from_be_bytes([file[at], file[at + 1]]));
        each(&file[at + 2..end]);
        at = end;
    }
}

/// Writes an Add Order with literal offsets.
#[inline(always)]
pub(crate) fn put_add(out: &mut [u8; 36], n: u64) {
    out[0] = b'A';
    out[1..3].copy_from_slice(&(n as u16).to_be_bytes());
    out[3..5].copy_from_slice(&0u16.to_be_bytes());
    out[5..11].copy_from_slice(&(n & 0xFFFF_FFFF).to_be_bytes()[2..]);
    out[11..19].copy_from_slice(&n.to_be_bytes());
    out[19] = if n & 1 == 0 { b'B' } else { b'S' };
    out[20..24].copy_from_slice(&(n as u32).to_be_bytes());
    out[24..32].copy_from_slice(b"AAPL    ");
    out[32..36].copy_from_slice(&((n >> 8) as u32).to_be_bytes());
}

/// Writes an Order Delete with literal offsets.
#[inline(always)]
pub(crate) fn put_delete(out: &mut [u8; 19], n: u64) {
    out[0] = b'D';
    out[1..3].copy_from_slice(&(n as u16).to_be_bytes());
    out[3..5].copy_from_slice(&0u16.to_be_bytes());
    out[5..11].copy_from_slice(&(n & 0xFFFF_FFFF).to_be_bytes()[2..]);
    out[11..19].copy_from_slice(&n.to_be_bytes());
}

/// Writes an Order Replace with literal offsets.
#[inline(always)]
pub(crate) fn put_replace(out: &mut [u8; 35], n: u64) {
    out[0] = b'U';
    out[1..3].copy_from_slice(&(n as u16).to_be_bytes());
    out[3..5].copy_from_slice(&0u16.to_be_bytes());
    out[5..11].copy_from_slice(&(n & 0xFFFF_FFFF).to_be_bytes()[2..]);
    out[11..19].copy_from_slice(&n.to_be_bytes());
    out[19..27].copy_from_slice(&(n ^ 7).to_be_bytes());
    out[27..31].copy_from_slice(&(n as u32).to_be_bytes());
    out[31..35].copy_from_slice(&((n >> 8) as u32).to_be_bytes());
}

/// Reads every field of a message from a broker, with its firm if its elements name one.
#[inline(always)]
pub(crate) fn ouch_message(m: &[u8], s: &mut u64) {
    let sum = match (m[0], m.len()) {
        (b'O', 47..) => enter(m),
        (b'X', 9) => total([be32(m, 1), be32(m, 5)]),
        (b'U', 40..) => replace(m),
        (b'M', 10) => total([be32(m, 1), byte(m, 5), be32(m, 6)]),
        (b'C', 19..) => total([be32(m, 1), text4(m, 5), text8(m, 9)]),
        (b'D' | b'E', 11..) => total([be32(m, 1), text4(m, 5)]),
        (b'Q', 1) => 0,
        _ => panic!("there is no other message"),
    };
    *s = s.wrapping_add(sum);
}

#[inline(always)]
fn enter(m: &[u8]) -> u64 {
    let codes = total([byte(m, 26), byte(m, 27), byte(m, 28), byte(m, 29), byte(m, 30)]);
    let order = total([be32(m, 1), byte(m, 5), be32(m, 6), text8(m, 10), be64(m, 18)]);
    total([order, codes, text8(m, 31), text8(m, 37), firm(m)])
}

#[inline(always)]
fn replace(m: &[u8]) -> u64 {
    let order = total([be32(m, 1), be32(m, 5), be32(m, 9), be64(m, 13)]);
    total([order, byte(m, 21), byte(m, 22), byte(m, 23), text8(m, 24), text8(m, 30)])
}

/// The firm that the elements of an Enter Order name.
#[inline(always)]
fn firm(m: &[u8]) -> u64 {
    assert_eq!(be16(m, 45) as usize, m.len() - 47, "the mix is valid");
    let (mut at, mut firm) = (47, 0);
    while at < m.len() {
        let size = usize::from(m[at]);
        match m[at + 1] {
            2 if size == 5 => firm = text4(m, at + 2),
            _ => panic!("the mix holds no other element"),
        }
        at += 1 + size;
    }
    firm
}

/// Writes an Enter Order with literal offsets.
#[inline(always)]
pub(crate) fn put_enter(out: &mut [u8; 47], n: u64) {
    out[0] = b'O';
    out[1..5].copy_from_slice(&(n as u32).to_be_bytes());
    out[5] = if n & 1 == 0 { b'B' } else { b'S' };
    out[6..10].copy_from_slice(&((n >> 5) as u32).to_be_bytes());
    out[10..18].copy_from_slice(b"AAPL    ");
    out[18..26].copy_from_slice(&(n >> 9).to_be_bytes());
    out[26..31].copy_from_slice(b"0YANN");
    out[31..45].copy_from_slice(b"ORDER 00000001");
    out[45..47].copy_from_slice(&[0, 0]);
}

/// Writes a Cancel Order without appendage with literal offsets.
#[inline(always)]
pub(crate) fn put_cancel(out: &mut [u8; 9], n: u64) {
    out[0] = b'X';
    out[1..5].copy_from_slice(&(n as u32).to_be_bytes());
    out[5..9].copy_from_slice(&((n >> 5) as u32).to_be_bytes());
}
