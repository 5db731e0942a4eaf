import { Readable } from 'node:stream'
import * as z from 'zod'
import { BankError } from './bank-error.ts'
import type { Listener } from './listener.ts'

const most = 1_000_000
const rowsInPiece = 200

const question = z.object({
  rows: z
    .string()
    .regex(/^\d{1,7}$/)
    .transform(Number)
    .pipe(z.number().max(most))
    .default(10_000),
})

/**
 * Two of the bank's reports: their paths and contents are not published, and `rows` is the simulator's own, for
 * answers as large as one likes. They are made while they are read, so that their size costs no memory.
 */
export function addReportRoutes(listener: Listener): void {
  listener.get('/api/v1/reports/account-activity', async ({ query }, reply) => {
    const pieces = piecesOf(
      rowsIn(query),
      (row) => `${row === 0 ? '' : ','}{"entry":${row},"amount":${row % 100}.5}`,
    )
    return reply.type('application/json; charset=utf-8').send(wrapped('{"result":[', pieces, ']}'))
  })
  listener.get('/api/v1/reports/camt053', async ({ query }, reply) => {
    const pieces = piecesOf(
      rowsIn(query),
      (row) => `<Ntry><NtryRef>${row}</NtryRef><Amt Ccy="EUR">1.00</Amt></Ntry>`,
    )
    const [head, tail] = ['<Document><BkToCstmrStmt><Stmt>', '</Stmt></BkToCstmrStmt></Document>']
    return reply.type('application/xml; charset=utf-8').send(wrapped(head, pieces, tail))
  })
}

function rowsIn(query: unknown): number {
  const asked = question.safeParse(query)
  if (asked.success) return asked.data.rows
  throw new BankError(400, 'ValidationError', `rows is a whole number up to ${most}`)
}

function wrapped(head: string, pieces: Iterable<string>, tail: string): Readable {
  return Readable.from(
    (function* () {
      yield head
      yield* pieces
      yield tail
    })(),
  )
}

function* piecesOf(rows: number, format: (row: number) => string): Generator<string> {
  for (let start = 0; start < rows; start += rowsInPiece) {
    const length = Math.min(rowsInPiece, rows - start)
    yield Array.from({ length }, (_, index) => format(start + index)).join('')
  }
}
