//! K1: appendages of all messages, right ones and faulty ones.

use protocol_spec::wire::ouch::{self, RejectReason};
use protocol_spec::words::{UserRefIdx, UserRefNum};

use super::{Element, ORDER, PORT, REPLACEMENT, command_of, elements, message};
use crate::admission::Check;
use crate::command::{Command, Refused, Request};
use crate::form::{Unframed, command};
use crate::order::Owner;

/// A message without its appendage, the tags that the document lists for it, and what it asks if
/// the appendage is faulty.
struct Kind {
    fixed: Vec<u8>,
    tags: &'static [u8],
    request: Request,
    number: u32,
    cl_ord_id: ouch::ClOrdId,
    /// Whether the length of the appendage may be missing.
    optional: bool,
}

fn kinds() -> [Kind; 8] {
    let kind = |fixed: &[u8], tags, request, optional| {
        let cl_ord_id = ouch::ClOrdId::BLANK;
        Kind { fixed: fixed.to_vec(), tags, request, number: 9, cl_ord_id, optional }
    };
    let user_ref_num = UserRefNum(9);
    let enter = ouch::EnterOrder { user_ref_num, ..ORDER };
    let replace = ouch::ReplaceOrder { user_ref_num, ..REPLACEMENT };
    let replacing = Request::Replace { orig: REPLACEMENT.orig_user_ref_num };
    let cancel = ouch::CancelOrder { user_ref_num, ..ouch::CancelOrder::BLANK };
    let side = ouch::Side::SELL;
    let modify = ouch::ModifyOrder { user_ref_num, side, ..ouch::ModifyOrder::BLANK };
    let mass = ouch::MassCancel { user_ref_num, ..ouch::MassCancel::BLANK };
    let disable = ouch::DisableOrderEntry { user_ref_num, ..ouch::DisableOrderEntry::BLANK };
    let enable = ouch::EnableOrderEntry { user_ref_num, ..ouch::EnableOrderEntry::BLANK };
    [
        Kind {
            cl_ord_id: enter.cl_ord_id,
            ..kind(&enter.to_bytes(), ENTER, Request::Enter, false)
        },
        Kind {
            cl_ord_id: replace.cl_ord_id,
            ..kind(&replace.to_bytes(), REPLACE, replacing, false)
        },
        kind(&cancel.to_bytes(), &[28], Request::Void, true),
        kind(&modify.to_bytes(), &[25, 26, 28], Request::Void, true),
        kind(&mass.to_bytes(), &[24, 27, 28], Request::Action, false),
        kind(&disable.to_bytes(), &[28], Request::Action, false),
        kind(&enable.to_bytes(), &[28], Request::Action, false),
        Kind { number: 0, ..kind(b"Q", &[28], Request::Void, true) },
    ]
}

const ENTER: &[u8] = &[2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 15, 16, 17, 24, 25, 26, 28, 29, 30];
const REPLACE: &[u8] = &[3, 5, 6, 7, 9, 10, 11, 12, 13, 15, 16, 17, 25, 26, 27, 28, 29, 30];

/// Every tag that there is, with a value that nothing refuses where the tag is allowed.
const TAGS: [Element<'_>; 27] = [
    (1, &[0; 8]),
    (2, b"    "),
    (3, &[0; 4]),
    (4, b" "),
    (5, &[0; 4]),
    (6, b"L"),
    (7, &[0; 4]),
    (9, &[0; 8]),
    (10, b"L"),
    (11, &[0; 4]),
    (12, b"N"),
    (13, &[0; 4]),
    (15, &[0, 0, 0, 1]),
    (16, b" "),
    (17, b" "),
    (18, b" "),
    (19, &[0; 8]),
    (20, b" "),
    (22, &[0; 4]),
    (23, &[0; 8]),
    (24, &[0; 2]),
    (25, b"N"),
    (26, b"    "),
    (27, b"S"),
    (28, &[5]),
    (29, b"*"),
    (30, b"**"),
];

impl Kind {
    /// Asserts that the bytes behind the fixed part are a faulty appendage.
    fn assert_faulty(&self, appendage: &[u8]) {
        let expected = Refused {
            owner: Owner { port: PORT, idx: UserRefIdx(0), user_ref: UserRefNum(self.number) },
            request: self.request,
            check: Check::K1,
            reason: RejectReason::OTHER,
            cl_ord_id: self.cl_ord_id,
        };
        let found = command_of(&[&self.fixed, appendage].concat());
        assert_eq!(found, Command::Refused(expected), "{appendage:?}");
    }

    /// Asserts that the message passes with this appendage, in this channel.
    fn assert_right(&self, fixed: &[u8], appendage: &[u8], idx: u8) {
        let found = command_of(&[fixed, appendage].concat());
        let (port, owner_idx) = match found {
            Command::Enter(enter) => (enter.owner.port, enter.owner.idx),
            Command::Replace(replace) => (replace.owner.port, replace.owner.idx),
            Command::Cancel(cancel) => (cancel.owner.port, cancel.owner.idx),
            Command::Modify(modify) => (modify.owner.port, modify.owner.idx),
            Command::MassCancel(mass) => (mass.owner.port, mass.owner.idx),
            Command::Disable(switch) | Command::Enable(switch) => {
                (switch.owner.port, switch.owner.idx)
            }
            Command::AccountQuery { port, idx } => (port, idx),
            other => panic!("{other:?}"),
        };
        assert_eq!((port, owner_idx), (PORT, UserRefIdx(idx)));
    }

    /// The fixed part, that of an order until a time if the tag asks it.
    fn fixed_for(&self, tag: u8) -> Vec<u8> {
        let mut fixed = self.fixed.clone();
        match (self.request, tag) {
            (Request::Enter, 15) => fixed[26] = b'6',
            (Request::Replace { .. }, 15) => fixed[21] = b'6',
            _ => {}
        }
        fixed
    }
}

/// The elements with a length that counts them.
fn counted(elements: &[u8]) -> Vec<u8> {
    [&(elements.len() as u16).to_be_bytes()[..], elements].concat()
}

/// An appendage of these elements.
fn appendage(given: &[Element<'_>]) -> Vec<u8> {
    message(&[], given)
}

#[test]
fn each_message_may_have_the_tags_of_its_list_and_no_others() {
    for kind in kinds() {
        for (tag, value) in TAGS {
            let appendage = appendage(&[(tag, value)]);
            if kind.tags.contains(&tag) {
                let idx = if tag == 28 { 5 } else { 0 };
                kind.assert_right(&kind.fixed_for(tag), &appendage, idx);
            } else {
                kind.assert_faulty(&appendage);
            }
        }
    }
}

#[test]
fn a_route_is_a_fault_of_the_appendage_where_it_has_no_check_of_its_own() {
    let route = appendage(&[(14, b"SCAN")]);
    for kind in kinds().into_iter().skip(2) {
        kind.assert_faulty(&route);
    }
    for kind in kinds() {
        kind.assert_faulty(&appendage(&[(14, b"SCA")]));
        kind.assert_faulty(&appendage(&[(14, b"SCAN"), (14, b"SCAN")]));
    }
}

#[test]
fn tags_that_do_not_exist_are_faults() {
    for kind in kinds() {
        for tag in (0..=u8::MAX).filter(|tag| *tag != 14 && TAGS.iter().all(|(is, _)| is != tag)) {
            for len in [0, 1, 2, 4, 8] {
                kind.assert_faulty(&appendage(&[(tag, &[0; 8][..len])]));
            }
        }
    }
}

#[test]
fn values_of_a_wrong_size_are_faults() {
    for kind in kinds() {
        for (tag, value) in TAGS {
            for len in (0..=9).filter(|len| *len != value.len()) {
                kind.assert_faulty(&appendage(&[(tag, &[0; 9][..len])]));
            }
        }
    }
}

#[test]
fn a_tag_that_comes_twice_is_a_fault_wherever_it_stands() {
    for kind in kinds() {
        for (tag, value) in TAGS.into_iter().filter(|(tag, _)| kind.tags.contains(tag)) {
            kind.assert_faulty(&appendage(&[(tag, value), (tag, value)]));
            if tag != 28 {
                let between = [(tag, value), (28, &[5]), (tag, value)];
                kind.assert_faulty(&appendage(&between));
            }
        }
    }
}

#[test]
fn a_fault_takes_the_channel_away_though_it_came_before() {
    for kind in kinds() {
        kind.assert_faulty(&appendage(&[(28, &[5]), (1, &[0; 8])]));
        kind.assert_faulty(&appendage(&[(1, &[0; 8]), (28, &[5])]));
    }
}

#[test]
fn a_length_that_does_not_count_what_follows_is_a_fault() {
    let channel = elements(&[(28, &[5])]);
    for kind in kinds() {
        for length in (0..=u16::MAX).filter(|length| usize::from(*length) != channel.len()) {
            kind.assert_faulty(&[&length.to_be_bytes()[..], &channel].concat());
        }
        kind.assert_faulty(&[0, 1]);
        kind.assert_faulty(&[0xFF, 0xFF]);
        kind.assert_faulty(&[0, 0, 0]);
    }
}

#[test]
fn an_element_that_overruns_is_a_fault() {
    let overruns: [&[u8]; 6] = [&[0], &[1], &[3, 28, 5], &[2, 28], &[255, 28, 5], &[2, 28, 5, 0]];
    for kind in kinds() {
        for elements in overruns {
            kind.assert_faulty(&counted(elements));
        }
    }
}

#[test]
fn half_a_length_is_a_fault_where_there_need_be_none() {
    for kind in kinds() {
        let half = [&kind.fixed[..], &[0]].concat();
        if kind.optional {
            kind.assert_faulty(&[0]);
        } else {
            let (need, have) = (kind.fixed.len() + 2, half.len());
            assert_eq!(command(PORT, &half), Err(Unframed::Short { need, have }));
        }
    }
}

#[test]
fn an_empty_appendage_is_right_and_one_may_be_absent_where_it_is_optional() {
    for kind in kinds() {
        kind.assert_right(&kind.fixed, &[0, 0], 0);
        if kind.optional {
            kind.assert_right(&kind.fixed, &[], 0);
        }
    }
}

#[test]
fn every_channel_can_be_named() {
    for kind in kinds() {
        for idx in 0..=u8::MAX {
            kind.assert_right(&kind.fixed, &counted(&[2, 28, idx]), idx);
        }
    }
}
