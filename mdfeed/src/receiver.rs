//! Lines A and B, and what is fetched again, put together into one stream without a gap.
//!
//! The lines of a feed carry the same messages in packets that need not be the same, and any of
//! them may be lost, late, twice or out of order. A [`Receiver`] goes by the numbers of the
//! messages alone. It tells each message once and none before its turn; what is missing it waits
//! for, and asks for what no line will bring any more.
//!
//! ```text
//!   line A ──▶┐             ┌─ next in order ─▶ Queue ─▶ poll_event ─▶ Messages, Gap, Recovered ..
//!   line B ──▶├─ on_packet ─┤                     ▲
//!   answers ─▶┘             └─ too early ─▶ Held ─┘  as soon as what is before them has come
//!                                             │
//!                                           holes ─▶ Asks ─▶ poll_request ─▶ the server
//! ```
//!
//! It speaks the grammar of the sessions: inputs are `on_*(now, ..)`, outputs `poll_*`, the next
//! deadline is [`Receiver::poll_timeout`]. It knows no socket and no clock. After each input take
//! all events and all requests. Whoever was away reads what came before it calls
//! [`Receiver::on_timeout`]: a line is not silent because nobody listened.

mod asks;
mod config;
mod counts;
mod event;
mod held;
mod lines;
mod queue;
mod run;
mod strangers;
mod stream;

use protocol_spec::wire::mold::{Body, Header, Packet, Request, SessionId};
use protocol_spec::words::{FeedNo, Moment};

use asks::Asks;
use config::LONGEST_DATAGRAM;
use held::Held;
use lines::Lines;
use queue::Queue;
use run::length;
use strangers::Strangers;
use stream::{Chase, Condition, Stream};

pub use config::{Config, MAX_LINES, Origin, Start};
pub use counts::{Counts, Tally};
pub use event::{Event, State};
pub use protocol_spec::session::mold::Gap;
pub use run::Run;

/// Puts the packets of all lines, and the answers to requests, in order.
///
/// ```text
///            first packet                End of Session, nothing missing
///   Waiting ─────────────▶ Following ──────────────────────────────────────▶ Over
///                           │     ▲                                           │
///        a line is farther: │     │ Recovered: all of it was told             │
///                       Gap │     │ Retracted: there was none                 │
///                           ▼     │                                           │
///                          Missing ──▶ Missing: the next gap                  │
///                           │     ▲                                           │
///   nothing of it came for  │     │ skip_gap, or Retracted; to Following      │
///       `patience`: GaveUp  ▼     │ if nothing else is missing                │
///                          GaveUp ┘                                           │
///                                                                             │
///   Following ◀── a packet of another session: Session, from number 1 ────────┘
///                 or while ours is silent on every line: Abandoned, Session
/// ```
///
/// **How far the feed is** only the lines say, each by its latest packets; the farthest counts. A
/// line that goes back behind what it claimed has erred, and so has a gap that came of it. What is
/// held is bounded by [`Config::buffer`]: what is farthest goes first, and is fetched again when
/// its turn comes.
///
/// **A gap is asked for** as soon as every line that is heard is past it, and otherwise after
/// [`Config::grace`]: a line that is merely behind brings it for nothing. At most
/// [`Config::in_flight`] requests wait for an answer; each is repeated after a time that doubles.
///
/// **Another session** is foreign while ours is heard. It is taken from its first message on when
/// ours is over, or silent on every line. One that is over is never followed again.
#[derive(Debug)]
pub struct Receiver {
    config: Config,
    lines: Lines,
    held: Held,
    asks: Asks,
    queue: Queue,
    strangers: Strangers,
    counts: Counts,
    /// `None` until the first session is heard.
    stream: Option<Stream>,
}

impl Receiver {
    /// A receiver that has heard nothing until `now`.
    ///
    /// # Panics
    /// If it could not work as it is told to: it has no line or too many, its buffer takes not
    /// every packet, or nothing could ever be asked for.
    #[must_use]
    pub fn new(now: Moment, config: Config) -> Self {
        config.check();
        Receiver {
            config,
            lines: Lines::new(now, config.lines, config.silence),
            held: Held::default(),
            asks: Asks::new(&config),
            queue: Queue::default(),
            strangers: Strangers::default(),
            counts: Counts::new(config.lines),
            stream: None,
        }
    }

    /// A datagram came.
    ///
    /// # Panics
    /// If it came on a line that there is not.
    pub fn on_packet(&mut self, now: Moment, origin: Origin, datagram: &[u8]) {
        self.counts.of(origin).packets += 1;
        if self.queue.is_full() || self.queue.waiting() + datagram.len() > self.config.buffer {
            self.counts.crowded += 1;
            return;
        }
        let Some((packet, after)) = check(datagram) else {
            self.counts.of(origin).malformed += 1;
            return;
        };
        if !self.is_ours(packet.session) && !self.welcome(now, origin, &packet) {
            self.counts.of(origin).foreign += 1;
            return;
        }
        let is_lower = match origin {
            Origin::Line(line) => self.hear(now, line, &packet, after),
            Origin::Answer => false,
        };
        if let Body::Messages(_) = packet.body {
            self.take(now, origin, (packet.number, after), &datagram[Header::LEN..]);
        }
        if is_lower {
            self.forget_beyond_reach();
        }
        self.review(now);
    }

    /// Time has passed. Does nothing before [`Receiver::poll_timeout`].
    pub fn on_timeout(&mut self, now: Moment) {
        if self.state() == State::Over {
            return;
        }
        while let Some(line) = self.lines.fall_silent(now) {
            self.counts.lines[line].silent += 1;
            self.queue.tell(Event::Silent(line));
        }
        self.wait_on(now);
    }

    /// Goes on behind the gap that was given up; its messages are never told. Does nothing while
    /// no gap is given up.
    pub fn skip_gap(&mut self, now: Moment) {
        if let Some(Stream { next, condition, .. }) = &mut self.stream
            && let Condition::GaveUp(gap) = *condition
        {
            *next = gap.end;
            *condition = Condition::Following;
            self.drain(now);
            self.review(now);
        }
    }

    /// What came of the inputs; ask until there is nothing more.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<Event<'_>> {
        self.queue.poll()
    }

    /// Whether an event waits to be polled.
    #[must_use]
    #[inline]
    pub fn has_event(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Whether a packet of any length can be taken before events are polled. One that comes without
    /// room is dropped, and fetched again.
    #[must_use]
    #[inline]
    pub fn has_room(&self) -> bool {
        !self.queue.is_full() && self.queue.waiting() + LONGEST_DATAGRAM <= self.config.buffer
    }

    /// The next request to be sent to the server; ask until there is nothing more.
    #[must_use]
    pub fn poll_request(&mut self, now: Moment) -> Option<Request> {
        let Stream { session, next, condition: Condition::Missing(chase), .. } =
            self.stream.as_ref().filter(|_| self.config.can_ask)?
        else {
            return None;
        };
        let reach = self.lines.reach();
        let until = self.lines.passed().unwrap_or(reach).max(chase.due).min(reach);
        let repeated = self.asks.repeat(now, *next, &self.held);
        self.counts.repeated += u64::from(repeated.is_some());
        let wanted = repeated.or_else(|| self.asks.begin(now, *next, until, &self.held))?;
        self.counts.requests += 1;
        Some(request(*session, wanted))
    }

    /// When [`Receiver::on_timeout`] is to be called at the latest, and requests polled after it.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Moment> {
        let lines = self.lines.poll_timeout();
        match self.stream.as_ref().map(|stream| (stream.condition, stream.moved)) {
            None | Some((Condition::Following | Condition::GaveUp(_), _)) => lines,
            Some((Condition::Over, _)) => None,
            Some((Condition::Missing(chase), moved)) => {
                let passed = self.lines.passed();
                let is_behind = passed.is_some_and(|passed| passed < chase.noticed.0);
                let grace =
                    (is_behind && chase.is_waiting()).then(|| chase.noticed.1 + self.config.grace);
                let patience = self.config.patience.map(|patience| moved + patience);
                let asks = self.asks.poll_timeout();
                [lines, grace, patience, asks].into_iter().flatten().min()
            }
        }
    }

    /// How far it is.
    #[must_use]
    pub fn state(&self) -> State {
        match self.stream.as_ref().map(|stream| stream.condition) {
            None => State::Waiting,
            Some(Condition::Following) => State::Following,
            Some(Condition::Missing(chase)) => State::Missing(chase.gap),
            Some(Condition::GaveUp(gap)) => State::GaveUp(gap),
            Some(Condition::Over) => State::Over,
        }
    }

    /// The session that is followed, once one was heard.
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        self.stream.as_ref().map(|stream| stream.session)
    }

    /// The number of the message after all that were told or wait to be polled.
    #[must_use]
    pub fn next_number(&self) -> Option<FeedNo> {
        self.stream.as_ref().map(|stream| stream.next)
    }

    /// What happened so far.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Bytes that wait, to be polled or for messages before them; never more than
    /// [`Config::buffer`].
    #[must_use]
    pub fn waiting_bytes(&self) -> usize {
        self.queue.waiting() + self.held.bytes()
    }

    fn is_ours(&self, session: SessionId) -> bool {
        self.stream.as_ref().is_some_and(|stream| stream.session == session)
    }

    /// A packet of a session that is not followed: the session is begun, or is a stranger's.
    #[cold]
    fn welcome(&mut self, now: Moment, origin: Origin, packet: &Packet<'_>) -> bool {
        let theirs = packet.session;
        let is_wanted = match &self.stream {
            None => self.config.session.is_none_or(|wanted| wanted == theirs),
            Some(Stream { condition: Condition::Over, .. }) => true,
            Some(_) => self.lines.are_silent(),
        };
        if origin == Origin::Answer || !is_wanted || self.strangers.was_over(theirs) {
            if self.strangers.is_new(theirs) {
                self.queue.tell(Event::Foreign(theirs));
            }
            return false;
        }
        let first = match self.stream.take() {
            None => match self.config.start {
                Start::First => FeedNo(1),
                Start::Next => packet.number,
                Start::At(number) => number,
            },
            Some(Stream { session, next, condition, .. }) => {
                match condition {
                    Condition::Over => self.strangers.on_over(session),
                    _ => self.queue.tell(Event::Abandoned { session, next }),
                }
                self.lines.restart(now);
                self.held.clear();
                self.asks.clear();
                FeedNo(1)
            }
        };
        self.strangers.forget();
        self.queue.tell(Event::Session(theirs, first));
        let condition = Condition::Following;
        self.stream =
            Some(Stream { session: theirs, next: first, end: None, condition, moved: now });
        true
    }

    /// What a packet says of its line, and whether it takes back how far the feed is.
    fn hear(&mut self, now: Moment, line: usize, packet: &Packet<'_>, after: FeedNo) -> bool {
        let stream = self.stream.as_mut().expect("the packet's session is followed");
        let is_news = match packet.body {
            Body::Messages(_) => after > stream.next,
            Body::Heartbeat | Body::EndOfSession => after >= stream.next,
        };
        if packet.body == Body::EndOfSession {
            stream.end = Some(after);
        } else if stream.end.is_some_and(|end| after > end) {
            stream.end = None;
        }
        let hearing = self.lines.hear(now, line, (packet.number, after), is_news);
        self.counts.lines[line].gaps += u64::from(hearing.is_gap);
        if hearing.is_back {
            self.queue.tell(Event::Heard(line));
        }
        hearing.is_lower
    }

    /// The farthest line has erred: what it brought, and cannot be told by now, is no part of the
    /// stream and is not asked for.
    fn forget_beyond_reach(&mut self) {
        self.held.cut(self.lines.reach());
        self.asks.clear();
    }

    /// The messages of a packet are told, held or known already.
    fn take(
        &mut self,
        now: Moment,
        origin: Origin,
        (number, after): (FeedNo, FeedNo),
        blocks: &[u8],
    ) {
        let stream = self.stream.as_ref().expect("the packet's session is followed");
        let (next, count) = (stream.next, after.0 - number.0);
        let is_over = matches!(stream.condition, Condition::Over);
        let stale = if is_over { count } else { next.0.saturating_sub(number.0).min(count) };
        self.counts.of(origin).duplicates += stale;
        if stale == count {
            return;
        }
        let (first, fresh) = (number.plus(stale), &blocks[length(blocks, stale)..]);
        let room = self.config.buffer - self.queue.waiting();
        if first == next && !matches!(stream.condition, Condition::GaveUp(_)) {
            // What is held may be told by this, and then waits as well.
            self.counts.crowded += self.held.shrink(room - fresh.len());
            self.tell(now, origin, after, fresh);
            self.drain(now);
        } else {
            let is_kept = self.hold((now, origin), (first, after), fresh, room);
            if !is_kept {
                return;
            }
        }
        if origin == Origin::Answer {
            self.asks.on_answer(number, after);
        }
    }

    /// Keeps messages for later, in so much room. Says whether all was kept: what was dropped for
    /// want of room would else be asked for at once, again and again.
    fn hold(
        &mut self,
        (now, origin): (Moment, Origin),
        (first, after): (FeedNo, FeedNo),
        blocks: &[u8],
        room: usize,
    ) -> bool {
        if after > self.lines.reach() {
            // An answer to what nobody has claimed.
            return false;
        }
        let count = after.0 - first.0;
        let taken = self.held.insert(now, origin, (first, count), blocks);
        self.counts.of(origin).duplicates += count - taken;
        let dropped = self.held.shrink(room);
        self.counts.crowded += dropped;
        dropped == 0
    }

    /// Tells the next messages, up to the one before `after`.
    #[inline]
    fn tell(&mut self, now: Moment, origin: Origin, after: FeedNo, blocks: &[u8]) {
        let stream = self.stream.as_mut().expect("it has messages");
        let first = stream.next;
        if let Condition::Missing(chase) = &mut stream.condition {
            stream.moved = now;
            let healed = chase.gap.end.min(after).0.saturating_sub(first.0);
            self.counts.heal(origin, healed);
        }
        stream.next = after;
        self.counts.of(origin).messages += after.0 - first.0;
        self.queue.messages(first, after.0 - first.0, blocks);
    }

    /// Tells what is held and comes next.
    fn drain(&mut self, now: Moment) {
        while let Some(next) = self.next_number()
            && let Some(piece) = self.held.pop_until(next)
        {
            let stale = (next.0 - piece.first.0).min(piece.count);
            self.counts.of(piece.origin).duplicates += stale;
            if stale < piece.count {
                let after = piece.first.plus(piece.count);
                let fresh = &piece.blocks[length(&piece.blocks, stale)..];
                self.tell(now, piece.origin, after, fresh);
            }
        }
    }

    /// A gap has been waited for until `now`: for the line that is behind, and at all.
    fn wait_on(&mut self, now: Moment) {
        let (config, reach) = (self.config, self.lines.reach());
        let Some(Stream { next, condition, moved, .. }) = &mut self.stream else { return };
        let Condition::Missing(chase) = condition else { return };
        if chase.noticed.1 + config.grace <= now {
            chase.due = chase.noticed.0;
            chase.notice(now, reach);
        }
        if config.patience.is_some_and(|patience| *moved + patience <= now) {
            let gap = self.held.hole(*next, reach).expect("a gap is missing before the reach");
            *condition = Condition::GaveUp(gap);
            self.asks.clear();
            self.counts.gave_up += 1;
            self.queue.tell(Event::GaveUp(gap));
        }
    }

    /// Looks at what is missing, after anything that may have changed it.
    #[inline]
    fn review(&mut self, now: Moment) {
        let reach = self.lines.reach();
        match &self.stream {
            Some(Stream { condition: Condition::Following, next, end, .. })
                if *next >= reach && *end != Some(*next) => {}
            Some(_) => self.settle(now, reach),
            None => {}
        }
    }

    /// Ends the gap that was told, if it is over, and begins the next, if there is one.
    fn settle(&mut self, now: Moment, reach: FeedNo) {
        let Some(Stream { next, condition, .. }) = &mut self.stream else { return };
        let mut before = None;
        match condition {
            Condition::Over => return,
            Condition::Following => {}
            Condition::Missing(chase) if *next >= chase.gap.end => {
                self.counts.recovered += 1;
                self.queue.tell(Event::Recovered(chase.gap));
                before = Some(*chase);
            }
            Condition::Missing(Chase { gap, .. }) | Condition::GaveUp(gap) if reach < gap.end => {
                self.counts.retracted += 1;
                self.queue.tell(Event::Retracted(*gap));
                self.asks.clear();
            }
            Condition::Missing(chase) => {
                chase.notice(now, reach);
                self.asks.on_progress(*next, &self.held);
                return;
            }
            Condition::GaveUp(_) => return,
        }
        *condition = Condition::Following;
        // What came while a gap was given up may be next.
        self.drain(now);
        self.begin(now, reach, before);
    }

    /// Begins the next gap, or ends the session, or simply goes on.
    fn begin(&mut self, now: Moment, reach: FeedNo, before: Option<Chase>) {
        let Some(Stream { next, end, condition, moved, .. }) = &mut self.stream else { return };
        if let Some(gap) = self.held.hole(*next, reach) {
            let (due, noticed) =
                before.map_or((FeedNo(0), (reach, now)), |it| (it.due, it.noticed));
            // Patience does not begin anew with each gap: it has been seen for as long.
            *moved = self.held.came(gap.end).map_or(now, |came| came.max(*moved));
            let mut chase = Chase { gap, due, noticed };
            chase.notice(now, reach);
            *condition = Condition::Missing(chase);
            self.counts.gaps += 1;
            self.queue.tell(Event::Gap(gap));
        } else if *end == Some(*next) {
            *condition = Condition::Over;
            self.queue.tell(Event::EndOfSession(*next));
        }
        self.asks.on_progress(*next, &self.held);
    }
}

/// A packet whose numbers are possible, and the number after it.
#[inline]
fn check(datagram: &[u8]) -> Option<(Packet<'_>, FeedNo)> {
    let packet = Packet::decode(datagram).ok()?;
    let after = packet.next()?;
    (packet.number.0 > 0).then_some((packet, after))
}

fn request(session: SessionId, wanted: Gap) -> Request {
    let count = u16::try_from(wanted.count()).expect("a chunk is so many at most");
    Request { session, number: wanted.first, count }
}

#[cfg(test)]
mod tests;
