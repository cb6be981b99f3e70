import type { Config } from '../../platform/config/config.js';
import { EVENT_TYPES, type EventType } from '../domain/incoming-event.js';
import { EVENTS_VARIABLES } from '../events.variables.js';

const VARIABLE = {
  click: 'PULSAR_TOPIC_CLICKS',
  conversion: 'PULSAR_TOPIC_CONVERSIONS',
  sale: 'PULSAR_TOPIC_SALES',
} as const;

/** The configured topic of a type, by its full name; the topic decides the type. */
export const topicOf = (eventType: EventType, config: Config): string =>
  config.of(EVENTS_VARIABLES)[VARIABLE[eventType]];

/** The type that a topic (full name) decides; null when it is no longer configured. */
export const eventTypeOf = (topic: string, config: Config): EventType | null =>
  EVENT_TYPES.find((eventType) => topicOf(eventType, config) === topic) ?? null;
