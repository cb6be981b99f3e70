/** Options that a command does not know, or values that it cannot take. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
