//! Where two journals part, by what went in or by what they tell.
//!
//! ```text
//!   journal A ── thread ──▶ chunks ─┐
//!                                   ├──▶ compared here, one by one
//!   journal B, or another program ──┘
//! ```

mod build;
mod chunks;
mod records;
mod told;

pub use build::with_build;
pub use records::records;
pub use told::told;

use serde_json::{Value, json};

/// How two journals are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct How {
    /// Whether times count.
    pub times: bool,
    /// How much of what is the same, and of what follows, is shown.
    pub context: usize,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Where they part; `None` if they do not.
    pub difference: Option<Difference>,
    /// What was compared, in words.
    pub compared: String,
}

/// Where two journals part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// In words.
    pub place: String,
    /// The command at which it is seen in the one and the other, if there is one.
    pub commands: [Option<u64>; 2],
    /// What is the same, before it.
    pub before: Vec<String>,
    /// What the one has then.
    pub one: Vec<String>,
    /// What the other has then.
    pub other: Vec<String>,
}

impl Outcome {
    /// For people: lines that both have, then those of the one and of the other.
    #[must_use]
    pub fn lines(&self) -> String {
        let Some(difference) = &self.difference else {
            return format!("the same: {}\n", self.compared);
        };
        let mut text = format!("{}\n", difference.place);
        let parts =
            [("  ", &difference.before), ("- ", &difference.one), ("+ ", &difference.other)];
        for (mark, lines) in parts {
            for line in lines {
                text.push_str(&format!("{mark}{line}\n"));
            }
        }
        text
    }

    /// For programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let Some(Difference { place, commands, before, one, other }) = &self.difference else {
            return json!({ "same": true, "compared": self.compared });
        };
        json!({
            "same": false,
            "place": place,
            "commands": commands,
            "before": before,
            "a": one,
            "b": other,
        })
    }
}
