//! The values that fields of orders and replies may hold, and what each says.

use core::fmt;

use crate::wire::field::{Field, Singles};
use crate::wire::layout::{Code, Shape};
use crate::wire::table::codes;

codes! {
    /// Side of an order, with the kind of sale.
    Side[1] Code {
        BUY b"B" "buy";
        SELL b"S" "sell";
        SELL_SHORT b"T" "sell short";
        SELL_SHORT_EXEMPT b"E" "sell short, exempt from the price test";
    }

    /// How long an order may live.
    TimeInForce[1] Code {
        DAY b"0" "day: until market hours end";
        IMMEDIATE_OR_CANCEL b"3" "immediate or cancel";
        EXTENDED b"5" "good till the end of extended hours (GTX)";
        TILL_TIME b"6" "good for the time in tag 15 (GTT)";
        AFTER_HOURS b"E" "after hours";
    }

    /// How much the public sees of an order.
    Display[1] Code {
        VISIBLE b"Y" "visible";
        HIDDEN b"N" "hidden";
        ATTRIBUTABLE b"A" "visible under the firm's name";
        CONFORMANT b"Z" "conformant: displayed as the rules allow";
    }

    /// For whom the broker acts.
    Capacity[1] Code {
        AGENCY b"A" "agency";
        PRINCIPAL b"P" "principal";
        RISKLESS b"R" "riskless principal";
        OTHER b"O" "other";
    }

    /// Whether an order is an intermarket sweep order.
    Iso[1] Code {
        YES b"Y" "eligible";
        NO b"N" "not eligible";
    }

    /// The cross that an order is meant for.
    CrossType[1] Code {
        CONTINUOUS b"N" "none: continuous trading";
        OPENING b"O" "opening cross";
        CLOSING b"C" "closing cross";
        HALT b"H" "cross after a halt, or of a new offering";
        SUPPLEMENTAL b"S" "supplemental order";
        RETAIL b"R" "retail";
        EXTENDED_LIFE b"E" "extended life";
        AFTER_HOURS_CLOSE b"A" "after hours close";
    }

    /// A stage of the day.
    SystemEventCode[1] Code {
        START_OF_DAY b"S" "start of day";
        END_OF_DAY b"E" "end of day: breaks and cancels may follow";
    }

    /// Whether an order lives.
    OrderState[1] Code {
        LIVE b"L" "live";
        DEAD b"D" "dead at once: nothing follows for this order";
    }

    /// Why shares were taken off an order.
    CancelReason[1] Code {
        REGULATORY b"D" "regulatory restriction";
        CLOSED b"E" "closed: a day order after the close";
        POST_ONLY_NMS b"F" "post-only order that would have to slide from another market";
        POST_ONLY_CONTRA b"G" "post-only order that would have to slide from the own book";
        HALTED b"H" "halted";
        IMMEDIATE b"I" "immediate or cancel";
        COLLARS b"K" "price collar of market orders";
        SELF_MATCH b"Q" "would have traded with its own side";
        SUPERVISORY b"S" "canceled by the venue's supervisors";
        TIMEOUT b"T" "its time is over";
        USER b"U" "asked for by the broker";
        OPEN_PROTECTION b"X" "open protection";
        SYSTEM b"Z" "canceled by the system";
        DLCR_SHARES b"e" "more shares than the direct listing allows";
    }

    /// Why shares were taken off an order to keep it from trading with its own side.
    AiqCancelReason[1] Code {
        SELF_MATCH b"Q" "would have traded with its own side";
    }

    /// Why a request was refused.
    RejectReason[2] NumericCode {
        QUOTE_UNAVAILABLE b"\x00\x01" "quote unavailable";
        DESTINATION_CLOSED b"\x00\x02" "destination closed";
        INVALID_DISPLAY b"\x00\x03" "invalid display";
        INVALID_MAX_FLOOR b"\x00\x04" "invalid max floor";
        INVALID_PEG_TYPE b"\x00\x05" "invalid peg type";
        FAT_FINGER b"\x00\x06" "fat finger";
        HALTED b"\x00\x07" "halted";
        ISO_NOT_ALLOWED b"\x00\x08" "intermarket sweep not allowed";
        INVALID_SIDE b"\x00\x09" "invalid side";
        PROCESSING_ERROR b"\x00\x0A" "processing error";
        CANCEL_PENDING b"\x00\x0B" "cancel pending";
        FIRM_NOT_AUTHORIZED b"\x00\x0C" "firm not authorized";
        INVALID_MIN_QUANTITY b"\x00\x0D" "invalid minimum quantity";
        NO_CLOSING_REFERENCE b"\x00\x0E" "no closing reference price";
        OTHER b"\x00\x0F" "other";
        CANCEL_NOT_ALLOWED b"\x00\x10" "cancel not allowed";
        PEGGING_NOT_ALLOWED b"\x00\x11" "pegging not allowed";
        CROSSED_MARKET b"\x00\x12" "crossed market";
        INVALID_QUANTITY b"\x00\x13" "invalid quantity";
        INVALID_CROSS_ORDER b"\x00\x14" "invalid cross order";
        REPLACE_NOT_ALLOWED b"\x00\x15" "replace not allowed";
        ROUTING_NOT_ALLOWED b"\x00\x16" "routing not allowed";
        INVALID_SYMBOL b"\x00\x17" "invalid symbol";
        TEST b"\x00\x18" "test";
        LATE_LOC_TOO_AGGRESSIVE b"\x00\x19" "late limit-on-close order too aggressive";
        RETAIL_NOT_ALLOWED b"\x00\x1A" "retail not allowed";
        INVALID_MIDPOINT_POST_ONLY b"\x00\x1B" "invalid price of a midpoint post-only order";
        INVALID_DESTINATION b"\x00\x1C" "invalid destination";
        INVALID_PRICE b"\x00\x1D" "invalid price";
        SHARES_EXCEED_THRESHOLD b"\x00\x1E" "shares exceed threshold";
        EXCEEDS_MAX_NOTIONAL b"\x00\x1F" "exceeds maximum notional value";
        RISK_AGGREGATE_EXPOSURE b"\x00\x20" "risk: aggregate exposure";
        RISK_MARKET_IMPACT b"\x00\x21" "risk: market impact";
        RISK_RESTRICTED_STOCK b"\x00\x22" "risk: restricted stock";
        RISK_SHORT_SELL_RESTRICTED b"\x00\x23" "risk: short sell restricted";
        RISK_ISO_NOT_ALLOWED b"\x00\x24" "risk: intermarket sweep not allowed";
        RISK_EXCEEDS_ADV b"\x00\x25" "risk: exceeds average daily volume limit";
        RISK_FAT_FINGER b"\x00\x26" "risk: fat finger";
        RISK_LOCATE_REQUIRED b"\x00\x27" "risk: locate required";
        RISK_SYMBOL_RATE b"\x00\x28" "risk: message rate of the symbol";
        RISK_PORT_RATE b"\x00\x29" "risk: message rate of the port";
        RISK_DUPLICATE_RATE b"\x00\x2A" "risk: rate of duplicate messages";
        SHORT_SELL_NOT_ALLOWED b"\x00\x2B" "short sell not allowed";
        MARKET_ORDER_NOT_ALLOWED b"\x00\x2C" "market order not allowed";
        PRE_MARKET_NOT_ALLOWED b"\x00\x2D" "pre-market not allowed";
        POST_MARKET_NOT_ALLOWED b"\x00\x2E" "post-market not allowed";
        SHORT_SELL_EXEMPT_NOT_ALLOWED b"\x00\x2F" "short sell exempt not allowed";
        SINGLE_ORDER_NOTIONAL b"\x00\x30" "notional value of a single order";
        MAX_QUANTITY b"\x00\x31" "maximum quantity";
        REG_SHO_NOT_AVAILABLE b"\x00\x32" "Reg SHO state not available";
        IPO_MARKET_BUY b"\x00\x33" "market buy in a new offering not allowed";
        INVALID_AIQ b"\x00\x40" "invalid AIQ strategy";
    }

    /// The part that an order played in an execution.
    LiquidityFlag[1] Code {
        ADDED b"A" "added liquidity";
        REMOVED b"R" "removed liquidity";
        OPENING_CROSS b"O" "opening cross";
        OPENING_CROSS_IMBALANCE b"M" "opening cross, imbalance only";
        CLOSING_CROSS b"C" "closing cross";
        CLOSING_CROSS_IMBALANCE b"L" "closing cross, imbalance only";
        HALT_OR_IPO_CROSS b"H" "cross after a halt, or of a new offering";
        HALT_CROSS b"K" "halt cross";
        AFTER_HOURS_CLOSE b"i" "after hours close";
        HIDDEN_ADDED b"J" "added, not displayed";
        MIDPOINT_ADDED b"k" "added at the midpoint";
        MIDPOINT_REMOVED b"m" "removed at the midpoint";
        PASSIVE_MIDPOINT b"N" "passive midpoint execution";
        EXTENDED_LIFE b"n" "midpoint extended life order";
        RETAIL_ADDED b"e" "retail order added displayed liquidity";
        RPI_PROVIDED b"j" "retail price improving order provides liquidity";
        REMOVED_IMPROVING_HIDDEN b"p" "removed price improving hidden liquidity";
        RETAIL_REMOVED_MIDPOINT b"q" "retail order removed midpoint liquidity";
        RETAIL_REMOVED_RPI b"r" "retail order removed retail price improving liquidity";
        RETAIL_REMOVED_HIDDEN b"t" "retail order removed other price improving hidden liquidity";
        SUPPLEMENTAL b"0" "supplemental order";
        IMPROVES_NBBO b"7" "displayed order that improved the national best price";
        SETS_QBBO b"8" "displayed order that set the own best price, joining the national one";
        RPI_NO_INDICATION b"1" "retail price improving order, no indication published";
        RESERVE_ADDED b"u" "added from the hidden part of a reserve order";
        PRE_MARKET_ADDED b"2" "added before the market opens";
        PRE_MARKET_REMOVED b"3" "removed before the market opens";
        PRE_MARKET_IMPROVES b"5" "improved the national best price before the market opens";
        PRE_MARKET_HIDDEN_ADDED b"9" "added before the market opens, not displayed";
    }

    /// What becomes of orders that would trade with their own side.
    AiqStrategy[1] Code {
        PORT_DEFAULT b"*" "the port's default";
        DISABLED b"N" "disabled: they trade";
        FIRM_DECREMENT_QUIET b"Y" "firm: decrement both, without details";
        FIRM_DECREMENT b"D" "firm: decrement both";
        FIRM_CANCEL_OLDEST b"O" "firm: cancel the oldest";
        FIRM_CANCEL_NEWEST b"W" "firm: cancel the newest";
        FIRM_USE_REMOVER b"R" "firm: as the remover says";
        ORGANISATION_DECREMENT_QUIET b"y" "organisation: decrement both, without details";
        ORGANISATION_DECREMENT b"d" "organisation: decrement both";
        ORGANISATION_CANCEL_OLDEST b"o" "organisation: cancel the oldest";
        ORGANISATION_CANCEL_NEWEST b"w" "organisation: cancel the newest";
        ORGANISATION_USE_REMOVER b"r" "organisation: as the remover says";
        AFFILIATE_DECREMENT_QUIET b"Z" "affiliate: decrement both, without details";
        AFFILIATE_DECREMENT b"E" "affiliate: decrement both";
        AFFILIATE_CANCEL_OLDEST b"P" "affiliate: cancel the oldest";
        AFFILIATE_CANCEL_NEWEST b"X" "affiliate: cancel the newest";
        AFFILIATE_USE_REMOVER b"S" "affiliate: as the remover says";
        ANY_DECREMENT_QUIET b"0" "any: decrement both, without details";
        ANY_DECREMENT b"1" "any: decrement both";
        ANY_CANCEL_OLDEST b"2" "any: cancel the oldest";
        ANY_CANCEL_NEWEST b"4" "any: cancel the newest";
        ANY_USE_REMOVER b"5" "any: as the remover says";
    }

    /// Why an execution was broken.
    BrokenReason[1] Code {
        ERRONEOUS b"E" "erroneous: the execution was clearly wrong";
        CONSENT b"C" "consent: both sides agreed";
        SUPERVISORY b"S" "supervisory: broken by the venue";
        EXTERNAL b"X" "external: broken by a third party";
    }

    /// What the venue changed in the display of an order.
    RestateReason[1] Code {
        REFRESH b"R" "the displayed part was refreshed";
        PRICE_UPDATE b"P" "the displayed price was changed";
    }

    /// Whose customer an order is.
    CustomerType[1] Code {
        RETAIL b"R" "retail";
        NOT_RETAIL b"N" "not retail";
        PORT_DEFAULT b" " "the port's default";
    }

    /// What the price of an order is tied to.
    PriceType[1] Code {
        LIMIT b"L" "limit";
        MARKET_PEG b"P" "pegged to the opposite side";
        MIDPOINT_PEG b"M" "pegged to the midpoint";
        PRIMARY_PEG b"R" "pegged to its own side";
        MARKET_MAKER_PEG b"Q" "market maker peg";
        MIDPOINT b"m" "midpoint";
    }

    /// What the discretionary price of an order is tied to.
    DiscretionPriceType[1] Code {
        LIMIT b"L" "limit";
        MARKET_PEG b"P" "pegged to the opposite side";
        MIDPOINT_PEG b"M" "pegged to the midpoint";
        PRIMARY_PEG b"R" "pegged to its own side";
    }

    /// Whether an order may remove liquidity.
    PostOnly[1] Code {
        POST_ONLY b"P" "only adds";
        NO b"N" "may remove";
    }

    /// Whether a midpoint order may trade at once.
    TradeNow[1] Code {
        YES b"Y" "yes";
        NO b"N" "no";
        PORT_DEFAULT b" " "the port's default";
    }

    /// How an order is to be handled in its cross.
    HandleInst[1] Code {
        IMBALANCE_ONLY b"I" "imbalance only (opening and closing cross)";
        RETAIL_TYPE_1 b"O" "retail order type 1 (retail)";
        RETAIL_TYPE_2 b"T" "retail order type 2 (retail)";
        RETAIL_IMPROVING b"Q" "retail price improvement order (retail)";
        EXTENDED_LIFE b"B" "extended life and continuous (extended life)";
        CAPITAL_RAISE b"D" "direct listing with capital raise (halt cross)";
        NONE b" " "no instruction";
    }

    /// How an order relates to the best prices when it was accepted.
    BboWeight[1] Code {
        FROM_0 b"0" "0 to 0.2 %";
        FROM_02 b"1" "0.2 to 1 %";
        FROM_1 b"2" "1 to 2 %";
        ABOVE_2 b"3" "more than 2 %";
        NOT_SPECIFIED b" " "not specified";
        SETS_BBO b"S" "sets the own best price while joining the national one";
        IMPROVES_NBBO b"N" "improves the national best price on entry";
    }

    /// Whether borrowed shares were found for a short sale.
    SharesLocated[1] Code {
        YES b"Y" "located";
        NO b"N" "not located";
    }
}

impl RejectReason {
    /// The reason as the number that the document lists.
    #[must_use]
    pub const fn number(self) -> u16 {
        u16::from_be_bytes(self.0)
    }
}
