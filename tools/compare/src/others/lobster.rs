//! lobster: a book for each security, numbers are the caller's.

use lobster::{OrderBook, OrderEvent, OrderType, Side as OrderSide};
use tools::bench::Subject;
use tools::workload::{Flow, Resting, Side, Step, Tally};

use super::numbers::Numbers;

/// A book for each security.
pub struct Lobster {
    books: Vec<OrderBook>,
    numbers: Numbers,
}

impl Subject for Lobster {
    type Command = (usize, OrderType);

    fn open(flow: &Flow) -> Self {
        let room = (flow.peaks.orders / flow.symbols) as usize + 1;
        Lobster {
            books: (0..flow.symbols).map(|_| OrderBook::new(room, 10, false)).collect(),
            numbers: Numbers::new(flow, false),
        }
    }

    fn prepare(&mut self, steps: &[Step], batch: &mut Vec<Self::Command>) {
        batch.extend(steps.iter().map(|step| match *step {
            Step::Enter { id, price, quantity, symbol, side, .. } => {
                let side = match side {
                    Side::Buy => OrderSide::Bid,
                    Side::Sell => OrderSide::Ask,
                };
                let (id, qty, price) = (u128::from(id), u64::from(quantity), u64::from(price));
                (usize::from(symbol), OrderType::Limit { id, side, qty, price })
            }
            Step::Cancel { id, .. } => {
                let (symbol, _) = self.numbers.place(id);
                (symbol, OrderType::Cancel { id: u128::from(id) })
            }
            Step::Replace { .. } => unreachable!("shapes have none"),
        }));
    }

    fn run(&mut self, batch: &[Self::Command], tally: &mut Tally) {
        for (symbol, order) in batch {
            let event = self.books[*symbol].execute(*order);
            if let OrderEvent::Filled { fills, .. } | OrderEvent::PartiallyFilled { fills, .. } =
                event
            {
                for fill in fills {
                    let [maker, taker] = [fill.order_2, fill.order_1].map(|id| id as u32);
                    tally.trade(maker, taker, fill.price as u32, fill.qty as u32);
                }
            }
        }
    }

    fn resting(&self) -> Option<Resting> {
        None
    }
}
