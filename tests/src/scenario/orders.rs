//! Commands of brokers, read and written.

use matcher::admission::Check;
use matcher::command::{
    Cancel, Command, DownCause, Enter, MassCancel, Modify, Options, Refused, Replace, Request,
    Switch,
};
use matcher::order::{Display, Owner, Side, Tif};
use protocol_spec::wire::ouch::{Capacity, ClOrdId, CustomerType, Mpid, Symbol, TradeNow};
use protocol_spec::words::{GroupId, Shares, UserRefNum};

use super::names::Names;
use super::words::{
    Read, TIFS, Words, alpha, code, filled, name_of, named, nanos, number, order_price, owner,
    reject, shares, show_alpha, show_filled, show_order_price, show_owner, show_port, show_reject,
    side, strategy, user_ref,
};

const SIDES: [(&str, Side); 4] = [
    ("buy", Side::Buy),
    ("sell", Side::Sell),
    ("short", Side::Short),
    ("exempt", Side::ShortExempt),
];
const DISPLAYS: [(&str, Display); 3] = [
    ("visible", Display::Visible),
    ("hidden", Display::Hidden),
    ("attributed", Display::Attributed),
];
const CHECKS: [Check; 37] = {
    use Check::*;
    [
        K0, K1, K2, K3, K4, K5, K6, K7, K8, K9, K10, K11, K12, K13, K14, K15, K16, K17, K18, K19,
        K20, K21, K22, K23, K24a, K24b, K24c, K24d, K25a, K25b, K25c, K26, K27, K28, K29, K30, K31,
    ]
};

/// Reads a command that begins with a port.
///
/// # Errors
/// If it is none.
pub fn read(words: &mut Words<'_>, names: &Names) -> Read<Command> {
    let first = words.peek().unwrap_or_default();
    if let Some(owner) = owner(first) {
        words.next_if_any();
        return numbered(words, names, owner);
    }
    let (port, idx) = words.take("a port or a command", super::words::port)?;
    let own = |user_ref| Owner { port, idx, user_ref };
    let verb = words.take("what the port does", |word| Some(word.to_owned()))?;
    Ok(match verb.as_str() {
        "cancel" => {
            let owner = own(words.take("the number of an order", user_ref)?);
            let quantity = words.take_if(shares).unwrap_or_default();
            Command::Cancel(Cancel { owner, quantity })
        }
        "modify" => Command::Modify(Modify {
            owner: own(words.take("the number of an order", user_ref)?),
            side: words.take("a side", |word| named(&SIDES, word))?,
            quantity: words.take("shares", shares)?,
            located: words.eat("located"),
        }),
        "replace" => {
            let orig = words.take("the number of the original", user_ref)?;
            let owner = own(words.take("the new number", user_ref)?);
            replace(words, owner, orig)?
        }
        "query" => Command::AccountQuery { port, idx },
        "refused" => refused(words, own(UserRefNum(0)))?,
        "up" => Command::PortUp { port, conn: words.take("a connection", number)? },
        "down" => {
            let conn = words.take("a connection", number)?;
            let crash = words.eat("crash");
            let cause = if crash { DownCause::Crash } else { DownCause::Disconnect };
            Command::PortDown { port, conn, cause }
        }
        _ => return Err(format!("expected what the port does, found `{verb}`")),
    })
}

fn numbered(words: &mut Words<'_>, names: &Names, owner: Owner) -> Read<Command> {
    let verb = words.take("what is asked", |word| Some(word.to_owned()))?;
    let firm = |words: &mut Words<'_>| words.take_if(alpha).unwrap_or(Mpid::BLANK);
    Ok(match verb.as_str() {
        "masscancel" => mass_cancel(words, owner)?,
        "disable" => Command::Disable(Switch { owner, firm: firm(words) }),
        "enable" => Command::Enable(Switch { owner, firm: firm(words) }),
        "refused" => refused(words, owner)?,
        _ => {
            let side = named(&SIDES, &verb);
            enter(words, names, owner, side.ok_or_else(|| format!("`{verb}` is no request"))?)?
        }
    })
}

/// What both a new order and a replacement say behind their price.
struct Terms {
    tif: Tif,
    display: Display,
    capacity: Capacity,
    cl_ord_id: ClOrdId,
    options: Options,
}

fn enter(words: &mut Words<'_>, names: &Names, owner: Owner, side: Side) -> Read<Command> {
    let quantity = words.take("shares", shares)?;
    let symbol = security(words, names)?;
    let price = words.take("a price", order_price)?;
    let Terms { tif, display, capacity, cl_ord_id, options } = terms(words)?;
    Ok(Command::Enter(Enter {
        owner,
        symbol,
        price,
        quantity,
        side,
        tif,
        display,
        capacity,
        cl_ord_id,
        options,
    }))
}

/// A security, which goes without saying if it is the block's first.
fn security(words: &mut Words<'_>, names: &Names) -> Read<Symbol> {
    if words.peek().is_none_or(|word| order_price(word).is_some()) {
        return Ok(names.first_symbol());
    }
    words.take("a security", alpha)
}

fn replace(words: &mut Words<'_>, owner: Owner, orig: UserRefNum) -> Read<Command> {
    let quantity = words.take("shares", shares)?;
    let price = words.take("a price", order_price)?;
    let Terms { tif, display, cl_ord_id, options, .. } = terms(words)?;
    Ok(Command::Replace(Replace { owner, orig, quantity, price, tif, display, cl_ord_id, options }))
}

fn terms(words: &mut Words<'_>) -> Read<Terms> {
    let mut terms = Terms {
        tif: Tif::Day,
        display: Display::Visible,
        capacity: Capacity::AGENCY,
        cl_ord_id: ClOrdId::BLANK,
        options: Options::NONE,
    };
    while let Some(word) = words.next_if_any() {
        if let Some(tif) = named(&TIFS, word) {
            terms.tif = tif;
        } else if let Some(display) = named(&DISPLAYS, word) {
            terms.display = display;
        } else if word == "capacity" {
            terms.capacity = Capacity(words.take("a capacity", code)?);
        } else if word == "id" {
            terms.cl_ord_id = words.take("a text", alpha)?;
        } else {
            let tag = option(words, word, &mut terms.options)?;
            terms.options.given = terms.options.given.with(tag);
        }
    }
    Ok(terms)
}

/// Tags by name; some names say the value too.
const TAGS: [(&str, u8); 16] = [
    ("firm", 2),
    ("min", 3),
    ("customer", 4),
    ("floor", 5),
    ("post", 12),
    ("nopost", 12),
    ("random", 13),
    ("for", 15),
    ("tradenow", 16),
    ("group", 24),
    ("located", 25),
    ("unlocated", 25),
    ("broker", 26),
    ("kind", 27),
    ("aiq", 29),
    ("party", 30),
];

/// Reads a tag by its name and says which it was.
fn option(words: &mut Words<'_>, word: &str, options: &mut Options) -> Read<u8> {
    let tag = named(&TAGS, word).ok_or_else(|| format!("`{word}` says nothing of an order"))?;
    match tag {
        2 => options.firm = words.take("a firm", alpha)?,
        3 => options.min_qty = words.take("shares", shares)?,
        4 => options.customer_type = CustomerType(words.take("a character", filled)?),
        5 => options.max_floor = words.take("shares", shares)?,
        12 => options.post_only = word == "post",
        13 => options.random_reserves = words.take("shares", shares)?,
        15 => options.expire_time = words.take("seconds", seconds)?,
        16 => options.trade_now = TradeNow(words.take("a character", filled)?),
        24 => options.group = GroupId(words.take("a group", number)?),
        25 => options.located = word == "located",
        26 => options.locate_broker = words.take("a broker", alpha)?,
        27 => options.side = Some(words.take("a sale", |word| named(&SIDES, word))?),
        29 => {
            let strategy =
                |word: &str| if word == "*" { Some(None) } else { strategy(word).map(Some) };
            options.aiq_strategy = words.take("a strategy", strategy)?;
        }
        _ => options.aiq_group = words.take("two characters", filled)?,
    }
    Ok(tag)
}

fn seconds(word: &str) -> Option<u32> {
    let nanos = nanos(word)?;
    (nanos % 1_000_000_000 == 0).then(|| u32::try_from(nanos / 1_000_000_000).ok())?
}

fn mass_cancel(words: &mut Words<'_>, owner: Owner) -> Read<Command> {
    let (firm, symbol) = (Mpid::BLANK, Symbol::BLANK);
    let mut mass = MassCancel { owner, firm, symbol, group: None, side: None };
    while let Some(word) = words.next_if_any() {
        match word {
            "firm" => mass.firm = words.take("a firm", alpha)?,
            "symbol" => mass.symbol = words.take("a security", alpha)?,
            "group" => mass.group = Some(GroupId(words.take("a group", number)?)),
            "side" => mass.side = Some(words.take("a side", side)?),
            _ => return Err(format!("`{word}` is no filter")),
        }
    }
    Ok(Command::MassCancel(mass))
}

fn refused(words: &mut Words<'_>, owner: Owner) -> Read<Command> {
    let request = match words.take("what was asked", |word| Some(word.to_owned()))?.as_str() {
        "enter" => Request::Enter,
        "replace" => Request::Replace { orig: words.take("the original", user_ref)? },
        "action" => Request::Action,
        "void" => Request::Void,
        other => return Err(format!("expected what was asked, found `{other}`")),
    };
    let check = |word: &str| CHECKS.into_iter().find(|each| each.to_string() == word);
    Ok(Command::Refused(Refused {
        owner,
        request,
        check: words.take("a check", check)?,
        reason: words.take("a reason", reject)?,
        cl_ord_id: if words.eat("id") { words.take("a text", alpha)? } else { ClOrdId::BLANK },
    }))
}

/// Writes a broker's command, if it is one.
#[must_use]
pub fn show(command: &Command, names: &Names) -> Option<String> {
    Some(match command {
        Command::Enter(enter) => show_enter(enter, names),
        Command::Replace(replace) => {
            let Replace { owner, orig, quantity, price, tif, display, cl_ord_id, options } =
                replace;
            let place = show_port(owner.port, owner.idx);
            let mut text = format!("{place} replace #{orig} #{} {quantity}", owner.user_ref);
            text += &format!(" {}", show_order_price(*price));
            text + &show_terms(*tif, *display, Capacity::AGENCY, *cl_ord_id, options)
        }
        Command::Cancel(Cancel { owner, quantity }) => {
            let place = show_port(owner.port, owner.idx);
            let shares =
                if *quantity == Shares(0) { String::new() } else { format!(" {quantity}") };
            format!("{place} cancel #{}{shares}", owner.user_ref)
        }
        Command::Modify(Modify { owner, side, quantity, located }) => {
            let place = show_port(owner.port, owner.idx);
            let located = if *located { " located" } else { "" };
            let side = name_of(&SIDES, *side);
            format!("{place} modify #{} {side} {quantity}{located}", owner.user_ref)
        }
        Command::MassCancel(mass) => show_mass_cancel(mass),
        Command::Disable(switch) => show_switch("disable", switch),
        Command::Enable(switch) => show_switch("enable", switch),
        Command::AccountQuery { port, idx } => format!("{} query", show_port(*port, *idx)),
        Command::Refused(refused) => show_refused(refused),
        Command::PortUp { port, conn } => format!("p{port} up {conn}"),
        Command::PortDown { port, conn, cause } => {
            let crash = if *cause == DownCause::Crash { " crash" } else { "" };
            format!("p{port} down {conn}{crash}")
        }
        _ => return None,
    })
}

fn show_enter(enter: &Enter, names: &Names) -> String {
    let side = name_of(&SIDES, enter.side);
    let mut text = format!("{} {side} {}", show_owner(enter.owner), enter.quantity);
    if enter.symbol != names.first_symbol() {
        text += &format!(" {}", show_alpha(enter.symbol));
    }
    text += &format!(" {}", show_order_price(enter.price));
    let Enter { tif, display, capacity, cl_ord_id, options, .. } = enter;
    text + &show_terms(*tif, *display, *capacity, *cl_ord_id, options)
}

fn show_terms(
    tif: Tif,
    display: Display,
    capacity: Capacity,
    cl_ord_id: ClOrdId,
    options: &Options,
) -> String {
    let mut text = String::new();
    if tif != Tif::Day {
        text += &format!(" {}", name_of(&TIFS, tif));
    }
    if display != Display::Visible {
        text += &format!(" {}", name_of(&DISPLAYS, display));
    }
    if capacity != Capacity::AGENCY {
        text += &format!(" capacity {capacity}");
    }
    if cl_ord_id != ClOrdId::BLANK {
        text += &format!(" id {}", show_alpha(cl_ord_id));
    }
    let tags = (0..64).filter(|tag| options.given.contains(*tag));
    text + &tags.map(|tag| show_option(tag, options)).collect::<String>()
}

fn show_option(tag: u8, options: &Options) -> String {
    match tag {
        2 => format!(" firm {}", show_alpha(options.firm)),
        3 => format!(" min {}", options.min_qty),
        4 => format!(" customer {}", show_filled(&options.customer_type.0)),
        5 => format!(" floor {}", options.max_floor),
        12 => if options.post_only { " post" } else { " nopost" }.to_owned(),
        13 => format!(" random {}", options.random_reserves),
        15 => format!(" for {}s", options.expire_time),
        16 => format!(" tradenow {}", show_filled(&options.trade_now.0)),
        24 => format!(" group {}", options.group),
        25 => if options.located { " located" } else { " unlocated" }.to_owned(),
        26 => format!(" broker {}", show_alpha(options.locate_broker)),
        27 => options.side.map_or(String::new(), |side| format!(" kind {}", name_of(&SIDES, side))),
        29 => options
            .aiq_strategy
            .map_or(" aiq *".to_owned(), |strategy| format!(" aiq {}", strategy.code())),
        30 => format!(" party {}", show_filled(&options.aiq_group)),
        _ => format!(" tag-{tag}"),
    }
}

fn show_mass_cancel(mass: &MassCancel) -> String {
    let mut text = format!("{} masscancel", show_owner(mass.owner));
    if mass.firm != Mpid::BLANK {
        text += &format!(" firm {}", show_alpha(mass.firm));
    }
    if mass.symbol != Symbol::BLANK {
        text += &format!(" symbol {}", show_alpha(mass.symbol));
    }
    if let Some(group) = mass.group {
        text += &format!(" group {group}");
    }
    text + &mass.side.map_or(String::new(), |side| format!(" side {}", side.code()))
}

fn show_switch(verb: &str, switch: &Switch) -> String {
    let firm = switch.firm;
    let firm = if firm == Mpid::BLANK { String::new() } else { format!(" {}", show_alpha(firm)) };
    format!("{} {verb}{firm}", show_owner(switch.owner))
}

fn show_refused(refused: &Refused) -> String {
    let request = match refused.request {
        Request::Enter => "enter".to_owned(),
        Request::Replace { orig } => format!("replace #{orig}"),
        Request::Action => "action".to_owned(),
        Request::Void => "void".to_owned(),
    };
    let (owner, check, reason) =
        (show_owner(refused.owner), refused.check, show_reject(refused.reason));
    let id = refused.cl_ord_id;
    let id = if id == ClOrdId::BLANK { String::new() } else { format!(" id {}", show_alpha(id)) };
    format!("{owner} refused {request} {check} {reason}{id}")
}
