import { checked, choice, integer, parsed, text, type ValuesOf, type Variables } from '../platform/config/variable.js';
import { topic } from '../platform/pulsar/topic-variable.js';
import { EventSynonyms } from './domain/parsing/event-synonyms.js';

/** The variables that say what is read from Pulsar, how, and how long events are kept. */
export const EVENTS_VARIABLES = {
  PULSAR_CLUSTER: text({ default: 'standalone', about: "the cluster's name, part of a derived identity" }),
  PULSAR_TOPIC_CLICKS: topic({ default: 'clicks', about: 'topic of clicks, short or full name' }),
  PULSAR_TOPIC_CONVERSIONS: topic({ default: 'conversions', about: 'topic of conversions' }),
  PULSAR_TOPIC_SALES: topic({ default: 'sales', about: 'topic of sales' }),
  PULSAR_SUBSCRIPTION: checked(checkSubscription, { default: 'monitoreo', about: 'name of the subscription' }),
  PULSAR_SUBSCRIPTION_TYPE: choice(['Shared', 'Failover'], {
    default: 'Shared',
    about: 'Failover: ordered, cumulative acknowledgement, one active consumer per partition',
  }),
  PULSAR_IN_FLIGHT_MESSAGES: integer({
    default: 8000,
    min: 1,
    max: 20_000,
    about: 'messages per topic received and not yet acknowledged',
  }),
  PULSAR_IN_FLIGHT_MB: integer({
    default: 3,
    min: 1,
    max: 1024,
    about: 'payload, keys and properties per topic received and not yet acknowledged, MB',
  }),
  MAX_EVENT_AGE_DAYS: integer({
    default: 400,
    min: 1,
    max: 36_500,
    about: 'oldest event accepted, days before it was received',
  }),
  RECORD_TIMEOUT_MS: integer({
    default: 10_000,
    min: 100,
    max: 300_000,
    about: 'longest wait of an HTTP request for its events to be recorded, milliseconds',
  }),
  RECORD_QUEUE_MS: integer({
    default: 15,
    min: 1,
    max: 300_000,
    about:
      'time that what waits to be recorded may take: then requests with up to 10 events are 503 overloaded; with more, at 25 times as much; milliseconds',
  }),
  EVENT_SYNONYMS: parsed((text) => EventSynonyms.parse(text), {
    default: null,
    about:
      'other names of fields, such as conversion.user_id=affiliate_id,timestamp=occurred_at; a new one of event_id changes identities',
  }),
  RETENTION_DAYS: integer({
    default: null,
    min: 1,
    max: 36_500,
    about: 'days that events are kept, in whole weeks; unset: for ever',
  }),
} as const satisfies Variables;

const TOPICS = ['PULSAR_TOPIC_CLICKS', 'PULSAR_TOPIC_CONVERSIONS', 'PULSAR_TOPIC_SALES'] as const;

/** Two types on one topic would share its messages at random. @returns what is wrong, a sentence each */
export function checkTopics(values: Partial<ValuesOf<typeof EVENTS_VARIABLES>>): string[] {
  const topics = new Set(TOPICS.map((name) => values[name]));
  return [...topics].flatMap((topic) => {
    const names = TOPICS.filter((name) => values[name] === topic);
    if (topic === undefined || names.length === 1) return [];
    return `${names.join(' and ')} must be different topics: the topic decides the type of an event (now ${topic})`;
  });
}

function checkSubscription(name: string): string {
  if (/^\.{1,2}$|\p{Cc}/u.test(name)) throw new Error('a name without control characters, other than . and ..');
  return name;
}
