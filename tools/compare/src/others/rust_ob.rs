//! rust_ob: a book for each security, numbers are the caller's, prices and shares decimal.

use rust_ob::{Decimal, OrderBook, Side as OrderSide};
use tools::bench::Subject;
use tools::workload::{Flow, Resting, Side, Step, Tally};

use super::numbers::Numbers;

/// A book for each security.
pub struct RustOb {
    books: Vec<OrderBook<u32>>,
    numbers: Numbers,
}

/// A command: the security, and a new order or the number of one to cancel.
pub enum Order {
    New { symbol: usize, id: u32, side: OrderSide, price: Decimal, quantity: Decimal },
    Cancel { symbol: usize, id: u32 },
}

impl Subject for RustOb {
    type Command = Order;

    fn open(flow: &Flow) -> Self {
        RustOb {
            books: (0..flow.symbols).map(|_| OrderBook::new()).collect(),
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
                let [price, quantity] = [price, quantity].map(Decimal::from);
                Order::New { symbol: usize::from(symbol), id, side, price, quantity }
            }
            Step::Cancel { id, .. } => {
                let (symbol, _) = self.numbers.place(id);
                Order::Cancel { symbol, id }
            }
            Step::Replace { .. } => unreachable!("shapes have none"),
        }));
    }

    fn run(&mut self, batch: &[Order], tally: &mut Tally) {
        for order in batch {
            match *order {
                Order::New { symbol, id, side, price, quantity } => {
                    let matches = self.books[symbol]
                        .process_limit_order(id, side, price, quantity)
                        .expect("numbers are new and quantities above 0");
                    // The last one is the sum for the order itself.
                    let count = matches.len().saturating_sub(1);
                    for one in &matches[..count] {
                        let shares = number(one.quantity);
                        tally.trade(one.order, id, number(one.cost.abs()) / shares, shares);
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

fn number(decimal: Decimal) -> u32 {
    u32::try_from(decimal).expect("prices and shares are whole and small")
}
