//! What the generator itself can do, without sockets: it must not be what is measured.

use std::time::{Duration, Instant};

use protocol_spec::session::soup::{Client, ClientConfig, ClientEvent};
use protocol_spec::wire::ouch::{
    CancelReason, Canceled, Inbound, OrderAccepted, OrderReplaced, OrderState, TimeInForce,
};
use protocol_spec::wire::soup::{HEADER, LoginAccepted, header};
use protocol_spec::wire::text::{Alpha, Digits, Secret};
use protocol_spec::words::{Moment, Shares, UserRefNum};

use super::figures::Figures;
use super::trader::{Flow, Trader};

/// Requests between two readings of the clock.
const BATCH: u32 = 64;
/// Batches that are looked at together.
const SLICE: u64 = 64;

/// Requests a second that one core makes, writes, and reads the answers of. The other end, in the
/// same memory, answers each in the plainest way; its work is not counted. Goes on for `time`,
/// and tells the best slice of it: what the generator can do, whatever else runs beside it.
///
/// # Panics
/// If `time` is zero, or the conversation, which has only one course, takes another.
#[must_use]
pub fn alone(flow: &Flow, time: Duration) -> f64 {
    assert!(time > Duration::ZERO, "nothing comes of no time");
    let config = ClientConfig::new(Alpha::new("alone"), Secret::new("alone"));
    let mut client = Client::new(Moment(0), &config);
    client.on_written(Moment(0), client.poll_output().len());
    let accepted = LoginAccepted { session: Alpha::new("ALONE"), number: Digits::new(1) };
    let mut answers = accepted.to_bytes().to_vec();
    let mut trader = Trader::new(flow, 1, UserRefNum(1));
    let (mut echo, mut figures) = (Mirror::default(), Figures::default());
    let (mut took, mut slice, mut best) = (Duration::ZERO, Duration::ZERO, Duration::MAX);
    let mut batches = 0;
    while took < time {
        batches += 1;
        let now = Moment(batches);
        let start = Instant::now();
        assert_eq!(client.on_bytes(now, &answers), answers.len(), "a batch fits");
        while let Some(event) = client.poll_event() {
            if let ClientEvent::Message(_, bytes) = event {
                trader.hear(now, bytes, &mut figures).expect("the other end sends messages");
            }
        }
        let mut message = [0; Trader::LONGEST];
        for _ in 0..BATCH {
            let len = trader.ask(now, &mut message).expect("there are numbers enough");
            client.send(now, &message[..len]).expect("a batch fits");
        }
        slice += start.elapsed();
        if batches % SLICE == 0 {
            (took, best) = (took + slice, best.min(slice));
            slice = Duration::ZERO;
        }
        answers.clear();
        echo.answer(client.poll_output(), &mut answers);
        client.on_written(now, client.poll_output().len());
    }
    assert_eq!(trader.orders.counts.unexpected, 0, "the other end answers as a venue");
    f64::from(BATCH) * SLICE as f64 / best.as_secs_f64()
}

/// A venue that accepts everything and trades nothing.
#[derive(Default)]
pub(super) struct Mirror {
    /// Shares of each order, by number from 1.
    shares: Vec<u32>,
}

impl Mirror {
    /// Answers packets with packets.
    pub(super) fn answer(&mut self, mut requests: &[u8], out: &mut Vec<u8>) {
        while let Some((&length, rest)) = requests.split_first_chunk() {
            let (packet, rest) = rest.split_at(u16::from_be_bytes(length).into());
            requests = rest;
            let (request, _) = Inbound::split(&packet[1..]).expect("it is a request");
            match request {
                Inbound::EnterOrder(asked) => {
                    let (number, quantity) = (asked.user_ref_num(), asked.quantity());
                    self.keep(number, quantity);
                    let (symbol, price) = (asked.symbol(), asked.price());
                    let state = OrderState::LIVE;
                    let said = OrderAccepted {
                        user_ref_num: number,
                        quantity,
                        symbol,
                        price,
                        state,
                        ..OrderAccepted::BLANK
                    };
                    push(out, &said.to_bytes(), &[0, 0]);
                    if asked.time_in_force() == TimeInForce::IMMEDIATE_OR_CANCEL {
                        push(out, &canceled(number, quantity).to_bytes(), &[]);
                    }
                }
                Inbound::CancelOrder(asked) => {
                    let number = asked.user_ref_num();
                    let shares = Shares(self.shares[number.0 as usize - 1]);
                    push(out, &canceled(number, shares).to_bytes(), &[]);
                }
                Inbound::ReplaceOrder(asked) => {
                    let (number, quantity) = (asked.user_ref_num(), asked.quantity());
                    self.keep(number, quantity);
                    let said = OrderReplaced {
                        orig_user_ref_num: asked.orig_user_ref_num(),
                        user_ref_num: number,
                        quantity,
                        ..OrderReplaced::BLANK
                    };
                    push(out, &said.to_bytes(), &[0, 0]);
                }
                _ => unreachable!("the trader asks for nothing else"),
            }
        }
    }

    fn keep(&mut self, number: UserRefNum, quantity: Shares) {
        assert_eq!(self.shares.len() + 1, number.0 as usize, "numbers have no gaps");
        self.shares.push(quantity.0);
    }
}

fn canceled(user_ref_num: UserRefNum, quantity: Shares) -> Canceled {
    Canceled { user_ref_num, quantity, reason: CancelReason::USER, ..Canceled::BLANK }
}

/// Adds a packet with a message and its appendage.
fn push(out: &mut Vec<u8>, message: &[u8], appendage: &[u8]) {
    let head: [u8; HEADER] = header(b'S', message.len() + appendage.len());
    out.extend_from_slice(&head);
    out.extend_from_slice(message);
    out.extend_from_slice(appendage);
}
