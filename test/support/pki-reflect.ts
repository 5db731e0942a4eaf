/**
 * @peculiar/x509 depends on tsyringe, which refuses to load without the Reflect metadata proposal. This is as
 * much of it as tsyringe calls; import it before @peculiar/x509.
 */
const kept = new WeakMap<object, Map<unknown, unknown>>()

function getOwnMetadata(key: unknown, target: object): unknown {
  return kept.get(target)?.get(key)
}

function defineMetadata(key: unknown, value: unknown, target: object): void {
  kept.set(target, (kept.get(target) ?? new Map()).set(key, value))
}

if (!('getMetadata' in Reflect)) {
  Object.assign(Reflect, { getMetadata: getOwnMetadata, getOwnMetadata, defineMetadata })
}
