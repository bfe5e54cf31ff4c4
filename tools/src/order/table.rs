//! Open orders as a table.

use super::orders::{Order, OrderName, Orders};
use super::plain;
use crate::count::grouped;
use protocol_spec::wire::Symbol;
use protocol_spec::wire::ouch::Display;
use protocol_spec::words::Shares;

/// The columns: heading, and whether numbers stand in it, which are set on the right.
const COLUMNS: [(&str, bool); 9] = [
    ("order", true),
    ("side", false),
    ("symbol", false),
    ("left", true),
    ("of", true),
    ("price", true),
    ("tif", false),
    ("shown", false),
    ("ref", true),
];

/// Orders that are shown without being asked for.
const FEW: usize = 20;

/// The table, or how many there are, if that is many.
pub(super) fn short_table(orders: &Orders) -> String {
    match orders.iter().len() {
        0..=FEW => table(orders, None),
        count => format!("{} open orders; `orders` shows them", grouped(count as u64)),
    }
}

/// The table, maybe of one security alone, a line for each order, without the last end of a line;
/// it says so if there is none.
pub(super) fn table(orders: &Orders, symbol: Option<Symbol>) -> String {
    let rows: Vec<[String; 9]> = orders
        .iter()
        .filter(|(_, order)| symbol.is_none_or(|symbol| symbol == order.symbol))
        .map(|(name, order)| row(name, order))
        .collect();
    if rows.is_empty() {
        let of = symbol.map(|symbol| format!(" in {symbol}")).unwrap_or_default();
        return format!("no open orders{of}");
    }
    let mut widths = COLUMNS.map(|(heading, _)| heading.len());
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.len());
        }
    }
    let headings = COLUMNS.map(|(heading, _)| heading.to_owned());
    let lines = [headings].iter().chain(&rows).map(|row| line(row, &widths)).collect::<Vec<_>>();
    lines.join("\n")
}

fn line(row: &[String; 9], widths: &[usize; 9]) -> String {
    let mut line = String::new();
    for ((cell, width), (_, is_number)) in row.iter().zip(widths).zip(COLUMNS) {
        let padded =
            if is_number { format!("{cell:>width$}  ") } else { format!("{cell:<width$}  ") };
        line.push_str(&padded);
    }
    line.trim_end().to_owned()
}

fn row(name: OrderName, order: &Order) -> [String; 9] {
    [
        plain::order_name(name),
        plain::side(order.side),
        order.symbol.to_string(),
        order.left.to_string(),
        order.total().to_string(),
        plain::price(order.price),
        plain::time_in_force(order.time_in_force, order.deadline),
        shown(order),
        order.order_ref.to_string(),
    ]
}

/// What the public sees of it, and on what terms it trades.
fn shown(order: &Order) -> String {
    let mut words = if order.floor > Shares(0) {
        vec![format!("{} of reserve", order.tip)]
    } else {
        vec![match order.display {
            Display::VISIBLE => "all".to_owned(),
            other => plain::display(other),
        }]
    };
    if order.post_only {
        words.push("post-only".to_owned());
    }
    if order.least > Shares(0) {
        words.push(format!("min {}", order.least));
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use protocol_spec::wire::ouch::{PostOnly, Tags};
    use protocol_spec::words::UserRefIdx;

    use super::super::sample::{accepted, executed, reply};
    use super::*;

    fn orders() -> Orders {
        let mut orders = Orders::default();
        let reserve = Tags {
            max_floor: Some(Shares(100)),
            post_only: Some(PostOnly::POST_ONLY),
            user_ref_idx: Some(UserRefIdx(2)),
            ..Tags::NONE
        };
        for bytes in [accepted(3, 150, Tags::NONE), executed(3, 100), accepted(11, 1_000, reserve)]
        {
            orders.take(&reply(&bytes));
        }
        orders
    }

    #[test]
    fn each_open_order_has_a_row() {
        let expected = "         \
         order  side  symbol  left    of   price  tif  shown                      ref
             3  buy   AAPL      50   150  187.50  day  all                          3
11 (channel 2)  buy   AAPL    1000  1000  187.50  day  100 of reserve, post-only   11";
        assert_eq!(table(&orders(), None), expected);
        assert_eq!(short_table(&orders()), expected);
    }

    #[test]
    fn one_security_alone_can_be_asked_for() {
        assert_eq!(table(&orders(), Some(Symbol::new("AAPL"))), table(&orders(), None));
        assert_eq!(table(&orders(), Some(Symbol::new("MSFT"))), "no open orders in MSFT");
        assert_eq!(table(&Orders::default(), None), "no open orders");
    }

    #[test]
    fn many_orders_are_shown_only_when_asked_for() {
        let mut orders = Orders::default();
        for number in 1..=1_234 {
            orders.take(&reply(&accepted(number, 1, Tags::NONE)));
        }
        assert_eq!(short_table(&orders), "1,234 open orders; `orders` shows them");
        assert_eq!(table(&orders, None).lines().count(), 1_235);
    }
}
