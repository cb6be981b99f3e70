import { consolidated } from '../../src/consolidated/consolidated.slice.js';
import { loadConfig } from '../../src/platform/config/config.js';

const read = (environment: Record<string, string>) =>
  loadConfig([consolidated], environment).of(consolidated.variables);

describe('the variables of the orchestrator', () => {
  it('an empty path of a user is one; an empty path of a list is as good as unset', () => {
    expect(read({}).MICROSERVICE1_USER_PATH).toBe('/api/v1/auth/profile/{user_id}');
    expect(read({ MICROSERVICE1_USER_PATH: '' }).MICROSERVICE1_USER_PATH).toBe('');
    expect(read({ MICROSERVICE1_USERS_PATH: '' }).MICROSERVICE1_USERS_PATH).toBe('/api/v1/auth/users');
    expect(read({ MICROSERVICE2_USER_ACCOUNTS_PATH: '/u?id={user_id}' }).MICROSERVICE2_USER_ACCOUNTS_PATH).toBe(
      '/u?id={user_id}',
    );
  });

  it('take seconds with decimals', () => {
    expect(read({ REQUEST_TIMEOUT: '2.5', RETRY_DELAY: '0.05' })).toMatchObject({
      REQUEST_TIMEOUT: 2.5,
      RETRY_DELAY: 0.05,
    });
  });

  it.each<[Record<string, string>, string]>([
    [{ MICROSERVICE1_USER_PATH: '/api/profile' }, 'MICROSERVICE1_USER_PATH must be a path with {user_id}, or empty'],
    [{ MICROSERVICE4_DASHBOARD_PATH: 'x' }, 'MICROSERVICE4_DASHBOARD_PATH must be a path that begins with /'],
    [{ MICROSERVICE4_DASHBOARD_PATH: '/x#y' }, 'MICROSERVICE4_DASHBOARD_PATH must be a path'],
    [{ MICROSERVICE1_URL: 'localhost:8081' }, 'MICROSERVICE1_URL must be an address that starts with http://'],
    [{ MICROSERVICE1_URL: 'http://me:secret@a' }, 'MICROSERVICE1_URL must be an address without user'],
    [{ REQUEST_TIMEOUT: '0' }, 'REQUEST_TIMEOUT must be a number from 0.05 to 55'],
    [{ REQUEST_TIMEOUT: '1e1' }, 'REQUEST_TIMEOUT must be a number'],
    [{ RETRY_DELAY: 'soon' }, 'RETRY_DELAY must be a number from 0.001 to 30'],
    [{ MAX_RETRIES: '0' }, 'MAX_RETRIES must be a whole number from 1 to 10'],
  ])('%j is refused', (environment, message) => {
    expect(() => read(environment)).toThrow(message);
    expect(() => read(environment)).not.toThrow('secret');
  });
});
