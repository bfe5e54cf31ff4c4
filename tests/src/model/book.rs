//! The entries of one side of a security in priority order (R44).

use super::order::Order;

/// An entry: one of the at most two that an order has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where its order is in the list of orders.
    pub at: usize,
    /// Whether it is displayed.
    pub displayed: bool,
    /// Its price.
    pub price: u32,
    /// Its open shares.
    pub shares: u32,
    place: u64,
}

/// R44: better price; at a price all displayed entries, then all hidden ones; among each the place.
#[must_use]
pub fn lines(orders: &[Order], symbol: usize, buys: bool) -> Vec<Line> {
    let mut all = Vec::new();
    for (at, order) in orders.iter().enumerate() {
        if order.symbol != symbol || order.side.is_buy() != buys {
            continue;
        }
        let price = order.price.0;
        if order.shown > 0 {
            let (shares, place) = (order.shown, order.shown_place);
            all.push(Line { at, displayed: true, price, shares, place });
        }
        if order.hidden > 0 {
            let (shares, place) = (order.hidden, order.hidden_place);
            all.push(Line { at, displayed: false, price, shares, place });
        }
    }
    all.sort_by_key(|line| {
        let price = i64::from(line.price);
        (if buys { -price } else { price }, !line.displayed, line.place)
    });
    all
}

/// The best displayed price of a side.
#[must_use]
pub fn best_displayed(orders: &[Order], symbol: usize, buys: bool) -> Option<u32> {
    let side = orders.iter().filter(|order| order.symbol == symbol && order.side.is_buy() == buys);
    let prices = side.filter(|order| order.shown > 0).map(|order| order.price.0);
    if buys { prices.max() } else { prices.min() }
}
