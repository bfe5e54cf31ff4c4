//! The securities and what each does at the moment.

use alloc::vec::Vec;
use core::ops::{Index, IndexMut};

use protocol_spec::wire::itch::TradingState;
use protocol_spec::wire::ouch::Symbol;
use protocol_spec::words::{Locate, Price};

use crate::phase::{Mode, Overlay, Phase, mode, trading_state};
use crate::settings::Instrument;

/// A security of the day. What every order needs comes first, in one line of memory.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub(super) struct Security {
    /// What it does with a new order: a function of phase and overlay, at hand (R20).
    pub(super) mode: Mode,
    /// Whether there is more to check than the tick: a function of the settings.
    pub(super) special: bool,
    /// Whether there was an execution today.
    pub(super) executed: bool,
    pub(super) overlay: Overlay,
    /// The one tick of all prices, 0 if there are several: a function of the settings.
    tick: u32,
    /// The price of the last execution, until then that of the settings (R12).
    pub(super) reference: Price,
    /// Resting orders with a minimum quantity: buys, sells (R79).
    pub(super) min_qty_orders: [u32; 2],
    /// The reason of the overlay, kept also when there is none (R19).
    pub(super) reason: [u8; 4],
    /// What the feed was told last that it does (R20).
    pub(super) told: TradingState,
    settings: Instrument,
}

impl Security {
    /// A security that is listed now.
    pub(super) fn new(settings: Instrument, phase: Phase) -> Self {
        let overlay = settings.initial_state;
        let mut security = Security {
            mode: mode(phase, overlay),
            special: false,
            executed: false,
            overlay,
            tick: 0,
            reference: settings.reference_price,
            min_qty_orders: [0; 2],
            reason: *b"    ",
            told: trading_state(phase, overlay),
            settings,
        };
        security.derive();
        security
    }

    /// How it is traded.
    #[inline]
    pub(super) fn settings(&self) -> &Instrument {
        &self.settings
    }

    /// Sets how it is traded from now on.
    pub(super) fn set(&mut self, settings: Instrument) {
        self.settings = settings;
        if !self.executed {
            self.reference = self.settings.reference_price;
        }
        self.derive();
    }

    fn derive(&mut self) {
        let settings = &self.settings;
        self.special = settings.test || settings.round_lots_only || settings.has_limits();
        self.tick = match settings.ticks.bands() {
            [band] => band.tick,
            _ => 0,
        };
    }

    /// Whether a price is valid (R2).
    #[inline(always)]
    pub(super) fn is_valid(&self, price: Price) -> bool {
        match self.tick {
            0 => self.settings.ticks.is_valid(price),
            tick => price.0.is_multiple_of(tick),
        }
    }

    /// The resting orders with a minimum quantity on a side.
    pub(super) fn min_qty_orders(&mut self, buys: bool) -> &mut u32 {
        &mut self.min_qty_orders[usize::from(!buys)]
    }

    /// There was an execution at `price` (R12).
    #[inline]
    pub(super) fn traded(&mut self, price: Price) {
        self.reference = price;
        self.executed = true;
    }
}

/// All securities by locate, and their locates by symbol.
#[derive(Debug)]
pub(super) struct Securities {
    list: Vec<Security>,
    /// Open addressing with a fixed hash: the operator chooses the symbols.
    cells: Vec<Cell>,
    shift: u32,
}

#[derive(Clone, Copy, Debug)]
struct Cell {
    symbol: Symbol,
    locate: Locate,
}

impl Securities {
    /// Room for so many.
    pub(super) fn new(count: u32) -> Self {
        let bits = (count * 2).next_power_of_two().trailing_zeros().max(1);
        let empty = Cell { symbol: Symbol::BLANK, locate: Locate(0) };
        Securities {
            list: Vec::with_capacity(count as usize),
            cells: alloc::vec![empty; 1 << bits],
            shift: u64::BITS - bits,
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> u16 {
        self.list.len() as u16
    }

    /// All of them, by locate.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Locate, &Security)> {
        (1..=u16::MAX).map(Locate).zip(&self.list)
    }

    /// The security of a locate, if there is one.
    pub(super) fn get(&self, locate: Locate) -> Option<&Security> {
        self.list.get(usize::from(locate.0).checked_sub(1)?)
    }

    /// The locate of a symbol.
    #[inline]
    pub(super) fn find(&self, symbol: Symbol) -> Option<Locate> {
        let cell = &self.cells[self.cell(symbol)];
        (cell.locate.0 != 0).then_some(cell.locate)
    }

    /// Adds a security with a new symbol. There is room.
    pub(super) fn add(&mut self, security: Security) -> Locate {
        let at = self.cell(security.settings.symbol);
        let locate = Locate(self.len() + 1);
        self.cells[at] = Cell { symbol: security.settings.symbol, locate };
        self.list.push(security);
        locate
    }

    /// Where a symbol is looked for first.
    #[inline]
    fn home(&self, symbol: Symbol) -> usize {
        let hash = u64::from_le_bytes(symbol.0).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (hash >> self.shift) as usize
    }

    /// Where a symbol is or would be.
    #[inline]
    fn cell(&self, symbol: Symbol) -> usize {
        let mut at = self.home(symbol);
        while self.cells[at].locate.0 != 0 && self.cells[at].symbol != symbol {
            at = (at + 1) & (self.cells.len() - 1);
        }
        at
    }
}

impl Index<Locate> for Securities {
    type Output = Security;

    #[inline(always)]
    fn index(&self, locate: Locate) -> &Security {
        &self.list[usize::from(locate.0) - 1]
    }
}

impl IndexMut<Locate> for Securities {
    #[inline]
    fn index_mut(&mut self, locate: Locate) -> &mut Security {
        &mut self.list[usize::from(locate.0) - 1]
    }
}
