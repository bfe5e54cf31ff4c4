//! Who talks to the venue while lines are being written.

use std::sync::mpsc::{Receiver, Sender, TryRecvError};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use client::{Cause, Config, Error, OrderClient, Request};
use protocol_spec::session::soup::End;
use protocol_spec::wire::soup::LoginRejectReason;
use protocol_spec::words::{UserRefIdx, UserRefNum};

use super::catch_up::catch_up;
use super::ledger::Ledger;
use super::pending::{Asking, Pending};
use super::teller::Teller;
use crate::order::error::OrderError;
use crate::order::grammar::Asked;
use crate::order::table::short_table;

/// How long replies are waited for before errands are looked for.
const LOOK: Duration = Duration::from_millis(20);
/// Replies that are shown at once at most.
const MOST_AT_ONCE: usize = 1_000;

/// Something to be done.
pub(super) struct Errand {
    /// What.
    pub what: What,
    /// Who waits for it: told by being dropped, once what it brought was shown.
    pub waiter: Sender<()>,
}

/// What is to be done.
pub(super) enum What {
    /// Ask this, which was said in these words.
    Ask(Box<Asked>, String),
    /// Log in again.
    Connect,
}

/// Where to log in, and how.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The venue's address.
    pub address: String,
    /// The login, from the first reply of the day on.
    pub config: Config,
    /// How long the answer to a request may take.
    pub patience: Duration,
}

/// Talks to the venue, and shows what comes.
pub(super) struct Clerk<'a> {
    place: Place,
    /// Kept once it is broken too: it knows where to go on.
    venue: OrderClient,
    is_connected: bool,
    ledger: Arc<Mutex<Ledger>>,
    /// Where lines are shown, above the one that is being written.
    print: Box<dyn FnMut(String)>,
    teller: Teller<'a>,
    pending: Pending,
    /// Channels whose next number is known.
    known: [bool; 256],
    /// Who waits to see what comes right behind an answer.
    waiters: Vec<Sender<()>>,
}

impl<'a> Clerk<'a> {
    /// A clerk with a login that has read the past.
    pub(super) fn new(
        place: Place,
        venue: OrderClient,
        ledger: Arc<Mutex<Ledger>>,
        print: Box<dyn FnMut(String)>,
        teller: Teller<'a>,
    ) -> Self {
        Clerk {
            place,
            venue,
            is_connected: true,
            ledger,
            print,
            teller,
            pending: Pending::default(),
            known: [false; 256],
            waiters: Vec::new(),
        }
    }

    /// Works until nobody has errands any more, then logs out. The error that a log-out met.
    pub(super) fn work(mut self, errands: &Receiver<Errand>) -> Option<Error> {
        loop {
            let errand = if self.is_connected {
                self.listen();
                errands.try_recv()
            } else {
                self.waiters.clear();
                errands.recv().map_err(|_| TryRecvError::Disconnected)
            };
            match errand {
                Ok(Errand { what: What::Ask(asked, words), waiter }) => {
                    self.ask(&asked, words, waiter);
                }
                Ok(Errand { what: What::Connect, waiter }) => {
                    self.waiters.push(waiter);
                    self.connect();
                }
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => break,
            }
        }
        if self.is_connected { self.venue.log_out().err() } else { None }
    }

    /// Shows what comes, and tells of what should have come.
    fn listen(&mut self) {
        let mut lines = String::new();
        let mut ended = None;
        let mut wait = LOOK;
        for _ in 0..MOST_AT_ONCE {
            match self.venue.next(wait) {
                Ok(Some(reply)) => {
                    let answered = self.pending.take(&reply);
                    let ledger = self.ledger.lock();
                    let mut ledger = ledger.expect("nobody panics with the ledger");
                    let line = self.teller.tell(&mut ledger, &reply, answered.as_ref());
                    lines.push_str(&line);
                    self.waiters.extend(answered.map(|(asking, _)| asking.waiter));
                    wait = Duration::ZERO;
                }
                Ok(None) => break,
                Err(error) => {
                    ended = Some(error);
                    break;
                }
            }
        }
        if lines.is_empty() {
            self.waiters.clear();
        } else {
            (self.print)(lines);
        }
        for late in self.pending.overdue(Instant::now(), self.place.patience) {
            self.say(&late);
        }
        if let Some(error) = ended {
            self.lose(&error);
        }
    }

    fn ask(&mut self, asked: &Asked, words: String, waiter: Sender<()>) {
        if !self.is_connected {
            return self.say("not logged in; `connect` logs in again");
        }
        match self.send(asked) {
            Ok(Some((request, number))) => {
                let deadline = Instant::now() + self.place.patience;
                self.pending.add(Asking { request, number, words, waiter, deadline });
            }
            Ok(None) => self.waiters.push(waiter),
            // How the connection ended is told with the replies that came before.
            Err(Error { cause: Cause::Ended(_) | Cause::Broken(_), .. }) => {
                self.say(&format!("`{words}` was not sent"));
            }
            Err(error) => self.say(&format!("`{words}` was not sent: {error}")),
        }
    }

    /// Sends a request; the number that its answer is about, if it is one.
    fn send(&mut self, asked: &Asked) -> Result<Option<(Request, UserRefNum)>, Error> {
        let Some(request) = asked.request() else {
            self.venue.query(asked.queried())?;
            self.known[usize::from(asked.queried().0)] = true;
            return Ok(None);
        };
        let number = match (asked.number(), request.order()) {
            (Some(number), _) => {
                self.venue.send_as(number, request)?;
                number
            }
            (None, Some(_)) => self.venue.send(request)?,
            (None, None) => {
                self.learn(request.channel())?;
                self.venue.send(request)?
            }
        };
        Ok(Some((request, number)))
    }

    /// Asks for the next number of a channel, unless that was done; nobody wants to see the answer.
    fn learn(&mut self, channel: UserRefIdx) -> Result<(), Error> {
        if !self.known[usize::from(channel.0)] {
            self.venue.query(channel)?;
            self.known[usize::from(channel.0)] = true;
            self.teller.pass_over(channel);
        }
        Ok(())
    }

    /// The connection ended.
    fn lose(&mut self, error: &Error) {
        self.is_connected = false;
        self.ledger.lock().expect("nobody panics with the ledger").is_connected = false;
        let advice = match &error.cause {
            Cause::Ended(End::SessionOver) => "the day is over; `connect` logs in to the next",
            _ => "`connect` logs in again, and takes the port from whoever has it",
        };
        self.say(&format!("{error}\n{advice}"));
        for open in self.pending.give_up() {
            self.say(&open);
        }
    }

    /// Logs in again.
    fn connect(&mut self) {
        if self.is_connected {
            return self.say("logged in already");
        }
        match self.go_on() {
            Ok(said) => {
                self.is_connected = true;
                self.known = [false; 256];
                self.ledger.lock().expect("nobody panics with the ledger").is_connected = true;
                self.say(&said);
            }
            Err(error) => self.say(&OrderError::from(error).to_string()),
        }
    }

    /// Goes on with the next reply of the session, or begins the one that there is now; what to
    /// say of it.
    fn go_on(&mut self) -> Result<String, Error> {
        let next = self.venue.next_number();
        let error = match self.venue.reconnect() {
            Ok(()) => return Ok(format!("logged in again, from reply {next} on")),
            Err(error) => error,
        };
        if error.refused_login() != Some(LoginRejectReason::SESSION_NOT_AVAILABLE) {
            return Err(error);
        }
        let mut venue = OrderClient::connect(&self.place.address, &self.place.config)?;
        self.ledger.lock().expect("nobody panics with the ledger").begin(venue.session());
        catch_up(&mut venue, &self.ledger, self.place.patience)?;
        self.venue = venue;
        let ledger = self.ledger.lock().expect("nobody panics with the ledger");
        Ok(format!("logged in to session {}; {}", ledger.session, short_table(&ledger.orders)))
    }

    fn say(&mut self, line: &str) {
        (self.print)(format!("{line}\n"));
    }
}
