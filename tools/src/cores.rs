//! Which core a thread runs on, and how it waits there.

use std::{hint, io, thread};

use clap::ValueEnum;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// The cores that this process was let onto when it began.
#[derive(Clone, Copy, Debug)]
pub struct Cores(CpuSet);

impl Cores {
    /// Those that the calling thread may use now, before it is put anywhere.
    ///
    /// # Errors
    /// If the system does not tell.
    pub fn read() -> io::Result<Self> {
        Ok(Cores(sched_getaffinity(None)?))
    }

    /// Their numbers, ascending.
    pub fn numbers(&self) -> impl DoubleEndedIterator<Item = usize> {
        (0..CpuSet::MAX_CPU).filter(|&core| self.0.is_set(core))
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.numbers().count()
    }

    /// Whether a thread may be put on this one.
    #[must_use]
    pub fn has(&self, core: usize) -> bool {
        core < CpuSet::MAX_CPU && self.0.is_set(core)
    }

    /// Puts the calling thread on one core, or lets it onto all of them again.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn place(&self, core: Option<usize>) -> io::Result<()> {
        let set = core.map_or(self.0, |core| {
            let mut one = CpuSet::new();
            one.set(core);
            one
        });
        Ok(sched_setaffinity(None, &set)?)
    }
}

/// What a thread does that has nothing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Waiting {
    /// It looks again at once
    Spin,
    /// It lets others have the core first
    Yield,
}

impl Waiting {
    /// Spinning where both ends can have a core each.
    #[must_use]
    pub const fn on(cores: usize) -> Self {
        if cores > 1 { Waiting::Spin } else { Waiting::Yield }
    }

    /// Waits a moment.
    pub fn pass(self) {
        match self {
            Waiting::Spin => hint::spin_loop(),
            Waiting::Yield => thread::yield_now(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_is_put_on_a_core_and_let_go_again() {
        let on_a_thread_of_its_own = thread::spawn(|| {
            let cores = Cores::read().expect("the system tells");
            let last = cores.numbers().next_back().expect("there is a core");
            cores.place(Some(last)).expect("it may be used");
            let placed = Cores::read().expect("the system tells");
            assert_eq!(placed.numbers().collect::<Vec<_>>(), [last]);
            assert!(placed.has(last) && !placed.has(usize::MAX));
            cores.place(None).expect("they may be used");
            assert_eq!(Cores::read().expect("the system tells").count(), cores.count());
        });
        on_a_thread_of_its_own.join().expect("it holds");
    }
}
