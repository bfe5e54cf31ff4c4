//! Files of scenarios, read: blocks, their set-up, their lines.

use std::fmt;
use std::rc::Rc;

use matcher::command::Command;
use matcher::event::{Event, TipRef};
use matcher::phase::Phase;
use matcher::view::Entry;
use protocol_spec::words::{Locate, PortId, Price, UserRefIdx};

use super::ground::Ground;
use super::macros::{expand_items, repetitions};
use super::names::Names;
use super::words::{
    Read, Words, alpha, nanos, number, order, owner, port, price, shares, show_nanos, show_order,
    show_owner, show_price, side,
};
use super::{events, operator, orders, told};

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.what)
    }
}

/// A rule's case: commands from the opening of a day, each with what it causes.
#[derive(Clone, Debug)]
pub struct Block {
    /// The line of its title.
    pub line: usize,
    /// Its title, with the numbers of its rules.
    pub title: String,
    /// Commands before the first line; they cause what they cause.
    pub setup: Vec<Command>,
    /// What stands in the file, in order.
    pub pieces: Vec<Piece>,
}

/// A line of a file with those that continue it, and its steps: a repeated one has several.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Its number.
    pub line: usize,
    /// It as it stands in the file.
    pub text: String,
    /// What it does; nothing for set-up and remarks.
    pub steps: Vec<Step>,
}

/// Something that is asked of a venue, and the answer that is right.
#[derive(Clone, Debug)]
pub struct Step {
    /// What is left of the arrow.
    pub asked: String,
    /// Nanoseconds since midnight.
    pub time: u64,
    /// What is asked.
    pub ask: Ask,
    /// The right answer.
    pub right: Answer,
    /// What the block had named before.
    pub names: Rc<Names>,
}

/// What can be asked of a venue.
#[derive(Clone, Debug)]
pub enum Ask {
    /// To execute a command.
    Command(Box<Command>),
    /// For the book of a security.
    Book(Locate),
    /// For the last number of a channel.
    Last(PortId, UserRefIdx),
    /// For the reference price of a security.
    Reference(Locate),
    /// For the next time when something is due.
    Due,
}

/// What a venue can answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// What the command caused.
    Events(Vec<Event>),
    /// Buys and sells, each in priority order.
    Book(Vec<Entry>, Vec<Entry>),
    /// A channel's number.
    Last(u32),
    /// A price.
    Reference(Option<Price>),
    /// Nanoseconds since midnight.
    Due(Option<u64>),
}

impl Answer {
    /// The answer to `ask` as it is written, one item an element.
    #[must_use]
    pub fn show(&self, ask: &Ask, names: &Names) -> Vec<String> {
        let items = match (self, ask) {
            (Answer::Events(events), Ask::Command(command)) => {
                told::show(events, &mut Ground::new(names, command))
            }
            (Answer::Book(buys, sells), _) => buys.iter().chain(sells).map(show_entry).collect(),
            (Answer::Last(last), _) => vec![last.to_string()],
            (Answer::Reference(price), _) => price.map(show_price).into_iter().collect(),
            (Answer::Due(due), _) => due.map(show_nanos).into_iter().collect(),
            (Answer::Events(events), _) => events.iter().map(|each| format!("{each:?}")).collect(),
        };
        if items.is_empty() { vec!["nothing".to_owned()] } else { items }
    }
}

fn show_entry(entry: &Entry) -> String {
    let (order, owner) = (show_order(entry.order_ref, entry.tip), show_owner(entry.owner));
    let price = show_price(entry.price);
    let mut text = format!("{} {}@{price} {order} {owner}", entry.side.code(), entry.shares);
    if (entry.leaves, entry.total) != (entry.shares, entry.shares) {
        text += &format!(" of {}/{}", entry.leaves, entry.total);
    }
    text
}

fn entry(text: &str) -> Read<Entry> {
    let mut words = Words::of(text);
    let side = words.take("a side", side)?;
    let (shares, price) = words.take("`shares@price`", |word| {
        let (left, right) = word.split_once('@')?;
        Some((shares(left)?, price(right)?))
    })?;
    let (order_ref, tip): (_, TipRef) = words.take("an order", order)?;
    let owner = words.take("an owner", owner)?;
    let (mut leaves, mut total) = (shares, shares);
    if words.eat("of") {
        (leaves, total) = words.take("`leaves/total`", |word| {
            let (left, right) = word.split_once('/')?;
            Some((super::words::shares(left)?, super::words::shares(right)?))
        })?;
    }
    words.end()?;
    Ok(Entry { owner, order_ref, tip, price, shares, side, total, leaves })
}

/// Reads the text of the file of that name.
///
/// # Errors
/// If a line is not as it should be.
pub fn read(file: &str, text: &str) -> Result<Vec<Block>, Fault> {
    let fault = |line, what| Fault { file: file.to_owned(), line, what };
    let mut blocks: Vec<Block> = Vec::new();
    let mut reader = Reader::default();
    for (line, text) in pieces(text) {
        if let Some(title) = text.strip_prefix("## ") {
            reader = Reader::default();
            blocks.push(Block {
                line,
                title: title.trim().to_owned(),
                setup: Vec::new(),
                pieces: Vec::new(),
            });
            continue;
        }
        let is_remark = text.starts_with('#') || text.trim().is_empty();
        let steps = match blocks.last_mut() {
            _ if is_remark => Vec::new(),
            None => return Err(fault(line, "expected the title of a block: `## ...`".to_owned())),
            Some(block) => {
                reader.piece(&text, &mut block.setup).map_err(|what| fault(line, what))?
            }
        };
        if let Some(block) = blocks.last_mut() {
            block.pieces.push(Piece { line, text, steps });
        }
    }
    Ok(blocks)
}

/// Lines with the number of the first; those that begin with a space continue the one before.
fn pieces(text: &str) -> Vec<(usize, String)> {
    let mut all: Vec<(usize, String)> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        match all.last_mut() {
            Some((_, before)) if line.starts_with(' ') && !line.trim().is_empty() => {
                before.push('\n');
                before.push_str(line);
            }
            _ => all.push((number, line.to_owned())),
        }
    }
    all
}

/// What of a block was read so far.
#[derive(Debug, Default)]
struct Reader {
    names: Rc<Names>,
    time: u64,
    begun: bool,
    given: Vec<Command>,
    bare: bool,
}

impl Reader {
    fn piece(&mut self, text: &str, setup: &mut Vec<Command>) -> Read<Vec<Step>> {
        let text = text.replace('\n', " ");
        if let Some(rest) = text.strip_prefix("with ") {
            if self.begun {
                return Err("a `with` stands before the first command".to_owned());
            }
            self.with(rest)?;
            return Ok(Vec::new());
        }
        if !self.begun {
            self.begun = true;
            *setup = self.setup();
            let names = Rc::make_mut(&mut self.names);
            setup.iter().for_each(|command| names.learn(command));
        }
        repetitions(&text)?.iter().map(|text| self.step(text)).collect()
    }

    fn with(&mut self, text: &str) -> Read<()> {
        let mut words = Words::of(text);
        if words.eat("nothing") {
            self.bare = true;
            return words.end();
        }
        let command = operator::read(&mut words, &self.names)?;
        words.end()?;
        let subject = |command: &Command| match command {
            Command::OpenDay(_) => Ok("day".to_owned()),
            Command::SetInstrument(set) => Ok(format!("list {:?}", set.symbol)),
            Command::SetPort(set) => Ok(format!("port {:05}", set.number.0)),
            Command::SetPhase(_) => Ok("phase".to_owned()),
            _ => Err("expected `with` a day, list, port, phase or nothing".to_owned()),
        };
        let command = command.ok_or_else(|| format!("`{text}` is no set-up"))?;
        if self.given.iter().any(|each| subject(each) == subject(&command)) {
            return Err("this was set up before".to_owned());
        }
        subject(&command)?;
        self.given.push(command);
        Ok(())
    }

    /// The day, securities, ports and phase: the usual ones but for those that are given.
    fn setup(&self) -> Vec<Command> {
        if self.bare {
            return Vec::new();
        }
        let mut usual = Vec::new();
        for text in ["day", "list ABC", "port 1", "port 2", "port 3", "phase Open"] {
            let read = operator::read(&mut Words::of(text), &self.names);
            usual.extend(read.expect("the usual set-up is in the notation"));
        }
        for given in &self.given {
            let same = usual.iter().position(|each| match (each, given) {
                (Command::SetInstrument(left), Command::SetInstrument(right)) => {
                    left.symbol == right.symbol
                }
                (Command::SetPort(left), Command::SetPort(right)) => left.number == right.number,
                _ => std::mem::discriminant(each) == std::mem::discriminant(given),
            });
            match same {
                Some(at) => usual[at] = given.clone(),
                None => usual.push(given.clone()),
            }
        }
        usual.retain(|command| *command != Command::SetPhase(Phase::Closed));
        usual.sort_by_key(|command| match command {
            Command::OpenDay(_) => (0, 0),
            Command::SetInstrument(_) => (1, 0),
            Command::SetPort(port) => (2, port.number.0),
            _ => (3, 0),
        });
        usual
    }

    fn step(&mut self, text: &str) -> Read<Step> {
        let (asked, right) = text.split_once("->").ok_or("expected `->` and what it causes")?;
        let mut words = Words::of(asked);
        if words.eat("at") {
            let time = words.take("a time since midnight", nanos)?;
            if time < self.time {
                return Err("time goes back".to_owned());
            }
            self.time = time;
        }
        let ask = self.ask(&mut words)?;
        words.end()?;
        let right = expand_items(right.trim())?;
        let names = Rc::clone(&self.names);
        let right = answer(&ask, &right, &names)?;
        if let (Ask::Command(command), Answer::Events(events)) = (&ask, &right)
            && events::has_effect(events, command)
        {
            Rc::make_mut(&mut self.names).learn(command);
        }
        Ok(Step { asked: asked.trim().to_owned(), time: self.time, ask, right, names })
    }

    fn ask(&self, words: &mut Words<'_>) -> Read<Ask> {
        let security = |words: &mut Words<'_>| {
            let symbol = words.take_if(alpha).unwrap_or(self.names.first_symbol());
            self.names.locate(symbol)
        };
        if words.eat("book") {
            return Ok(Ask::Book(security(words)));
        }
        if words.eat("ref") {
            return Ok(Ask::Reference(security(words)));
        }
        if words.eat("due") {
            return Ok(Ask::Due);
        }
        if words.eat("last") {
            let (port, idx) = words.take("a port", port)?;
            return Ok(Ask::Last(port, idx));
        }
        if let Some(command) = operator::read(words, &self.names)? {
            return Ok(Ask::Command(Box::new(command)));
        }
        orders::read(words, &self.names).map(|command| Ask::Command(Box::new(command)))
    }
}

fn answer(ask: &Ask, text: &str, names: &Names) -> Read<Answer> {
    let mut words = Words::of(text);
    let nothing = text == "nothing";
    let right = match ask {
        Ask::Command(command) => {
            return events::read(text, &mut Ground::new(names, command)).map(Answer::Events);
        }
        Ask::Book(_) if nothing => return Ok(Answer::Book(Vec::new(), Vec::new())),
        Ask::Book(_) => {
            let entries: Read<Vec<Entry>> = text.split('|').map(entry).collect();
            let (buys, sells) = entries?.into_iter().partition(|entry| entry.side.is_buy());
            return Ok(Answer::Book(buys, sells));
        }
        Ask::Last(..) => Answer::Last(words.take("a number", number)?),
        Ask::Reference(_) if nothing => return Ok(Answer::Reference(None)),
        Ask::Reference(_) => Answer::Reference(Some(words.take("a price", price)?)),
        Ask::Due if nothing => return Ok(Answer::Due(None)),
        Ask::Due => Answer::Due(Some(words.take("a time since midnight", nanos)?)),
    };
    words.end()?;
    Ok(right)
}

/// Reads a line that stands alone, where these names are known.
///
/// # Errors
/// If it is not as it should be.
pub fn read_line(text: &str, names: &Rc<Names>) -> Read<Step> {
    let names = Rc::clone(names);
    Reader { names, begun: true, ..Reader::default() }.step(&text.replace('\n', " "))
}

/// Writes a command.
///
/// # Panics
/// Never: every command is the operator's or a broker's.
#[must_use]
pub fn show_command(command: &Command, names: &Names) -> String {
    let text = operator::show(command, names).or_else(|| orders::show(command, names));
    text.expect("a command is the operator's or a broker's")
}
