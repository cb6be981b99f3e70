import { parsed, type Variables } from '../platform/config/variable.js';
import { Networks } from '../platform/http/connection/networks.js';

export const ALERTS_VARIABLES = {
  WEBHOOK_ALLOW: parsed((text) => Networks.parse(text), {
    default: null,
    about: 'private addresses and networks that webhooks of alerts may lead to, separated by commas',
  }),
} as const satisfies Variables;
