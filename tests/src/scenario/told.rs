//! Events, written.

use matcher::event::{Event, Shown, TipRef};
use matcher::order::{Display, Side};
use protocol_spec::wire::ouch::LiquidityFlag;
use protocol_spec::words::Locate;

use super::events::{usual_accepted, usual_cut, usual_losses, usual_rested};
use super::ground::Ground;
use super::words::{
    DISPLAY_LETTERS, TIFS, name_of, show_alpha, show_filled, show_order, show_order_price,
    show_owner, show_price, show_ref, show_reject, show_tip, usual_tip,
};

/// Writes the events of a command, one an element.
#[must_use]
pub fn show(events: &[Event], ground: &mut Ground<'_>) -> Vec<String> {
    let (mut told, mut at) = (Vec::new(), 0);
    while let Some(event) = events.get(at) {
        let accepted =
            if let Event::Accepted { order_ref, .. } = event { Some(*order_ref) } else { None };
        let usual = accepted.filter(|order_ref| usual_accepted(ground, *order_ref) == *event);
        let text = one(event, ground);
        ground.tell(event);
        match usual {
            Some(order_ref) if events.get(at + 1) == Some(&usual_rested(ground)) => {
                told.push(format!("rests {}", show_ref(order_ref)));
                at += 2;
            }
            _ => {
                told.push(text);
                at += 1;
            }
        }
    }
    told
}

/// ` key=value`, or nothing if the value is the usual one.
fn key<T: Copy + PartialEq>(
    key: &str,
    value: T,
    usual: T,
    show: impl FnOnce(T) -> String,
) -> String {
    if value == usual { String::new() } else { format!(" {key}={}", show(value)) }
}

fn show_locate(locate: Locate, ground: &Ground<'_>) -> String {
    if locate == ground.locate() {
        return String::new();
    }
    let symbol = ground.names().symbol(locate);
    symbol.map_or_else(|| format!(" loc={locate}"), |symbol| format!(" sym={}", show_alpha(symbol)))
}

fn show_shown(shown: Shown) -> String {
    match shown {
        Shown::Same => "same".to_owned(),
        Shown::Gone(tip) => format!("gone:{}", show_ref(tip)),
        Shown::Less(tip, less) => format!("cut:{}:{less}", show_ref(tip)),
    }
}

fn letter(display: Display) -> String {
    name_of(&DISPLAY_LETTERS, display).to_owned()
}

fn show_side(side: Side) -> String {
    side.code().to_string()
}

fn one(event: &Event, ground: &Ground<'_>) -> String {
    match *event {
        Event::Accepted { owner, order_ref, price, tif, locate } => {
            let mut text = format!("A {}", show_ref(order_ref));
            text += &key("owner", owner, ground.owner(), show_owner);
            text += &key("price", price, ground.price(), show_order_price);
            text += &key("tif", tif, ground.tif(), |tif| name_of(&TIFS, tif).to_owned());
            text + &show_locate(locate, ground)
        }
        Event::Rejected { owner, reason } => {
            let text = format!("J {}", show_reject(reason));
            text + &key("owner", owner, ground.owner(), show_owner)
        }
        Event::Executed { .. } => executed(event, ground),
        Event::Prevented { .. } => prevented(event, ground),
        Event::Refreshed { .. } | Event::Rested { .. } => resting(event, ground),
        Event::Replaced { .. } => replaced(event, ground),
        Event::Canceled { owner, order_ref, shares, reason, tip, locate } => {
            let own = (ground.owner(), ground.own_ref(), TipRef::NONE);
            let order = if (owner, order_ref, tip) == own {
                String::new()
            } else {
                format!("{} {} ", show_owner(owner), show_order(order_ref, tip))
            };
            format!("C {shares} {order}{reason}{}", show_locate(locate, ground))
        }
        Event::Reduced { owner, order_ref, shares, shown, locate } => {
            let mut text = format!("less {shares} {} {}", show_owner(owner), show_ref(order_ref));
            let usual = usual_cut(usual_tip(order_ref), shares);
            text += &key("shown", shown, usual, show_shown);
            text + &show_locate(locate, ground)
        }
        Event::Modified { owner, order_ref, side, leaves, shown, locate } => {
            let (owner, order) = (show_owner(owner), show_ref(order_ref));
            let mut text = format!("M {leaves} {} {owner} {order}", show_side(side));
            text += &key("shown", shown, Shown::Same, show_shown);
            text + &show_locate(locate, ground)
        }
        Event::Crossed { .. } => crossed(event, ground),
        _ => other(event, ground),
    }
}

fn executed(event: &Event, ground: &Ground<'_>) -> String {
    let Event::Executed { taker, maker, taker_ref, maker_ref, match_no, .. } = *event else {
        unreachable!("the caller has matched it");
    };
    let Event::Executed { tip, price, shares, locate, flag, .. } = *event else {
        unreachable!("the caller has matched it");
    };
    let displayed = flag == LiquidityFlag::ADDED && tip != TipRef::NONE;
    let order = if displayed { show_order(maker_ref, tip) } else { show_ref(maker_ref) };
    let usual = match flag {
        LiquidityFlag::ADDED if displayed => tip,
        LiquidityFlag::ADDED => usual_tip(maker_ref),
        _ => TipRef::NONE,
    };
    let (price, maker) = (show_price(price), show_owner(maker));
    let mut text = format!("E {shares} {price} {maker} {order} {flag} M{match_no}");
    text += &key("taker", taker, ground.owner(), show_owner);
    text += &key("ref", taker_ref, ground.own_ref(), show_ref);
    text += &key("tip", tip, usual, show_tip);
    text + &show_locate(locate, ground)
}

fn prevented(event: &Event, ground: &Ground<'_>) -> String {
    let Event::Prevented { taker, maker, strategy, price, prevented, .. } = *event else {
        unreachable!("the caller has matched it");
    };
    let Event::Prevented { taker_less, maker_less, shown, locate, flag, .. } = *event else {
        unreachable!("the caller has matched it");
    };
    let (price, maker) = (show_price(price), show_owner(maker));
    let usual = usual_losses(strategy, prevented);
    let mut text = format!("D {prevented} {price} {maker} {flag} {}", strategy.code());
    text += &key("taker", taker, ground.owner(), show_owner);
    text += &key("in", taker_less, usual.0, |shares| shares.to_string());
    text += &key("out", maker_less, usual.1, |shares| shares.to_string());
    text += &key("shown", shown, Shown::Same, show_shown);
    text + &show_locate(locate, ground)
}

/// What is on the book now.
fn resting(event: &Event, ground: &Ground<'_>) -> String {
    match *event {
        Event::Refreshed { owner, order_ref, tip, shares, price, side, display, firm, locate } => {
            let order = format!("{}/{}", show_ref(order_ref), show_ref(tip));
            let (price, side) = (show_price(price), show_side(side));
            let mut text = format!("R {shares} {price} {side} {} {order}", show_owner(owner));
            text += &key("display", display, Display::Visible, letter);
            text += &key("firm", firm, ground.names().firm(owner.port), show_alpha);
            text + &show_locate(locate, ground)
        }
        Event::Rested {
            owner,
            order_ref,
            displayed,
            hidden,
            price,
            side,
            display,
            firm,
            locate,
        } => {
            let parts = match (displayed.0, hidden.0) {
                (displayed, 0) => displayed.to_string(),
                (0, hidden) => format!("+{hidden}"),
                (displayed, hidden) => format!("{displayed}+{hidden}"),
            };
            let mut text = format!("rest {parts}");
            text += &key("owner", owner, ground.owner(), show_owner);
            text += &key("ref", order_ref, ground.own_ref(), show_ref);
            text += &key("price", price, ground.own_price(), show_price);
            text += &key("side", side, ground.own_side(), show_side);
            text += &key("display", display, ground.display(), letter);
            text += &key("firm", firm, ground.firm(), show_alpha);
            text + &show_locate(locate, ground)
        }
        _ => unreachable!("the caller has matched it"),
    }
}

fn replaced(event: &Event, ground: &Ground<'_>) -> String {
    let Event::Replaced { owner, orig, order_ref, old_tip, price, leaves, .. } = *event else {
        unreachable!("the caller has matched it");
    };
    let Event::Replaced { symbol, locate, side, tif, capacity, same_display, .. } = *event else {
        unreachable!("the caller has matched it");
    };
    let yes_no = |yes| if yes { "yes" } else { "no" }.to_owned();
    let usual_name = ground.names().symbol(locate).unwrap_or(ground.symbol());
    let mut text = format!("U {} {leaves} {}", show_ref(order_ref), show_side(side));
    text += &key("owner", owner, ground.owner(), show_owner);
    text += &key("orig", orig, ground.orig(), |orig| orig.to_string());
    text += &key("old", old_tip, TipRef::NONE, show_tip);
    text += &key("same", same_display, old_tip != TipRef::NONE, yes_no);
    text += &key("price", price, ground.price(), show_order_price);
    text += &key("tif", tif, ground.tif(), |tif| name_of(&TIFS, tif).to_owned());
    text += &key("capacity", capacity, ground.capacity(), |capacity| capacity.to_string());
    text += &show_locate(locate, ground);
    text + &key("name", symbol, usual_name, show_alpha)
}

fn crossed(event: &Event, ground: &Ground<'_>) -> String {
    let Event::Crossed { buyer, seller, buy_tip, sell_tip, match_no, .. } = *event else {
        unreachable!("the caller has matched it");
    };
    let Event::Crossed { price, shares, locate, flag, .. } = *event else {
        unreachable!("the caller has matched it");
    };
    let entry = |tip: TipRef| tip.get().map_or(String::new(), |tip| format!(" {}", show_ref(tip)));
    let (buyer, seller) = (show_owner(buyer), show_owner(seller));
    let (price, buy, sell) = (show_price(price), entry(buy_tip), entry(sell_tip));
    let pair = format!("pair {shares} {price} {buyer}{buy} x {seller}{sell} {flag} M{match_no}");
    pair + &show_locate(locate, ground)
}

/// Events of the day, and answers.
fn other(event: &Event, ground: &Ground<'_>) -> String {
    match *event {
        Event::CrossPrint { match_no, volume, price, locate, kind } => {
            let price = show_price(price);
            format!("print {volume} {price} {kind} M{match_no}{}", show_locate(locate, ground))
        }
        Event::MassAck { owner } => {
            format!("acked{}", key("owner", owner, ground.owner(), show_owner))
        }
        Event::SwitchAck { owner } => {
            format!("switched{}", key("owner", owner, ground.owner(), show_owner))
        }
        Event::QueryAck { owner } => {
            let mut usual = ground.owner();
            usual.user_ref = owner.user_ref;
            format!("next {}{}", owner.user_ref, key("owner", owner, usual, show_owner))
        }
        Event::Broken { locate } => format!("broken{}", show_locate(locate, ground)),
        Event::System(code) => format!("system {code}"),
        Event::PortSystem { port, code } => format!("system {code} p{port}"),
        Event::Directory { locate, new: Some(state) } => {
            format!("listed {state}{}", show_locate(locate, ground))
        }
        Event::Directory { locate, new: None } => {
            format!("relisted{}", show_locate(locate, ground))
        }
        Event::StateChanged { locate, state, reason } => {
            let is_blank = reason == *b"    ";
            let reason =
                if is_blank { String::new() } else { format!(" {}", show_filled(&reason)) };
            format!("state {state}{reason}{}", show_locate(locate, ground))
        }
        Event::Refused(refusal) => format!("refused {refusal:?}"),
        _ => unreachable!("the other writers have the rest"),
    }
}
