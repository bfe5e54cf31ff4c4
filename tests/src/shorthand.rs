//! Commands and events in short words, for examples that a person compares with the rule book.
//!
//! ```text
//! O p2#1 B 120@10.02 ioc          U p1#1>2 300@9.98 attr      X p1#1 80       M p1#1 T 80
//! C p1#9 B                        Q p1                        phase Open      state Paused
//! K5 p1#1>2       a Replace without a valid price
//! ```
//! `r5` is a public reference, `r5'` a private one; `p1#3` is port 1, number 3.

use std::fmt;

use matcher::admission::Check;
use matcher::command::{
    Cancel, Command, Enter, MassCancel, Modify, Options, Refused, Replace, Request, SetState,
};
use matcher::event::{Event, Shown, TipRef};
use matcher::order::{Display, Owner, Side, Strategy, Tif};
use matcher::phase::{Overlay, Phase};
use matcher::view::Entry;
use protocol_spec::wire::ouch::{self, Capacity, ClOrdId, Mpid, RejectReason, Symbol};
use protocol_spec::words::{GroupId, OrderPrice, OrderRef, PortId, Shares, UserRefIdx, UserRefNum};

/// The security of the examples.
pub const SYMBOL: Symbol = Symbol::new("ABC");

/// The command that `text` says.
///
/// # Panics
/// If it says none.
#[must_use]
pub fn command(text: &str) -> Command {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words[..] {
        ["O", owner, side, amount, ref more @ ..] => enter(owner, side, amount, more),
        ["U", owners, amount, ref more @ ..] => replace(owners, amount, more),
        ["X", owner, shares] => {
            Command::Cancel(Cancel { owner: parse_owner(owner), quantity: Shares(number(shares)) })
        }
        ["M", owner, side, shares] => Command::Modify(Modify {
            owner: parse_owner(owner),
            side: parse_side(side),
            quantity: Shares(number(shares)),
            located: false,
        }),
        ["C", owner, ref side @ ..] => Command::MassCancel(MassCancel {
            owner: parse_owner(owner),
            firm: Mpid::BLANK,
            symbol: Symbol::BLANK,
            group: None,
            side: side.first().map(|side| parse_side(side)),
        }),
        ["K5", owners] => {
            let (owner, orig) = parse_owners(owners);
            Command::Refused(Refused {
                owner,
                request: Request::Replace { orig },
                check: Check::K5,
                reason: RejectReason::INVALID_PRICE,
                cl_ord_id: ClOrdId::BLANK,
            })
        }
        ["Q", port] => Command::AccountQuery {
            port: PortId(number(&port[1..]).try_into().expect("a port")),
            idx: UserRefIdx(0),
        },
        ["phase", name] => {
            let named = Phase::ALL.into_iter().find(|phase| format!("{phase:?}") == name);
            Command::SetPhase(named.expect("a phase"))
        }
        ["state", name] => {
            use Overlay::{Halted, None, Paused, QuoteOnly};
            let overlays = [None, Halted, Paused, QuoteOnly];
            let named = overlays.into_iter().find(|overlay| format!("{overlay:?}") == name);
            let overlay = named.expect("an overlay");
            Command::SetState(SetState { symbol: Some(SYMBOL), overlay, reason: *b"    " })
        }
        _ => panic!("no command: {text}"),
    }
}

fn number(text: &str) -> u32 {
    text.parse().unwrap_or_else(|_| panic!("no number: {text}"))
}

fn parse_owner(text: &str) -> Owner {
    let (port, user_ref) = text[1..].split_once('#').expect("an owner is written p1#3");
    let port = PortId(number(port).try_into().expect("a port"));
    Owner { port, idx: UserRefIdx(0), user_ref: UserRefNum(number(user_ref)) }
}

/// The number of a Replace and that of its original.
fn parse_owners(text: &str) -> (Owner, UserRefNum) {
    let (orig, user_ref) = text.split_once('>').expect("a replace is written p1#1>2");
    let orig = parse_owner(orig);
    (Owner { user_ref: UserRefNum(number(user_ref)), ..orig }, orig.user_ref)
}

fn parse_side(text: &str) -> Side {
    Side::from_code(ouch::Side([text.as_bytes()[0]])).expect("a side")
}

fn parse_amount(text: &str) -> (Shares, OrderPrice) {
    let (shares, price) = text.split_once('@').expect("an amount is written 100@10.01");
    let price = match price.split_once('.') {
        None if price == "market" => OrderPrice::MARKET_200000,
        None => panic!("no price: {price}"),
        Some((whole, part)) => {
            let part = u64::from(number(&format!("{part:0<4}")));
            OrderPrice(u64::from(number(whole)) * 10_000 + part)
        }
    };
    (Shares(number(shares)), price)
}

/// What is said of an order after its price.
struct More {
    tif: Tif,
    display: Display,
    options: Options,
}

fn more(words: &[&str]) -> More {
    let mut more = More { tif: Tif::Day, display: Display::Visible, options: Options::NONE };
    let options = &mut more.options;
    for word in words {
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        let tag = match name {
            "ioc" => {
                more.tif = Tif::Ioc;
                continue;
            }
            "hid" => {
                more.display = Display::Hidden;
                continue;
            }
            "attr" => {
                more.display = Display::Attributed;
                continue;
            }
            "gtt" => {
                more.tif = Tif::Gtt;
                options.expire_time = number(value);
                15
            }
            "min" => {
                options.min_qty = Shares(number(value));
                3
            }
            "floor" => {
                options.max_floor = Shares(number(value));
                5
            }
            "post" => {
                options.post_only = true;
                12
            }
            "group" => {
                options.group = GroupId(number(value).try_into().expect("a group"));
                24
            }
            "aiq" => {
                options.aiq_strategy =
                    Strategy::from_code(ouch::AiqStrategy([value.as_bytes()[0]]));
                29
            }
            _ => panic!("unknown: {word}"),
        };
        options.given = options.given.with(tag);
    }
    more
}

fn enter(owner: &str, side: &str, amount: &str, words: &[&str]) -> Command {
    let (quantity, price) = parse_amount(amount);
    let More { tif, display, options } = more(words);
    Command::Enter(Enter {
        owner: parse_owner(owner),
        symbol: SYMBOL,
        price,
        quantity,
        side: parse_side(side),
        tif,
        display,
        capacity: Capacity::AGENCY,
        cl_ord_id: ClOrdId::BLANK,
        options,
    })
}

fn replace(owners: &str, amount: &str, words: &[&str]) -> Command {
    let (owner, orig) = parse_owners(owners);
    let (quantity, price) = parse_amount(amount);
    let More { tif, display, options } = more(words);
    Command::Replace(Replace {
        owner,
        orig,
        quantity,
        price,
        tif,
        display,
        cl_ord_id: ClOrdId::BLANK,
        options,
    })
}

fn own(owner: Owner) -> String {
    format!("p{}#{}", owner.port, owner.user_ref)
}

fn reference(order_ref: OrderRef) -> String {
    let private = 1 << 55;
    let mark = if order_ref.0 & private == 0 { "" } else { "'" };
    format!("r{}{mark}", order_ref.0 & !private)
}

fn tip(tip: TipRef) -> String {
    tip.get().map_or("-".to_owned(), reference)
}

/// A price without the two digits that no example needs, unless it needs them.
fn price(price: impl fmt::Display) -> String {
    let text = price.to_string();
    text.strip_suffix("00").unwrap_or(&text).to_owned()
}

fn shown(what: Shown) -> String {
    match what {
        Shown::Same => "-".to_owned(),
        Shown::Less(order_ref, shares) => format!("X({},{shares})", reference(order_ref)),
        Shown::Gone(order_ref) => format!("D({})", reference(order_ref)),
    }
}

fn letter(state: [u8; 1]) -> char {
    char::from(state[0])
}

/// The event in short words.
#[must_use]
pub fn event(event: &Event) -> String {
    match *event {
        Event::Accepted { owner, order_ref, price: at, tif, .. } => {
            format!("A {} {} {} {}", own(owner), reference(order_ref), price(at), tif.code())
        }
        Event::Rejected { owner, reason } => {
            format!("J {} {:04X}", own(owner), reason.number())
        }
        Event::Executed { taker, maker, tip: of, match_no, price: at, shares, flag, .. } => {
            let (taker, maker, of) = (own(taker), own(maker), tip(of));
            format!("E {taker} {maker} {shares}@{} {flag} {of} M{match_no}", price(at))
        }
        Event::Prevented { taker, maker, strategy, price: at, prevented, flag, .. } => {
            let (taker, maker, strategy) = (own(taker), own(maker), strategy.code());
            let Event::Prevented { taker_less, maker_less, shown: what, .. } = *event else {
                unreachable!("it is the same event")
            };
            let less = format!("-{taker_less} -{maker_less} {}", shown(what));
            format!("D {taker} {maker} {strategy} {prevented}@{} {flag} {less}", price(at))
        }
        Event::Refreshed { owner, order_ref, tip, shares, price: at, .. } => {
            let (of, tip) = (reference(order_ref), reference(tip));
            format!("R {} {of} {tip} {shares}@{}", own(owner), price(at))
        }
        Event::Rested { owner, order_ref, displayed, hidden, price: at, display, .. } => {
            let (of, display) = (reference(order_ref), display.code());
            format!("+ {} {of} {displayed}+{hidden}@{} {display}", own(owner), price(at))
        }
        Event::Canceled { owner, shares, reason, tip: of, .. } => {
            format!("C {} {shares} {reason} {}", own(owner), tip(of))
        }
        Event::Reduced { owner, shares, shown: what, .. } => {
            format!("X {} {shares} {}", own(owner), shown(what))
        }
        Event::Modified { owner, side, leaves, shown: what, .. } => {
            format!("M {} {} {leaves} {}", own(owner), side.code(), shown(what))
        }
        _ => other_event(event),
    }
}

fn other_event(event: &Event) -> String {
    match *event {
        Event::Replaced { owner, orig, order_ref, old_tip, price: at, leaves, .. } => {
            let Event::Replaced { tif, same_display, .. } = *event else {
                unreachable!("it is the same event")
            };
            let (of, old) = (reference(order_ref), tip(old_tip));
            let same = if same_display { "same" } else { "other" };
            let at = price(at);
            format!("U #{orig}>{} {of} {leaves}@{at} {} {old} {same}", own(owner), tif.code())
        }
        Event::Crossed { buyer, seller, buy_tip, sell_tip, match_no, price: at, .. } => {
            let Event::Crossed { shares, flag, .. } = *event else {
                unreachable!("it is the same event")
            };
            let (buyer, seller) = (own(buyer), own(seller));
            let tips = format!("{} {}", tip(buy_tip), tip(sell_tip));
            format!("E {buyer} {seller} {shares}@{} {flag} {tips} M{match_no}", price(at))
        }
        Event::CrossPrint { match_no, volume, price: at, kind, .. } => {
            format!("Q {volume}@{} {kind} M{match_no}", price(at))
        }
        Event::MassAck { owner } => format!("X {}", own(owner)),
        Event::QueryAck { owner } => format!("Q {}", own(owner)),
        Event::System(code) => format!("S {code}"),
        Event::StateChanged { state, .. } => format!("H {}", letter(state.0)),
        ref other => format!("{other:?}"),
    }
}

/// An entry in short words.
#[must_use]
pub fn entry(entry: &Entry) -> String {
    let of =
        entry.tip.get().map_or_else(|| format!("(h) {}", reference(entry.order_ref)), reference);
    format!("{} {}@{} {of}", entry.side.code(), entry.shares, price(entry.price))
}
