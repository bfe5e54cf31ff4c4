//! Flows by name.

use clap::ValueEnum;

use super::flow::Flow;
use super::real::Real;
use super::shape::Shape;

/// A flow that is made on the spot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Named {
    /// The mix of a real day: 8,000 securities, half a million orders
    Real,
    /// One security
    One,
    /// 100 securities
    Hundred,
    /// 200,000 orders in one book
    Deep,
    /// A price that wanders over thousands of ticks
    Swing,
    /// A price that jumps by hundreds of ticks
    Crash,
    /// 10,000 securities with five million orders
    Many,
}

impl Named {
    /// All of them.
    pub const ALL: [Named; 7] = [
        Named::Real,
        Named::One,
        Named::Hundred,
        Named::Deep,
        Named::Swing,
        Named::Crash,
        Named::Many,
    ];

    /// Those of plain orders and cancels alone.
    pub const PLAIN: [Named; 6] =
        [Named::One, Named::Hundred, Named::Deep, Named::Swing, Named::Crash, Named::Many];

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Named::Real => "real",
            Named::One => "one",
            Named::Hundred => "hundred",
            Named::Deep => "deep",
            Named::Swing => "swing",
            Named::Crash => "crash",
            Named::Many => "many",
        }
    }

    /// The number of commands that shows what it is for.
    #[must_use]
    pub const fn usual(self) -> u32 {
        match self {
            Named::Many => 20_000_000,
            _ => 5_000_000,
        }
    }

    /// Makes it. `commands` are those that are measured; `real` has more, which fill its books.
    #[must_use]
    pub fn flow(self, commands: u32, seed: u64) -> Flow {
        let shape = match self {
            Named::Real => return Real::DAY.flow(self.name(), commands, seed),
            Named::One => Shape::ONE,
            Named::Hundred => Shape::HUNDRED,
            Named::Deep => Shape::DEEP,
            Named::Swing => Shape::SWING,
            Named::Crash => Shape::CRASH,
            Named::Many => Shape::MANY,
        };
        shape.flow(self.name(), commands, seed)
    }
}
