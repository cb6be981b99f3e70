/**
 * Fields of clicks that producers had for values of their own before they were fields. What is none of the field's values stays in
 * `properties` (event-schema.ts).
 */
export const YOUNGER_FIELD_NAMES = [
  'interaction',
  'view_id',
  'scroll_depth',
  'document_width',
  'document_height',
  'target',
] as const;
export type YoungerField = (typeof YOUNGER_FIELD_NAMES)[number];

/**
 * The fields of an event, as event-schema.ts describes them. The configuration needs their names alone, and a command that reads
 * it spares itself the third of a second that the schema's library takes to load.
 */
export const EVENT_FIELD_NAMES = [
  'event_type',
  'event_id',
  'user_id',
  'session_id',
  'url',
  'page_url',
  'timestamp',
  'x',
  'y',
  'viewport_width',
  'viewport_height',
  'scroll_y',
  'user_agent',
  'reaction',
  'conversion_type',
  'amount',
  'currency',
  ...YOUNGER_FIELD_NAMES,
] as const;
export type EventFieldName = (typeof EVENT_FIELD_NAMES)[number];
