//! Every OUCH message in both directions that can occur, each compared byte by byte but for its
//! time.

use std::time::SystemTime;

use crate::kit::ouch::{
    self, MARKET, PRIVATE, buy, cancel, canceled, executed, mass_cancel, mass_canceled, modified,
    modify, prevented, queried, query_on, rejected, restated, sell, switch, switched, system, tag,
};
use crate::kit::{Broker, Scene, Setup, hears, hears_no_more, scene};

#[test]
fn a_day_begins_for_every_port_and_times_are_of_the_venues_midnight() {
    let mut at = scene(&Setup::new());
    let Scene { p1, venue, .. } = &mut at;
    for user in ["P3", "P4"] {
        let mut broker = Broker::login(venue.address(), user);
        hears(&mut broker, &[system(b'S')]);
    }
    let reply = p1.ask(&buy(1).bytes());
    let nanos = u64::from_be_bytes(reply.bytes[1..9].try_into().expect("eight bytes"));
    let now = SystemTime::UNIX_EPOCH.elapsed().expect("the clock is after 1970").as_secs();
    // It is noon at the venue, whatever it is here.
    let expected = 12 * 3600 + now % 3600;
    let seconds = nanos / 1_000_000_000;
    assert!((expected - 30..=expected + 1).contains(&seconds), "{seconds}, not {expected}");
}

#[test]
fn orders_are_accepted_executed_and_canceled() {
    let mut at = scene(&Setup::new());
    let Scene { p1, p2, .. } = &mut at;
    let rest = sell(1).shares(300);
    p1.send(&rest.bytes());
    hears(p1, &[rest.accepted(1)]);
    let hit = buy(7).shares(100).at(100_500).tif(b'3');
    p2.send(&hit.bytes());
    hears(p2, &[hit.accepted(PRIVATE | 1), executed(7, 100, 100_000, b'R', 1)]);
    hears(p1, &[executed(1, 100, 100_000, b'A', 1)]);
    // 300 are wanted no more but 250: 50 are taken off, then all.
    p1.send(&cancel(1, 250));
    p1.send(&cancel(1, 250));
    p1.send(&cancel(1, 0));
    p1.send(&cancel(1, 0));
    hears(p1, &[canceled(1, 50, b'U'), canceled(1, 150, b'U')]);
    // Hidden orders have references of their own.
    let hidden = ouch::Enter { display: b'N', ..sell(2) };
    p1.send(&hidden.bytes());
    hears(p1, &[hidden.accepted(PRIVATE | 2)]);
    p2.send(&buy(8).bytes());
    hears(p2, &[buy(8).accepted(2), executed(8, 100, 100_000, b'R', 2)]);
    hears(p1, &[executed(2, 100, 100_000, b'J', 2)]);
    hears_no_more(p1);
    hears_no_more(p2);
}

#[test]
fn what_is_not_executed_at_once_is_canceled_for_its_reason() {
    let mut at = scene(&Setup::new().with_port(2, "cod_grace = \"0s\""));
    let Scene { p1, p2, .. } = &mut at;
    p1.send(&sell(1).at(100_500).bytes());
    p1.send(&sell(2).at(115_000).bytes());
    hears(p1, &[sell(1).at(100_500).accepted(1), sell(2).at(115_000).accepted(2)]);
    // A market order trades up to the collar, 10 % from the last price.
    let market = buy(1).shares(300).at(MARKET);
    p2.send(&market.bytes());
    let told = market.clone().tif(b'3').accepted(PRIVATE | 1);
    hears(p2, &[told, executed(1, 100, 100_500, b'R', 1), canceled(1, 200, b'K')]);
    hears(p1, &[executed(1, 100, 100_500, b'A', 1)]);
    let at_once = buy(2).at(100_000).tif(b'3');
    p2.send(&at_once.bytes());
    hears(p2, &[at_once.accepted(PRIVATE | 2), canceled(2, 100, b'I')]);
    let post_only = buy(3).at(115_000).with(12, b"P");
    p2.send(&post_only.bytes());
    hears(p2, &[post_only.accepted(3), canceled(3, 100, b'G')]);
    // In a second it expires though nobody says anything.
    let short = buy(4).tif(b'6').with(15, &1_u32.to_be_bytes());
    p2.send(&short.bytes());
    hears(p2, &[short.accepted(4), canceled(4, 100, b'T')]);
    hears_no_more(p1);
    hears_no_more(p2);
}

#[test]
fn orders_are_replaced_modified_and_rejected() {
    let mut at = scene(&Setup::new());
    let Scene { p1, .. } = &mut at;
    p1.send(&sell(1).shares(500).bytes());
    let next = sell(2).shares(400).at(101_000);
    p1.send(&next.replace(1));
    hears(p1, &[sell(1).shares(500).accepted(1), next.replaced(1, 400, 2)]);
    p1.send(&modify(2, b'T', 400));
    p1.send(&modify(2, b'T', 300));
    p1.send(&modify(2, b'B', 200));
    hears(p1, &[modified(2, b'T', 400), modified(2, b'T', 300)]);
    // A number that was used is ignored, as is a Replace of what does not live.
    p1.send(&sell(2).bytes());
    p1.send(&sell(3).replace(1));
    // A Replace with a price that cannot be kills the original; its number is still free.
    p1.send(&sell(3).at(100_001).replace(2));
    hears(p1, &[canceled(2, 300, b'U')]);
    p1.send(&sell(3).bytes());
    hears(p1, &[sell(3).accepted(3)]);
    let faulty = [
        (buy(4).shares(0), 0x0013),
        (buy(5).at(100_001), 0x001D),
        (ouch::Enter { symbol: "ZZZ", ..buy(6) }, 0x0017),
        (buy(7).tif(b'9'), 0x000F),
        (buy(8).with(2, b"NONE"), 0x000C),
        (ouch::Enter { side: b'?', ..buy(9) }, 0x0009),
        (ouch::Enter { display: b'Z', ..buy(10) }, 0x0003),
        (buy(11).with(14, b"ROUT"), 0x0016),
        (buy(12).with(29, b"X"), 0x0040),
        (buy(13).with(1, &[0; 8]), 0x000F),
    ];
    for (order, reason) in &faulty {
        p1.send(&order.bytes());
        hears(p1, &[order.rejected(*reason)]);
    }
    // What is rejected has used its number up.
    p1.send(b"Q");
    hears(p1, &[queried(14)]);
    hears_no_more(p1);
}

#[test]
fn reserves_are_refreshed_and_own_orders_do_not_trade_with_each_other() {
    let mut at = scene(&Setup::new());
    let Scene { p1, p2, .. } = &mut at;
    let reserve = sell(1).shares(300).with(5, &100_u32.to_be_bytes());
    p1.send(&reserve.bytes());
    hears(p1, &[reserve.accepted(1)]);
    let hit = buy(1).tif(b'3');
    p2.send(&hit.bytes());
    hears(p2, &[hit.accepted(PRIVATE | 1), executed(1, 100, 100_000, b'R', 1)]);
    hears(p1, &[executed(1, 100, 100_000, b'A', 1), restated(1, 2, 100, 100_000)]);
    p1.send(&cancel(1, 0));
    hears(p1, &[canceled(1, 200, b'U')]);
    // The incoming order says what becomes of orders of the same firm.
    p1.send(&sell(2).shares(200).bytes());
    let loud = buy(3).with(29, b"D");
    p1.send(&loud.bytes());
    let quiet = buy(4).tif(b'3').with(29, b"Y");
    p1.send(&quiet.bytes());
    hears(
        p1,
        &[
            sell(2).shares(200).accepted(3),
            loud.accepted(4),
            prevented(3, 100, 100_000, b'R', b'D'),
            prevented(2, 100, 100_000, b'A', b'D'),
            quiet.accepted(PRIVATE | 2),
            canceled(4, 100, b'Q'),
            canceled(2, 100, b'Q'),
        ],
    );
    // The older one dies, then the newer one.
    let (older, newer) = (buy(6).with(29, b"O"), sell(7).with(29, b"W"));
    [sell(5), older.clone(), newer.clone()].iter().for_each(|order| p1.send(&order.bytes()));
    hears(
        p1,
        &[
            sell(5).accepted(5),
            older.accepted(6),
            prevented(5, 100, 100_000, b'A', b'O'),
            newer.accepted(7),
            prevented(7, 100, 100_000, b'R', b'W'),
        ],
    );
    hears_no_more(p1);
    hears_no_more(p2);
}

#[test]
fn the_hidden_part_of_a_reserve_is_executed_and_a_new_part_is_shown() {
    let mut at = scene(&Setup::new());
    let Scene { p1, p2, .. } = &mut at;
    let reserve = sell(1).shares(300).with(5, &100_u32.to_be_bytes()).with(28, &[9]);
    p1.send(&reserve.bytes());
    hears(p1, &[reserve.accepted(1)]);
    let hit = buy(1).shares(150).tif(b'3');
    p2.send(&hit.bytes());
    let fills = [executed(1, 100, 100_000, b'R', 1), executed(1, 50, 100_000, b'R', 2)];
    hears(p2, &[vec![hit.accepted(PRIVATE | 1)], fills.to_vec()].concat());
    let fill =
        |shares, flag, trade| ouch::on_channel(&executed(1, shares, 100_000, flag, trade)[..34], 9);
    let mut shown = restated(1, 2, 100, 100_000);
    // The channel stands behind the other elements, and its three bytes count.
    shown.extend(tag(28, &[9]));
    shown[15] += 3;
    hears(p1, &[fill(100, b'A', 1), fill(50, b'u', 2), shown]);
    hears_no_more(p1);
}

#[test]
fn ports_cancel_in_the_mass_and_close_and_open_themselves() {
    let mut at = scene(&Setup::new());
    let Scene { p1, p2, .. } = &mut at;
    for order in [sell(1).at(101_000), buy(2).at(99_000), sell(3).at(102_000)] {
        p1.send(&order.bytes());
    }
    p1.replies(3);
    p1.send(&mass_cancel(4, "FRM1", "AAA", &tag(27, b"S")));
    hears(
        p1,
        &[
            mass_canceled(4, "FRM1", "AAA", &tag(27, b"S")),
            canceled(1, 100, b'U'),
            canceled(3, 100, b'U'),
        ],
    );
    p1.send(&mass_cancel(5, "FRM2", "", &[]));
    p1.send(&mass_cancel(6, "", "ZZZ", &[]));
    hears(p1, &[rejected(5, 0x000C, ""), rejected(6, 0x0017, "")]);
    p1.send(&switch(b'D', 7, "FRM1"));
    p1.send(&buy(8).bytes());
    p1.send(&switch(b'E', 9, ""));
    p1.send(&buy(10).bytes());
    hears(
        p1,
        &[
            switched(b'G', 7, "FRM1"),
            buy(8).rejected(0x000C),
            switched(b'K', 9, ""),
            buy(10).accepted(4),
        ],
    );
    p1.send(&switch(b'D', 11, "FRM2"));
    hears(p1, &[rejected(11, 0x000C, "")]);
    hears_no_more(p1);
    hears_no_more(p2);
}

#[test]
fn channels_have_numbers_of_their_own_and_are_named_in_every_reply() {
    let mut at = scene(&Setup::new());
    let Scene { p1, p2, .. } = &mut at;
    let far = sell(4_000_000_000);
    let near = sell(1).shares(200).with(28, &[7]);
    p1.send(&far.bytes());
    p1.send(&near.bytes());
    p1.send(&query_on(7));
    p1.send(b"Q");
    p1.send(&[b"Q", [0, 0].as_slice()].concat());
    hears(
        p1,
        &[
            far.accepted(1),
            near.accepted(2),
            ouch::on_channel(&queried(2), 7),
            queried(4_000_000_001),
            queried(4_000_000_001),
        ],
    );
    p2.send(&buy(1).shares(150).bytes());
    p2.replies(3);
    let half = ouch::on_channel(&executed(1, 50, 100_000, b'A', 2)[..34], 7);
    hears(p1, &[executed(4_000_000_000, 100, 100_000, b'A', 1), half]);
    let off = [cancel(1, 0), [0, 3, 2, 28, 7].to_vec()].concat();
    p1.send(&off);
    let refused = buy(2).shares(0).with(28, &[7]);
    p1.send(&refused.bytes());
    hears(
        p1,
        &[
            ouch::on_channel(&canceled(1, 150, b'U'), 7),
            ouch::on_channel(&refused.rejected(0x0013), 7),
        ],
    );
    hears_no_more(p1);
}

#[test]
fn a_port_above_its_rate_gets_rejects() {
    let setup = Setup::new().with_port(1, "orders_per_second = 1\nburst = 3");
    let mut at = scene(&setup);
    let Scene { p1, .. } = &mut at;
    let orders: Vec<_> = (1..=5).map(|n| buy(n).bytes()).collect();
    orders.iter().for_each(|order| p1.send(order));
    hears(p1, &[buy(1).accepted(1), buy(2).accepted(2), buy(3).accepted(3)]);
    hears(p1, &[buy(4).rejected(0x0029), buy(5).rejected(0x0029)]);
}

#[test]
fn live_orders_of_a_port_are_canceled_when_it_leaves() {
    let setup = Setup::new().with_port(1, "cancel_on_disconnect = true");
    let mut at = scene(&setup);
    let Scene { p1, venue, .. } = &mut at;
    p1.send(&buy(1).bytes());
    p1.send(&ouch::Enter { display: b'N', ..buy(2) }.bytes());
    p1.replies(2);
    p1.send_raw(b"\x00\x01O");
    p1.closed();
    let p1 = &mut Broker::login_with(venue.address(), &crate::kit::Login::new("P1").from(4));
    hears(p1, &[canceled(1, 100, b'Z'), canceled(2, 100, b'Z')]);
    hears_no_more(p1);
}
