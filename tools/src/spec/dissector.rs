//! The dissector for Wireshark: a script in Lua, whose tables are printed into it.

mod info;
mod lua;
mod names;
mod tables;

pub use names::FilterNames;

use protocol_spec::wire::mold::END_OF_SESSION;
use protocol_spec::wire::{glimpse, soup};
use protocol_spec::words::OrderPrice;

use super::protocol::{GLIMPSE, ITCH, MOLD, OUCH, SOUP};
use super::service::{SERVICES, Service};

/// The script, with a mark where each table goes.
const TEMPLATE: &str = concat!(
    include_str!("dissector/script/tables.lua"),
    include_str!("dissector/script/protocols.lua"),
    include_str!("dissector/script/values.lua"),
    include_str!("dissector/script/messages.lua"),
    include_str!("dissector/script/soup.lua"),
    include_str!("dissector/script/mold.lua"),
    include_str!("dissector/script/ports.lua"),
);

/// The dissector.
#[must_use]
pub fn script() -> String {
    let names = FilterNames::new();
    let market = [OrderPrice::MARKET_200000, OrderPrice::MARKET_MAX]
        .map(|price| format!("[\"{}\"] = \"{price}\"", price.0));
    let tables = [
        ("FIELDS", tables::fields(&names)),
        ("CODES", tables::codes()),
        ("ITCH", tables::messages(&names, &ITCH, &ITCH.parts[0])),
        ("GLIMPSE", tables::messages(&names, &GLIMPSE, &GLIMPSE.parts[0])),
        ("OUCH_INBOUND", tables::messages(&names, &OUCH, &OUCH.parts[0])),
        ("OUCH_OUTBOUND", tables::messages(&names, &OUCH, &OUCH.parts[1])),
        ("TAGS", tables::tags(&names)),
        ("SOUP", tables::messages(&names, &SOUP, &SOUP.parts[0]) + &packets(&names)),
        ("MOLD", tables::messages(&names, &MOLD, &MOLD.parts[0])),
        ("SNAPSHOT_TYPES", lua::string(glimpse::FEED_TYPES)),
        ("END_OF_SESSION", END_OF_SESSION.to_string()),
        ("MARKET", market.join(", ")),
        ("SETTINGS", settings()),
        ("SERVICES", services()),
    ];
    tables.iter().fold(TEMPLATE.to_owned(), |script, (mark, table)| {
        script.replace(&format!("@{mark}@"), table.trim_end())
    })
}

/// The settings that hold ports, with their defaults.
fn settings() -> String {
    let setting = |service: &Service| {
        let [label, ports, meaning] =
            [&*service.label(), service.ports, service.meaning].map(lua::text);
        format!(
            "outcry.prefs.{} = Pref.range({label}, {ports},\n  {meaning}, 65535)\n",
            service.setting
        )
    };
    SERVICES.iter().map(setting).collect()
}

/// Which table of dissectors each setting is for, and who dissects there.
fn services() -> String {
    let row = |service: &Service| {
        let table = lua::text(&format!("{}.port", service.transport));
        format!("  {{ {table}, {}, {} }},\n", lua::text(service.setting), service.protocol)
    };
    SERVICES.iter().map(row).collect()
}

/// The packets that the script must know by name.
fn packets(names: &FilterNames) -> String {
    let packets = [
        ("SEQUENCED", &soup::SequencedData::LAYOUT),
        ("DEBUG", &soup::Debug::LAYOUT),
        ("LOGIN_REQUEST", &soup::LoginRequest::LAYOUT),
        ("LOGIN_ACCEPTED", &soup::LoginAccepted::LAYOUT),
    ];
    let named: String = packets
        .iter()
        .map(|(key, layout)| format!("  {key} = {},\n", lua::text(info::title(layout))))
        .collect();
    named + &tables::header(names, &SOUP, &soup::Debug::LAYOUT)
}

#[cfg(test)]
mod tests;
