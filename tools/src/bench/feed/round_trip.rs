//! How long it is until a message that was lost is there again, beside a bare echo.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};

use protocol_spec::wire::mold::{Header, Request, SessionId};
use protocol_spec::words::FeedNo;

use crate::bench::Spread;
use crate::cores::Waiting;

/// Messages that are asked for at once: as many as fill a packet.
const COUNT: u16 = 30;
/// How long nothing is asked before each request: whoever answers is asleep then, as one is that is
/// asked now and then. Without it the one that is asked second is woken while the first still runs.
const PAUSE: Duration = Duration::from_micros(100);
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Round trips of both kinds, in turns.
#[derive(Clone, Debug, Default)]
pub struct RoundTrips {
    /// To the venue: a request, and a packet of messages.
    pub venue: Spread,
    /// To an echo, which answers a datagram of the request's length with one of the packet's.
    pub echo: Spread,
    /// Bytes of the packets, on the average.
    pub bytes: f64,
}

/// Asks the venue at `address` for messages of its session, and in turns an echo for as many bytes.
/// Both ends of it wait as the venue does: the one who asks spins, the one who answers sleeps.
///
/// # Errors
/// If the system refuses a socket, or somebody does not answer.
///
/// # Panics
/// Never: the echo does not.
pub fn measure(
    address: SocketAddr,
    session: SessionId,
    messages: u64,
    rounds: u32,
    waiting: Waiting,
) -> io::Result<RoundTrips> {
    let venue = asking(address)?;
    let far = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    let echo = asking(far.local_addr()?)?;
    let other_end = thread::spawn(move || answer(&far));
    let mut trips = RoundTrips::default();
    let mut buffer = [0; 2_048];
    let (mut bytes, mut result) = (0, Ok(()));
    for round in 0..rounds {
        let first = 1 + u64::from(round) * 7 % messages.saturating_sub(u64::from(COUNT)).max(1);
        let mut request = [0; Request::LEN];
        Request { session, number: FeedNo(first), count: COUNT }.encode(&mut request);
        result = ask(&venue, &request, &mut buffer, waiting).and_then(|(took, len)| {
            let header = buffer.first_chunk().map(Header::decode);
            if header.is_none_or(|header| header.number.0 != first || header.count == 0) {
                return Err(io::Error::other("the venue answered something else"));
            }
            trips.venue.add(took);
            bytes += len;
            // The echo gets the length that it is to answer with.
            request[..2].copy_from_slice(&(len as u16).to_be_bytes());
            let (took, _) = ask(&echo, &request, &mut buffer, waiting)?;
            trips.echo.add(took);
            Ok(())
        });
        if result.is_err() {
            break;
        }
    }
    // A datagram of another length ends it.
    echo.send(&[])?;
    other_end.join().expect("the echo does not panic")?;
    trips.bytes = bytes as f64 / f64::from(rounds);
    result.map(|()| trips)
}

/// A socket that asks one address.
fn asking(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.connect(address)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// Asks once; how long the answer took, and how long it is.
fn ask(
    socket: &UdpSocket,
    request: &[u8],
    buffer: &mut [u8],
    waiting: Waiting,
) -> io::Result<(Duration, usize)> {
    let pause = Instant::now();
    while pause.elapsed() < PAUSE {
        waiting.pass();
    }
    let start = Instant::now();
    socket.send(request)?;
    loop {
        match socket.recv(buffer) {
            Ok(len) => return Ok((start.elapsed(), len)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                if start.elapsed() >= PATIENCE {
                    return Err(ErrorKind::TimedOut.into());
                }
                waiting.pass();
            }
            Err(error) => return Err(error),
        }
    }
}

/// Answers each request with as many bytes as it says, until one has another length.
fn answer(socket: &UdpSocket) -> io::Result<()> {
    let (mut request, answer) = ([0; 64], [7; 65_535]);
    loop {
        let (count, from) = socket.recv_from(&mut request)?;
        if count != Request::LEN {
            return Ok(());
        }
        let len = u16::from_be_bytes([request[0], request[1]]);
        socket.send_to(&answer[..usize::from(len)], from)?;
    }
}
