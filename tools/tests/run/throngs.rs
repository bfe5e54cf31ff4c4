//! Connections by the thousand: held, or told why not; and others, who are served meanwhile.
//!
//! `OUTCRY_EFFORT=10` makes 20,000 of them in place of 2,000.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::net::{AddressFamily, SocketAddrAny, SocketType, bind, connect, socket};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::kit::ouch::{buy, sell};
use crate::kit::{Broker, Folder, Login, Packet, SOON, Setup, Venue, number, wait_for};

/// Connections of a throng.
const THRONG: usize = 2_000;
/// Ports that a day may have, some left for others.
const MOST_PORTS: usize = 16_000;
/// Files that a process with a throng has open beside it.
const OTHER_FILES: usize = 300;
/// Connections from one address: there are not ports enough for all.
const OF_ADDRESS: usize = 10_000;

/// As many as are wanted, or as the system lets a process have open.
fn throng() -> usize {
    let effort = usize::try_from(number("OUTCRY_EFFORT").unwrap_or(1)).expect("it is small");
    let wanted = THRONG * effort.clamp(1, 10);
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).expect("it is allowed");
    let allowed = maximum.and_then(|files| usize::try_from(files).ok()).unwrap_or(usize::MAX);
    let count = wanted.min(allowed.saturating_sub(OTHER_FILES));
    if count < wanted {
        println!("skipped in part: {wanted} connections need more open files (ulimit -Hn)");
    }
    count
}

/// One of many: nothing of it is kept but how it stands.
struct Face {
    stream: TcpStream,
    said: Vec<u8>,
    is_closed: bool,
}

impl Face {
    fn connect(address: SocketAddr, number: usize) -> Self {
        let stream = socket(AddressFamily::INET, SocketType::STREAM, None).expect("files enough");
        let other = u8::try_from(number / OF_ADDRESS).expect("they are not so many");
        if other > 0 {
            let from = Ipv4Addr::new(127, 0, 0, 1 + other);
            bind(&stream, &SocketAddr::from((from, 0))).expect("loopback has many addresses");
        }
        connect(&stream, &SocketAddrAny::from(address)).expect("the venue listens");
        let stream = TcpStream::from(stream);
        stream.set_nonblocking(true).expect("a socket can be set so");
        Face { stream, said: Vec::new(), is_closed: false }
    }

    fn log_in(&mut self, username: &str) {
        let packet = Login::new(username).packet();
        self.stream.write_all(&packet).expect("there is room for a login");
    }

    /// Takes what has come.
    fn look(&mut self) {
        let mut bytes = [0; 4_096];
        while !self.is_closed {
            match self.stream.read(&mut bytes) {
                Ok(0) => self.is_closed = true,
                Ok(count) => self.said.extend_from_slice(&bytes[..count]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) => panic!("torn, not closed: {error}; it was told {:?}", self.said),
            }
        }
    }

    /// Whether it was told these words, and everything is over then.
    fn is_told(&self, words: &str) -> bool {
        let said = String::from_utf8_lossy(&self.said);
        assert!(!self.is_closed || said.contains(words), "closed without a reason: {said:?}");
        self.is_closed
    }

    /// The types of the packets that came.
    fn kinds(&self) -> Vec<u8> {
        let (mut kinds, mut rest) = (Vec::new(), self.said.as_slice());
        while let Some((&length, more)) = rest.split_first_chunk() {
            let (packet, more) = more.split_at(u16::from_be_bytes(length).into());
            kinds.push(packet[0]);
            rest = more;
        }
        kinds
    }
}

/// Looks at all until so many at most are neither told `words` nor closed.
fn wait_until_told(faces: &mut [Face], words: &str, held: usize) -> Duration {
    let start = Instant::now();
    loop {
        faces.iter_mut().for_each(Face::look);
        let open = faces.iter().filter(|face| !face.is_told(words)).count();
        if open <= held {
            return start.elapsed();
        }
        assert!(start.elapsed() < 2 * SOON, "{open} are neither held nor told");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Tells, also when a test fails, that it is over.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What brokers see while something happens: the longest that an order waited, and a login.
fn meanwhile<T>(venue: &Venue, what: impl FnOnce() -> T) -> (T, [Duration; 2]) {
    let address = venue.address();
    let is_over = AtomicBool::new(false);
    let go_on = || !is_over.load(Ordering::Relaxed);
    thread::scope(|scope| {
        let orders = scope.spawn(|| {
            let mut p2 = Broker::login_fresh(address, "P2");
            let mut longest = Duration::ZERO;
            for n in (1..).take_while(|_| go_on()) {
                let asked = Instant::now();
                assert_eq!(p2.ask(&sell(n).at(110_000).bytes()).kind(), 'A');
                longest = longest.max(asked.elapsed());
                thread::sleep(Duration::from_micros(500));
            }
            longest
        });
        let logins = scope.spawn(|| {
            let mut p3 = Broker::login_fresh(address, "P3");
            let mut longest = Duration::ZERO;
            while go_on() {
                let asked = Instant::now();
                // It takes the place of the one before.
                p3 = Broker::login_fresh(address, "P3");
                longest = longest.max(asked.elapsed());
                thread::sleep(Duration::from_millis(20));
            }
            drop(p3);
            longest
        });
        // Both are logged in before others are.
        wait_for("two logins", || (venue.err().matches("logged in").count() >= 2).then_some(()));
        let over = Over(&is_over);
        let done = what();
        drop(over);
        let longest = [orders, logins].map(|each| each.join().expect("brokers are served"));
        (done, longest)
    })
}

/// A venue with this many users U1, U2 .. beside the usual ones.
fn venue(users: usize, order_entry: &str) -> (Venue, Folder) {
    let folder = Folder::new();
    let mut setup = Setup::new().with_order_entry(order_entry).with_durability("os");
    if users > 0 {
        setup.ports.push(Setup::port("U", "FRM5", &format!("count = {users}")));
        setup.limits = format!("ports = {}", users + 64);
    }
    let venue = Venue::start(&setup, &folder.join("data"));
    (venue, folder)
}

fn report(what: &str, count: usize, longest: [Duration; 2], bytes: u64) {
    let [order, login] = longest;
    println!(
        "{count} {what}: an order waited {order:?} at most, a login {login:?}; \
         {} bytes of memory each",
        bytes / count as u64
    );
}

#[test]
fn strangers_by_the_thousand_are_told_and_keep_nobody_out() {
    let count = throng();
    let (venue, _folder) = venue(0, "max_connections = 4\nlogin_timeout = \"60s\"");
    let before = venue.memory();
    let words = "too many connections wait to log in";
    let (faces, longest) = meanwhile(&venue, || {
        let connect = |number| Face::connect(venue.address(), number);
        let mut faces: Vec<Face> = (0..count).map(connect).collect();
        let took = wait_until_told(&mut faces, words, 64);
        println!("the last of {count} strangers was told after {took:?}");
        // The throng is still there: nobody of it has closed.
        thread::sleep(Duration::from_millis(500));
        faces
    });
    report("strangers", count, longest, venue.memory().saturating_sub(before));
    assert!(longest[0] < Duration::from_secs(2), "an order waited {:?}", longest[0]);
    assert!(longest[1] < Duration::from_secs(5), "a login waited {:?}", longest[1]);
    // Few are there at a time, so the memory of few is taken.
    assert!(venue.memory() < before + (8 << 20), "{before} bytes, now {}", venue.memory());
    drop(faces);
    let mut p1 = Broker::login_fresh(venue.address(), "P1");
    assert_eq!(p1.ask(&buy(1).bytes()).kind(), 'A');
}

#[test]
fn logins_beyond_the_most_are_told_and_those_within_are_served() {
    let count = throng().min(MOST_PORTS);
    let (venue, _folder) = venue(count, "max_connections = 100\nmax_pending = 64");
    // Some come faster than logins are kept.
    let words = "too many connections";
    let before = venue.memory();
    let (faces, longest) = meanwhile(&venue, || {
        let mut faces = Vec::new();
        for number in 0..count {
            let mut face = Face::connect(venue.address(), number);
            face.log_in(&format!("U{:<5}", number + 1));
            faces.push(face);
        }
        wait_until_told(&mut faces, words, 100);
        faces
    });
    report("logins", count, longest, venue.memory().saturating_sub(before));
    let held = faces.iter().filter(|face| !face.is_closed).count();
    // P2 and P3 are two of the hundred.
    assert_eq!(held, 98);
    assert!(longest[0] < Duration::from_secs(2), "an order waited {:?}", longest[0]);
}

#[test]
fn thousands_are_held_and_hear_heartbeats_while_another_trades() {
    let count = throng().min(MOST_PORTS);
    let most = format!("max_connections = {}\nidle_timeout = \"60s\"", count + 10);
    let (venue, _folder) = venue(count, &most);
    let before = venue.memory();
    let (faces, longest) = meanwhile(&venue, || {
        let mut faces = Vec::new();
        for number in 0..count {
            let mut face = Face::connect(venue.address(), number);
            face.log_in(&format!("U{:<5}", number + 1));
            faces.push(face);
            // No more at a time than may wait.
            while number % 32 == 31 && faces.last().is_some_and(|face| face.said.is_empty()) {
                faces.last_mut().expect("one was added").look();
            }
        }
        let bytes = venue.memory().saturating_sub(before);
        thread::sleep(Duration::from_millis(3_200));
        faces.iter_mut().for_each(Face::look);
        (faces, bytes)
    });
    let (faces, bytes) = faces;
    report("logged in", count, longest, bytes);
    for face in &faces {
        let kinds = face.kinds();
        assert!(!face.is_closed && kinds.starts_with(b"AS"), "{kinds:?}");
        let beats = kinds.iter().filter(|kind| **kind == b'H').count();
        assert!(beats >= 2, "{beats} heartbeats in three seconds");
    }
    assert!(bytes / (count as u64) < 10_000, "{bytes} bytes of memory for {count}");
    assert!(longest[0] < Duration::from_secs(2), "an order waited {:?}", longest[0]);
    assert!(longest[1] < Duration::from_secs(5), "a login waited {:?}", longest[1]);
    let mut back = Broker::login(venue.address(), "U1    ".trim());
    assert!(matches!(back.packet(), Packet::Message(_)));
}
