/** Whoever holds keys in memory learns of a change that this process made itself at once; others find it out. */
export abstract class ChangedKeys {
  abstract applyNow(): Promise<void>;
}
