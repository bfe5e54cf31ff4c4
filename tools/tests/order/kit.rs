//! The command, and a venue that answers it.

use std::io::Write;
use std::process::{Command, Stdio};

use protocol_spec::session::soup::End;
use protocol_spec::wire::ouch::{
    Capacity, CrossType, DisableOrderEntryResponse, EnableOrderEntryResponse, Inbound, Iso,
    MassCancelResponse, OrderModified, OrderReplaced, OrderState, Side, Symbol, TagSet, Tags,
};
use protocol_spec::words::{OrderRef, Shares, Timestamp};
use serde_json::Value;

use crate::messages::{accepted, canceled, channel, encoded, next_number};
use crate::venue::{Seat, Venue};

/// The number that the venue gives next.
pub(crate) const NEXT: u32 = 7;

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Run {
    /// The number, type and name of each line.
    pub(crate) fn lines(&self) -> Vec<String> {
        let word = |line: &str, at| line.split_whitespace().nth(at).unwrap_or("-").to_owned();
        self.out.lines().map(|line| format!("{} {}", word(line, 2), word(line, 4))).collect()
    }

    /// Each line as an object.
    pub(crate) fn objects(&self) -> Vec<Value> {
        let parse = |line: &str| serde_json::from_str(line).expect("each line is an object");
        self.out.lines().map(parse).collect()
    }
}

/// The command with arguments for a venue at `address`.
pub(crate) fn command(address: &str, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_outcry"));
    command
        .args(["order", "--port", "demo1", "--address", address, "--wait", "300ms"])
        .args(args)
        .env_remove("OUTCRY_PASSWORD")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs a command to its end.
pub(crate) fn finish(mut command: Command) -> Run {
    let output = command.output().expect("the command is built");
    Run {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).expect("it writes text"),
        err: String::from_utf8(output.stderr).expect("it writes text"),
    }
}

/// Runs a command with `input` on its standard input.
pub(crate) fn finish_with(mut command: Command, input: &str) -> Run {
    let mut child = command.stdin(Stdio::piped()).spawn().expect("the command is built");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(input.as_bytes()).expect("the command reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    Run {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).expect("it writes text"),
        err: String::from_utf8(output.stderr).expect("it writes text"),
    }
}

/// Runs `outcry order` with these arguments against a venue that does what the script says.
pub(crate) fn order<S: Send>(args: &[&str], script: impl FnOnce(&Venue) -> S + Send) -> (S, Run) {
    Venue::open().with(script, |address| finish(command(address, args)))
}

/// Lets a client in whose most recent reply was number 40, answers each request with `answer`, and
/// says what they were, Account Queries aside.
pub(crate) fn serve(venue: &Venue, answer: impl Fn(&[u8]) -> Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let mut seat = venue.let_in(40);
    seat.reply(&canceled(1, 1));
    serve_on(seat, answer)
}

/// The same for a client that is in.
pub(crate) fn serve_on(mut seat: Seat, answer: impl Fn(&[u8]) -> Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    while let Some(request) = seat.request_or_end() {
        if let Ok((Inbound::AccountQuery(_), _)) = Inbound::decode(&request) {
            seat.reply(&next_number(&request, NEXT));
            continue;
        }
        for reply in answer(&request) {
            seat.reply(&reply);
        }
        all.push(request);
    }
    assert_eq!(seat.gone(), End::LoggedOut);
    all
}

/// The request is taken: what a venue answers then.
pub(crate) fn taken(request: &[u8]) -> Vec<Vec<u8>> {
    let (message, appendage) = Inbound::frame(request).expect("requests can be framed");
    let tags = channel(request);
    let timestamp = Timestamp(34_200_000_000_000);
    let reply = match message {
        Inbound::EnterOrder(_) => accepted(request),
        Inbound::ReplaceOrder(m) => {
            let replaced = OrderReplaced {
                timestamp,
                orig_user_ref_num: m.orig_user_ref_num(),
                user_ref_num: m.user_ref_num(),
                side: Side::BUY,
                quantity: m.quantity(),
                symbol: Symbol::new("AAPL"),
                price: m.price(),
                time_in_force: m.time_in_force(),
                display: m.display(),
                order_ref: OrderRef(2),
                capacity: Capacity::AGENCY,
                iso: Iso::NO,
                cross_type: CrossType::CONTINUOUS,
                state: OrderState::LIVE,
                cl_ord_id: m.cl_ord_id(),
            };
            encoded(|out| replaced.encode_with(&tags, out))
        }
        Inbound::CancelOrder(m) => [
            &canceled(m.user_ref_num().0, 10)[..],
            &encoded(|out| if tags == Tags::NONE { 0 } else { tags.encode(out) }),
        ]
        .concat(),
        Inbound::ModifyOrder(m) => {
            let modified = OrderModified {
                timestamp,
                user_ref_num: m.user_ref_num(),
                side: m.side(),
                quantity: Shares(9),
            };
            encoded(|out| modified.encode_with(&tags, out))
        }
        Inbound::MassCancel(m) => {
            let response = MassCancelResponse {
                timestamp,
                user_ref_num: m.user_ref_num(),
                firm: m.firm(),
                symbol: m.symbol(),
            };
            let tags = appendage.read(TagSet::ALL).expect("requests have good tags");
            encoded(|out| response.encode_with(&tags, out))
        }
        Inbound::DisableOrderEntry(m) => {
            let (user_ref_num, firm) = (m.user_ref_num(), m.firm());
            let response = DisableOrderEntryResponse { timestamp, user_ref_num, firm };
            encoded(|out| response.encode_with(&tags, out))
        }
        Inbound::EnableOrderEntry(m) => {
            let (user_ref_num, firm) = (m.user_ref_num(), m.firm());
            let response = EnableOrderEntryResponse { timestamp, user_ref_num, firm };
            encoded(|out| response.encode_with(&tags, out))
        }
        Inbound::AccountQuery(_) => panic!("queries are answered apart"),
    };
    vec![reply]
}

/// The venue says nothing.
pub(crate) fn silent(_: &[u8]) -> Vec<Vec<u8>> {
    Vec::new()
}
