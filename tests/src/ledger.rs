//! What an engine tells of accounts, written down, and sums that must never be below zero.

use std::collections::BTreeMap;

use matcher::accounts::{Account, Accounts, Reserve};
use matcher::command::BreakTrade;
use matcher::settings::Carried;
use matcher::stored::{LoadError, Sink, Source, Stored};
use protocol_spec::wire::ouch::{Mpid, RejectReason};
use protocol_spec::words::{MatchNo, PortId, Price};

/// A call of the hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// A new order reserves; whether it was let pass.
    Admit(Reserve, bool),
    /// One reserve takes the place of another; whether it was let pass.
    Exchange(Reserve, Reserve, bool),
    /// Shares are free again.
    Release(Reserve),
    /// Shares were executed at a price.
    Consume(Reserve, Price, MatchNo),
    /// One side of a trade is broken: that of the buyer if `true`.
    Reverse(MatchNo, bool),
}

/// What is known of an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Price x shares reserved to buy, and to sell.
    pub reserved: [i128; 2],
    /// Shares bought less shares sold.
    pub position: i128,
}

/// Watches accounts: writes down every call, and refuses some.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    sheets: BTreeMap<Account, Sheet>,
    /// Whose each account is.
    owners: BTreeMap<Account, (PortId, Mpid)>,
    /// One in so many requests is refused; 0 is none.
    refuses: u32,
    /// Requests so far.
    asked: u32,
    /// What was there when the day was opened.
    carried: Vec<Carried>,
    /// Not part of the state: it is for who looks on.
    calls: Vec<Call>,
}

impl Ledger {
    /// What a refused order is told.
    pub const REFUSED: RejectReason = RejectReason([0, 0x20]);
    /// What a refused replace is told.
    pub const REFUSED_REPLACE: RejectReason = RejectReason([0, 0x22]);

    /// A ledger that refuses one request in so many; 0 is none.
    #[must_use]
    pub fn refusing(refuses: u32) -> Self {
        Ledger { refuses, ..Ledger::default() }
    }

    /// All calls since it was made or loaded.
    #[must_use]
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// Every account that was ever named.
    #[must_use]
    pub fn sheets(&self) -> &BTreeMap<Account, Sheet> {
        &self.sheets
    }

    /// Whose an account is.
    #[must_use]
    pub fn owner(&self, account: Account) -> Option<(PortId, Mpid)> {
        self.owners.get(&account).copied()
    }

    fn passes(&mut self) -> bool {
        self.asked += 1;
        self.refuses == 0 || !self.asked.is_multiple_of(self.refuses)
    }

    fn sheet(&mut self, account: Account) -> &mut Sheet {
        self.sheets.entry(account).or_default()
    }

    fn reserve(&mut self, reserve: Reserve) {
        assert!(reserve.shares.0 > 0 && reserve.price.0 > 0, "an order of something: {reserve:?}");
        self.sheet(reserve.account).reserved[side(reserve)] += value(reserve);
    }

    fn free(&mut self, reserve: Reserve) {
        let reserved = &mut self.sheet(reserve.account).reserved[side(reserve)];
        *reserved -= value(reserve);
        assert!(*reserved >= 0, "no more is freed than was reserved: {reserve:?}");
    }
}

/// Price x shares.
fn value(reserve: Reserve) -> i128 {
    i128::from(reserve.price.0) * i128::from(reserve.shares.0)
}

fn side(reserve: Reserve) -> usize {
    usize::from(!reserve.buys)
}

impl Accounts for Ledger {
    fn carry(&mut self, carried: &[Carried]) {
        assert!(self.owners.is_empty(), "nothing comes before the opening");
        self.carried.extend_from_slice(carried);
    }

    fn carried(&self) -> Vec<Carried> {
        self.carried.clone()
    }

    fn open(&mut self, account: Account, port: PortId, firm: Mpid) {
        let known = self.owners.insert(account, (port, firm));
        assert_eq!(known, None, "an account is opened once");
    }

    fn admit(&mut self, new: Reserve) -> Result<(), RejectReason> {
        let passes = self.passes();
        self.calls.push(Call::Admit(new, passes));
        if !passes {
            return Err(Ledger::REFUSED);
        }
        self.reserve(new);
        Ok(())
    }

    fn exchange(&mut self, old: Reserve, new: Reserve) -> Result<(), RejectReason> {
        let passes = self.passes();
        self.calls.push(Call::Exchange(old, new, passes));
        if !passes {
            return Err(Ledger::REFUSED_REPLACE);
        }
        self.free(old);
        self.reserve(new);
        Ok(())
    }

    fn release(&mut self, reserve: Reserve) {
        // One side of a prevented execution may lose nothing (R54).
        if reserve.shares.0 > 0 {
            self.calls.push(Call::Release(reserve));
            self.free(reserve);
        }
    }

    fn consume(&mut self, reserve: Reserve, price: Price, match_no: MatchNo) {
        self.calls.push(Call::Consume(reserve, price, match_no));
        self.free(reserve);
        let shares = i128::from(reserve.shares.0);
        self.sheet(reserve.account).position += if reserve.buys { shares } else { -shares };
    }

    fn reverse(&mut self, trade: &BreakTrade, buys: bool) {
        self.calls.push(Call::Reverse(trade.match_no, buys));
    }
}

impl Stored for Sheet {
    fn save(&self, out: &mut dyn Sink) {
        let [buys, sells] = self.reserved;
        [buys, sells, self.position].iter().for_each(|sum| sum.to_le_bytes().save(out));
    }

    fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
        let mut sum = || Stored::load(from).map(i128::from_le_bytes);
        Ok(Sheet { reserved: [sum()?, sum()?], position: sum()? })
    }
}

impl Stored for Ledger {
    fn save(&self, out: &mut dyn Sink) {
        let sheets: Vec<_> =
            self.sheets.iter().map(|(account, sheet)| (*account, *sheet)).collect();
        sheets.save(out);
        let owners: Vec<_> =
            self.owners.iter().map(|(account, owner)| (*account, *owner)).collect();
        owners.save(out);
        (self.refuses, self.asked).save(out);
        self.carried.save(out);
    }

    fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
        let sheets = Vec::<(Account, Sheet)>::load(from)?.into_iter().collect();
        let owners = Vec::<(Account, (PortId, Mpid))>::load(from)?.into_iter().collect();
        let (refuses, asked) = Stored::load(from)?;
        let carried = Stored::load(from)?;
        Ok(Ledger { sheets, owners, refuses, asked, carried, calls: Vec::new() })
    }
}
