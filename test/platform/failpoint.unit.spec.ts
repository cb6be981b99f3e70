import {
  FAILPOINTS,
  InjectedFault,
  armFailpoint,
  failpoint,
  isArmed,
  parseFailpoint,
} from '../../src/platform/failpoint.js';
import { InvalidConfiguration, loadConfig } from '../../src/platform/config/config.js';
import { classify } from '../../src/platform/postgres/sql-state.js';

describe('a failpoint', () => {
  afterEach(() => armFailpoint(null));

  it.each(FAILPOINTS)('%s is inert unless it is configured', (name) => {
    expect(failpoint(name)).toBeNull();
    armFailpoint(parseFailpoint(`${name === 'in_drain' ? 'after_receive' : 'in_drain'}:stall`));
    expect(failpoint(name)).toBeNull();
    expect(isArmed(name)).toBe(false);
  });

  it('acts once, at the n-th time', async () => {
    armFailpoint(parseFailpoint('before_commit:error:3'));
    expect([failpoint('before_commit'), failpoint('before_commit')]).toEqual([null, null]);
    await expect(failpoint('before_commit')).rejects.toThrow(InjectedFault);
    expect(failpoint('before_commit')).toBeNull();
  });

  it('fails as something that is tried again', () => {
    expect(classify(new InjectedFault('x'))).toEqual({ fault: 'transient', known: true });
  });

  it('kills its own process with SIGKILL', () => {
    const kill = jest.spyOn(process, 'kill').mockReturnValue(true);
    armFailpoint(parseFailpoint('after_commit:exit'));
    void failpoint('after_commit');
    expect(kill.mock.calls).toEqual([[process.pid, 'SIGKILL']]);
    kill.mockRestore();
  });

  it.each([
    ['after_commit:exit', { name: 'after_commit', action: 'exit', nth: 1 }],
    ['after_receive:stall:12', { name: 'after_receive', action: 'stall', nth: 12 }],
  ])('%s is understood', (text, expected) => {
    expect(parseFailpoint(text)).toEqual(expected);
    expect(loadConfig({ FAILPOINT: text }).settings.FAILPOINT).toEqual(expected);
  });

  it.each(['after_commit', 'nowhere:exit', 'after_commit:explode', 'after_commit:exit:0', 'after_receive:error'])(
    '%s is refused',
    (text) => expect(() => parseFailpoint(text)).toThrow(),
  );

  it('is refused in production', () => {
    expect(() => loadConfig({ FAILPOINT: 'after_commit:exit', APP_ENV: 'production' })).toThrow(InvalidConfiguration);
    expect(loadConfig({ APP_ENV: 'production' }).settings.FAILPOINT).toBeNull();
  });
});
