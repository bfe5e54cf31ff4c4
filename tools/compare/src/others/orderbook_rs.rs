//! orderbook-rs: a book for each security, numbers are the caller's.

use orderbook_rs::OrderBook;
use pricelevel::{Id, Side as OrderSide, TimeInForce};
use tools::bench::Subject;
use tools::workload::{Flow, Resting, Side, Step, Tally};

use super::numbers::Numbers;

/// A book for each security.
pub struct OrderbookRs {
    books: Vec<OrderBook<()>>,
    numbers: Numbers,
}

/// A command: the security, and a new order or the number of one to cancel.
pub enum Order {
    New { symbol: usize, id: u32, side: OrderSide, price: u128, quantity: u64 },
    Cancel { symbol: usize, id: Id },
}

impl Subject for OrderbookRs {
    type Command = Order;

    fn open(flow: &Flow) -> Self {
        OrderbookRs {
            books: (0..flow.symbols).map(|_| OrderBook::new("X")).collect(),
            numbers: Numbers::new(flow, false),
        }
    }

    fn prepare(&mut self, steps: &[Step], batch: &mut Vec<Order>) {
        batch.extend(steps.iter().map(|step| match *step {
            Step::Enter { id, price, quantity, symbol, side, .. } => {
                let side = match side {
                    Side::Buy => OrderSide::Buy,
                    Side::Sell => OrderSide::Sell,
                };
                let (price, quantity) = (u128::from(price), u64::from(quantity));
                Order::New { symbol: usize::from(symbol), id, side, price, quantity }
            }
            Step::Cancel { id, .. } => {
                let (symbol, _) = self.numbers.place(id);
                Order::Cancel { symbol, id: Id::sequential(u64::from(id)) }
            }
            Step::Replace { .. } => unreachable!("shapes have none"),
        }));
    }

    fn run(&mut self, batch: &[Order], tally: &mut Tally) {
        for order in batch {
            match *order {
                Order::New { symbol, id, side, price, quantity } => {
                    let number = Id::sequential(u64::from(id));
                    let done = self.books[symbol].add_limit_order_with_result(
                        number,
                        price,
                        quantity,
                        side,
                        TimeInForce::Gtc,
                        None,
                    );
                    let Ok((_, Some(result))) = done else { continue };
                    for trade in result.match_result.trades().as_vec() {
                        let maker = trade.maker_order_id().as_u64().unwrap_or(0) as u32;
                        let price = trade.price().as_u128() as u32;
                        tally.trade(maker, id, price, trade.quantity().as_u64() as u32);
                    }
                }
                Order::Cancel { symbol, id } => {
                    // A stale cancel finds nothing.
                    std::hint::black_box(self.books[symbol].cancel_order(id).is_ok());
                }
            }
        }
    }

    fn resting(&self) -> Option<Resting> {
        None
    }
}
