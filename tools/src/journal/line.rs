//! A command and what it did, as lines or as a JSON object.
//!
//! ```text
//! #17        09:30:00.000001318  P1(1)       O EnterOrder     AAPL   user_ref_num=1 ..
//!     told   P1(1)        #5        A OrderAccepted           AAPL   ..
//!     feed                #12       A AddOrder                AAPL   ..
//! ```

use appliance::journal::Skip;
use appliance::note;
use matcher::command::Command;
use protocol_spec::wire::ouch::Symbol;
use protocol_spec::words::{PortId, Time};
use recovery::journal::{Body, Record};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Map, Value};

use super::control::{self, Part, parts};
use super::kinds;
use super::names::Names;
use super::parts::symbol_of;
use super::told::{Item, To, Told};
use crate::decode::{
    Exact, Message, Named, Protocol, TYPE_WIDTH, pad, push_number, push_text, push_time,
    put_message, write_content, write_symbol,
};

const NUMBER_WIDTH: usize = 11;
const TIME_WIDTH: usize = 20;
const UTC_WIDTH: usize = 32;
const PORT_WIDTH: usize = 12;

/// A command that is to be shown.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// What was written of it.
    pub record: &'a Record<'a>,
    /// Whose port is which.
    pub names: &'a Names,
    /// If it is passed over.
    pub skip: Option<&'a Skip>,
    /// The security it is about, if what it did has told.
    pub security: Option<Symbol>,
}

/// How times are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    /// Since the midnight that began the day.
    #[default]
    Day,
    /// Date and time in UTC.
    Utc,
}

impl Shown<'_> {
    /// Appends the line of text, without its end.
    pub fn write(&self, line: &mut Vec<u8>, clock: Clock) {
        let Shown { record, names, skip, .. } = self;
        let start = line.len();
        line.push(b'#');
        push_number(line, record.stamp.no.0);
        pad(line, start, NUMBER_WIDTH);
        write_time(line, record.stamp.time, names, clock);
        let start = line.len();
        match &record.body {
            Body::Message { port, bytes } => {
                names.write(line, *port);
                pad(line, start, PORT_WIDTH);
                write_message(line, Protocol::OuchIn, bytes, self.security);
            }
            Body::Control { command, note } => {
                line.push(b'-');
                pad(line, start, PORT_WIDTH);
                self.write_control(line, command, note);
            }
        }
        if let Some(skip) = skip {
            line.extend_from_slice(b" !! skipped by ");
            push_text(line, skip.who.as_bytes());
            line.extend_from_slice(format!(" at {}: {}", skip.date(), skip.why).as_bytes());
        }
        while line.last() == Some(&b' ') {
            line.pop();
        }
    }

    fn write_control(&self, line: &mut Vec<u8>, command: &Command, said: &str) {
        let start = line.len();
        line.extend_from_slice(b"- ");
        line.extend_from_slice(kinds::name(command).as_bytes());
        pad(line, start, TYPE_WIDTH);
        write_symbol(line, symbol_of(command).map_or(Named::Unknown, Named::Here));
        for Part { name, value, is_usual } in parts(command, self.names) {
            if !is_usual && !value.is_null() {
                line.push(b' ');
                line.extend_from_slice(name.as_bytes());
                line.push(b'=');
                write_value(line, &value);
            }
        }
        let subject = subject_key(command);
        for (key, text) in
            [(subject, note::subject(said)), ("by", note::author(said).unwrap_or(""))]
        {
            if !text.is_empty() {
                line.extend_from_slice(format!(" {key}={text:?}").as_bytes());
            }
        }
    }

    /// Appends the object of the command, with what it told if `told` has it, without the end of
    /// the line.
    ///
    /// # Panics
    /// Never: a vector takes everything, and keys are strings.
    pub fn write_json(&self, line: &mut Vec<u8>, told: Option<&Told>) {
        let kept = "a vector takes everything, and keys are strings";
        serde_json::to_writer(&mut *line, &Object(*self)).expect(kept);
        let Some(told) = told else { return };
        line.pop();
        for (key, of) in [("replies", 0), ("feed", 1), ("refused", 2)] {
            let items = told.items().iter().filter(|item| kind_of(item) == of);
            let mut separator = format!(",\"{key}\":[");
            for item in items {
                line.extend_from_slice(separator.as_bytes());
                ",".clone_into(&mut separator);
                let object = ToldObject { item, bytes: told.bytes(item), names: self.names };
                serde_json::to_writer(&mut *line, &object).expect(kept);
            }
            if separator == "," {
                line.push(b']');
            }
        }
        line.push(b'}');
    }
}

/// What the subject of a note is.
const fn subject_key(command: &Command) -> &'static str {
    match command {
        Command::SetPort(_) => "username",
        _ => "about",
    }
}

const fn kind_of(item: &Item) -> u8 {
    match item.to {
        To::Port(..) => 0,
        To::Feed(_) => 1,
        To::Operator(_) => 2,
    }
}

fn write_time(line: &mut Vec<u8>, time: Time, names: &Names, clock: Clock) {
    let start = line.len();
    let of_day = names.midnight().and_then(|midnight| time.0.checked_sub(midnight.0));
    match (clock, of_day) {
        (Clock::Utc, _) => {
            line.extend_from_slice(control::utc(time).as_bytes());
            pad(line, start, UTC_WIDTH);
        }
        (Clock::Day, Some(of_day)) => {
            push_time(line, protocol_spec::words::Timestamp(of_day));
            pad(line, start, TIME_WIDTH);
        }
        (Clock::Day, None) => {
            line.push(b'-');
            pad(line, start, TIME_WIDTH);
        }
    }
}

/// Appends type, security and fields of a message.
pub(super) fn write_message(
    line: &mut Vec<u8>,
    protocol: Protocol,
    bytes: &[u8],
    security: Option<Symbol>,
) {
    match Message::read(protocol, bytes) {
        Ok(message) => write_content(line, &message, named(&message, security)),
        Err(error) => {
            for byte in bytes {
                line.extend_from_slice(format!("{byte:02X}").as_bytes());
            }
            line.extend_from_slice(format!(" !! {error}").as_bytes());
        }
    }
}

fn named(message: &Message<'_>, security: Option<Symbol>) -> Named {
    match (message.symbol().filter(|symbol| !symbol.is_blank()), security) {
        (Some(symbol), _) => Named::Here(symbol),
        (None, Some(symbol)) => Named::Elsewhere(symbol),
        (None, None) => Named::Unknown,
    }
}

/// Appends the line of something that was told, without its end.
pub fn write_told(line: &mut Vec<u8>, item: &Item, bytes: &[u8], names: &Names) {
    let column = |line: &mut Vec<u8>, text: &str, width| {
        let start = line.len();
        line.extend_from_slice(text.as_bytes());
        pad(line, start, width);
    };
    match item.to {
        To::Port(port, number) => {
            column(line, "told", 6);
            column(line, &names.show(port), PORT_WIDTH);
            column(line, &format!("#{number}"), NUMBER_WIDTH);
            write_message(line, Protocol::OuchOut, bytes, item.symbol);
        }
        To::Feed(number) => {
            column(line, "feed", 6 + PORT_WIDTH);
            column(line, &format!("#{number}"), NUMBER_WIDTH);
            write_message(line, Protocol::Itch, bytes, item.symbol);
        }
        To::Operator(refusal) => {
            line.extend_from_slice(format!("refused: {refusal}").as_bytes());
        }
    }
    while line.last() == Some(&b' ') {
        line.pop();
    }
}

fn write_value(line: &mut Vec<u8>, value: &Value) {
    match value {
        Value::String(text) => push_text(line, text.as_bytes()),
        Value::Array(list) => {
            for (at, one) in list.iter().enumerate() {
                if at > 0 {
                    line.push(b',');
                }
                write_value(line, one);
            }
        }
        Value::Object(map) => line.extend_from_slice(party_word(map).as_bytes()),
        other => line.extend_from_slice(other.to_string().as_bytes()),
    }
}

/// A side of a trade as one word.
fn party_word(map: &Map<String, Value>) -> String {
    let text = |key: &str| match map.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let channel = text("user_ref_idx");
    let channel = if channel == "0" { String::new() } else { format!(".{channel}") };
    let [user, port, number] = ["username", "port", "user_ref_num"].map(text);
    format!("{user}({port})#{number}{channel}")
}

/// A command as an object.
struct Object<'a>(Shown<'a>);

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Shown { record, names, skip, security } = self.0;
        let stamp = record.stamp;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("number", &Exact(stamp.no.0))?;
        if let Some(of_day) = names.midnight().and_then(|m| stamp.time.0.checked_sub(m.0)) {
            let of_day = protocol_spec::words::Timestamp(of_day);
            map.serialize_entry("time", &format_args!("{of_day}"))?;
        }
        map.serialize_entry("utc", &control::utc(stamp.time))?;
        map.serialize_entry("late_ns", &stamp.late)?;
        match &record.body {
            Body::Message { port, bytes } => {
                put_port(&mut map, *port, names)?;
                put_bytes(&mut map, Protocol::OuchIn, bytes, security)?;
            }
            Body::Control { command, note } => {
                map.serialize_entry("name", kinds::name(command))?;
                if let Some(symbol) = symbol_of(command) {
                    map.serialize_entry("symbol", &control::symbol(symbol))?;
                }
                let parts = parts(command, names).into_iter();
                let fields: Map<_, _> =
                    parts.map(|part| (part.name.to_owned(), part.value)).collect();
                map.serialize_entry("fields", &fields)?;
                if !note::subject(note).is_empty() {
                    map.serialize_entry(subject_key(command), note::subject(note))?;
                }
                if let Some(who) = note::author(note) {
                    map.serialize_entry("by", who)?;
                }
            }
        }
        if let Some(skip) = skip {
            let (who, why, when) = (&skip.who, &skip.why, skip.date());
            let skip = serde_json::json!({ "who": who, "when": when, "why": why });
            map.serialize_entry("skipped", &skip)?;
        }
        map.end()
    }
}

fn put_port<M: SerializeMap>(map: &mut M, port: PortId, names: &Names) -> Result<(), M::Error> {
    map.serialize_entry("port", &port.0)?;
    match names.user(port) {
        Some(user) => map.serialize_entry("username", user),
        None => Ok(()),
    }
}

fn put_bytes<M: SerializeMap>(
    map: &mut M,
    protocol: Protocol,
    bytes: &[u8],
    security: Option<Symbol>,
) -> Result<(), M::Error> {
    match Message::read(protocol, bytes) {
        Ok(message) => put_message(map, &message, named(&message, security)),
        Err(error) => {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
            map.serialize_entry("hex", &hex)?;
            map.serialize_entry("error", &format_args!("{error}"))
        }
    }
}

/// Something that was told, as an object.
struct ToldObject<'a> {
    item: &'a Item,
    bytes: &'a [u8],
    names: &'a Names,
}

impl Serialize for ToldObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ToldObject { item, bytes, names } = self;
        let (number, protocol) = match item.to {
            To::Operator(refusal) => return serializer.collect_str(&refusal),
            To::Port(_, number) => (number.0, Protocol::OuchOut),
            To::Feed(number) => (number.0, Protocol::Itch),
        };
        let mut map = serializer.serialize_map(None)?;
        if let To::Port(port, _) = item.to {
            put_port(&mut map, port, names)?;
        }
        map.serialize_entry("number", &Exact(number))?;
        put_bytes(&mut map, protocol, bytes, item.symbol)?;
        map.end()
    }
}
