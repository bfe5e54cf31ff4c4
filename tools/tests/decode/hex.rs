//! Hex text, and misuse of the command line.

use protocol_spec::wire::ouch::{AppendageFault, FaultKind, Tags};
use protocol_spec::words::Shares;

use crate::kit::{
    accepted, add, decode, decode_input, enter, hex, login, mold, soup, system_event,
};

#[test]
fn a_message_of_each_protocol_is_found_out() {
    let tags = Tags { min_qty: Some(Shares(100)), ..Tags::NONE };
    for (bytes, expected) in [
        (add(7, 13, "AAPL", 1_318), "09:30:00.000001318  itch     -            A AddOrder"),
        (enter(5, "AAPL", &tags), "ouch-in  -            O EnterOrder                AAPL"),
        (accepted(5, 9, "AAPL"), "09:30:00.000000005  ouch-out -            A OrderAccepted"),
        (soup(b'H', &[]), "soup     -            H ServerHeartbeat"),
        (mold(77, 0, &[]), "mold     #77          - Heartbeat"),
        (mold(77, 3, &[]), "mold     #77          - Request"),
        (mold(77, 0xFFFF, &[]), "mold     #77          - EndOfSession"),
    ] {
        let run = decode(&["--all", "--hex", &hex(&bytes)]);
        assert!(run.out.contains(expected), "{run:?}");
        assert_eq!((run.code, run.err.as_str(), run.lines().len()), (Some(0), "", 1), "{run:?}");
    }
}

#[test]
fn fields_codes_and_tags_are_shown_by_name() {
    let run = decode(&["--hex", &hex(&add(12_345, 13, "AAPL", 0))]);
    let fields = "AAPL        locate=13 tracking=0 order_ref=12345 side=B(buy) shares=300 \
                  price=187.5000\n";
    assert!(run.out.ends_with(fields), "{run:?}");
    let tags = Tags { min_qty: Some(Shares(100)), ..Tags::NONE };
    let run = decode(&["--hex", &hex(&enter(5, "AAPL", &tags))]);
    assert!(run.out.contains(" price=market time_in_force=0(day) "), "{run:?}");
    assert!(run.out.ends_with(" cl_ord_id=mine tag.min_qty=100\n"), "{run:?}");
}

#[test]
fn what_a_packet_carries_is_shown() {
    let message = add(1, 13, "AAPL", 0);
    let run = decode(&["--hex", &hex(&soup(b'S', &message))]);
    assert!(run.out.contains("itch     +1           A AddOrder"), "{run:?}");
    let run = decode(&["--hex", &hex(&mold(41, 2, &[message.clone(), message]))]);
    let numbers: Vec<bool> = [" #41 ", " #42 "].map(|n| run.out.contains(n)).into();
    assert_eq!((numbers, run.lines().len()), (vec![true, true], 2), "{run:?}");
}

#[test]
fn lines_are_read_however_they_are_written() {
    let digits = hex(&system_event());
    let plain = digits.replace(' ', "").to_lowercase();
    let prefixed = digits.trim().split(' ').map(|byte| format!("0x{byte}")).collect::<String>();
    let text =
        format!("# a comment\n{digits}\n\n{plain}\r\n{prefixed}\n{}", digits.replace(' ', ":"));
    let run = decode_input(&["-"], text.as_bytes());
    assert_eq!((run.code, run.names()), (Some(0), vec!["SystemEvent"; 4]), "{run:?}");
}

#[test]
fn what_fits_nothing_is_complained_of_with_the_error_of_each_protocol() {
    let mut bytes = system_event();
    bytes[11] = b'?';
    let run = decode(&["--hex", &hex(&bytes)]);
    assert_eq!(run.code, Some(1));
    assert!(run.out.contains("!! fits no protocol"), "{run:?}");
    for expected in [
        "--hex: line 1",
        "itch      bad code \"?\" at offset 11",
        "ouch-in   unknown message type \"S\" (0x53)",
    ] {
        assert!(run.err.contains(expected), "{run:?}");
    }
    let run = decode(&["--as", "itch", "--hex", &hex(&bytes)]);
    assert!(run.out.ends_with("event=? !! bad code \"?\" at offset 11\n"), "{run:?}");
    assert_eq!(run.code, Some(1));
}

#[test]
fn what_fits_two_protocols_is_left_to_the_user() {
    let both = hex(b"Y0000000000AAPL    0");
    let run = decode(&["--hex", &both]);
    assert!(run.out.contains("!! fits itch and mold: say which with --as"), "{run:?}");
    assert_eq!(run.code, Some(1));
    let run = decode(&["--as", "itch", "--hex", &both]);
    assert_eq!((run.code, run.names()), (Some(0), vec!["RegShoRestriction"]), "{run:?}");
}

#[test]
fn an_odd_line_does_not_end_the_work() {
    let text = format!("4\n{}\nxyz\n", hex(&system_event()));
    let run = decode_input(&["--format", "hex"], text.as_bytes());
    assert_eq!((run.code, run.lines().len()), (Some(1), 3), "{run:?}");
    assert!(run.err.contains("could not be decoded: 2"), "{run:?}");
    assert!(run.err.contains("standard input: line 3"), "{run:?}");
}

#[test]
fn a_line_longer_than_any_packet_is_one_line_and_one_error() {
    let long = "41".repeat(600_000);
    let text = format!("{}\n{long}\n4\n", hex(&system_event()));
    let run = decode_input(&["--format", "hex"], text.as_bytes());
    assert_eq!((run.code, run.lines().len()), (Some(1), 3), "{run:?}");
    let told = "1 x line longer than any packet\n    first at standard input: line 2\n";
    assert!(run.err.contains(told), "{run:?}");
    assert!(run.err.contains("first at standard input: line 3\n"), "{run:?}");
}

#[test]
fn several_texts_are_told_apart_by_their_position() {
    let (good, bad) = (hex(&system_event()), "4");
    let args = ["--hex", &good, "--hex", bad, "--hex", &good];
    let run = decode(&args);
    assert_eq!(run.code, Some(1), "{run:?}");
    for (line, end) in run.lines().iter().zip(["[--hex 1]", "[--hex 2]", "[--hex 3]"]) {
        assert!(line.ends_with(&format!("  {end}")), "{run:?}");
    }
    assert!(run.err.contains("first at --hex 2: line 1\n"), "{run:?}");
    let json = decode(&[&args[..], &["--json"]].concat());
    assert!(json.lines()[2].contains("\"file\":\"--hex 3\""), "{json:?}");
    let alone = decode(&["--hex", &good]);
    assert!(!alone.out.contains("--hex"), "{alone:?}");
}

#[test]
fn comments_and_a_byte_order_mark_are_no_digits_and_no_fault() {
    let digits = hex(&system_event());
    let text = format!("\u{FEFF}{digits}\n  # a comment, näher besehen\n{digits}\n#\n");
    let run = decode_input(&["-"], text.as_bytes());
    assert_eq!((run.code, run.names()), (Some(0), vec!["SystemEvent"; 2]), "{run:?}");
    let run = decode(&["--hex", &text]);
    assert_eq!((run.code, run.names()), (Some(0), vec!["SystemEvent"; 2]), "{run:?}");
}

#[test]
fn text_that_is_not_all_hex_is_refused_with_the_place() {
    let text = format!("{}\n 4é 41\n", hex(&system_event()));
    let run = decode_input(&["-"], text.as_bytes());
    assert_eq!((run.code, run.out.as_str()), (Some(1), ""), "{run:?}");
    let told = "hex text: no, \"é\" in line 2, column 3 is no digit, ";
    assert!(run.err.contains(told), "{run:?}");
}

#[test]
fn faults_of_appendages_are_told_as_what_they_are() {
    let fixed = enter(5, "AAPL", &Tags::NONE);
    let fixed = &fixed[..fixed.len() - 2];
    let at = fixed.len();
    let (overlong, there) = (at + 2 + 9, at + 4);
    for (appendage, tag, offset, kind) in [
        (&[0, 3, 2, 99, 0][..], 99, 2, FaultKind::UnknownTag),
        (&[0, 3, 2, 3, 0], 3, 2, FaultKind::WrongSize),
        (&[0, 3, 2, 27, b'B'], 27, 2, FaultKind::NotForMessage),
        (&[0, 6, 2, 6, b'L', 2, 6, b'L'], 6, 5, FaultKind::Duplicate),
        (&[0, 2, 9, 3], 0, 2, FaultKind::Overrun),
        (&[0, 9, 9, 3], 0, 0, FaultKind::Short { need: overlong, have: there }),
        (&[0, 0, 1], 0, 0, FaultKind::Long { extra: 1 }),
    ] {
        let told = AppendageFault { offset: at + offset, tag, kind }.to_string();
        let run = decode(&["--as", "ouch-in", "--hex", &hex(&[fixed, appendage].concat())]);
        assert!(run.out.contains(&format!(" !! {told}")), "{told}: {run:?}");
        assert!(run.err.contains(&format!("1 x ouch-in EnterOrder: {told}")), "{run:?}");
        assert_eq!(run.code, Some(1), "{run:?}");
    }
}

#[test]
fn passwords_are_never_shown() {
    let whole = login("SESAME");
    let mut bad_number = whole.clone();
    bad_number[48] = b'x';
    for bytes in [&whole[..], &whole[..30], &bad_number[..]] {
        for args in [&["--json"][..], &[], &["--as", "soup"], &["--as", "soup", "--json"]] {
            let text = hex(bytes);
            let run = decode(&[args, &["--hex", &text]].concat());
            let everything = format!("{}{}", run.out, run.err);
            assert!(!everything.contains("SESAME"), "{run:?}");
            assert!(!everything.contains("534553414D45"), "{run:?}");
            assert!(everything.contains("**"), "{run:?}");
        }
    }
}

#[test]
fn misuse_is_told_from_failure() {
    for args in [
        &["--type", "AddOrders"][..],
        &["--stock", "NINECHARS"],
        &["--from", "9:99"],
        &["--limit", "0"],
        &["--as", "fix"],
        &["--json", "--summary"],
        &["--nonsense"],
        &["--hex", "41", "--port", "1"],
    ] {
        let run = decode(args);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{args:?}: {run:?}");
        assert!(run.err.starts_with("error: "), "{run:?}");
    }
}
