//! Requests that have no answer yet.

use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use client::{Reply, Request};
use protocol_spec::words::UserRefNum;

use crate::order::answer::{self, Answer};

/// A request that has no answer yet.
#[derive(Debug)]
pub(super) struct Asking {
    /// The request.
    pub request: Request,
    /// The number that its answer will be about.
    pub number: UserRefNum,
    /// How it was said.
    pub words: String,
    /// Who waits for the answer: told by being dropped.
    pub waiter: Sender<()>,
    /// When there should be one.
    pub deadline: Instant,
}

/// Requests that have no answer yet, in the order in which they were sent.
#[derive(Debug, Default)]
pub(super) struct Pending(Vec<Asking>);

impl Pending {
    /// A request was sent.
    pub(super) fn add(&mut self, asking: Asking) {
        self.0.push(asking);
    }

    /// A reply came: the request that it is the answer to, and what it says of it.
    pub(super) fn take(&mut self, reply: &Reply<'_>) -> Option<(Asking, Answer)> {
        self.0
            .iter()
            .enumerate()
            .find_map(|(at, asking)| Some((at, answer::to(&asking.request, asking.number, reply)?)))
            .map(|(at, answer)| (self.0.remove(at), answer))
    }

    /// The requests that should have an answer by `now`, in words.
    pub(super) fn overdue(&mut self, now: Instant, patience: Duration) -> Vec<String> {
        let (due, waiting) = std::mem::take(&mut self.0)
            .into_iter()
            .partition(|asking: &Asking| asking.deadline <= now);
        self.0 = waiting;
        due.iter()
            .map(|asking| {
                let why = answer::silence(&asking.request);
                format!("no reply to `{}` within {patience:?}: {why}", asking.words)
            })
            .collect()
    }

    /// The connection ended: nobody knows what became of these.
    pub(super) fn give_up(&mut self) -> Vec<String> {
        self.0
            .drain(..)
            .map(|asking| {
                let words = asking.words;
                format!("`{words}` was sent and not answered: the replies will say, or nothing")
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};

    use client::{Cancel, Order};
    use protocol_spec::wire::ouch::{CancelReason, Symbol, Tags};
    use protocol_spec::words::{OrderPrice, Shares};

    use super::*;
    use crate::order::sample::{accepted, canceled, executed, reply};

    const PATIENCE: Duration = Duration::from_secs(2);

    fn asking(request: impl Into<Request>, number: u32, since: Instant) -> (Asking, Receiver<()>) {
        let (waiter, waits) = channel();
        let asking = Asking {
            request: request.into(),
            number: UserRefNum(number),
            words: format!("request {number}"),
            waiter,
            deadline: since + PATIENCE,
        };
        (asking, waits)
    }

    #[test]
    fn an_answer_ends_the_waiting_for_its_own_request() {
        let now = Instant::now();
        let buy = Order::buy(Shares(100), Symbol::new("AAPL"), OrderPrice(1));
        let mut pending = Pending::default();
        let (buying, waits) = asking(buy, 3, now);
        pending.add(buying);
        let (canceling, _waits) = asking(Cancel::all(UserRefNum(9)), 9, now);
        pending.add(canceling);
        assert!(pending.take(&reply(&executed(3, 1))).is_none());
        let (answered, answer) =
            pending.take(&reply(&accepted(3, 100, Tags::NONE))).expect("it is the answer");
        assert_eq!((answered.number.0, answer), (3, Answer::Taken));
        assert!(waits.try_recv().is_err());
        let due = pending.overdue(now + PATIENCE, PATIENCE);
        assert_eq!(due.len(), 1);
        assert!(
            due[0].starts_with("no reply to `request 9` within 2s: there is no such"),
            "{due:?}"
        );
        assert!(pending.take(&reply(&canceled(9, 1, CancelReason::USER))).is_none());
    }

    #[test]
    fn a_broken_connection_leaves_requests_open() {
        let mut pending = Pending::default();
        let (canceling, _waits) = asking(Cancel::all(UserRefNum(9)), 9, Instant::now());
        pending.add(canceling);
        assert_eq!(pending.overdue(Instant::now(), PATIENCE), [""; 0]);
        assert!(pending.give_up()[0].contains("`request 9` was sent and not answered"));
        assert!(pending.give_up().is_empty());
    }
}
