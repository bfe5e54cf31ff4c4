//! A number that is the same for the same displayed orders.

use super::hash::hash;
use super::words::{Order, Spot};

/// Told of all displayed orders one by one, by ascending locate, buys before sells, from the best
/// price on, first come first. Whoever knows them from elsewhere comes to the same number.
#[derive(Clone, Copy, Debug)]
pub struct Digest(u64);

impl Digest {
    /// Of no orders yet.
    #[must_use]
    pub const fn new() -> Self {
        Digest(0)
    }

    /// The next order: where it stands, its reference and shares. Its owner and time say nothing
    /// of the book.
    pub fn add(&mut self, order: &Order) {
        let Order { order_ref, spot: Spot { locate, side, price }, shares, .. } = *order;
        let ladder = u64::from(locate.0) << 1 | side as u64;
        let both = u64::from(price.0) << 32 | u64::from(shares.0);
        for word in [ladder, order_ref.0, both] {
            self.0 = hash(self.0.rotate_left(23) ^ word).wrapping_add(1);
        }
    }

    /// The number.
    #[must_use]
    pub const fn value(self) -> u64 {
        self.0
    }
}

impl Default for Digest {
    fn default() -> Self {
        Digest::new()
    }
}
