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

@SETTINGS@

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

