-- Outcry: a dissector for Wireshark and tshark, 4.0 or newer.
--
--   ITCH 5.0 over MoldUDP64, and over SoupBinTCP (replay)
--   GLIMPSE 5.0 over SoupBinTCP (snapshot)
--   OUCH 5.0 over SoupBinTCP (order entry)
--
-- Printed by `outcry spec dissector` from the tables that the venue reads and writes messages by.
-- Load it with `-X lua_script:outcry.lua` or from the folder for personal Lua plugins.

---------------------------------------------------------------------------------------------------
-- Tables

-- Every field: name in filters, type, title.
local FIELDS = {
  { "outcry.itch.type", "string", "Message Type" },
  { "outcry.itch.locate", "uint16", "Stock Locate" },
  { "outcry.itch.tracking", "uint16", "Tracking Number" },
  { "outcry.itch.timestamp", "uint64", "Timestamp" },
  { "outcry.itch.event", "string", "Event Code" },
  { "outcry.itch.stock", "string", "Stock" },
  { "outcry.itch.market_category", "string", "Market Category" },
  { "outcry.itch.financial_status", "string", "Financial Status Indicator" },
  { "outcry.itch.round_lot_size", "uint32", "Round Lot Size" },
  { "outcry.itch.round_lots_only", "string", "Round Lots Only" },
  { "outcry.itch.classification", "string", "Issue Classification" },
  { "outcry.itch.sub_type", "string", "Issue Sub-Type" },
  { "outcry.itch.authenticity", "string", "Authenticity" },
  { "outcry.itch.short_sale_threshold", "string", "Short Sale Threshold Indicator" },
  { "outcry.itch.ipo_flag", "string", "IPO Flag" },
  { "outcry.itch.luld_tier", "string", "LULD Reference Price Tier" },
  { "outcry.itch.etp_flag", "string", "ETP Flag" },
  { "outcry.itch.etp_leverage", "uint32", "ETP Leverage Factor" },
  { "outcry.itch.inverse", "string", "Inverse Indicator" },
  { "outcry.itch.state", "string", "Trading State" },
  { "outcry.itch.reserved", "string", "Reserved" },
  { "outcry.itch.reason", "string", "Reason" },
  { "outcry.itch.action", "string", "Reg SHO Action" },
  { "outcry.itch.mpid", "string", "MPID" },
  { "outcry.itch.primary_market_maker", "string", "Primary Market Maker" },
  { "outcry.itch.mode", "string", "Market Maker Mode" },
  { "outcry.itch.level_1", "uint64", "Level 1" },
  { "outcry.itch.level_2", "uint64", "Level 2" },
  { "outcry.itch.level_3", "uint64", "Level 3" },
  { "outcry.itch.breached", "string", "Breached Level" },
  { "outcry.itch.release_time", "uint32", "IPO Quotation Release Time" },
  { "outcry.itch.qualifier", "string", "IPO Quotation Release Qualifier" },
  { "outcry.itch.ipo_price", "uint32", "IPO Price" },
  { "outcry.itch.reference_price", "uint32", "Auction Collar Reference Price" },
  { "outcry.itch.upper_price", "uint32", "Upper Auction Collar Price" },
  { "outcry.itch.lower_price", "uint32", "Lower Auction Collar Price" },
  { "outcry.itch.extension", "uint32", "Auction Collar Extension" },
  { "outcry.itch.market", "string", "Market Code" },
  { "outcry.itch.order_ref", "uint64", "Order Reference Number" },
  { "outcry.itch.side", "string", "Buy/Sell Indicator" },
  { "outcry.itch.shares", "uint32", "Shares" },
  { "outcry.itch.price", "uint32", "Price" },
  { "outcry.itch.attribution", "string", "Attribution" },
  { "outcry.itch.match_no", "uint64", "Match Number" },
  { "outcry.itch.printable", "string", "Printable" },
  { "outcry.itch.original_ref", "uint64", "Original Order Reference Number" },
  { "outcry.itch.new_ref", "uint64", "New Order Reference Number" },
  { "outcry.itch.shares_uint64", "uint64", "Shares" },
  { "outcry.itch.cross_type", "string", "Cross Type" },
  { "outcry.itch.paired_shares", "uint64", "Paired Shares" },
  { "outcry.itch.imbalance_shares", "uint64", "Imbalance Shares" },
  { "outcry.itch.direction", "string", "Imbalance Direction" },
  { "outcry.itch.far_price", "uint32", "Far Price" },
  { "outcry.itch.near_price", "uint32", "Near Price" },
  { "outcry.itch.variation", "string", "Price Variation Indicator" },
  { "outcry.itch.interest", "string", "Interest Flag" },
  { "outcry.itch.open_eligibility", "string", "Open Eligibility Status" },
  { "outcry.itch.min_price", "uint32", "Minimum Allowable Price" },
  { "outcry.itch.max_price", "uint32", "Maximum Allowable Price" },
  { "outcry.itch.near_time", "uint64", "Near Execution Time" },
  { "outcry.itch.lower_collar", "uint32", "Lower Price Range Collar" },
  { "outcry.itch.upper_collar", "uint32", "Upper Price Range Collar" },
  { "outcry.glimpse.type", "string", "Message Type" },
  { "outcry.glimpse.next", "string", "Sequence Number" },
  { "outcry.ouch.type", "string", "Message Type" },
  { "outcry.ouch.user_ref_num", "uint32", "UserRefNum" },
  { "outcry.ouch.side", "string", "Side" },
  { "outcry.ouch.quantity", "uint32", "Quantity" },
  { "outcry.ouch.symbol", "string", "Symbol" },
  { "outcry.ouch.price", "uint64", "Price" },
  { "outcry.ouch.time_in_force", "string", "Time In Force" },
  { "outcry.ouch.display", "string", "Display" },
  { "outcry.ouch.capacity", "string", "Capacity" },
  { "outcry.ouch.iso", "string", "InterMarket Sweep Eligibility" },
  { "outcry.ouch.cross_type", "string", "CrossType" },
  { "outcry.ouch.cl_ord_id", "string", "ClOrdID" },
  { "outcry.ouch.appendage_length", "uint16", "Appendage Length" },
  { "outcry.ouch.orig_user_ref_num", "uint32", "OrigUserRefNum" },
  { "outcry.ouch.firm", "string", "Firm" },
  { "outcry.ouch.timestamp", "uint64", "Timestamp" },
  { "outcry.ouch.event", "string", "Event Code" },
  { "outcry.ouch.order_ref", "uint64", "Order Reference Number" },
  { "outcry.ouch.state", "string", "Order State" },
  { "outcry.ouch.reason", "string", "Cancel Order Reason" },
  { "outcry.ouch.decrement", "uint32", "Decrement Shares" },
  { "outcry.ouch.prevented", "uint32", "Quantity Prevented from Trading" },
  { "outcry.ouch.liquidity", "string", "Liquidity Flag" },
  { "outcry.ouch.strategy", "string", "AIQ Strategy" },
  { "outcry.ouch.match_no", "uint64", "Match Number" },
  { "outcry.ouch.reason_uint16", "uint16", "Reason" },
  { "outcry.ouch.next_user_ref_num", "uint32", "NextUserRefNum" },
  { "outcry.ouch.element_length", "uint8", "Length" },
  { "outcry.ouch.tag", "uint8", "Option Tag" },
  { "outcry.ouch.secondary_order_ref", "uint64", "SecondaryOrdRefNum" },
  { "outcry.ouch.min_qty", "uint32", "MinQty" },
  { "outcry.ouch.customer_type", "string", "CustomerType" },
  { "outcry.ouch.max_floor", "uint32", "MaxFloor" },
  { "outcry.ouch.price_type", "string", "PriceType" },
  { "outcry.ouch.peg_offset", "int32", "PegOffset" },
  { "outcry.ouch.discretion_price", "uint64", "DiscretionPrice" },
  { "outcry.ouch.discretion_price_type", "string", "DiscretionPriceType" },
  { "outcry.ouch.discretion_peg_offset", "int32", "DiscretionPegOffset" },
  { "outcry.ouch.post_only", "string", "PostOnly" },
  { "outcry.ouch.random_reserves", "uint32", "RandomReserves" },
  { "outcry.ouch.route", "string", "Route" },
  { "outcry.ouch.expire_time", "uint32", "ExpireTime" },
  { "outcry.ouch.trade_now", "string", "TradeNow" },
  { "outcry.ouch.handle_inst", "string", "HandleInst" },
  { "outcry.ouch.bbo_weight", "string", "BBO Weight Indicator" },
  { "outcry.ouch.display_quantity", "uint32", "Display Quantity" },
  { "outcry.ouch.display_price", "uint64", "Display Price" },
  { "outcry.ouch.group_id", "uint16", "Group ID" },
  { "outcry.ouch.shares_located", "string", "Shares Located" },
  { "outcry.ouch.locate_broker", "string", "Locate Broker" },
  { "outcry.ouch.user_ref_idx", "uint8", "UserRefIdx" },
  { "outcry.ouch.aiq_strategy", "string", "AIQ Strategy" },
  { "outcry.ouch.aiq_group", "string", "AIQ Group ID" },
  { "outcry.soup.length", "uint16", "Packet Length" },
  { "outcry.soup.type", "string", "Packet Type" },
  { "outcry.soup.session", "string", "Session" },
  { "outcry.soup.number", "string", "Sequence Number" },
  { "outcry.soup.reason", "string", "Reject Reason Code" },
  { "outcry.soup.username", "string", "Username" },
  { "outcry.soup.password", "string", "Password" },
  { "outcry.soup.heartbeat_timeout", "string", "Heartbeat Timeout" },
  { "outcry.mold.session", "string", "Session" },
  { "outcry.mold.number", "uint64", "Sequence Number" },
  { "outcry.mold.count", "uint16", "Message Count" },
  { "outcry.mold.length", "uint16", "Message Length" },
}

-- What codes say. A list that is open does not name every value that is allowed.
local CODES = {
  ["itch.SystemEventCode"] = {
    ["O"] = "start of messages: the first message of the day",
    ["S"] = "start of system hours: orders are accepted",
    ["Q"] = "start of market hours",
    ["M"] = "end of market hours",
    ["E"] = "end of system hours: no new orders, breaks and deletes may follow",
    ["C"] = "end of messages: the last message of the day",
  },
  ["itch.MarketCategory"] = {
    ["Q"] = "Nasdaq Global Select Market",
    ["G"] = "Nasdaq Global Market",
    ["S"] = "Nasdaq Capital Market",
    ["N"] = "New York Stock Exchange",
    ["A"] = "NYSE American",
    ["P"] = "NYSE Arca",
    ["M"] = "NYSE Texas",
    ["Z"] = "BATS Z Exchange",
    ["V"] = "Investors' Exchange",
    [" "] = "not available",
  },
  ["itch.FinancialStatus"] = {
    ["D"] = "deficient",
    ["E"] = "delinquent",
    ["Q"] = "bankrupt",
    ["S"] = "suspended",
    ["G"] = "deficient and bankrupt",
    ["H"] = "deficient and delinquent",
    ["J"] = "delinquent and bankrupt",
    ["K"] = "deficient, delinquent and bankrupt",
    ["C"] = "creations or redemptions suspended (exchange traded product)",
    ["N"] = "normal",
    [" "] = "not available",
  },
  ["itch.YesNo"] = {
    ["Y"] = "yes",
    ["N"] = "no",
  },
  ["itch.IssueClassification"] = {
    ["A"] = "American depositary share",
    ["B"] = "bond",
    ["C"] = "common stock",
    ["F"] = "depositary receipt",
    ["I"] = "Rule 144A security",
    ["L"] = "limited partnership",
    ["N"] = "notes",
    ["O"] = "ordinary share",
    ["P"] = "preferred stock",
    ["Q"] = "other security",
    ["R"] = "right",
    ["S"] = "shares of beneficial interest",
    ["T"] = "convertible debenture",
    ["U"] = "unit",
    ["V"] = "units of beneficial interest",
    ["W"] = "warrant",
  },
  ["itch.IssueSubType"] = {
    ["A "] = "preferred trust security",
    ["AI"] = "alpha index note",
    ["B "] = "index based derivative",
    ["C "] = "common share",
    ["CB"] = "commodity based trust share",
    ["CF"] = "commodity futures trust share",
    ["CL"] = "commodity linked security",
    ["CM"] = "commodity index trust share",
    ["CO"] = "collateralized mortgage obligation",
    ["CT"] = "currency trust share",
    ["CU"] = "commodity and currency linked security",
    ["CW"] = "currency warrant",
    ["D "] = "global depositary share",
    ["E "] = "exchange traded fund, portfolio depositary receipt",
    ["EG"] = "equity gold share",
    ["EI"] = "note linked to an equity index",
    ["EM"] = "exchange traded managed fund (NextShares)",
    ["EN"] = "exchange traded note",
    ["EU"] = "equity unit",
    ["F "] = "HOLDRS",
    ["FI"] = "note linked to fixed income",
    ["FL"] = "note linked to futures",
    ["G "] = "global share",
    ["I "] = "exchange traded fund, index fund share",
    ["IR"] = "interest rate",
    ["IW"] = "index warrant",
    ["IX"] = "index linked exchangeable note",
    ["J "] = "corporate backed trust security",
    ["L "] = "contingent litigation right",
    ["LL"] = "security of a limited liability company",
    ["M "] = "equity based derivative",
    ["MF"] = "managed fund share",
    ["ML"] = "note linked to a multi-factor index",
    ["MT"] = "managed trust security",
    ["N "] = "New York registry share",
    ["O "] = "open ended mutual fund",
    ["P "] = "privately held security",
    ["PP"] = "poison pill",
    ["PU"] = "partnership unit",
    ["Q "] = "closed end fund",
    ["R "] = "Regulation S security",
    ["RC"] = "redeemable commodity linked security",
    ["RF"] = "redeemable note linked to futures",
    ["RT"] = "real estate investment trust",
    ["RU"] = "redeemable currency linked security",
    ["S "] = "SEED security",
    ["SC"] = "spot rate, closing",
    ["SI"] = "spot rate, intraday",
    ["T "] = "tracking stock",
    ["TC"] = "trust certificate",
    ["TU"] = "trust unit",
    ["U "] = "portal security",
    ["V "] = "contingent value right",
    ["W "] = "trust issued receipt",
    ["WC"] = "world currency option",
    ["X "] = "trust",
    ["Y "] = "other",
    ["Z "] = "not applicable",
  },
  ["itch.Authenticity"] = {
    ["P"] = "live, in production",
    ["T"] = "for tests",
  },
  ["itch.YesNoBlank"] = {
    ["Y"] = "yes",
    ["N"] = "no",
    [" "] = "not available",
  },
  ["itch.IpoFlag"] = {
    ["Y"] = "set up as a new offering",
    ["N"] = "not a new offering",
    ["Z"] = "newly listed without an offering",
    [" "] = "not available",
  },
  ["itch.LuldTier"] = {
    ["1"] = "tier 1",
    ["2"] = "tier 2",
    [" "] = "not applicable",
  },
  ["itch.TradingState"] = {
    ["H"] = "halted",
    ["P"] = "paused",
    ["Q"] = "quotation only",
    ["T"] = "trading",
  },
  ["itch.Reserved"] = {
    open = true,
    [" "] = "nothing",
  },
  ["itch.TradingActionReason"] = {
    open = true,
    ["T1  "] = "halt: news pending",
    ["T2  "] = "halt: news disseminated",
    ["T3  "] = "news and resumption times",
    ["T5  "] = "single security trading pause in effect",
    ["T6  "] = "regulatory halt: extraordinary market activity",
    ["T7  "] = "single security trading pause, quotation only",
    ["T8  "] = "halt of an exchange traded fund",
    ["T12 "] = "halt: information requested by the listing market",
    ["H4  "] = "halt: non-compliance",
    ["H9  "] = "halt: filings not current",
    ["H10 "] = "halt: suspended by the regulator",
    ["H11 "] = "halt: regulatory concern",
    ["O1  "] = "operations halt",
    ["LUDP"] = "volatility trading pause",
    ["LUDS"] = "volatility trading pause, straddle condition",
    ["MWC0"] = "market wide circuit breaker, carried over from the day before",
    ["MWC1"] = "market wide circuit breaker, level 1",
    ["MWC2"] = "market wide circuit breaker, level 2",
    ["MWC3"] = "market wide circuit breaker, level 3",
    ["MWCQ"] = "market wide circuit breaker, resumption",
    ["IPO1"] = "new offering, not yet trading",
    ["IPOQ"] = "new offering, released for quotation",
    ["IPOE"] = "new offering, positioning window extended",
    ["M1  "] = "corporate action",
    ["M2  "] = "quotation not available",
    ["R1  "] = "new issue available",
    ["R2  "] = "issue available",
    ["R4  "] = "qualification issues resolved, trading to resume",
    ["R9  "] = "filing requirements satisfied, trading to resume",
    ["C3  "] = "issuer news not forthcoming, trading to resume",
    ["C4  "] = "qualification halt ended, maintenance requirements met",
    ["C9  "] = "qualification halt ended, filings met",
    ["C11 "] = "halt ended by another regulatory authority",
    ["    "] = "no reason given",
  },
  ["itch.RegShoAction"] = {
    ["0"] = "no price test in effect",
    ["1"] = "price test in effect after a drop during the day",
    ["2"] = "price test remains in effect",
  },
  ["itch.MarketMakerMode"] = {
    ["N"] = "normal",
    ["P"] = "passive",
    ["S"] = "syndicate",
    ["R"] = "pre-syndicate",
    ["L"] = "penalty",
  },
  ["itch.ParticipantState"] = {
    ["A"] = "active",
    ["E"] = "excused or withdrawn",
    ["W"] = "withdrawn",
    ["S"] = "suspended",
    ["D"] = "deleted",
  },
  ["itch.BreachedLevel"] = {
    ["1"] = "level 1",
    ["2"] = "level 2",
    ["3"] = "level 3",
  },
  ["itch.IpoReleaseQualifier"] = {
    ["A"] = "anticipated",
    ["C"] = "canceled or postponed",
  },
  ["itch.HaltMarket"] = {
    ["Q"] = "Nasdaq",
    ["B"] = "Nasdaq Texas",
    ["X"] = "PSX",
  },
  ["itch.OperationalHaltAction"] = {
    ["H"] = "halted on this market",
    ["T"] = "trading on this market again",
  },
  ["itch.BuySell"] = {
    ["B"] = "buy",
    ["S"] = "sell",
  },
  ["itch.Printable"] = {
    ["Y"] = "printable",
    ["N"] = "not printable: part of a later print",
  },
  ["itch.CrossType"] = {
    ["O"] = "opening cross",
    ["C"] = "closing cross",
    ["H"] = "cross of a halted, paused or newly offered security",
    ["I"] = "intraday cross (older data)",
    ["A"] = "extended trading close",
  },
  ["itch.ImbalanceDirection"] = {
    ["B"] = "buy imbalance",
    ["S"] = "sell imbalance",
    ["N"] = "no imbalance",
    ["O"] = "not enough orders to tell",
    ["P"] = "paused",
  },
  ["itch.PriceVariation"] = {
    ["L"] = "less than 1 %",
    ["1"] = "1 to 1.99 %",
    ["2"] = "2 to 2.99 %",
    ["3"] = "3 to 3.99 %",
    ["4"] = "4 to 4.99 %",
    ["5"] = "5 to 5.99 %",
    ["6"] = "6 to 6.99 %",
    ["7"] = "7 to 7.99 %",
    ["8"] = "8 to 8.99 %",
    ["9"] = "9 to 9.99 %",
    ["A"] = "10 to 19.99 %",
    ["B"] = "20 to 29.99 %",
    ["C"] = "30 % and more",
    [" "] = "cannot be told",
  },
  ["itch.InterestFlag"] = {
    ["B"] = "on the buy side",
    ["S"] = "on the sell side",
    ["A"] = "on both sides",
    ["N"] = "none",
  },
  ["ouch.Side"] = {
    ["B"] = "buy",
    ["S"] = "sell",
    ["T"] = "sell short",
    ["E"] = "sell short, exempt from the price test",
  },
  ["ouch.TimeInForce"] = {
    ["0"] = "day: until market hours end",
    ["3"] = "immediate or cancel",
    ["5"] = "good till the end of extended hours (GTX)",
    ["6"] = "good for the time in tag 15 (GTT)",
    ["E"] = "after hours",
  },
  ["ouch.Display"] = {
    ["Y"] = "visible",
    ["N"] = "hidden",
    ["A"] = "visible under the firm's name",
    ["Z"] = "conformant: displayed as the rules allow",
  },
  ["ouch.Capacity"] = {
    ["A"] = "agency",
    ["P"] = "principal",
    ["R"] = "riskless principal",
    ["O"] = "other",
  },
  ["ouch.Iso"] = {
    ["Y"] = "eligible",
    ["N"] = "not eligible",
  },
  ["ouch.CrossType"] = {
    ["N"] = "none: continuous trading",
    ["O"] = "opening cross",
    ["C"] = "closing cross",
    ["H"] = "cross after a halt, or of a new offering",
    ["S"] = "supplemental order",
    ["R"] = "retail",
    ["E"] = "extended life",
    ["A"] = "after hours close",
  },
  ["ouch.SystemEventCode"] = {
    ["S"] = "start of day",
    ["E"] = "end of day: breaks and cancels may follow",
  },
  ["ouch.OrderState"] = {
    ["L"] = "live",
    ["D"] = "dead at once: nothing follows for this order",
  },
  ["ouch.CancelReason"] = {
    ["D"] = "regulatory restriction",
    ["E"] = "closed: a day order after the close",
    ["F"] = "post-only order that would have to slide from another market",
    ["G"] = "post-only order that would have to slide from the own book",
    ["H"] = "halted",
    ["I"] = "immediate or cancel",
    ["K"] = "price collar of market orders",
    ["Q"] = "would have traded with its own side",
    ["S"] = "canceled by the venue's supervisors",
    ["T"] = "its time is over",
    ["U"] = "asked for by the broker",
    ["X"] = "open protection",
    ["Z"] = "canceled by the system",
    ["e"] = "more shares than the direct listing allows",
  },
  ["ouch.AiqCancelReason"] = {
    ["Q"] = "would have traded with its own side",
  },
  ["ouch.LiquidityFlag"] = {
    ["A"] = "added liquidity",
    ["R"] = "removed liquidity",
    ["O"] = "opening cross",
    ["M"] = "opening cross, imbalance only",
    ["C"] = "closing cross",
    ["L"] = "closing cross, imbalance only",
    ["H"] = "cross after a halt, or of a new offering",
    ["K"] = "halt cross",
    ["i"] = "after hours close",
    ["J"] = "added, not displayed",
    ["k"] = "added at the midpoint",
    ["m"] = "removed at the midpoint",
    ["N"] = "passive midpoint execution",
    ["n"] = "midpoint extended life order",
    ["e"] = "retail order added displayed liquidity",
    ["j"] = "retail price improving order provides liquidity",
    ["p"] = "removed price improving hidden liquidity",
    ["q"] = "retail order removed midpoint liquidity",
    ["r"] = "retail order removed retail price improving liquidity",
    ["t"] = "retail order removed other price improving hidden liquidity",
    ["0"] = "supplemental order",
    ["7"] = "displayed order that improved the national best price",
    ["8"] = "displayed order that set the own best price, joining the national one",
    ["1"] = "retail price improving order, no indication published",
    ["u"] = "added from the hidden part of a reserve order",
    ["2"] = "added before the market opens",
    ["3"] = "removed before the market opens",
    ["5"] = "improved the national best price before the market opens",
    ["9"] = "added before the market opens, not displayed",
  },
  ["ouch.AiqStrategy"] = {
    ["*"] = "the port's default",
    ["N"] = "disabled: they trade",
    ["Y"] = "firm: decrement both, without details",
    ["D"] = "firm: decrement both",
    ["O"] = "firm: cancel the oldest",
    ["W"] = "firm: cancel the newest",
    ["R"] = "firm: as the remover says",
    ["y"] = "organisation: decrement both, without details",
    ["d"] = "organisation: decrement both",
    ["o"] = "organisation: cancel the oldest",
    ["w"] = "organisation: cancel the newest",
    ["r"] = "organisation: as the remover says",
    ["Z"] = "affiliate: decrement both, without details",
    ["E"] = "affiliate: decrement both",
    ["P"] = "affiliate: cancel the oldest",
    ["X"] = "affiliate: cancel the newest",
    ["S"] = "affiliate: as the remover says",
    ["0"] = "any: decrement both, without details",
    ["1"] = "any: decrement both",
    ["2"] = "any: cancel the oldest",
    ["4"] = "any: cancel the newest",
    ["5"] = "any: as the remover says",
  },
  ["ouch.BrokenReason"] = {
    ["E"] = "erroneous: the execution was clearly wrong",
    ["C"] = "consent: both sides agreed",
    ["S"] = "supervisory: broken by the venue",
    ["X"] = "external: broken by a third party",
  },
  ["ouch.RejectReason"] = {
    [1] = "quote unavailable",
    [2] = "destination closed",
    [3] = "invalid display",
    [4] = "invalid max floor",
    [5] = "invalid peg type",
    [6] = "fat finger",
    [7] = "halted",
    [8] = "intermarket sweep not allowed",
    [9] = "invalid side",
    [10] = "processing error",
    [11] = "cancel pending",
    [12] = "firm not authorized",
    [13] = "invalid minimum quantity",
    [14] = "no closing reference price",
    [15] = "other",
    [16] = "cancel not allowed",
    [17] = "pegging not allowed",
    [18] = "crossed market",
    [19] = "invalid quantity",
    [20] = "invalid cross order",
    [21] = "replace not allowed",
    [22] = "routing not allowed",
    [23] = "invalid symbol",
    [24] = "test",
    [25] = "late limit-on-close order too aggressive",
    [26] = "retail not allowed",
    [27] = "invalid price of a midpoint post-only order",
    [28] = "invalid destination",
    [29] = "invalid price",
    [30] = "shares exceed threshold",
    [31] = "exceeds maximum notional value",
    [32] = "risk: aggregate exposure",
    [33] = "risk: market impact",
    [34] = "risk: restricted stock",
    [35] = "risk: short sell restricted",
    [36] = "risk: intermarket sweep not allowed",
    [37] = "risk: exceeds average daily volume limit",
    [38] = "risk: fat finger",
    [39] = "risk: locate required",
    [40] = "risk: message rate of the symbol",
    [41] = "risk: message rate of the port",
    [42] = "risk: rate of duplicate messages",
    [43] = "short sell not allowed",
    [44] = "market order not allowed",
    [45] = "pre-market not allowed",
    [46] = "post-market not allowed",
    [47] = "short sell exempt not allowed",
    [48] = "notional value of a single order",
    [49] = "maximum quantity",
    [50] = "Reg SHO state not available",
    [51] = "market buy in a new offering not allowed",
    [64] = "invalid AIQ strategy",
  },
  ["ouch.RestateReason"] = {
    ["R"] = "the displayed part was refreshed",
    ["P"] = "the displayed price was changed",
  },
  ["ouch.CustomerType"] = {
    ["R"] = "retail",
    ["N"] = "not retail",
    [" "] = "the port's default",
  },
  ["ouch.PriceType"] = {
    ["L"] = "limit",
    ["P"] = "pegged to the opposite side",
    ["M"] = "pegged to the midpoint",
    ["R"] = "pegged to its own side",
    ["Q"] = "market maker peg",
    ["m"] = "midpoint",
  },
  ["ouch.DiscretionPriceType"] = {
    ["L"] = "limit",
    ["P"] = "pegged to the opposite side",
    ["M"] = "pegged to the midpoint",
    ["R"] = "pegged to its own side",
  },
  ["ouch.PostOnly"] = {
    ["P"] = "only adds",
    ["N"] = "may remove",
  },
  ["ouch.TradeNow"] = {
    ["Y"] = "yes",
    ["N"] = "no",
    [" "] = "the port's default",
  },
  ["ouch.HandleInst"] = {
    ["I"] = "imbalance only (opening and closing cross)",
    ["O"] = "retail order type 1 (retail)",
    ["T"] = "retail order type 2 (retail)",
    ["Q"] = "retail price improvement order (retail)",
    ["B"] = "extended life and continuous (extended life)",
    ["D"] = "direct listing with capital raise (halt cross)",
    [" "] = "no instruction",
  },
  ["ouch.BboWeight"] = {
    ["0"] = "0 to 0.2 %",
    ["1"] = "0.2 to 1 %",
    ["2"] = "1 to 2 %",
    ["3"] = "more than 2 %",
    [" "] = "not specified",
    ["S"] = "sets the own best price while joining the national one",
    ["N"] = "improves the national best price on entry",
  },
  ["ouch.SharesLocated"] = {
    ["Y"] = "located",
    ["N"] = "not located",
  },
  ["soup.LoginRejectReason"] = {
    ["A"] = "not authorized: no such pair of username and password",
    ["S"] = "the session asked for is not available",
  },
}

-- Rows of a message: field, offset, length, shape, title; then, where there are any, the codes,
-- those of them not allowed here, and for the Info column the place, what stands before the value,
-- and whether the code is spelled out.
local ITCH = {
  ["S"] = {
    title = "System Event", name = "System Event", length = 12,
    rows = {
      { "outcry.itch.type", 0, 1, "code", "Message Type" },
      { "outcry.itch.locate", 1, 2, "unsigned", "Stock Locate" },
      { "outcry.itch.tracking", 3, 2, "unsigned", "Tracking Number" },
      { "outcry.itch.timestamp", 5, 6, "time", "Timestamp" },
      { "outcry.itch.event", 11, 1, "code", "Event Code", codes = "itch.SystemEventCode", info = { 6, "", spelled = true } },
    },
  },
  ["R"] = {
    title = "Stock Directory", name = "Stock Directory", length = 39,
    rows = {
      { "outcry.itch.type", 0, 1, "code", "Message Type" },
      { "outcry.itch.locate", 1, 2, "unsigned", "Stock Locate" },
      { "outcry.itch.tracking", 3, 2, "unsigned", "Tracking Number" },
      { "outcry.itch.timestamp", 5, 6, "time", "Timestamp" },
      { "outcry.itch.stock", 11, 8, "text", "Stock", info = { 2, "" } },
      { "outcry.itch.market_category", 19, 1, "code", "Market Category", codes = "itch.MarketCategory" },
      { "outcry.itch.financial_status", 20, 1, "code", "Financial Status Indicator", codes = "itch.FinancialStatus" },
      { "outcry.itch.round_lot_size", 21, 4, "unsigned", "Round Lot Size" },
      { "outcry.itch.round_lots_only", 25, 1, "code", "Round Lots Only", codes = "itch.YesNo" },
      { "outcry.itch.classification", 26, 1, "code", "Issue Classification", codes = "itch.IssueClassification" },
      { "outcry.itch.sub_type", 27, 2, "code", "Issue Sub-Type", codes = "itch.IssueSubType" },
      { "outcry.itch.authenticity", 29, 1, "code", "Authenticity", codes = "itch.Authenticity" },
      { "outcry.itch.short_sale_threshold", 30, 1, "code", "Short Sale Threshold Indicator", codes = "itch.YesNoBlank" },
      { "outcry.itch.ipo_flag", 31, 1, "code", "IPO Flag", codes = "itch.IpoFlag" },
      { "outcry.itch.luld_tier", 32, 1, "code", "LULD Reference Price Tier", codes = "itch.LuldTier" },
      { "outcry.itch.etp_flag", 33, 1, "code", "ETP Flag", codes = "itch.YesNoBlank" },
      { "outcry.itch.etp_leverage", 34, 4, "unsigned", "ETP Leverage Factor" },
      { "outcry.itch.inverse", 38, 1, "code", "Inverse Indicator", codes = "itch.YesNo" },
    },
  },
  ["H"] = {
    title = "Stock Trading Action", name = "Stock Trading Action", length = 25,
    rows = {
      { "outcry.itch.type", 0, 1, "code", "Message Type" },
      { "outcry.itch.locate", 1, 2, "unsigned", "Stock Locate" },
      { "outcry.itch.tracking", 3, 2, "unsigned", "Tracking Number" },
      { "outcry.itch.timestamp", 5, 6, "time", "Timestamp" },
      { "outcry.itch.stock", 11, 8, "text", "Stock", info = { 2, "" } },
      { "outcry.itch.state", 19, 1, "code", "Trading State", codes = "itch.TradingState", info = { 6, "", spelled = true } },
      { "outcry.itch.reserved", 20, 1, "code", "Reserved", codes = "itch.Reserved" },
      { "outcry.itch.reason", 21, 4, "code", "Reason", codes = "itch.TradingActionReason", info = { 6, "", spelled = true } },
    },
  },
  ["Y"] = {
    title = "Reg SHO Short Sale Price Test Restricted Indicator", name = "Reg SHO Short Sale Price Test Restricted Indicator", length = 20,
    rows = {
      { "outcry.itch.type", 0, 1, "code", "Message Type" },
      { "outcry.itch.locate", 1, 2, "unsigned", "Stock Locate" },
      { "outcry.itch.tracking", 3, 2, "unsigned", "Tracking Number" },
      { "outcry.itch.timestamp", 5, 6, "time", "Timestamp" },
      { "outcry.itch.stock", 11, 8, "text", "Stock", info = { 2, "" } },
      { "outcry.itch.action", 19, 1, "code", "Reg SHO Action", codes = "itch.RegShoAction", info = { 6, "", spelled = true } },
    },
  },
  ["L"] = {
    title = "Market Participant Position", name = "Market Participant Position", length = 26,
    rows = {
      { "outcry.itch.type", 0, 1, "code", "Message Type" },
      { "outcry.itch.locate", 1, 2, "unsigned", "Stock Locate" },
      { "outcry.itch.tracking", 3, 2, "unsigned", "Tracking Number" },
      { "outcry.itch.timestamp", 5, 6, "time", "Timestamp" },
      { "outcry.itch.mpid", 11, 4, "text", "MPID", info = { 2, "" } },
      { "outcry.itch.stock", 15, 8, "text", "Stock", info = { 2, "" } },
      { "outcry.itch.primary_market_maker", 23, 1, "code", "Primary Market Maker", codes = "itch.YesNo" },
      { "outcry.itch.mode", 24, 1, "code", "Market Maker Mode", codes = "itch.MarketMakerMode" },
      { "outcry.itch.state", 25, 1, "code", "Market Participant State", codes = "itch.ParticipantState", info = { 6, "", spelled = true } },
    },
  },
  ["V"] = {
    title = "MWCB Decline Level", name = "MWCB Decline Level", length = 35,
    rows = {
      { "outcry.itch.type", 0, 1, "code", "Message Type" },
      { "outcry.itch.locate", 1, 2, "unsigned", "Stock Locate" },
      { "outcry.itch.tracking", 3, 2, "unsigned", "Tracking Number" },
      { "outcry.itch.timestamp", 5, 6, "time", "Timestamp" },
      { "outcry.itch.level_1", 11, 8, "level", "Level 1" },
      { "outcry.itch.level_2", 19, 8, "level", "Level 2" },
      { "outcry.itch.level_3", 27, 8, "level", "Level 3" },
    },
  },
  ["W"] = {
    title = "MWCB Status", name = "MWCB Status", length = 12,
    rows = {
      { "outcry.itch.type", 0, 1, "code", "Message Type" },
      { "outcry.itch.locate", 1, 2, "unsigned", "Stock Locate" },
      { "outcry.itch.tracking", 3, 2, "unsigned", "Tracking Number" },
      { "outcry.itch.timestamp", 5, 6, "time", "Timestamp" },
      { "outcry.itch.breached", 11, 1, "code", "Breached Level", codes = "itch.BreachedLevel", info = { 6, "", spelled = true } },
    },
  },
  ["K"] = {
    title = "IPO Quoting Period Update", name = "IPO Quoting Period Update", length = 28,
    rows = {
      { "outcry.itch.type", 0, 1, "code", "Message Type" },
      { "outcry.itch.locate", 1, 2, "unsigned", "Stock Locate" },
      { "outcry.itch.tracking", 3, 2, "unsigned", "Tracking Number" },
      { "outcry.itch.timestamp", 5, 6, "time", "Timestamp" },
      { "outcry.itch.stock", 11, 8, "text", "Stock", info = { 2, "" } },
      { "outcry.itch.release_time", 19, 4, "seconds", "IPO Quotation Release Time" },
      { "outcry.itch.qualifier", 23, 1, "code", "IPO Quotation Release Qualifier", codes = "itch.IpoReleaseQualifier", info = { 6, "", spelled = true } },
      { "outcry.itch.ipo_price", 24, 4, "price", "IPO Price", info = { 5, "@ " } },
    },
  },
  ["J"] = {
    title = "LULD Auction Collar", name = "LULD Auction Collar", length = 35,
    rows = {
      { "outcry.itch.type", 0, 1, "code", "Message Type" },
      { "outcry.itch.locate", 1, 2, "unsigned", "Stock Locate" },
      { "outcry.itch.tracking", 3, 2, "unsigned", "Tracking Number" },
      { "outcry.itch.timestamp", 5, 6, "time", "Timestamp" },
      { "outcry.itch.stock", 11, 8, "text", "Stock", info = { 2, "" } },
      { "outcry.itch.reference_price", 19, 4, "price", "Auction Collar Reference Price" },
      { "outcry.itch.upper_price", 23, 4, "price", "Upper Auction Collar Price" },
      { "outcry.itch.lower_price", 27, 4, "price", "Lower Auction Collar Price" },
      { "outcry.itch.extension", 31, 4, "unsigned", "Auction Collar Extension" },
    },
  },
  ["h"] = {
    title = "Operational Halt", name = "Operational Halt", length = 21,
    rows = {
      { "outcry.itch.type", 0, 1, "code", "Message Type" },
      { "outcry.itch.locate", 1, 2, "unsigned", "Stock Locate" },
      { "outcry.itch.tracking", 3, 2, "unsigned", "Tracking Number" },
      { "outcry.itch.timestamp", 5, 6, "time", "Timestamp" },
      { "outcry.itch.stock", 11, 8, "text", "Stock", info = { 2, "" } },
      { "outcry.itch.market", 19, 1, "code", "Market Code", codes = "itch.HaltMarket" },
      { "outcry.itch.action", 20, 1, "code", "Operational Halt Action", codes = "itch.OperationalHaltAction", info = { 6, "", spelled = true } },
    },
  },
  ["A"] = {
    title = "Add Order - No MPID Attribution", name = "Add Order", length = 36,
    rows = {
      { "outcry.itch.type", 0, 1, "code", "Message Type" },
      { "outcry.itch.locate", 1, 2, "unsigned", "Stock Locate" },
      { "outcry.itch.tracking", 3, 2, "unsigned", "Tracking Number" },
      { "outcry.itch.timestamp", 5, 6, "time", "Timestamp" },
      { "outcry.itch.order_ref", 11, 8, "unsigned", "Order Reference Number" },
      { "outcry.itch.side", 19, 1, "code", "Buy/Sell Indicator", codes = "itch.BuySell", info = { 3, "" } },
      { "outcry.itch.shares", 20, 4, "unsigned", "Shares", info = { 4, "" } },
      { "outcry.itch.stock", 24, 8, "text", "Stock", info = { 2, "" } },
      { "outcry.itch.price", 32, 4, "price", "Price", info = { 5, "@ " } },
    },
  },
  ["F"] = {
    title = "Add Order - MPID Attribution", name = "Add Order", length = 40,
    rows = {
      { "outcry.itch.type", 0, 1, "code", "Message Type" },
      { "outcry.itch.locate", 1, 2, "unsigned", "Stock Locate" },
      { "outcry.itch.tracking", 3, 2, "unsigned", "Tracking Number" },
      { "outcry.itch.timestamp", 5, 6, "time", "Timestamp" },
      { "outcry.itch.order_ref", 11, 8, "unsigned", "Order Reference Number" },
      { "outcry.itch.side", 19, 1, "code", "Buy/Sell Indicator", codes = "itch.BuySell", info = { 3, "" } },
      { "outcry.itch.shares", 20, 4, "unsigned", "Shares", info = { 4, "" } },
      { "outcry.itch.stock", 24, 8, "text", "Stock", info = { 2, "" } },
      { "outcry.itch.price", 32, 4, "price", "Price", info = { 5, "@ " } },
      { "outcry.itch.attribution", 36, 4, "text", "Attribution" },
    },
  },
  ["E"] = {
    title = "Order Executed", name = "Order Executed", length = 31,
    rows = {
      { "outcry.itch.type", 0, 1, "code", "Message Type" },
      { "outcry.itch.locate", 1, 2, "unsigned", "Stock Locate" },
      { "outcry.itch.tracking", 3, 2, "unsigned", "Tracking Number" },
      { "outcry.itch.timestamp", 5, 6, "time", "Timestamp" },
      { "outcry.itch.order_ref", 11, 8, "unsigned", "Order Reference Number", info = { 1, "ref " } },
      { "outcry.itch.shares", 19, 4, "unsigned", "Executed Shares", info = { 4, "" } },
      { "outcry.itch.match_no", 23, 8, "unsigned", "Match Number", info = { 7, "match " } },
    },
  },
  ["C"] = {
    title = "Order Executed With Price", name = "Order Executed With Price", length = 36,
    rows = {
      { "outcry.itch.type", 0, 1, "code", "Message Type" },
      { "outcry.itch.locate", 1, 2, "unsigned", "Stock Locate" },
      { "outcry.itch.tracking", 3, 2, "unsigned", "Tracking Number" },
      { "outcry.itch.timestamp", 5, 6, "time", "Timestamp" },
      { "outcry.itch.order_ref", 11, 8, "unsigned", "Order Reference Number", info = { 1, "ref " } },
      { "outcry.itch.shares", 19, 4, "unsigned", "Executed Shares", info = { 4, "" } },
      { "outcry.itch.match_no", 23, 8, "unsigned", "Match Number", info = { 7, "match " } },
      { "outcry.itch.printable", 31, 1, "code", "Printable", codes = "itch.Printable" },
      { "outcry.itch.price", 32, 4, "price", "Execution Price", info = { 5, "@ " } },
    },
  },
  ["X"] = {
    title = "Order Cancel", name = "Order Cancel", length = 23,
    rows = {
      { "outcry.itch.type", 0, 1, "code", "Message Type" },
      { "outcry.itch.locate", 1, 2, "unsigned", "Stock Locate" },
      { "outcry.itch.tracking", 3, 2, "unsigned", "Tracking Number" },
      { "outcry.itch.timestamp", 5, 6, "time", "Timestamp" },
      { "outcry.itch.order_ref", 11, 8, "unsigned", "Order Reference Number", info = { 1, "ref " } },
      { "outcry.itch.shares", 19, 4, "unsigned", "Cancelled Shares", info = { 4, "" } },
    },
  },
  ["D"] = {
    title = "Order Delete", name = "Order Delete", length = 19,
    rows = {
      { "outcry.itch.type", 0, 1, "code", "Message Type" },
      { "outcry.itch.locate", 1, 2, "unsigned", "Stock Locate" },
      { "outcry.itch.tracking", 3, 2, "unsigned", "Tracking Number" },
      { "outcry.itch.timestamp", 5, 6, "time", "Timestamp" },
      { "outcry.itch.order_ref", 11, 8, "unsigned", "Order Reference Number", info = { 1, "ref " } },
    },
  },
  ["U"] = {
    title = "Order Replace", name = "Order Replace", length = 35,
    rows = {
      { "outcry.itch.type", 0, 1, "code", "Message Type" },
      { "outcry.itch.locate", 1, 2, "unsigned", "Stock Locate" },
      { "outcry.itch.tracking", 3, 2, "unsigned", "Tracking Number" },
      { "outcry.itch.timestamp", 5, 6, "time", "Timestamp" },
      { "outcry.itch.original_ref", 11, 8, "unsigned", "Original Order Reference Number", info = { 1, "ref " } },
      { "outcry.itch.new_ref", 19, 8, "unsigned", "New Order Reference Number", info = { 1, "-> " } },
      { "outcry.itch.shares", 27, 4, "unsigned", "Shares", info = { 4, "" } },
      { "outcry.itch.price", 31, 4, "price", "Price", info = { 5, "@ " } },
    },
  },
  ["P"] = {
    title = "Trade (Non-Cross)", name = "Trade (Non-Cross)", length = 44,
    rows = {
      { "outcry.itch.type", 0, 1, "code", "Message Type" },
      { "outcry.itch.locate", 1, 2, "unsigned", "Stock Locate" },
      { "outcry.itch.tracking", 3, 2, "unsigned", "Tracking Number" },
      { "outcry.itch.timestamp", 5, 6, "time", "Timestamp" },
      { "outcry.itch.order_ref", 11, 8, "unsigned", "Order Reference Number" },
      { "outcry.itch.side", 19, 1, "code", "Buy/Sell Indicator", codes = "itch.BuySell", info = { 3, "" } },
      { "outcry.itch.shares", 20, 4, "unsigned", "Shares", info = { 4, "" } },
      { "outcry.itch.stock", 24, 8, "text", "Stock", info = { 2, "" } },
      { "outcry.itch.price", 32, 4, "price", "Price", info = { 5, "@ " } },
      { "outcry.itch.match_no", 36, 8, "unsigned", "Match Number", info = { 7, "match " } },
    },
  },
  ["Q"] = {
    title = "Cross Trade", name = "Cross Trade", length = 40,
    rows = {
      { "outcry.itch.type", 0, 1, "code", "Message Type" },
      { "outcry.itch.locate", 1, 2, "unsigned", "Stock Locate" },
      { "outcry.itch.tracking", 3, 2, "unsigned", "Tracking Number" },
      { "outcry.itch.timestamp", 5, 6, "time", "Timestamp" },
      { "outcry.itch.shares_uint64", 11, 8, "unsigned", "Shares", info = { 4, "" } },
      { "outcry.itch.stock", 19, 8, "text", "Stock", info = { 2, "" } },
      { "outcry.itch.price", 27, 4, "price", "Cross Price", info = { 5, "@ " } },
      { "outcry.itch.match_no", 31, 8, "unsigned", "Match Number", info = { 7, "match " } },
      { "outcry.itch.cross_type", 39, 1, "code", "Cross Type", codes = "itch.CrossType", except = { "A" } },
    },
  },
  ["B"] = {
    title = "Broken Trade", name = "Broken Trade", length = 19,
    rows = {
      { "outcry.itch.type", 0, 1, "code", "Message Type" },
      { "outcry.itch.locate", 1, 2, "unsigned", "Stock Locate" },
      { "outcry.itch.tracking", 3, 2, "unsigned", "Tracking Number" },
      { "outcry.itch.timestamp", 5, 6, "time", "Timestamp" },
      { "outcry.itch.match_no", 11, 8, "unsigned", "Match Number", info = { 7, "match " } },
    },
  },
  ["I"] = {
    title = "Net Order Imbalance Indicator", name = "Net Order Imbalance Indicator", length = 50,
    rows = {
      { "outcry.itch.type", 0, 1, "code", "Message Type" },
      { "outcry.itch.locate", 1, 2, "unsigned", "Stock Locate" },
      { "outcry.itch.tracking", 3, 2, "unsigned", "Tracking Number" },
      { "outcry.itch.timestamp", 5, 6, "time", "Timestamp" },
      { "outcry.itch.paired_shares", 11, 8, "unsigned", "Paired Shares", info = { 4, "" } },
      { "outcry.itch.imbalance_shares", 19, 8, "unsigned", "Imbalance Shares" },
      { "outcry.itch.direction", 27, 1, "code", "Imbalance Direction", codes = "itch.ImbalanceDirection" },
      { "outcry.itch.stock", 28, 8, "text", "Stock", info = { 2, "" } },
      { "outcry.itch.far_price", 36, 4, "price", "Far Price" },
      { "outcry.itch.near_price", 40, 4, "price", "Near Price" },
      { "outcry.itch.reference_price", 44, 4, "price", "Current Reference Price" },
      { "outcry.itch.cross_type", 48, 1, "code", "Cross Type", codes = "itch.CrossType", except = { "I" } },
      { "outcry.itch.variation", 49, 1, "code", "Price Variation Indicator", codes = "itch.PriceVariation" },
    },
  },
  ["N"] = {
    title = "Retail Price Improvement Indicator", name = "Retail Price Improvement Indicator", length = 20,
    rows = {
      { "outcry.itch.type", 0, 1, "code", "Message Type" },
      { "outcry.itch.locate", 1, 2, "unsigned", "Stock Locate" },
      { "outcry.itch.tracking", 3, 2, "unsigned", "Tracking Number" },
      { "outcry.itch.timestamp", 5, 6, "time", "Timestamp" },
      { "outcry.itch.stock", 11, 8, "text", "Stock", info = { 2, "" } },
      { "outcry.itch.interest", 19, 1, "code", "Interest Flag", codes = "itch.InterestFlag", info = { 6, "", spelled = true } },
    },
  },
  ["O"] = {
    title = "Direct Listing with Capital Raise Price Discovery", name = "Direct Listing with Capital Raise Price Discovery", length = 48,
    rows = {
      { "outcry.itch.type", 0, 1, "code", "Message Type" },
      { "outcry.itch.locate", 1, 2, "unsigned", "Stock Locate" },
      { "outcry.itch.tracking", 3, 2, "unsigned", "Tracking Number" },
      { "outcry.itch.timestamp", 5, 6, "time", "Timestamp" },
      { "outcry.itch.stock", 11, 8, "text", "Stock", info = { 2, "" } },
      { "outcry.itch.open_eligibility", 19, 1, "code", "Open Eligibility Status", codes = "itch.YesNo" },
      { "outcry.itch.min_price", 20, 4, "price", "Minimum Allowable Price" },
      { "outcry.itch.max_price", 24, 4, "price", "Maximum Allowable Price" },
      { "outcry.itch.near_price", 28, 4, "price", "Near Execution Price" },
      { "outcry.itch.near_time", 32, 8, "time", "Near Execution Time" },
      { "outcry.itch.lower_collar", 40, 4, "price", "Lower Price Range Collar" },
      { "outcry.itch.upper_collar", 44, 4, "price", "Upper Price Range Collar" },
    },
  },
  type = { "outcry.itch.type", 0, 1, "code", "Message Type" },
}

local GLIMPSE = {
  ["G"] = {
    title = "End of Snapshot", name = "End of Snapshot", length = 21,
    rows = {
      { "outcry.glimpse.type", 0, 1, "code", "Message Type" },
      { "outcry.glimpse.next", 1, 20, "digits", "Sequence Number", info = { 2, "#" } },
    },
  },
  type = { "outcry.glimpse.type", 0, 1, "code", "Message Type" },
}

local OUCH_INBOUND = {
  ["O"] = {
    title = "Enter Order", name = "Enter Order", length = 45,
    rows = {
      { "outcry.ouch.type", 0, 1, "code", "Message Type" },
      { "outcry.ouch.user_ref_num", 1, 4, "unsigned", "UserRefNum", info = { 1, "UserRefNum " } },
      { "outcry.ouch.side", 5, 1, "code", "Side", codes = "ouch.Side", info = { 3, "" } },
      { "outcry.ouch.quantity", 6, 4, "unsigned", "Quantity", info = { 4, "" } },
      { "outcry.ouch.symbol", 10, 8, "text", "Symbol", info = { 2, "" } },
      { "outcry.ouch.price", 18, 8, "order_price", "Price", info = { 5, "@ " } },
      { "outcry.ouch.time_in_force", 26, 1, "code", "Time In Force", codes = "ouch.TimeInForce" },
      { "outcry.ouch.display", 27, 1, "code", "Display", codes = "ouch.Display", except = { "Z" } },
      { "outcry.ouch.capacity", 28, 1, "code", "Capacity", codes = "ouch.Capacity" },
      { "outcry.ouch.iso", 29, 1, "code", "InterMarket Sweep Eligibility", codes = "ouch.Iso" },
      { "outcry.ouch.cross_type", 30, 1, "code", "CrossType", codes = "ouch.CrossType" },
      { "outcry.ouch.cl_ord_id", 31, 14, "text", "ClOrdID" },
    },
    appendage = { "outcry.ouch.appendage_length", 45, 2, "unsigned", "Appendage Length" }, required = true,
    tags = { 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 15, 16, 17, 24, 25, 26, 28, 29, 30 },
  },
  ["U"] = {
    title = "Replace Order", name = "Replace Order", length = 38,
    rows = {
      { "outcry.ouch.type", 0, 1, "code", "Message Type" },
      { "outcry.ouch.orig_user_ref_num", 1, 4, "unsigned", "OrigUserRefNum", info = { 1, "UserRefNum " } },
      { "outcry.ouch.user_ref_num", 5, 4, "unsigned", "UserRefNum", info = { 1, "-> " } },
      { "outcry.ouch.quantity", 9, 4, "unsigned", "Quantity", info = { 4, "" } },
      { "outcry.ouch.price", 13, 8, "order_price", "Price", info = { 5, "@ " } },
      { "outcry.ouch.time_in_force", 21, 1, "code", "Time In Force", codes = "ouch.TimeInForce", except = { "E" } },
      { "outcry.ouch.display", 22, 1, "code", "Display", codes = "ouch.Display", except = { "Z" } },
      { "outcry.ouch.iso", 23, 1, "code", "InterMarket Sweep Eligibility", codes = "ouch.Iso" },
      { "outcry.ouch.cl_ord_id", 24, 14, "text", "ClOrdID" },
    },
    appendage = { "outcry.ouch.appendage_length", 38, 2, "unsigned", "Appendage Length" }, required = true,
    tags = { 3, 5, 6, 7, 9, 10, 11, 12, 13, 15, 16, 17, 25, 26, 27, 28, 29, 30 },
  },
  ["X"] = {
    title = "Cancel Order", name = "Cancel Order", length = 9,
    rows = {
      { "outcry.ouch.type", 0, 1, "code", "Message Type" },
      { "outcry.ouch.user_ref_num", 1, 4, "unsigned", "UserRefNum", info = { 1, "UserRefNum " } },
      { "outcry.ouch.quantity", 5, 4, "unsigned", "Quantity", info = { 4, "" } },
    },
    appendage = { "outcry.ouch.appendage_length", 9, 2, "unsigned", "Appendage Length" }, required = false,
    tags = { 28 },
  },
  ["M"] = {
    title = "Modify Order", name = "Modify Order", length = 10,
    rows = {
      { "outcry.ouch.type", 0, 1, "code", "Message Type" },
      { "outcry.ouch.user_ref_num", 1, 4, "unsigned", "UserRefNum", info = { 1, "UserRefNum " } },
      { "outcry.ouch.side", 5, 1, "code", "Side", codes = "ouch.Side", except = { "B" }, info = { 3, "" } },
      { "outcry.ouch.quantity", 6, 4, "unsigned", "Quantity", info = { 4, "" } },
    },
    appendage = { "outcry.ouch.appendage_length", 10, 2, "unsigned", "Appendage Length" }, required = false,
    tags = { 25, 26, 28 },
  },
  ["C"] = {
    title = "Mass Cancel", name = "Mass Cancel", length = 17,
    rows = {
      { "outcry.ouch.type", 0, 1, "code", "Message Type" },
      { "outcry.ouch.user_ref_num", 1, 4, "unsigned", "UserRefNum", info = { 1, "UserRefNum " } },
      { "outcry.ouch.firm", 5, 4, "text", "Firm" },
      { "outcry.ouch.symbol", 9, 8, "text", "Symbol", info = { 2, "" } },
    },
    appendage = { "outcry.ouch.appendage_length", 17, 2, "unsigned", "Appendage Length" }, required = true,
    tags = { 24, 27, 28 },
  },
  ["D"] = {
    title = "Disable Order Entry", name = "Disable Order Entry", length = 9,
    rows = {
      { "outcry.ouch.type", 0, 1, "code", "Message Type" },
      { "outcry.ouch.user_ref_num", 1, 4, "unsigned", "UserRefNum", info = { 1, "UserRefNum " } },
      { "outcry.ouch.firm", 5, 4, "text", "Firm" },
    },
    appendage = { "outcry.ouch.appendage_length", 9, 2, "unsigned", "Appendage Length" }, required = true,
    tags = { 28 },
  },
  ["E"] = {
    title = "Enable Order Entry", name = "Enable Order Entry", length = 9,
    rows = {
      { "outcry.ouch.type", 0, 1, "code", "Message Type" },
      { "outcry.ouch.user_ref_num", 1, 4, "unsigned", "UserRefNum", info = { 1, "UserRefNum " } },
      { "outcry.ouch.firm", 5, 4, "text", "Firm" },
    },
    appendage = { "outcry.ouch.appendage_length", 9, 2, "unsigned", "Appendage Length" }, required = true,
    tags = { 28 },
  },
  ["Q"] = {
    title = "Account Query", name = "Account Query", length = 1,
    rows = {
      { "outcry.ouch.type", 0, 1, "code", "Message Type" },
    },
    appendage = { "outcry.ouch.appendage_length", 1, 2, "unsigned", "Appendage Length" }, required = false,
    tags = { 28 },
  },
  type = { "outcry.ouch.type", 0, 1, "code", "Message Type" },
}

local OUCH_OUTBOUND = {
  ["S"] = {
    title = "System Event", name = "System Event", length = 10,
    rows = {
      { "outcry.ouch.type", 0, 1, "code", "Message Type" },
      { "outcry.ouch.timestamp", 1, 8, "time", "Timestamp" },
      { "outcry.ouch.event", 9, 1, "code", "Event Code", codes = "ouch.SystemEventCode", info = { 6, "", spelled = true } },
    },
  },
  ["A"] = {
    title = "Order Accepted", name = "Order Accepted", length = 62,
    rows = {
      { "outcry.ouch.type", 0, 1, "code", "Message Type" },
      { "outcry.ouch.timestamp", 1, 8, "time", "Timestamp" },
      { "outcry.ouch.user_ref_num", 9, 4, "unsigned", "UserRefNum", info = { 1, "UserRefNum " } },
      { "outcry.ouch.side", 13, 1, "code", "Side", codes = "ouch.Side", info = { 3, "" } },
      { "outcry.ouch.quantity", 14, 4, "unsigned", "Quantity", info = { 4, "" } },
      { "outcry.ouch.symbol", 18, 8, "text", "Symbol", info = { 2, "" } },
      { "outcry.ouch.price", 26, 8, "order_price", "Price", info = { 5, "@ " } },
      { "outcry.ouch.time_in_force", 34, 1, "code", "Time In Force", codes = "ouch.TimeInForce" },
      { "outcry.ouch.display", 35, 1, "code", "Display", codes = "ouch.Display" },
      { "outcry.ouch.order_ref", 36, 8, "unsigned", "Order Reference Number" },
      { "outcry.ouch.capacity", 44, 1, "code", "Capacity", codes = "ouch.Capacity" },
      { "outcry.ouch.iso", 45, 1, "code", "InterMarket Sweep Eligibility", codes = "ouch.Iso" },
      { "outcry.ouch.cross_type", 46, 1, "code", "CrossType", codes = "ouch.CrossType" },
      { "outcry.ouch.state", 47, 1, "code", "Order State", codes = "ouch.OrderState" },
      { "outcry.ouch.cl_ord_id", 48, 14, "text", "ClOrdID" },
    },
    appendage = { "outcry.ouch.appendage_length", 62, 2, "unsigned", "Appendage Length" }, required = true,
    tags = { 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 24, 25, 28, 29, 30 },
  },
  ["U"] = {
    title = "Order Replaced", name = "Order Replaced", length = 66,
    rows = {
      { "outcry.ouch.type", 0, 1, "code", "Message Type" },
      { "outcry.ouch.timestamp", 1, 8, "time", "Timestamp" },
      { "outcry.ouch.orig_user_ref_num", 9, 4, "unsigned", "OrigUserRefNum", info = { 1, "UserRefNum " } },
      { "outcry.ouch.user_ref_num", 13, 4, "unsigned", "UserRefNum", info = { 1, "-> " } },
      { "outcry.ouch.side", 17, 1, "code", "Side", codes = "ouch.Side", info = { 3, "" } },
      { "outcry.ouch.quantity", 18, 4, "unsigned", "Quantity", info = { 4, "" } },
      { "outcry.ouch.symbol", 22, 8, "text", "Symbol", info = { 2, "" } },
      { "outcry.ouch.price", 30, 8, "order_price", "Price", info = { 5, "@ " } },
      { "outcry.ouch.time_in_force", 38, 1, "code", "Time In Force", codes = "ouch.TimeInForce" },
      { "outcry.ouch.display", 39, 1, "code", "Display", codes = "ouch.Display" },
      { "outcry.ouch.order_ref", 40, 8, "unsigned", "Order Reference Number" },
      { "outcry.ouch.capacity", 48, 1, "code", "Capacity", codes = "ouch.Capacity" },
      { "outcry.ouch.iso", 49, 1, "code", "InterMarket Sweep Eligibility", codes = "ouch.Iso" },
      { "outcry.ouch.cross_type", 50, 1, "code", "CrossType", codes = "ouch.CrossType" },
      { "outcry.ouch.state", 51, 1, "code", "Order State", codes = "ouch.OrderState" },
      { "outcry.ouch.cl_ord_id", 52, 14, "text", "ClOrdID" },
    },
    appendage = { "outcry.ouch.appendage_length", 66, 2, "unsigned", "Appendage Length" }, required = true,
    tags = { 2, 3, 5, 6, 12, 15, 16, 17, 18, 28, 29, 30 },
  },
  ["C"] = {
    title = "Order Canceled", name = "Order Canceled", length = 18,
    rows = {
      { "outcry.ouch.type", 0, 1, "code", "Message Type" },
      { "outcry.ouch.timestamp", 1, 8, "time", "Timestamp" },
      { "outcry.ouch.user_ref_num", 9, 4, "unsigned", "UserRefNum", info = { 1, "UserRefNum " } },
      { "outcry.ouch.quantity", 13, 4, "unsigned", "Quantity", info = { 4, "" } },
      { "outcry.ouch.reason", 17, 1, "code", "Cancel Order Reason", codes = "ouch.CancelReason", info = { 6, "", spelled = true } },
    },
    appendage = { "outcry.ouch.appendage_length", 18, 2, "unsigned", "Appendage Length" }, required = false,
    tags = { 28 },
  },
  ["D"] = {
    title = "AIQ Canceled", name = "AIQ Canceled", length = 32,
    rows = {
      { "outcry.ouch.type", 0, 1, "code", "Message Type" },
      { "outcry.ouch.timestamp", 1, 8, "time", "Timestamp" },
      { "outcry.ouch.user_ref_num", 9, 4, "unsigned", "UserRefNum", info = { 1, "UserRefNum " } },
      { "outcry.ouch.decrement", 13, 4, "unsigned", "Decrement Shares", info = { 4, "" } },
      { "outcry.ouch.reason", 17, 1, "code", "Cancel Order Reason", codes = "ouch.AiqCancelReason", info = { 6, "", spelled = true } },
      { "outcry.ouch.prevented", 18, 4, "unsigned", "Quantity Prevented from Trading" },
      { "outcry.ouch.price", 22, 8, "order_price", "Execution Price", info = { 5, "@ " } },
      { "outcry.ouch.liquidity", 30, 1, "code", "Liquidity Flag", codes = "ouch.LiquidityFlag" },
      { "outcry.ouch.strategy", 31, 1, "code", "AIQ Strategy", codes = "ouch.AiqStrategy" },
    },
    appendage = { "outcry.ouch.appendage_length", 32, 2, "unsigned", "Appendage Length" }, required = false,
    tags = { 28 },
  },
  ["E"] = {
    title = "Order Executed", name = "Order Executed", length = 34,
    rows = {
      { "outcry.ouch.type", 0, 1, "code", "Message Type" },
      { "outcry.ouch.timestamp", 1, 8, "time", "Timestamp" },
      { "outcry.ouch.user_ref_num", 9, 4, "unsigned", "UserRefNum", info = { 1, "UserRefNum " } },
      { "outcry.ouch.quantity", 13, 4, "unsigned", "Quantity", info = { 4, "" } },
      { "outcry.ouch.price", 17, 8, "order_price", "Price", info = { 5, "@ " } },
      { "outcry.ouch.liquidity", 25, 1, "code", "Liquidity Flag", codes = "ouch.LiquidityFlag" },
      { "outcry.ouch.match_no", 26, 8, "unsigned", "Match Number", info = { 7, "match " } },
    },
    appendage = { "outcry.ouch.appendage_length", 34, 2, "unsigned", "Appendage Length" }, required = false,
    tags = { 28 },
  },
  ["B"] = {
    title = "Broken Trade", name = "Broken Trade", length = 36,
    rows = {
      { "outcry.ouch.type", 0, 1, "code", "Message Type" },
      { "outcry.ouch.timestamp", 1, 8, "time", "Timestamp" },
      { "outcry.ouch.user_ref_num", 9, 4, "unsigned", "UserRefNum", info = { 1, "UserRefNum " } },
      { "outcry.ouch.match_no", 13, 8, "unsigned", "Match Number", info = { 7, "match " } },
      { "outcry.ouch.reason", 21, 1, "code", "Reason", codes = "ouch.BrokenReason", info = { 6, "", spelled = true } },
      { "outcry.ouch.cl_ord_id", 22, 14, "text", "ClOrdID" },
    },
    appendage = { "outcry.ouch.appendage_length", 36, 2, "unsigned", "Appendage Length" }, required = false,
    tags = { 28 },
  },
  ["J"] = {
    title = "Rejected", name = "Rejected", length = 29,
    rows = {
      { "outcry.ouch.type", 0, 1, "code", "Message Type" },
      { "outcry.ouch.timestamp", 1, 8, "time", "Timestamp" },
      { "outcry.ouch.user_ref_num", 9, 4, "unsigned", "UserRefNum", info = { 1, "UserRefNum " } },
      { "outcry.ouch.reason_uint16", 13, 2, "numeric_code", "Reason", codes = "ouch.RejectReason", info = { 6, "", spelled = true } },
      { "outcry.ouch.cl_ord_id", 15, 14, "text", "ClOrdID" },
    },
    appendage = { "outcry.ouch.appendage_length", 29, 2, "unsigned", "Appendage Length" }, required = false,
    tags = { 28 },
  },
  ["P"] = {
    title = "Cancel Pending", name = "Cancel Pending", length = 13,
    rows = {
      { "outcry.ouch.type", 0, 1, "code", "Message Type" },
      { "outcry.ouch.timestamp", 1, 8, "time", "Timestamp" },
      { "outcry.ouch.user_ref_num", 9, 4, "unsigned", "UserRefNum", info = { 1, "UserRefNum " } },
    },
    appendage = { "outcry.ouch.appendage_length", 13, 2, "unsigned", "Appendage Length" }, required = false,
    tags = { 28 },
  },
  ["I"] = {
    title = "Cancel Reject", name = "Cancel Reject", length = 13,
    rows = {
      { "outcry.ouch.type", 0, 1, "code", "Message Type" },
      { "outcry.ouch.timestamp", 1, 8, "time", "Timestamp" },
      { "outcry.ouch.user_ref_num", 9, 4, "unsigned", "UserRefNum", info = { 1, "UserRefNum " } },
    },
    appendage = { "outcry.ouch.appendage_length", 13, 2, "unsigned", "Appendage Length" }, required = false,
    tags = { 28 },
  },
  ["T"] = {
    title = "Order Priority Update", name = "Order Priority Update", length = 30,
    rows = {
      { "outcry.ouch.type", 0, 1, "code", "Message Type" },
      { "outcry.ouch.timestamp", 1, 8, "time", "Timestamp" },
      { "outcry.ouch.user_ref_num", 9, 4, "unsigned", "UserRefNum", info = { 1, "UserRefNum " } },
      { "outcry.ouch.price", 13, 8, "order_price", "Price", info = { 5, "@ " } },
      { "outcry.ouch.display", 21, 1, "code", "Display", codes = "ouch.Display" },
      { "outcry.ouch.order_ref", 22, 8, "unsigned", "Order Reference Number", info = { 1, "ref " } },
    },
    appendage = { "outcry.ouch.appendage_length", 30, 2, "unsigned", "Appendage Length" }, required = false,
    tags = { 28 },
  },
  ["M"] = {
    title = "Order Modified", name = "Order Modified", length = 18,
    rows = {
      { "outcry.ouch.type", 0, 1, "code", "Message Type" },
      { "outcry.ouch.timestamp", 1, 8, "time", "Timestamp" },
      { "outcry.ouch.user_ref_num", 9, 4, "unsigned", "UserRefNum", info = { 1, "UserRefNum " } },
      { "outcry.ouch.side", 13, 1, "code", "Side", codes = "ouch.Side", info = { 3, "" } },
      { "outcry.ouch.quantity", 14, 4, "unsigned", "Quantity", info = { 4, "" } },
    },
    appendage = { "outcry.ouch.appendage_length", 18, 2, "unsigned", "Appendage Length" }, required = false,
    tags = { 25, 26, 28 },
  },
  ["R"] = {
    title = "Order Restated", name = "Order Restated", length = 14,
    rows = {
      { "outcry.ouch.type", 0, 1, "code", "Message Type" },
      { "outcry.ouch.timestamp", 1, 8, "time", "Timestamp" },
      { "outcry.ouch.user_ref_num", 9, 4, "unsigned", "UserRefNum", info = { 1, "UserRefNum " } },
      { "outcry.ouch.reason", 13, 1, "code", "Reason", codes = "ouch.RestateReason", info = { 6, "", spelled = true } },
    },
    appendage = { "outcry.ouch.appendage_length", 14, 2, "unsigned", "Appendage Length" }, required = true,
    tags = { 1, 22, 23, 28 },
  },
  ["X"] = {
    title = "Mass Cancel Response", name = "Mass Cancel Response", length = 25,
    rows = {
      { "outcry.ouch.type", 0, 1, "code", "Message Type" },
      { "outcry.ouch.timestamp", 1, 8, "time", "Timestamp" },
      { "outcry.ouch.user_ref_num", 9, 4, "unsigned", "UserRefNum", info = { 1, "UserRefNum " } },
      { "outcry.ouch.firm", 13, 4, "text", "Firm" },
      { "outcry.ouch.symbol", 17, 8, "text", "Symbol", info = { 2, "" } },
    },
    appendage = { "outcry.ouch.appendage_length", 25, 2, "unsigned", "Appendage Length" }, required = true,
    tags = { 24, 27, 28 },
  },
  ["G"] = {
    title = "Disable Order Entry Response", name = "Disable Order Entry Response", length = 17,
    rows = {
      { "outcry.ouch.type", 0, 1, "code", "Message Type" },
      { "outcry.ouch.timestamp", 1, 8, "time", "Timestamp" },
      { "outcry.ouch.user_ref_num", 9, 4, "unsigned", "UserRefNum", info = { 1, "UserRefNum " } },
      { "outcry.ouch.firm", 13, 4, "text", "Firm" },
    },
    appendage = { "outcry.ouch.appendage_length", 17, 2, "unsigned", "Appendage Length" }, required = true,
    tags = { 28 },
  },
  ["K"] = {
    title = "Enable Order Entry Response", name = "Enable Order Entry Response", length = 17,
    rows = {
      { "outcry.ouch.type", 0, 1, "code", "Message Type" },
      { "outcry.ouch.timestamp", 1, 8, "time", "Timestamp" },
      { "outcry.ouch.user_ref_num", 9, 4, "unsigned", "UserRefNum", info = { 1, "UserRefNum " } },
      { "outcry.ouch.firm", 13, 4, "text", "Firm" },
    },
    appendage = { "outcry.ouch.appendage_length", 17, 2, "unsigned", "Appendage Length" }, required = true,
    tags = { 28 },
  },
  ["Q"] = {
    title = "Account Query Response", name = "Account Query Response", length = 13,
    rows = {
      { "outcry.ouch.type", 0, 1, "code", "Message Type" },
      { "outcry.ouch.timestamp", 1, 8, "time", "Timestamp" },
      { "outcry.ouch.next_user_ref_num", 9, 4, "unsigned", "NextUserRefNum", info = { 1, "next " } },
    },
    appendage = { "outcry.ouch.appendage_length", 13, 2, "unsigned", "Appendage Length" }, required = false,
    tags = { 28 },
  },
  type = { "outcry.ouch.type", 0, 1, "code", "Message Type" },
}

-- Elements of an OUCH appendage by tag.
local TAGS = {
  length = { "outcry.ouch.element_length", 0, 1, "unsigned", "Length" },
  tag = { "outcry.ouch.tag", 1, 1, "unsigned", "Option Tag" },
  [1] = { "outcry.ouch.secondary_order_ref", 0, 8, "unsigned", "SecondaryOrdRefNum" },
  [2] = { "outcry.ouch.firm", 0, 4, "text", "Firm" },
  [3] = { "outcry.ouch.min_qty", 0, 4, "unsigned", "MinQty" },
  [4] = { "outcry.ouch.customer_type", 0, 1, "code", "CustomerType", codes = "ouch.CustomerType" },
  [5] = { "outcry.ouch.max_floor", 0, 4, "unsigned", "MaxFloor" },
  [6] = { "outcry.ouch.price_type", 0, 1, "code", "PriceType", codes = "ouch.PriceType" },
  [7] = { "outcry.ouch.peg_offset", 0, 4, "signed_price", "PegOffset" },
  [9] = { "outcry.ouch.discretion_price", 0, 8, "order_price", "DiscretionPrice" },
  [10] = { "outcry.ouch.discretion_price_type", 0, 1, "code", "DiscretionPriceType", codes = "ouch.DiscretionPriceType" },
  [11] = { "outcry.ouch.discretion_peg_offset", 0, 4, "signed_price", "DiscretionPegOffset" },
  [12] = { "outcry.ouch.post_only", 0, 1, "code", "PostOnly", codes = "ouch.PostOnly" },
  [13] = { "outcry.ouch.random_reserves", 0, 4, "unsigned", "RandomReserves" },
  [14] = { "outcry.ouch.route", 0, 4, "text", "Route" },
  [15] = { "outcry.ouch.expire_time", 0, 4, "unsigned", "ExpireTime" },
  [16] = { "outcry.ouch.trade_now", 0, 1, "code", "TradeNow", codes = "ouch.TradeNow" },
  [17] = { "outcry.ouch.handle_inst", 0, 1, "code", "HandleInst", codes = "ouch.HandleInst" },
  [18] = { "outcry.ouch.bbo_weight", 0, 1, "code", "BBO Weight Indicator", codes = "ouch.BboWeight" },
  [22] = { "outcry.ouch.display_quantity", 0, 4, "unsigned", "Display Quantity" },
  [23] = { "outcry.ouch.display_price", 0, 8, "order_price", "Display Price" },
  [24] = { "outcry.ouch.group_id", 0, 2, "unsigned", "Group ID" },
  [25] = { "outcry.ouch.shares_located", 0, 1, "code", "Shares Located", codes = "ouch.SharesLocated" },
  [26] = { "outcry.ouch.locate_broker", 0, 4, "text", "Locate Broker" },
  [27] = { "outcry.ouch.side", 0, 1, "code", "Side", codes = "ouch.Side" },
  [28] = { "outcry.ouch.user_ref_idx", 0, 1, "unsigned", "UserRefIdx" },
  [29] = { "outcry.ouch.aiq_strategy", 0, 1, "code", "AIQ Strategy", codes = "ouch.AiqStrategy" },
  [30] = { "outcry.ouch.aiq_group", 0, 2, "text", "AIQ Group ID" },
}

local SOUP = {
  ["+"] = {
    title = "Debug", name = "Debug", length = 3,
    rows = {
      { "outcry.soup.length", 0, 2, "unsigned", "Packet Length" },
      { "outcry.soup.type", 2, 1, "code", "Packet Type" },
    },
    payload = true,
  },
  ["A"] = {
    title = "Login Accepted", name = "Login Accepted", length = 33,
    rows = {
      { "outcry.soup.length", 0, 2, "unsigned", "Packet Length" },
      { "outcry.soup.type", 2, 1, "code", "Packet Type" },
      { "outcry.soup.session", 3, 10, "text", "Session", info = { 1, "session " } },
      { "outcry.soup.number", 13, 20, "digits", "Sequence Number", info = { 2, "#" } },
    },
  },
  ["J"] = {
    title = "Login Rejected", name = "Login Rejected", length = 4,
    rows = {
      { "outcry.soup.length", 0, 2, "unsigned", "Packet Length" },
      { "outcry.soup.type", 2, 1, "code", "Packet Type" },
      { "outcry.soup.reason", 3, 1, "code", "Reject Reason Code", codes = "soup.LoginRejectReason", info = { 6, "", spelled = true } },
    },
  },
  ["S"] = {
    title = "Sequenced Data", name = "Sequenced Data", length = 3,
    rows = {
      { "outcry.soup.length", 0, 2, "unsigned", "Packet Length" },
      { "outcry.soup.type", 2, 1, "code", "Packet Type" },
    },
    payload = true,
  },
  ["H"] = {
    title = "Server Heartbeat", name = "Server Heartbeat", length = 3,
    rows = {
      { "outcry.soup.length", 0, 2, "unsigned", "Packet Length" },
      { "outcry.soup.type", 2, 1, "code", "Packet Type" },
    },
  },
  ["Z"] = {
    title = "End of Session", name = "End of Session", length = 3,
    rows = {
      { "outcry.soup.length", 0, 2, "unsigned", "Packet Length" },
      { "outcry.soup.type", 2, 1, "code", "Packet Type" },
    },
  },
  ["L"] = {
    title = "Login Request", name = "Login Request", length = 49,
    rows = {
      { "outcry.soup.length", 0, 2, "unsigned", "Packet Length" },
      { "outcry.soup.type", 2, 1, "code", "Packet Type" },
      { "outcry.soup.username", 3, 6, "text", "Username", info = { 1, "" } },
      { "outcry.soup.password", 9, 10, "text", "Password" },
      { "outcry.soup.session", 19, 10, "text", "Requested Session", info = { 1, "session " } },
      { "outcry.soup.number", 29, 20, "digits", "Requested Sequence Number", info = { 2, "#" } },
    },
    full = 54,
    optional = {
      { "outcry.soup.heartbeat_timeout", 49, 5, "digits", "Heartbeat Timeout" },
    },
  },
  ["U"] = {
    title = "Unsequenced Data", name = "Unsequenced Data", length = 3,
    rows = {
      { "outcry.soup.length", 0, 2, "unsigned", "Packet Length" },
      { "outcry.soup.type", 2, 1, "code", "Packet Type" },
    },
    payload = true,
  },
  ["R"] = {
    title = "Client Heartbeat", name = "Client Heartbeat", length = 3,
    rows = {
      { "outcry.soup.length", 0, 2, "unsigned", "Packet Length" },
      { "outcry.soup.type", 2, 1, "code", "Packet Type" },
    },
  },
  ["O"] = {
    title = "Logout Request", name = "Logout Request", length = 3,
    rows = {
      { "outcry.soup.length", 0, 2, "unsigned", "Packet Length" },
      { "outcry.soup.type", 2, 1, "code", "Packet Type" },
    },
  },
  SEQUENCED = "Sequenced Data",
  DEBUG = "Debug",
  LOGIN_REQUEST = "Login Request",
  LOGIN_ACCEPTED = "Login Accepted",
  header = {
    { "outcry.soup.length", 0, 2, "unsigned", "Packet Length" },
    { "outcry.soup.type", 2, 1, "code", "Packet Type" },
  },
}

local MOLD = {
  Header = {
    title = "Downstream Packet", name = "Downstream Packet", length = 20,
    rows = {
      { "outcry.mold.session", 0, 10, "text", "Session", info = { 1, "session " } },
      { "outcry.mold.number", 10, 8, "unsigned", "Sequence Number", info = { 2, "#" } },
      { "outcry.mold.count", 18, 2, "unsigned", "Message Count", info = { 3, "count " } },
    },
    payload = true,
  },
  Block = {
    title = "Message Block", name = "Message Block", length = 2,
    rows = {
      { "outcry.mold.length", 0, 2, "unsigned", "Message Length" },
    },
    payload = true,
  },
  Request = {
    title = "Request Packet", name = "Request Packet", length = 20,
    rows = {
      { "outcry.mold.session", 0, 10, "text", "Session", info = { 1, "session " } },
      { "outcry.mold.number", 10, 8, "unsigned", "Sequence Number", info = { 2, "#" } },
      { "outcry.mold.count", 18, 2, "unsigned", "Requested Message Count", info = { 3, "count " } },
    },
  },
}

-- Types of ITCH messages that a snapshot may hold.
local SNAPSHOT_TYPES = "RHSYNhAF"
-- Message count of MoldUDP64 that says: the session has ended.
local END_OF_SESSION = 65535
-- Prices of orders that mean "market".
local MARKET = { ["2000000000"] = "market", ["2147483647"] = "market" }

---------------------------------------------------------------------------------------------------
-- Protocols, fields, settings

local outcry = Proto("outcry", "Outcry")
local itch = Proto("outcry.itch", "Outcry ITCH 5.0")
local glimpse = Proto("outcry.glimpse", "Outcry GLIMPSE 5.0")
local ouch = Proto("outcry.ouch", "Outcry OUCH 5.0")
local soup = Proto("outcry.soup", "Outcry SoupBinTCP")
local mold = Proto("outcry.mold", "Outcry MoldUDP64")
-- What SoupBinTCP carries: these three have no fields, only a name for Decode As.
local orders = Proto("outcry.orders", "Outcry order entry (OUCH over SoupBinTCP)")
local replay = Proto("outcry.replay", "Outcry replay (ITCH over SoupBinTCP)")
local snapshot = Proto("outcry.snapshot", "Outcry snapshot (GLIMPSE over SoupBinTCP)")

local F = {}
local sequence = ProtoField.uint64("outcry.sequence", "Sequence Number")
outcry.fields = { sequence }
for _, each in ipairs({ itch, glimpse, ouch, soup, mold }) do
  local own = {}
  local prefix = each.name:lower() .. "."
  for _, row in ipairs(FIELDS) do
    if row[1]:sub(1, #prefix) == prefix then
      F[row[1]] = ProtoField[row[2]](row[1], row[3])
      table.insert(own, F[row[1]])
    end
  end
  each.fields = own
end

local malformed = ProtoExpert.new("outcry.malformed", "Malformed",
  expert.group.MALFORMED, expert.severity.ERROR)
local unknown = ProtoExpert.new("outcry.unknown", "Unknown value",
  expert.group.UNDECODED, expert.severity.WARN)
local trailing = ProtoExpert.new("outcry.trailing", "Trailing bytes",
  expert.group.MALFORMED, expert.severity.WARN)
outcry.experts = { malformed, unknown, trailing }

outcry.prefs.order_entry = Pref.range("Order entry, TCP", "9001",
  "Ports of the venue that speak OUCH over SoupBinTCP", 65535)
outcry.prefs.replay = Pref.range("Replay, TCP", "26411",
  "Ports of the venue that speak ITCH over SoupBinTCP", 65535)
outcry.prefs.snapshot = Pref.range("Snapshot, TCP", "26412",
  "Ports of the venue that speak GLIMPSE over SoupBinTCP", 65535)
outcry.prefs.feed = Pref.range("Feed, UDP", "26401-26402",
  "Ports that the feed is sent to, ITCH over MoldUDP64", 65535)
outcry.prefs.rerequest = Pref.range("Rerequest, UDP", "26410",
  "Ports of the venue that take MoldUDP64 requests", 65535)

-- Whether `port` is in a range as settings write it, "9001,9010-9019".
local function in_range(port, range)
  for part in tostring(range):gmatch("[^,%s]+") do
    local first, last = part:match("^(%d+)-?(%d*)$")
    if first then
      last = last == "" and first or last
      if port >= tonumber(first) and port <= tonumber(last) then return true end
    end
  end
  return false
end

---------------------------------------------------------------------------------------------------
-- Values

-- `digits` with the point before the last `decimals` of them.
local function fixed(digits, decimals)
  local sign = digits:match("^-") or ""
  digits = digits:sub(#sign + 1)
  digits = string.rep("0", decimals + 1 - #digits) .. digits
  return sign .. digits:sub(1, -decimals - 1) .. "." .. digits:sub(-decimals)
end

-- Seconds since midnight as a time.
local function clock(seconds)
  local hours, minutes = math.floor(seconds / 3600), math.floor(seconds / 60) % 60
  return string.format("%02d:%02d:%02d", hours, minutes, seconds % 60)
end

local function trimmed(text) return (text:gsub("^ +", ""):gsub(" +$", "")) end

local function printable(text)
  return (text:gsub("[^\32-\126]", function(char)
    return string.format("\\x%02x", char:byte())
  end))
end

local function integer(range)
  if range:len() <= 4 then return range:uint() end
  return range:uint64()
end

-- The digits of an integer, whatever type holds it.
local function digits(value)
  if type(value) == "number" then return string.format("%d", value) end
  return tostring(value)
end

local function contains(list, value)
  for _, each in ipairs(list or {}) do
    if each == value then return true end
  end
  return false
end

-- By shape: the value for filters and the text for people.
local READ = {
  unsigned = function(range)
    local value = integer(range)
    return value, digits(value)
  end,
  price = function(range)
    local value = integer(range)
    return value, fixed(digits(value), 4)
  end,
  order_price = function(range)
    local value = integer(range)
    local text = digits(value)
    return value, MARKET[text] or fixed(text, 4)
  end,
  signed_price = function(range)
    local value = range:int()
    return value, fixed(digits(value), 4)
  end,
  level = function(range)
    local value = integer(range)
    return value, fixed(digits(value), 8)
  end,
  time = function(range)
    local value = integer(range)
    local seconds, nanos = fixed(digits(value), 9):match("^(%d+)%.(%d+)$")
    return value, clock(tonumber(seconds)) .. "." .. nanos
  end,
  seconds = function(range)
    local value = range:uint()
    return value, clock(value)
  end,
  text = function(range)
    local text = printable(trimmed(range:raw()))
    return text, text
  end,
  code = function(range)
    local text = printable(range:raw())
    return text, text
  end,
  numeric_code = function(range)
    local value = range:uint()
    return value, string.format("0x%04X", value)
  end,
}
READ.digits = READ.text

-- What the code in `row` says; false if it is not allowed there, nil if nothing is to be said.
local function meaning(row, value)
  local list = CODES[row.codes]
  if not list then return nil end
  if contains(row.except, value) then return false end
  return list[value] or (not list.open and false) or nil
end

---------------------------------------------------------------------------------------------------
-- Messages

local MALFORMED = " [malformed]"
-- How many faults were found that the Info column does not show yet.
local faults = 0

-- Notes what is wrong with the message that `item` shows.
local function fault(item, text, kind)
  item:add_proto_expert_info(kind or malformed, text)
  faults = faults + 1
end

-- Puts the top protocol into the tree, unseen, so that the filter `outcry` finds the frame.
local function begin(tvb, root)
  faults = 0
  root:add(outcry, tvb()):set_hidden(true)
end

-- Shows faults that were found after the last message was told of.
local function finish(pinfo)
  if faults > 0 then pinfo.cols.info:append(MALFORMED) end
  faults = 0
end

-- Adds the field that `row` describes and returns its text. `says` overrides what its code says.
local function add_field(tree, row, range, says)
  local value, text = READ[row[4]](range)
  if says == nil then says = meaning(row, value) end
  local label = row[5] .. ": " .. text
  if says then label = label .. " (" .. says .. ")" end
  local item = tree:add(F[row[1]], range, value, label)
  if says == false then
    item:append_text(" (unknown)")
    item:add_proto_expert_info(unknown, row[5] .. ": no such code")
  elseif row[4] == "digits" and not text:match("^%d*$") then
    fault(item, row[5] .. ": not a number in ASCII digits")
  end
  return text, says
end

-- Adds the fields of `rows` that lie within `range` and collects what goes to the Info column.
-- False if the range ends before the last of them does.
local function add_fields(tree, range, rows, info, title)
  for _, row in ipairs(rows) do
    if row[2] + row[3] > range:len() then
      fault(tree, "The bytes end before " .. row[5] .. " does")
      return false
    end
    local is_type = row[1]:match("%.type$")
    local text, says = add_field(tree, row, range(row[2], row[3]), is_type and title or nil)
    text = trimmed(text)
    if row.info and text ~= "" then
      if row.info.spelled and says then text = text .. " (" .. says .. ")" end
      table.insert(info, { row.info[1], row.info[2] .. text })
    end
  end
  return true
end

-- `name` and after it the collected texts in their order.
local function joined(name, info)
  table.sort(info, function(a, b) return a[1] < b[1] end)
  local texts = { name }
  for _, each in ipairs(info) do table.insert(texts, each[2]) end
  return table.concat(texts, " ")
end

-- Tells the packet list of a message and whether it is malformed. Long lists are cut.
local function tell(pinfo, protocol, text)
  if faults > 0 then text = text .. MALFORMED end
  local told = tonumber(pinfo.private["outcry.told"] or "0") + 1
  pinfo.private["outcry.told"] = string.format("%d", told)
  if told == 1 then
    pinfo.cols.protocol = protocol
    pinfo.cols.info = protocol .. " " .. text
  elseif told <= 8 then
    local same = pinfo.private["outcry.last"] == protocol
    pinfo.cols.info:append("; " .. (same and "" or protocol .. " ") .. text)
  elseif told == 9 then
    pinfo.cols.info:append("; ...")
  end
  if told > 8 and faults > 0 and not pinfo.private["outcry.marked"] then
    pinfo.cols.info:append(MALFORMED)
    pinfo.private["outcry.marked"] = "yes"
  end
  faults = 0
  pinfo.private["outcry.last"] = protocol
end

-- Adds the number of a message: { value, whether it is known or only counted }.
local function add_sequence(tree, number)
  if not number then return "" end
  local item = tree:add(sequence, number[1])
  item:set_generated()
  if number[2] then return "#" .. tostring(number[1]) .. " " end
  item:append_text(" (counted from the start of the capture)")
  return "~" .. tostring(number[1]) .. " "
end

local function add_trailing(tree, range, from)
  local extra = range:len() - from
  if extra <= 0 then return end
  local item = tree:add(range(from, extra), string.format("Trailing bytes: %d", extra))
  fault(item, string.format("%d bytes follow the message", extra), trailing)
end

-- Adds one element of an appendage; `seen` is the set of tags before it.
local function add_element(tree, range, message, seen)
  local tag = range(1, 1):uint()
  local row = TAGS[tag]
  local name = row and row[5] or "unknown"
  local element = tree:add(range, "Element: " .. name)
  add_field(element, TAGS.length, range(0, 1))
  add_field(element, TAGS.tag, range(1, 1), name)
  if not row then
    element:add_proto_expert_info(unknown, "No such tag")
  elseif range:len() ~= 2 + row[3] then
    fault(element, name .. ": the value has a wrong size")
  else
    local text = add_field(element, row, range(2, row[3]))
    element:append_text(" " .. text)
    if not contains(message.tags, tag) then
      element:add_proto_expert_info(unknown, name .. ": not for this message")
    end
  end
  if seen[tag] then fault(element, name .. " comes again") end
  seen[tag] = true
end

-- Adds what follows the fixed part of an OUCH message.
local function add_appendage(tree, range, message)
  local row = message.appendage
  local at, stop = row[2] + row[3], range:len()
  if stop == row[2] then
    if message.required then
      fault(tree, "The appendage is missing")
    end
    return
  end
  if stop < at then
    fault(tree, "The bytes end before " .. row[5] .. " does")
    return
  end
  add_field(tree, row, range(row[2], row[3]))
  local length = range(row[2], row[3]):uint()
  if at + length > stop then
    fault(tree, "The appendage is shorter than its length says")
  else
    stop = at + length
  end
  local seen = {}
  while at < stop do
    local size = 1 + range(at, 1):uint()
    if size < 2 or at + size > stop then
      fault(tree:add(range(at, stop - at), "Element"), "The element does not fit the appendage")
      return
    end
    add_element(tree, range(at, size), message, seen)
    at = at + size
  end
  add_trailing(tree, range, stop)
end

-- Dissects one message of a protocol; `number` is its sequence number, if it has one.
local function dissect_message(proto, label, messages, range, pinfo, root, number)
  local tree = root:add(proto, range)
  local message = messages[range(0, 1):raw()]
  local prefix = add_sequence(tree, number)
  if not message then
    add_field(tree, messages.type, range(0, 1), false)
    local text = prefix .. "unknown type " .. printable(range(0, 1):raw())
    tell(pinfo, label, text)
    tree:set_text(label .. " " .. text)
    return
  end
  local info = {}
  local whole = add_fields(tree, range, message.rows, info, message.title)
  if whole and message.appendage then
    add_appendage(tree, range, message)
  elseif whole then
    add_trailing(tree, range, message.length)
  end
  local text = prefix .. joined(message.name, info)
  tree:set_text(label .. " " .. text)
  tell(pinfo, label, text)
end

local function dissect_itch(range, pinfo, root, number)
  dissect_message(itch, "ITCH", ITCH, range, pinfo, root, number)
end

local function dissect_snapshot(range, pinfo, root, number)
  local kind = range(0, 1):raw()
  if not ITCH[kind] or GLIMPSE[kind] then
    dissect_message(glimpse, "GLIMPSE", GLIMPSE, range, pinfo, root, number)
    return
  end
  dissect_itch(range, pinfo, root, number)
  if not SNAPSHOT_TYPES:find(kind, 1, true) then
    root:add_proto_expert_info(unknown, "A snapshot does not hold this message")
  end
end

local function dissect_ouch(messages)
  return function(range, pinfo, root, number)
    dissect_message(ouch, "OUCH", messages, range, pinfo, root, number)
  end
end

---------------------------------------------------------------------------------------------------
-- SoupBinTCP

local tcp_stream = Field.new("tcp.stream")

-- By TCP stream: the number of the next sequenced packet, whether it is known or only counted, and
-- the client's port.
local streams = {}
-- By packet: the numbers of its sequenced packets, in order. Filled when packets are read for the
-- first time, in order; used from then on, when they come in any order.
local numbers = {}

function outcry.init()
  streams, numbers = {}, {}
end

local function stream()
  local field = tcp_stream()
  local key = field and field.value or -1
  streams[key] = streams[key] or { next = UInt64.new(1), known = false }
  return streams[key]
end

-- The number of the next sequenced packet of this frame.
local function next_number(pinfo)
  local nth = tonumber(pinfo.private["outcry.nth"] or "0") + 1
  pinfo.private["outcry.nth"] = string.format("%d", nth)
  local list = numbers[pinfo.number] or {}
  numbers[pinfo.number] = list
  if not list[nth] then
    local state = stream()
    list[nth] = { state.next, state.known }
    state.next = state.next + 1
  end
  return list[nth]
end

-- Takes note of what a login says, when it is read for the first time.
local function note_login(range, pinfo, message)
  if pinfo.visited then return end
  local state = stream()
  if message.name == SOUP.LOGIN_REQUEST then
    state.client = pinfo.src_port
  elseif message.name == SOUP.LOGIN_ACCEPTED then
    state.client = pinfo.dst_port
    for _, row in ipairs(message.rows) do
      if row[4] == "digits" then
        local text = trimmed(range(row[2], row[3]):raw())
        state.known = #text <= 20 and text:match("^%d+$") ~= nil
        state.next = UInt64.new(state.known and text or 1)
      end
    end
  end
end

-- Whether the server sent this packet; nil if that cannot be told.
local function from_server(pinfo, ports)
  local source, target = in_range(pinfo.src_port, ports), in_range(pinfo.dst_port, ports)
  if source ~= target then return source end
  local client = stream().client
  if client then return client ~= pinfo.src_port end
  return nil
end

local function dissect_payload(range, pinfo, root, tree, message, service)
  local at = message.length
  local sequenced = message.name == SOUP.SEQUENCED
  local number = sequenced and next_number(pinfo) or nil
  if message.name == SOUP.DEBUG then
    local text = range:len() > at and printable(range(at):raw()) or ""
    if text ~= "" then tree:add(range(at), "Text: " .. text) end
    tell(pinfo, "SoupBinTCP", message.name .. " " .. text)
    return
  end
  if range:len() == at then
    fault(tree, "The packet holds no message")
    tell(pinfo, "SoupBinTCP", message.name .. " without a message")
    return
  end
  local dissect = service.sequenced
  if not sequenced then
    dissect = from_server(pinfo, service.ports()) and service.sequenced or service.unsequenced
  end
  if dissect then
    dissect(range(at), pinfo, root, number)
  else
    tree:add(range(at), "Data")
    tell(pinfo, "SoupBinTCP", message.name)
  end
end

local function dissect_packet(range, pinfo, root, service)
  local tree = root:add(soup, range)
  local rows = SOUP.header
  local message = range:len() >= 3 and SOUP[range(rows[2][2], rows[2][3]):raw()]
  if not message then
    if add_fields(tree, range, rows, {}, false) then
      tell(pinfo, "SoupBinTCP", "unknown packet type")
    else
      tell(pinfo, "SoupBinTCP", "packet without a type")
    end
    tree:set_text("SoupBinTCP unknown packet")
    return
  end
  local info = {}
  local whole = add_fields(tree, range, message.rows, info, message.title)
  tree:set_text("SoupBinTCP " .. joined(message.name, info))
  if not whole then
    tell(pinfo, "SoupBinTCP", message.name .. " (cut off)")
    return
  end
  note_login(range, pinfo, message)
  if message.payload then
    dissect_payload(range, pinfo, root, tree, message, service)
    return
  end
  if message.optional and range:len() > message.length then
    whole = add_fields(tree, range, message.optional, info)
    add_trailing(tree, range, whole and message.full or range:len())
  else
    add_trailing(tree, range, message.length)
  end
  tell(pinfo, "SoupBinTCP", joined(message.name, info))
end

-- A dissector for TCP payloads that hold packets, which begin and end anywhere in a segment.
local function dissect_stream(service)
  return function(tvb, pinfo, root)
    local at, len = 0, tvb:len()
    while at < len do
      local left = len - at
      local need = left < 2 and 2 or 2 + tvb(at, 2):uint()
      if left < need and pinfo.can_desegment > 0 and len == tvb:reported_len() then
        pinfo.desegment_offset = at
        pinfo.desegment_len = left < 2 and DESEGMENT_ONE_MORE_SEGMENT or need - left
        return len
      end
      if at == 0 then begin(tvb, root) end
      local size = math.min(left, need)
      if size < need then fault(root, "The packet is cut off") end
      dissect_packet(tvb(at, size), pinfo, root, service)
      at = at + size
    end
    finish(pinfo)
    return len
  end
end

orders.dissector = dissect_stream({
  ports = function() return outcry.prefs.order_entry end,
  sequenced = dissect_ouch(OUCH_OUTBOUND),
  unsequenced = dissect_ouch(OUCH_INBOUND),
})
replay.dissector = dissect_stream({
  ports = function() return outcry.prefs.replay end,
  sequenced = dissect_itch,
})
snapshot.dissector = dissect_stream({
  ports = function() return outcry.prefs.snapshot end,
  sequenced = dissect_snapshot,
})

---------------------------------------------------------------------------------------------------
-- MoldUDP64

local function row_of(message, name)
  for _, row in ipairs(message.rows) do
    if row[1] == "outcry.mold." .. name then return row end
  end
end

-- Adds the blocks of a packet, and their messages below it.
local function add_blocks(tree, range, pinfo, root, number, count)
  local at = MOLD.Header.length
  local head = MOLD.Block.rows[1]
  for i = 0, count - 1 do
    local left = range:len() - at
    local need = left < head[3] and head[3] or head[3] + range(at, head[3]):uint()
    if left < need then
      fault(tree, string.format("The packet ends inside block %d of %d", i + 1, count))
      if left < head[3] then return end
    end
    local size = math.min(left, need)
    local text = "Block " .. tostring(number + i)
    add_field(tree:add(range(at, size), text), head, range(at, head[3]))
    if size > head[3] then
      dissect_itch(range(at + head[3], size - head[3]), pinfo, root, { number + i, true })
    else
      tell(pinfo, "MoldUDP64", "#" .. tostring(number + i) .. " empty message")
    end
    if left < need then return end
    at = at + size
  end
  add_trailing(tree, range, at)
end

local function dissect_request(tree, range, pinfo)
  local info = {}
  local whole = add_fields(tree, range, MOLD.Request.rows, info)
  if whole then add_trailing(tree, range, MOLD.Request.length) end
  local text = joined(MOLD.Request.name, info)
  tell(pinfo, "MoldUDP64", text)
  tree:set_text("MoldUDP64 " .. text)
end

local function dissect_datagram(range, pinfo, root)
  local tree = root:add(mold, range)
  local header = MOLD.Header
  local ports = outcry.prefs.rerequest
  local to_server = in_range(pinfo.dst_port, ports) and not in_range(pinfo.src_port, ports)
  if to_server or range:len() < header.length then
    dissect_request(tree, range, pinfo)
    return
  end
  local at, number_at = row_of(header, "count"), row_of(header, "number")
  local count = range(at[2], at[3]):uint()
  local number = range(number_at[2], number_at[3]):uint64()
  if count == 0 or count == END_OF_SESSION then
    local name = count == 0 and "Heartbeat" or "End of Session"
    add_fields(tree, range, header.rows, {})
    add_trailing(tree, range, header.length)
    tell(pinfo, "MoldUDP64", name .. ", next #" .. tostring(number))
    tree:set_text("MoldUDP64 " .. name .. ", next #" .. tostring(number))
  elseif range:len() == header.length then
    dissect_request(tree, range, pinfo)
  else
    add_fields(tree, range, header.rows, {})
    local messages = count == 1 and "1 message" or string.format("%d messages from", count)
    tree:set_text(string.format("MoldUDP64 %s #%s", messages, tostring(number)))
    add_blocks(tree, range, pinfo, root, number, count)
  end
end

function mold.dissector(tvb, pinfo, root)
  if tvb:len() == 0 then return 0 end
  begin(tvb, root)
  dissect_datagram(tvb(), pinfo, root)
  finish(pinfo)
  return tvb:len()
end

---------------------------------------------------------------------------------------------------
-- Ports

local SERVICES = {
  { "tcp.port", "order_entry", orders },
  { "tcp.port", "replay", replay },
  { "tcp.port", "snapshot", snapshot },
  { "udp.port", "feed", mold },
  { "udp.port", "rerequest", mold },
}
local registered = {}

-- Takes the ports of the settings, and gives back those of the settings before.
local function register()
  for _, service in ipairs(SERVICES) do
    local every, name, proto = DissectorTable.get(service[1]), service[2], service[3]
    local ports = tostring(outcry.prefs[name])
    if registered[name] and registered[name] ~= "" then every:remove(registered[name], proto) end
    if ports ~= "" then every:add(ports, proto) end
    registered[name] = ports
  end
end

function outcry.prefs_changed() register() end

register()
for _, proto in ipairs({ orders, replay, snapshot }) do
  DissectorTable.get("tcp.port"):add_for_decode_as(proto)
end
DissectorTable.get("udp.port"):add_for_decode_as(mold)
