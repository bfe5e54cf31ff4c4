//! A value of a vector, exact and as people read it.

use protocol_spec::wire::layout::{FieldLayout, Layout, Shape, Value};

use crate::spec::implied;

/// What stands in some bytes of a message.
#[derive(Clone, Debug)]
pub struct Datum {
    /// Name of the field in code.
    pub name: &'static str,
    /// Name of the field for people.
    pub title: &'static str,
    /// First byte, counted from the start of the message.
    pub offset: usize,
    /// Bytes.
    pub len: usize,
    /// How the value is shown.
    pub shape: Shape,
    /// The value, exactly.
    pub value: Scalar,
    /// The value as people read it, where that is something else.
    pub text: Option<String>,
    /// What the value says, if it is a code.
    pub meaning: Option<&'static str>,
}

/// An exact value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// A number that is not negative.
    Unsigned(u64),
    /// A number that may be negative.
    Signed(i64),
    /// Characters: codes as they stand in the message, text without its padding.
    Text(String),
}

impl Datum {
    /// Reads `field` from a message of `layout`; the field's offset counts from `base`.
    ///
    /// # Panics
    /// If the message ends before the field does.
    #[must_use]
    pub fn read(field: &FieldLayout, message: &[u8], base: usize, layout: &Layout) -> Datum {
        let shown = field.value(&message[base..]);
        let (value, meaning) = split(&shown);
        let text = shown.to_string();
        let exact = match &value {
            Scalar::Unsigned(number) => number.to_string(),
            Scalar::Signed(number) => number.to_string(),
            Scalar::Text(text) => text.clone(),
        };
        Datum {
            name: field.name,
            title: field.title,
            offset: base + field.offset,
            len: field.len,
            shape: field.shape,
            value,
            text: (text != exact).then_some(text),
            meaning: if field.name == implied::TYPE { Some(layout.title) } else { meaning },
        }
    }

    /// The value as people read it.
    #[must_use]
    pub fn shown(&self) -> String {
        match (&self.text, &self.value) {
            (Some(text), _) | (None, Scalar::Text(text)) => text.clone(),
            (None, Scalar::Unsigned(number)) => number.to_string(),
            (None, Scalar::Signed(number)) => number.to_string(),
        }
    }
}

/// The exact value and the meaning of its code.
fn split(value: &Value<'_>) -> (Scalar, Option<&'static str>) {
    let text = |bytes: &[u8]| bytes.escape_ascii().to_string();
    match *value {
        Value::Unsigned(number) => (Scalar::Unsigned(number), None),
        Value::Price(price) => (Scalar::Unsigned(price.0.into()), None),
        Value::OrderPrice(price) => (Scalar::Unsigned(price.0), None),
        Value::SignedPrice(offset) => (Scalar::Signed(offset.0.into()), None),
        Value::Level(level) => (Scalar::Unsigned(level.0), None),
        Value::Time(time) => (Scalar::Unsigned(time.0), None),
        Value::Seconds(time) => (Scalar::Unsigned(time.0.into()), None),
        Value::Text(bytes) => (Scalar::Text(text(bytes.trim_ascii())), None),
        Value::Code(bytes, meaning) => (Scalar::Text(text(bytes)), meaning),
        Value::NumericCode(number, meaning) => (Scalar::Unsigned(number.into()), meaning),
    }
}
