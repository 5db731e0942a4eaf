/** A decision, with the rule that made it. */
export type AccessDecision =
  | { readonly kind: 'allowed'; readonly rule: string }
  | { readonly kind: 'denied'; readonly reason: 'no-rule' }

/**
 * Rules are `METHOD /path`, checked by the configuration. `path` is one that `checkPath` let through. Segments
 * are compared as they came, so an escaped letter (`%61ccounts`) never equals a rule's plain one: a bank that
 * decodes paths and one that does not both read what the rule allows. Only the case of escapes is evened out.
 */
export function createAccessRules(
  rules: readonly string[] | undefined,
): (method: string, path: string) => AccessDecision {
  if (rules === undefined) return () => everything
  const root = createNode()
  for (const rule of rules) plant(root, rule)
  return (method, path) => find(root, method, path.includes('%') ? evenOut(path) : path, 1) ?? denied
}

const everything: AccessDecision = { kind: 'allowed', rule: '*' }
const denied: AccessDecision = { kind: 'denied', reason: 'no-rule' }

/** What is allowed by method, with `*` for any. */
type Methods = Map<string, AccessDecision>

/** A place in the tree of path segments: the cost of a look-up follows the path, not the number of rules. */
interface Node {
  readonly named: Map<string, Node>
  any: Node | undefined
  readonly ends: Methods
  readonly rest: Methods
}

function createNode(): Node {
  return { named: new Map(), any: undefined, ends: new Map(), rest: new Map() }
}

function plant(root: Node, rule: string): void {
  const [method = '', path = '', ...more] = rule.trim().split(/[ \t]+/)
  if (!path.startsWith('/') || more.length > 0) throw new TypeError(`not a rule: ${rule}`)
  const segments = evenOut(path).slice(1).split('/')
  const open = segments.at(-1) === '**'
  if (open) segments.pop()
  let node = root
  for (const segment of segments) node = step(node, segment)
  const methods = open ? node.rest : node.ends
  const decision: AccessDecision = { kind: 'allowed', rule }
  methods.set(method, decision)
  if (method === 'GET' && !methods.has('HEAD')) methods.set('HEAD', decision)
}

function step(node: Node, segment: string): Node {
  if (segment === '**') throw new TypeError('a rule has ** before its end')
  if (segment === '*') {
    node.any ??= createNode()
    return node.any
  }
  const next = node.named.get(segment) ?? createNode()
  node.named.set(segment, next)
  return next
}

/** `from` is where the rest of the path begins, after its slash. */
function find(node: Node, method: string, path: string, from: number): AccessDecision | undefined {
  const end = path.indexOf('/', from)
  const segment = end === -1 ? path.slice(from) : path.slice(from, end)
  const named = node.named.get(segment)
  const byName = named && descend(named, method, path, end)
  if (byName !== undefined) return byName
  if (segment === '') return undefined
  return (node.any && descend(node.any, method, path, end)) ?? pick(node.rest, method)
}

function descend(node: Node, method: string, path: string, end: number): AccessDecision | undefined {
  return end === -1 ? pick(node.ends, method) : find(node, method, path, end + 1)
}

function pick(methods: Methods, method: string): AccessDecision | undefined {
  return methods.get(method) ?? methods.get('*')
}

/** RFC 3986 §6.2.2.1: `%c3` and `%C3` are the same; rules may hold letters that a request has to escape. */
function evenOut(path: string): string {
  return path
    .replace(/[^\x21-\x7e]+/gu, encodeURIComponent)
    .replace(/%[\da-f]{2}/gi, (octet) => octet.toUpperCase())
}
