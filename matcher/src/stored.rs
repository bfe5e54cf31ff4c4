//! State as bytes: integers in little-endian order, lists with their length before them.
//!
//! The bytes say the same for equal states, whatever way led there: pools and tables do not show.
//! So the digest of a state is one over its bytes.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::fmt;

use protocol_spec::wire::itch::{CrossType, SystemEventCode as FeedCode, TradingState};
use protocol_spec::wire::ouch::{BrokenReason, CancelReason, Capacity, SystemEventCode};
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{
    CommandNo, GroupId, Locate, MatchNo, OrderPrice, OrderRef, PortId, PortNo, Price, Shares, Time,
    UserRefIdx, UserRefNum,
};

use crate::command::{BreakTrade, DownCause, OperatorCancel, Party, SetState};
use crate::mix::mix;
use crate::order::{Display, Owner, Side, Strategy, Tif};
use crate::phase::{Mode, Overlay, Phase};
use crate::settings::{Carried, Day, Instrument, Limits, Port, PostOnlyRule, Short};
use crate::tick::{Band, TickTable};

/// Where bytes go.
pub trait Sink {
    /// Takes the next bytes.
    fn put(&mut self, bytes: &[u8]);
}

impl Sink for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// Where bytes come from.
pub trait Source {
    /// Fills `bytes` with the next ones; `false` if there are not so many.
    fn get(&mut self, bytes: &mut [u8]) -> bool;
}

impl Source for &[u8] {
    fn get(&mut self, bytes: &mut [u8]) -> bool {
        let Some((head, rest)) = self.split_at_checked(bytes.len()) else { return false };
        bytes.copy_from_slice(head);
        *self = rest;
        true
    }
}

/// Why bytes are no state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// They do not begin as a state does.
    NoState,
    /// They are of another version of the format, or of the rule book.
    Version(u32),
    /// They end too early.
    Truncated,
    /// They say something that cannot be.
    Impossible(&'static str),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::NoState => write!(f, "this is no state of a matcher"),
            LoadError::Version(version) => write!(f, "the state is of version {version}"),
            LoadError::Truncated => write!(f, "the state ends too early"),
            LoadError::Impossible(what) => write!(f, "the state cannot be: {what}"),
        }
    }
}

impl core::error::Error for LoadError {}

/// What has a form as bytes.
pub trait Stored: Sized {
    /// Writes it.
    fn save(&self, out: &mut dyn Sink);

    /// Reads it.
    ///
    /// # Errors
    /// If the bytes are no such thing.
    fn load(from: &mut dyn Source) -> Result<Self, LoadError>;
}

/// A number over bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Digest {
    state: u64,
    /// Bytes that are not yet in the state, and how many.
    word: u64,
    filled: usize,
    length: u64,
}

impl Digest {
    /// Bytes that go into the state at once.
    const WORD: usize = size_of::<u64>();

    /// The number of all bytes that came.
    #[must_use]
    pub fn finish(self) -> u64 {
        mix(mix(self.state ^ self.word) ^ self.length)
    }

    /// Takes at most as many bytes as the word has room for.
    #[inline]
    fn fill(&mut self, bytes: &[u8]) {
        let mut word = [0; Self::WORD];
        word[..bytes.len()].copy_from_slice(bytes);
        self.word |= u64::from_le_bytes(word) << (8 * self.filled);
        self.filled += bytes.len();
        if self.filled == Self::WORD {
            self.state = mix(self.state ^ self.word);
            (self.word, self.filled) = (0, 0);
        }
    }
}

impl Sink for Digest {
    fn put(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        let (first, rest) = bytes.split_at(bytes.len().min(Self::WORD - self.filled));
        self.fill(first);
        rest.chunks(Self::WORD).for_each(|word| self.fill(word));
    }
}

/// Reads so many bytes.
pub(crate) fn array<const N: usize>(from: &mut dyn Source) -> Result<[u8; N], LoadError> {
    let mut bytes = [0; N];
    if from.get(&mut bytes) { Ok(bytes) } else { Err(LoadError::Truncated) }
}

/// Forms of integers.
macro_rules! integers {
    ($($name:ty)+) => { $(
        impl Stored for $name {
            fn save(&self, out: &mut dyn Sink) {
                out.put(&self.to_le_bytes());
            }

            fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
                Ok(<$name>::from_le_bytes(array(from)?))
            }
        }
    )+ };
}

integers! { u8 u16 u32 u64 i64 }

/// Forms of types that wrap one other.
macro_rules! wrappers {
    ($($name:ident)+) => { $(
        impl Stored for $name {
            fn save(&self, out: &mut dyn Sink) {
                self.0.save(out);
            }

            fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
                Ok(Self(Stored::load(from)?))
            }
        }
    )+ };
}

wrappers! {
    BrokenReason CancelReason Capacity CommandNo GroupId Locate MatchNo OrderPrice OrderRef PortId
    PortNo Price Shares SystemEventCode Time UserRefIdx UserRefNum
    FeedCode CrossType TradingState
}

/// Forms of structs: their fields, one after the other.
macro_rules! fields {
    ($($name:ident { $($field:ident)+ })+) => { $(
        impl $crate::stored::Stored for $name {
            fn save(&self, out: &mut dyn $crate::stored::Sink) {
                let $name { $($field),+ } = self;
                $($crate::stored::Stored::save($field, out);)+
            }

            fn load(
                from: &mut dyn $crate::stored::Source,
            ) -> Result<Self, $crate::stored::LoadError> {
                $(let $field = $crate::stored::Stored::load(from)?;)+
                Ok($name { $($field),+ })
            }
        }
    )+ };
}

pub(crate) use fields;

fields! {
    Owner { port idx user_ref }
    Day { session midnight seed limits rules_version carried }
    Carried { user firm symbol amount }
    Limits { symbols ports live_orders levels min_qty_orders broken_trades }
    Instrument {
        symbol ticks lot round_lots_only reference_price collar_bps fat_finger_bps max_quantity
        max_notional test initial_state
    }
    Short { short exempt }
    Port {
        number firms test short locate_required market post_only aiq aiq_group fat_finger_bps
        max_quantity max_notional rate burst cancel_on_disconnect cod_grace crash_grace max_live
    }
    Band { from tick }
    SetState { symbol overlay reason }
    OperatorCancel { port firm symbol side }
    BreakTrade { match_no symbol reason buyer seller }
    Party { owner cl_ord_id }
}

impl Stored for TickTable {
    fn save(&self, out: &mut dyn Sink) {
        (self.bands().len() as u32).save(out);
        self.bands().iter().for_each(|band| band.save(out));
    }

    fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
        TickTable::new(Stored::load(from)?).map_err(|_| LoadError::Impossible("a tick table"))
    }
}

/// Forms of closed sets: the place of a value among all.
macro_rules! choices {
    ($($name:ident)+) => { $(
        impl Stored for $name {
            fn save(&self, out: &mut dyn Sink) {
                let at = $name::ALL.iter().position(|each| each == self);
                (at.expect("ALL has every value") as u8).save(out);
            }

            fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
                let at = usize::from(u8::load(from)?);
                $name::ALL.get(at).copied().ok_or(LoadError::Impossible(stringify!($name)))
            }
        }
    )+ };
}

choices! { Side Tif Display Strategy Phase Overlay Mode PostOnlyRule DownCause }

impl<const N: usize> Stored for [u8; N] {
    fn save(&self, out: &mut dyn Sink) {
        out.put(self);
    }

    fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
        array(from)
    }
}

impl<const N: usize> Stored for Alpha<N> {
    fn save(&self, out: &mut dyn Sink) {
        out.put(&self.0);
    }

    fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
        array(from).map(Alpha)
    }
}

impl Stored for bool {
    fn save(&self, out: &mut dyn Sink) {
        u8::from(*self).save(out);
    }

    fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
        match u8::load(from)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(LoadError::Impossible("a switch that is neither on nor off")),
        }
    }
}

impl<T: Stored> Stored for Option<T> {
    fn save(&self, out: &mut dyn Sink) {
        self.is_some().save(out);
        if let Some(value) = self {
            value.save(out);
        }
    }

    fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
        if bool::load(from)? { T::load(from).map(Some) } else { Ok(None) }
    }
}

/// Takes no bytes.
impl Stored for () {
    fn save(&self, _: &mut dyn Sink) {}

    fn load(_: &mut dyn Source) -> Result<Self, LoadError> {
        Ok(())
    }
}

impl<T: Stored, U: Stored> Stored for (T, U) {
    fn save(&self, out: &mut dyn Sink) {
        self.0.save(out);
        self.1.save(out);
    }

    fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
        Ok((T::load(from)?, U::load(from)?))
    }
}

impl<T: Stored> Stored for Vec<T> {
    fn save(&self, out: &mut dyn Sink) {
        (self.len() as u32).save(out);
        self.iter().for_each(|each| each.save(out));
    }

    fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
        let count = u32::load(from)?;
        // Grows with what is really there: the count alone is not believed.
        (0..count).map(|_| T::load(from)).collect()
    }
}

impl<T: Stored> Stored for Box<T> {
    fn save(&self, out: &mut dyn Sink) {
        T::save(self, out);
    }

    fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
        T::load(from).map(Box::new)
    }
}

impl<T: Stored + Ord> Stored for BTreeSet<T> {
    fn save(&self, out: &mut dyn Sink) {
        (self.len() as u32).save(out);
        self.iter().for_each(|each| each.save(out));
    }

    fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
        let mut all = BTreeSet::new();
        for _ in 0..u32::load(from)? {
            let next = T::load(from)?;
            if all.last().is_some_and(|last| *last >= next) {
                return Err(LoadError::Impossible("a set that does not ascend"));
            }
            all.insert(next);
        }
        Ok(all)
    }
}

impl<K: Stored + Ord, V: Stored> Stored for BTreeMap<K, V> {
    fn save(&self, out: &mut dyn Sink) {
        (self.len() as u32).save(out);
        for (key, value) in self {
            key.save(out);
            value.save(out);
        }
    }

    fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
        let mut all = BTreeMap::new();
        for _ in 0..u32::load(from)? {
            let (key, value) = <(K, V)>::load(from)?;
            if all.last_key_value().is_some_and(|(last, _)| *last >= key) {
                return Err(LoadError::Impossible("keys that do not ascend"));
            }
            all.insert(key, value);
        }
        Ok(all)
    }
}
