//! Prints the best prices of a security as they change, of a venue that `outcry run` has begun on
//! this machine: `cargo run -p client --example books -- AAPL`

use std::env;
use std::error::Error;
use std::time::Duration;

use client::feed::{Event, Feed, FeedConfig};
use mdfeed::book_view::{BookView, Level, Side};
use protocol_spec::wire::ouch::Symbol;

fn main() -> Result<(), Box<dyn Error>> {
    let symbol =
        env::args().nth(1).and_then(|word| Symbol::try_new(&word)).ok_or("books SYMBOL")?;
    let mut feed = Feed::open(&FeedConfig::loopback())?;
    let (mut books, mut last) = (BookView::new(), None);
    loop {
        match feed.next(Duration::MAX)? {
            Some(Event::Messages(run)) => {
                for (number, message) in run {
                    books.apply(message).map_err(|fault| format!("message {number}: {fault}"))?;
                }
            }
            Some(Event::Session(..)) => books.clear(),
            Some(Event::EndOfSession(_)) => return Ok(()),
            _ => {}
        }
        let best =
            books.find(symbol).map(|locate| Side::BOTH.map(|of| books.book(locate).best(of)));
        if let Some([bid, offer]) = best.filter(|_| best != last) {
            println!("{symbol}  {}  -  {}", words(bid), words(offer));
            last = best;
        }
    }
}

fn words(level: Option<Level>) -> String {
    level.map_or("nothing".to_owned(), |level| format!("{} at {}", level.shares, level.price))
}
