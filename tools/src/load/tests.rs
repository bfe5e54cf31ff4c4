mod rules;
pub(super) mod said;

use std::time::Duration;

use protocol_spec::wire::ouch::{Inbound, Symbol, TimeInForce};
use protocol_spec::wire::soup::header;
use protocol_spec::words::{Moment, OrderPrice, UserRefNum};

use super::alone::Mirror;
use super::*;

fn flow(mix: &str, depth: u32) -> Flow {
    let symbols = ["AAPL", "MSFT"].map(Symbol::new).to_vec();
    Flow { mix: mix.parse().expect("it is a mix"), symbols, price: 1_000_000, depth }
}

/// A trader and a venue that accepts everything, with so many requests in flight.
fn trade(flow: &Flow, window: u32, requests: u32, mut look: impl FnMut(&[u8], &Trader)) -> Trader {
    let mut trader = Trader::new(flow, 7, UserRefNum(1));
    let (mut venue, mut figures) = (Mirror::default(), Figures::default());
    let (mut packets, mut answers) = (Vec::new(), Vec::new());
    for number in 0..requests {
        let mut message = [0; Trader::LONGEST];
        let len = trader.ask(Moment(0), &mut message).expect("there are numbers enough");
        packets.extend_from_slice(&header(b'U', len));
        packets.extend_from_slice(&message[..len]);
        look(&message[..len], &trader);
        if (number + 1) % window == 0 {
            answers.clear();
            venue.answer(&packets, &mut answers);
            packets.clear();
            hear(&mut trader, &answers, &mut figures);
        }
    }
    answers.clear();
    venue.answer(&packets, &mut answers);
    hear(&mut trader, &answers, &mut figures);
    trader
}

fn hear(trader: &mut Trader, mut packets: &[u8], figures: &mut Figures) {
    while let Some((&length, rest)) = packets.split_first_chunk() {
        let (packet, rest) = rest.split_at(u16::from_be_bytes(length).into());
        trader.hear(Moment(0), &packet[1..], figures).expect("it is a message");
        packets = rest;
    }
}

#[test]
fn books_stay_bounded_whatever_the_mix() {
    let mixes = [
        "rest=45,cross=10,cancel=35,replace=10",
        "rest=100",
        "rest=90,replace=10",
        "rest=60,cancel=40",
        "replace=100",
        "cancel=100",
    ];
    for mix in mixes {
        for (window, depth) in [(1, 1), (1, 50), (64, 50), (64, 200)] {
            let trader = trade(&flow(mix, depth), window, 20_000, |_, trader| {
                let orders = &trader.orders;
                assert!(orders.resting() <= depth, "{mix}");
                // Crossing orders that are done wait for the order at rest before them.
                let bound = 10 * depth as usize + 2 * window as usize + 100;
                assert!(orders.kept() <= bound, "{mix}, {window}: {}", orders.kept());
            });
            let counts = &trader.orders.counts;
            assert_eq!(counts.differences(false), [""; 0], "{mix}");
            assert_eq!((counts.sent(), counts.answered()), (20_000, 20_000), "{mix}");
            assert!(trader.orders.is_quiet(), "{mix}");
        }
    }
}

#[test]
fn requests_come_by_their_shares_once_books_are_filled() {
    let trader = trade(&flow("rest=40,cross=20,cancel=30,replace=10", 500), 8, 50_000, |_, _| {});
    let counts = &trader.orders.counts;
    let expected = [(counts.enters, 30_000), (counts.cancels, 15_000), (counts.replaces, 5_000)];
    for (count, expected) in expected {
        assert!(count.abs_diff(expected) < 2_500, "{counts:?}");
    }
}

#[test]
fn orders_at_rest_never_reach_the_other_side_and_crossing_ones_all_of_it() {
    let middle = 1_000_000;
    let reach = Flow::LEVELS * Flow::TICK;
    trade(&flow("rest=50,cross=30,replace=20", 100), 4, 20_000, |bytes, _| {
        let (message, _) = Inbound::decode(bytes).expect("the request is a right one");
        match message {
            Inbound::EnterOrder(order) => {
                let OrderPrice(price) = order.price();
                let is_buy = &order.side().0 == b"B";
                match order.time_in_force() {
                    TimeInForce::DAY => {
                        assert!(if is_buy { price < middle } else { price > middle });
                        assert!(price.abs_diff(middle) <= reach);
                    }
                    _ => assert_eq!(price, if is_buy { middle + reach } else { middle - reach }),
                }
            }
            Inbound::ReplaceOrder(order) => {
                let OrderPrice(price) = order.price();
                assert!(price != middle && price.abs_diff(middle) <= reach);
            }
            other => assert!(matches!(other, Inbound::CancelOrder(_)), "{other:?}"),
        }
    });
}

#[test]
fn the_same_seed_gives_the_same_requests() {
    let record = |seed: u64| {
        let mut trader = Trader::new(&flow("rest=100", 1_000), seed, UserRefNum(1));
        let mut message = [0; Trader::LONGEST];
        let mut all = Vec::new();
        for _ in 0..100 {
            let len = trader.ask(Moment(0), &mut message).expect("there are numbers enough");
            all.extend_from_slice(&message[..len]);
        }
        all
    };
    assert_eq!(record(1), record(1));
    assert_ne!(record(1), record(2));
}

#[test]
fn the_generator_is_measured_alone() {
    let rate = alone(&flow("rest=45,cross=10,cancel=35,replace=10", 100), Duration::from_millis(1));
    assert!(rate > 1_000.0, "{rate}");
}

#[test]
fn a_load_without_connections_has_nothing_to_wait_for() {
    let clock = Clock::start();
    let waiting = crate::cores::Waiting::Yield;
    let mut load = Load::new(Vec::new(), clock, waiting, Duration::from_secs(1));
    let length = Length::Requests(10);
    let round = load.round(Pace::Window(1), Duration::ZERO, length).expect("there is nothing");
    assert_eq!(round.requests, 0);
    assert_eq!(load.finish().expect("there is nothing"), Counts::default());
}
