//! What must be true of every state, whatever led to it.

use protocol_spec::wire::itch::TradingState;

use super::book;
use super::order::Order;
use super::state::Model;

impl Model {
    /// Says what is wrong with the state, if anything is.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check_soundness(&self) -> Result<(), String> {
        for order in &self.orders {
            check_order(order).map_err(|wrong| format!("{wrong}: {order:?}"))?;
        }
        let mut owners: Vec<_> = self.orders.iter().map(|order| order.owner).collect();
        owners.sort();
        if owners.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err("R28: two live orders under one number".to_owned());
        }
        for symbol in 0..self.securities.len() {
            // R61
            let best = |buys| book::best_displayed(&self.orders, symbol, buys);
            if let (Some(bid), Some(ask)) = (best(true), best(false))
                && self.trading_state(symbol) == TradingState::TRADING
                && bid >= ask
            {
                return Err(format!("R61: security {symbol} is bid {bid} and asked {ask}"));
            }
        }
        Ok(())
    }
}

/// R4, R44: a live order's shares are all accounted for, and stand in the entries it should have.
fn check_order(order: &Order) -> Result<(), &'static str> {
    let gone = u64::from(order.done) + u64::from(order.prev);
    let open = u64::from(order.shown) + u64::from(order.hidden);
    let is_shown = order.display.is_shown();
    if open == 0 {
        return Err("R4: a live order has leaves");
    }
    if u64::from(order.total) != open + gone {
        return Err("R4: total = leaves + done + prev");
    }
    if is_shown != (order.shown > 0) {
        return Err("R44: a displayed order at rest, and no other, has a displayed entry");
    }
    if order.hidden > 0 && is_shown && order.max_floor == 0 {
        return Err("R44: of the displayed orders, reserve orders alone have a remainder");
    }
    Ok(())
}
