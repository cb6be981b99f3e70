import { readFileSync } from 'node:fs';
import { parsed, type Variables } from '../platform/config/variable.js';
import { Networks } from '../platform/http/connection/networks.js';
import { parseRulesFile } from './domain/rules-file.js';

export const ALERTS_VARIABLES = {
  ALERTS_FILE: parsed((path) => parseRulesFile(textOf(path)), {
    default: null,
    about: 'JSON file of alert rules, {"rules": [{...}]}, read at start',
  }),
  WEBHOOK_ALLOW: parsed((text) => Networks.parse(text), {
    default: null,
    about: 'private addresses and networks that webhooks of alerts may lead to, separated by commas',
  }),
} as const satisfies Variables;

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`a file that can be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`, {
      cause: error,
    });
  }
}
