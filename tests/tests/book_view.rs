//! What a receiver makes of the feed: of our venue, whose displayed book it has to be after every
//! command, and of real exchanges, where this machine has their bytes.

use std::collections::BTreeMap;

use matcher::ahead::Fetch;
use matcher::command::Command;
use matcher::engine::{Engine, Step};
use matcher::event::Events;
use matcher::sequence::Sequenced;
use mdfeed::book_view::{BookView, Change, Fault, Level, Side, Trade};
use mdfeed::publisher::{Messages, Publisher};
use protocol_spec::wire::binary_file::Records;
use protocol_spec::wire::itch::{AddOrder, BuySell, OrderDelete, OrderReplace, StockDirectory};
use protocol_spec::wire::ouch::Symbol;
use protocol_spec::words::{FeedNo, Locate, OrderRef, Price, Shares, Volume};
use tests::feed::book::Books;
use tests::flow::prng::Prng;
use tests::flow::{directed, script};
use tests::fuzz_book_view::summed;
use tests::plain::number;
use tests::{displayed, seeds, shared_data};

/// Asks for nothing.
struct Nothing;

impl Fetch for Nothing {
    fn fetch<T>(&self, _: &T) {}
}

/// An engine and its publisher.
struct Venue {
    engine: Engine,
    publisher: Publisher,
}

impl Venue {
    fn new() -> Self {
        Venue { engine: Engine::new(), publisher: Publisher::new() }
    }

    /// What a command makes the public be told.
    fn execute(&mut self, command: &Sequenced<Command>) -> Vec<Vec<u8>> {
        let (mut events, mut messages) = (Events::new(), Messages::new());
        let mut told = Vec::new();
        self.publisher.begin(command);
        loop {
            let step = self.engine.apply(command, &mut events);
            for event in events.as_slice() {
                self.publisher.tell(command, event, &mut messages);
                told.extend(messages.iter().map(<[u8]>::to_vec));
            }
            if step == Step::Done {
                return told;
            }
        }
    }
}

/// Days made up at random and with a purpose, each with the number of commands after which books
/// are compared once more.
fn days() -> impl Iterator<Item = (String, Vec<Sequenced<Command>>, usize)> {
    let random = seeds::list(12, 6).into_iter().map(|seed| {
        let name = format!("{}={seed} cargo test -p tests --test book_view", seeds::SEED);
        (name, script::make(seed, 1_200).commands, 1)
    });
    let edges = ("the day of edges".to_owned(), directed::edges(1).commands, 1);
    let masses = ("the day of masses".to_owned(), directed::masses(1).commands, 64);
    random.chain([edges, masses])
}

#[test]
fn a_view_has_the_displayed_book_of_the_engine_after_every_command() {
    for (name, commands, every) in days() {
        let (mut venue, mut view) = (Venue::new(), BookView::new());
        for (at, command) in commands.iter().enumerate() {
            for message in venue.execute(command) {
                let taken = view.apply(&message);
                taken.unwrap_or_else(|fault| panic!("{fault}: {message:02x?}; {name}"));
            }
            if (at + 1).is_multiple_of(every) || at + 1 == commands.len() {
                assert_eq!(view.digest(), displayed::digest(&venue.engine), "{command:?}; {name}");
            }
        }
        assert_eq!(view.stage().map(|stage| stage.0), Some(*b"C"), "{name}");
    }
}

/// What was traded in a security, counted by the offsets of the document.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tape {
    volume: u64,
    trades: u64,
    last: u64,
    high: u64,
    state: u8,
}

impl Tape {
    fn on(&mut self, message: &[u8], books: &Books) {
        let read = |from: usize, len: usize| number(&message[from..from + len]);
        let (price, shares) = match message[0] {
            b'E' => {
                let locate = read(1, 2) as u16;
                let sides = [true, false].map(|buys| books.side(locate, buys));
                let order = sides.concat().into_iter().find(|(of, ..)| *of == read(11, 8));
                (order.expect("it is displayed").1, read(19, 4))
            }
            b'C' if message[31] == b'Y' => (read(32, 4), read(19, 4)),
            b'P' => (read(32, 4), read(20, 4)),
            b'Q' if read(11, 8) > 0 => (read(27, 4), read(11, 8)),
            b'H' => return self.state = message[19],
            _ => return,
        };
        self.volume += shares;
        self.trades += 1;
        self.last = price;
        self.high = self.high.max(price);
    }

    fn of(view: &BookView, locate: Locate) -> Self {
        let security = view.security(locate).expect("it is listed");
        let tape = security.tape;
        Tape {
            volume: tape.volume.0,
            trades: tape.trades,
            last: tape.last.map_or(0, |last| last.price.0.into()),
            high: tape.range.map_or(0, |range| range.high.0.into()),
            state: security.state.map_or(0, |state| state.0[0]),
        }
    }
}

#[test]
fn a_view_has_the_orders_levels_and_trades_of_a_naive_receiver() {
    for (name, commands, every) in days() {
        let (mut venue, mut view, mut books) = (Venue::new(), BookView::new(), Books::new());
        let mut tapes: BTreeMap<u16, Tape> = BTreeMap::new();
        for (at, command) in commands.iter().enumerate() {
            for message in venue.execute(command) {
                let locate = number(&message[1..3]) as u16;
                if locate > 0 {
                    tapes.entry(locate).or_default().on(&message, &books);
                }
                books.on(&message);
                view.apply(&message).expect("our venue tells nothing that cannot be");
            }
            if !(at + 1).is_multiple_of(every.max(8)) && at + 1 != commands.len() {
                continue;
            }
            for locate in 1..=books.securities() {
                let (expected, locate) = (&tapes[&locate], Locate(locate));
                assert_eq!(Tape::of(&view, locate), *expected, "{command:?}; {name}");
                for side in Side::BOTH {
                    let orders: Vec<_> = view.book(locate).orders(side).collect();
                    let place = |order: &mdfeed::book_view::Order| {
                        (order.order_ref.0, order.spot.price.0.into(), order.shares.0.into())
                    };
                    let places: Vec<_> = orders.iter().map(place).collect();
                    assert_eq!(places, books.side(locate.0, side == Side::Buy), "{name}");
                    let levels: Vec<Level> = view.book(locate).levels(side).collect();
                    assert_eq!(levels, summed(&orders), "{name}");
                }
            }
        }
    }
}

#[test]
fn runs_of_messages_do_what_the_messages_do_one_by_one() {
    let mut prng = Prng::new(7);
    for (name, commands, _) in days() {
        let mut venue = Venue::new();
        let told: Vec<Vec<u8>> = commands.iter().flat_map(|each| venue.execute(each)).collect();
        let messages = told.iter().map(Vec::as_slice);
        same_by_runs(messages, BookView::new(), &mut prng, &name);
    }
}

/// Takes messages one by one and in runs of random lengths, which must come to the same.
fn same_by_runs<'a>(
    messages: impl Iterator<Item = &'a [u8]>,
    mut alone: BookView,
    prng: &mut Prng,
    name: &str,
) {
    let mut runs = alone.clone();
    let all: Vec<_> = (1..).map(FeedNo).zip(messages).collect();
    let expected: Vec<_> =
        all.iter().map(|(number, message)| (*number, alone.apply(message))).collect();
    let (mut taken, mut rest) = (Vec::new(), all.as_slice());
    while !rest.is_empty() {
        let (run, after) = rest.split_at(rest.len().min(1 + prng.place(60)));
        runs.apply_run(run.iter().copied(), &Nothing, |number, message, each| {
            assert_eq!(message, all[number.0 as usize - 1].1, "{name}");
            taken.push((number, each));
        });
        rest = after;
    }
    assert!(taken == expected, "{name}");
    assert_eq!(runs.digest(), alone.digest(), "{name}");
}

#[test]
fn runs_among_many_orders_do_what_their_messages_do_one_by_one() {
    let (mut prng, mut view) = (Prng::new(1), BookView::new());
    let locate = Locate(5);
    let list = StockDirectory { locate, ..StockDirectory::BLANK };
    view.apply(&list.to_bytes()).expect("it can be listed");
    let mut messages: Vec<Vec<u8>> = Vec::new();
    let mut next = 0;
    let mut number = |prng: &mut Prng| {
        // As foreign feeds have them: with gaps.
        next += 1 + prng.below(90);
        OrderRef(next)
    };
    let add = |prng: &mut Prng, order_ref| AddOrder {
        locate,
        order_ref,
        side: if prng.chance(50) { BuySell::BUY } else { BuySell::SELL },
        shares: Shares(prng.between(1, 900)),
        price: Price(prng.between(1, 3_000)),
        ..AddOrder::BLANK
    };
    // So many that memory is asked for ahead.
    let mut live: Vec<OrderRef> = (0..140_000).map(|_| number(&mut prng)).collect();
    for order_ref in &live {
        view.apply(&add(&mut prng, *order_ref).to_bytes()).expect("it is new");
    }
    for _ in 0..30_000 {
        let at = prng.place(live.len());
        let order_ref = live[at];
        let message = match prng.below(10) {
            0..4 => {
                live.push(number(&mut prng));
                let new = *live.last().expect("one was added");
                add(&mut prng, new).to_bytes().to_vec()
            }
            4..8 => {
                live.swap_remove(at);
                OrderDelete { locate, order_ref, ..OrderDelete::BLANK }.to_bytes().to_vec()
            }
            8 => {
                live[at] = number(&mut prng);
                let (original_ref, new_ref) = (order_ref, live[at]);
                let (shares, price) = (Shares(5), Price(prng.between(1, 3_000)));
                let blank = OrderReplace { locate, shares, price, ..OrderReplace::BLANK };
                OrderReplace { original_ref, new_ref, ..blank }.to_bytes().to_vec()
            }
            // Of an order that there is not.
            _ => {
                let order_ref = OrderRef(order_ref.0 ^ 1 << 50);
                OrderDelete { locate, order_ref, ..OrderDelete::BLANK }.to_bytes().to_vec()
            }
        };
        messages.push(message);
    }
    same_by_runs(messages.iter().map(Vec::as_slice), view, &mut prng, "many orders");
}

/// Takes a file of messages and returns how many faults there were, by message and kind.
fn faults(view: &mut BookView, file: &[u8]) -> BTreeMap<(char, &'static str), usize> {
    let mut faults = BTreeMap::new();
    for message in Records::new(file) {
        if let Err(fault) = view.apply(message) {
            let kind = match fault {
                Fault::UnknownOrder(_) => "unknown order",
                Fault::UnknownSecurity(_) => "unknown security",
                other => panic!("{other}: {message:02x?}"),
            };
            *faults.entry((char::from(message[0]), kind)).or_default() += 1;
        }
    }
    faults
}

#[test]
fn a_sampled_day_of_a_real_feed_is_taken_but_for_orders_that_the_sample_leaves_out() {
    let Some(file) = shared_data::file("ritch/bx_20191230_sample.itch") else {
        return;
    };
    let mut view = BookView::new();
    let expected = [('D', 94), ('E', 18), ('U', 2), ('X', 3)];
    let expected = expected.map(|(kind, count)| ((kind, "unknown order"), count));
    assert_eq!(faults(&mut view, &file), BTreeMap::from(expected));
    let names: Vec<String> = view.securities().map(|each| each.name().to_string()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    for security in view.securities() {
        let book = view.book(security.directory.locate);
        for side in Side::BOTH {
            let orders: Vec<_> = book.orders(side).collect();
            assert_eq!(book.levels(side).collect::<Vec<_>>(), summed(&orders));
        }
    }
    // Executions that were taken: 198 of displayed orders but for 18, and 5,000 of others.
    let trades: u64 = view.securities().map(|security| security.tape.trades).sum();
    assert_eq!(trades, 180 + 5_000);
    assert_eq!(view.stage().map(|stage| stage.0), Some(*b"C"));
}

#[test]
fn captured_packets_of_a_real_feed_are_taken_once_their_securities_are_listed() {
    let Some(file) = shared_data::file("totalview_20230822.itch") else {
        return;
    };
    // The packets stand alone: no directory is among them.
    let mut strange = BookView::new();
    let security =
        [('A', 37), ('F', 2), ('H', 1)].map(|(kind, count)| ((kind, "unknown security"), count));
    let order =
        [('D', 2), ('E', 1), ('U', 1)].map(|(kind, count)| ((kind, "unknown order"), count));
    assert_eq!(faults(&mut strange, &file), security.into_iter().chain(order).collect());
    let mut view = BookView::new();
    for message in Records::new(&file).filter(|message| b"AF".contains(&message[0])) {
        let locate = Locate(number(&message[1..3]) as u16);
        let stock = Symbol::new(std::str::from_utf8(&message[24..32]).expect("it is ASCII"));
        let list = StockDirectory { locate, stock, ..StockDirectory::BLANK };
        view.apply(&list.to_bytes()).expect("it can be listed");
    }
    let halted = Records::new(&file).find(|message| message[0] == b'H').expect("there is one");
    let is_listed = view.security(Locate(number(&halted[1..3]) as u16)).is_some();
    let state = (!is_listed).then_some((('H', "unknown security"), 1));
    assert_eq!(faults(&mut view, &file), order.into_iter().chain(state).collect());
    assert_eq!(view.live_orders(), 39);
}

#[test]
fn an_execution_says_where_and_what() {
    let mut view = BookView::new();
    let (mut executed, mut volume) = (0, 0);
    let mut venue = Venue::new();
    for command in &script::make(seeds::FIXED, 1_200).commands {
        for message in venue.execute(command) {
            let before = number(&message[1..3]) as u16;
            match view.apply(&message).expect("our venue tells nothing that cannot be") {
                Change::Executed(spot, Trade { price, printable: true, shares, .. }) => {
                    assert_eq!((spot.locate.0, spot.price), (before, price));
                    executed += 1;
                    volume += shares.0;
                }
                Change::Traded(_, Trade { shares, .. }) => volume += shares.0,
                _ => {}
            }
        }
    }
    assert!(executed > 0, "displayed orders were executed");
    let told: Volume = Volume(view.securities().map(|each| each.tape.volume.0).sum());
    assert_eq!(told, Volume(volume));
}
