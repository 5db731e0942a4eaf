import * as z from 'zod'
import { BankError } from './bank-error.ts'

export interface Page<Item> {
  readonly result: readonly Item[]
  readonly pageInfo: { readonly currentPage: number; readonly pageSize: number; readonly rowCount: number }
}

/** No bounds are published: this one keeps answers small. */
const wholeFromOne = (most: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,8}$/)
    .transform(Number)
    .pipe(z.number().max(most))

const question = z.object({
  PageNumber: wholeFromOne(999_999_999).default(1),
  PageSize: wholeFromOne(1000).default(25),
})

/** The page that `PageNumber` and `PageSize` ask for. @throws BankError 400 when they are no such numbers */
export function pageOf<Item>(items: readonly Item[], query: unknown): Page<Item> {
  const asked = question.safeParse(query)
  if (!asked.success) {
    throw new BankError(
      400,
      'ValidationError',
      'PageNumber is a whole number from 1, PageSize one from 1 to 1000',
    )
  }
  const { PageNumber: currentPage, PageSize: pageSize } = asked.data
  const start = (currentPage - 1) * pageSize
  return {
    result: items.slice(start, start + pageSize),
    pageInfo: { currentPage, pageSize, rowCount: items.length },
  }
}
