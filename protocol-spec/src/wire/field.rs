//! How a value sits in its bytes, and what is known of it.

use super::bytes::bytes_at;
use super::layout::{Code, Shape};
use super::text::{Alpha, Digits, Secret};
use crate::words::{
    FeedNo, GroupId, Level, Locate, MatchNo, OrderPrice, OrderRef, Price, Seconds, Shares,
    SignedPrice, Timestamp, UserRefIdx, UserRefNum, Volume,
};

/// A value that fills exactly `N` bytes of a message.
///
/// Every pattern of bytes is a value: reading never fails, and writing what was read gives the
/// same bytes. Whether the value means anything is asked apart, by [`Field::is_known`].
pub trait Field<const N: usize>: Copy {
    /// How the value is to be shown.
    const SHAPE: Shape;
    /// The codes that have a meaning, empty for what is not a code.
    const CODES: &'static [Code] = &[];
    /// Whether codes outside the list are allowed.
    const OPEN: bool = false;
    /// What stands where nothing is said: zero for numbers, spaces for text and codes.
    const BLANK: Self;

    /// Reads the value.
    fn get(bytes: [u8; N]) -> Self;

    /// Reads the value at offset `at` of a message.
    ///
    /// # Panics
    /// If the message ends before the value does.
    #[inline]
    fn read(message: &[u8], at: usize) -> Self {
        Self::get(bytes_at(message, at))
    }

    /// Writes the value.
    ///
    /// # Panics
    /// If the value needs more than `N` bytes, which a timestamp alone can.
    fn put(self) -> [u8; N];

    /// Whether the protocol gives the value a meaning.
    fn is_known(self) -> bool {
        true
    }
}

/// Big-endian integers and the words over them.
macro_rules! integers {
    ($($width:literal $repr:ident $shape:expr => $($word:ident)*;)+) => { $(
        $(
            impl Field<$width> for $word {
                const SHAPE: Shape = $shape;
                const BLANK: Self = $word(0);

                #[inline]
                fn get(bytes: [u8; $width]) -> Self {
                    $word($repr::from_be_bytes(bytes))
                }

                #[inline]
                fn put(self) -> [u8; $width] {
                    self.0.to_be_bytes()
                }
            }
        )*
    )+ };
}

integers! {
    1 u8 Shape::Unsigned => UserRefIdx;
    2 u16 Shape::Unsigned => Locate GroupId;
    4 u32 Shape::Unsigned => UserRefNum Shares;
    8 u64 Shape::Unsigned => OrderRef MatchNo Volume FeedNo;
    4 u32 Shape::Price => Price;
    8 u64 Shape::OrderPrice => OrderPrice;
    4 i32 Shape::SignedPrice => SignedPrice;
    8 u64 Shape::Level => Level;
    8 u64 Shape::Time => Timestamp;
    4 u32 Shape::Seconds => Seconds;
}

macro_rules! plain_integers {
    ($($width:literal $repr:ident)+) => { $(
        impl Field<$width> for $repr {
            const SHAPE: Shape = Shape::Unsigned;
            const BLANK: Self = 0;

            #[inline]
            fn get(bytes: [u8; $width]) -> Self {
                $repr::from_be_bytes(bytes)
            }

            #[inline]
            fn put(self) -> [u8; $width] {
                self.to_be_bytes()
            }
        }
    )+ };
}

plain_integers! { 2 u16 4 u32 }

impl Field<6> for Timestamp {
    const SHAPE: Shape = Shape::Time;
    const BLANK: Self = Timestamp(0);

    #[inline]
    fn get([a, b, c, d, e, f]: [u8; 6]) -> Self {
        // Two loads; an array of eight bytes would be put together one by one.
        let (high, low) = (u16::from_be_bytes([a, b]), u32::from_be_bytes([c, d, e, f]));
        Timestamp(u64::from(high) << 32 | u64::from(low))
    }

    /// One load of eight bytes where two come before the value, as in every message.
    #[inline]
    fn read(message: &[u8], at: usize) -> Self {
        match at.checked_sub(2) {
            Some(before) => {
                let eight = u64::from_be_bytes(bytes_at(message, before));
                Timestamp(eight & 0xFFFF_FFFF_FFFF)
            }
            None => <Self as Field<6>>::get(bytes_at(message, at)),
        }
    }

    #[inline]
    fn put(self) -> [u8; 6] {
        let [0, 0, bytes @ ..] = self.0.to_be_bytes() else {
            panic!("a day ends before 48 bits of nanoseconds do");
        };
        bytes
    }
}

impl<const N: usize> Field<N> for Alpha<N> {
    const SHAPE: Shape = Shape::Text;
    const BLANK: Self = Alpha::BLANK;

    #[inline]
    fn get(bytes: [u8; N]) -> Self {
        Alpha(bytes)
    }

    #[inline]
    fn put(self) -> [u8; N] {
        self.0
    }
}

impl<const N: usize> Field<N> for Secret<N> {
    const SHAPE: Shape = Shape::Text;
    const BLANK: Self = Secret([b' '; N]);

    #[inline]
    fn get(bytes: [u8; N]) -> Self {
        Secret(bytes)
    }

    #[inline]
    fn put(self) -> [u8; N] {
        self.0
    }
}

impl<const N: usize> Field<N> for Digits<N> {
    const SHAPE: Shape = Shape::Digits;
    const BLANK: Self = Digits::BLANK;

    #[inline]
    fn get(bytes: [u8; N]) -> Self {
        Digits(bytes)
    }

    #[inline]
    fn put(self) -> [u8; N] {
        self.0
    }

    /// A blank or a number; whether a blank is allowed is for the reader to say.
    fn is_known(self) -> bool {
        self.number().is_ok()
    }
}

/// The codes of one byte, a bit each: looked up without a branch that could be guessed wrong.
pub(crate) struct Singles([u64; 4]);

impl Singles {
    pub(crate) const fn of(codes: &[Code]) -> Self {
        let (mut bits, mut i) = ([0; 4], 0);
        while i < codes.len() {
            if let [byte] = codes[i].bytes {
                bits[*byte as usize / 64] |= 1 << (*byte % 64);
            }
            i += 1;
        }
        Singles(bits)
    }

    #[inline]
    pub(crate) const fn contains(&self, byte: u8) -> bool {
        self.0[byte as usize / 64] >> (byte % 64) & 1 == 1
    }
}
