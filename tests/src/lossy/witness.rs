//! What must be true of what a receiver tells.

use mdfeed::receiver::{Event, Gap, Run};
use protocol_spec::words::FeedNo;

use super::course::SESSION;
use super::truth::Truth;

/// Where the stream has to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begin(pub FeedNo);

/// Listens to a receiver and knows the truth.
#[derive(Debug)]
pub struct Witness<'a> {
    truth: &'a Truth,
    /// No gap reaches beyond this.
    farthest: FeedNo,
    /// The number of the next message, once the session was told.
    next: Option<FeedNo>,
    gap: Option<Gap>,
    /// How many gaps were taken back.
    pub retracted: u64,
    /// Whether the end was told.
    pub has_ended: bool,
}

impl<'a> Witness<'a> {
    /// Nothing was told; lines claim no more than `farthest`.
    #[must_use]
    pub fn new(truth: &'a Truth, farthest: FeedNo) -> Self {
        Witness { truth, farthest, next: None, gap: None, retracted: 0, has_ended: false }
    }

    /// An event that is told after all the others. `begin` is where the stream has to begin, if
    /// that is known by now.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn on(&mut self, event: Event<'_>, begin: Option<Begin>) -> Result<(), String> {
        if let Event::Silent(_) | Event::Heard(_) = event {
            return Ok(());
        }
        if self.has_ended {
            return Err(format!("{event:?} after the end"));
        }
        match (event, self.next) {
            (Event::Session(session, first), None) => {
                self.next = Some(first);
                check(session == SESSION, || format!("session {session}"))?;
                check(begin == Some(Begin(first)), || format!("from {first}, not {begin:?}"))
            }
            (Event::Messages(run), Some(next)) => self.on_messages(run, next),
            (Event::Gap(gap), Some(next)) => {
                let before = self.gap.replace(gap);
                check(before.is_none(), || format!("{gap:?} while {before:?} is open"))?;
                check(gap.first == next && gap.end > next, || format!("{gap:?} at {next}"))?;
                check(gap.end <= self.farthest, || format!("{gap:?} behind the end"))
            }
            (Event::Recovered(gap), Some(next)) => {
                let told = self.gap.take();
                check(told == Some(gap), || format!("{gap:?} recovered, told was {told:?}"))?;
                check(next >= gap.end, || format!("{gap:?} recovered at {next}"))
            }
            (Event::Retracted(gap), Some(next)) => {
                let told = self.gap.take();
                self.retracted += 1;
                check(told == Some(gap), || format!("{gap:?} taken back, told was {told:?}"))?;
                check(next < gap.end, || format!("{gap:?} taken back, it was recovered"))
            }
            (Event::EndOfSession(end), Some(next)) => {
                self.has_ended = true;
                check(end == next, || format!("end {end} at {next}"))?;
                check(end.0 == self.truth.count() + 1, || format!("end {end} before the end"))?;
                check(self.gap.is_none(), || format!("end with {:?} open", self.gap))
            }
            (event, next) => Err(format!("{event:?} at {next:?}")),
        }
    }

    fn on_messages(&mut self, run: Run<'_>, next: FeedNo) -> Result<(), String> {
        check(run.len() > 0, || format!("no messages at {next}"))?;
        let (end, mut expected) = (run.end(), next);
        for (number, message) in run {
            check(number == expected, || format!("message {number} where {expected} belongs"))?;
            let truth = self.truth.message(number);
            check(truth == Some(message), || format!("message {number} is {message:?}"))?;
            expected = expected.plus(1);
        }
        self.next = Some(expected);
        check(expected == end, || format!("{expected} after messages to {end}"))
    }
}

fn check(holds: bool, else_say: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(else_say()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(witness: &mut Witness<'_>, event: Event<'_>) -> Result<(), String> {
        witness.on(event, Some(Begin(FeedNo(1))))
    }

    #[test]
    fn what_is_not_true_is_noticed() {
        let truth = Truth::of_day(3, 20);
        let end = FeedNo(truth.count() + 1);
        let gap = Gap { first: FeedNo(1), end: FeedNo(3) };
        let other = Gap { first: FeedNo(2), end: FeedNo(3) };
        let begun = Event::Session(SESSION, FeedNo(1));
        for (events, words) in [
            (vec![Event::Gap(gap)], "at None"),
            (vec![Event::Session(SESSION, FeedNo(2))], "from 2"),
            (vec![begun.clone(), begun.clone()], "at Some"),
            (vec![begun.clone(), Event::Gap(other)], "at 1"),
            (vec![begun.clone(), Event::Gap(gap), Event::Gap(gap)], "is open"),
            (vec![begun.clone(), Event::Gap(gap), Event::Recovered(gap)], "recovered at 1"),
            (vec![begun.clone(), Event::Gap(gap), Event::Recovered(other)], "told was"),
            (vec![begun.clone(), Event::Recovered(gap)], "told was None"),
            (vec![begun.clone(), Event::GaveUp(gap)], "GaveUp"),
            (vec![begun.clone(), Event::EndOfSession(end)], "end"),
            (vec![begun.clone(), Event::EndOfSession(FeedNo(1))], "before the end"),
            (vec![begun, Event::Silent(0), Event::Foreign(SESSION)], "Foreign"),
        ] {
            let mut witness = Witness::new(&truth, end);
            let (last, before) = events.split_last().expect("there are events");
            before.iter().for_each(|event| told(&mut witness, event.clone()).expect("it is true"));
            let wrong = told(&mut witness, last.clone()).expect_err(words);
            assert!(wrong.contains(words), "{wrong}, not {words}");
        }
    }
}
