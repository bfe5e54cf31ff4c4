//! What an engine has to tell of accounts (R43), read from commands and events alone.

use std::collections::{BTreeMap, BTreeSet};

use matcher::accounts::{Account, Reserve};
use matcher::command::{Command, Enter, Replace};
use matcher::event::Event;
use matcher::order::Owner;
use matcher::sequence::Sequenced;
use matcher::settings::Instrument;
use protocol_spec::wire::ouch::{CancelReason, Mpid, Symbol};
use protocol_spec::words::{Locate, MatchNo, OrderPrice, PortId, Price, Shares};

use crate::ledger::{Call, Ledger};
use crate::model::ticks;

/// An order and what is reserved for it.
#[derive(Clone, Copy, Debug)]
struct Held {
    reserve: Reserve,
    symbol: Symbol,
    post_only: bool,
}

/// A reader of events that knows which calls belong to each.
#[derive(Debug, Default)]
pub struct Expected {
    firms: BTreeMap<PortId, Vec<Mpid>>,
    instruments: BTreeMap<Symbol, (Locate, Instrument)>,
    /// The price of each security's last execution, or that of the settings.
    references: BTreeMap<Locate, Price>,
    executed: BTreeSet<Locate>,
    orders: BTreeMap<Owner, Held>,
    accounts: BTreeMap<(PortId, Mpid), Account>,
    /// How often each row of R43 was met.
    pub rows: BTreeMap<String, u64>,
}

impl Expected {
    /// Reads what a command did, and takes the calls that belong to it.
    ///
    /// # Panics
    /// If a call is missing, is another one, or is one too many.
    pub fn read(&mut self, command: &Sequenced<Command>, events: &[Event], calls: &[Call]) {
        let mut calls = calls.iter().copied();
        let references = self.references.clone();
        self.note_settings(&command.command, events);
        for event in events {
            self.read_one(&command.command, event, &references, &mut || {
                calls.next().unwrap_or_else(|| panic!("a call for {event:?}"))
            });
        }
        assert_eq!(calls.next(), None, "no more calls for {events:?}");
    }

    /// The account of each live order.
    #[must_use]
    pub fn account(&self, owner: Owner) -> Option<Account> {
        Some(self.orders.get(&owner)?.reserve.account)
    }

    /// How many orders live.
    #[must_use]
    pub fn live(&self) -> usize {
        self.orders.len()
    }

    fn met(&mut self, row: &str) {
        *self.rows.entry(row.to_owned()).or_default() += 1;
    }

    fn note_settings(&mut self, command: &Command, events: &[Event]) {
        if matches!(events.last(), Some(Event::Refused(_))) {
            return;
        }
        match command {
            Command::SetPort(port) => {
                self.firms.insert(port.number, port.firms.clone());
            }
            Command::SetInstrument(settings) => {
                let next = u16::try_from(self.instruments.len() + 1).expect("few securities");
                let known = self.instruments.get(&settings.symbol);
                let locate = known.map_or(Locate(next), |(locate, _)| *locate);
                if !self.executed.contains(&locate) {
                    self.references.insert(locate, settings.reference_price);
                }
                let settings = Instrument::clone(settings);
                self.instruments.insert(settings.symbol, (locate, settings));
            }
            _ => {}
        }
    }

    fn read_one(
        &mut self,
        command: &Command,
        event: &Event,
        references: &BTreeMap<Locate, Price>,
        call: &mut dyn FnMut() -> Call,
    ) {
        match *event {
            Event::Accepted { owner, price, .. } => {
                let Command::Enter(enter) = command else { panic!("only O is accepted") };
                let held = self.entered(enter, price, references, call(), true);
                self.orders.insert(owner, held);
                let what = if price.is_market() { "market" } else { "limit" };
                let slid = if price == enter.price { "" } else { ", slid" };
                self.met(&format!("admit {what}{slid}"));
            }
            Event::Rejected { reason: Ledger::REFUSED, .. } => {
                let Command::Enter(enter) = command else { panic!("only O is admitted") };
                self.entered(enter, enter.price, references, call(), false);
                self.met("admit refused");
            }
            Event::Replaced { owner, orig, price, leaves, .. } => {
                let Command::Replace(replace) = command else { panic!("only U replaces") };
                let old = self.orders.remove(&Owner { user_ref: orig, ..owner });
                let old = old.expect("the original lives");
                let held = self.replaced(replace, old, (price, leaves), references, call(), true);
                self.orders.insert(owner, held);
                self.met(if price.is_market() { "exchange market" } else { "exchange limit" });
            }
            Event::Rejected { reason: Ledger::REFUSED_REPLACE, owner } => {
                let Command::Replace(replace) = command else { panic!("only U is exchanged") };
                let old = self.orders[&Owner { user_ref: replace.orig, ..owner }];
                let given = (replace.price, Shares(0));
                self.replaced(replace, old, given, references, call(), false);
                self.met("exchange refused");
            }
            Event::Executed { taker, maker, price, shares, locate, match_no, .. } => {
                let trade = (price, match_no);
                self.consumed("execution, in", taker, shares, trade, call());
                self.consumed("execution, rest", maker, shares, trade, call());
                self.traded(locate, price);
            }
            Event::Crossed { buyer, seller, price, shares, locate, match_no, .. } => {
                let trade = (price, match_no);
                self.consumed("cross, buy", buyer, shares, trade, call());
                self.consumed("cross, sell", seller, shares, trade, call());
                self.traded(locate, price);
            }
            _ => self.read_change(command, event, call),
        }
    }

    fn read_change(&mut self, command: &Command, event: &Event, call: &mut dyn FnMut() -> Call) {
        match *event {
            Event::Prevented { taker, maker, taker_less, maker_less, strategy, .. } => {
                for (owner, less) in [(taker, taker_less), (maker, maker_less)] {
                    if less.0 > 0 {
                        self.released(&format!("prevented {strategy:?}"), owner, less, call());
                    }
                }
            }
            Event::Canceled { owner, shares, reason, .. } => {
                let CancelReason([letter]) = reason;
                self.released(&format!("C {}", char::from(letter)), owner, shares, call());
                assert!(!self.orders.contains_key(&owner), "all of it is free: {event:?}");
            }
            Event::Reduced { owner, shares, .. } => {
                self.released("C U, a part", owner, shares, call());
            }
            Event::Modified { owner, leaves, .. } => {
                let before = self.orders[&owner].reserve.shares;
                if leaves < before {
                    let less = Shares(before.0 - leaves.0);
                    self.released("M, a part", owner, less, call());
                } else {
                    self.met("M, the side alone: nothing");
                }
            }
            Event::Broken { .. } => {
                let Command::BreakTrade(trade) = command else { panic!("only it breaks") };
                for buys in [true, false] {
                    assert_eq!(call(), Call::Reverse(trade.match_no, buys));
                }
                self.met("trade break");
            }
            Event::Refreshed { .. } => self.met("refresh: nothing"),
            Event::Rested { .. } => self.met("rest: nothing"),
            Event::StateChanged { .. } => self.met("phase, state: nothing"),
            Event::Rejected { .. } => self.met("another reject: nothing"),
            _ => {}
        }
    }

    /// A new order, as it is admitted or refused.
    fn entered(
        &mut self,
        enter: &Enter,
        price: OrderPrice,
        references: &BTreeMap<Locate, Price>,
        call: Call,
        passes: bool,
    ) -> Held {
        let Call::Admit(reserve, passed) = call else { panic!("{call:?} for {enter:?}") };
        assert_eq!(passed, passes, "{enter:?}");
        let port = enter.owner.port;
        let default = self.firms[&port][0];
        let firm = if enter.options.firm.is_blank() { default } else { enter.options.firm };
        // An account is a function of port and firm, and no two share one.
        let account = *self.accounts.entry((port, firm)).or_insert(reserve.account);
        let sharing = self.accounts.iter().filter(|(_, other)| **other == account).count();
        assert_eq!((reserve.account, sharing), (account, 1), "{enter:?}");
        let buys = enter.side.is_buy();
        let price = self.valued(enter.symbol, buys, price, references);
        let (locate, _) = self.instruments[&enter.symbol];
        let expected = Reserve { account, locate, buys, price, shares: enter.quantity };
        let slides = !passes && enter.options.post_only;
        let price = if slides { reserve.price } else { price };
        assert_eq!(reserve, Reserve { price, ..expected }, "{enter:?}");
        Held { reserve, symbol: enter.symbol, post_only: enter.options.post_only }
    }

    /// A new order in place of `old`, as it is admitted or refused.
    fn replaced(
        &mut self,
        replace: &Replace,
        old: Held,
        (price, leaves): (OrderPrice, Shares),
        references: &BTreeMap<Locate, Price>,
        call: Call,
        passes: bool,
    ) -> Held {
        let Call::Exchange(of, new, passed) = call else { panic!("{call:?} for {replace:?}") };
        assert_eq!(passed, passes, "{replace:?}");
        assert_eq!(of, old.reserve, "what is given back, all of it: {replace:?}");
        let Reserve { account, buys, .. } = of;
        assert_eq!((new.account, new.buys), (account, buys), "{replace:?}");
        let is_given = replace.options.given.contains(12);
        let post_only = if is_given { replace.options.post_only } else { old.post_only };
        if passes {
            assert_eq!(new.shares, leaves, "{replace:?}");
        } else {
            assert!((1..=replace.quantity.0).contains(&new.shares.0), "{replace:?}");
        }
        if passes || !post_only {
            let price = self.valued(old.symbol, buys, price, references);
            assert_eq!(new.price, price, "{replace:?}");
        }
        Held { reserve: new, symbol: old.symbol, post_only }
    }

    /// The price at which an order is valued: its own, of a market order that of K28.
    fn valued(
        &self,
        symbol: Symbol,
        buys: bool,
        price: OrderPrice,
        references: &BTreeMap<Locate, Price>,
    ) -> Price {
        if !price.is_market() {
            return Price(u32::try_from(price.0).expect("a limit price"));
        }
        let (locate, settings) = &self.instruments[&symbol];
        let reference = references[locate];
        let (whole, bps) = (10_000, i128::from(settings.collar_bps));
        let limit = match buys {
            true => {
                let highest = i128::from(reference.0) * (whole + bps) / whole;
                ticks::down(&settings.ticks, highest.min(ticks::HIGHEST))
            }
            false => {
                let lowest = (i128::from(reference.0) * (whole - bps) + whole - 1) / whole;
                ticks::up(&settings.ticks, lowest.max(1))
            }
        };
        limit.filter(|_| bps > 0).unwrap_or(reference)
    }

    fn consumed(
        &mut self,
        row: &str,
        owner: Owner,
        shares: Shares,
        (price, match_no): (Price, MatchNo),
        call: Call,
    ) {
        let held = self.orders[&owner].reserve;
        assert_eq!(call, Call::Consume(Reserve { shares, ..held }, price, match_no), "{row}");
        let better = if held.buys { price < held.price } else { price > held.price };
        let row = format!("{row}{}", if better { ", at a better price" } else { "" });
        self.less(&row, owner, shares);
    }

    fn released(&mut self, row: &str, owner: Owner, shares: Shares, call: Call) {
        let held = self.orders[&owner].reserve;
        assert_eq!(call, Call::Release(Reserve { shares, ..held }), "{row}");
        self.less(row, owner, shares);
    }

    /// An order has fewer shares; one without any is dead.
    fn less(&mut self, row: &str, owner: Owner, shares: Shares) {
        self.met(row);
        let held = self.orders.get_mut(&owner).expect("the order lives");
        held.reserve.shares.0 -= shares.0;
        if held.reserve.shares.0 == 0 {
            self.orders.remove(&owner);
        }
    }

    fn traded(&mut self, locate: Locate, price: Price) {
        self.references.insert(locate, price);
        self.executed.insert(locate);
    }
}
