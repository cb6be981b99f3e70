/** Payloads as a producer sends them, with fixed defaults: a test names only the fields that it is about. */
type Payload = Record<string, unknown>;

/** 2026-01-15T12:00:00.000Z, on no edge but that of its own hour. */
export const TEST_TIME = Date.parse('2026-01-15T12:00:00.000Z');
export const TEST_USER = '550e8400-e29b-41d4-a716-446655440000';

const common = {
  user_id: TEST_USER,
  session_id: 'sess_abc123',
  url: 'https://product.com/item/123',
  timestamp: '2026-01-15T12:00:00.000Z',
};

export const clickPayload = (fields: Payload = {}): Payload => ({ ...common, ...fields });

export const conversionPayload = (fields: Payload = {}): Payload => ({
  ...common,
  conversion_type: 'signup',
  ...fields,
});

export const salePayload = (fields: Payload = {}): Payload => ({
  ...common,
  amount: '19.90',
  currency: 'EUR',
  ...fields,
});

/** A UUID that is the same in every run: the n-th of a test. */
export const testUuid = (n: number): string => `0190a000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** As on the wire. */
export const encoded = (payload: unknown): Buffer => Buffer.from(JSON.stringify(payload));
