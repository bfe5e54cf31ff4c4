//! Nasdaq TotalView-ITCH 5.0 (revision of 2026-02-19): the public feed, message by message.
//!
//! A message has neither its length nor its number in it: both come from what carries it.

mod codes;

pub use codes::*;

use super::error::{BadCode, DecodeError};
use super::field::Field;
use super::layout::{FieldLayout, Kind, Layout, Tail};
use super::table::{field, messages, record};
use super::text::{Mpid, Symbol};
use crate::words::{Level, Locate, MatchNo, OrderRef, Price, Seconds, Shares, Timestamp, Volume};

messages! {
    /// A message of the feed.
    enum Message;
    type at 0;
    exact;
    header {
        1 2 locate: Locate, "Stock Locate",
            "Number of the security today, 0 where none is meant";
        3 2 tracking: u16, "Tracking Number",
            "The exchange's own use";
        5 6 timestamp: Timestamp, "Timestamp",
            "Nanoseconds since midnight";
    }

    SystemEvent = b'S', 12, "System Event",
        "The day reaches a stage; the locate is 0." {
        11 1 event: SystemEventCode, "Event Code", "Which stage";
    };

    StockDirectory = b'R', 39, "Stock Directory",
        "A security of the day and its standing properties." {
        11 8 stock: Symbol, "Stock", "The security's symbol";
        19 1 market_category: MarketCategory, "Market Category", "Market or tier of the listing";
        20 1 financial_status: FinancialStatus, "Financial Status Indicator",
            "What the listing market says of the issuer";
        21 4 round_lot_size: Shares, "Round Lot Size", "Shares in a round lot";
        25 1 round_lots_only: YesNo, "Round Lots Only", "Whether only round lots are taken";
        26 1 classification: IssueClassification, "Issue Classification", "Kind of security";
        27 2 sub_type: IssueSubType, "Issue Sub-Type", "Kind of security in detail";
        29 1 authenticity: Authenticity, "Authenticity", "Live or for tests";
        30 1 short_sale_threshold: YesNoBlank, "Short Sale Threshold Indicator",
            "Whether it stands on the Reg SHO threshold list";
        31 1 ipo_flag: IpoFlag, "IPO Flag", "Whether it is newly offered";
        32 1 luld_tier: LuldTier, "LULD Reference Price Tier", "Tier of its price bands";
        33 1 etp_flag: YesNoBlank, "ETP Flag", "Whether it is an exchange traded product";
        34 4 etp_leverage: u32, "ETP Leverage Factor",
            "Multiple of the index, rounded down; 0 where not meant";
        38 1 inverse: YesNo, "Inverse Indicator", "Whether it moves against its index";
    };

    StockTradingAction = b'H', 25, "Stock Trading Action",
        "The trading state of a security, at the start and at every change." {
        11 8 stock: Symbol, "Stock", "The security's symbol";
        19 1 state: TradingState, "Trading State", "The state from now on";
        20 1 reserved: Reserved, "Reserved", "Not used";
        21 4 reason: TradingActionReason, "Reason", "Why the state changed";
    };

    RegShoRestriction = b'Y', 20, "Reg SHO Short Sale Price Test Restricted Indicator",
        "Whether a security's short sales are restricted." {
        11 8 stock: Symbol, "Stock", "The security's symbol";
        19 1 action: RegShoAction, "Reg SHO Action", "The restriction in force";
    };

    MarketParticipantPosition = b'L', 26, "Market Participant Position",
        "The standing of a market participant in a security." {
        11 4 mpid: Mpid, "MPID", "The market participant";
        15 8 stock: Symbol, "Stock", "The security's symbol";
        23 1 primary_market_maker: YesNo, "Primary Market Maker",
            "Whether it is a primary market maker";
        24 1 mode: MarketMakerMode, "Market Maker Mode", "How it makes the market";
        25 1 state: ParticipantState, "Market Participant State", "Whether it is active";
    };

    MwcbDeclineLevel = b'V', 35, "MWCB Decline Level",
        "The index levels of the day that stop the whole market; the locate is 0." {
        11 8 level_1: Level, "Level 1", "Index level of the first breaker";
        19 8 level_2: Level, "Level 2", "Index level of the second breaker";
        27 8 level_3: Level, "Level 3", "Index level of the third breaker";
    };

    MwcbStatus = b'W', 12, "MWCB Status",
        "A market wide circuit breaker was reached; the locate is 0." {
        11 1 breached: BreachedLevel, "Breached Level", "Which of them";
    };

    IpoQuotingPeriodUpdate = b'K', 28, "IPO Quoting Period Update",
        "When a newly offered security may be quoted; the locate is 0." {
        11 8 stock: Symbol, "Stock", "The security's symbol";
        19 4 release_time: Seconds, "IPO Quotation Release Time",
            "Seconds since midnight; 0 if canceled";
        23 1 qualifier: IpoReleaseQualifier, "IPO Quotation Release Qualifier",
            "Whether the release still stands";
        24 4 ipo_price: Price, "IPO Price", "Price of the offer; 0 if canceled";
    };

    LuldAuctionCollar = b'J', 35, "LULD Auction Collar",
        "The price limits of an auction after a volatility pause." {
        11 8 stock: Symbol, "Stock", "The security's symbol";
        19 4 reference_price: Price, "Auction Collar Reference Price", "Middle of the collar";
        23 4 upper_price: Price, "Upper Auction Collar Price", "Highest price of the auction";
        27 4 lower_price: Price, "Lower Auction Collar Price", "Lowest price of the auction";
        31 4 extension: u32, "Auction Collar Extension", "How often the collar was widened";
    };

    OperationalHalt = b'h', 21, "Operational Halt",
        "One market stops or resumes a security for reasons of its own." {
        11 8 stock: Symbol, "Stock", "The security's symbol";
        19 1 market: HaltMarket, "Market Code", "Which market";
        20 1 action: OperationalHaltAction, "Operational Halt Action", "Halted or resumed";
    };

    AddOrder = b'A', 36, "Add Order - No MPID Attribution",
        "An order enters the displayed book." {
        11 8 order_ref: OrderRef, "Order Reference Number", "The order's number from now on";
        19 1 side: BuySell, "Buy/Sell Indicator", "Side of the order";
        20 4 shares: Shares, "Shares", "Displayed shares";
        24 8 stock: Symbol, "Stock", "The security's symbol";
        32 4 price: Price, "Price", "Displayed price";
    };

    AddOrderMpid = b'F', 40, "Add Order - MPID Attribution",
        "An order enters the displayed book under its owner's name." {
        11 8 order_ref: OrderRef, "Order Reference Number", "The order's number from now on";
        19 1 side: BuySell, "Buy/Sell Indicator", "Side of the order";
        20 4 shares: Shares, "Shares", "Displayed shares";
        24 8 stock: Symbol, "Stock", "The security's symbol";
        32 4 price: Price, "Price", "Displayed price";
        36 4 attribution: Mpid, "Attribution", "The market participant that entered it";
    };

    OrderExecuted = b'E', 31, "Order Executed",
        "A displayed order was executed at its displayed price." {
        11 8 order_ref: OrderRef, "Order Reference Number", "The executed order";
        19 4 shares: Shares, "Executed Shares", "Shares taken off the order";
        23 8 match_no: MatchNo, "Match Number", "Number of the execution";
    };

    OrderExecutedWithPrice = b'C', 36, "Order Executed With Price",
        "A displayed order was executed at another price than the displayed one." {
        11 8 order_ref: OrderRef, "Order Reference Number", "The executed order";
        19 4 shares: Shares, "Executed Shares", "Shares taken off the order";
        23 8 match_no: MatchNo, "Match Number", "Number of the execution";
        31 1 printable: Printable, "Printable",
            "Whether the execution counts in volume; if not, a later print includes it";
        32 4 price: Price, "Execution Price", "Price of the execution";
    };

    OrderCancel = b'X', 23, "Order Cancel",
        "Part of an order was canceled; the rest keeps its place." {
        11 8 order_ref: OrderRef, "Order Reference Number", "The order";
        19 4 shares: Shares, "Cancelled Shares", "Shares taken off the order";
    };

    OrderDelete = b'D', 19, "Order Delete",
        "An order leaves the displayed book." {
        11 8 order_ref: OrderRef, "Order Reference Number", "The order";
    };

    OrderReplace = b'U', 35, "Order Replace",
        "An order gives way to a new one of the same side, stock and owner." {
        11 8 original_ref: OrderRef, "Original Order Reference Number", "The order that leaves";
        19 8 new_ref: OrderRef, "New Order Reference Number", "Its number from now on";
        27 4 shares: Shares, "Shares", "Displayed shares from now on";
        31 4 price: Price, "Price", "Displayed price from now on";
    };

    Trade = b'P', 44, "Trade (Non-Cross)",
        "An order that was not displayed was executed." {
        11 8 order_ref: OrderRef, "Order Reference Number", "0 since 2010";
        19 1 side: BuySell, "Buy/Sell Indicator", "B since 2014, whatever the side";
        20 4 shares: Shares, "Shares", "Shares of the execution";
        24 8 stock: Symbol, "Stock", "The security's symbol";
        32 4 price: Price, "Price", "Price of the execution";
        36 8 match_no: MatchNo, "Match Number", "Number of the execution";
    };

    CrossTrade = b'Q', 40, "Cross Trade",
        "A cross took place, or could not (0 shares)." {
        11 8 shares: Volume, "Shares", "Shares of the whole cross";
        19 8 stock: Symbol, "Stock", "The security's symbol";
        27 4 price: Price, "Cross Price", "The one price of the cross";
        31 8 match_no: MatchNo, "Match Number", "Number of the print";
        39 1 cross_type: CrossType, "Cross Type", "Which cross" except b"A";
    };

    BrokenTrade = b'B', 19, "Broken Trade",
        "An execution was broken, for good; books do not change." {
        11 8 match_no: MatchNo, "Match Number", "Number of the execution";
    };

    NetOrderImbalance = b'I', 50, "Net Order Imbalance Indicator",
        "What a cross would look like if it took place now." {
        11 8 paired_shares: Volume, "Paired Shares", "Shares that would trade";
        19 8 imbalance_shares: Volume, "Imbalance Shares", "Shares that would be left over";
        27 1 direction: ImbalanceDirection, "Imbalance Direction", "Side of what is left over";
        28 8 stock: Symbol, "Stock", "The security's symbol";
        36 4 far_price: Price, "Far Price", "Price of a cross of cross orders alone";
        40 4 near_price: Price, "Near Price", "Price of a cross with the continuous book";
        44 4 reference_price: Price, "Current Reference Price", "Price the figures stand at";
        48 1 cross_type: CrossType, "Cross Type", "Which cross" except b"I";
        49 1 variation: PriceVariation, "Price Variation Indicator",
            "How far the near price is from the reference price";
    };

    RetailInterest = b'N', 20, "Retail Price Improvement Indicator",
        "Whether retail orders would find a better price." {
        11 8 stock: Symbol, "Stock", "The security's symbol";
        19 1 interest: InterestFlag, "Interest Flag", "Sides on which there is interest";
    };

    DirectListing = b'O', 48, "Direct Listing with Capital Raise Price Discovery",
        "Where the opening of a direct listing stands, once a second." {
        11 8 stock: Symbol, "Stock", "The security's symbol";
        19 1 open_eligibility: YesNo, "Open Eligibility Status", "Whether it may open";
        20 4 min_price: Price, "Minimum Allowable Price", "Lowest price of the opening";
        24 4 max_price: Price, "Maximum Allowable Price", "Highest price of the opening";
        28 4 near_price: Price, "Near Execution Price", "Price if it opened now";
        32 8 near_time: Timestamp, "Near Execution Time", "Time of the near execution price";
        40 4 lower_collar: Price, "Lower Price Range Collar", "Lower end of the near range";
        44 4 upper_collar: Price, "Upper Price Range Collar", "Upper end of the near range";
    };
}
