//! Flows small enough to follow by hand.

use super::*;

fn enter(id: u32, side: Side, price: u32, quantity: u32) -> Step {
    Step::Enter { id, price, quantity, tip: 0, symbol: 0, side, style: Style::Shown }
}

fn styled(step: Step, style: Style, tip: u32) -> Step {
    match step {
        Step::Enter { id, price, quantity, symbol, side, .. } => {
            Step::Enter { id, price, quantity, tip, symbol, side, style }
        }
        other => other,
    }
}

/// The book after these steps, and the trades that it should have made: maker, taker, price,
/// shares.
fn check(steps: &[Step], trades: &[(u32, u32, u32, u32)]) -> PlainBook {
    let mut book = PlainBook::new(1);
    steps.iter().for_each(|step| book.apply(step));
    let mut expected = Tally::NONE;
    trades.iter().for_each(|trade| expected.trade(trade.0, trade.1, trade.2, trade.3));
    assert_eq!(book.outcome().tally, expected);
    book
}

use Side::{Buy, Sell};

#[test]
fn better_prices_trade_first_and_earlier_orders_at_the_same_price() {
    let steps = [
        enter(1, Sell, 101, 100),
        enter(2, Sell, 100, 100),
        enter(3, Sell, 100, 50),
        enter(4, Buy, 101, 220),
    ];
    let book = check(&steps, &[(2, 4, 100, 100), (3, 4, 100, 50), (1, 4, 101, 70)]);
    assert_eq!(book.outcome().resting, Resting { orders: 1, quantity: 30 });
    assert_eq!(book.peaks(), Peaks { orders: 3, levels: 2 });
    let mix = Mix { adds: 3, executions: 3, ..Mix::default() };
    assert_eq!(book.mix(), mix);
}

#[test]
fn what_does_not_trade_rests_unless_it_is_to_be_gone() {
    let late = styled(enter(3, Buy, 100, 500), Style::Immediate, 0);
    let steps = [enter(1, Sell, 100, 100), enter(2, Buy, 100, 300), late, enter(4, Sell, 99, 900)];
    let book = check(&steps, &[(1, 2, 100, 100), (2, 4, 100, 200)]);
    assert_eq!(book.outcome().resting, Resting { orders: 1, quantity: 700 });
    assert_eq!(book.best(0, Sell), Some(99));
    assert_eq!(book.best(0, Buy), None);
}

#[test]
fn cancels_take_shares_or_the_order_and_do_nothing_to_the_dead() {
    let steps = [
        enter(1, Buy, 50, 500),
        enter(2, Sell, 50, 100),
        Step::Cancel { id: 1, wanted: 300 },
        Step::Cancel { id: 1, wanted: 300 },
        Step::Cancel { id: 1, wanted: 50 },
        Step::Cancel { id: 1, wanted: 0 },
        enter(3, Sell, 50, 10),
    ];
    // 500, 100 traded, to 300 in all: 200 are left. To 50 in all, below what is done: none is.
    let book = check(&steps, &[(1, 2, 50, 100)]);
    assert_eq!(book.outcome().resting, Resting { orders: 1, quantity: 10 });
    assert_eq!((book.mix().reductions, book.mix().deletes), (1, 1));
    assert_eq!(book.live_in(0), 1);
}

#[test]
fn a_replacement_takes_the_last_place_and_keeps_what_was_done() {
    let replace = |id, original, price, quantity| Step::Replace {
        id,
        original,
        price,
        quantity,
        symbol: 0,
        side: Buy,
        style: Style::Shown,
    };
    let steps = [
        enter(1, Buy, 50, 500),
        enter(2, Buy, 50, 100),
        enter(3, Sell, 50, 100),
        replace(4, 1, 50, 500),
        enter(5, Sell, 50, 300),
        replace(6, 1, 60, 500),
        replace(7, 4, 50, 300),
    ];
    // The chain of 1 did 100 and 200. Replaced to 300 in all it has nothing left.
    let book = check(&steps, &[(1, 3, 50, 100), (2, 5, 50, 100), (4, 5, 50, 200)]);
    assert_eq!(book.outcome().resting, Resting::default());
    assert_eq!(book.mix().replaces, 1);
}

#[test]
fn hidden_orders_come_after_displayed_ones_of_the_same_price() {
    let hidden = styled(enter(1, Buy, 50, 100), Style::Hidden, 0);
    let steps = [hidden, enter(2, Buy, 50, 100), enter(3, Sell, 50, 150)];
    let book = check(&steps, &[(2, 3, 50, 100), (1, 3, 50, 50)]);
    let mix = book.mix();
    assert_eq!((mix.adds, mix.executions, mix.hidden), (1, 1, 1));
    assert_eq!(book.best(0, Buy), None);
}

#[test]
fn a_reserve_order_shows_its_next_tip_after_the_sweep_and_in_the_last_place() {
    let reserve = styled(enter(1, Buy, 50, 250), Style::Shown, 100);
    let steps = [
        reserve,
        enter(2, Buy, 50, 100),
        enter(3, Sell, 50, 120),
        enter(4, Sell, 50, 100),
        enter(5, Sell, 50, 120),
    ];
    // The tip, 20 of order 2; a new tip behind it; 80 of order 2, 20 of the tip; 80 of the tip and
    // 40 of the remainder, which has its turn within the sweep.
    let trades = [
        (1, 3, 50, 100),
        (2, 3, 50, 20),
        (2, 4, 50, 80),
        (1, 4, 50, 20),
        (1, 5, 50, 80),
        (1, 5, 50, 40),
    ];
    let book = check(&steps, &trades);
    assert_eq!(book.outcome().resting, Resting { orders: 1, quantity: 10 });
    assert_eq!(book.mix().adds, 4);
    assert_eq!(book.mix().hidden, 1);
}

#[test]
fn a_reserve_order_loses_its_hidden_shares_first() {
    let reserve = styled(enter(1, Buy, 50, 300), Style::Shown, 100);
    let steps = [reserve, Step::Cancel { id: 1, wanted: 80 }, enter(2, Sell, 50, 100)];
    let book = check(&steps, &[(1, 2, 50, 80)]);
    assert_eq!(book.outcome().resting, Resting { orders: 1, quantity: 20 });
}
