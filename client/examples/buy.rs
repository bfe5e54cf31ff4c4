//! Buys a hundred shares, tells what comes of it, and cancels the rest:
//! `cargo run -p client --example buy -- 127.0.0.1:9001 demo1 demo AAPL 187.50`

use std::env;
use std::error::Error;
use std::time::Duration;

use client::{Cancel, Config, Order, OrderClient};
use protocol_spec::wire::ouch::{Outbound, Symbol};
use protocol_spec::words::{OrderPrice, Shares};

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = env::args().skip(1).collect();
    let [address, username, password, symbol, price] = words.as_slice() else {
        return Err("buy ADDRESS USERNAME PASSWORD SYMBOL PRICE".into());
    };
    let symbol = Symbol::try_new(symbol).ok_or("a symbol has 8 letters at most")?;

    let mut venue = OrderClient::connect(address, &Config::new(username, password)?)?;
    let number = venue.send(Order::buy(Shares(100), symbol, in_ten_thousandths(price)?))?;
    tell(&mut venue)?;
    venue.send(Cancel::all(number))?;
    tell(&mut venue)?;
    venue.log_out()?;
    Ok(())
}

/// Prints what comes until nothing has come for a while.
fn tell(venue: &mut OrderClient) -> Result<(), Box<dyn Error>> {
    while let Some(reply) = venue.next(Duration::from_millis(200))? {
        match reply.decode()?.0 {
            Outbound::OrderAccepted(order) => println!("accepted, reference {}", order.order_ref()),
            Outbound::OrderExecuted(fill) => println!("{} at {}", fill.quantity(), fill.price()),
            Outbound::Canceled(canceled) => println!("{} canceled", canceled.quantity()),
            Outbound::Rejected(rejected) => println!("rejected: {:?}", rejected.reason()),
            other => println!("{other:?}"),
        }
    }
    Ok(())
}

/// A price with two decimals as the wire has it, exactly.
fn in_ten_thousandths(price: &str) -> Result<OrderPrice, Box<dyn Error>> {
    let (whole, cents) =
        price.split_once('.').filter(|(_, cents)| cents.len() == 2).ok_or("1.00")?;
    let cents: u64 = format!("{whole}{cents}").parse()?;
    Ok(OrderPrice(cents.checked_mul(100).ok_or("such a price does not exist")?))
}
