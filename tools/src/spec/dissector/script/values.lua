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

