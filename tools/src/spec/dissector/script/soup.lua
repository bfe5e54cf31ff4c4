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

