//! From bytes to the batch.

use std::io;

use matcher::form::{self, Unframed};
use protocol_spec::session::soup::{End, Login, ServerEvent};
use protocol_spec::words::Moment;

use super::Venue;
use super::connection::{Connection, Seat};
use crate::room::Room;
use crate::world::{Clock, StreamId, Streams, World};

/// Most messages of a connection before the next one has its turn.
const TURN: usize = 64;
/// Most turns of a connection before what was taken in is kept, replies leave and alarms ring: one
/// that keeps talking would have the venue to itself, and who asks for little would wait for it.
const TURNS: usize = 4;
/// Messages of a connection's only turn in a round while room is short for what follows from them.
const SHORT_TURN: usize = 8;

/// What a connection had to say.
enum Met {
    /// Nothing more for now.
    Nothing,
    /// Its turn is over, it may have more.
    Enough,
    /// It has closed its side behind what it said: its end comes after the answers to that.
    Last,
    /// It wants to log in.
    Login(Login),
    /// It is through.
    Ended(End),
}

/// What a message is that no command comes of.
enum Fault {
    /// Nobody can say which message it is.
    Unframed(Unframed),
    /// It is one of far too many.
    Flood,
}

impl<W: World> Venue<W> {
    /// Hears every connection that may have something to say, in turns, until all have said it,
    /// the batch is full, or it has gone on for long enough.
    pub(super) fn take_in(&mut self) {
        let (turns, turn) =
            match self.day.room().min(self.errands.room()).min(self.publications.room()) {
                Room::Plenty => (TURNS, TURN),
                Room::Short => (1, SHORT_TURN),
                Room::Scarce => (1, 1),
            };
        let mut round = std::mem::take(&mut self.ready);
        for _ in 0..turns {
            if round.is_empty() || !self.day.has_room() {
                break;
            }
            let mut at = 0;
            while at < round.len() && self.day.has_room() {
                if self.hear(round[at], turn) {
                    at += 1;
                } else {
                    round.swap_remove(at);
                }
            }
            // Those that had no turn before the batch was full are the first of the next one.
            round.rotate_left(at);
        }
        // Those that were listed meanwhile, behind those that are not through.
        round.append(&mut self.ready);
        self.ready = round;
    }

    /// Reads what has come from a connection that had no turn yet: as long as nothing is taken in
    /// nobody counts as silent who is not.
    pub(super) fn overhear(&mut self, id: StreamId) {
        let Venue { connections, streams, now, .. } = self;
        let Some(connection) = connections.get(id).filter(|each| each.readable) else { return };
        let Some(buffer) = connection.server.read_buffer() else { return };
        if let Ok(count @ 1..) = streams.read(id, buffer) {
            connection.server.on_read(*now, count);
        }
    }

    /// Gives a connection a turn of so many messages; whether it may have more.
    fn hear(&mut self, id: StreamId, mut left: usize) -> bool {
        let more = loop {
            match self.next_from(id, &mut left) {
                Met::Enough => break true,
                Met::Nothing => break false,
                Met::Last => {
                    // Stays listed, for the next round of the venue.
                    self.ready.push(id);
                    return false;
                }
                Met::Login(login) => self.on_login(id, login),
                Met::Ended(end) => self.on_ended(id, end),
            }
        };
        let Some(connection) = self.connections.get(id) else { return false };
        connection.listed = more;
        if !connection.server.is_open() {
            // Its farewell goes out, or it is closed.
            self.settle(id);
        }
        more && self.connections.get(id).is_some()
    }

    /// Takes in messages until something else comes up.
    fn next_from(&mut self, id: StreamId, left: &mut usize) -> Met {
        let Venue { connections, day, streams, clock, counters, stage, now, .. } = self;
        let Some(connection) = connections.get(id) else { return Met::Nothing };
        let port = match connection.seat {
            Seat::Holding { port, .. } if stage.is_open() => Some(port),
            _ => None,
        };
        let time = clock.time();
        let mut has_read = false;
        loop {
            while *left > 0 {
                let message = match connection.server.poll_event() {
                    None => break,
                    Some(ServerEvent::Login(login)) => return Met::Login(login),
                    Some(ServerEvent::Ended(end)) => return Met::Ended(end),
                    Some(ServerEvent::Message(message)) => message,
                };
                *left -= 1;
                let Some(port) = port else { continue };
                let fault = if connection.flood.is_too_much(*now) {
                    Some(Fault::Flood)
                } else {
                    match form::command(port, message) {
                        Ok(command) => {
                            day.message(time, port, message, command);
                            None
                        }
                        Err(unframed) => Some(Fault::Unframed(unframed)),
                    }
                };
                match fault {
                    None => {}
                    Some(Fault::Unframed(unframed)) => {
                        counters.broken_protocol += 1;
                        connection.server.dismiss(*now, &format!("no order message: {unframed}"));
                    }
                    Some(Fault::Flood) => {
                        counters.floods += 1;
                        connection.server.dismiss(*now, "far more messages than the port may send");
                    }
                }
            }
            if *left == 0 || (has_read && connection.readable) {
                return Met::Enough;
            }
            if !connection.readable {
                return Met::Nothing;
            }
            if connection.is_closed && !day.is_empty() && stage.is_open() {
                return Met::Last;
            }
            has_read = true;
            if !read(connection, streams, id, *now) {
                return Met::Nothing;
            }
        }
    }
}

/// Reads once from a stream; whether there was room for what it has.
fn read<S: Streams>(
    connection: &mut Connection,
    streams: &mut S,
    id: StreamId,
    now: Moment,
) -> bool {
    let Some(buffer) = connection.server.read_buffer() else { return false };
    let room = buffer.len();
    match streams.read(id, buffer) {
        Ok(0) => {
            connection.readable = false;
            connection.server.on_eof(now);
        }
        Ok(count) => {
            // Less than there was room for: that was all, unless the end was there with
            // it. The poll tells of more.
            connection.readable = count == room || connection.is_closed;
            connection.server.on_read(now, count);
        }
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
            connection.readable = false;
        }
        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
        Err(_) => {
            connection.readable = false;
            connection.server.on_broken(now);
        }
    }
    true
}
