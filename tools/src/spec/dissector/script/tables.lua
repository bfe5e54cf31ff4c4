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
@FIELDS@
}

-- What codes say. A list that is open does not name every value that is allowed.
local CODES = {
@CODES@
}

-- Rows of a message: field, offset, length, shape, title; then, where there are any, the codes,
-- those of them not allowed here, and for the Info column the place, what stands before the value,
-- and whether the code is spelled out.
local ITCH = {
@ITCH@
}

local GLIMPSE = {
@GLIMPSE@
}

local OUCH_INBOUND = {
@OUCH_INBOUND@
}

local OUCH_OUTBOUND = {
@OUCH_OUTBOUND@
}

-- Elements of an OUCH appendage by tag.
local TAGS = {
@TAGS@
}

local SOUP = {
@SOUP@
}

local MOLD = {
@MOLD@
}

-- Types of ITCH messages that a snapshot may hold.
local SNAPSHOT_TYPES = @SNAPSHOT_TYPES@
-- Message count of MoldUDP64 that says: the session has ended.
local END_OF_SESSION = @END_OF_SESSION@
-- Prices of orders that mean "market".
local MARKET = { @MARKET@ }

