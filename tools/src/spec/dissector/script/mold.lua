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

