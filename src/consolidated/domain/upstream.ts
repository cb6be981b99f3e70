/** The four services that are asked, under the names that answers give them. */
export const UPSTREAMS = ['microservice1', 'microservice2', 'microservice3', 'microservice4'] as const;
export type UpstreamName = (typeof UPSTREAMS)[number];

export const STATUSES = ['ok', 'no_data', 'error'] as const;
/** `no_data`: the service answered that there is nothing. */
export type UpstreamStatus = (typeof STATUSES)[number];

/** Why a service gave nothing, or not everything. */
export const REASONS = [
  'timeout',
  'refused',
  'status',
  'redirect',
  'too_large',
  'not_json',
  'wrong_shape',
  'rate_limited',
  'breaker_open',
  'own_broker',
] as const;
export type Reason = (typeof REASONS)[number];

export const CONDITIONS = ['healthy', 'timeout', 'unhealthy'] as const;
export type Condition = (typeof CONDITIONS)[number];
