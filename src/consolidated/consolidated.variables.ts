import { decimal, integer, path, url, type Variable, type Variables } from '../platform/config/variable.js';

export const CONSOLIDATED_VARIABLES = {
  MICROSERVICE1_URL: address('http://localhost:8081', 'the users’ service'),
  MICROSERVICE1_USERS_PATH: path({ default: '/api/v1/auth/users', about: 'all users' }),
  MICROSERVICE1_USER_PATH: path({
    default: '/api/v1/auth/profile/{user_id}',
    holding: '{user_id}',
    about: 'one user; empty: the list of all, filtered here',
  }),
  MICROSERVICE2_URL: address('http://localhost:3000', 'the service of scraped accounts'),
  MICROSERVICE2_ACCOUNTS_PATH: path({ default: '/scrapedAccounts', about: 'all scraped accounts' }),
  MICROSERVICE2_USER_ACCOUNTS_PATH: path({
    default: '/scrapedAccounts/user/{user_id}',
    holding: '{user_id}',
    about: 'the accounts of a user; empty: the list of all, filtered here',
  }),
  MICROSERVICE3_URL: address('http://localhost:8000', 'the service of TikTok metrics'),
  MICROSERVICE3_METRICS_PATH: path({ default: '/dbquery/user', about: 'metrics of posts; a POST that reads' }),
  MICROSERVICE4_URL: address('http://localhost:8080', 'the service of the global dashboard'),
  MICROSERVICE4_DASHBOARD_PATH: path({ default: '/getDashboardInfo', about: 'the global dashboard' }),

  // This stays below the time after which the server closes a connection without a byte (60 s).
  REQUEST_TIMEOUT: decimal({
    default: 30,
    min: 0.05,
    max: 55,
    about: 'deadline of a whole call to the four services, seconds; an attempt may use what is left of it',
  }),
  MAX_RETRIES: integer({ default: 3, min: 1, max: 10, about: 'attempts at one service within a call' }),
  RETRY_DELAY: decimal({
    default: 1,
    min: 0.001,
    max: 30,
    about: 'wait before the second attempt, seconds; doubled before each further one, with jitter',
  }),
  UPSTREAM_CACHE_MS: integer({
    default: 1000,
    min: 0,
    max: 60_000,
    about: 'how long equal questions with equal credentials share what a service answered, milliseconds; 0: never',
  }),
  UPSTREAM_BREAKER_MS: integer({
    default: 5000,
    min: 100,
    max: 600_000,
    about: 'how long a service that failed 10 times in a row is left alone until it is tried again, milliseconds',
  }),
  UPSTREAM_MAX_MB: integer({ default: 8, min: 1, max: 64, about: 'largest answer of a service, unpacked, MB' }),
} as const satisfies Variables;

/** An address may hold neither credentials, which are the caller's, nor a query, which belongs to the paths. */
function address(fallback: string, about: string): Variable<string> {
  const base = url(['http', 'https'], { default: fallback, about: `address of ${about}` });
  return {
    ...base,
    parse: (text) => {
      const given = base.parse(text);
      const { username, password, search, hash } = new URL(given);
      if (username + password + search + hash !== '') throw new Error('an address without user, password, ? and #');
      return given;
    },
  };
}
