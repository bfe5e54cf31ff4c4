//! Brokers' ports, as the configuration lists them.

use std::time::Duration;

use matcher::order::Strategy;
use matcher::settings::{Limits, Port, PostOnlyRule, Short};
use protocol_spec::wire::text::{Alpha, Mpid};
use protocol_spec::words::PortId;
use serde::Deserialize;
use toml::de::ValueDeserializer;

use super::instrument::{ALL_BPS, shares};
use super::password::{self, Password};
use super::section::Section;

/// A broker's port.
#[derive(Clone, Debug)]
pub struct PortEntry {
    /// The name to log in by. Case does not count.
    pub username: Alpha<6>,
    /// The proof.
    pub password: Password,
    /// The settings of trading. The number is 0: it is given when a day opens.
    pub settings: Port,
}

const USERNAME: &str = "1 to 6 letters, digits, - or _, in quotes";
const FIRM: &str = "1 to 4 printable ASCII characters without spaces, in quotes";
const PASSWORD: &str = "1 to 10 printable ASCII characters without a space at either end, or \
                        \"env:NAME\" for what the environment variable NAME holds, or a hash as \
                        `outcry config hash` prints it";
/// Days last no longer (R8), so no grace does.
const DAY: Duration = Duration::from_hours(72);

/// Reads a section `[[port]]`: the port, or as many as it counts. What it leaves out is as in
/// `base`, or as usual without one.
pub(super) fn read(
    section: &mut Section<'_, '_>,
    base: Option<&PortEntry>,
) -> Option<Vec<PortEntry>> {
    let usernames = usernames(section);
    let password = match base {
        Some(base) if !section.has("password") => Some(base.password.clone()),
        _ => password(section),
    };
    let firms = match base {
        Some(base) if !section.has("firm") && !section.has("firms") => {
            Some(base.settings.firms.clone())
        }
        _ => firms(section),
    };
    let usual = base.map(|base| base.settings.clone());
    let usual = usual.unwrap_or_else(|| Port::new(PortId(0), Vec::new()));
    let settings = settings(section, Port { firms: firms.unwrap_or_default(), ..usual });
    if let (true, Err(refusal)) = (section.is_fine(), settings.check()) {
        section.fault_of_all(refusal.to_string());
    }
    let (usernames, password) = (usernames?, password?);
    let entry =
        |username| PortEntry { username, password: password.clone(), settings: settings.clone() };
    Some(usernames.into_iter().map(entry).collect())
}

/// The name to log in by, or those with a number behind it.
fn usernames(section: &mut Section<'_, '_>) -> Option<Vec<Alpha<6>>> {
    let stem = section.required("username", USERNAME, |text: String| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let fits = (1..=6).contains(&text.len()) && text.bytes().all(allowed);
        fits.then_some(text)
    });
    let count = section.number("count", 1, 1..=Limits::MAX_PORTS);
    let stem = stem?;
    if !section.has("count") {
        return Alpha::try_new(&stem).map(|username| vec![username]);
    }
    let usernames = (1..=count).map(|number| Alpha::try_new(&format!("{stem}{number}")));
    let usernames: Option<Vec<Alpha<6>>> = usernames.collect();
    if usernames.is_none() {
        let problem = format!(
            "\"{stem}{count}\" would be too long: usernames have at most 6 \
                               characters with their number"
        );
        section.fault("count", problem);
    }
    usernames
}

/// The proof. Nothing that might be a password is shown.
fn password(section: &mut Section<'_, '_>) -> Option<Password> {
    const KEY: &str = "password";
    let Some(value) = section.take(KEY) else {
        section.fault(KEY, format!("is missing: it must be {PASSWORD}"));
        return None;
    };
    let Ok(text) = String::deserialize(ValueDeserializer::from(value)) else {
        section.fault_of_secret(KEY, format!("must be, in quotes, {PASSWORD}"));
        return None;
    };
    let Some(name) = text.strip_prefix("env:") else {
        let read = proof(&text);
        if read.is_none() {
            section.fault_of_secret(KEY, format!("must be {PASSWORD}"));
        }
        return read;
    };
    let held = section.env(name);
    let name = name.escape_debug();
    let read = match held {
        None => Err(format!("the environment variable {name} is not set")),
        Some(held) => proof(&held).ok_or_else(|| {
            format!("what the environment variable {name} holds must be {PASSWORD}")
        }),
    };
    read.map_err(|problem| section.fault(KEY, problem)).ok()
}

fn proof(text: &str) -> Option<Password> {
    if text.starts_with("$argon2") {
        return password::is_hash(text).then(|| Password::Hash(text.into()));
    }
    password::plain(text).map(Password::Plain)
}

/// The firms, of which there is at least one; `None` if something is wrong with them.
fn firms(section: &mut Section<'_, '_>) -> Option<Vec<Mpid>> {
    let one = section.find("firm", FIRM, |text: String| firm(&text));
    let allowed = format!(
        "a list of 1 to {} firms, each once and of {FIRM}, such as [\"FRM1\", \"FRM2\"]",
        Port::MAX_FIRMS
    );
    let several = section.find("firms", &allowed, |texts: Vec<String>| {
        let firms: Option<Vec<Mpid>> = texts.iter().map(|text| firm(text)).collect();
        let few = (1..=Port::MAX_FIRMS).contains(&texts.len());
        let once = (1..texts.len()).all(|at| !texts[..at].contains(&texts[at]));
        firms.filter(|_| few && once)
    });
    match (section.has("firm"), section.has("firms")) {
        (true, false) => one.map(|firm| vec![firm]),
        (false, true) => several,
        (true, true) => {
            section.fault("firms", "leave out firm or firms: one of them says all".to_owned());
            None
        }
        (false, false) => {
            let problem = format!("is missing: it must be {FIRM}; several are firms = [..]");
            section.fault("firm", problem);
            None
        }
    }
}

fn firm(text: &str) -> Option<Mpid> {
    let named = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    Mpid::try_new(text).filter(|_| named)
}

/// The settings of trading (R15) where the section leaves some as in `port`.
fn settings(section: &mut Section<'_, '_>, mut port: Port) -> Port {
    port.test = section.flag("test", port.test);
    let sales = |short, exempt| Short { short, exempt };
    let sales = [
        ("all", sales(true, true)),
        ("T", sales(true, false)),
        ("E", sales(false, true)),
        ("none", sales(false, false)),
    ];
    port.short = section.choice("short", port.short, &sales);
    port.locate_required = section.flag("locate_required", port.locate_required);
    port.market = section.flag("market", port.market);
    let rules = [("cancel", PostOnlyRule::Cancel), ("slide", PostOnlyRule::Slide)];
    port.post_only = section.choice("post_only", port.post_only, &rules);
    let strategies = [
        ("N", Strategy::Trade),
        ("Y", Strategy::DecrementQuietly),
        ("D", Strategy::Decrement),
        ("O", Strategy::CancelOldest),
        ("W", Strategy::CancelNewest),
    ];
    port.aiq = section.choice("aiq", port.aiq, &strategies);
    let group =
        section.find("aiq_group", "two printable ASCII characters, in quotes", |text: String| {
            let printable = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
            <[u8; 2]>::try_from(text.as_bytes()).ok().filter(|_| printable)
        });
    port.aiq_group = group.unwrap_or(port.aiq_group);
    let bps = 0..=ALL_BPS;
    port.fat_finger_bps = section.number("fat_finger_bps", port.fat_finger_bps, bps);
    port.max_quantity = shares(section, "max_quantity", port.max_quantity);
    port.max_notional = section.notional("max_notional", port.max_notional);
    throttle(section, &mut port);
    let cancel = section.flag("cancel_on_disconnect", port.cancel_on_disconnect);
    port.cancel_on_disconnect = cancel;
    port.cod_grace = grace(section, "cod_grace", port.cod_grace);
    port.crash_grace = grace(section, "crash_grace", port.crash_grace);
    port.max_live = section.number("max_live", port.max_live, 1..=Limits::MAX_POOL);
    port
}

/// The throttle (R35). A rate without a burst would be none, so the burst is then a second's worth.
fn throttle(section: &mut Section<'_, '_>, port: &mut Port) {
    let any = 0..=u32::MAX;
    if section.has("orders_per_second") {
        port.rate = section.number("orders_per_second", port.rate, any.clone());
        port.burst = port.rate;
    }
    port.burst = section.number("burst", port.burst, any);
    let problem = match (port.rate, port.burst) {
        (0, 1..) => "is nothing without orders_per_second: give both, or leave it out",
        (1.., 0) => "would lift the limit of orders_per_second: give at least 1, or leave both out",
        _ => return,
    };
    if section.is_fine() {
        section.fault("burst", problem.to_owned());
    }
}

/// A time of grace in nanoseconds.
fn grace(section: &mut Section<'_, '_>, key: &'static str, default: u64) -> u64 {
    let grace = section.duration(key, Duration::from_nanos(default), Duration::ZERO..=DAY);
    u64::try_from(grace.as_nanos()).expect("72 hours are few nanoseconds")
}
