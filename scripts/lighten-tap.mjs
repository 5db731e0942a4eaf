/**
 * `node --import` for every process and thread of the tests: leaves out what tap hands to each of them and these tests do not
 * use, which is most of what a thread costs. By environment: only so does it come before tap's own imports.
 */
import * as module from 'node:module'
import { isMainThread } from 'node:worker_threads'
import * as hooks from './lighten-tap-hooks.mjs'

const data = { thread: !isMainThread }
if (module.registerHooks === undefined) module.register('./lighten-tap-hooks.mjs', import.meta.url, { data })
else {
  hooks.initialize(data)
  module.registerHooks({ load: hooks.load })
}
