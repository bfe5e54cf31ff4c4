//! What the types of a document's tables mean.

use protocol_spec::wire::layout::Shape;
use protocol_spec::words::OrderPrice;

use super::markdown::Table;
use crate::count::grouped;
use crate::spec::implied;
use crate::spec::protocol::Protocol;

/// Every shape, in the order in which documents explain them.
const SHAPES: [Shape; 11] = [
    Shape::Unsigned,
    Shape::Text,
    Shape::Code,
    Shape::NumericCode,
    Shape::Digits,
    Shape::Price,
    Shape::OrderPrice,
    Shape::SignedPrice,
    Shape::Level,
    Shape::Time,
    Shape::Seconds,
];

/// The name of a shape in tables.
pub(super) const fn name(shape: Shape) -> &'static str {
    match shape {
        Shape::Unsigned => "Integer",
        Shape::Price | Shape::OrderPrice => "Price(4)",
        Shape::SignedPrice => "Signed Price(4)",
        Shape::Level => "Price(8)",
        Shape::Time => "Timestamp",
        Shape::Seconds => "Seconds",
        Shape::Text => "Alpha",
        Shape::Digits => "ASCII Number",
        Shape::Code => "Code",
        Shape::NumericCode => "Numeric Code",
    }
}

fn meaning(shape: Shape) -> String {
    let text = match shape {
        Shape::Unsigned => "Unsigned, big-endian",
        Shape::Price => "Unsigned, big-endian, 4 implied decimals: 1,875,000 is 187.5000",
        Shape::OrderPrice => return order_price(),
        Shape::SignedPrice => {
            "Two's complement, big-endian, 4 implied decimals: FF FF FF 06 is -0.0250"
        }
        Shape::Level => "Unsigned, big-endian, 8 implied decimals",
        Shape::Time => {
            "Unsigned, big-endian: nanoseconds since the midnight that began the trading day, in \
             the venue's zone"
        }
        Shape::Seconds => "Unsigned, big-endian: seconds since that midnight",
        Shape::Text => "ASCII, padded with spaces; on the right unless the field says otherwise",
        Shape::Digits => {
            "ASCII digits, written with spaces before them; read with spaces on either side"
        }
        Shape::Code => "ASCII characters from a list, padded with spaces on the right",
        Shape::NumericCode => "Unsigned, big-endian, from a list",
    };
    text.to_owned()
}

/// The price of orders, with the limit and both market encodings.
fn order_price() -> String {
    let both = [OrderPrice::MARKET_200000, OrderPrice::MARKET_MAX]
        .map(|price| format!("{} (0x{:08X})", grouped(price.0), price.0));
    format!(
        "Unsigned, big-endian, 4 implied decimals. The highest limit is {} (0x{:08X}); {} and {} \
         both mean a market order",
        OrderPrice::MAX_LIMIT,
        OrderPrice::MAX_LIMIT.0,
        both[0],
        both[1],
    )
}

/// The section that explains the types of `protocol`.
pub(super) fn section(protocol: &Protocol) -> String {
    let leading = protocol
        .layouts()
        .flat_map(|(_, layout)| implied::leading(layout))
        .map(|field| (field.shape, field.len));
    let uses: Vec<_> =
        protocol.fields().map(|field| (field.shape, field.len)).chain(leading).collect();
    let mut table = Table::new(&["Type", "Bytes", "Meaning"]);
    for shape in SHAPES {
        let mut widths: Vec<_> =
            uses.iter().filter(|(used, _)| *used == shape).map(|(_, len)| len).collect();
        widths.sort_unstable();
        widths.dedup();
        if widths.is_empty() {
            continue;
        }
        let widths: Vec<_> = widths.iter().map(ToString::to_string).collect();
        table.row(&[name(shape).to_owned(), widths.join(", "), meaning(shape)]);
    }
    format!("\n## Data types\n\n{}", table.text())
}
