//! Events, read.

use matcher::command::Command;
use matcher::event::{Event, Shown, TipRef};
use matcher::order::{Owner, Strategy};
use protocol_spec::wire::itch;
use protocol_spec::wire::ouch::{CancelReason, Capacity, LiquidityFlag, SystemEventCode};
use protocol_spec::words::{Locate, OrderRef, Shares, UserRefNum, Volume};

use super::ground::Ground;
use super::words::{
    DISPLAY_LETTERS, REFUSALS, Read, TIFS, Words, alpha, code, filled, match_no, named, number,
    order, order_price, order_ref, owner, port, price, reject, shares, side, strategy, tip,
};

/// Reads the events of a command, with `|` between them.
///
/// # Errors
/// If one is not written as it should be.
pub fn read(text: &str, ground: &mut Ground<'_>) -> Read<Vec<Event>> {
    let mut events = Vec::new();
    if text.trim() == "nothing" {
        return Ok(events);
    }
    for item in text.split('|') {
        let read = one(item, ground).map_err(|fault| format!("in `{}`: {fault}", item.trim()))?;
        events.extend(read);
    }
    Ok(events)
}

fn one(item: &str, ground: &mut Ground<'_>) -> Read<Vec<Event>> {
    let mut words = Words::of(item);
    let read = if words.eat("rests") {
        rests(&mut words, ground)?
    } else {
        let event = event(&mut words, ground)?;
        ground.tell(&event);
        vec![event]
    };
    words.end()?;
    Ok(read)
}

/// `rests r1`: accepted, and all of it goes to the book.
fn rests(words: &mut Words<'_>, ground: &mut Ground<'_>) -> Read<Vec<Event>> {
    let order_ref = words.take("a reference", order_ref)?;
    let accepted = usual_accepted(ground, order_ref);
    ground.tell(&accepted);
    Ok(vec![accepted, usual_rested(ground)])
}

/// An acceptance of which nothing but the reference is to be said.
pub(super) fn usual_accepted(ground: &Ground<'_>, order_ref: OrderRef) -> Event {
    let (owner, price, tif, locate) =
        (ground.owner(), ground.price(), ground.tif(), ground.locate());
    Event::Accepted { owner, order_ref, price, tif, locate }
}

/// The whole of a command's order at rest.
pub(super) fn usual_rested(ground: &Ground<'_>) -> Event {
    let (displayed, hidden) = ground.whole();
    Event::Rested {
        owner: ground.owner(),
        order_ref: ground.own_ref(),
        displayed,
        hidden,
        price: ground.own_price(),
        side: ground.own_side(),
        display: ground.display(),
        firm: ground.firm(),
        locate: ground.locate(),
    }
}

/// Reads `key=value` for each key that stands next, in any order.
fn keys<'a>(words: &mut Words<'a>) -> Vec<(&'a str, &'a str)> {
    let mut all = Vec::new();
    while let Some(pair) = words.peek().and_then(|word| word.split_once('=')) {
        words.next_if_any();
        all.push(pair);
    }
    all
}

/// The values that a line gives by name, where they are not the usual ones.
struct Given<'a> {
    keys: Vec<(&'a str, &'a str)>,
}

impl<'a> Given<'a> {
    fn of(words: &mut Words<'a>) -> Self {
        Given { keys: keys(words) }
    }

    /// The value of `key`, or the usual one.
    fn or<T>(&mut self, key: &str, usual: T, read: impl Fn(&str) -> Option<T>) -> Read<T> {
        let Some(at) = self.keys.iter().position(|(name, _)| *name == key) else {
            return Ok(usual);
        };
        let (_, word) = self.keys.remove(at);
        read(word).ok_or_else(|| format!("`{word}` is no value for `{key}`"))
    }

    fn locate(&mut self, ground: &Ground<'_>) -> Read<Locate> {
        let by_name = |word: &str| alpha(word).map(|symbol| ground.names().locate(symbol));
        let locate = self.or("sym", ground.locate(), by_name)?;
        self.or("loc", locate, |word| number(word).map(Locate))
    }

    fn end(&self) -> Read<()> {
        let first = self.keys.first();
        first.map_or(Ok(()), |(key, _)| Err(format!("the event has no `{key}`")))
    }
}

fn shown(word: &str) -> Option<Shown> {
    let (what, rest) = word.split_once(':').unwrap_or((word, ""));
    match what {
        "same" => rest.is_empty().then_some(Shown::Same),
        "gone" => order_ref(rest).map(Shown::Gone),
        "cut" => {
            let (tip, less) = rest.split_once(':')?;
            Some(Shown::Less(order_ref(tip)?, shares(less)?))
        }
        _ => None,
    }
}

fn event(words: &mut Words<'_>, ground: &Ground<'_>) -> Read<Event> {
    let kind = words.take("an event", |word| Some(word.to_owned()))?;
    match kind.as_str() {
        "A" => accepted(words, ground),
        "J" => {
            let reason = words.take("a reason", reject)?;
            let mut given = Given::of(words);
            let owner = given.or("owner", ground.owner(), owner)?;
            given.end()?;
            Ok(Event::Rejected { owner, reason })
        }
        "E" => executed(words, ground),
        "D" => prevented(words, ground),
        "R" => refreshed(words, ground),
        "rest" => rested(words, ground),
        "U" => replaced(words, ground),
        "C" => canceled(words, ground),
        "less" => reduced(words, ground),
        "M" => modified(words, ground),
        "pair" => crossed(words, ground),
        "print" => cross_print(words, ground),
        _ => other(&kind, words, ground),
    }
}

fn accepted(words: &mut Words<'_>, ground: &Ground<'_>) -> Read<Event> {
    let order_ref = words.take("a reference", order_ref)?;
    let mut given = Given::of(words);
    let owner = given.or("owner", ground.owner(), owner)?;
    let price = given.or("price", ground.price(), order_price)?;
    let tif = given.or("tif", ground.tif(), |word| named(&TIFS, word))?;
    let locate = given.locate(ground)?;
    given.end()?;
    Ok(Event::Accepted { owner, order_ref, price, tif, locate })
}

fn executed(words: &mut Words<'_>, ground: &Ground<'_>) -> Read<Event> {
    let shares = words.take("shares", shares)?;
    let price = words.take("a price", price)?;
    let maker = words.take("the resting order's owner", owner)?;
    let (maker_ref, tip) = words.take("the resting order", order)?;
    let flag = LiquidityFlag(words.take("a flag", code)?);
    // What traded of an order whose flag is not A is not displayed.
    let tip = if flag == LiquidityFlag::ADDED { tip } else { TipRef::NONE };
    let match_no = words.take("a match number", match_no)?;
    let mut given = Given::of(words);
    let taker = given.or("taker", ground.owner(), owner)?;
    let taker_ref = given.or("ref", ground.own_ref(), order_ref)?;
    let tip = given.or("tip", tip, super::words::tip)?;
    let locate = given.locate(ground)?;
    given.end()?;
    Ok(Event::Executed {
        taker,
        maker,
        taker_ref,
        maker_ref,
        tip,
        match_no,
        price,
        shares,
        locate,
        flag,
    })
}

/// Shares that the incoming and the resting order lose where nothing is said (R54).
pub(super) fn usual_losses(strategy: Strategy, prevented: Shares) -> (Shares, Shares) {
    match strategy {
        Strategy::Trade => (Shares(0), Shares(0)),
        Strategy::DecrementQuietly | Strategy::Decrement => (prevented, prevented),
        Strategy::CancelOldest => (Shares(0), prevented),
        Strategy::CancelNewest => (prevented, Shares(0)),
    }
}

fn prevented(words: &mut Words<'_>, ground: &Ground<'_>) -> Read<Event> {
    let prevented = words.take("shares", shares)?;
    let price = words.take("a price", price)?;
    let maker = words.take("the resting order's owner", owner)?;
    let flag = LiquidityFlag(words.take("a flag", code)?);
    let strategy = words.take("a strategy", strategy)?;
    let (taker_less, maker_less) = usual_losses(strategy, prevented);
    let mut given = Given::of(words);
    let taker = given.or("taker", ground.owner(), owner)?;
    let taker_less = given.or("in", taker_less, shares)?;
    let maker_less = given.or("out", maker_less, shares)?;
    let shown = given.or("shown", Shown::Same, shown)?;
    let locate = given.locate(ground)?;
    given.end()?;
    Ok(Event::Prevented {
        taker,
        maker,
        strategy,
        price,
        prevented,
        taker_less,
        maker_less,
        shown,
        locate,
        flag,
    })
}

fn refreshed(words: &mut Words<'_>, ground: &Ground<'_>) -> Read<Event> {
    let shares = words.take("shares", shares)?;
    let price = words.take("a price", price)?;
    let side = words.take("a side", side)?;
    let owner = words.take("an owner", owner)?;
    let (order_ref, tip) = words.take("the order and its new tip", order)?;
    let tip = tip.get().ok_or("expected the new tip behind the order: `r1/r3`")?;
    let mut given = Given::of(words);
    let usual = matcher::order::Display::Visible;
    let display = given.or("display", usual, |word| named(&DISPLAY_LETTERS, word))?;
    let firm = given.or("firm", ground.names().firm(owner.port), alpha)?;
    let locate = given.locate(ground)?;
    given.end()?;
    Ok(Event::Refreshed { owner, order_ref, tip, shares, price, side, display, firm, locate })
}

/// Displayed and hidden shares: `100`, `100+400`, `+400`.
fn parts(word: &str) -> Option<(Shares, Shares)> {
    match word.split_once('+') {
        Some(("", hidden)) => Some((Shares(0), shares(hidden)?)),
        Some((displayed, hidden)) => Some((shares(displayed)?, shares(hidden)?)),
        None => shares(word).map(|displayed| (displayed, Shares(0))),
    }
}

fn rested(words: &mut Words<'_>, ground: &Ground<'_>) -> Read<Event> {
    let (displayed, hidden) = words.take("shares", parts)?;
    let mut given = Given::of(words);
    let owner = given.or("owner", ground.owner(), owner)?;
    let order_ref = given.or("ref", ground.own_ref(), order_ref)?;
    let price = given.or("price", ground.own_price(), price)?;
    let side = given.or("side", ground.own_side(), side)?;
    let display = given.or("display", ground.display(), |word| named(&DISPLAY_LETTERS, word))?;
    let firm = given.or("firm", ground.firm(), alpha)?;
    let locate = given.locate(ground)?;
    given.end()?;
    Ok(Event::Rested { owner, order_ref, displayed, hidden, price, side, display, firm, locate })
}

fn replaced(words: &mut Words<'_>, ground: &Ground<'_>) -> Read<Event> {
    let order_ref = words.take("a reference", order_ref)?;
    let leaves = words.take("shares", shares)?;
    let side = words.take("a side", side)?;
    let mut given = Given::of(words);
    let owner = given.or("owner", ground.owner(), owner)?;
    let orig = given.or("orig", ground.orig(), |word| number(word).map(UserRefNum))?;
    let old_tip = given.or("old", TipRef::NONE, tip)?;
    let usual = old_tip != TipRef::NONE;
    let same_display =
        given.or("same", usual, |word| named(&[("yes", true), ("no", false)], word))?;
    let price = given.or("price", ground.price(), order_price)?;
    let tif = given.or("tif", ground.tif(), |word| named(&TIFS, word))?;
    let capacity = given.or("capacity", ground.capacity(), |word| code(word).map(Capacity))?;
    let locate = given.locate(ground)?;
    let usual = ground.names().symbol(locate).unwrap_or(ground.symbol());
    let symbol = given.or("name", usual, alpha)?;
    given.end()?;
    Ok(Event::Replaced {
        owner,
        orig,
        order_ref,
        old_tip,
        price,
        leaves,
        symbol,
        locate,
        side,
        tif,
        capacity,
        same_display,
    })
}

fn canceled(words: &mut Words<'_>, ground: &Ground<'_>) -> Read<Event> {
    let shares = words.take("shares", shares)?;
    // The command's own order never rested: it has no displayed entry.
    let (owner, (order_ref, tip)) = match words.take_if(owner) {
        Some(owner) => (owner, words.take("the order", order)?),
        None => (ground.owner(), (ground.own_ref(), TipRef::NONE)),
    };
    let reason = CancelReason(words.take("an owner or a reason", code)?);
    let mut given = Given::of(words);
    let locate = given.locate(ground)?;
    given.end()?;
    Ok(Event::Canceled { owner, order_ref, shares, reason, tip, locate })
}

/// What a reduction takes off a displayed entry where nothing is said: all.
pub(super) fn usual_cut(tip: TipRef, shares: Shares) -> Shown {
    tip.get().map_or(Shown::Same, |tip| Shown::Less(tip, shares))
}

fn reduced(words: &mut Words<'_>, ground: &Ground<'_>) -> Read<Event> {
    let shares = words.take("shares", shares)?;
    let owner = words.take("an owner", owner)?;
    let (order_ref, tip) = words.take("the order", order)?;
    let mut given = Given::of(words);
    let shown = given.or("shown", usual_cut(tip, shares), shown)?;
    let locate = given.locate(ground)?;
    given.end()?;
    Ok(Event::Reduced { owner, order_ref, shares, shown, locate })
}

fn modified(words: &mut Words<'_>, ground: &Ground<'_>) -> Read<Event> {
    let leaves = words.take("shares", shares)?;
    let side = words.take("a side", side)?;
    let owner = words.take("an owner", owner)?;
    let order_ref = words.take("the order", order_ref)?;
    let mut given = Given::of(words);
    let shown = given.or("shown", Shown::Same, shown)?;
    let locate = given.locate(ground)?;
    given.end()?;
    Ok(Event::Modified { owner, order_ref, side, leaves, shown, locate })
}

fn crossed(words: &mut Words<'_>, ground: &Ground<'_>) -> Read<Event> {
    let shares = words.take("shares", shares)?;
    let price = words.take("a price", price)?;
    let entry = |words: &mut Words<'_>| -> Read<(Owner, TipRef)> {
        let owner = words.take("an owner", owner)?;
        Ok((owner, words.take_if(|word| order_ref(word).map(TipRef::of)).unwrap_or_default()))
    };
    let (buyer, buy_tip) = entry(words)?;
    if !words.eat("x") {
        return Err("expected `x` between buyer and seller".to_owned());
    }
    let (seller, sell_tip) = entry(words)?;
    let flag = LiquidityFlag(words.take("a flag", code)?);
    let match_no = words.take("a match number", match_no)?;
    let mut given = Given::of(words);
    let locate = given.locate(ground)?;
    given.end()?;
    Ok(Event::Crossed { buyer, seller, buy_tip, sell_tip, match_no, price, shares, locate, flag })
}

fn cross_print(words: &mut Words<'_>, ground: &Ground<'_>) -> Read<Event> {
    let volume = Volume(words.take("shares", number)?);
    let price = words.take("a price", price)?;
    let kind = itch::CrossType(words.take("O or H", code)?);
    let match_no = words.take("a match number", match_no)?;
    let mut given = Given::of(words);
    let locate = given.locate(ground)?;
    given.end()?;
    Ok(Event::CrossPrint { match_no, volume, price, locate, kind })
}

/// Events of the day, and answers.
fn other(kind: &str, words: &mut Words<'_>, ground: &Ground<'_>) -> Read<Event> {
    if kind == "system" {
        let code = words.take("a stage", code)?;
        return Ok(match words.take_if(port) {
            Some((port, _)) => Event::PortSystem { port, code: SystemEventCode(code) },
            None => Event::System(itch::SystemEventCode(code)),
        });
    }
    if kind == "refused" {
        let refusal = |word: &str| REFUSALS.into_iter().find(|each| format!("{each:?}") == word);
        return words.take("why", refusal).map(Event::Refused);
    }
    let state = |words: &mut Words<'_>| words.take("a state", code).map(itch::TradingState);
    let mut owner_ = ground.owner();
    let event = |given: &mut Given<'_>, make: &dyn Fn(Locate) -> Event| -> Read<Event> {
        let locate = given.locate(ground)?;
        given.end()?;
        Ok(make(locate))
    };
    match kind {
        "acked" | "switched" | "next" => {
            if kind == "next" {
                owner_.user_ref = UserRefNum(words.take("a number", number)?);
            }
            let mut given = Given::of(words);
            let owner = given.or("owner", owner_, owner)?;
            given.end()?;
            Ok(match kind {
                "acked" => Event::MassAck { owner },
                "switched" => Event::SwitchAck { owner },
                _ => Event::QueryAck { owner },
            })
        }
        "broken" => event(&mut Given::of(words), &|locate| Event::Broken { locate }),
        "listed" => {
            let new = Some(state(words)?);
            event(&mut Given::of(words), &|locate| Event::Directory { locate, new })
        }
        "relisted" => {
            event(&mut Given::of(words), &|locate| Event::Directory { locate, new: None })
        }
        "state" => {
            let state = state(words)?;
            let is_key = words.peek().is_none_or(|word| word.contains('='));
            let reason = if is_key { *b"    " } else { words.take("a reason", filled::<4>)? };
            let event_of = |locate| Event::StateChanged { locate, state, reason };
            event(&mut Given::of(words), &event_of)
        }
        _ => Err(format!("expected an event, found `{kind}`")),
    }
}

/// The names that a command teaches, if its events do not refuse it.
#[must_use]
pub fn has_effect(events: &[Event], command: &Command) -> bool {
    let refused = events.iter().any(|event| matches!(event, Event::Refused(_)));
    !refused && matches!(command, Command::SetInstrument(_) | Command::SetPort(_))
}
