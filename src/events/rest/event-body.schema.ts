import type { ApiBodyOptions } from '@nestjs/swagger';
import { openApiSchema } from '../../platform/http/openapi/openapi-schema.js';
import { EVENT_SCHEMA } from '../domain/parsing/event-schema.js';

type SchemaObject = Extract<ApiBodyOptions, { schema: unknown }>['schema'];

/** The schema that every intake checks, as the API document shows it; free fields are allowed. */
export const EVENT_BODY_SCHEMA: SchemaObject = openApiSchema({ ...EVENT_SCHEMA }, {});

export const BATCH_BODY_SCHEMA: SchemaObject = {
  type: 'object',
  required: ['events'],
  properties: { events: { type: 'array', minItems: 1, maxItems: 1000, items: EVENT_BODY_SCHEMA } },
};

export const CLICK_EXAMPLE = {
  page_url: '/albums/avengers',
  x: 0.45,
  y: 0.3,
  viewport_width: 1440,
  viewport_height: 900,
  scroll_y: 350,
};

export const BATCH_EXAMPLE = {
  events: [
    { event_type: 'click', event_id: '0199c1a4-7d2e-7c3b-9a51-3f0f6a1b2c3d', user_id: 'u-1', url: '/pricing' },
    { event_type: 'conversion', event_id: 'signup-1001', user_id: 'u-1', conversion_type: 'signup' },
    { event_type: 'sale', event_id: 'order-1001', user_id: 'u-1', amount: '19.90', currency: 'EUR' },
  ],
};
