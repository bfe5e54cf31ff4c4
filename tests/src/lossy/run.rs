//! A receiver at the end of the ways.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::time::Duration;

use mdfeed::receiver::{Config, Counts, Event, Origin, Receiver, Start};
use protocol_spec::wire::mold::{Header, Packet, Request};
use protocol_spec::words::{FeedNo, Moment};

use super::course::{Course, SESSION};
use super::faults::{Fault, Way, What};
use super::witness::{Begin, Witness};

/// How long a packet is under way that nothing happens to.
const LATENCY: Duration = Duration::from_micros(100);
/// How much longer than the farewell a receiver may take.
const LIMIT: Duration = Duration::from_secs(5);
/// Packets that come later than this behind others may take a claim back.
pub const REORDERING: Duration = Duration::from_millis(50);

/// What a lie names.
const FAR: FeedNo = FeedNo(1 << 40);

/// Who looks at the messages, as they are told.
pub type Look<'a> = &'a mut dyn FnMut(FeedNo, &[u8]);

/// One receiver that joins a course.
#[derive(Clone, Copy, Debug)]
pub struct Listener {
    /// When it begins to listen: what came before is not heard.
    pub join: Moment,
    /// What it is told.
    pub config: Config,
}

/// When a packet comes, its place among all that were sent, its way, its bytes.
type UnderWay = (Moment, usize, Way, Vec<u8>);

/// Packets on their way, the first to come first.
#[derive(Debug, Default)]
struct Network {
    faults: BTreeMap<(Way, usize), Vec<What>>,
    /// How many packets were sent on each way.
    sent: BTreeMap<Way, usize>,
    /// By time, then in the order in which they were sent.
    under_way: BinaryHeap<Reverse<UnderWay>>,
    count: usize,
}

impl Network {
    fn new(faults: &[Fault]) -> Self {
        let mut network = Network::default();
        for Fault { way, packet, what } in faults {
            network.faults.entry((*way, *packet)).or_default().push(*what);
        }
        network
    }

    /// Sends the next packet of a way, unless nobody is there to hear it.
    fn send(&mut self, now: Moment, way: Way, bytes: &[u8], is_heard: bool) {
        let place = self.sent.entry(way).or_default();
        let faults = self.faults.get(&(way, *place)).cloned().unwrap_or_default();
        *place += 1;
        let mut copies = vec![(now + LATENCY, bytes.to_vec())];
        for what in faults {
            let Some((at, copy)) = copies.first_mut() else { break };
            match what {
                What::Drop => copies.clear(),
                What::Delay(by) => *at = *at + by,
                What::Truncate(to) => copy.truncate(to % bytes.len()),
                What::Double(after) => {
                    let twin = (*at + after, copy.clone());
                    copies.push(twin);
                }
                What::Flip(bit) if !copy.is_empty() => {
                    let bit = bit % (8 * copy.len());
                    let sum = checksum(copy);
                    copy[bit / 8] ^= 1 << (bit % 8);
                    // The receiving system throws it away.
                    if checksum(copy) != sum {
                        copies.clear();
                    }
                }
                What::Flip(_) => {}
                What::Lie => *copy = far_heartbeat(),
            }
        }
        for (at, copy) in copies.into_iter().filter(|_| is_heard) {
            self.count += 1;
            self.under_way.push(Reverse((at, self.count, way, copy)));
        }
    }

    fn next_time(&self) -> Option<Moment> {
        self.under_way.peek().map(|Reverse((at, ..))| *at)
    }

    fn pop(&mut self, now: Moment) -> Option<(Way, Vec<u8>)> {
        self.next_time().filter(|at| *at <= now)?;
        self.under_way.pop().map(|Reverse((.., way, bytes))| (way, bytes))
    }
}

fn far_heartbeat() -> Vec<u8> {
    Header { session: SESSION, number: FAR, count: 0 }.to_bytes().to_vec()
}

/// The sum of UDP: words of two bytes, the carry added again.
fn checksum(bytes: &[u8]) -> u16 {
    bytes.chunks(2).fold(0, |sum: u16, pair| {
        let word = u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]);
        let (sum, carry) = sum.overflowing_add(word);
        sum + u16::from(carry)
    })
}

/// Lets a receiver listen to a course with these faults until it says that the session has ended.
///
/// # Errors
/// What it told that is not true, or did not do.
pub fn run(
    course: &Course<'_>,
    faults: &[Fault],
    listener: Listener,
    look: Look<'_>,
) -> Result<Counts, String> {
    let Listener { join, config } = listener;
    let mut network = Network::new(faults);
    for (way, packets) in [(Way::A, &course.lines[0]), (Way::B, &course.lines[1])] {
        let is_line = way == Way::A || config.lines > 1;
        packets.iter().for_each(|(at, packet)| {
            network.send(*at, way, packet, is_line && *at >= join);
        });
    }
    let mut receiver = Receiver::new(join, config);
    let lies = faults.iter().any(|fault| fault.what == What::Lie);
    let farthest = if lies { FAR } else { FeedNo(course.truth.count() + 1) };
    let mut witness = Witness::new(course.truth, farthest);
    let (mut now, mut begin) = (join, None);
    while !witness.has_ended {
        let deadline = receiver.poll_timeout();
        let next = [network.next_time(), deadline].into_iter().flatten().min();
        let next = next.ok_or("nothing more happens, and the end was not told")?;
        now = now.max(next);
        check(now <= course.end() + LIMIT, || "the end was not told in time".to_owned())?;
        while let Some((way, bytes)) = network.pop(now) {
            let origin = match way {
                Way::A => Origin::Line(0),
                Way::B => Origin::Line(1),
                Way::Answer => Origin::Answer,
                Way::Request => {
                    if let Some(answer) = course.answer(now, &bytes) {
                        network.send(now, Way::Answer, &answer, true);
                    }
                    continue;
                }
            };
            begin = begin.or_else(|| begins(config.start, &bytes));
            receiver.on_packet(now, origin, &bytes);
            listen(&mut receiver, &mut witness, begin, look)?;
            ask(&mut receiver, &config, now, &mut network)?;
        }
        receiver.on_timeout(now);
        listen(&mut receiver, &mut witness, begin, look)?;
        ask(&mut receiver, &config, now, &mut network)?;
        let is_idle = deadline.is_some_and(|at| at <= now) && receiver.poll_timeout() == deadline;
        check(!is_idle, || format!("the deadline {deadline:?} stays"))?;
    }
    sums(receiver.counts(), &witness, begin, course, faults)?;
    Ok(receiver.counts().clone())
}

/// Where a stream has to begin whose first packet this is.
fn begins(start: Start, datagram: &[u8]) -> Option<Begin> {
    let packet = Packet::decode(datagram).ok()?;
    Some(Begin(match start {
        Start::First => FeedNo(1),
        Start::Next => packet.number,
        Start::At(number) => number,
    }))
}

fn listen(
    receiver: &mut Receiver,
    witness: &mut Witness<'_>,
    begin: Option<Begin>,
    look: Look<'_>,
) -> Result<(), String> {
    while let Some(event) = receiver.poll_event() {
        if let Event::Messages(run) = &event {
            run.clone().for_each(|(number, message)| look(number, message));
        }
        witness.on(event, begin)?;
    }
    Ok(())
}

fn ask(
    receiver: &mut Receiver,
    config: &Config,
    now: Moment,
    network: &mut Network,
) -> Result<(), String> {
    check(receiver.waiting_bytes() <= config.buffer, || "more waits than may".to_owned())?;
    let mut asked = 0;
    while let Some(request) = receiver.poll_request(now) {
        check(config.can_ask, || format!("{request:?} of one that cannot ask"))?;
        check((1..=config.chunk).contains(&request.count), || format!("{request:?}"))?;
        asked += 1;
        check(asked <= config.in_flight, || format!("{asked} requests at once"))?;
        let mut bytes = [0; Request::LEN];
        request.encode(&mut bytes);
        network.send(now, Way::Request, &bytes, true);
    }
    Ok(())
}

/// What was counted adds up to what was told.
fn sums(
    counts: &Counts,
    witness: &Witness<'_>,
    begin: Option<Begin>,
    course: &Course<'_>,
    faults: &[Fault],
) -> Result<(), String> {
    let Begin(first) = begin.ok_or("nothing was heard")?;
    let told = course.truth.count() + 1 - first.0;
    check(counts.total().messages == told, || format!("{told} were told: {counts:?}"))?;
    let ended = counts.recovered + counts.retracted;
    check(counts.gaps == ended && counts.gave_up == 0, || format!("gaps: {counts:?}"))?;
    let may_err = faults.iter().any(|fault| match fault.what {
        What::Double(by) | What::Delay(by) => by >= REORDERING,
        What::Lie => true,
        _ => false,
    });
    check(may_err || witness.retracted == 0, || "a gap was taken back that was one".to_owned())
}

fn check(holds: bool, else_say: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(else_say()) }
}
