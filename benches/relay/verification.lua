-- Whole verifications: creates a session, requests a link, and requests the verdict. Each thread has one connection,
-- because it can't assign answers to connections. RELAYS lists the relays, API_KEY is the back end's key.

local threads = {}
local bodies = {
  session = '{"identifier":"8001015009087","type":"1","reference":"order-4711"}',
  link = '{"selfie_filename":"selfie.jpg"}',
  verify = '{}',
}
local paths = { session = "/v1/sessions", link = "/v1/customer", verify = "/v1/customer/verify" }
local after = { session = "link", link = "verify", verify = "session" }
local step = "session"
local token = ""
verifications = 0
failures = 0

function setup(thread)
  local relays = {}
  for host, port in os.getenv("RELAYS"):gmatch("([%d.]+):(%d+)") do
    relays[#relays + 1] = { host = host, port = port }
  end
  local relay = relays[#threads % #relays + 1]
  thread.addr = wrk.lookup(relay.host, relay.port)[1]
  table.insert(threads, thread)
end

function request()
  local bearer = step == "session" and os.getenv("API_KEY") or token
  local headers = { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. bearer }
  return wrk.format("POST", paths[step], headers, bodies[step])
end

function response(status, _, body)
  if status > 201 then
    failures = failures + 1
    step = "session"
    return
  end
  if step == "session" then token = body:match('"session_token":"([^"]+)"') end
  if step == "verify" then verifications = verifications + 1 end
  step = after[step]
end

function done(summary, latency)
  local all, failed = 0, 0
  for _, thread in ipairs(threads) do
    all = all + thread:get("verifications")
    failed = failed + thread:get("failures")
  end
  io.write(string.format(
    '{"verifications":%d,"seconds":%f,"p50":%f,"p99":%f,"errors":%d}\n',
    all, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, failed
  ))
end
