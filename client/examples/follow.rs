//! Tells every reply of the day and those to come, through broken connections:
//! `cargo run -p client --example follow -- 127.0.0.1:9001 demo1 demo`

use std::env;
use std::error::Error;
use std::thread;
use std::time::Duration;

use client::{Config, OrderClient};

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = env::args().skip(1).collect();
    let [address, username, password] = words.as_slice() else {
        return Err("follow ADDRESS USERNAME PASSWORD".into());
    };
    let mut venue = OrderClient::connect(address, &Config::new(username, password)?)?;
    loop {
        match venue.next(Duration::MAX) {
            Ok(Some(reply)) => println!("{} {:?}", reply.number, reply.decode()?.0),
            Ok(None) => {}
            Err(error) if error.may_reconnect() => {
                eprintln!("{error}");
                while let Err(error) = venue.reconnect() {
                    if !error.may_reconnect() {
                        return Err(error.into());
                    }
                    thread::sleep(Duration::from_secs(1));
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
}
