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

