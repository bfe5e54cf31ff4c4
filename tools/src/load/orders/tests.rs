use super::*;
use crate::load::tests::said::Said;

struct Desk {
    orders: Orders,
    figures: Figures,
    now: Moment,
}

impl Desk {
    /// The first number is 10.
    fn new() -> Self {
        let (orders, figures) = (Orders::new(UserRefNum(10)), Figures::default());
        Desk { orders, figures, now: Moment(0) }
    }

    /// Orders of 300 shares, some to rest, some to cross.
    fn enter(&mut self, to_rest: &[bool]) {
        for &to_rest in to_rest {
            self.orders.entered(self.now, 300, true, to_rest);
        }
    }

    fn hear(&mut self, all: &[Said]) {
        for said in all {
            self.now.0 += 1_000;
            let bytes = said.bytes();
            let (message, _) = Outbound::frame(&bytes).expect("it is a message");
            self.orders.hear(self.now, message, &mut self.figures);
        }
    }

    /// With two orders at rest, 10 and 11.
    fn with_two() -> Self {
        let mut desk = Desk::new();
        desk.enter(&[true, true]);
        desk.hear(&[Said::Accepted(10, 300), Said::Accepted(11, 300)]);
        desk
    }

    fn oldest(&mut self) -> Free {
        self.orders.oldest().expect("an order is free")
    }

    fn cancel(&mut self) {
        let free = self.oldest();
        self.orders.cancel_sent(self.now, free);
    }

    fn replace(&mut self) {
        let free = self.oldest();
        self.orders.replace_sent(self.now, free);
    }

    /// Everything came to an end as it should, with so many orders at rest.
    fn is_at_peace(&self, resting: u32) {
        let counts = &self.orders.counts;
        assert_eq!(counts.differences(false), [""; 0]);
        assert!(self.orders.is_quiet(), "{counts:?}");
        assert_eq!(self.orders.resting(), resting, "{counts:?}");
        assert_eq!(counts.sent(), counts.answered());
    }
}

#[test]
fn orders_are_accepted_or_rejected_and_then_known() {
    let mut desk = Desk::new();
    desk.enter(&[true, false, true]);
    assert_eq!((desk.orders.in_flight(), desk.orders.oldest()), (3, None));
    desk.hear(&[Said::Rejected(10), Said::Accepted(11, 300), Said::Accepted(12, 300)]);
    assert_eq!(desk.oldest().number, UserRefNum(12));
    assert_eq!((desk.orders.in_flight(), desk.orders.counts.unfinished), (0, 1));
    desk.hear(&[Said::Removed(11, 200), Said::Canceled(11, 100)]);
    desk.is_at_peace(1);
    assert_eq!(desk.orders.counts.reasons.values().sum::<u64>(), 1);
    assert_eq!((desk.figures.accepted.count(), desk.figures.executed.count()), (2, 1));
    assert_eq!(desk.orders.kept(), 1);
}

#[test]
fn a_cancel_is_answered_by_its_canceled_or_by_the_last_execution() {
    let mut desk = Desk::with_two();
    desk.cancel();
    desk.cancel();
    assert_eq!(desk.orders.oldest(), None);
    desk.hear(&[Said::Added(10, 100), Said::Canceled(10, 200), Said::Added(11, 300)]);
    desk.is_at_peace(0);
    let counts = &desk.orders.counts;
    assert_eq!((counts.canceled, counts.overtaken, counts.added), (1, 1, 400));
    assert_eq!((desk.figures.canceled.count(), desk.orders.kept()), (1, 0));
}

#[test]
fn a_replace_has_four_ends() {
    let mut desk = Desk::with_two();
    desk.replace();
    desk.replace();
    desk.hear(&[Said::Added(10, 100), Said::Replaced(10, 12, 200), Said::Rejected(13)]);
    desk.is_at_peace(2);
    assert_eq!((desk.oldest().number, desk.oldest().total), (UserRefNum(11), 300));
    desk.replace();
    desk.replace();
    desk.hear(&[Said::Canceled(11, 300), Said::Added(12, 200)]);
    desk.is_at_peace(0);
    let counts = &desk.orders.counts;
    let ends = (counts.replaced, counts.refused, counts.killed, counts.overtaken);
    assert_eq!((ends, desk.orders.kept()), ((1, 1, 1, 1), 0));
}

#[test]
fn what_the_venue_cancels_on_its_own_is_counted_apart() {
    let mut desk = Desk::with_two();
    desk.hear(&[Said::Canceled(11, 300), Said::Query]);
    desk.is_at_peace(1);
    assert_eq!(desk.orders.counts.dropped, 1);
}

#[test]
fn orders_of_before_are_not_ours() {
    let mut desk = Desk::with_two();
    desk.hear(&[Said::Added(9, 100), Said::Canceled(1, 100)]);
    desk.is_at_peace(2);
    assert_eq!(desk.orders.counts.earlier, 2);
}

#[test]
fn messages_without_a_place_are_found() {
    let samples = [
        (Said::Accepted(11, 300), "Accepted of order 11 once more"),
        (Said::Accepted(10, 300), "a message about order 10, which is done"),
        (Said::Rejected(11), "Rejected of order 11 after all"),
        (Said::Accepted(13, 300), "a message about order 13, which was not sent"),
        (Said::Added(11, 301), "Executed of 301 shares of order 11, which has 300"),
        (Said::Removed(12, 100), "Executed of 100 shares of order 12, which has 0"),
        (Said::Canceled(11, 400), "Canceled of 400 shares of order 11, which has 300"),
        (Said::Replaced(11, 12, 300), "Replaced of order 11 by 12"),
        (Said::Accepted(12, 200), "Accepted of order 12 with other shares"),
    ];
    for (said, expected) in samples {
        let mut desk = Desk::with_two();
        desk.cancel();
        desk.hear(&[Said::Canceled(10, 300)]);
        desk.enter(&[true]);
        desk.hear(&[said]);
        let counts = &desk.orders.counts;
        assert_eq!(counts.first_unexpected.as_deref(), Some(expected));
        assert_eq!(counts.unexpected, 1, "{expected}");
    }
}

#[test]
fn answers_to_requests_of_the_warm_up_are_no_figures() {
    let mut desk = Desk::new();
    desk.figures.from = Moment(500);
    desk.enter(&[true]);
    desk.now = Moment(500);
    desk.enter(&[true]);
    desk.hear(&[Said::Accepted(10, 300), Said::Accepted(11, 300)]);
    assert_eq!(desk.figures.accepted.count(), 1);
    assert!((desk.figures.accepted.longest() - 2.0).abs() < 0.01);
}

#[test]
fn numbers_end_before_they_overflow() {
    let mut orders = Orders::new(UserRefNum(u32::MAX - 1));
    assert_eq!(orders.next(), Some(UserRefNum(u32::MAX - 1)));
    orders.entered(Moment(0), 100, true, true);
    assert_eq!(orders.next(), None);
}
