//! The one rule for names: symbols and firms (K4).

/// Whether a field is printable ASCII, left-justified and not blank.
#[inline]
pub(crate) fn is_name<const N: usize>(field: [u8; N]) -> bool {
    // All of it is looked at: names pass, and where one ends would be guessed wrong.
    let printable = field.iter().fold(true, |all, byte| all & matches!(byte, b' '..=b'~'));
    let pairs = field.iter().zip(&field[1..]);
    let justified = pairs
        .fold(field[0] != b' ', |all, (left, right)| all & ((*left != b' ') | (*right == b' ')));
    printable & justified
}
