//! What is shown of replies at the desk.

use client::Reply;
use protocol_spec::wire::ouch::Outbound;
use protocol_spec::words::UserRefIdx;

use super::full::Full;
use super::ledger::Ledger;
use super::pending::Asking;
use crate::order::answer::Answer;

/// Makes lines of replies.
pub(super) struct Teller<'a> {
    colour: bool,
    /// Full lines instead of short ones.
    full: Option<Full<'a>>,
    /// Channels whose next number nobody wants to see.
    passed_over: Vec<UserRefIdx>,
}

impl<'a> Teller<'a> {
    /// Makes full lines, or else short ones, maybe in colour.
    pub(super) const fn new(full: Option<Full<'a>>, colour: bool) -> Self {
        Teller { colour, full, passed_over: Vec::new() }
    }

    /// The next answer to an Account Query of this channel is not to be shown.
    pub(super) fn pass_over(&mut self, channel: UserRefIdx) {
        self.passed_over.push(channel);
    }

    /// Takes a reply in, and gives its lines, each with its end; `answered` is the request that it
    /// is the answer to.
    pub(super) fn tell(
        &mut self,
        ledger: &mut Ledger,
        reply: &Reply<'_>,
        answered: Option<&(Asking, Answer)>,
    ) -> String {
        let brief = ledger.take(reply);
        let channel = reply.channel();
        if matches!(reply.decode(), Ok((Outbound::AccountQueryResponse(_), _)))
            && let Some(at) = self.passed_over.iter().position(|passed| *passed == channel)
        {
            self.passed_over.remove(at);
            return String::new();
        }
        let mut lines = match &mut self.full {
            Some(full) => full.line(reply),
            None => format!("{}\n", brief.line(self.colour)),
        };
        if let Some((asking, Answer::Killed)) = answered {
            let words = &asking.words;
            let remark = format!("`{words}`: something about it is wrong, and the order is gone\n");
            lines.push_str(&remark);
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::time::Instant;

    use client::Cancel;
    use protocol_spec::wire::ouch::{AccountQueryResponse, CancelReason, Tags};
    use protocol_spec::wire::soup::SessionId;
    use protocol_spec::words::UserRefNum;

    use super::*;
    use crate::order::sample::{NOON, canceled, encoded, reply};

    #[test]
    fn an_answer_that_was_not_asked_for_by_a_person_is_passed_over_once() {
        let query = AccountQueryResponse { timestamp: NOON, next_user_ref_num: UserRefNum(9) };
        let query = encoded(|out| query.encode_with(&Tags::NONE, out));
        let mut ledger = Ledger::new(SessionId::BLANK);
        let mut teller = Teller::new(None, false);
        teller.pass_over(UserRefIdx(1));
        teller.pass_over(UserRefIdx(0));
        assert_eq!(teller.tell(&mut ledger, &reply(&query), None), "");
        let line = teller.tell(&mut ledger, &reply(&query), None);
        assert_eq!(line, "12:03:04.123456  the next number is #9\n");
    }

    #[test]
    fn a_replacement_that_cost_the_order_is_remarked_on() {
        let asking = Asking {
            request: Cancel::all(UserRefNum(3)).into(),
            number: UserRefNum(3),
            words: "replace 3 0 @ 1".to_owned(),
            waiter: channel().0,
            deadline: Instant::now(),
        };
        let mut ledger = Ledger::new(SessionId::BLANK);
        let canceled = canceled(3, 1, CancelReason::USER);
        let answered = Some((asking, Answer::Killed));
        let mut teller = Teller::new(None, false);
        let lines = teller.tell(&mut ledger, &reply(&canceled), answered.as_ref());
        assert!(
            lines.ends_with(
                "`replace 3 0 @ 1`: something about it is wrong, and the order is gone\n"
            )
        );
    }
}
