export const OVERLOADED = 'overloaded';

/** More is asked for at once than the process has room for; the same question is answered later. HTTP: 503 `overloaded` with `Retry-After`. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded';
  readonly code = OVERLOADED;
}
