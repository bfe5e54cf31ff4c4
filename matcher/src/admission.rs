//! The checks that an order passes before it is accepted (R41), as names.
//!
//! [`form`](crate::form) makes the first fourteen, which need no state, and the engine the others.

use core::fmt;

/// A row of the table of checks, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the rows are named as in the rule book")]
#[rustfmt::skip]
pub enum Check {
    K0, K1, K2, K3, K4, K5, K6, K7, K8, K9, K10, K11, K12, K13, K14,
    K15, K16, K17, K18, K19, K20, K21, K22, K23,
    K24a, K24b, K24c, K24d, K25a, K25b, K25c, K26, K27, K28, K29, K30, K31,
}

impl Check {
    /// Whether a Replace that fails the check kills its original (column U).
    #[must_use]
    pub const fn kills_original(self) -> bool {
        !matches!(
            self,
            Check::K0
                | Check::K1
                | Check::K16
                | Check::K19
                | Check::K20
                | Check::K21
                | Check::K30
                | Check::K31
        )
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::Check::{self, *};

    #[test]
    fn a_replace_keeps_its_original_exactly_where_the_table_says_so() {
        let keep = [K0, K1, K16, K19, K20, K21, K30, K31];
        let kill = [
            K2, K3, K5, K6, K7, K9, K10, K11, K12, K13, K14, K22, K23, K24a, K24b, K24c, K24d,
            K25a, K25b, K25c, K26, K27, K28, K29,
        ];
        assert!(kill.into_iter().all(Check::kills_original));
        assert!(!keep.into_iter().any(Check::kills_original));
        // K4, K8, K15, K17 and K18 are not checked on a Replace.
        assert_eq!(kill.len() + keep.len() + 5, K31 as usize + 1);
    }
}
