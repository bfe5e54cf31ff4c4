//! matchcore: numbers its orders by the command that brought them, each book counts its own.
//!
//! Up to 0.4.0 a limit order that trades at all trades on beyond its limit, so it comes to other
//! trades than the rest.

use matchcore::{
    CancelCmd, Command, CommandKind, CommandMeta, CommandOutcome, CommandReport, LimitOrder,
    NewOrder, OrderBook, OrderFlags, OrderId, OrderKind, Price, Quantity, QuantityPolicy,
    SequenceNumber, Side as OrderSide, SubmitCmd, TimeInForce, Timestamp,
};
use tools::bench::Subject;
use tools::workload::{Flow, Resting, Side, Step, Tally};

use super::numbers::Numbers;

/// A book for each security.
pub struct Matchcore {
    books: Vec<OrderBook>,
    /// The number of the next command of each book.
    next: Vec<u64>,
    numbers: Numbers,
}

impl Subject for Matchcore {
    type Command = (usize, u32, Command);

    fn open(flow: &Flow) -> Self {
        Matchcore {
            books: (0..flow.symbols).map(|_| OrderBook::new("X")).collect(),
            next: vec![0; flow.symbols as usize],
            numbers: Numbers::new(flow, true),
        }
    }

    fn prepare(&mut self, steps: &[Step], batch: &mut Vec<Self::Command>) {
        for step in steps {
            let (symbol, id, kind) = self.kind(step);
            let number = self.next[symbol];
            self.next[symbol] += 1;
            let (sequence_number, timestamp) = (SequenceNumber(number), Timestamp(number));
            let meta = CommandMeta { sequence_number, timestamp };
            batch.push((symbol, id, Command { meta, kind }));
        }
    }

    fn run(&mut self, batch: &[Self::Command], tally: &mut Tally) {
        for (symbol, id, command) in batch {
            let outcome = self.books[*symbol].execute(command);
            let CommandOutcome::Applied(CommandReport::Submit(effects)) = outcome else { continue };
            let Some(matched) = effects.target_order().match_result() else { continue };
            for trade in matched.trades() {
                let maker = self.numbers.id(*symbol, trade.maker_order_id().0);
                tally.trade(maker, *id, trade.price().0 as u32, trade.quantity().0 as u32);
            }
        }
    }

    fn resting(&self) -> Option<Resting> {
        None
    }
}

impl Matchcore {
    fn kind(&self, step: &Step) -> (usize, u32, CommandKind) {
        match *step {
            Step::Enter { id, price, quantity, symbol, side, .. } => {
                let side = match side {
                    Side::Buy => OrderSide::Buy,
                    Side::Sell => OrderSide::Sell,
                };
                let policy = QuantityPolicy::Standard { quantity: Quantity(u64::from(quantity)) };
                let flags = OrderFlags::new(side, false, TimeInForce::Gtc);
                let order = LimitOrder::new(Price(u64::from(price)), policy, flags);
                let order = NewOrder::Limit(order);
                (usize::from(symbol), id, CommandKind::Submit(SubmitCmd { order }))
            }
            Step::Cancel { id, .. } => {
                let (symbol, place) = self.numbers.place(id);
                let (order_id, order_kind) = (OrderId(place), OrderKind::Limit);
                (symbol, id, CommandKind::Cancel(CancelCmd { order_id, order_kind }))
            }
            Step::Replace { .. } => unreachable!("shapes have none"),
        }
    }
}
