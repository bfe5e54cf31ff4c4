//! Brokers who make the venue have something to tell.

use std::net::SocketAddr;
use std::time::Duration;

use client::{Cancel, Config, Error, Order, OrderClient, Replacement};
use protocol_spec::wire::ouch::{Display, Symbol, Tags, TimeInForce};
use protocol_spec::words::{OrderPrice, Shares, UserRefIdx, UserRefNum};

use super::{Chance, Venue, admin};

/// Requests that are mostly under way before a broker waits for their answers.
const WINDOW: u64 = 8;

/// Logs in.
pub(crate) fn login(venue: &Venue, username: &str) -> OrderClient {
    try_login(venue.address(), username).expect("the venue listens")
}

fn try_login(address: SocketAddr, username: &str) -> Result<OrderClient, Error> {
    let config = Config::new(username, "secret").expect("both fit");
    OrderClient::connect(&address.to_string(), &config)
}

/// Waits until everything that was sent is executed. What was answered is of no interest.
pub(crate) fn settle(broker: &mut OrderClient) -> Result<(), Error> {
    broker.query(UserRefIdx(0))?;
    while broker.next(Duration::ZERO)?.is_some() {}
    Ok(())
}

fn cents(price: u64) -> OrderPrice {
    OrderPrice(100 * price)
}

/// Trades on AAA so that every kind of message is told that a venue tells before its day ends.
pub(crate) fn a_day_of_everything(venue: &Venue) {
    let (mut p1, mut p2) = (login(venue, "P1"), login(venue, "P2"));
    let aaa = Symbol::new("AAA");
    let sell = |shares, price| Order::sell(Shares(shares), aaa, cents(price));
    let buy = |shares, price| Order::buy(Shares(shares), aaa, cents(price));
    let mut p1_does = |order: Order| {
        let number = p1.send(order).expect("the connection stands");
        settle(&mut p1).expect("the connection stands");
        number
    };
    let mut p2_does = |order: Order| {
        p2.send(order).expect("the connection stands");
        settle(&mut p2).expect("the connection stands");
    };
    let first = p1_does(sell(100, 1001));
    let second = p1_does(Order { display: Display::ATTRIBUTABLE, ..sell(100, 1002) });
    p2_does(buy(40, 1001));
    p1_does(Order { display: Display::HIDDEN, ..sell(50, 1000) });
    p2_does(buy(50, 1000));
    let tip = Tags { max_floor: Some(Shares(100)), ..Tags::NONE };
    p1_does(Order { tags: tip, ..sell(500, 1001) });
    // All of the first order, a whole tip, and some of the next one.
    p2_does(Order { time_in_force: TimeInForce::IMMEDIATE_OR_CANCEL, ..buy(60 + 100 + 30, 1001) });
    p2_does(buy(100, 998));
    let mut p1 = login(venue, "P1");
    let number = p1.send(sell(300, 1005)).expect("the connection stands");
    p1.send(Cancel::down_to(number, Shares(200))).expect("the connection stands");
    let moved = Replacement::new(number, Shares(200), cents(1006));
    let number = p1.send(moved).expect("the connection stands");
    p1.send(Cancel::all(number)).expect("the connection stands");
    p1.send(Cancel::down_to(second, Shares(70))).expect("the connection stands");
    p1.send(Cancel::all(first)).expect("the connection stands");
    settle(&mut p1).expect("the connection stands");
    admin(venue, "pause AAA --reason T1");
    p1.send(sell(200, 995)).expect("the connection stands");
    settle(&mut p1).expect("the connection stands");
    let mut p2 = login(venue, "P2");
    p2.send(buy(150, 1003)).expect("the connection stands");
    settle(&mut p2).expect("the connection stands");
    admin(venue, "resume AAA");
    admin(venue, "halt BBB --reason T1");
    admin(venue, "resume BBB --reason R1");
    admin(venue, "break-trade 1 --reason erroneous");
}

/// Trades at random on every security, whatever becomes of its connections.
#[derive(Debug)]
pub(crate) struct Trader {
    username: &'static str,
    chance: Chance,
    /// Orders of this connection that may be live.
    live: Vec<UserRefNum>,
}

impl Trader {
    pub(crate) fn new(username: &'static str, seed: u64) -> Self {
        Trader { username, chance: Chance::of(seed), live: Vec::new() }
    }

    /// Sends so many requests and waits until all of them are executed.
    pub(crate) fn trade(&mut self, address: SocketAddr, requests: u32) {
        self.try_trade(address, requests).expect("the connection stands");
    }

    /// The same, or until the connection breaks.
    pub(crate) fn try_trade(&mut self, address: SocketAddr, requests: u32) -> Result<(), Error> {
        let mut broker = try_login(address, self.username)?;
        for _ in 0..requests {
            self.request(&mut broker)?;
            if self.chance.below(WINDOW) == 0 {
                settle(&mut broker)?;
            }
        }
        settle(&mut broker)
    }

    fn request(&mut self, broker: &mut OrderClient) -> Result<(), Error> {
        let chance = self.chance.next();
        let price = cents(990 + (chance >> 8) % 20);
        let shares = Shares(100 * (1 + (chance >> 16) as u32 % 9));
        let known = (!self.live.is_empty())
            .then(|| self.live.swap_remove((chance >> 24) as usize % self.live.len()));
        match (chance & 15, known) {
            (0..=2, Some(order)) => {
                broker.send(Cancel::all(order))?;
            }
            (3, Some(order)) => {
                broker.send(Cancel::down_to(order, Shares(50)))?;
            }
            (4 | 5, Some(order)) => {
                self.live.push(broker.send(Replacement::new(order, shares, price))?);
            }
            (kind, known) => {
                self.live.extend(known);
                let symbol = ["AAA", "BBB", "CCC", "DDD"][(chance >> 40) as usize % 4];
                let buys = chance >> 50 & 1 == 0;
                let tip = Tags { max_floor: Some(Shares(100)), ..Tags::NONE };
                let plain = if buys { Order::buy } else { Order::sell };
                let order = plain(shares, Symbol::new(symbol), price);
                let order = match kind {
                    6 => Order { display: Display::HIDDEN, ..order },
                    7 => Order { display: Display::ATTRIBUTABLE, ..order },
                    8 => Order { tags: tip, ..order },
                    9 => Order { time_in_force: TimeInForce::IMMEDIATE_OR_CANCEL, ..order },
                    _ => order,
                };
                self.live.push(broker.send(order)?);
            }
        }
        Ok(())
    }
}
