//! Trades that are broken: who hears what of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use appliance::journal::{History, Place};
use appliance::linux::LinuxDisk;
use appliance::world::Use;
use serde_json::json;

use crate::kit::ouch::{Enter, broken, buy, canceled, executed, on_channel, sell, system};
use crate::kit::{Broker, Login, Operator, Scene, Setup, hears, hears_no_more, scene, unsequenced};

#[test]
fn both_sides_of_a_broken_trade_hear_it_with_the_texts_of_their_orders() {
    let mut at = scene(&Setup::new());
    let Scene { p1, p2, venue, .. } = &mut at;
    let mut sale = sell(1).shares(300);
    sale.text = "seller";
    let hit = Enter { text: "buyer", ..buy(7) };
    assert_eq!(p1.ask(&sale.bytes()).kind(), 'A');
    p2.send(&hit.bytes());
    hears(p2, &[hit.accepted(2), executed(7, 100, 100_000, b'R', 1)]);
    hears(p1, &[executed(1, 100, 100_000, b'A', 1)]);
    venue.does("break-trade 1 --reason erroneous", "trade 1");
    hears(p2, &[broken(7, 1, b'E', "buyer")]);
    hears(p1, &[broken(1, 1, b'E', "seller")]);
    venue.refuses("break-trade 1 --reason E", "already-broken", "");
    venue.refuses("break-trade 2 --reason E", "unknown-trade", "2");
    venue.refuses("break-trade 0 --reason E", "unknown-trade", "0");
    venue.refuses("break-trade 18446744073709551615 --reason E", "unknown-trade", "");
    for wrong in ["--reason Z", "--reason error", "", "--reason"] {
        let told = venue.admin(format!("break-trade 1 {wrong}").trim());
        assert_eq!(told.code, Some(2), "{told:?}");
    }
    // The order goes on with what it had left.
    p2.send(&buy(8).shares(200).bytes());
    hears(p2, &[buy(8).shares(200).accepted(3), executed(8, 200, 100_000, b'R', 2)]);
    hears(p1, &[executed(1, 200, 100_000, b'A', 2)]);
    for (reason, code) in [("C", b'C'), ("supervisory", b'S'), ("external", b'X')] {
        let number = 10 + u32::from(code);
        assert_eq!(p1.ask(&sell(number).bytes()).kind(), 'A');
        p2.send(&buy(number).bytes());
        let fill = &p2.replies(2)[1].bytes;
        let trade = u64::from_be_bytes(fill[26..34].try_into().expect("eight bytes"));
        p1.reply();
        venue.does(&format!("break-trade {trade} --reason {reason}"), "trade ");
        hears(p2, &[broken(number, trade, code, "text")]);
        hears(p1, &[broken(number, trade, code, "text")]);
    }
    hears_no_more(p1);
    hears_no_more(p2);
}

#[test]
fn the_sides_of_a_broken_trade_are_what_they_were_when_it_was_made() {
    let mut at = scene(&Setup::new());
    let Scene { p1, p2, venue, .. } = &mut at;
    let first = Enter { text: "first", ..sell(1).shares(300).with(28, &[9]) };
    let second = Enter { text: "second", ..sell(2).shares(300).with(28, &[9]) };
    assert_eq!(p1.ask(&first.bytes()).kind(), 'A');
    assert_eq!(p2.ask(&buy(1).bytes()).kind(), 'A');
    p2.reply();
    p1.reply();
    assert_eq!(p1.ask(&second.replace(1)).kind(), 'U');
    assert_eq!(p2.ask(&buy(2).bytes()).kind(), 'A');
    p2.reply();
    p1.reply();
    // Neither an order that has gone nor a broker that is not there is in the way.
    p1.send_raw(b"\x00\x01O");
    p1.closed();
    venue.does("break-trade 2 --reason E", "trade 2");
    venue.does("break-trade 1 --reason E", "trade 1");
    hears(p2, &[broken(2, 2, b'E', "text"), broken(1, 1, b'E', "text")]);
    let p1 = &mut Broker::login_with(venue.address(), &Login::new("P1").from(6));
    let of = |number, trade, text| on_channel(&broken(number, trade, b'E', text), 9);
    hears(p1, &[of(2, 2, "second"), of(1, 1, "first")]);
    hears_no_more(p1);
}

#[test]
fn trades_of_a_cross_are_broken_one_by_one_and_its_print_never() {
    let mut at = scene(&Setup::new());
    let Scene { p1, p2, venue, .. } = &mut at;
    venue.does("pause AAA", "AAA is paused");
    assert_eq!(p1.ask(&sell(1).shares(100).bytes()).kind(), 'A');
    assert_eq!(p1.ask(&sell(2).shares(100).bytes()).kind(), 'A');
    assert_eq!(p2.ask(&buy(1).shares(200).bytes()).kind(), 'A');
    venue.does("resume AAA", "AAA is released");
    hears(p1, &[executed(1, 100, 100_000, b'H', 1), executed(2, 100, 100_000, b'H', 2)]);
    hears(p2, &[executed(1, 100, 100_000, b'H', 1), executed(1, 100, 100_000, b'H', 2)]);
    venue.refuses("break-trade 3 --reason E", "cross-print", "3");
    venue.does("break-trade 2 --reason C", "trade 2");
    hears(p1, &[broken(2, 2, b'C', "text")]);
    hears(p2, &[broken(1, 2, b'C', "text")]);
    venue.refuses("break-trade 4 --reason E", "unknown-trade", "4");
    hears_no_more(p1);
    hears_no_more(p2);
}

#[test]
fn a_trade_with_oneself_is_told_twice_and_may_be_broken_after_the_market_ended() {
    let mut at = scene(&Setup::new());
    let Scene { p1, venue, .. } = &mut at;
    assert_eq!(p1.ask(&sell(1).bytes()).kind(), 'A');
    p1.send(&buy(2).shares(200).bytes());
    p1.replies(3);
    venue.does("phase ended", "phase ended");
    hears(p1, &[canceled(2, 100, b'E'), system(b'E')]);
    venue.does("break-trade 1 --reason E", "trade 1");
    hears(p1, &[broken(2, 1, b'E', "text"), broken(1, 1, b'E', "text")]);
    hears_no_more(p1);
    venue.does("end-day", "the day is ended");
    venue.refuses("break-trade 1 --reason E", "day-ended", "");
}

/// The limit of the day, which the kit sets to 64.
#[test]
fn no_more_trades_are_broken_than_a_day_allows() {
    let mut at = scene(&Setup::new());
    let Scene { p1, p2, venue, .. } = &mut at;
    assert_eq!(p1.ask(&sell(1).shares(65).bytes()).kind(), 'A');
    for number in 1..=65 {
        p2.send(&buy(number).shares(1).bytes());
    }
    p2.replies(130);
    p1.replies(65);
    let mut operator = Operator::connect(Path::new(venue.socket())).expect("it listens");
    let mut give = |trade: u64| {
        let wish = json!({ "break-trade": { "match_no": trade, "reason": "S" } });
        operator.ask(&wish).expect("it answers")
    };
    for trade in 1..=64_u32 {
        let answer = give(trade.into());
        assert!(answer["done"].is_object(), "{answer}");
        hears(p1, &[broken(1, trade.into(), b'S', "text")]);
        hears(p2, &[broken(trade, trade.into(), b'S', "text")]);
    }
    assert_eq!(give(65)["refused"]["reason"], "break-limit");
    assert_eq!(give(64)["refused"]["reason"], "already-broken");
    hears_no_more(p1);
    hears_no_more(p2);
}

/// The journal goes from file to file while it is searched.
#[test]
fn trades_are_looked_for_in_a_journal_that_is_being_written() {
    let mut at = scene(&Setup::new());
    let Scene { p1, venue, .. } = &mut at;
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let stop = &stop;
        scope.spawn(move || {
            for n in (0..).step_by(500).take_while(|_| !stop.load(Ordering::Relaxed)) {
                let refused = |n| unsequenced(&buy(n).shares(0).bytes());
                p1.send_raw(&(n + 1..=n + 500).flat_map(refused).collect::<Vec<u8>>());
                p1.replies(500);
            }
        });
        let mut operator = Operator::connect(Path::new(venue.socket())).expect("it listens");
        let wish = json!({ "break-trade": { "match_no": 1, "reason": "E" } });
        while venue.status()["journal"]["segment"].as_u64() < Some(6) {
            let answer = operator.ask(&wish);
            let answer = answer.map(|answer| answer["refused"]["reason"].to_string());
            if answer.as_deref() != Some("\"unknown-trade\"") {
                stop.store(true, Ordering::Relaxed);
            }
            assert_eq!(answer.as_deref(), Some("\"unknown-trade\""));
        }
        stop.store(true, Ordering::Relaxed);
    });
}

/// A journal that goes from one file to the next while the first one is looked at: what is seen of
/// it is a day that ends somewhere, and never damage.
#[test]
fn a_journal_may_go_on_in_the_next_file_while_it_is_read() {
    let mut at = scene(&Setup::new());
    let Scene { p1, venue, .. } = &mut at;
    for n in (0..25_000).step_by(500) {
        let refused = |n| unsequenced(&buy(n).shares(0).bytes());
        p1.send_raw(&(n + 1..=n + 500).flat_map(refused).collect::<Vec<u8>>());
        p1.replies(500);
    }
    let folder = PathBuf::from(venue.status()["journal"]["folder"].as_str().expect("a path"));
    at.venue.stop();
    let files = [1, 2].map(|n| folder.join(format!("{n:08}.segment")));
    let whole = files.clone().map(|file| fs::read(file).expect("it is there"));
    assert!(whole[1].starts_with(b"OUTCRYJL"), "it has one file");
    // As it was before: half of the first file, and the second one made and not begun.
    let half = [&whole[0][..500_000], &vec![0; whole[0].len() - 500_000]].concat();
    fs::write(&files[0], half).expect("it can be written");
    fs::write(&files[1], vec![0; whole[1].len()]).expect("it can be written");
    let place = Place { folder, segment_bytes: 0, usage: Use::Read };
    let history = History::find(&LinuxDisk, &place).expect("it is there");
    let mut batches = 0;
    let read = history.read(|_| {
        if batches == 0 {
            for (file, bytes) in files.iter().zip(&whole) {
                fs::write(file, bytes).expect("it can be written");
            }
        }
        batches += 1;
        Ok(())
    });
    assert!(read.expect("nothing is damaged").is_some());
    let before = batches;
    let read = history.read(|_| {
        batches += 1;
        Ok(())
    });
    assert!(read.expect("nothing is damaged").is_some());
    assert!(batches > 2 * before + before / 2, "{before} batches of {}", batches - before);
}
