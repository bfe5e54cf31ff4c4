//! The values that fields of the feed may hold, and what each says.

use core::fmt;

use crate::wire::field::{Field, Singles};
use crate::wire::layout::{Code, Shape};
use crate::wire::table::codes;

codes! {
    /// Stage of the day.
    SystemEventCode[1] Code {
        START_OF_MESSAGES b"O" "start of messages: the first message of the day";
        START_OF_SYSTEM_HOURS b"S" "start of system hours: orders are accepted";
        START_OF_MARKET_HOURS b"Q" "start of market hours";
        END_OF_MARKET_HOURS b"M" "end of market hours";
        END_OF_SYSTEM_HOURS b"E"
            "end of system hours: no new orders, breaks and deletes may follow";
        END_OF_MESSAGES b"C" "end of messages: the last message of the day";
    }

    /// Market or tier where a security is listed.
    MarketCategory[1] Code {
        GLOBAL_SELECT b"Q" "Nasdaq Global Select Market";
        GLOBAL b"G" "Nasdaq Global Market";
        CAPITAL b"S" "Nasdaq Capital Market";
        NYSE b"N" "New York Stock Exchange";
        NYSE_AMERICAN b"A" "NYSE American";
        NYSE_ARCA b"P" "NYSE Arca";
        NYSE_TEXAS b"M" "NYSE Texas";
        BATS b"Z" "BATS Z Exchange";
        IEX b"V" "Investors' Exchange";
        NOT_AVAILABLE b" " "not available";
    }

    /// What the listing market says of an issuer.
    FinancialStatus[1] Code {
        DEFICIENT b"D" "deficient";
        DELINQUENT b"E" "delinquent";
        BANKRUPT b"Q" "bankrupt";
        SUSPENDED b"S" "suspended";
        DEFICIENT_BANKRUPT b"G" "deficient and bankrupt";
        DEFICIENT_DELINQUENT b"H" "deficient and delinquent";
        DELINQUENT_BANKRUPT b"J" "delinquent and bankrupt";
        DEFICIENT_DELINQUENT_BANKRUPT b"K" "deficient, delinquent and bankrupt";
        CREATIONS_SUSPENDED b"C" "creations or redemptions suspended (exchange traded product)";
        NORMAL b"N" "normal";
        NOT_AVAILABLE b" " "not available";
    }

    /// Yes or no.
    YesNo[1] Code {
        YES b"Y" "yes";
        NO b"N" "no";
    }

    /// Yes, no, or nothing said.
    YesNoBlank[1] Code {
        YES b"Y" "yes";
        NO b"N" "no";
        NOT_AVAILABLE b" " "not available";
    }

    /// Kind of security.
    IssueClassification[1] Code {
        DEPOSITARY_SHARE b"A" "American depositary share";
        BOND b"B" "bond";
        COMMON b"C" "common stock";
        DEPOSITARY_RECEIPT b"F" "depositary receipt";
        RULE_144A b"I" "Rule 144A security";
        LIMITED_PARTNERSHIP b"L" "limited partnership";
        NOTES b"N" "notes";
        ORDINARY b"O" "ordinary share";
        PREFERRED b"P" "preferred stock";
        OTHER b"Q" "other security";
        RIGHT b"R" "right";
        BENEFICIAL_INTEREST b"S" "shares of beneficial interest";
        CONVERTIBLE b"T" "convertible debenture";
        UNIT b"U" "unit";
        BENEFICIAL_UNIT b"V" "units of beneficial interest";
        WARRANT b"W" "warrant";
    }

    /// Kind of security in detail.
    IssueSubType[2] Code {
        PREFERRED_TRUST b"A " "preferred trust security";
        ALPHA_INDEX_ETN b"AI" "alpha index note";
        INDEX_DERIVATIVE b"B " "index based derivative";
        COMMON b"C " "common share";
        COMMODITY_TRUST b"CB" "commodity based trust share";
        COMMODITY_FUTURES_TRUST b"CF" "commodity futures trust share";
        COMMODITY_LINKED b"CL" "commodity linked security";
        COMMODITY_INDEX_TRUST b"CM" "commodity index trust share";
        MORTGAGE_OBLIGATION b"CO" "collateralized mortgage obligation";
        CURRENCY_TRUST b"CT" "currency trust share";
        COMMODITY_CURRENCY_LINKED b"CU" "commodity and currency linked security";
        CURRENCY_WARRANT b"CW" "currency warrant";
        GLOBAL_DEPOSITARY b"D " "global depositary share";
        ETF_DEPOSITARY_RECEIPT b"E " "exchange traded fund, portfolio depositary receipt";
        EQUITY_GOLD b"EG" "equity gold share";
        ETN_EQUITY_INDEX b"EI" "note linked to an equity index";
        MANAGED_FUND_NEXTSHARES b"EM" "exchange traded managed fund (NextShares)";
        ETN b"EN" "exchange traded note";
        EQUITY_UNIT b"EU" "equity unit";
        HOLDRS b"F " "HOLDRS";
        ETN_FIXED_INCOME b"FI" "note linked to fixed income";
        ETN_FUTURES b"FL" "note linked to futures";
        GLOBAL_SHARE b"G " "global share";
        ETF_INDEX_FUND b"I " "exchange traded fund, index fund share";
        INTEREST_RATE b"IR" "interest rate";
        INDEX_WARRANT b"IW" "index warrant";
        INDEX_EXCHANGEABLE b"IX" "index linked exchangeable note";
        CORPORATE_TRUST b"J " "corporate backed trust security";
        LITIGATION_RIGHT b"L " "contingent litigation right";
        LIMITED_LIABILITY b"LL" "security of a limited liability company";
        EQUITY_DERIVATIVE b"M " "equity based derivative";
        MANAGED_FUND b"MF" "managed fund share";
        ETN_MULTI_FACTOR b"ML" "note linked to a multi-factor index";
        MANAGED_TRUST b"MT" "managed trust security";
        NY_REGISTRY b"N " "New York registry share";
        OPEN_ENDED_FUND b"O " "open ended mutual fund";
        PRIVATELY_HELD b"P " "privately held security";
        POISON_PILL b"PP" "poison pill";
        PARTNERSHIP_UNIT b"PU" "partnership unit";
        CLOSED_END_FUND b"Q " "closed end fund";
        REG_S b"R " "Regulation S security";
        REDEEMABLE_COMMODITY b"RC" "redeemable commodity linked security";
        ETN_REDEEMABLE_FUTURES b"RF" "redeemable note linked to futures";
        REIT b"RT" "real estate investment trust";
        REDEEMABLE_CURRENCY b"RU" "redeemable currency linked security";
        SEED b"S " "SEED security";
        SPOT_RATE_CLOSING b"SC" "spot rate, closing";
        SPOT_RATE_INTRADAY b"SI" "spot rate, intraday";
        TRACKING_STOCK b"T " "tracking stock";
        TRUST_CERTIFICATE b"TC" "trust certificate";
        TRUST_UNIT b"TU" "trust unit";
        PORTAL b"U " "portal security";
        CONTINGENT_VALUE_RIGHT b"V " "contingent value right";
        TRUST_ISSUED_RECEIPT b"W " "trust issued receipt";
        WORLD_CURRENCY_OPTION b"WC" "world currency option";
        TRUST b"X " "trust";
        OTHER b"Y " "other";
        NOT_APPLICABLE b"Z " "not applicable";
    }

    /// Whether a security is real.
    Authenticity[1] Code {
        LIVE b"P" "live, in production";
        TEST b"T" "for tests";
    }

    /// Whether a security is newly offered.
    IpoFlag[1] Code {
        YES b"Y" "set up as a new offering";
        NO b"N" "not a new offering";
        NEW_LISTING b"Z" "newly listed without an offering";
        NOT_AVAILABLE b" " "not available";
    }

    /// Tier of a security's price bands.
    LuldTier[1] Code {
        TIER_1 b"1" "tier 1";
        TIER_2 b"2" "tier 2";
        NOT_APPLICABLE b" " "not applicable";
    }

    /// Trading state of a security.
    TradingState[1] Code {
        HALTED b"H" "halted";
        PAUSED b"P" "paused";
        QUOTATION_ONLY b"Q" "quotation only";
        TRADING b"T" "trading";
    }

    /// A byte that says nothing.
    Reserved[1] OpenCode {
        BLANK_BYTE b" " "nothing";
    }

    /// Why the trading state of a security changed. Venues have reasons of their own, so others
    /// than these are no error.
    TradingActionReason[4] OpenCode {
        T1 b"T1  " "halt: news pending";
        T2 b"T2  " "halt: news disseminated";
        T3 b"T3  " "news and resumption times";
        T5 b"T5  " "single security trading pause in effect";
        T6 b"T6  " "regulatory halt: extraordinary market activity";
        T7 b"T7  " "single security trading pause, quotation only";
        T8 b"T8  " "halt of an exchange traded fund";
        T12 b"T12 " "halt: information requested by the listing market";
        H4 b"H4  " "halt: non-compliance";
        H9 b"H9  " "halt: filings not current";
        H10 b"H10 " "halt: suspended by the regulator";
        H11 b"H11 " "halt: regulatory concern";
        O1 b"O1  " "operations halt";
        LUDP b"LUDP" "volatility trading pause";
        LUDS b"LUDS" "volatility trading pause, straddle condition";
        MWC0 b"MWC0" "market wide circuit breaker, carried over from the day before";
        MWC1 b"MWC1" "market wide circuit breaker, level 1";
        MWC2 b"MWC2" "market wide circuit breaker, level 2";
        MWC3 b"MWC3" "market wide circuit breaker, level 3";
        MWCQ b"MWCQ" "market wide circuit breaker, resumption";
        IPO1 b"IPO1" "new offering, not yet trading";
        IPOQ b"IPOQ" "new offering, released for quotation";
        IPOE b"IPOE" "new offering, positioning window extended";
        M1 b"M1  " "corporate action";
        M2 b"M2  " "quotation not available";
        R1 b"R1  " "new issue available";
        R2 b"R2  " "issue available";
        R4 b"R4  " "qualification issues resolved, trading to resume";
        R9 b"R9  " "filing requirements satisfied, trading to resume";
        C3 b"C3  " "issuer news not forthcoming, trading to resume";
        C4 b"C4  " "qualification halt ended, maintenance requirements met";
        C9 b"C9  " "qualification halt ended, filings met";
        C11 b"C11 " "halt ended by another regulatory authority";
        NOT_AVAILABLE b"    " "no reason given";
    }

    /// Restriction of short sales.
    RegShoAction[1] Code {
        NONE b"0" "no price test in effect";
        INTRADAY b"1" "price test in effect after a drop during the day";
        REMAINS b"2" "price test remains in effect";
    }

    /// How a participant makes the market.
    MarketMakerMode[1] Code {
        NORMAL b"N" "normal";
        PASSIVE b"P" "passive";
        SYNDICATE b"S" "syndicate";
        PRE_SYNDICATE b"R" "pre-syndicate";
        PENALTY b"L" "penalty";
    }

    /// Standing of a market participant.
    ParticipantState[1] Code {
        ACTIVE b"A" "active";
        EXCUSED b"E" "excused or withdrawn";
        WITHDRAWN b"W" "withdrawn";
        SUSPENDED b"S" "suspended";
        DELETED b"D" "deleted";
    }

    /// Level of the market wide circuit breaker that was reached.
    BreachedLevel[1] Code {
        LEVEL_1 b"1" "level 1";
        LEVEL_2 b"2" "level 2";
        LEVEL_3 b"3" "level 3";
    }

    /// Whether a quotation release still stands.
    IpoReleaseQualifier[1] Code {
        ANTICIPATED b"A" "anticipated";
        CANCELED b"C" "canceled or postponed";
    }

    /// Market that halts by itself.
    HaltMarket[1] Code {
        NASDAQ b"Q" "Nasdaq";
        TEXAS b"B" "Nasdaq Texas";
        PSX b"X" "PSX";
    }

    /// What a market's own halt does.
    OperationalHaltAction[1] Code {
        HALTED b"H" "halted on this market";
        RESUMED b"T" "trading on this market again";
    }

    /// Side of a book.
    BuySell[1] Code {
        BUY b"B" "buy";
        SELL b"S" "sell";
    }

    /// Whether an execution counts in volume.
    Printable[1] Code {
        YES b"Y" "printable";
        NO b"N" "not printable: part of a later print";
    }

    /// Which cross.
    CrossType[1] Code {
        OPENING b"O" "opening cross";
        CLOSING b"C" "closing cross";
        HALT b"H" "cross of a halted, paused or newly offered security";
        INTRADAY b"I" "intraday cross (older data)";
        EXTENDED b"A" "extended trading close";
    }

    /// Side on which a cross would leave shares over.
    ImbalanceDirection[1] Code {
        BUY b"B" "buy imbalance";
        SELL b"S" "sell imbalance";
        NONE b"N" "no imbalance";
        INSUFFICIENT b"O" "not enough orders to tell";
        PAUSED b"P" "paused";
    }

    /// How far the near price is from the reference price.
    PriceVariation[1] Code {
        BELOW_1 b"L" "less than 1 %";
        FROM_1 b"1" "1 to 1.99 %";
        FROM_2 b"2" "2 to 2.99 %";
        FROM_3 b"3" "3 to 3.99 %";
        FROM_4 b"4" "4 to 4.99 %";
        FROM_5 b"5" "5 to 5.99 %";
        FROM_6 b"6" "6 to 6.99 %";
        FROM_7 b"7" "7 to 7.99 %";
        FROM_8 b"8" "8 to 8.99 %";
        FROM_9 b"9" "9 to 9.99 %";
        FROM_10 b"A" "10 to 19.99 %";
        FROM_20 b"B" "20 to 29.99 %";
        FROM_30 b"C" "30 % and more";
        NOT_AVAILABLE b" " "cannot be told";
    }

    /// Sides on which there is interest for retail orders.
    InterestFlag[1] Code {
        BUY b"B" "on the buy side";
        SELL b"S" "on the sell side";
        BOTH b"A" "on both sides";
        NONE b"N" "none";
    }
}
