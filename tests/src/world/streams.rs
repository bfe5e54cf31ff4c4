//! Streams in memory: cut anywhere, late, full, broken.

use std::cell::{Ref, RefCell, RefMut};
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use appliance::world::{Clock, Ready, StreamId, Streams};
use protocol_spec::words::Moment;

use super::clock::SimClock;
use crate::flow::prng::Prng;

/// The network; its copies are the same network.
#[derive(Clone, Debug)]
pub struct Net {
    shared: Rc<RefCell<State>>,
}

/// The venue's end of the network.
#[derive(Debug)]
pub struct SimStreams {
    net: Net,
    clock: SimClock,
}

#[derive(Debug)]
struct State {
    links: Vec<Link>,
    /// Which link a stream is, by the stream's number.
    streams: Vec<Option<usize>>,
    door: VecDeque<usize>,
    door_rings: bool,
    prng: Prng,
    manners: Manners,
    /// Until when a poll may wait: then somebody else has something to do.
    horizon: Moment,
    /// How many of the next accepts fail.
    refusals: u32,
}

/// How streams behave.
#[derive(Clone, Copy, Debug)]
pub struct Manners {
    /// Most bytes on their way to one end and not read there.
    pub capacity: usize,
    /// The longest that a piece is on its way.
    pub delay: Duration,
    /// Of 100 writes, how many are cut in pieces.
    pub cuts: u64,
    /// Of 100 writes of the venue, how many are refused for now.
    pub refusals: u64,
}

impl Manners {
    /// Streams that are only slow.
    pub const GOOD: Manners =
        Manners { capacity: 256 * 1024, delay: Duration::from_micros(50), cuts: 0, refusals: 0 };
    /// Streams as bad as they come.
    pub const BAD: Manners =
        Manners { capacity: 2000, delay: Duration::from_millis(3), cuts: 60, refusals: 20 };
}

/// One direction.
#[derive(Debug, Default)]
struct Pipe {
    flying: VecDeque<(Moment, Vec<u8>)>,
    here: VecDeque<u8>,
    /// When the end comes, once one side has closed.
    end: Option<Moment>,
    ended: bool,
}

#[derive(Debug, Default)]
struct Link {
    up: Pipe,
    down: Pipe,
    broken: bool,
    /// Whether the venue was refused and has to be told of room.
    wants_room: bool,
    rings: (bool, bool),
    stream: Option<usize>,
}

impl Pipe {
    fn used(&self) -> usize {
        self.here.len() + self.flying.iter().map(|(_, piece)| piece.len()).sum::<usize>()
    }

    fn send(&mut self, now: Moment, bytes: &[u8], manners: &Manners, prng: &mut Prng) {
        let mut rest = bytes;
        let nanos = u64::try_from(manners.delay.as_nanos()).expect("a short delay").max(1);
        while !rest.is_empty() {
            let most = rest.len();
            let cut = if prng.chance(manners.cuts) { 1 + prng.place(most) } else { most };
            let (piece, after) = rest.split_at(cut);
            let due = now + Duration::from_nanos(prng.below(nanos));
            let due = self.flying.back().map_or(due, |(last, _)| due.max(*last));
            self.flying.push_back((due, piece.to_vec()));
            rest = after;
        }
    }

    /// Ends it behind everything that is on its way.
    fn shut(&mut self, now: Moment) {
        let last = self.flying.back().map_or(now, |(due, _)| *due);
        self.end.get_or_insert(last);
    }

    fn next(&self) -> Option<Moment> {
        let end = self.end.filter(|_| !self.ended);
        self.flying.front().map(|(due, _)| *due).or(end)
    }

    /// Whether something came.
    fn deliver(&mut self, now: Moment) -> bool {
        let mut came = false;
        while self.flying.front().is_some_and(|(due, _)| *due <= now) {
            let (_, piece) = self.flying.pop_front().expect("it was just seen");
            self.here.extend(piece);
            came = true;
        }
        if self.flying.is_empty() && !self.ended && self.end.is_some_and(|end| end <= now) {
            self.ended = true;
            came = true;
        }
        came
    }
}

impl State {
    /// Lets come what is due; whether something came for a client.
    fn deliver(&mut self, now: Moment) -> bool {
        let mut came = false;
        for link in &mut self.links {
            if link.up.deliver(now) {
                link.rings.0 = true;
            }
            came |= link.down.deliver(now);
        }
        came
    }

    fn next(&self) -> Option<Moment> {
        let of = |link: &Link| [link.up.next(), link.down.next()].into_iter().flatten().min();
        self.links.iter().filter_map(of).min()
    }

    fn link(&mut self, id: StreamId) -> &mut Link {
        let at = self.streams[id.0].expect("a stream is used until it is closed");
        &mut self.links[at]
    }
}

impl Net {
    /// A network with nobody in it.
    #[must_use]
    pub fn new(seed: u64, manners: Manners) -> Self {
        let state = State {
            links: Vec::new(),
            streams: Vec::new(),
            door: VecDeque::new(),
            door_rings: false,
            prng: Prng::new(seed),
            manners,
            horizon: Moment(u64::MAX),
            refusals: 0,
        };
        Net { shared: Rc::new(RefCell::new(state)) }
    }

    fn state(&self) -> RefMut<'_, State> {
        self.shared.borrow_mut()
    }

    fn look(&self) -> Ref<'_, State> {
        self.shared.borrow()
    }

    /// The venue's end.
    #[must_use]
    pub fn streams(&self, clock: &SimClock) -> SimStreams {
        SimStreams { net: self.clone(), clock: clock.clone() }
    }

    /// How streams behave from now on.
    pub fn set_manners(&self, manners: Manners) {
        self.state().manners = manners;
    }

    /// Until when a poll may wait.
    pub fn set_horizon(&self, horizon: Moment) {
        self.state().horizon = horizon;
    }

    /// The next accepts fail.
    pub fn refuse_accepts(&self, count: u32) {
        self.state().refusals = count;
    }

    /// The venue is gone: every link is broken, and nobody is at the door.
    pub fn hang_up(&self) {
        let mut state = self.state();
        for link in &mut state.links {
            link.broken = true;
        }
        (state.streams, state.door, state.door_rings) = (Vec::new(), VecDeque::new(), false);
    }

    /// A client knocks; the number of its link.
    #[must_use]
    pub fn connect(&self) -> usize {
        let mut state = self.state();
        state.links.push(Link::default());
        let link = state.links.len() - 1;
        state.door.push_back(link);
        state.door_rings = true;
        link
    }

    /// Breaks a link: both ends find it broken.
    pub fn cut(&self, link: usize) {
        let link = &mut self.state().links[link];
        (link.broken, link.rings) = (true, (true, true));
    }

    /// Whether a link is broken.
    #[must_use]
    pub fn is_broken(&self, link: usize) -> bool {
        self.look().links[link].broken
    }

    /// What came for a client, at most so many bytes, and whether the venue's end has closed
    /// behind them.
    #[must_use]
    pub fn receive(&self, link: usize, most: usize) -> (Vec<u8>, bool) {
        let mut state = self.state();
        let capacity = state.manners.capacity;
        let link = &mut state.links[link];
        let count = link.down.here.len().min(most);
        let bytes: Vec<u8> = link.down.here.drain(..count).collect();
        if link.wants_room && link.down.used() <= capacity / 2 {
            (link.wants_room, link.rings.1) = (false, true);
        }
        (bytes, link.down.here.is_empty() && link.down.ended)
    }

    /// A client's bytes; how many were taken.
    #[must_use]
    pub fn send(&self, now: Moment, link: usize, bytes: &[u8]) -> usize {
        let mut state = self.state();
        let State { links, manners, prng, .. } = &mut *state;
        let pipe = &mut links[link].up;
        if pipe.end.is_some() {
            return bytes.len();
        }
        let count = bytes.len().min((64 * 1024usize).saturating_sub(pipe.used()));
        pipe.send(now, &bytes[..count], manners, prng);
        count
    }

    /// A client closes its side.
    pub fn shut(&self, now: Moment, link: usize) {
        self.state().links[link].up.shut(now);
    }

    /// Bytes on their way to a client and not read by it.
    #[must_use]
    pub fn waiting(&self, link: usize) -> usize {
        self.look().links[link].down.used()
    }
}

impl SimStreams {
    /// Takes what is ready; whether something came for a client.
    fn gather(&self, ready: &mut Vec<Ready>) -> bool {
        let mut state = self.net.state();
        let came = state.deliver(self.clock.now());
        if std::mem::take(&mut state.door_rings) {
            ready.push(Ready::Door);
        }
        for link in &mut state.links {
            let (readable, writable) = link.rings;
            if let (Some(stream), true) = (link.stream, readable || writable) {
                link.rings = (false, false);
                let closed = link.up.ended || link.broken;
                ready.push(Ready::Stream { id: StreamId(stream), readable, writable, closed });
            }
        }
        came
    }
}

impl Streams for SimStreams {
    fn poll(&mut self, wait: Option<Duration>, ready: &mut Vec<Ready>) -> io::Result<()> {
        let micros = 1 + self.net.state().prng.below(20);
        self.clock.pass(Duration::from_micros(micros));
        let came = self.gather(ready);
        let wait = wait.unwrap_or(Duration::MAX);
        if ready.is_empty() && !came && !wait.is_zero() {
            let state = self.net.look();
            let until = (self.clock.now() + wait).min(state.horizon);
            let until = state.next().map_or(until, |next| until.min(next));
            drop(state);
            self.clock.pass_until(until);
            self.gather(ready);
        }
        Ok(())
    }

    fn accept(&mut self) -> io::Result<Option<(StreamId, SocketAddr)>> {
        let mut state = self.net.state();
        if state.refusals > 0 && !state.door.is_empty() {
            state.refusals -= 1;
            return Err(io::ErrorKind::Other.into());
        }
        let Some(link) = state.door.pop_front() else { return Ok(None) };
        let free = state.streams.iter().position(Option::is_none);
        let stream = free.unwrap_or(state.streams.len());
        if stream == state.streams.len() {
            state.streams.push(None);
        }
        state.streams[stream] = Some(link);
        state.links[link].stream = Some(stream);
        state.links[link].rings = (true, true);
        let port = u16::try_from(10_000 + link % 50_000).expect("a number of 16 bits");
        Ok(Some((StreamId(stream), SocketAddr::from(([127, 0, 0, 1], port)))))
    }

    fn read(&mut self, id: StreamId, buffer: &mut [u8]) -> io::Result<usize> {
        let mut state = self.net.state();
        let link = state.link(id);
        if link.broken {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        let pipe = &mut link.up;
        if pipe.here.is_empty() {
            return if pipe.ended { Ok(0) } else { Err(io::ErrorKind::WouldBlock.into()) };
        }
        let count = pipe.here.len().min(buffer.len());
        for (place, byte) in buffer.iter_mut().zip(pipe.here.drain(..count)) {
            *place = byte;
        }
        Ok(count)
    }

    fn write(&mut self, id: StreamId, bytes: &[u8]) -> io::Result<usize> {
        let now = self.clock.now();
        let mut state = self.net.state();
        state.link(id);
        let State { links, streams, manners, prng, .. } = &mut *state;
        let link = &mut links[streams[id.0].expect("it was looked at just now")];
        if link.broken {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let room = manners.capacity.saturating_sub(link.down.used());
        if room == 0 {
            link.wants_room = true;
            return Err(io::ErrorKind::WouldBlock.into());
        }
        if prng.chance(manners.refusals) {
            // There is room again before anybody can look.
            link.rings.1 = true;
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let most = room.min(bytes.len());
        let count = if prng.chance(manners.cuts) { 1 + prng.place(most) } else { most };
        link.down.send(now, &bytes[..count], manners, prng);
        Ok(count)
    }

    fn shut(&mut self, id: StreamId) {
        let now = self.clock.now();
        self.net.state().link(id).down.shut(now);
    }

    fn close(&mut self, id: StreamId) {
        let now = self.clock.now();
        let mut state = self.net.state();
        let link = state.link(id);
        link.down.shut(now);
        link.stream = None;
        state.streams[id.0] = None;
    }
}
