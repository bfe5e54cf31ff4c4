//! A clock that others turn.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use appliance::world::Clock;
use protocol_spec::words::{Moment, Time};

use crate::flow::prng::Prng;

/// A clock; its copies are the same clock.
#[derive(Clone, Debug)]
pub struct SimClock {
    now: Rc<Cell<u64>>,
    /// How far the time of the world is ahead of `now`; it can be set.
    ahead: Rc<Cell<i128>>,
    chance: Rc<Cell<u64>>,
}

impl SimClock {
    /// A clock that shows this time of the world.
    #[must_use]
    pub fn new(time: Time, seed: u64) -> Self {
        let now = 1_000_000_000;
        let ahead = i128::from(time.0) - i128::from(now);
        SimClock {
            now: Rc::new(Cell::new(now)),
            ahead: Rc::new(Cell::new(ahead)),
            chance: Rc::new(Cell::new(seed)),
        }
    }

    /// Lets time pass.
    ///
    /// # Panics
    /// If it is centuries.
    pub fn pass(&self, wait: Duration) {
        let nanos = u64::try_from(wait.as_nanos()).expect("simulations are short");
        self.now.set(self.now.get() + nanos);
    }

    /// Lets time pass until `moment`, if it is not past.
    pub fn pass_until(&self, moment: Moment) {
        self.now.set(self.now.get().max(moment.0));
    }

    /// Sets the time of the world, as somebody may at any moment.
    pub fn set(&self, time: Time) {
        self.ahead.set(i128::from(time.0) - i128::from(self.now.get()));
    }
}

impl Clock for SimClock {
    fn now(&self) -> Moment {
        Moment(self.now.get())
    }

    fn time(&self) -> Time {
        let time = (i128::from(self.now.get()) + self.ahead.get()).max(0);
        Time(u64::try_from(time).expect("the time of the world is a date of this century"))
    }

    fn chance(&self) -> u64 {
        let mut prng = Prng::new(self.chance.get());
        let number = prng.number();
        self.chance.set(number);
        number
    }
}
