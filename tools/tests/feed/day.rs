//! A short day of the feed, message by message.

use protocol_spec::wire::binary_file;
use protocol_spec::wire::itch::{
    AddOrder, AddOrderMpid, BrokenTrade, BuySell, CrossTrade, OrderCancel, OrderDelete,
    OrderExecuted, OrderExecutedWithPrice, OrderReplace, Printable, RegShoRestriction,
    StockDirectory, StockTradingAction, SystemEvent, SystemEventCode, Trade, TradingState,
};
use protocol_spec::wire::ouch::{Mpid, Symbol};
use protocol_spec::words::{Locate, MatchNo, OrderRef, Price, Shares, Timestamp, Volume};

/// 09:30:00 in nanoseconds since midnight.
const OPEN: u64 = 34_200_000_000_000;
const AAA: Symbol = Symbol::new("AAA");

/// Messages in the making, a second apart. Locate 1 is AAA.
pub(crate) struct Day {
    time: u64,
    pub(crate) messages: Vec<Vec<u8>>,
}

/// Writes a message at the next second.
macro_rules! tell {
    ($day:expr, $kind:ident { $($field:ident: $value:expr),* $(,)? }) => {{
        $day.time += 1_000_000_000;
        let timestamp = Timestamp($day.time);
        let mut bytes = [0; $kind::LEN];
        $kind { timestamp, $($field: $value,)* ..$kind::BLANK }.encode(&mut bytes);
        $day.messages.push(bytes.to_vec());
    }};
}

impl Day {
    /// AAA is listed and trades: five messages.
    pub(crate) fn open() -> Self {
        let mut day = Day { time: OPEN, messages: Vec::new() };
        day.stage(SystemEventCode::START_OF_MESSAGES);
        tell!(day, StockDirectory { locate: Locate(1), stock: AAA });
        day.state(TradingState::TRADING);
        tell!(day, RegShoRestriction { locate: Locate(1), stock: AAA });
        day.stage(SystemEventCode::START_OF_SYSTEM_HOURS);
        day
    }

    /// A sound day of every kind of message that moves a book or a tape: 22 messages, 4 trades of
    /// 160 shares, a cross among them, and 1 order left.
    pub(crate) fn sound() -> Self {
        let mut day = Day::open();
        day.add(1, b'B', 100, 9_9900);
        day.add(2, b'S', 100, 10_0000);
        day.attributed(3, b'S', 50, 10_0100);
        day.execute(2, 60, 1);
        day.cancel(2, 10);
        day.replace(2, 4, 80, 10_0200);
        day.trade(20, 10_0000, 2);
        day.break_trade(2);
        day.state(TradingState::PAUSED);
        day.add(5, b'B', 30, 10_0200);
        day.cross(5, 30, 10_0200, 3);
        day.cross(4, 30, 10_0200, 3);
        day.print(30, 10_0200, 4);
        day.state(TradingState::TRADING);
        day.delete(4);
        day.execute(3, 50, 5);
        day.stage(SystemEventCode::END_OF_MESSAGES);
        day
    }

    pub(crate) fn stage(&mut self, event: SystemEventCode) {
        tell!(self, SystemEvent { event: event });
    }

    pub(crate) fn state(&mut self, state: TradingState) {
        tell!(self, StockTradingAction { locate: Locate(1), stock: AAA, state: state });
    }

    pub(crate) fn add(&mut self, of: u64, side: u8, shares: u32, price: u32) {
        let side = if side == b'B' { BuySell::BUY } else { BuySell::SELL };
        tell!(
            self,
            AddOrder {
                locate: Locate(1),
                order_ref: OrderRef(of),
                side: side,
                shares: Shares(shares),
                stock: AAA,
                price: Price(price),
            }
        );
    }

    fn attributed(&mut self, of: u64, side: u8, shares: u32, price: u32) {
        let side = if side == b'B' { BuySell::BUY } else { BuySell::SELL };
        tell!(
            self,
            AddOrderMpid {
                locate: Locate(1),
                order_ref: OrderRef(of),
                side: side,
                shares: Shares(shares),
                stock: AAA,
                price: Price(price),
                attribution: Mpid::new("FRM1"),
            }
        );
    }

    pub(crate) fn execute(&mut self, of: u64, shares: u32, number: u64) {
        let (order_ref, match_no) = (OrderRef(of), MatchNo(number));
        let shares = Shares(shares);
        tell!(
            self,
            OrderExecuted {
                locate: Locate(1),
                order_ref: order_ref,
                shares: shares,
                match_no: match_no,
            }
        );
    }

    pub(crate) fn cross(&mut self, of: u64, shares: u32, price: u32, number: u64) {
        tell!(
            self,
            OrderExecutedWithPrice {
                locate: Locate(1),
                order_ref: OrderRef(of),
                shares: Shares(shares),
                match_no: MatchNo(number),
                printable: Printable::NO,
                price: Price(price),
            }
        );
    }

    fn print(&mut self, shares: u64, price: u32, number: u64) {
        tell!(
            self,
            CrossTrade {
                locate: Locate(1),
                shares: Volume(shares),
                stock: AAA,
                price: Price(price),
                match_no: MatchNo(number),
            }
        );
    }

    fn trade(&mut self, shares: u32, price: u32, number: u64) {
        tell!(
            self,
            Trade {
                locate: Locate(1),
                side: BuySell::BUY,
                shares: Shares(shares),
                stock: AAA,
                price: Price(price),
                match_no: MatchNo(number),
            }
        );
    }

    pub(crate) fn break_trade(&mut self, number: u64) {
        tell!(self, BrokenTrade { locate: Locate(1), match_no: MatchNo(number) });
    }

    pub(crate) fn cancel(&mut self, of: u64, shares: u32) {
        tell!(
            self,
            OrderCancel { locate: Locate(1), order_ref: OrderRef(of), shares: Shares(shares) }
        );
    }

    pub(crate) fn delete(&mut self, of: u64) {
        tell!(self, OrderDelete { locate: Locate(1), order_ref: OrderRef(of) });
    }

    fn replace(&mut self, of: u64, by: u64, shares: u32, price: u32) {
        tell!(
            self,
            OrderReplace {
                locate: Locate(1),
                original_ref: OrderRef(of),
                new_ref: OrderRef(by),
                shares: Shares(shares),
                price: Price(price),
            }
        );
    }

    /// The clock goes back so many seconds.
    pub(crate) fn back(&mut self, seconds: u64) {
        self.time -= seconds * 1_000_000_000;
    }

    /// The messages as a BinaryFILE, without its end mark.
    pub(crate) fn records(&self) -> Vec<u8> {
        records(&self.messages)
    }

    /// The whole file.
    pub(crate) fn file(&self) -> Vec<u8> {
        [self.records(), binary_file::END.to_vec()].concat()
    }
}

/// Messages as a BinaryFILE, without its end mark.
pub(crate) fn records(messages: &[Vec<u8>]) -> Vec<u8> {
    let record = |message: &Vec<u8>| [&binary_file::header(message), &message[..]].concat();
    messages.iter().flat_map(record).collect()
}
