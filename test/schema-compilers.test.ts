import fastify from 'fastify'
import { test } from 'tap'
import { noSchemaCompilers } from '../src/schema-compilers.ts'

test('a route with a schema is not left unchecked', async (t) => {
  const app = fastify({ schemaController: noSchemaCompilers })
  app.get('/', { schema: { querystring: { type: 'object' } } }, async () => 'ok')
  await t.rejects(async () => {
    await app.ready()
  }, /has a schema/)
})
