//! Messages are taken by the packet: what they will touch is asked for together.

use matcher::ahead::{FEW, Fetch, GROUP};
use protocol_spec::wire::itch::{BuySell, Message};
use protocol_spec::words::{FeedNo, Locate, OrderRef, Price};

use super::BookView;
use super::books::Books;
use super::numbers::{LadderId, LevelId, Slot};
use super::words::{Change, Fault, Side};

/// What is known of a message's way, one step further in each pass.
#[derive(Clone, Copy)]
enum Way {
    /// Nothing more to ask for.
    Done,
    /// An order that comes, at this price.
    New(LadderId, Price),
    /// An order that comes to this queue.
    Queue(LevelId),
    /// A change of the order with this reference.
    Old(OrderRef),
    /// A change of this order.
    Order(Slot),
}

impl BookView {
    /// Takes messages one after the other and tells what each did. The memory that the next few
    /// are going to touch is asked for before the first of them is taken, if there are so many
    /// orders that it pays.
    pub fn apply_run<'a>(
        &mut self,
        run: impl Iterator<Item = (FeedNo, &'a [u8])>,
        fetch: &impl Fetch,
        mut told: impl FnMut(FeedNo, &'a [u8], Result<Change, Fault>),
    ) {
        if self.live_orders() < FEW as usize {
            return run.for_each(|(number, message)| told(number, message, self.apply(message)));
        }
        let mut run = run.fuse();
        let mut group = [(FeedNo(0), &[][..]); GROUP];
        loop {
            let mut count = 0;
            for (place, next) in group.iter_mut().zip(&mut run) {
                *place = next;
                count += 1;
            }
            if count == 0 {
                return;
            }
            self.fetch_now(&group[..count], fetch);
            for &(number, message) in &group[..count] {
                told(number, message, self.apply(message));
            }
        }
    }

    /// Asks for the memory that messages are going to touch, at most [`GROUP`] of them, however
    /// few orders there are.
    pub fn fetch_now(&self, messages: &[(FeedNo, &[u8])], fetch: &impl Fetch) {
        let books = &self.books;
        let (mut ways, mut adds) = ([Way::Done; GROUP], 0);
        for (way, (_, message)) in ways.iter_mut().zip(messages) {
            *way = books.tables(message, fetch);
            if let Way::New(..) = way {
                books.orders.fetch_free(adds, fetch);
                adds += 1;
            }
        }
        for way in &mut ways {
            *way = books.objects(*way, fetch);
        }
        for way in &mut ways {
            *way = books.queues(*way, fetch);
        }
        for way in &ways {
            books.ends(*way, fetch);
        }
    }
}

impl Books {
    /// Asks for the tables in which a message's order and level are looked up.
    #[inline]
    fn tables(&self, message: &[u8], fetch: &impl Fetch) -> Way {
        let Ok((message, _)) = Message::split(message) else { return Way::Done };
        let old = match message {
            Message::AddOrder(add) => {
                let ladder = ladder(add.locate(), add.side());
                return self.tables_of_new(add.order_ref(), ladder, add.price(), fetch);
            }
            Message::AddOrderMpid(add) => {
                let ladder = ladder(add.locate(), add.side());
                return self.tables_of_new(add.order_ref(), ladder, add.price(), fetch);
            }
            Message::OrderReplace(replace) => {
                self.refs.fetch(self.refs.home(replace.new_ref()), fetch);
                replace.original_ref()
            }
            Message::OrderDelete(delete) => delete.order_ref(),
            Message::OrderCancel(cancel) => cancel.order_ref(),
            Message::OrderExecuted(executed) => executed.order_ref(),
            Message::OrderExecutedWithPrice(executed) => executed.order_ref(),
            _ => return Way::Done,
        };
        self.refs.fetch(self.refs.home(old), fetch);
        Way::Old(old)
    }

    #[inline]
    fn tables_of_new(
        &self,
        of: OrderRef,
        ladder: LadderId,
        price: Price,
        fetch: &impl Fetch,
    ) -> Way {
        self.refs.fetch(self.refs.home(of), fetch);
        self.fetch_ladder(ladder, fetch);
        Way::New(ladder, price)
    }

    /// Asks for the order that a table tells, or for the prices among which a new one comes.
    #[inline]
    fn objects(&self, way: Way, fetch: &impl Fetch) -> Way {
        match way {
            Way::Old(of) => {
                let Some(slot) = self.refs.likely(self.refs.home(of)) else { return Way::Done };
                self.orders.fetch(slot, fetch);
                Way::Order(slot)
            }
            Way::New(ladder, _) => {
                self.fetch_prices(ladder, fetch);
                way
            }
            way => way,
        }
    }

    /// Asks for queues, and for an order's neighbours in its.
    #[inline]
    fn queues(&self, way: Way, fetch: &impl Fetch) -> Way {
        match way {
            Way::Order(slot) => {
                let Some(order) = self.orders.get(slot) else { return Way::Done };
                self.levels.fetch(order.level, fetch);
                self.orders.fetch(order.prev, fetch);
                self.orders.fetch(order.next, fetch);
                self.fetch_ladder(order.ladder, fetch);
                way
            }
            Way::New(ladder, price) => {
                let Some(rung) = self.rung(ladder, price) else { return Way::Done };
                self.levels.fetch(rung.level, fetch);
                Way::Queue(rung.level)
            }
            way => way,
        }
    }

    /// Asks for the order behind which a new one comes, or for the prices from among which an
    /// order's may go with it.
    #[inline]
    fn ends(&self, way: Way, fetch: &impl Fetch) {
        match way {
            Way::Queue(level) => {
                if let Some(queue) = self.levels.get(level) {
                    self.orders.fetch(queue.tail, fetch);
                }
            }
            Way::Order(slot) => {
                if let Some(order) = self.orders.get(slot)
                    && order.prev == Slot::NONE
                    && order.next == Slot::NONE
                {
                    self.fetch_prices(order.ladder, fetch);
                }
            }
            _ => {}
        }
    }
}

/// The ladder of a new order; that of a sell if its side is none, since nothing comes of it.
#[inline]
fn ladder(locate: Locate, side: BuySell) -> LadderId {
    LadderId::new(locate, Side::of(side).unwrap_or(Side::Sell))
}
