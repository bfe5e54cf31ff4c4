//! `outcry feed check --live`.

use rustix::process::Signal;
use serde_json::json;

use crate::day::Day;
use crate::kit::start;
use crate::publisher::Publisher;

fn tell(publisher: &mut Publisher, day: &Day) {
    day.messages.iter().for_each(|message| publisher.tell(&[message]));
}

#[test]
fn a_day_is_checked_while_it_is_told() {
    let mut publisher = Publisher::with_groups(2);
    publisher.serve(0);
    let check = start(&["check", "--live"], &publisher);
    tell(&mut publisher, &Day::sound());
    publisher.end();
    check.end().ends(
        0,
        &[
            "messages    22",
            "trades      4",
            "faults      none",
            "line A      239.",
            "gaps        none",
            "end         end of the day",
        ],
    );
}

#[test]
fn faults_are_said_with_the_number_of_the_session() {
    let mut publisher = Publisher::with_groups(2);
    let mut check = start(&["check", "--live"], &publisher);
    let mut day = Day::open();
    day.delete(7);
    tell(&mut publisher, &day);
    check.hears("session 2026112001");
    publisher.end();
    check.end().ends(1, &["message 6: no order 7 is displayed", "faults      1"]);
}

#[test]
fn a_check_ends_where_messages_are_lost() {
    let mut publisher = Publisher::with_groups(2);
    let check = start(&["check", "--live", "--patience", "100ms"], &publisher);
    let day = Day::sound();
    publisher.tell(&[&day.messages[0]]);
    publisher.say(&day.messages[1]);
    publisher.send_on(&[]);
    publisher.tell(&[&day.messages[2]]);
    check.end().ends(
        1,
        &["message 2 is lost", "messages    1 in ", "end         where messages are lost"],
    );
}

#[test]
fn a_check_may_be_stopped_and_tells_what_it_has() {
    let mut publisher = Publisher::with_groups(1);
    let mut check = start(&["check", "--live", "--json"], &publisher);
    tell(&mut publisher, &Day::sound());
    check.hears("session 2026112001");
    check.signal(Signal::INT);
    let said = check.end();
    let object = said.object();
    assert_eq!((said.code, &object["sound"]), (Some(0), &json!(true)), "{said:?}");
    assert_eq!(object["feed"]["gaps"], json!(0));
    assert_eq!(object["feed"]["lost"], json!(0));
    assert_eq!(object["session"], json!("2026112001"));
    assert_eq!(object["end"], json!("stopped"));
}

#[test]
fn a_check_that_is_stopped_before_a_gap_is_healed_says_so() {
    let mut publisher = Publisher::with_groups(1);
    let mut check = start(&["check", "--live", "--patience", "1h"], &publisher);
    publisher.tell(&[&Day::sound().messages[0]]);
    publisher.say(b"lost");
    publisher.send_on(&[]);
    publisher.beat_on(&[0]);
    check.hears("message 2 is missing");
    check.signal(Signal::TERM);
    check.end().ends(
        1,
        &["message 2 is still missing", "messages    1 in ", "missing     1 message when it ended"],
    );
}

#[test]
fn nothing_heard_is_a_failure() {
    let publisher = Publisher::with_groups(1);
    let check = start(&["check", "--live", "--for", "50ms"], &publisher);
    let said = check.end();
    said.ends(1, &["nothing was heard on 239.", "none found: there was no message", "time over"]);
}
