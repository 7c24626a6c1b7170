-- Repeats the widget's first call, by many sessions in turn. The argument is a file with a session's token in each line;
-- without it, the calls have no session.

local requests = {}
local last = 0

function init(args)
  local headers = { ["Content-Type"] = "application/json", ["Origin"] = "https://bank.example" }
  local body = '{"identifier":"8001015009087","type":"1","selfie_filename":"selfie.jpg"}'
  if args[1] == nil then
    requests[1] = wrk.format("POST", "/v1/customer", headers, body)
    return
  end
  for token in io.lines(args[1]) do
    headers["Authorization"] = "Bearer " .. token
    requests[#requests + 1] = wrk.format("POST", "/v1/customer", headers, '{"selfie_filename":"selfie.jpg"}')
  end
  -- Each thread starts at another session.
  last = math.random(#requests)
end

function request()
  last = last % #requests + 1
  return requests[last]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"calls":%d,"seconds":%f,"p50":%f,"p99":%f,"errors":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout
  ))
end
