//! Text and written numbers of fixed width.

use core::fmt;

/// Text of exactly `N` bytes, left-justified and padded with spaces.
///
/// Any bytes are kept as they came, so that what a broker sent can be returned unchanged.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Alpha<const N: usize>(pub [u8; N]);

impl<const N: usize> Alpha<N> {
    /// All spaces.
    pub const BLANK: Self = Alpha([b' '; N]);

    /// Pads `text` on the right.
    ///
    /// # Panics
    /// If `text` is longer than `N` bytes; use [`Alpha::try_new`] for text from outside.
    #[must_use]
    pub const fn new(text: &str) -> Self {
        Self::try_new(text).expect("the text fits the field")
    }

    /// Pads `text` on the right, or `None` if it is longer than `N` bytes.
    #[must_use]
    pub const fn try_new(text: &str) -> Option<Self> {
        if text.len() > N {
            return None;
        }
        let mut bytes = [b' '; N];
        let (head, _) = bytes.split_at_mut(text.len());
        head.copy_from_slice(text.as_bytes());
        Some(Alpha(bytes))
    }

    /// Pads `text` on the left, or `None` if it is longer than `N` bytes.
    #[must_use]
    pub const fn right(text: &str) -> Option<Self> {
        if text.len() > N {
            return None;
        }
        let mut bytes = [b' '; N];
        let (_, tail) = bytes.split_at_mut(N - text.len());
        tail.copy_from_slice(text.as_bytes());
        Some(Alpha(bytes))
    }

    /// The text without the spaces on either side.
    #[must_use]
    pub fn trimmed(&self) -> &[u8] {
        trim(&self.0)
    }

    /// Whether the field is all spaces.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.trimmed().is_empty()
    }

    /// Whether the text is `other`, padding and the case of ASCII letters aside.
    #[must_use]
    pub fn is(&self, other: &str) -> bool {
        self.trimmed().eq_ignore_ascii_case(trim(other.as_bytes()))
    }
}

/// Text that is not to be shown: a password.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Secret<const N: usize>(pub [u8; N]);

impl<const N: usize> Secret<N> {
    /// Pads `text` on the right.
    ///
    /// # Panics
    /// If `text` is longer than `N` bytes; use [`Secret::try_new`] for text from outside.
    #[must_use]
    pub const fn new(text: &str) -> Self {
        Secret(Alpha::new(text).0)
    }

    /// Pads `text` on the right, or `None` if it is longer than `N` bytes.
    #[must_use]
    pub const fn try_new(text: &str) -> Option<Self> {
        match Alpha::try_new(text) {
            Some(Alpha(bytes)) => Some(Secret(bytes)),
            None => None,
        }
    }

    /// Whether the text is `other`, padding and the case of ASCII letters aside.
    #[must_use]
    pub fn is(&self, other: &str) -> bool {
        Alpha(self.0).is(other)
    }
}

impl<const N: usize> fmt::Display for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Symbol of a security.
pub type Symbol = Alpha<8>;
/// Name of a market participant.
pub type Mpid = Alpha<4>;
/// A broker's own text for an order.
pub type ClOrdId = Alpha<14>;

/// `bytes` without the spaces on either side.
pub(crate) const fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ', rest @ ..] = bytes {
        bytes = rest;
    }
    while let [rest @ .., b' '] = bytes {
        bytes = rest;
    }
    bytes
}

impl<const N: usize> Default for Alpha<N> {
    fn default() -> Self {
        Self::BLANK
    }
}

impl<const N: usize> fmt::Display for Alpha<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.trimmed().escape_ascii().fmt(f)
    }
}

impl<const N: usize> fmt::Debug for Alpha<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

/// A number written in `N` ASCII digits, right-justified and padded with spaces.
///
/// What came is kept as it came; [`Digits::number`] reads it with either padding.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digits<const N: usize>(pub [u8; N]);

/// Bytes that are not a number: something else than digits between the spaces, or too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotANumber;

impl<const N: usize> Digits<N> {
    /// All spaces.
    pub const BLANK: Self = Digits([b' '; N]);

    /// Writes `number`, right-justified.
    ///
    /// # Panics
    /// If it has more than `N` digits.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        let mut bytes = [b' '; N];
        let mut rest = number;
        let mut at = N;
        loop {
            assert!(at > 0, "the number has no more digits than the field");
            at -= 1;
            bytes[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                return Digits(bytes);
            }
        }
    }

    /// The number, or `None` where the field is blank.
    ///
    /// # Errors
    /// If anything but spaces, digits and spaces stands there, or more than a `u64` holds.
    pub fn number(&self) -> Result<Option<u64>, NotANumber> {
        parse_digits(&self.0)
    }
}

/// The number that stands in `bytes` between spaces, or `None` where they are all spaces.
pub(crate) fn parse_digits(bytes: &[u8]) -> Result<Option<u64>, NotANumber> {
    let digits = trim(bytes);
    if digits.is_empty() {
        return Ok(None);
    }
    digits
        .iter()
        .try_fold(0u64, |sum, &byte| {
            let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
            sum.checked_mul(10)?.checked_add(digit)
        })
        .map(Some)
        .ok_or(NotANumber)
}

impl fmt::Display for NotANumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a number in ASCII digits")
    }
}

impl core::error::Error for NotANumber {}

impl<const N: usize> fmt::Display for Digits<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        trim(&self.0).escape_ascii().fmt(f)
    }
}

impl<const N: usize> fmt::Debug for Digits<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_padded_on_the_side_asked_for_and_compared_without_padding() {
        assert_eq!(&Alpha::<8>::new("AAPL").0, b"AAPL    ");
        assert_eq!(&Alpha::<8>::right("AAPL").expect("it fits").0, b"    AAPL");
        assert_eq!(Alpha::<4>::try_new("AAPLX"), None);
        assert!(Alpha(*b"  demo").is("DEMO") && !Alpha(*b"  dem ").is("demo"));
    }

    #[test]
    fn written_numbers_are_read_with_either_padding_and_leading_zeros() {
        for text in [b"        42", b"42        ", b"0000000042", b"   0042   "] {
            assert_eq!(Digits(*text).number(), Ok(Some(42)));
        }
        assert_eq!(Digits(*b"     ").number(), Ok(None));
        assert_eq!(Digits::<20>::new(u64::MAX).number(), Ok(Some(u64::MAX)));
        assert_eq!(&Digits::<5>::new(0).0, b"    0");
    }

    #[test]
    fn written_numbers_with_anything_else_or_too_large_are_refused() {
        for text in [b"4 2  ", b"-42  ", b"+42  ", b"42\0  ", b"4x   "] {
            assert_eq!(Digits(*text).number(), Err(NotANumber), "{:?}", Digits(*text));
        }
        assert_eq!(Digits(*b"18446744073709551616").number(), Err(NotANumber));
    }
}
