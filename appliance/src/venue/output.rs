//! From replies to streams, at each stream's own pace.

use std::io;

use order_entry::outbox::{self, Found, Outbox};
use protocol_spec::session::soup::{Action, ServerEvent};
use protocol_spec::words::{Moment, PortId};
use tracing::warn;

use super::Venue;
use super::connection::{Connection, Seat};
use crate::service::{Asker, Errands, Job};
use crate::world::{StreamId, Streams, World};

/// How far a connection got with the replies of its port.
#[derive(PartialEq)]
enum Pulled {
    /// It has them all, or gets the next from the file.
    All,
    /// There is no room for more before something is written.
    Full,
}

impl<W: World> Venue<W> {
    /// Brings a connection up to date: replies to its stream, its farewell, its alarm.
    pub(super) fn settle(&mut self, id: StreamId) {
        loop {
            let pulled = self.pull(id);
            let written = self.push(id);
            if pulled == Pulled::All || !written {
                break;
            }
        }
        self.say_goodbye(id);
        self.act(id);
    }

    /// Hands the connection the replies that it has not got yet, as far as there is room.
    fn pull(&mut self, id: StreamId) -> Pulled {
        let Venue { connections, day, errands, config, now, .. } = self;
        let outbox = &day.machine.folds.replies.outbox;
        let Some(connection) = connections.get(id) else { return Pulled::All };
        let Seat::Holding { port, live, .. } = connection.seat else { return Pulled::All };
        let pulled = pull(connection, outbox, errands, *now, (id, port));
        let next = connection.next_number().map_or(0, |number| number.0);
        let behind = (outbox.highest(port).0 + 1).saturating_sub(next);
        if behind == 0 && !live {
            if let Seat::Holding { live, .. } = &mut connection.seat {
                *live = true;
            }
        } else if live && behind > config.order_entry.max_behind && connection.server.is_open() {
            self.counters.stalled += 1;
            warn!(peer = %connection.peer, port = port.0, behind, "a connection is too slow");
            let text = format!("{behind} replies behind; log in again and go on from {next}");
            connection.server.dismiss(*now, &text);
            self.list(id);
        }
        pulled
    }

    /// Writes what waits to be written; whether all of it went.
    fn push(&mut self, id: StreamId) -> bool {
        let Venue { connections, streams, now, .. } = self;
        let Some(connection) = connections.get(id) else { return false };
        while connection.blocked.is_none() {
            let output = connection.server.poll_output();
            if output.is_empty() {
                return true;
            }
            match streams.write(id, output) {
                Ok(count) => connection.server.on_written(*now, count),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    connection.blocked = Some(*now);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => {
                    connection.server.on_broken(*now);
                    self.list(id);
                    return false;
                }
            }
        }
        false
    }

    /// Tries to write to a stream that had no room: the system tells of room only when a good part
    /// of it is free, and who reads slowly needs long for that. Whether something went.
    pub(super) fn probe(&mut self, id: StreamId) -> bool {
        let Venue { connections, streams, now, .. } = self;
        let Some(connection) = connections.get(id) else { return false };
        match streams.write(id, connection.server.poll_output()) {
            Ok(count @ 1..) => {
                connection.server.on_written(*now, count);
                connection.blocked = None;
                true
            }
            Ok(_) | Err(_) => false,
        }
    }

    /// A stream has room again; whether it had none.
    pub(super) fn unblock(&mut self, id: StreamId) -> bool {
        self.connections.get(id).is_some_and(|connection| connection.blocked.take().is_some())
    }

    /// Ends the session of a connection that has everything of a day that has ended.
    fn say_goodbye(&mut self, id: StreamId) {
        let is_told = self.day.is_idle() && self.day.is_empty();
        if !self.stage.waits_for_a_day() || !is_told {
            return;
        }
        let Some(connection) = self.connections.get(id) else { return };
        let Seat::Holding { port, .. } = connection.seat else { return };
        let highest = self.day.machine.folds.replies.outbox.highest(port);
        if connection.next_number().is_some_and(|next| next > highest) {
            connection.server.finish(self.now);
            self.list(id);
            self.push(id);
        }
    }

    /// Does with the stream what the session wants, and sets the alarm.
    fn act(&mut self, id: StreamId) {
        while let Some(connection) = self.connections.get(id) {
            match connection.server.poll_action() {
                Some(Action::Shutdown) => {
                    let who = Asker { stream: id, serial: connection.serial };
                    let was_let_in = connection.server.next_number().is_some();
                    self.streams.shut(id);
                    self.list(id);
                    if !was_let_in {
                        self.make_way(who);
                    }
                }
                Some(Action::Close) => {
                    if let Some(ServerEvent::Ended(end)) = connection.server.poll_event() {
                        self.on_ended(id, end);
                    }
                    self.streams.close(id);
                    self.connections.remove(id);
                    return;
                }
                None => break,
            }
        }
        self.set_alarm(id);
    }

    /// One that was not let in is on its way out: closes another that has been for longest, if they
    /// are many. It was told why, and has its bytes.
    fn make_way(&mut self, who: Asker) {
        let Some(first) = self.connections.leave(who) else { return };
        let Some(connection) = self.connections.asker(first) else { return };
        connection.server.on_broken(self.now);
        self.settle(first.stream);
    }

    fn set_alarm(&mut self, id: StreamId) {
        let stall = self.config.order_entry.stall_timeout;
        let Some(connection) = self.connections.get(id) else { return };
        let timeout = connection.server.poll_timeout();
        let stalled = connection.blocked.map(|since| since + stall);
        let wanted = [timeout, stalled].into_iter().flatten().min();
        if let Some(at) = wanted
            && connection.alarm.is_none_or(|alarm| at < alarm)
        {
            connection.alarm = Some(at);
            self.alarms.set(at, Asker { stream: id, serial: connection.serial });
        }
    }
}

/// Hands over replies from memory, from a block of the file that came, or asks for one.
fn pull(
    connection: &mut Connection,
    outbox: &Outbox,
    errands: &mut Errands,
    now: Moment,
    (stream, port): (StreamId, PortId),
) -> Pulled {
    while connection.server.is_open() {
        let Some(from) = connection.next_number() else { break };
        let messages = match outbox.find(port, from) {
            Found::Nothing => {
                connection.block = None;
                break;
            }
            Found::Here(messages) => messages,
            Found::Filed(place) => {
                let block = connection.block.as_deref();
                let opened = block
                    .and_then(|bytes| outbox::open(bytes, port, from, crc32c::crc32c_append).ok());
                let Some(messages) = opened else {
                    connection.block = None;
                    if !std::mem::replace(&mut connection.fetching, true) {
                        let who = Asker { stream, serial: connection.serial };
                        errands.ask(Job::Fetch { who, port, from, place });
                    }
                    break;
                };
                messages
            }
        };
        for (_, message) in messages {
            if connection.server.send(now, message).is_err() {
                return Pulled::Full;
            }
        }
    }
    Pulled::All
}
