export const MAX_KEY_NAME = 100;

const NAME = new RegExp(`^[^\\p{C}]{1,${MAX_KEY_NAME}}$`, 'u');

export const KEY_NAME_RULE = `must be 1 to ${MAX_KEY_NAME} printable characters`;

/** Printable, so that it can stand in a log and in a table. */
export const isKeyName = (value: unknown): boolean => typeof value === 'string' && NAME.test(value);
