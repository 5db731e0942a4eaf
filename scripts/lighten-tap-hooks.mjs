/** No test mocks a module. */
let idle = /\/@tapjs\/mock\/dist\/esm\/import\.mjs$/

/** V8 gives the coverage of a thread without tap's account of the process, which its main thread keeps. */
export function initialize({ thread }) {
  if (thread) idle = /\/@tapjs\/(mock|processinfo)\/dist\/esm\/import\.mjs$/
}

/** https://nodejs.org/docs/latest-v20.x/api/module.html#loadurl-context-nextload, and that of `registerHooks` */
export function load(url, context, nextLoad) {
  return idle.test(url) ? { format: 'module', source: '', shortCircuit: true } : nextLoad(url, context)
}
