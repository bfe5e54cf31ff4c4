//! Draws requests, writes them, and reads what comes back.

use protocol_spec::wire::DecodeError;
use protocol_spec::wire::ouch::{
    CancelOrder, Capacity, ClOrdId, CrossType, Display, EnterOrder, Iso, Outbound, ReplaceOrder,
    Side, Symbol, TimeInForce,
};
use protocol_spec::words::{Moment, OrderPrice, Shares, UserRefNum};

use super::figures::Figures;
use super::mix::{Mix, Request};
use super::orders::{Free, Orders};
use crate::workload::random::Random;

/// What requests are drawn from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Shares of the kinds.
    pub mix: Mix,
    /// Securities, all as often.
    pub symbols: Vec<Symbol>,
    /// Price that no order at rest reaches: buys rest below, sells above.
    pub price: u64,
    /// Most orders at rest, of one connection.
    pub depth: u32,
}

impl Flow {
    /// Steps of the prices.
    pub const TICK: u64 = 100;
    /// Prices on each side at which orders rest; a crossing order reaches the last of them.
    pub const LEVELS: u64 = 10;
    /// The lowest price to go round.
    pub const LOWEST: u64 = (Flow::LEVELS + 1) * Flow::TICK;
}

/// One broker's end: its requests, and its orders.
///
/// Books stay bounded: where the mix asks for one more order at rest than `depth`, the oldest is
/// canceled, or if none is free a crossing order sent. Where it asks for a cancel or replace and
/// no order is free, one comes to rest.
#[derive(Clone, Debug)]
pub struct Trader {
    flow: Flow,
    random: Random,
    /// Its orders.
    pub orders: Orders,
}

/// Shares of an order come in steps of this.
const LOT: u32 = 100;

impl Trader {
    /// Bytes of the longest request.
    pub const LONGEST: usize = EnterOrder::LEN + 2;

    /// Its first order will have the number `first`.
    #[must_use]
    pub fn new(flow: &Flow, seed: u64, first: UserRefNum) -> Self {
        Trader { flow: flow.clone(), random: Random::new(seed), orders: Orders::new(first) }
    }

    /// Writes the next request and says how long it is; `None` if all numbers are used up.
    #[inline]
    pub fn ask(&mut self, at: Moment, out: &mut [u8; Trader::LONGEST]) -> Option<usize> {
        let number = self.orders.next()?;
        let wanted = self.flow.mix.draw(&mut self.random);
        let has_room = self.orders.resting() < self.flow.depth;
        if wanted == Request::Cross || (wanted == Request::Rest && has_room) {
            return Some(self.enter(at, number, wanted == Request::Rest, out));
        }
        match self.orders.oldest() {
            Some(free) if wanted == Request::Replace => Some(self.replace(at, number, free, out)),
            Some(free) => Some(self.cancel(at, free, out)),
            None => Some(self.enter(at, number, has_room, out)),
        }
    }

    /// Writes a cancel of the oldest order that is free, if there is one.
    pub fn ask_cancel(&mut self, at: Moment, out: &mut [u8; Trader::LONGEST]) -> Option<usize> {
        let free = self.orders.oldest()?;
        Some(self.cancel(at, free, out))
    }

    /// Reads what the venue said.
    ///
    /// # Errors
    /// If it is no message.
    #[inline]
    pub fn hear(
        &mut self,
        at: Moment,
        bytes: &[u8],
        figures: &mut Figures,
    ) -> Result<(), DecodeError> {
        let (message, _) = Outbound::frame(bytes)?;
        self.orders.hear(at, message, figures);
        Ok(())
    }

    fn enter(
        &mut self,
        at: Moment,
        number: UserRefNum,
        to_rest: bool,
        out: &mut [u8; Trader::LONGEST],
    ) -> usize {
        let is_buy = self.random.below(2) == 0;
        let shares = LOT * (1 + self.random.below_u32(3));
        let symbol = self.random.below(self.flow.symbols.len() as u64) as usize;
        let (price, time_in_force) = match to_rest {
            true => (self.price_at_rest(is_buy), TimeInForce::DAY),
            false => (self.price(!is_buy, Flow::LEVELS), TimeInForce::IMMEDIATE_OR_CANCEL),
        };
        let (fixed, appendage) = out.split_first_chunk_mut().expect("there is room for both");
        EnterOrder {
            user_ref_num: number,
            side: if is_buy { Side::BUY } else { Side::SELL },
            quantity: Shares(shares),
            symbol: self.flow.symbols[symbol],
            price,
            time_in_force,
            display: Display::VISIBLE,
            capacity: Capacity::AGENCY,
            iso: Iso::NO,
            cross_type: CrossType::CONTINUOUS,
            cl_ord_id: ClOrdId::new("load"),
        }
        .encode(fixed);
        appendage.fill(0);
        self.orders.entered(at, shares, is_buy, to_rest);
        EnterOrder::LEN + 2
    }

    fn cancel(&mut self, at: Moment, free: Free, out: &mut [u8; Trader::LONGEST]) -> usize {
        let fixed = out.first_chunk_mut().expect("there is room for it");
        CancelOrder { user_ref_num: free.number, quantity: Shares(0) }.encode(fixed);
        self.orders.cancel_sent(at, free);
        CancelOrder::LEN
    }

    fn replace(
        &mut self,
        at: Moment,
        number: UserRefNum,
        free: Free,
        out: &mut [u8; Trader::LONGEST],
    ) -> usize {
        let price = self.price_at_rest(free.is_buy);
        let fixed = out.first_chunk_mut().expect("there is room for it");
        ReplaceOrder {
            orig_user_ref_num: free.number,
            user_ref_num: number,
            quantity: Shares(free.total),
            price,
            time_in_force: TimeInForce::DAY,
            display: Display::VISIBLE,
            iso: Iso::NO,
            cl_ord_id: ClOrdId::new("load"),
        }
        .encode(fixed);
        let len = ReplaceOrder::LEN + 2;
        out[ReplaceOrder::LEN..len].fill(0);
        self.orders.replace_sent(at, free);
        len
    }

    fn price_at_rest(&mut self, is_buy: bool) -> OrderPrice {
        let steps = 1 + self.random.below(Flow::LEVELS);
        self.price(is_buy, steps)
    }

    /// So many steps below the middle, or above it.
    fn price(&self, is_below: bool, steps: u64) -> OrderPrice {
        let away = steps * Flow::TICK;
        let price = self.flow.price;
        OrderPrice(if is_below { price - away } else { price + away })
    }
}
