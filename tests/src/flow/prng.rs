//! Numbers from a seed.

/// A generator of numbers: the sum of an odd number, stirred.
#[derive(Clone, Debug)]
pub struct Prng {
    state: u64,
}

impl Prng {
    /// A generator that begins with this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Prng { state: seed }
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.state ^ self.state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    /// A number below `limit`.
    ///
    /// # Panics
    /// If there is none.
    pub fn below(&mut self, limit: u64) -> u64 {
        assert!(limit > 0, "some number is below the limit");
        self.number() % limit
    }

    /// A number in `low..=high`.
    ///
    /// # Panics
    /// If there is none.
    pub fn between(&mut self, low: u32, high: u32) -> u32 {
        let offset = self.below(u64::from(high - low) + 1);
        low + u32::try_from(offset).expect("it is within two numbers of 32 bits")
    }

    /// True in `percent` of 100 cases.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// True once in `cases`.
    pub fn once_in(&mut self, cases: u64) -> bool {
        self.below(cases) == 0
    }

    /// A place in a list of this length.
    ///
    /// # Panics
    /// If the list is empty.
    pub fn place(&mut self, len: usize) -> usize {
        usize::try_from(self.below(len as u64)).expect("it is below a length")
    }

    /// One of the list.
    ///
    /// # Panics
    /// If there is none.
    pub fn pick<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.place(list.len())].clone()
    }

    /// One of the list, each as often as its weight says.
    ///
    /// # Panics
    /// If all weights are 0.
    pub fn weighted<T: Clone>(&mut self, list: &[(u64, T)]) -> T {
        let mut at = self.below(list.iter().map(|(weight, _)| weight).sum());
        for (weight, value) in list {
            match at.checked_sub(*weight) {
                Some(rest) => at = rest,
                None => return value.clone(),
            }
        }
        unreachable!("the number is below the sum of the weights")
    }
}
