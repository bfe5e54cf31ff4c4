//! `outcry journal replay`.

use serde_json::{Value, json};

use crate::kit::{Diary, journal};

fn last_object(args: &[&str]) -> Value {
    let (_folder, data) = Diary::busy().saved();
    let args = [&["replay", "--json"], args].concat();
    journal(&args, &data).objects().pop().expect("there is one")
}

#[test]
fn a_replay_stops_where_it_is_told_to() {
    let whole = last_object(&[]);
    assert_eq!(whole["commands"], 18);
    for (to, commands) in [("1", 1), ("7", 7), ("18", 18), ("09:30", 6), ("09:30:15.6", 8)] {
        let part = last_object(&["--to", to]);
        assert_eq!(part["commands"], commands, "{to}");
        assert_eq!(part["engine"] == whole["engine"], commands == 18, "{to}");
    }
    for key in ["commands", "replies", "engine", "told"] {
        assert_eq!(last_object(&["--to", "23:00"])[key], whole[key], "{key}");
    }
    let (_folder, data) = Diary::busy().saved();
    journal(&["replay", "--to", "19"], &data).fails(2, &["the journal ends with 18"]);
    journal(&["replay", "--to", "0"], &data).fails(2, &["a command's number"]);
}

#[test]
fn the_book_has_every_order_in_its_place() {
    let (_folder, data) = Diary::busy().saved();
    let book = last_object(&["--to", "13", "--book", "AAA"])["book"].clone();
    assert_eq!((&book["symbol"], &book["command"]), (&json!("AAA"), &json!(13)));
    assert_eq!((&book["phase"], &book["reference"]), (&json!("open"), &json!("10.0000")));
    let buy = &book["buys"][0];
    assert_eq!((&buy["price"], &buy["shares"]), (&json!("9.9900"), &json!(90)));
    assert_eq!(buy["orders"][0]["username"], "P1");
    assert_eq!(buy["orders"][0]["user_ref_num"], 2);
    let sell = &book["sells"][0]["orders"][0];
    assert_eq!((&sell["kind"], &sell["tip_ref"]), (&json!("hidden"), &Value::Null));
    let lines = journal(&["replay", "--to", "13", "--book", "BBB"], &data).fine();
    let words: Vec<String> =
        lines.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let expected = [
        "book BBB behind command 13 at 09:35:00.000000000, phase open, reference 10.0000",
        "sell 10.2000 500",
        "100 ref 5 P2(2)#2",
        "400 ref 5 P2(2)#2 reserve",
        "sell 10.1000 200",
        "200 ref 4 P1(1)#3.3",
        "buy nothing",
    ];
    assert_eq!(words[..7], expected);
    journal(&["replay", "--book", "CCC"], &data).fails(2, &["CCC is not listed"]);
    journal(&["replay", "--book", "AAA", "--to", "1"], &data).fails(2, &["AAA is not listed"]);
}

#[test]
fn replies_and_feed_are_shown_with_their_numbers() {
    let (_folder, data) = Diary::busy().saved();
    let said = journal(&["replay", "--replies", "P1", "--to", "10"], &data);
    assert!(said.err.contains("commands 10") && said.err.contains("told "), "{}", said.err);
    let lines: Vec<String> = said.fine().lines().map(str::to_owned).collect();
    let kinds: Vec<&str> = lines.iter().map(|line| &line[42..43]).collect();
    assert_eq!(kinds, ["S", "A", "E", "U", "A"]);
    assert!(lines.iter().zip(1..).all(|(line, no)| line.contains(&format!(" #{no} "))));
    let (_folder, data) = Diary::busy().saved();
    let objects = journal(&["replay", "--feed", "--json"], &data).objects();
    let (last, feed) = objects.split_last().expect("there are messages");
    assert!(feed.iter().zip(1..).all(|(object, no)| object["number"] == no));
    assert_eq!((&feed[0]["name"], &last["commands"]), (&json!("SystemEvent"), &json!(18)));
    journal(&["replay", "--replies", "P9"], &data).fails(2, &["no port", "P9"]);
}

#[test]
fn the_feed_as_a_file_is_what_decode_reads() {
    let (folder, data) = Diary::busy().saved();
    let file = folder.join("day.itch");
    journal(&["replay", "--binary-file", &file.display().to_string()], &data).fine();
    let feed = journal(&["replay", "--feed"], &data).fine();
    let mut process = std::process::Command::new(env!("CARGO_BIN_EXE_outcry"));
    let output = process.args(["decode", "--quiet"]).arg(&file).output().expect("it is built");
    let decoded = String::from_utf8(output.stdout).expect("it writes text");
    // Without the session's own numbers, which a file does not have, they are counted.
    assert_eq!(decoded.replace(" +", " #"), feed);
}
