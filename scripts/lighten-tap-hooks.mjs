const mocks = /\/@tapjs\/mock\/dist\/esm\/import\.mjs$/

/** https://nodejs.org/docs/latest-v20.x/api/module.html#loadurl-context-nextload, and that of `registerHooks` */
export function load(url, context, nextLoad) {
  return mocks.test(url) ? { format: 'module', source: '', shortCircuit: true } : nextLoad(url, context)
}
