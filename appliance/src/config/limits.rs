//! What bounds all state of a day.

use matcher::settings::Limits;

use super::section::Section;

/// Reads the limits of a day (R79).
pub(super) fn read(section: &mut Section<'_, '_>) -> Limits {
    let default = Limits::default();
    let pool = 1..=Limits::MAX_POOL;
    let limits = Limits {
        symbols: section.number("symbols", default.symbols, 1..=Limits::MAX_SYMBOLS),
        ports: section.number("ports", default.ports, 1..=Limits::MAX_PORTS),
        live_orders: section.number("live_orders", default.live_orders, pool.clone()),
        levels: section.number("levels", default.levels, pool.clone()),
        min_qty_orders: section.number("min_qty_orders", default.min_qty_orders, pool.clone()),
        broken_trades: section.number("broken_trades", default.broken_trades, pool),
    };
    if !limits.are_possible() {
        section.fault_of_all("no day can be held to these limits".to_owned());
    }
    limits
}
