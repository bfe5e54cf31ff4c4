//! Threads, and the processors they run on.

use std::time::Duration;

use serde::Deserialize;

use super::section::Section;
use super::units;

/// Threads, and the processors they run on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Threads {
    /// How long the core thread looks for work before it sleeps; `None` goes by the number of
    /// processors.
    pub spin: Option<Duration>,
    /// The processor of the core thread; `None` is any.
    pub core: Option<usize>,
    /// The processor of the service thread; `None` is any.
    pub service: Option<usize>,
}

/// The number of a processor, or a word.
#[derive(Deserialize)]
#[serde(untagged)]
enum Processor {
    Number(usize),
    Word(String),
}

impl Threads {
    const MAX_SPIN: Duration = Duration::from_secs(1);
    const MAX_PROCESSOR: usize = 1023;

    pub(super) fn read(section: &mut Section<'_, '_>) -> Self {
        let allowed = "\"auto\" or a duration from \"0s\" to \"1s\", such as \"50us\"";
        let spin = section.find("spin", allowed, |text: String| match text.as_str() {
            "auto" => Some(None),
            text => units::duration(text).filter(|spin| *spin <= Self::MAX_SPIN).map(Some),
        });
        Threads {
            spin: spin.flatten(),
            core: processor(section, "core"),
            service: processor(section, "service"),
        }
    }
}

fn processor(section: &mut Section<'_, '_>, key: &'static str) -> Option<usize> {
    let allowed = "\"any\" or the number of a processor, from 0 to 1023";
    let found = section.find(key, allowed, |processor: Processor| match processor {
        Processor::Word(word) => (word == "any").then_some(None),
        Processor::Number(number) => (number <= Threads::MAX_PROCESSOR).then_some(Some(number)),
    });
    found.flatten()
}
