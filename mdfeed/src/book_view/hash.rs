//! Where things are looked for first. Nobody gains by choosing numbers that meet: a receiver only
//! slows down by it. So the factor is no secret.

/// Odd, and its bits are spread evenly: the golden ratio's.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// Both halves of a product in one.
#[inline]
pub(super) const fn hash(x: u64) -> u64 {
    let product = x as u128 * FACTOR as u128;
    product as u64 ^ (product >> 64) as u64
}
