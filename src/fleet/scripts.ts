import { createHash } from 'node:crypto'

export interface Script {
  readonly text: string
  readonly sha1: string
}

// A value of another type than ours is none: what is written takes its place.
const common = `
local function read(key)
  local value = redis.pcall('GET', key)
  if type(value) == 'string' then return value end
  return ''
end
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
`

/** KEYS: token, pace. */
export const look: Script = script(`return { read(KEYS[1]), read(KEYS[2]), now() }`)

/** KEYS: token, pace. ARGV: expected pace, new pace, its life; then, to replace the token, its text and life. */
export const write: Script = script(`
local done = 0
if read(KEYS[2]) == ARGV[1] then
  redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
  if ARGV[4] then redis.call('SET', KEYS[1], ARGV[4], 'PX', ARGV[5]) end
  done = 1
end
return { read(KEYS[1]), read(KEYS[2]), now(), done }
`)

/** KEYS: token. ARGV: the one that is meant. */
export const drop: Script = script(`
if read(KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 0
`)

function script(body: string): Script {
  const text = common + body
  return { text, sha1: createHash('sha1').update(text).digest('hex') }
}
