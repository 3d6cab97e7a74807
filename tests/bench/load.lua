-- What wrk sends: calls full of new records, each id made once (UUIDv7), for as long as the time lasts; then nothing,
-- so that every call was answered when wrk ends, and what was acknowledged can be counted against the database.
--
-- wrk … -s load.lua URL -- PLAN: a file of Lua that returns { seconds, batch, path, quiet, acknowledged, close,
-- clients = { { headers, open, before, after } … } }. A call is `open`, records with commas between, `close`; a record
-- is `before`, an id, `after`. `acknowledged` is how the answer tells of a record that was stored; `quiet` is asked for
-- now and then once the time is over.

local ffi = require("ffi")
ffi.cdef("typedef struct { long s; long ns; } moment; int clock_gettime(int, moment *);")
local moment = ffi.new("moment")

local function now()
  ffi.C.clock_gettime(0, moment)
  return tonumber(moment.s) + tonumber(moment.ns) / 1e9
end

local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

function init(arguments)
  plan = dofile(arguments[1])
  client = plan.clients[number % #plan.clients + 1]
  math.randomseed(now() * 1e6 % 2 ^ 31 + number)
  acknowledged, answered, refused, began, ended = 0, 0, 0, now(), 0
  deadline = began + plan.seconds
  quiet = wrk.format("GET", plan.quiet, client.headers)
end

local function id()
  local ms = math.floor(now() * 1000)
  return string.format(
    "%08x-%04x-7%03x-%04x-%06x%06x",
    math.floor(ms / 65536), ms % 65536, math.random(0, 4095), math.random(32768, 49151),
    math.random(0, 16777215), math.random(0, 16777215)
  )
end

function request()
  sending = now() < deadline
  if not sending then
    return quiet
  end
  local said = {}
  for place = 1, plan.batch do
    said[place] = client.before .. id() .. client.after
  end
  return wrk.format("POST", plan.path, client.headers, client.open .. table.concat(said, ",") .. plan.close)
end

function delay()
  return now() < deadline and 0 or 100
end

function response(status, _, body)
  if not sending then
    return
  end
  local _, stored = body:gsub(plan.acknowledged, "")
  acknowledged = acknowledged + stored
  answered = answered + 1
  ended = now()
  if status >= 300 or stored < plan.batch then
    refused = refused + 1
    example = status .. " " .. body:sub(1, 300)
  end
end

function done()
  local sum = { acknowledged = 0, answered = 0, refused = 0 }
  local first, last = math.huge, 0
  for _, thread in ipairs(threads) do
    for name, so_far in pairs(sum) do
      sum[name] = so_far + thread:get(name)
    end
    first, last = math.min(first, thread:get("began")), math.max(last, thread:get("ended"))
    if thread:get("example") then
      io.write("REFUSED ", thread:get("example"), "\n")
    end
  end
  io.write(string.format("RESULT %d %d %d %.6f\n", sum.acknowledged, sum.answered, sum.refused, last - first))
end
