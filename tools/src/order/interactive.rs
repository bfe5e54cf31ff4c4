//! The desk: requests from the keyboard, replies above the line that is being written.
//!
//! ```text
//! keyboard ──▶ terminal ──▶ said ──▶ clerk (a thread) ──▶ venue
//!                 ▲  ▲                 │  pending: what has no answer yet
//!       completion┘  └──── lines ◀──── teller ◀──── replies
//!           ▲                            │
//!           └────── ledger: open orders, last replies, symbols
//! ```

mod catch_up;
mod clerk;
mod completion;
mod full;
mod history;
mod ledger;
mod pending;
mod said;
mod teller;
mod terminal;

use std::env;
use std::io::{self, IsTerminal};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use client::{Config, OrderClient, Reply, Start};

use self::catch_up::catch_up;
use self::clerk::{Clerk, Errand, Place, What};
use self::full::{Full, Tape};
use self::ledger::{Ledger, MOST_RECENT};
use self::said::Said;
use self::teller::Teller;
use self::terminal::{Input, Terminal, show};
use super::error::OrderError;
use super::screen::origin;
use super::table::{short_table, table};
use crate::count::{grouped, plural};
use crate::decode::{Endings, Style};

/// How long the answer to a request is waited for before the next line can be written.
const ANSWER: Duration = Duration::from_millis(250);
/// The same for a login.
const LOGIN: Duration = Duration::from_secs(3);
/// So many replies take a moment to read.
const MANY: u64 = 200_000;

/// How the desk is set up.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The venue's address.
    pub address: String,
    /// The name of the port.
    pub port: String,
    /// The login.
    pub config: Config,
    /// How long the answer to a request may take.
    pub patience: Duration,
    /// Full lines in this style instead of short ones.
    pub style: Option<Style>,
}

/// The desk, once logged in.
struct Desk {
    setup: Setup,
    ledger: Arc<Mutex<Ledger>>,
    errands: Sender<Errand>,
    colour: bool,
}

/// Whether the desk can be opened: somebody writes and sees.
#[must_use]
pub fn is_possible() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Whether standard output shows colours, and nobody asked that it does not.
#[must_use]
pub fn is_coloured() -> bool {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_dumb = env::var_os("TERM").is_none_or(|term| term == "dumb");
    io::stdout().is_terminal() && !is_set("NO_COLOR") && !is_dumb
}

/// Opens the desk, and stays until it is left.
///
/// # Errors
/// If nobody answers, the login is refused, or the terminal is gone.
pub fn run(setup: Setup) -> Result<(), OrderError> {
    let config = setup.config.from(Start::First);
    let mut venue = OrderClient::connect(&setup.address, &config)?;
    let ledger = Arc::new(Mutex::new(Ledger::new(venue.session())));
    let past = venue.past().0;
    if past > MANY {
        show(&format!("reading the day: {} replies ..\n", grouped(past)));
    }
    if !catch_up(&mut venue, &ledger, setup.patience)? {
        show("the replies of the day do not come: open orders may be missing in `orders`\n");
    }
    let path = history::path(env::var_os("XDG_STATE_HOME"), env::var_os("HOME"));
    let mut terminal = Terminal::open(Arc::clone(&ledger), path).map_err(gone)?;
    let place = Place { address: setup.address.clone(), config, patience: setup.patience };
    let (errands, received) = channel();
    let desk = Desk { setup, ledger, errands, colour: is_coloured() };
    desk.greet(&terminal);
    let print = terminal.printer();
    let clerk = desk.hire(place, venue, print, received);
    let left = desk.serve(&mut terminal);
    // The clerk may be about to show something above a line that nobody edits any more.
    drop(terminal);
    desk.leave(clerk);
    left
}

impl Desk {
    /// Says where one is, and what is open.
    fn greet(&self, terminal: &Terminal) {
        let mut ledger = self.ledger();
        let said = terminal.said().filter(|line| said::read(line).is_ok());
        ledger.symbols.extend(said.flat_map(history::symbols));
        let Setup { port, address, .. } = &self.setup;
        show(&format!(
            "{port} at {address}, session {}. help says what can be said, Tab completes.\n\
             A port has one connection: whoever had this one has lost it. Leaving may cancel its \
             orders.\n{}\n",
            ledger.session,
            short_table(&ledger.orders)
        ));
    }

    /// Starts who talks to the venue.
    fn hire(
        &self,
        place: Place,
        venue: OrderClient,
        print: Box<dyn FnMut(String) + Send>,
        errands: Receiver<Errand>,
    ) -> JoinHandle<Option<client::Error>> {
        let (ledger, style, colour) = (Arc::clone(&self.ledger), self.setup.style, self.colour);
        thread::spawn(move || {
            let mut tape = Tape::default();
            let origin = origin(&place.address, venue.session());
            let full = style.map(|style| Full::new(&mut tape, style, origin));
            Clerk::new(place, venue, ledger, print, Teller::new(full, colour)).work(&errands)
        })
    }

    /// Does what is said until the desk is left.
    fn serve(&self, terminal: &mut Terminal) -> Result<(), OrderError> {
        let mut was_asked = false;
        loop {
            let prompt = self.prompt();
            let input = terminal.read(&prompt).map_err(gone)?;
            match input {
                Input::Lines(lines) => {
                    for line in lines.lines() {
                        if !self.hear(terminal, line, prompt.chars().count()) {
                            return Ok(());
                        }
                    }
                }
                Input::Interrupt if was_asked => return Ok(()),
                Input::Interrupt => {
                    show("Ctrl-C once more, Ctrl-D or quit leaves\n");
                    was_asked = true;
                    continue;
                }
                Input::Cleared => {}
                Input::End => return Ok(()),
            }
            was_asked = false;
        }
    }

    /// Does what a line says; whether to stay.
    fn hear(&self, terminal: &mut Terminal, line: &str, prompt: usize) -> bool {
        terminal.keep(line);
        let said = match said::read(line) {
            Ok(Some(said)) => said,
            Ok(None) => return true,
            Err(wrong) => {
                let fits = prompt + line.chars().count() < terminal.columns();
                show(&format!("{}\n", wrong.lines(fits.then_some(prompt))));
                return true;
            }
        };
        match said {
            Said::Ask(asked) => {
                self.ledger().symbols.extend(history::symbols(line));
                self.send(What::Ask(Box::new(asked), line.trim().to_owned()), ANSWER);
            }
            Said::Connect => self.send(What::Connect, LOGIN),
            Said::Orders { symbol } => {
                let table = table(&self.ledger().orders, symbol);
                show(&format!("{table}\n"));
            }
            Said::Replies { count, long } => self.replies(count, long),
            Said::Help { word } => show(&format!("{}\n", said::help(word.as_deref()))),
            Said::Quit => return false,
        }
        true
    }

    /// Sends the clerk, and waits a little for what comes of it.
    fn send(&self, what: What, wait: Duration) {
        let (waiter, waits) = channel();
        self.errands.send(Errand { what, waiter }).expect("the clerk works while the desk is open");
        // Nothing is ever sent: the end of waiting is that the other side is dropped, or the time.
        waits.recv_timeout(wait).unwrap_or_default();
    }

    /// Shows the last replies once more.
    fn replies(&self, count: usize, long: bool) {
        let ledger = self.ledger();
        let style = long.then_some(Style::Text(Endings::default())).or(self.setup.style);
        let mut tape = Tape::default();
        let origin = origin(&self.setup.address, ledger.session);
        let mut full = style.map(|style| Full::new(&mut tape, style, origin));
        let lines: String = ledger
            .last(count)
            .map(|heard| match &mut full {
                Some(full) => full.line(&Reply { number: heard.number, bytes: &heard.bytes }),
                None => format!("{}\n", heard.brief.line(self.colour)),
            })
            .collect();
        drop(ledger);
        show(&lines);
        if count > MOST_RECENT {
            let most = grouped(MOST_RECENT as u64);
            show(&format!("no more than {most} are kept here; `outcry order replies` has all\n"));
        }
    }

    /// Logs out.
    fn leave(self, clerk: JoinHandle<Option<client::Error>>) {
        drop(self.errands);
        let ended = clerk.join().expect("the clerk does not panic");
        let ledger = self.ledger.lock().expect("nobody panics with the ledger");
        let open = ledger.orders.iter().len() as u64;
        match (ended, ledger.is_connected) {
            (Some(error), _) => show(&format!("{error}\n")),
            (None, true) if open > 0 => {
                let open = plural(open, "order");
                show(&format!("logged out; {open} open, if the venue did not cancel them now\n"));
            }
            (None, true) => show("logged out\n"),
            (None, false) => {}
        }
    }

    fn prompt(&self) -> String {
        let port = &self.setup.port;
        if self.ledger().is_connected { format!("{port}> ") } else { format!("{port} (off)> ") }
    }

    fn ledger(&self) -> std::sync::MutexGuard<'_, Ledger> {
        self.ledger.lock().expect("nobody panics with the ledger")
    }
}

/// The terminal cannot be read.
fn gone(cause: io::Error) -> OrderError {
    OrderError::Read { batch: "the terminal".to_owned(), cause }
}
