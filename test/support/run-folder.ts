import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { test } from 'tap'

/**
 * Runs the test files of a folder of `test` in this process: to load tap and the product takes longer than most of
 * them. Each also runs alone: `npx tap test/token/budget.test.ts`.
 *
 * @param names those of the folder's files that belong to this process; all by default
 */
export async function runFolder(folder: string, names = /./): Promise<void> {
  const directory = new URL(`../${folder}/`, import.meta.url)
  const files = readdirSync(fileURLToPath(directory)).sort()
  // Within a test: else tap would take the tests of the files so far for all, and end.
  await test(`the files of ${folder}`, async () => {
    for (const file of files)
      if (file.endsWith('.test.ts') && names.test(file)) await import(new URL(file, directory).href)
  })
}
