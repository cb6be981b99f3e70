import type { Settings } from '../../platform/config/variables.js';
import { parseTopicName } from '../../platform/pulsar/topic-name.js';
import { EVENT_TYPES, type EventType } from '../domain/incoming-event.js';

const VARIABLE = {
  click: 'PULSAR_TOPIC_CLICKS',
  conversion: 'PULSAR_TOPIC_CONVERSIONS',
  sale: 'PULSAR_TOPIC_SALES',
} as const;

/** The configured topic of a type; the topic decides the type. */
export const topicOf = (eventType: EventType, settings: Settings): string => settings[VARIABLE[eventType]];

/** The type that a topic (full name) decides; null when it is no longer configured. */
export const eventTypeOf = (topic: string, settings: Settings): EventType | null =>
  EVENT_TYPES.find((eventType) => parseTopicName(topicOf(eventType, settings)).full === topic) ?? null;
