//! Numbers of bytes in a TCP stream.

/// A sequence number as it stands in a segment: it wraps every 4 GiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sequence(pub(super) u32);

impl Sequence {
    /// The number `count` bytes on.
    pub(super) fn plus(self, count: u32) -> Self {
        Self(self.0.wrapping_add(count))
    }

    /// Whether it is a number behind another, as far as half of them go.
    pub(super) fn is_after(self, other: Self) -> bool {
        (1..=u32::MAX / 2).contains(&self.0.wrapping_sub(other.0))
    }

    /// The shorter way between two numbers.
    pub(super) fn distance(self, other: Self) -> u32 {
        let forward = self.0.wrapping_sub(other.0);
        forward.min(forward.wrapping_neg())
    }
}

/// A byte of a stream by a number that does not wrap; its low 32 bits are the sequence number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position(u64);

impl Position {
    /// The largest window TCP can announce: nothing sane is further behind or further acknowledged.
    const LARGEST_WINDOW: u32 = 1 << 30;

    /// The first byte of a stream. The bit above leaves room for what lies before it.
    pub(super) fn first(sequence: Sequence) -> Self {
        Self(1 << 32 | u64::from(sequence.0))
    }

    /// The byte that a sequence number means when this one is expected next.
    ///
    /// Not symmetric: retransmissions lie at most a window behind, but a capture may have lost
    /// gigabytes before it goes on.
    pub(super) fn near(self, sequence: Sequence) -> Self {
        let forward = sequence.0.wrapping_sub(self.sequence().0);
        let behind = forward.wrapping_neg();
        if behind <= Self::LARGEST_WINDOW {
            Self(self.0 - u64::from(behind))
        } else {
            Self(self.0 + u64::from(forward))
        }
    }

    /// Whether the receiver can have acknowledged up to `other` when this byte is expected next.
    pub(super) fn within_window(self, other: Self) -> bool {
        other.0 <= self.0 + u64::from(Self::LARGEST_WINDOW)
    }

    /// The byte `count` bytes on.
    pub(super) fn plus(self, count: usize) -> Self {
        Self(self.0 + count as u64)
    }

    /// How many bytes lie from `earlier` up to here.
    pub(super) fn since(self, earlier: Self) -> u64 {
        assert!(earlier <= self, "distances are asked for forwards");
        self.0 - earlier.0
    }

    /// The low 32 bits.
    pub(super) fn sequence(self) -> Sequence {
        let [a, b, c, d, ..] = self.0.to_le_bytes();
        Sequence(u32::from_le_bytes([a, b, c, d]))
    }
}
