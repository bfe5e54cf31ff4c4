---------------------------------------------------------------------------------------------------
-- Ports

local SERVICES = {
@SERVICES@
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
