//! A bad line: what goes through it is lost, comes twice, late or in another order.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::tap::{join, receive_from};
use super::{Chance, Channel, free_port};

/// How bad it is, in hundredths.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weather {
    /// How many packets are lost, bursts not counted.
    pub(crate) lost: u64,
    /// How many are lost with up to 40 behind them, or all until there is a pause.
    pub(crate) bursts: u64,
    pub(crate) twice: u64,
    /// How many come behind up to 8 of their followers.
    pub(crate) late: u64,
}

/// Both lines and the way of requests, through bad weather. It ends when this goes.
#[derive(Debug)]
pub(crate) struct Relay {
    /// Where the lines come out.
    pub(crate) lines: [SocketAddr; 2],
    /// Where requests go in.
    pub(crate) rerequest: SocketAddrV4,
    is_over: Arc<AtomicBool>,
    tally: Arc<Tally>,
    threads: Vec<JoinHandle<()>>,
}

/// What became of packets, in all directions.
#[derive(Debug, Default)]
struct Tally {
    taken: AtomicU64,
    lost: AtomicU64,
}

/// What sends a packet on, and hears who sent it here.
type Way = Box<dyn Fn(&[u8], SocketAddr) + Send>;

impl Relay {
    /// Between a venue's channel and a receiver that listens to [`Relay::lines`].
    pub(crate) fn start(channel: &Channel, seed: u64, weather: Weather) -> Self {
        let here = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let bound = || UdpSocket::bind(here(0)).expect("the system has ports");
        let lines = [here(free_port()), here(free_port())];
        let (front, back) = (bound(), bound());
        let SocketAddr::V4(rerequest) = front.local_addr().expect("it is bound") else {
            panic!("it is bound to an IPv4 address");
        };
        let mut relay = Relay {
            lines,
            rerequest,
            is_over: Arc::default(),
            tally: Arc::default(),
            threads: Vec::new(),
        };
        let mut chance = Chance::of(seed);
        let mut through = |from: UdpSocket, way: Way| {
            relay.through(from, Wind::new(weather, chance.next()), way);
        };
        for (group, to) in channel.lines.into_iter().zip(lines) {
            let out = bound();
            let way = Box::new(move |packet: &[u8], _| send(&out, packet, to));
            through(join(group, channel.interface), way);
        }
        // There is one receiver, and its address is that of its last request.
        let asker = Arc::new(Mutex::new(None));
        let (asked, answers) = (Arc::clone(&asker), twin(&front));
        let (asks, venue) = (twin(&back), SocketAddr::from(channel.rerequest));
        let asking = move |request: &[u8], from| {
            *asker.lock().expect("nobody panics with it") = Some(from);
            send(&asks, request, venue);
        };
        let answering = move |answer: &[u8], _| {
            if let Some(to) = *asked.lock().expect("nobody panics with it") {
                send(&answers, answer, to);
            }
        };
        through(front, Box::new(asking));
        through(back, Box::new(answering));
        relay
    }

    fn through(&mut self, from: UdpSocket, mut wind: Wind, way: Way) {
        let (is_over, tally) = (Arc::clone(&self.is_over), Arc::clone(&self.tally));
        from.set_read_timeout(Some(Duration::from_millis(5))).expect("it is more than 0");
        self.threads.push(thread::spawn(move || {
            let mut buffer = vec![0; 65_536];
            while !is_over.load(Ordering::Relaxed) {
                match receive_from(&from, &mut buffer) {
                    Some((count, source)) => {
                        tally.taken.fetch_add(1, Ordering::Relaxed);
                        wind.blow(&buffer[..count], source, &tally, &way);
                    }
                    // Nobody comes who could pass the late ones.
                    None => wind.calm(&way),
                }
            }
        }));
    }

    /// How many packets were taken in, and how many of them were lost.
    pub(crate) fn tally(&self) -> (u64, u64) {
        let Tally { taken, lost } = &*self.tally;
        (taken.load(Ordering::Relaxed), lost.load(Ordering::Relaxed))
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let failed = thread.join().is_err();
            // A second panic would hide the first.
            assert!(!failed || thread::panicking(), "a relay failed");
        }
    }
}

/// The weather of one direction of one line.
struct Wind {
    weather: Weather,
    chance: Chance,
    /// Packets of a burst that are still to be lost.
    burst: u64,
    /// Packets that are late, and how many pass them yet.
    late: VecDeque<(u64, Vec<u8>, SocketAddr)>,
}

impl Wind {
    fn new(weather: Weather, seed: u64) -> Self {
        Wind { weather, chance: Chance::of(seed), burst: 0, late: VecDeque::new() }
    }

    /// A packet comes.
    fn blow(&mut self, packet: &[u8], source: SocketAddr, tally: &Tally, way: &Way) {
        let Weather { lost, bursts, twice, late } = self.weather;
        let (fate, many) = (self.chance.below(100), self.chance.next());
        if self.burst > 0 || fate < lost + bursts {
            if self.burst == 0 && fate < bursts {
                self.burst = 1 + many % 40;
            }
            self.burst = self.burst.saturating_sub(1);
            tally.lost.fetch_add(1, Ordering::Relaxed);
        } else if fate < lost + bursts + late {
            self.late.push_back((1 + many % 8, packet.to_vec(), source));
        } else {
            way(packet, source);
            if fate < lost + bursts + late + twice {
                way(packet, source);
            }
        }
        for (left, ..) in &mut self.late {
            *left -= 1;
        }
        while let Some(at) = self.late.iter().position(|(left, ..)| *left == 0) {
            let (_, packet, source) = self.late.remove(at).expect("it is there");
            way(&packet, source);
        }
    }

    /// No packet comes.
    fn calm(&mut self, way: &Way) {
        // Of one packet a second it would else lose most of a minute.
        self.burst = 0;
        for (_, packet, source) in self.late.drain(..) {
            way(&packet, source);
        }
    }
}

fn twin(socket: &UdpSocket) -> UdpSocket {
    socket.try_clone().expect("there are descriptors")
}

/// Sends a packet; who does not listen misses it.
fn send(socket: &UdpSocket, packet: &[u8], to: SocketAddr) {
    socket.send_to(packet, to).unwrap_or_default();
}
