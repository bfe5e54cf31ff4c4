//! Reassembly, scenario by scenario: segments in, items out.

use super::kit::{Seg, a, b, segments, times, told, told_within};
use crate::capture::Limits;

#[track_caller]
fn check(script: &[Seg], expected: &[&str]) {
    assert_eq!(told(&segments(script)), expected);
}

#[test]
fn a_whole_conversation() {
    check(
        &[
            a("S", 99, ""),
            b("S", 499, "").ack(100),
            a("", 100, "").ack(500),
            a("", 100, "login").ack(500),
            b("", 500, "welcome").ack(105),
            a("F", 105, "").ack(507),
            b("F", 507, "bye").ack(106),
            a("", 106, "").ack(511),
        ],
        &["A>B: login", "B>A: welcome", "A>B: end Fin", "B>A: bye", "B>A: end Fin"],
    );
}

#[test]
fn bytes_in_the_syn() {
    check(&[a("S", 99, "fast"), a("", 104, "open")], &["A>B: fast", "A>B: open"]);
}

#[test]
fn out_of_order_segments_wait() {
    check(
        &[a("S", 99, ""), a("", 103, "def"), a("F", 109, ""), a("", 106, "ghi"), a("", 100, "abc")],
        &["A>B: abc", "A>B: def", "A>B: ghi", "A>B: end Fin"],
    );
}

#[test]
fn a_held_segment_has_the_time_of_the_one_that_released_it() {
    let script = [a("S", 99, ""), a("", 103, "def"), a("", 100, "abc")];
    assert_eq!(times(&segments(&script)), [3_000_000_000; 2]);
}

#[test]
fn retransmissions_and_overlaps_are_trimmed_and_the_first_bytes_win() {
    check(
        &[
            a("S", 99, ""),
            a("", 100, "abc"),
            a("", 100, "ABC"),
            a("", 101, "BCd"),
            a("", 106, "gh"),
            a("", 110, "kl"),
            a("", 105, "fGHij"),
            a("", 104, "eFGHIJKLmn"),
        ],
        &["A>B: abc", "A>B: d", "A>B: e", "A>B: f", "A>B: gh", "A>B: ij", "A>B: kl", "A>B: mn"],
    );
}

#[test]
fn sequence_numbers_wrap() {
    check(
        &[
            a("S", u32::MAX - 2, ""),
            a("", 2, "efg"),
            a("", u32::MAX - 1, "abc"),
            a("", u32::MAX, "BCd"),
            a("", 5, "hij"),
        ],
        &["A>B: abc", "A>B: d", "A>B: efg", "A>B: hij"],
    );
}

#[test]
fn keep_alives_and_probes() {
    check(
        &[
            a("S", 99, ""),
            a("", 100, "abc"),
            a("", 102, "").ack(1),
            a("", 102, "\0").ack(1),
            b("", 500, "").ack(103),
            // A probe of a closed window sends the next byte, then again with the rest.
            a("", 103, "d"),
            a("", 103, "d"),
            a("", 103, "def"),
        ],
        &["A>B: abc", "A>B: d", "A>B: ef"],
    );
}

#[test]
fn a_capture_that_begins_in_the_middle() {
    check(
        &[
            a("", 100, "").ack(500),
            b("", 499, "").ack(100),
            b("", 500, "from B").ack(100),
            a("", 100, "from A").ack(506),
        ],
        &["B>A: from B", "A>B: from A"],
    );
}

#[test]
fn an_acknowledged_hole_is_lost_at_once() {
    check(
        &[
            a("S", 99, ""),
            b("S", 499, "").ack(100),
            a("", 105, "behind"),
            b("", 500, "").ack(100),
            b("", 500, "").ack(104),
            b("", 500, "").ack(111),
            a("", 111, "next"),
            a("", 100, "stale"),
        ],
        &["A>B: lost 5", "A>B: behind", "A>B: next"],
    );
}

#[test]
fn a_hole_seen_after_its_acknowledgment_is_lost_at_once() {
    check(
        &[a("S", 99, ""), b("", 500, "").ack(105), a("", 105, "behind"), a("", 111, "next")],
        &["A>B: lost 5", "A>B: behind", "A>B: next"],
    );
}

#[test]
fn an_acknowledgment_before_its_segment_loses_nothing() {
    check(
        &[a("S", 99, ""), b("", 500, "").ack(105), a("", 100, "early"), a("", 105, "next")],
        &["A>B: early", "A>B: next"],
    );
}

#[test]
fn an_acknowledgment_of_the_fin_gives_up_the_hole_before_it() {
    check(
        &[a("S", 99, ""), a("", 100, "abc"), a("F", 109, "").ack(1), b("", 500, "").ack(110)],
        &["A>B: abc", "A>B: lost 6", "A>B: end Fin"],
    );
}

#[test]
fn the_end_of_the_file_flushes_in_order() {
    check(
        &[a("S", 99, ""), a("", 110, "two"), a("", 105, "one"), a("F", 120, ""), b("", 7, "B")],
        &[
            "B>A: B",
            "A>B: lost 5",
            "A>B: one",
            "A>B: lost 2",
            "A>B: two",
            "A>B: lost 7",
            "A>B: end Fin",
        ],
    );
}

#[test]
fn a_file_cut_off_flushes_before_it_says_so() {
    let file = segments(&[a("S", 99, ""), a("", 105, "held"), a("", 100, "never")]);
    let lines = told(&file[..file.len() - 1]);
    assert_eq!(lines[..2], ["A>B: lost 5", "A>B: held"]);
    assert!(lines[2].starts_with("error: the file is cut off in record 3"), "{lines:?}");
    assert_eq!(lines.len(), 3);
}

#[test]
fn gigabytes_may_be_missing() {
    let far = 100_u32.wrapping_add(3_000_000_000);
    check(
        &[a("S", 99, ""), a("", far, "far"), a("", 100, "near")],
        &["A>B: near", "A>B: lost 2999999996", "A>B: far"],
    );
}

#[test]
fn a_reset_ends_both_directions() {
    check(
        &[
            a("S", 99, ""),
            b("S", 499, "").ack(100),
            b("", 505, "held"),
            a("", 100, "abc"),
            a("R", 103, ""),
            b("", 509, "in flight"),
            a("R", 103, ""),
        ],
        &[
            "A>B: abc",
            "A>B: end Reset",
            "B>A: lost 5",
            "B>A: held",
            "B>A: end Reset",
            "skipped: TCP bytes behind the end of their stream",
        ],
    );
}

const STRAY: &str = "skipped: RST that does not belong to its connection";

#[test]
fn a_reset_with_a_number_out_of_place_is_ignored_and_told() {
    for number in [99, 102, 107, 5_000_000, 4_000_000_000] {
        check(
            &[
                a("S", 99, ""),
                b("S", 499, "").ack(100),
                a("", 100, "abcdef"),
                b("", 500, "").ack(106),
                a("R", number, ""),
                a("", 106, "ghi"),
                b("", 500, "more").ack(109),
            ],
            &["A>B: abcdef", STRAY, "A>B: ghi", "B>A: more"],
        );
    }
    // The other side has not spoken, but says what it has received.
    check(
        &[a("S", 99, ""), a("", 100, "abc"), b("R", 0, "").ack(9_000), a("", 103, "def")],
        &["A>B: abc", STRAY, "A>B: def"],
    );
}

#[test]
fn bytes_before_a_reset_are_delivered_even_if_they_are_captured_behind_it() {
    let begin = [a("S", 99, ""), b("", 500, "open"), a("", 103, "def"), a("R", 106, "")];
    check(
        &[&begin[..], &[a("", 100, "abc")]].concat(),
        &["B>A: open", "A>B: abc", "A>B: def", "A>B: end Reset", "B>A: end Reset"],
    );
    check(&begin, &["B>A: open", "A>B: lost 3", "A>B: def", "A>B: end Reset"]);
    // The sender went on beyond it, so it was not its own.
    check(
        &[a("S", 99, ""), a("", 103, "defg"), a("R", 105, ""), a("", 100, "abc"), a("", 107, "h")],
        &["A>B: abc", "A>B: defg", STRAY, "A>B: h"],
    );
}

#[test]
fn a_reset_may_stand_where_the_receiver_expects_it_or_behind_a_fin() {
    check(
        &[a("S", 99, ""), a("", 100, "abc"), b("", 500, "B").ack(100), a("R", 100, "")],
        &["A>B: abc", "B>A: B", "A>B: end Reset", "B>A: end Reset"],
    );
    check(
        &[a("S", 99, ""), b("", 500, "B"), a("F", 100, "abc"), a("R", 104, "")],
        &["B>A: B", "A>B: abc", "A>B: end Fin", "B>A: end Reset"],
    );
}

#[test]
fn a_refused_connection() {
    check(&[a("S", 99, ""), b("R", 0, "").ack(100)], &["A>B: end Reset"]);
    check(&[a("R", 99, "")], &[]);
}

#[test]
fn a_new_syn_on_the_same_ports_begins_another_stream() {
    check(
        &[
            a("S", 99, ""),
            a("S", 99, ""),
            b("S", 499, "").ack(100),
            a("", 100, "abc"),
            b("", 505, "held"),
            a("S", 99, ""),
            a("S", 7_000, ""),
            b("S", 8_000, "").ack(7_001),
            b("", 8_001, "other"),
            a("", 7_001, "one"),
        ],
        &[
            "A>B: abc",
            "A>B: end Reused",
            "B>A: lost 5",
            "B>A: held",
            "B>A: end Reused",
            "B>A: other",
            "A>B: one",
        ],
    );
}

#[test]
fn after_the_end_stragglers_are_ignored_but_another_connection_is_not() {
    check(
        &[
            a("S", 99, ""),
            a("F", 100, "abc"),
            a("F", 100, "abc"),
            a("F", 103, ""),
            a("S", 99, ""),
            a("S", 5_000, ""),
            a("F", 5_001, "again"),
            // Its SYN was not captured, but the numbers are far away.
            a("", 1_000_000_000, "third"),
        ],
        &["A>B: abc", "A>B: end Fin", "A>B: again", "A>B: end Fin", "A>B: third"],
    );
}

#[test]
fn segments_cut_by_the_snapshot_length_leave_holes() {
    check(
        &[
            a("S", 99, ""),
            a("", 100, "abcdef").cut(4),
            a("F", 106, "ghij").cut(4),
            b("", 1, "").ack(106),
        ],
        // The first hole ends nowhere known until the FIN, six bytes on.
        &["A>B: ab", "A>B: lost 8", "A>B: end Fin"],
    );
    check(
        &[a("S", 99, ""), a("", 100, "abcdef").cut(4), a("", 106, "gh"), b("", 1, "").ack(106)],
        &["A>B: ab", "A>B: lost 4", "A>B: gh"],
    );
}

fn limits(flow_bytes: usize, flow_segments: usize, all_bytes: usize, connections: usize) -> Limits {
    Limits { flow_bytes, flow_segments, all_bytes, connections }
}

#[test]
fn holes_are_given_up_at_the_limits_of_a_flow() {
    let script = [
        a("S", 99, ""),
        a("", 105, "one"),
        a("", 110, "two"),
        a("", 120, "three"),
        a("", 100, "stale"),
        a("", 108, "XX"),
    ];
    let expected = ["A>B: lost 5", "A>B: one", "A>B: XX", "A>B: two", "A>B: lost 7", "A>B: three"];
    let file = segments(&script);
    assert_eq!(told_within(&file, limits(10, 100, 100, 9)), expected);
    assert_eq!(told_within(&file, limits(100, 2, 100, 9)), expected);
    assert_eq!(told_within(&file, limits(100, 100, 10, 9)), expected);
    let nothing_held =
        ["A>B: lost 5", "A>B: one", "A>B: lost 2", "A>B: two", "A>B: lost 7", "A>B: three"];
    assert_eq!(told_within(&file, limits(0, 0, 0, 0)), nothing_held);
}

#[test]
fn the_limit_of_all_flows_falls_on_the_one_that_grows() {
    let script = [
        a("S", 99, ""),
        b("S", 499, ""),
        a("", 105, "12345"),
        b("", 505, "123"),
        b("", 510, "123"),
        a("", 100, "54321"),
    ];
    let expected =
        ["B>A: lost 5", "B>A: 123", "A>B: 54321", "A>B: 12345", "B>A: lost 2", "B>A: 123"];
    assert_eq!(told_within(&segments(&script), limits(100, 100, 9, 9)), expected);
}

mod forgotten {
    use std::net::SocketAddrV4;

    use super::super::kit::told_within;
    use super::limits;
    use crate::capture::CaptureTime;
    use crate::capture::write::{PcapWriter, Side, TcpConversation};

    #[test]
    fn the_connection_idle_for_longest_is_dropped() {
        let server: SocketAddrV4 = "10.9.9.9:80".parse().expect("an address");
        let mut writer = PcapWriter::new(Vec::new()).expect("memory takes every write");
        let mut conversations: Vec<_> = ["10.0.0.1:1", "10.0.0.2:2", "10.0.0.3:3"]
            .map(|client| TcpConversation::new(client.parse().expect("an address"), server))
            .into();
        let mut say = |who: usize, bytes: &[u8]| {
            conversations[who]
                .send(&mut writer, CaptureTime(0), Side::Client, bytes)
                .expect("memory takes every write");
        };
        say(0, b"one");
        say(1, b"two");
        say(0, b"one again");
        say(2, b"three");
        say(0, b"one still");
        say(1, b"two anew");
        let expected = [
            "10.0.0.1:1>10.9.9.9:80: one",
            "10.0.0.2:2>10.9.9.9:80: two",
            "10.0.0.1:1>10.9.9.9:80: one again",
            "10.0.0.2:2>10.9.9.9:80: end Forgotten",
            "10.0.0.3:3>10.9.9.9:80: three",
            "10.0.0.1:1>10.9.9.9:80: one still",
            "10.0.0.3:3>10.9.9.9:80: end Forgotten",
            "10.0.0.2:2>10.9.9.9:80: two anew",
        ];
        assert_eq!(told_within(&writer.into_inner(), limits(100, 100, 100, 2)), expected);
    }
}
