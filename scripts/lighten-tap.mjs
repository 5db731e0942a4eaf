/**
 * `node --import` for every process and thread of the tests: leaves out tap's mocks, which no test here uses, and which are
 * most of what a thread costs. By environment: only so does it come before tap's own imports.
 */
import * as module from 'node:module'
import { load } from './lighten-tap-hooks.mjs'

if (module.registerHooks === undefined) module.register('./lighten-tap-hooks.mjs', import.meta.url)
else module.registerHooks({ load })
