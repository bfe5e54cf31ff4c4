//! Takes what operators want to the core, and brings back what it answers.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Sender, TrySendError};
use matcher::command::BreakTrade;
use protocol_spec::wire::ouch::BrokenReason;
use protocol_spec::words::MatchNo;
use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;
use tracing::info;

use super::lines::{Heard, Lines};
use crate::admin::{self, Answer, Inquiry, Line, REASONS, Request, Status, Times, Wanted};
use crate::meters::{Meters, StageOfTurn};

/// Bytes that a line may have.
const LINE: usize = 64 * 1024;
/// Characters of the name that a client claims.
const NAME: usize = 64;
/// As many requests as can be under way: more than there are connections.
const UNDER_WAY: u32 = 1024;

/// Finds the trade of a number in the journal of a session's folder, for the command that breaks
/// it, or says what the operator is told instead. It may take long.
pub type Find =
    Arc<dyn Fn(&Path, MatchNo, BrokenReason) -> Result<BreakTrade, Answer> + Send + Sync>;

/// How long is waited for what.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For the first byte of the next request.
    pub idle: Duration,
    /// For the rest of it.
    pub line: Duration,
    /// For the client to take an answer.
    pub write: Duration,
    /// For the core to answer.
    pub core: Duration,
}

/// Serves operators.
pub struct Clerk {
    inquiries: Sender<Inquiry>,
    wake: Box<dyn Fn() + Send + Sync>,
    meters: Arc<Meters>,
    find: Find,
    patience: Patience,
    /// A search reads the journal of a whole day: one at a time.
    search: Semaphore,
    under_way: Semaphore,
}

impl Default for Patience {
    fn default() -> Self {
        Patience {
            idle: Duration::from_secs(60),
            line: Duration::from_secs(10),
            write: Duration::from_secs(10),
            core: Duration::from_secs(10),
        }
    }
}

impl Clerk {
    /// A clerk who puts `inquiries` before the core and wakes it with `wake`.
    #[must_use]
    pub fn new(
        inquiries: Sender<Inquiry>,
        wake: Box<dyn Fn() + Send + Sync>,
        meters: Arc<Meters>,
        find: Find,
    ) -> Self {
        Clerk {
            inquiries,
            wake,
            meters,
            find,
            patience: Patience::default(),
            search: Semaphore::new(1),
            under_way: Semaphore::new(UNDER_WAY as usize),
        }
    }

    /// The same with another patience.
    #[must_use]
    pub fn with_patience(self, patience: Patience) -> Self {
        Clerk { patience, ..self }
    }

    /// Waits until no request is under way.
    pub(super) async fn is_idle(&self) {
        let all = self.under_way.acquire_many(UNDER_WAY).await;
        drop(all.expect("the semaphore is never closed"));
    }

    /// Serves a connection to its end.
    pub(super) async fn serve(&self, mut stream: UnixStream) {
        let Ok(peer) = stream.peer_cred() else { return };
        let (from, mut to) = stream.split();
        let mut lines = Lines::new(from, LINE);
        loop {
            let Patience { idle, line, write, .. } = self.patience;
            // A connection that is broken is over, like one that was closed.
            let heard = lines.next(idle, line).await.unwrap_or(Heard::Nothing);
            let permit = self.under_way.acquire().await;
            let permit = permit.expect("the semaphore is never closed");
            let (answer, is_last) = match heard {
                Heard::Nothing => return,
                Heard::TooLong => {
                    let text = format!("a line has at most {LINE} bytes");
                    (Answer::refused("misuse", text), true)
                }
                Heard::TooSlow => {
                    let text = format!("a line has to end with a newline, within {line:?}");
                    (Answer::refused("misuse", text), true)
                }
                Heard::Line(bytes) => (self.hear(&bytes, peer.uid()).await, false),
            };
            let written = timeout(write, send(&mut to, &answer)).await;
            drop(permit);
            if is_last || !matches!(written, Ok(Ok(()))) {
                return;
            }
        }
    }

    /// Answers a line.
    async fn hear(&self, bytes: &[u8], uid: u32) -> Answer {
        let Line { who, request } = match serde_json::from_slice(bytes) {
            Ok(line) => line,
            Err(error) => return Answer::refused("misuse", format!("no request: {error}")),
        };
        let by = by(&who, uid);
        if matches!(request, Request::Status) {
            return self.status(by).await;
        }
        info!(by, "an operator wants {:?}", shown(&request));
        let answer = match request {
            Request::BreakTrade { match_no, reason } => {
                self.break_trade(by.clone(), match_no, &reason).await
            }
            request => self.ask(by.clone(), Wanted::Request(request)).await,
        };
        match &answer {
            Answer::Refused { reason, text } => info!(by, reason, "not done: {text}"),
            Answer::Done { command, text, .. } => info!(by, ?command, "done: {text}"),
            Answer::Status(_) => {}
        }
        answer
    }

    /// How the venue is.
    async fn status(&self, by: String) -> Answer {
        match self.ask(by, Wanted::Request(Request::Status)).await {
            Answer::Status(status) => {
                Answer::Status(Box::new(Status { times: times(&self.meters), ..*status }))
            }
            other => other,
        }
    }

    /// Breaks a trade, whose parties stand in the journal.
    async fn break_trade(&self, by: String, match_no: u64, reason: &str) -> Answer {
        let Some(reason) = admin::reason(reason) else {
            let words = REASONS.map(|(code, word)| format!("{word} ({code})")).join(", ");
            return Answer::refused("misuse", format!("{reason:?} is no reason: it is {words}"));
        };
        let status = self.ask(by.clone(), Wanted::Request(Request::Status)).await;
        let Answer::Status(status) = status else { return status };
        let trade = match self.look_for(&status, MatchNo(match_no), reason).await {
            Ok(trade) => trade,
            Err(answer) => return answer,
        };
        self.ask(by, Wanted::Break { session: status.session, trade }).await
    }

    /// Looks for a trade, on a thread that steps back as this one does.
    async fn look_for(
        &self,
        status: &Status,
        match_no: MatchNo,
        reason: BrokenReason,
    ) -> Result<BreakTrade, Answer> {
        let turn = self.search.acquire().await;
        let _turn = turn.expect("the semaphore is never closed");
        let (tell, told) = oneshot::channel();
        let find = Arc::clone(&self.find);
        let folder = status.journal.folder.clone();
        let search = thread::Builder::new().name("search".to_owned());
        let begun = search.spawn(move || {
            // Nobody waits for it any more if the venue has stopped.
            tell.send(find(Path::new(&folder), match_no, reason)).unwrap_or_default();
        });
        if let Err(error) = begun {
            let text = format!("the system has no thread to look for the trade: {error}");
            return Err(Answer::refused("busy", text));
        }
        told.await.expect("a thread that panics ends the process")
    }

    /// Asks the core, and waits for its answer as long as there is patience.
    async fn ask(&self, by: String, wanted: Wanted) -> Answer {
        let is_question = matches!(wanted, Wanted::Request(Request::Status));
        let (answer, answered) = oneshot::channel();
        match self.inquiries.try_send(Inquiry { by, wanted, answer }) {
            Ok(()) => (self.wake)(),
            Err(TrySendError::Full(_)) => {
                let text = "too many requests wait for the venue: nothing was done, try again";
                return Answer::refused("busy", text);
            }
            Err(TrySendError::Disconnected(_)) => return stopping(),
        }
        let patience = self.patience.core;
        match timeout(patience, answered).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) if is_question => stopping(),
            Ok(Err(_)) => {
                let text = "the venue stopped before it answered: it is not known whether it was \
                            done; the journal tells";
                Answer::refused("unknown", text)
            }
            Err(_) if is_question => {
                let text = format!("the venue did not answer within {patience:?}");
                Answer::refused("unanswered", text)
            }
            Err(_) => {
                let text = format!(
                    "the venue did not answer within {patience:?}: it is not known whether it was \
                     done, and it may still be; look at `outcry admin status` and at the journal"
                );
                Answer::refused("unknown", text)
            }
        }
    }
}

/// What an operator is told for whom there is no place.
pub(super) fn too_many(places: usize) -> String {
    let text = format!("{places} operators are connected already: nothing was done, try again");
    encoded(&Answer::refused("busy", text))
}

fn stopping() -> Answer {
    Answer::refused("stopping", "the venue is stopping: nothing was done")
}

/// Who asks: the name claimed, as far as it is one, and the user that the system knows.
fn by(who: &str, uid: u32) -> String {
    let is_plain = |c: &char| !c.is_control() && *c != ';';
    let name: String = who.chars().filter(is_plain).take(NAME).collect();
    match name.trim() {
        "" => format!("uid {uid}"),
        name => format!("{name} (uid {uid})"),
    }
}

/// A request as it may be shown to anybody: passwords are not told.
fn shown(request: &Request) -> Request {
    let mut request = request.clone();
    if let Request::Port { set, .. } = &mut request {
        let secrets = set.iter_mut().filter(|(key, _)| key.contains("password"));
        secrets.for_each(|(_, value)| "(hidden)".clone_into(value));
    }
    request
}

/// What the parts of a turn took.
fn times(meters: &Meters) -> Vec<Times> {
    let of = |stage: StageOfTurn| {
        let spread = meters.spread(stage);
        Times {
            stage: stage.name().to_owned(),
            count: spread.count(),
            p50_ns: spread.per_mille(500),
            p99_ns: spread.per_mille(990),
            p999_ns: spread.per_mille(999),
            max_ns: spread.most,
        }
    };
    StageOfTurn::ALL.map(of).into()
}

/// An answer as a line.
fn encoded(answer: &Answer) -> String {
    let line = serde_json::to_string(answer);
    line.expect("strings and numbers can be written as JSON") + "\n"
}

async fn send(to: &mut (impl AsyncWriteExt + Unpin), answer: &Answer) -> io::Result<()> {
    to.write_all(encoded(answer).as_bytes()).await?;
    to.flush().await
}

impl fmt::Debug for Clerk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Clerk { inquiries, patience, .. } = self;
        let waiting = inquiries.len();
        f.debug_struct("Clerk").field("waiting", &waiting).field("patience", patience).finish()
    }
}
