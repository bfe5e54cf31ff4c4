//! What a program hears, in words.

use std::time::{Duration, Instant};

use client::feed::{Event, Feed, FeedConfig};

use crate::publisher::Publisher;

/// After so long a test is stuck, and fails.
const STUCK: Duration = Duration::from_secs(30);

/// Listens to a publisher from its first message on.
pub(crate) fn follow(publisher: &Publisher) -> Feed {
    open(&publisher.config())
}

pub(crate) fn open(config: &FeedConfig) -> Feed {
    Feed::open(config).expect("the groups can be joined")
}

/// Everything that comes until there is an event in these words; messages one by one.
pub(crate) fn hear(feed: &mut Feed, last: &str) -> Vec<String> {
    let (mut heard, start) = (Vec::new(), Instant::now());
    while heard.last().is_none_or(|word| word != last) {
        assert!(start.elapsed() < STUCK, "no \"{last}\" behind {heard:?}");
        if let Some(event) = feed.next(Duration::from_secs(1)).expect("the lines can be read") {
            heard.extend(words(event));
        }
    }
    heard
}

/// What is there now, without waiting.
pub(crate) fn rest(feed: &mut Feed) -> Vec<String> {
    let mut heard = Vec::new();
    while let Some(event) = feed.next(Duration::ZERO).expect("the lines can be read") {
        heard.extend(words(event));
    }
    heard
}

fn words(event: Event<'_>) -> Vec<String> {
    match event {
        Event::Messages(run) => {
            run.map(|(number, message)| format!("{number} {}", message.escape_ascii())).collect()
        }
        Event::Session(session, first) => vec![format!("session {session} from {first}")],
        Event::Gap(gap) => vec![format!("gap {} to {}", gap.first, gap.end)],
        Event::Recovered(gap) => vec![format!("recovered {} to {}", gap.first, gap.end)],
        Event::Retracted(gap) => vec![format!("retracted {} to {}", gap.first, gap.end)],
        Event::GaveUp(gap) => vec![format!("gave up {} to {}", gap.first, gap.end)],
        Event::Silent(line) => vec![format!("silent {line}")],
        Event::Heard(line) => vec![format!("heard {line}")],
        Event::Foreign(session) => vec![format!("foreign {session}")],
        Event::EndOfSession(next) => vec![format!("over at {next}")],
        Event::Abandoned { session, next } => vec![format!("abandoned {session} at {next}")],
    }
}
