import { parsed, type Variables } from '../platform/config/variable.js';
import { parseOrigins } from '../platform/http/connection/cors-origins.js';

export const WEB_VARIABLES = {
  HEATMAP_FRAME_ORIGINS: parsed(parseOrigins, {
    default: null,
    about: 'origins of pages that /secret-heatmap may show in a frame below their clicks, separated by commas',
  }),
} as const satisfies Variables;
