import { inspect } from 'node:util'

const shown = '[secret]'

/** A string that does not print: only `reveal()` gives it, which is easy to search the code for. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toString(): string {
    return shown
  }

  toJSON(): string {
    return shown
  }

  [inspect.custom](): string {
    return shown
  }
}
