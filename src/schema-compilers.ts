/**
 * In place of Fastify's own compilers of JSON Schemas, for its option `schemaController`: no route here has a schema, and what
 * compiles them need not be loaded at each start. Throws at the first route that has one.
 */
export const noSchemaCompilers = {
  compilersFactory: { buildValidator: refuse, buildSerializer: refuse },
}

function refuse(): never {
  throw new Error('a route has a schema: give Fastify its compilers back')
}
