//! The tags that replies return: those of the request that the document lists for the reply, as
//! they were received, and the channel (R34).

use matcher::command::Options;
use protocol_spec::wire::ouch::{
    AiqStrategy, DiscretionPriceType, HandleInst, PostOnly, PriceType, SharesLocated, Tags,
};
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{OrderPrice, SignedPrice, UserRefIdx};

/// Tag 28: there if the channel is not 0.
pub(super) fn channel(idx: UserRefIdx) -> Option<UserRefIdx> {
    (idx.0 > 0).then_some(idx)
}

/// The tags of `A` to a request with these options: 2 to 7, 9 to 13, 15 to 17, 24, 25, 28 to 30.
///
/// What has no place in the options has one value alone that is not refused: 6, 7, 9, 10, 11 (K11)
/// and 17 (K10).
pub(super) fn of_enter(options: &Options, idx: UserRefIdx) -> Tags {
    let given = |tag| options.given.contains(tag);
    Tags {
        firm: given(2).then_some(options.firm),
        customer_type: given(4).then_some(options.customer_type),
        peg_offset: given(7).then_some(SignedPrice(0)),
        discretion_price: given(9).then_some(OrderPrice(0)),
        discretion_price_type: given(10).then_some(DiscretionPriceType::LIMIT),
        discretion_peg_offset: given(11).then_some(SignedPrice(0)),
        random_reserves: given(13).then_some(options.random_reserves),
        group_id: given(24).then_some(options.group),
        shares_located: given(25).then_some(match options.located {
            true => SharesLocated::YES,
            false => SharesLocated::NO,
        }),
        ..of_replace(options, idx)
    }
}

/// The tags of `U` to a request with these options: 3, 5, 6, 12, 15 to 17, 28 to 30.
pub(super) fn of_replace(options: &Options, idx: UserRefIdx) -> Tags {
    let given = |tag| options.given.contains(tag);
    Tags {
        min_qty: given(3).then_some(options.min_qty),
        max_floor: given(5).then_some(options.max_floor),
        price_type: given(6).then_some(PriceType::LIMIT),
        post_only: given(12).then_some(match options.post_only {
            true => PostOnly::POST_ONLY,
            false => PostOnly::NO,
        }),
        expire_time: given(15).then_some(options.expire_time),
        trade_now: given(16).then_some(options.trade_now),
        handle_inst: given(17).then_some(HandleInst::NONE),
        user_ref_idx: channel(idx),
        aiq_strategy: given(29).then_some(match options.aiq_strategy {
            Some(strategy) => strategy.code(),
            None => AiqStrategy::PORT_DEFAULT,
        }),
        aiq_group: given(30).then_some(Alpha(options.aiq_group)),
        ..Tags::NONE
    }
}
