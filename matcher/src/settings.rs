//! What the operator sets: the day, the securities, the ports (R15, R16).

use alloc::vec::Vec;

use protocol_spec::wire::ouch::{Mpid, Symbol};
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{PortId, Price, Shares, Time};

use crate::name::is_name;
use crate::order::{Strategy, is_quantity};
use crate::phase::Overlay;
use crate::refusal::Refusal;
use crate::tick::{MAX_LIMIT, TickTable};

/// The opening of a day (R16).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// YYYYMMDD and two digits, the day's incarnation.
    pub session: [u8; 10],
    /// The midnight that begins it.
    pub midnight: Time,
    /// What the sizes of random reserves are drawn from (R58).
    pub seed: u64,
    /// What bounds all state.
    pub limits: Limits,
    /// The version of the rule book under which the day is run.
    pub rules_version: u32,
    /// What accounts bring along from the day before, at most [`Day::MAX_CARRIED`] of it.
    pub carried: Vec<Carried>,
}

impl Day {
    /// As much as the record of an opening has room for.
    pub const MAX_CARRIED: usize = 2_048;

    /// Whether the day can be held to its limits, and the record of its opening is not too long.
    #[must_use]
    pub fn is_possible(&self) -> bool {
        self.limits.are_possible() && self.carried.len() <= Self::MAX_CARRIED
    }
}

/// A balance or a position that an account brings along. Accounts are named as brokers know them:
/// numbers of ports are given anew each day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carried {
    /// The name that the port logs in by.
    pub user: Alpha<6>,
    /// The firm.
    pub firm: Mpid,
    /// The security of a position; blank is the balance.
    pub symbol: Symbol,
    /// Shares, or money in units of 0.0001.
    pub amount: i64,
}

/// What bounds all state of a day (R79). Pools of this size are taken when the day opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Securities, at most 65,535.
    pub symbols: u32,
    /// Ports.
    pub ports: u32,
    /// Live orders in all.
    pub live_orders: u32,
    /// Price levels in use in all: (symbol, side, price) with at least one entry.
    pub levels: u32,
    /// Resting orders with a minimum quantity per symbol and side.
    pub min_qty_orders: u32,
    /// Broken trades.
    pub broken_trades: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            symbols: Limits::MAX_SYMBOLS,
            ports: 10_000,
            live_orders: 4_194_304,
            levels: 2_097_152,
            min_qty_orders: 1_024,
            broken_trades: 65_536,
        }
    }
}

impl Limits {
    /// Whether a day can be held to them.
    #[must_use]
    pub fn are_possible(&self) -> bool {
        let Limits { symbols, ports, live_orders, levels, min_qty_orders, broken_trades } = *self;
        let all = [symbols, ports, live_orders, levels, min_qty_orders, broken_trades];
        !all.contains(&0)
            && symbols <= Self::MAX_SYMBOLS
            && ports <= Self::MAX_PORTS
            && all.iter().all(|&limit| limit <= Self::MAX_POOL)
    }

    /// The most symbols that locate codes can tell apart.
    pub const MAX_SYMBOLS: u32 = 65_535;
    /// The most ports, so that one step can look at all of them (R72).
    pub const MAX_PORTS: u32 = 16_384;
    /// The most of anything that a venue can be asked to hold.
    pub const MAX_POOL: u32 = 1 << 30;
}

/// A security (R15).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instrument {
    /// Its name.
    pub symbol: Symbol,
    /// Which prices are valid.
    pub ticks: TickTable,
    /// Shares of a round lot, at least 1.
    pub lot: Shares,
    /// Whether quantities must be whole lots.
    pub round_lots_only: bool,
    /// The price before the first execution of the day.
    pub reference_price: Price,
    /// How far market orders may trade from the reference, in 1/10,000; 0 is any distance.
    pub collar_bps: u16,
    /// How far limits may lie beyond the reference, in 1/10,000; 0 is any distance.
    pub fat_finger_bps: u16,
    /// Most shares of an order; `None` is any.
    pub max_quantity: Option<Shares>,
    /// Most price x quantity of an order; 0 is any.
    pub max_notional: u64,
    /// Whether it is for tests alone.
    pub test: bool,
    /// Its overlay when it is first listed.
    pub initial_state: Overlay,
}

impl Instrument {
    /// A security with the rule book's defaults, a tick of a cent and this reference price.
    #[must_use]
    pub fn new(symbol: Symbol, reference_price: Price) -> Self {
        Instrument {
            symbol,
            ticks: TickTable::uniform(100),
            lot: Shares(100),
            round_lots_only: false,
            reference_price,
            collar_bps: 1_000,
            fat_finger_bps: 0,
            max_quantity: None,
            max_notional: 0,
            test: false,
            initial_state: Overlay::None,
        }
    }
}

impl Instrument {
    /// Whether a venue can list it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), Refusal> {
        let reference = self.reference_price;
        let listed = (1..=MAX_LIMIT).contains(&reference.0) && self.ticks.is_valid(reference);
        refused_unless(is_name(self.symbol.0), Refusal::BadSymbol)?;
        refused_unless(is_quantity(self.lot), Refusal::BadLot)?;
        refused_unless(listed, Refusal::BadReference)?;
        refused_unless(self.collar_bps.max(self.fat_finger_bps) <= ALL_BPS, Refusal::BadBps)
    }

    /// Whether price, size or value of orders are limited (K27, K28).
    #[inline]
    pub(crate) fn has_limits(&self) -> bool {
        self.fat_finger_bps > 0 || self.max_quantity.is_some() || self.max_notional > 0
    }
}

/// The whole, in shares of 1/10,000.
pub(crate) const ALL_BPS: u16 = 10_000;

fn refused_unless(right: bool, refusal: Refusal) -> Result<(), Refusal> {
    if right { Ok(()) } else { Err(refusal) }
}

/// A broker's port (R15).
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "they are switches of the configuration")]
pub struct Port {
    /// Its number.
    pub number: PortId,
    /// The firms it may enter orders for, 1 to [`Port::MAX_FIRMS`]; the first is the default.
    pub firms: Vec<Mpid>,
    /// Whether it may trade test instruments.
    pub test: bool,
    /// The kinds of sale it may use beside the plain one.
    pub short: Short,
    /// Whether a short sale must say that shares were located.
    pub locate_required: bool,
    /// Whether it may send market orders.
    pub market: bool,
    /// What becomes of its post-only orders that would trade.
    pub post_only: PostOnlyRule,
    /// Its self-match strategy where an order names none.
    pub aiq: Strategy,
    /// Its self-match group where an order names none.
    pub aiq_group: [u8; 2],
    /// How far limits may lie beyond the reference, in 1/10,000; 0 is any distance.
    pub fat_finger_bps: u16,
    /// Most shares of an order; `None` is any.
    pub max_quantity: Option<Shares>,
    /// Most price x quantity of an order; 0 is any.
    pub max_notional: u64,
    /// Messages a second; 0 is any number.
    pub rate: u32,
    /// Messages at once; 0 is any number.
    pub burst: u32,
    /// Whether its orders are canceled when its connection ends.
    pub cancel_on_disconnect: bool,
    /// How long after it ended, in nanoseconds.
    pub cod_grace: u64,
    /// How long after a crash of the venue, in nanoseconds.
    pub crash_grace: u64,
    /// Most live orders.
    pub max_live: u32,
}

/// The kinds of sale that a port may use beside the plain one: T and E (K22).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Short {
    /// `T`.
    pub short: bool,
    /// `E`.
    pub exempt: bool,
}

/// What becomes of a post-only order that would trade (R59).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PostOnlyRule {
    /// It is canceled.
    Cancel,
    /// It rests one tick short of the opposite side.
    Slide,
}

impl PostOnlyRule {
    /// Every rule.
    pub const ALL: [PostOnlyRule; 2] = [PostOnlyRule::Cancel, PostOnlyRule::Slide];
}

impl Port {
    /// The most firms of a port.
    pub const MAX_FIRMS: usize = 64;

    /// Whether a venue can make it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), Refusal> {
        let names = self.firms.iter().all(|firm| is_name(firm.0));
        let once = || (1..self.firms.len()).all(|at| !self.firms[..at].contains(&self.firms[at]));
        let printable = self.aiq_group.iter().all(|byte| (b' '..=b'~').contains(byte));
        let few = (1..=Self::MAX_FIRMS).contains(&self.firms.len());
        refused_unless(few && names && once(), Refusal::BadFirms)?;
        refused_unless(printable, Refusal::BadGroup)?;
        refused_unless(self.fat_finger_bps <= ALL_BPS, Refusal::BadBps)
    }

    /// Whether price, size or value of orders are limited (K29).
    #[inline]
    pub(crate) fn has_limits(&self) -> bool {
        self.fat_finger_bps > 0 || self.max_quantity.is_some() || self.max_notional > 0
    }

    /// A port with the rule book's defaults.
    #[must_use]
    pub fn new(number: PortId, firms: Vec<Mpid>) -> Self {
        Port {
            number,
            firms,
            test: false,
            short: Short { short: true, exempt: true },
            locate_required: false,
            market: true,
            post_only: PostOnlyRule::Cancel,
            aiq: Strategy::Trade,
            aiq_group: *b"  ",
            fat_finger_bps: 0,
            max_quantity: None,
            max_notional: 0,
            rate: 0,
            burst: 0,
            cancel_on_disconnect: false,
            cod_grace: 0,
            crash_grace: 30_000_000_000,
            max_live: 1_000_000,
        }
    }
}
