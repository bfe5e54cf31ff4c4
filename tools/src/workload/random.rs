//! Numbers that look random and are the same for the same seed.

/// A generator of random numbers (SplitMix64).
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Random(seed)
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    pub(crate) const fn below(&mut self, end: u64) -> u64 {
        ((self.next() as u128 * end as u128) >> 64) as u64
    }

    /// The same, of a smaller number.
    pub(crate) const fn below_u32(&mut self, end: u32) -> u32 {
        self.below(end as u64) as u32
    }

    /// Whether something of this chance in 1,000 happens.
    pub(crate) const fn permille(&mut self, chance: u64) -> bool {
        self.below(1_000) < chance
    }
}

/// How often each of many things comes: the first most often, with a long tail.
#[derive(Clone, Debug)]
pub(super) struct Popularity {
    sums: Vec<u64>,
}

impl Popularity {
    /// The thing of rank k, from 0, has the weight 1 / (k + `flatness`).
    pub(super) fn new(things: u32, flatness: u64) -> Self {
        let weights = (0..u64::from(things)).map(|rank| (1 << 32) / (rank + flatness));
        let sums = weights.scan(0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        });
        Popularity { sums: sums.collect() }
    }

    /// One of them.
    pub(super) fn draw(&self, random: &mut Random) -> u16 {
        let total = *self.sums.last().expect("there is at least one thing");
        let at = random.below(total);
        let found = self.sums.partition_point(|sum| *sum <= at);
        u16::try_from(found).expect("securities are numbered with 16 bits")
    }
}
