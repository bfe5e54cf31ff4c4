//! Requests in lines.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::Stdio;

use protocol_spec::wire::ouch::RejectReason;

use crate::kit::{Run, command, finish, finish_with, serve, silent, taken};
use crate::messages::rejected;
use crate::venue::Venue;

fn file(name: &str, text: &str) -> PathBuf {
    let name = format!("order-{}-{name}", std::process::id());
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).expect("the directory can be written");
    path
}

/// Runs a batch against a venue that answers with `answer`; types of the requests, and the run.
fn batch(
    name: &str,
    text: &str,
    args: &[&str],
    answer: impl Fn(&[u8]) -> Vec<Vec<u8>> + Send,
) -> (String, Run) {
    let path = file(name, text);
    let path = path.to_str().expect("the directory has a plain name");
    let args = [&["--batch", path], args].concat();
    let (requests, run) =
        Venue::open().with(|venue| serve(venue, answer), |address| finish(command(address, &args)));
    (requests.iter().map(|request| char::from(request[0])).collect(), run)
}

#[test]
fn each_line_is_sent_once_the_one_before_has_its_answer() {
    let text = "\
# A morning.
buy 100 AAPL @ 187.50 --number 7

sell 50 AAPL @ 187.60 --cl-ord-id \"take profit\"  # with a text
replace 7 80 @ 187.40
cancel 9
mass-cancel
query
";
    let (requests, run) = batch("morning.txt", text, &[], taken);
    assert_eq!((requests.as_str(), run.code, run.err.as_str()), ("OOUXC", Some(0), ""), "{run:?}");
    let names: Vec<String> =
        run.lines().iter().filter_map(|line| Some(line.split_once(' ')?.1.to_owned())).collect();
    let expected = [
        "OrderAccepted",
        "OrderAccepted",
        "OrderReplaced",
        "Canceled",
        "MassCancelResponse",
        "AccountQueryResponse",
    ];
    assert_eq!(names, expected);
    assert!(run.out.contains("cl_ord_id=take\\x20profit"), "{run:?}");
}

#[test]
fn what_is_rejected_or_not_answered_is_named_by_its_line_and_the_rest_goes_on() {
    let text = "buy 100 AAPL @ 1 --number 7\n\ncancel 3\nbuy 100 AAPL @ 2 --number 8\n";
    let answer = |request: &[u8]| match request[0] {
        b'X' => silent(request),
        _ if request[4] == 7 => vec![rejected(7, RejectReason::HALTED)],
        _ => taken(request),
    };
    let (requests, run) = batch("mixed.txt", text, &["--timeout", "700ms"], answer);
    assert_eq!((requests.as_str(), run.code), ("OXO", Some(1)), "{run:?}");
    let said: Vec<&str> = run.err.lines().collect();
    assert_eq!(said.len(), 2, "{run:?}");
    assert!(said[0].ends_with("mixed.txt: line 1: rejected"), "{run:?}");
    assert!(said[1].contains("mixed.txt: line 3: no reply within 700ms: there is no"), "{run:?}");
}

#[test]
fn a_file_with_a_bad_line_is_not_begun() {
    let path = file("bad.txt", "cancel 1\nbuy 100 AAPL @ 187.505555\n");
    let run = finish(command("127.0.0.1:1", &["--batch", path.to_str().expect("a plain name")]));
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{run:?}");
    assert!(run.err.contains("bad.txt: line 2: ") && run.err.contains("4 decimals"), "{run:?}");
    let run = finish(command("127.0.0.1:1", &["--batch", "no-such-file.txt"]));
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.err.contains("cannot read no-such-file.txt"), "{run:?}");
}

#[test]
fn a_stream_with_a_bad_line_ends_there() {
    let (requests, run) = Venue::open().with(
        |venue| serve(venue, taken),
        |address| finish_with(command(address, &["--batch", "-"]), "cancel 1\nbye\ncancel 2\n"),
    );
    assert_eq!((requests.len(), run.code), (1, Some(2)), "{run:?}");
    assert_eq!(run.lines(), ["#41 Canceled"]);
    assert!(run.err.contains("standard input: line 2: unrecognized subcommand 'bye'"), "{run:?}");
}

#[test]
fn lines_of_a_stream_are_sent_as_they_come() {
    let (requests, (lines, code)) = Venue::open().with(
        |venue| serve(venue, taken),
        |address| {
            let mut command = command(address, &["--batch", "-"]);
            let mut child = command.stdin(Stdio::piped()).spawn().expect("the command is built");
            let mut stdin = child.stdin.take().expect("it is piped");
            let mut out = BufReader::new(child.stdout.take().expect("it is piped"));
            let mut lines = Vec::new();
            // The next line is written only after the answer to the one before was read.
            for order in 1..=3 {
                writeln!(stdin, "cancel {order}").expect("the command reads");
                let mut line = String::new();
                out.read_line(&mut line).expect("an answer comes");
                lines.push(line);
            }
            drop(stdin);
            (lines, child.wait().expect("it ends").code())
        },
    );
    assert_eq!((requests.len(), code), (3, Some(0)));
    for (line, order) in lines.iter().zip(1..) {
        assert!(line.contains(&format!("user_ref_num={order} ")), "{line}");
    }
}
