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

/** The batch that pages send. A page that closes can set no header. */
export const PAGE_BATCH_BODY_SCHEMA: SchemaObject = {
  ...BATCH_BODY_SCHEMA,
  properties: { ...BATCH_BODY_SCHEMA.properties, key: { type: 'string', description: 'Of the role ingest-public.' } },
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
    {
      event_type: 'click',
      event_id: '0199c1a4-8b11-7a52-8c3e-5d1f0a2b3c4d',
      page_url: '/pricing',
      interaction: 'view',
      view_id: 'v-7f3a',
      scroll_depth: 0.2,
    },
    { event_type: 'conversion', event_id: 'signup-1001', user_id: 'u-1', conversion_type: 'signup' },
    { event_type: 'sale', event_id: 'order-1001', user_id: 'u-1', amount: '19.90', currency: 'EUR' },
  ],
};

export const PAGE_BATCH_EXAMPLE = {
  events: [
    {
      event_id: '0199c1a4-9c3e-7d10-8f21-4a5b6c7d8e9f',
      page_url: 'https://shop.example/pricing',
      interaction: 'view',
      view_id: 'v-7f3a',
    },
    {
      event_id: '0199c1a4-9f55-7e01-8a12-5b6c7d8e9f0a',
      page_url: 'https://shop.example/pricing',
      view_id: 'v-7f3a',
      x: 0.45,
      y: 0.3,
      viewport_width: 1440,
      target: { selector: '#buy', x: 0.5, y: 0.5, fixed: false },
    },
  ],
};
