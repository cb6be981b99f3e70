import type { Settings } from '../../../platform/config/variables.js';
import type { EventType } from '../../domain/incoming-event.js';

const VARIABLE = {
  click: 'PULSAR_TOPIC_CLICKS',
  conversion: 'PULSAR_TOPIC_CONVERSIONS',
  sale: 'PULSAR_TOPIC_SALES',
} as const;

/** The configured topic of a type; the topic decides the type. */
export const topicOf = (eventType: EventType, settings: Settings): string => settings[VARIABLE[eventType]];
