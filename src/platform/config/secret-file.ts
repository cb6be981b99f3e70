import { readFileSync, statSync } from 'node:fs';

const LOOKED_AT_EVERY_MS = 2_000;

/**
 * A secret that stands in a file (`API_TOKEN_FILE`), as orchestrators mount them. It is read again while it is used, so that
 * a new one needs no restart. While the file is missing, or holds nothing that can be used, the last secret stays in force.
 */
export class SecretFile {
  private lookedAt = performance.now();

  private constructor(
    private readonly path: string,
    private readonly parse: (text: string) => string,
    private value: string,
  ) {}

  /** @throws Error saying what it should be */
  static open(path: string, parse: (text: string) => string): SecretFile {
    return new SecretFile(path, parse, parse(textOf(path)));
  }

  /** The content of the file as it was within the last 2 s. */
  current(): string {
    const now = performance.now();
    if (now - this.lookedAt < LOOKED_AT_EVERY_MS) return this.value;
    this.lookedAt = now;
    try {
      // A pipe is read at the start alone: to read it again would stop the process until somebody writes into it.
      if (statSync(this.path).isFile()) this.value = this.parse(textOf(this.path));
    } catch {
      // The file is being replaced, or holds nothing of use now. Whoever uses the secret will notice if it is no longer the
      // right one.
    }
    return this.value;
  }
}

/** Editors and `echo` end a file with a line break that is no part of the secret. */
function textOf(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new Error(`a file that can be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`, {
      cause: error,
    });
  }
  if (text === '') throw new Error('a file that is not empty');
  return text;
}
