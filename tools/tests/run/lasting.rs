//! What operators did is there after a kill.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use crate::kit::ouch::{Enter, broken, buy, canceled, executed, sell, system};
use crate::kit::{Broker, Folder, Login, Setup, Venue, hears, hears_no_more};

/// A venue that is killed after whatever it was told to do.
struct Hard {
    setup: Setup,
    data: PathBuf,
    _folder: Folder,
}

impl Hard {
    fn new(setup: Setup) -> Self {
        let folder = Folder::new();
        Hard { setup, data: folder.join("data"), _folder: folder }
    }

    fn start(&self) -> Venue {
        Venue::start(&self.setup, &self.data)
    }

    /// Does this and is killed.
    #[track_caller]
    fn does(&self, words: &str, text: &str) {
        let venue = self.start();
        venue.does(words, text);
        venue.kill();
    }

    /// Logs in on a new venue, from this number on.
    fn returns(&self, venue: &Venue, username: &str, from: u64) -> Broker {
        Broker::login_with(venue.address(), &Login::new(username).from(from))
    }
}

#[test]
fn states_and_switches_are_there_after_a_kill() {
    for durability in ["disk", "os"] {
        let at = Hard::new(Setup::new().with_durability(durability));
        let venue = at.start();
        assert_eq!(Broker::login_fresh(venue.address(), "P1").ask(&buy(1).bytes()).kind(), 'A');
        venue.kill();
        at.does("halt AAA --reason T1", "AAA is halted");
        at.does("pause BBB", "BBB is paused");
        at.does("disable P2", "order entry of P2 is stopped");
        at.does("disable --firm FRM3", "order entry of FRM3 is stopped");
        at.does("disable --firm FRM4 --port P4", "order entry of P4, firm FRM4 is stopped");
        at.does("cancel-all --port P1", "what matches is canceled");
        let venue = at.start();
        assert!(!venue.err().contains("since the last start"), "{}", venue.err());
        let status = venue.status();
        let states = json!([
            { "symbol": "AAA", "state": "halted", "reason": "T1" },
            { "symbol": "BBB", "state": "paused", "reason": "" },
        ]);
        assert_eq!(status["instruments"]["states"], states);
        let mut p1 = at.returns(&venue, "P1", 3);
        hears(&mut p1, &[canceled(1, 100, b'S')]);
        assert_eq!(p1.ask(&buy(2).bytes()).untimed(), buy(2).rejected(0x0007));
        for user in ["P2", "P3", "P4"] {
            let mut broker = at.returns(&venue, user, 2);
            assert_eq!(broker.ask(&buy(1).bytes()).untimed(), buy(1).rejected(0x000C), "{user}");
        }
        venue.kill();
        at.does("resume --all", "every security is released");
        at.does("enable P2", "order entry of P2 is allowed");
        at.does("enable --firm FRM3", "order entry of FRM3 is allowed");
        at.does("enable --firm FRM4 --port P4", "order entry of P4, firm FRM4 is allowed");
        let venue = at.start();
        assert_eq!(venue.status()["instruments"]["states"], json!([]));
        for user in ["P2", "P3", "P4"] {
            let mut broker = at.returns(&venue, user, 3);
            assert_eq!(broker.ask(&buy(2).bytes()).kind(), 'A', "{user}");
        }
    }
}

#[test]
fn securities_and_ports_are_there_after_a_kill() {
    let at = Hard::new(Setup::new());
    at.does("instrument NEW reference_price=10.00 lot=10", "NEW is listed");
    at.does("instrument AAA max_quantity=70", "AAA is changed");
    at.does("port P2 max_quantity=50", "port 2 of P2 is changed");
    at.does("port p3 max_quantity=50", "port 3 of ");
    let venue = at.start();
    assert!(!venue.err().contains("since the last start"), "{}", venue.err());
    let new = |number| Enter { symbol: "NEW", ..buy(number) };
    let mut p1 = Broker::login_fresh(venue.address(), "P1");
    assert_eq!(p1.ask(&new(1).bytes()).untimed(), new(1).accepted(1));
    assert_eq!(p1.ask(&buy(2).bytes()).untimed(), buy(2).rejected(0x001E));
    for user in ["P2", "P3"] {
        let mut broker = Broker::login_fresh(venue.address(), user);
        let refused = new(1).rejected(0x0031);
        assert_eq!(broker.ask(&new(1).bytes()).untimed(), refused, "{user}");
    }
    assert_eq!(venue.status()["instruments"]["listed"], 3);
}

/// Whatever becomes of its password, the port goes on once it is given again.
#[test]
fn a_port_that_was_made_goes_on_when_its_password_is_given_again() {
    let at = Hard::new(Setup::new());
    at.does("port P5 password=secret firm=FRM5", "port 5 of P5 is made");
    let venue = at.start();
    venue.does("port P5 password=again firm=FRM5", "port 5 of P5 is changed");
    let again = Login { password: "again     ".to_owned(), ..Login::new("P5") };
    let mut p5 = Broker::login_with(venue.address(), &again);
    hears(&mut p5, &[system(b'S')]);
    p5.send(&buy(1).bytes());
    hears(&mut p5, &[buy(1).accepted(1)]);
}

#[test]
fn phases_and_broken_trades_are_there_after_a_kill() {
    let at = Hard::new(Setup::new().with_calendar("open = \"23:00\"\nended = \"23:30\""));
    at.does("phase early", "phase early");
    at.does("phase open", "phase open");
    let venue = at.start();
    assert_eq!(venue.status()["phase"], "open");
    let mut p1 = Broker::login_fresh(venue.address(), "P1");
    let mut p2 = Broker::login_fresh(venue.address(), "P2");
    assert_eq!(p1.ask(&sell(1).shares(200).bytes()).kind(), 'A');
    p2.send(&buy(1).bytes());
    hears(&mut p2, &[buy(1).accepted(2), executed(1, 100, 100_000, b'R', 1)]);
    venue.kill();
    // The trade is of a process before.
    at.does("break-trade 1 --reason E", "trade 1");
    at.does("phase late", "phase late");
    let venue = at.start();
    venue.refuses("break-trade 1 --reason E", "already-broken", "");
    venue.refuses("phase open", "phase-backward", "");
    let p1 = &mut at.returns(&venue, "P1", 3);
    let fill = executed(1, 100, 100_000, b'A', 1);
    hears(p1, &[fill, broken(1, 1, b'E', "text"), canceled(1, 100, b'E')]);
    hears_no_more(p1);
    venue.does("phase ended", "phase ended");
    hears(p1, &[system(b'E')]);
    venue.kill();
    let venue = at.start();
    assert_eq!(venue.status()["phase"], "ended");
    let mut p2 = at.returns(&venue, "P2", 4);
    hears(&mut p2, &[broken(1, 1, b'E', "text"), system(b'E')]);
}

#[test]
fn a_configuration_that_changes_says_what_it_says_and_the_rest_stays() {
    let mut at = Hard::new(Setup::new());
    at.does("instrument AAA max_quantity=70", "AAA is changed");
    at.does("instrument BBB max_quantity=70", "BBB is changed");
    at.does("port P1 max_quantity=50", "port 1 of P1 is changed");
    at.does("port P2 max_quantity=50", "port 2 of P2 is changed");
    at.does("disable P3", "order entry of P3 is stopped");
    at.setup.instruments[1] = Setup::instrument("BBB", "max_quantity = 90");
    at.setup = at.setup.with_port(2, "max_quantity = 60").with_port(3, "max_quantity = 20");
    let venue = at.start();
    venue.wait_for_words("instrument BBB");
    venue.wait_for_words("port 2 of user P2");
    let err = venue.err();
    assert!(!err.contains("instrument AAA") && !err.contains("port 1"), "{err}");
    let of = |number, symbol, shares| Enter { symbol, ..buy(number).shares(shares) };
    let users = ["P1", "P2", "P3", "P4"];
    let mut brokers = users.map(|user| Broker::login_fresh(venue.address(), user));
    for (broker, order, reason) in [
        (1, of(1, "AAA", 60), Some(0x0031)),
        (1, of(2, "BBB", 50), None),
        (2, of(1, "AAA", 60), None),
        (2, of(2, "AAA", 61), Some(0x0031)),
        (3, of(1, "AAA", 10), Some(0x000C)),
        (4, of(1, "AAA", 71), Some(0x001E)),
        (4, of(2, "BBB", 90), None),
        (4, of(3, "BBB", 91), Some(0x001E)),
    ] {
        let reply = brokers[broker - 1].ask(&order.bytes());
        match reason {
            Some(reason) => assert_eq!(reply.untimed(), order.rejected(reason), "{order:?}"),
            None => assert_eq!(reply.kind(), 'A', "{order:?}"),
        }
    }
    venue.kill();
    // The next start finds nothing that differs.
    let err = at.start().stop();
    assert!(!err.contains("since the last start"), "{err}");
}

#[test]
fn who_gave_a_command_stands_in_the_journal() {
    let at = Hard::new(Setup::new());
    let venue = at.start();
    venue.does("halt AAA --reason T1", "AAA is halted");
    venue.does("port P5 password=hushhush firm=FRM5", "port 5 of P5 is made");
    let folder = venue.status()["journal"]["folder"].as_str().expect("a path").to_owned();
    let bytes = fs::read(PathBuf::from(folder).join("00000001.segment")).expect("it is there");
    let has = |words: &str| bytes.windows(words.len()).any(|part| part == words.as_bytes());
    assert!(has("by alice (uid "), "the author is not in the journal");
    assert!(!has("hushhush"), "a password is in the journal");
    assert!(!venue.err().contains("hushhush"), "a password is in the log");
}
