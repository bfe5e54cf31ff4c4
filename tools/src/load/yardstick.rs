//! What the same machine takes for the bare work: a round trip, and a durable write.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};
use std::{process, thread};

use super::error::LoadError;
use crate::bench::{Durable, Method, Spread, is_impossible};
use crate::cores::{Cores, Waiting};

/// Bytes of a message that goes round.
const MESSAGE: usize = 64;
/// Bytes of a block that is written.
const BLOCK: usize = 4_096;
/// A measurement ends after so many, or after so long if it has at least a few.
const MOST: u64 = 4_000;
const LONGEST: Duration = Duration::from_millis(250);
const LEAST: u64 = 50;
/// What is done at the beginning does not count.
const WARM_UP: Duration = Duration::from_millis(20);

/// Measures of what the machine can do at the moment.
#[derive(Debug)]
pub struct Yardsticks {
    cores: Cores,
    /// Where the venue runs, and so the other end of a yardstick.
    core: Option<usize>,
    waiting: Waiting,
    file: Durable,
    /// How blocks are written.
    pub method: Method,
}

/// What they say.
#[derive(Clone, Debug, Default)]
pub struct Yards {
    /// A round trip of 64 bytes on a TCP connection, one at a time.
    pub echo: Spread,
    /// A durable write of 4 KiB.
    pub commit: Spread,
}

impl Yards {
    /// Adds those of another round.
    pub fn add_all(&mut self, other: &Yards) {
        self.echo.add_all(&other.echo);
        self.commit.add_all(&other.commit);
    }
}

impl Yardsticks {
    /// Makes the file that is written, in `dir`.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn new(
        dir: &Path,
        cores: Cores,
        core: Option<usize>,
        waiting: Waiting,
    ) -> Result<Self, LoadError> {
        let name = format!("outcry-yardstick-{}", process::id());
        let create = |method| {
            let mut file = Durable::create(dir, &name, method, BLOCK, 1_024)?;
            file.write().map(|()| (file, method))
        };
        let made = match create(Method::Direct) {
            Err(error) if is_impossible(&error) => create(Method::Overwrite),
            other => other,
        };
        let doing = format!("write a file in {}", dir.display());
        let (file, method) = made.map_err(LoadError::io(doing))?;
        Ok(Yardsticks { cores, core, waiting, file, method })
    }

    /// Measures both, one after the other.
    ///
    /// # Errors
    /// If the system refuses a socket, a thread or a write.
    pub fn measure(&mut self) -> Result<Yards, LoadError> {
        let echo = self.echo().map_err(LoadError::io("measure a round trip"))?;
        let commit = self.commit().map_err(LoadError::io("measure a durable write"))?;
        Ok(Yards { echo, commit })
    }

    /// Round trips to a thread on the venue's core, which waits as the venue does.
    fn echo(&self) -> io::Result<Spread> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let mut near = TcpStream::connect(listener.local_addr()?)?;
        let (mut far, _) = listener.accept()?;
        for stream in [&near, &far] {
            stream.set_nodelay(true)?;
            stream.set_nonblocking(true)?;
        }
        let Yardsticks { cores, core, waiting, .. } = *self;
        let other_end = thread::spawn(move || {
            cores.place(core)?;
            let mut message = [0; MESSAGE];
            while read_whole(&mut far, &mut message, waiting)? {
                write_whole(&mut far, &message, waiting)?;
            }
            Ok(())
        });
        let mut message = [7; MESSAGE];
        let spread = timed(|| {
            write_whole(&mut near, &message, waiting)?;
            match read_whole(&mut near, &mut message, waiting)? {
                true => Ok(()),
                false => Err(ErrorKind::UnexpectedEof.into()),
            }
        });
        drop(near);
        let ended: io::Result<()> = other_end.join().expect("the other end does not panic");
        ended.and(spread)
    }

    /// Durable writes by a thread on the venue's core.
    fn commit(&mut self) -> io::Result<Spread> {
        let Yardsticks { cores, core, file, .. } = self;
        thread::scope(|scope| {
            let writer = scope.spawn(|| {
                cores.place(*core)?;
                timed(|| file.write())
            });
            writer.join().expect("the writer does not panic")
        })
    }
}

/// How long something takes, again and again.
fn timed(mut one: impl FnMut() -> io::Result<()>) -> io::Result<Spread> {
    let begin = Instant::now();
    while begin.elapsed() < WARM_UP {
        one()?;
    }
    let mut spread = Spread::default();
    while spread.count() < LEAST || (spread.count() < MOST && begin.elapsed() < LONGEST) {
        let start = Instant::now();
        one()?;
        spread.add(start.elapsed());
    }
    Ok(spread)
}

/// Fills `bytes`; false if the peer closed instead.
fn read_whole(stream: &mut TcpStream, bytes: &mut [u8], waiting: Waiting) -> io::Result<bool> {
    let mut have = 0;
    while have < bytes.len() {
        match stream.read(&mut bytes[have..]) {
            Ok(0) => return Ok(false),
            Ok(count) => have += count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => waiting.pass(),
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

fn write_whole(stream: &mut TcpStream, mut bytes: &[u8], waiting: Waiting) -> io::Result<()> {
    while !bytes.is_empty() {
        match stream.write(bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == ErrorKind::WouldBlock => waiting.pass(),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_yardsticks_measure_something_and_leave_nothing_behind() {
        let dir = std::env::temp_dir().join(format!("outcry-yards-{}", process::id()));
        std::fs::create_dir(&dir).expect("the directory for such things takes it");
        let cores = Cores::read().expect("the system tells");
        let mut yardsticks =
            Yardsticks::new(&dir, cores, None, Waiting::Yield).expect("the file is made");
        let yards = yardsticks.measure().expect("both can be measured");
        for spread in [&yards.echo, &yards.commit] {
            assert!(spread.count() > 0 && spread.micros(50.0) > 0.0);
        }
        drop(yardsticks);
        std::fs::remove_dir(&dir).expect("nothing is left in it");
    }
}
