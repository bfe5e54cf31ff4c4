//! The one mixing function of the rule book (R58).

/// Spreads the bits of `x` over the result.
#[must_use]
#[inline]
pub(crate) const fn mix(x: u64) -> u64 {
    let z = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Both halves of a product in one: cheaper than [`mix`], as good as one for tables whose factor is
/// a secret.
#[must_use]
#[inline]
pub(crate) const fn fold(x: u64, factor: u64) -> u64 {
    let product = x as u128 * factor as u128;
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_the_rule_book_come_out() {
        assert_eq!(mix(0), 0xE220_A839_7B1D_CDAF);
        let sizes = [1, 2, 3].map(|n| mix(mix(mix(42) ^ 7) ^ n));
        assert_eq!(sizes, [0x383D_3086_26EF_A9F0, 0x3DA8_0056_E267_A8E6, 0xF55E_4254_D465_5539]);
    }
}
