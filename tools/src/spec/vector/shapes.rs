//! The words for what a value is, and what they mean.

use protocol_spec::wire::layout::Shape;

/// What a value is, by the word that stands for it.
pub(super) fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    SHAPES.iter().map(|&each| (word(each), meaning(each)))
}

const SHAPES: [Shape; 11] = [
    Shape::Unsigned,
    Shape::Price,
    Shape::OrderPrice,
    Shape::SignedPrice,
    Shape::Level,
    Shape::Time,
    Shape::Seconds,
    Shape::Text,
    Shape::Digits,
    Shape::Code,
    Shape::NumericCode,
];

const fn meaning(shape: Shape) -> &'static str {
    match shape {
        Shape::Unsigned => "Whole number, big-endian.",
        Shape::Price => "Price, big-endian, 4 implied decimals: 1875000 is 187.5000.",
        Shape::OrderPrice => {
            "Price of an order, big-endian, 4 implied decimals. 2000000000 and 2147483647 are no \
             prices: both mean a market order, and the text is market."
        }
        Shape::SignedPrice => {
            "Difference of prices, two's complement, big-endian, 4 implied decimals: -250 is \
             -0.0250."
        }
        Shape::Level => "Level of an index, big-endian, 8 implied decimals.",
        Shape::Time => "Time of day, big-endian: nanoseconds since midnight.",
        Shape::Seconds => "Time of day, big-endian: seconds since midnight.",
        Shape::Text => "ASCII text, padded with spaces.",
        Shape::Digits => "Whole number in ASCII digits, padded with spaces.",
        Shape::Code => "ASCII characters from a list.",
        Shape::NumericCode => "Whole number from a list, big-endian.",
    }
}

/// The word for a shape.
pub(in crate::spec) const fn word(shape: Shape) -> &'static str {
    match shape {
        Shape::Unsigned => "unsigned",
        Shape::Price => "price",
        Shape::OrderPrice => "order_price",
        Shape::SignedPrice => "signed_price",
        Shape::Level => "level",
        Shape::Time => "time",
        Shape::Seconds => "seconds",
        Shape::Text => "text",
        Shape::Digits => "digits",
        Shape::Code => "code",
        Shape::NumericCode => "numeric_code",
    }
}
