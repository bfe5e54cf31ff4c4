//! What operators say, and what brokers hear of it.

use crate::kit::ouch::{
    Enter, PRIVATE, buy, cancel, canceled, executed, rejected, sell, switch, switched, system,
};
use crate::kit::{Broker, Folder, Login, Scene, Setup, Venue, admin, hears, hears_no_more, scene};
use serde_json::json;

/// A day that goes from phase to phase by hand alone.
fn by_hand() -> Setup {
    Setup::new().with_calendar("open = \"23:00\"\nended = \"23:30\"")
}

/// P1 with two firms.
fn two_firms() -> Setup {
    let mut setup = Setup::new();
    setup.ports[0] = setup.ports[0].replace("firm = \"FRM1\"", "firms = [\"FRM1\", \"FRMX\"]");
    setup
}

fn in_bbb(order: Enter) -> Enter {
    Enter { symbol: "BBB", ..order }
}

/// Misused, before anybody is asked.
#[track_caller]
fn misuses(venue: &Venue, words: &str, text: &str) {
    let told = venue.admin(words);
    assert_eq!((told.code, told.out.as_str()), (Some(2), ""), "{words}: {told:?}");
    assert!(told.err.contains(text), "{words}: not \"{text}\": {told:?}");
}

#[test]
fn a_halted_security_takes_no_orders_and_keeps_those_it_has() {
    let mut at = scene(&Setup::new());
    let Scene { p1, p2, venue, .. } = &mut at;
    p1.send(&sell(1).shares(300).bytes());
    hears(p1, &[sell(1).shares(300).accepted(1)]);
    let number = venue.does("halt AAA --reason T1", "AAA is halted");
    let status = venue.status();
    let states = json!([{ "symbol": "AAA", "state": "halted", "reason": "T1" }]);
    assert_eq!(status["instruments"]["states"], states);
    assert!(status["journal"]["commands"].as_u64() >= Some(number) && number > 4, "{status}");
    for order in [buy(1), buy(2).tif(b'3'), buy(3).tif(b'5')] {
        assert_eq!(p2.ask(&order.bytes()).untimed(), order.rejected(0x0007));
    }
    // Another security goes on, and the order can be made smaller and canceled.
    assert_eq!(p2.ask(&in_bbb(buy(4)).bytes()).untimed(), in_bbb(buy(4)).accepted(2));
    p1.send(&cancel(1, 200));
    hears(p1, &[canceled(1, 100, b'U')]);
    assert_eq!(p1.ask(&sell(2).replace(1)).untimed(), rejected(2, 0x0007, "text"));
    venue.does("resume AAA --reason R1", "AAA is released");
    p2.send(&buy(5).bytes());
    // The print of the empty cross has the first number.
    hears(p2, &[buy(5).accepted(3), executed(5, 100, 100_000, b'R', 2)]);
    hears(p1, &[executed(1, 100, 100_000, b'A', 2)]);
    venue.does("halt --all", "every security is halted");
    for order in [buy(6), in_bbb(buy(7))] {
        assert_eq!(p2.ask(&order.bytes()).untimed(), order.rejected(0x0007));
    }
    venue.does("resume --all", "every security is released");
    assert_eq!(p2.ask(&in_bbb(buy(8)).bytes()).kind(), 'A');
    hears_no_more(p1);
}

#[test]
fn what_is_collected_trades_at_one_price_when_it_is_released() {
    for (word, state) in [("pause", "paused"), ("quote-only", "quote-only")] {
        let mut at = scene(&Setup::new());
        let Scene { p1, p2, venue, .. } = &mut at;
        venue.does(&format!("{word} AAA"), "AAA is ");
        assert_eq!(venue.status()["instruments"]["states"][0]["state"], state);
        let (sales, buys) =
            ([sell(1).shares(200).at(99_900), sell(2).at(100_100)], buy(1).shares(300).at(100_200));
        let hidden = Enter { display: b'N', ..buy(2) };
        sales.iter().for_each(|sale| p1.send(&sale.bytes()));
        hears(p1, &[sales[0].accepted(1), sales[1].accepted(2)]);
        [&buys, &hidden].into_iter().for_each(|order| p2.send(&order.bytes()));
        hears(p2, &[buys.accepted(3), hidden.accepted(PRIVATE | 1)]);
        let at_once = buy(3).tif(b'3');
        assert_eq!(p2.ask(&at_once.bytes()).untimed(), at_once.rejected(0x0007));
        hears_no_more(p1);
        venue.does("resume --all", "every security is released");
        hears(p2, &[executed(1, 200, 100_100, b'H', 1), executed(1, 100, 100_100, b'H', 2)]);
        hears(p1, &[executed(1, 200, 100_100, b'H', 1), executed(2, 100, 100_100, b'H', 2)]);
        hears_no_more(p1);
        hears_no_more(p2);
        assert_eq!(venue.status()["instruments"]["states"], json!([]));
    }
}

#[test]
fn states_that_cannot_be_are_refused_and_those_beside_them_are_done() {
    let at = scene(&Setup::new());
    let venue = &at.venue;
    venue.refuses("halt ZZZ", "unknown-symbol", "symbol");
    misuses(venue, "halt", "required");
    misuses(venue, "halt AAA --all", "cannot be used with");
    misuses(venue, "halt AAA --reason LONGER", "at most 4");
    misuses(venue, "stop AAA", "unrecognized");
    let told = venue.admin("halt ZZZ AAA YYY BBB");
    assert_eq!(told.code, Some(1));
    assert!(told.err.contains("2 of 4 were refused"), "{told:?}");
    assert_eq!(told.out.lines().count(), 2, "{told:?}");
    let status = venue.status();
    assert_eq!(status["instruments"]["states"].as_array().map(Vec::len), Some(2), "{status}");
    // What is so already is done again, and nothing comes of it.
    venue.does("halt AAA", "AAA is halted");
    assert_eq!(venue.status()["instruments"], status["instruments"]);
}

#[test]
fn the_phases_of_a_day_may_be_given_by_hand() {
    let folder = Folder::new();
    let venue = &Venue::start(&by_hand(), &folder.join("data"));
    let p1 = &mut Broker::login(venue.address(), "P1");
    let p2 = &mut Broker::login(venue.address(), "P2");
    assert_eq!(venue.status()["phase"], "closed");
    assert_eq!(p1.ask(&buy(1).bytes()).untimed(), buy(1).rejected(0x0002));
    venue.does("phase early", "phase early");
    hears(p1, &[system(b'S')]);
    p1.send(&sell(2).tif(b'5').bytes());
    p1.send(&sell(3).bytes());
    hears(p1, &[sell(2).tif(b'5').accepted(1), sell(3).rejected(0x002D)]);
    let at_once = buy(1).shares(40).tif(b'3');
    p2.send(&at_once.bytes());
    let fill = executed(1, 40, 100_000, b'R', 1);
    hears(p2, &[system(b'S'), at_once.accepted(PRIVATE | 1), fill]);
    hears(p1, &[executed(2, 40, 100_000, b'A', 1)]);
    venue.does("phase pre-open", "phase pre-open");
    for order in [buy(2), buy(3).at(99_000)] {
        assert_eq!(p2.ask(&order.bytes()).kind(), 'A');
    }
    assert_eq!(p2.ask(&at_once_of(4)).untimed(), buy(4).rejected(0x002D));
    venue.refuses("phase early", "phase-backward", "forward");
    venue.does("phase open", "phase open");
    hears(p2, &[executed(2, 60, 100_000, b'O', 2)]);
    hears(p1, &[executed(2, 60, 100_000, b'O', 2)]);
    venue.does("phase late", "phase late");
    hears(p2, &[canceled(2, 40, b'E'), canceled(3, 100, b'E')]);
    assert_eq!(p2.ask(&buy(5).bytes()).untimed(), buy(5).rejected(0x002E));
    assert_eq!(p2.ask(&buy(6).tif(b'E').bytes()).kind(), 'A');
    venue.does("phase ended", "phase ended");
    hears(p2, &[canceled(6, 100, b'T'), system(b'E')]);
    hears(p1, &[system(b'E')]);
    assert_eq!(p1.ask(&buy(9).bytes()).untimed(), buy(9).rejected(0x0002));
    venue.refuses("phase open", "phase-backward", "forward");
    venue.refuses("halt AAA", "phase-ended", "");
    misuses(venue, "phase closed", "possible values");
    misuses(venue, "phase noon", "possible values");
    hears_no_more(p1);
    hears_no_more(p2);
}

fn at_once_of(number: u32) -> Vec<u8> {
    buy(number).tif(b'3').bytes()
}

/// Orders of both ports, and which of them each filter leaves.
#[test]
fn orders_are_canceled_by_everything_that_an_operator_names() {
    let mut at = scene(&two_firms());
    let Scene { p1, p2, venue, .. } = &mut at;
    let short = Enter { side: b'T', ..sell(4).at(103_000) };
    let orders = [
        buy(1).at(99_000),
        buy(2).at(98_000).with(2, b"FRMX"),
        in_bbb(buy(3).at(97_000)).with(2, b"FRMX"),
        short,
        Enter { display: b'N', ..sell(5).at(104_000) },
        in_bbb(sell(6).at(105_000)),
    ];
    for order in &orders {
        assert_eq!(p1.ask(&order.bytes()).kind(), 'A');
    }
    let theirs = [in_bbb(buy(1).at(96_000)), sell(2).at(106_000), sell(3).at(107_000)];
    for order in &theirs {
        assert_eq!(p2.ask(&order.bytes()).kind(), 'A');
    }
    let gone = |number| canceled(number, 100, b'S');
    let text = "what matches is canceled";
    venue.does("cancel-all --firm FRMX --symbol BBB", text);
    hears(p1, &[gone(3)]);
    venue.does("cancel-all --port P1 --side T", text);
    hears(p1, &[gone(4)]);
    venue.does("cancel-all --symbol AAA --side B --firm FRM1", text);
    hears(p1, &[gone(1)]);
    venue.does("cancel-all --port P2 --firm FRM1", text);
    venue.does("cancel-all --side S", "what matches is canceled; 4 orders canceled (command ");
    // Those that the public sees first, in the order of their references.
    hears(p1, &[gone(6), gone(5)]);
    hears(p2, &[gone(2), gone(3)]);
    venue.does("cancel-all --port p1", "what matches is canceled; 1 order canceled (command ");
    hears(p1, &[gone(2)]);
    venue.does("cancel-all --everything", text);
    hears(p2, &[gone(1)]);
    hears_no_more(p1);
    hears_no_more(p2);
    venue.refuses("cancel-all --port P9", "unknown-port", "P9");
    venue.refuses("cancel-all --symbol ZZZ", "unknown-symbol", "symbol");
    misuses(venue, "cancel-all", "required");
    misuses(venue, "cancel-all --side X", "possible values");
    misuses(venue, "cancel-all --everything --port P1", "cannot be used with");
}

#[test]
fn a_port_that_is_stopped_enters_nothing_until_the_operator_allows_it() {
    let mut at = scene(&Setup::new());
    let Scene { p1, p2, venue, .. } = &mut at;
    assert_eq!(p1.ask(&buy(1).at(99_000).bytes()).kind(), 'A');
    venue.does("disable P1", "order entry of P1 is stopped");
    let status = venue.status();
    let stopped: Vec<_> =
        status["ports"].as_array().expect("a list").iter().map(|port| &port["stopped"]).collect();
    assert_eq!(stopped, [true, false, false, false]);
    assert_eq!(p1.ask(&buy(2).bytes()).untimed(), buy(2).rejected(0x000C));
    assert_eq!(p1.ask(&buy(3).replace(1)).untimed(), buy(3).rejected(0x000C));
    // The broker cannot undo it, and can stop itself besides.
    for firm in ["", "FRM1"] {
        let number = if firm.is_empty() { 4 } else { 5 };
        assert_eq!(p1.ask(&switch(b'E', number, firm)).untimed(), rejected(number, 0x000C, ""));
    }
    assert_eq!(p1.ask(&switch(b'D', 6, "")).untimed(), switched(b'G', 6, ""));
    p1.send(&cancel(1, 60));
    hears(p1, &[canceled(1, 40, b'U')]);
    assert_eq!(p2.ask(&buy(1).bytes()).kind(), 'A');
    venue.does("enable P1", "order entry of P1 is allowed");
    assert_eq!(p1.ask(&buy(7).bytes()).untimed(), buy(7).rejected(0x000C));
    assert_eq!(p1.ask(&switch(b'E', 8, "")).untimed(), switched(b'K', 8, ""));
    assert_eq!(p1.ask(&buy(9).bytes()).kind(), 'A');
    venue.refuses("disable P9", "unknown-port", "P9");
    venue.refuses("enable P9", "unknown-port", "P9");
    misuses(venue, "disable", "required");
    misuses(venue, "disable P1 --port P2", "cannot be used with");
}

#[test]
fn a_firm_is_stopped_everywhere_or_on_one_port() {
    let mut at = scene(&two_firms());
    let Scene { p1, p2, venue, .. } = &mut at;
    let of = |number, firm: &str| buy(number).with(2, firm.as_bytes());
    venue.does("disable --firm FRMX --port P1", "order entry of P1, firm FRMX is stopped");
    let status = venue.status();
    assert_eq!(status["ports"][0]["stopped_firms"], json!(["FRMX"]), "{status}");
    assert_eq!(p1.ask(&of(1, "FRMX").bytes()).untimed(), buy(1).rejected(0x000C));
    assert_eq!(p1.ask(&of(2, "FRM1").bytes()).kind(), 'A');
    assert_eq!(p1.ask(&switch(b'E', 3, "FRMX")).untimed(), rejected(3, 0x000C, ""));
    assert_eq!(p1.ask(&switch(b'E', 4, "")).untimed(), rejected(4, 0x000C, ""));
    assert_eq!(p1.ask(&switch(b'E', 5, "FRM1")).untimed(), switched(b'K', 5, "FRM1"));
    // All of the firm and the firm on the port are two things.
    venue.does("disable --firm FRMX", "order entry of FRMX is stopped");
    venue.does("enable --firm FRMX --port P1", "order entry of P1, firm FRMX is allowed");
    assert_eq!(p1.ask(&of(6, "FRMX").bytes()).untimed(), buy(6).rejected(0x000C));
    venue.does("enable --firm FRMX", "order entry of FRMX is allowed");
    assert_eq!(p1.ask(&of(7, "FRMX").bytes()).kind(), 'A');
    venue.does("disable --firm FRM2", "order entry of FRM2 is stopped");
    assert_eq!(p2.ask(&buy(1).bytes()).untimed(), buy(1).rejected(0x000C));
    assert_eq!(p1.ask(&buy(8).bytes()).kind(), 'A');
    venue.refuses("disable --firm FRM2 --port P1", "unknown-firm", "not on the port");
}

#[test]
fn who_is_kicked_hears_why_and_may_come_back() {
    let setup = Setup::new().with_port(1, "cancel_on_disconnect = true");
    let mut at = scene(&setup);
    let Scene { p1, p2, venue, .. } = &mut at;
    assert_eq!(p1.ask(&buy(1).bytes()).kind(), 'A');
    assert_eq!(p2.ask(&buy(1).bytes()).kind(), 'A');
    venue.does("kick P1", "");
    p1.dismissed("operator");
    venue.does("kick p2", "");
    p2.dismissed("operator");
    let p1 = &mut Broker::login_with(venue.address(), &Login::new("P1").from(3));
    hears(p1, &[canceled(1, 100, b'Z')]);
    let p2 = &mut Broker::login_with(venue.address(), &Login::new("P2").from(3));
    p2.send(&cancel(1, 0));
    hears(p2, &[canceled(1, 100, b'U')]);
    venue.refuses("kick P9", "unknown-port", "P9");
    venue.refuses("kick P3", "not-connected", "P3");
    misuses(venue, "kick", "required");
}

#[test]
fn a_security_is_listed_and_changed_while_all_trade() {
    let mut at = scene(&Setup { symbols: 4, ..Setup::new() });
    let Scene { p1, p2, venue, .. } = &mut at;
    let of = |number, symbol| Enter { symbol, ..buy(number) };
    assert_eq!(p1.ask(&of(1, "NEW").bytes()).untimed(), of(1, "NEW").rejected(0x0017));
    venue.does("instrument NEW reference_price=10.00 tick=0.05", "NEW is listed");
    assert_eq!(p1.ask(&of(2, "NEW").bytes()).untimed(), of(2, "NEW").accepted(1));
    let between = of(3, "NEW").at(100_100);
    assert_eq!(p1.ask(&between.bytes()).untimed(), between.rejected(0x001D));
    assert_eq!(p1.ask(&buy(4).shares(50).bytes()).kind(), 'A');
    let change = "instrument AAA lot=100 round_lots_only=true max_quantity=500";
    venue.does(change, "AAA is changed");
    // What rests is not touched.
    p2.send(&sell(1).shares(50).tif(b'3').bytes());
    let refused = sell(1).shares(50).tif(b'3').rejected(0x0013);
    hears(p2, &[refused]);
    assert_eq!(p2.ask(&buy(2).shares(600).bytes()).untimed(), buy(2).rejected(0x001E));
    // The other settings are as they were: a cent is a tick.
    let odd = sell(3).at(100_100);
    assert_eq!(p2.ask(&odd.bytes()).untimed(), odd.accepted(3));
    venue.does("instrument HLT reference_price=5.00 state=halted", "HLT is listed");
    assert_eq!(p2.ask(&of(4, "HLT").bytes()).untimed(), of(4, "HLT").rejected(0x0007));
    venue.does("resume HLT", "HLT is released");
    assert_eq!(p2.ask(&of(5, "HLT").bytes()).kind(), 'A');
    venue.refuses("instrument ONE reference_price=1.00", "symbol-limit", "");
    venue.refuses("instrument AAA lot=0", "bad-settings", "lot");
    venue.refuses("instrument AAA lots=1", "bad-settings", "lots");
    venue.refuses("instrument ONE lot=1", "bad-settings", "reference_price");
    venue.refuses("instrument AAA symbol=BBB", "bad-settings", "symbol");
    misuses(venue, "instrument AAA", "required");
    misuses(venue, "instrument AAA lot", "lot=100");
    misuses(venue, "instrument AAA lot=1 lot=2", "twice");
    assert_eq!(venue.status()["instruments"]["listed"], 4);
}

#[test]
fn a_port_is_made_and_changed_while_all_trade() {
    let mut at = scene(&Setup { limits: "ports = 5".to_owned(), ..Setup::new() });
    let Scene { p1, p2, venue, .. } = &mut at;
    let mut early = Broker::connect(venue.address());
    early.send_raw(&Login::new("P5").packet());
    early.rejected('A');
    venue.does("port P5 password=secret firm=FRM5", "port 5 of P5 is made");
    let p5 = &mut Broker::login_fresh(venue.address(), "P5");
    assert_eq!(p2.ask(&sell(1).bytes()).kind(), 'A');
    p5.send(&buy(1).bytes());
    hears(p5, &[buy(1).accepted(2), executed(1, 100, 100_000, b'R', 1)]);
    hears(p2, &[executed(1, 100, 100_000, b'A', 1)]);
    venue.does("port P5 max_quantity=50 password=hushhush", "port 5 of P5 is changed");
    assert_eq!(p5.ask(&buy(2).bytes()).untimed(), buy(2).rejected(0x0031));
    let mut again = Broker::connect(venue.address());
    again.send_raw(&Login::new("P5").packet());
    again.rejected('A');
    let other = Login { password: "hushhush  ".to_owned(), ..Login::new("P5").from(5) };
    let again = &mut Broker::login_with(venue.address(), &other);
    p5.dismissed("another login");
    assert_eq!(again.ask(&buy(3).shares(50).bytes()).kind(), 'A');
    venue.does("port P1 orders_per_second=1 burst=1", "port 1 of P1 is changed");
    let kinds: String = (1..=3).map(|n| p1.ask(&buy(n).at(90_000).bytes()).kind()).collect();
    assert_eq!(kinds, "AJJ");
    venue.refuses("port P6 password=x firm=FRM6", "port-limit", "");
    venue.refuses("port P6 firm=FRM6", "bad-settings", "password");
    venue.refuses("port P1 burst=many", "bad-settings", "burst");
    venue.refuses("port P1 bursts=1", "bad-settings", "bursts");
    misuses(venue, "port TOOLONG password=x firm=FRM6", "at most 6 characters");
    misuses(venue, "port P1", "required");
    assert!(!venue.err().contains("hushhush"), "a password in the log");
}

#[test]
fn nobody_there_is_misuse_and_says_what_to_do() {
    let at = scene(&Setup::new());
    let Scene { venue, folder, .. } = at;
    let socket = venue.socket().to_owned();
    let elsewhere = folder.join("elsewhere");
    let told = admin(elsewhere.to_str().expect("text"), &["status"]);
    assert_eq!(told.code, Some(2), "{told:?}");
    assert!(told.err.contains("nobody answers at") && told.err.contains("--data"), "{told:?}");
    venue.stop();
    for words in [["status"].as_slice(), &["end-day"]] {
        let told = admin(&socket, words);
        assert_eq!(told.code, Some(2), "{told:?}");
        assert!(told.err.contains("nobody answers at"), "{told:?}");
    }
}
