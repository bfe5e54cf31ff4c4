//! A venue as it may be.

use appliance::admin::{
    Answer, Checkpoint, Connections, Feed, FeedLine, Instruments, Journal, Next, Port, Queue, Rate,
    Rates, Replies, Rerequests, Stage, State, Status, Wanted,
};

/// Answers what is asked with this status, everything else as done.
pub(crate) fn answer(wanted: &Wanted) -> Answer {
    match wanted {
        Wanted::Request(appliance::admin::Request::Status) => Answer::Status(Box::new(status(2))),
        _ => super::kit::done("done"),
    }
}

/// A venue with so many ports. The last of them is stopped, the one before has a connection.
pub(crate) fn status(ports: u16) -> Status {
    let port = |number: u16| Port {
        username: format!("demo{number}"),
        number,
        firms: vec!["FRM1".to_owned(), "FRM2".to_owned()],
        up: number + 1 == ports,
        peer: (number + 1 == ports).then(|| "127.0.0.1:40000".to_owned()),
        replies: 1_234_567,
        behind: u64::from(number + 1 == ports) * 42,
        stopped: number == ports,
        stopped_firms: Vec::new(),
        configured: number != ports,
    };
    Status {
        venue: "test venue".to_owned(),
        version: "0.1.0".to_owned(),
        process: 4711,
        started: "2026-11-20T08:00:00.000000+00:00".to_owned(),
        session: "2026112001".to_owned(),
        date: "2026-11-20".to_owned(),
        stage: Stage::Open,
        phase: "open".to_owned(),
        time: "2026-11-20T10:00:00.000000+00:00".to_owned(),
        next: Some(Next { at: "2026-11-20T17:30".to_owned(), what: "ended".to_owned() }),
        journal: Journal {
            folder: "/data/journal/2026112001".to_owned(),
            durability: "disk".to_owned(),
            segment: 3,
            segment_bytes: 64 << 20,
            used_bytes: 12 << 20,
            batches: 1000,
            commands: 250_000,
            free_bytes: Some(20 << 30),
        },
        checkpoint: Some(Checkpoint { command: 200_000, written: None, failures: 1 }),
        replies: Replies { count: 300_000, file: "/data/replies/x".to_owned(), bytes: 9 << 20 },
        feed: feed(),
        rates: Rates {
            commands_per_second: Rate { last_second: 12_000, last_minute: 9_000 },
            replies_per_second: Rate { last_second: 13_000, last_minute: 10_000 },
            messages_per_second: Rate { last_second: 14_000, last_minute: 11_000 },
        },
        connections: Connections {
            logged_in: 1,
            most_logged_in: 1024,
            most_pending: 64,
            total: 12,
            logins: 11,
            rejected_logins: 5,
            ..Connections::default()
        },
        queues: vec![Queue { name: "jobs".to_owned(), waiting: 1, room: 1024 }],
        times: Vec::new(),
        ports: (1..=ports).map(port).collect(),
        instruments: Instruments {
            listed: 120,
            states: vec![State {
                symbol: "AAPL".to_owned(),
                state: "halted".to_owned(),
                reason: "T1".to_owned(),
            }],
        },
    }
}

/// Two lines, of which one did not take all of it.
fn feed() -> Feed {
    Feed {
        next: 400_001,
        lines: ["A", "B"]
            .map(|name| FeedLine {
                name: name.to_owned(),
                to: "239.192.26.1:26401 by 127.0.0.1".to_owned(),
                packets: 9_000,
                messages: 400_000,
                dropped: u64::from(name == "B") * 77,
            })
            .into(),
        file: "/data/rewind/2026112001.itch".to_owned(),
        bytes: 14 << 20,
        written_bytes: 14 << 20,
        failures: 0,
        rerequest: Some("127.0.0.1:26410".to_owned()),
        requests: Rerequests {
            came: 61,
            answered: 50,
            messages: 1_500,
            dropped: [("beyond".to_owned(), 11)].into(),
        },
    }
}
